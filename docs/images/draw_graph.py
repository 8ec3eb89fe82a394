"""Draws docs/images/graph.svg: one cluster of the demo, with the numbers as its store has them.

python docs/images/draw_graph.py DEMO_STORE_FILE SVG_FILE, after `graph-cdp demo --dir shop` (the file is shop/demo.db).
"""

import asyncio
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from graph_cdp.config import ID_KEY_DEFAULT, StoreUrl
from graph_cdp.domain.identifier import Identifier, Key, Seen
from graph_cdp.domain.link import Link, Pair, Refusal
from graph_cdp.resolve import ProfileIds
from graph_cdp.store.open import open_store
from graph_cdp.store.port import Reading


class Point(NamedTuple):
    """A place in the picture, in pixels from its upper left corner."""

    x: float
    y: float


CENTRES: dict[Key, Point] = {
    "crm_id:C-0832581": Point(118, 122),
    "email:test@test.com": Point(118, 262),
    "phone:+48512572616": Point(404, 122),
    "crm_id:C-1118559": Point(640, 92),
    "hashed_email:8a749f254371d0498dd3bb65f020d9bd3edd3ed598facb60da38313361370c3a": Point(840, 178),
    "email:wojcik.ewa@freemail.example.net": Point(560, 216),
    "user_id:u2191552": Point(404, 350),
    "anonymous_id:d39fe794-564e-4733-8676-08a6151bb147": Point(640, 392),
    "cookie:GA1.1.586979632.1773378365": Point(840, 310),
    "anonymous_id:5129f9c7-42af-4acf-aa4f-d48e5571eab5": Point(118, 392),
}
LABEL_AT: dict[Pair, float] = {
    ("anonymous_id:5129f9c7-42af-4acf-aa4f-d48e5571eab5", "email:wojcik.ewa@freemail.example.net"): 0.3,
    ("anonymous_id:d39fe794-564e-4733-8676-08a6151bb147", "email:wojcik.ewa@freemail.example.net"): 0.4,
    ("cookie:GA1.1.586979632.1773378365", "user_id:u2191552"): 0.6,
    ("cookie:GA1.1.586979632.1773378365", "email:wojcik.ewa@freemail.example.net"): 0.35,
}
"""How far along a link its count stands, where half of the way would hide it."""

SIZE = Point(960, 470)
HALF = Point(78, 21)
_LONGEST = 19
_STYLE = """
  .page { fill: #ffffff }
  text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: #1f2328; text-anchor: middle }
  .namespace, .note, .count { font-size: 11px; fill: #59636e }
  .profile { font-weight: 600; text-anchor: start }
  .hull { stroke-width: 44; stroke-linejoin: round; opacity: .5 }
  .hull-0 { fill: #b6e3ff; stroke: #b6e3ff } .hull-1 { fill: #ffdfb6; stroke: #ffdfb6 }
  .node { fill: #ffffff; stroke: #59636e; stroke-width: 1.2 }
  .aside { fill: #f6f8fa; stroke-dasharray: 3 3 }
  .link { stroke: #59636e; fill: none }
  .link.aside { stroke: #afb8c1; stroke-dasharray: 2 4 }
  .link.refused { stroke: #cf222e; stroke-width: 2.2; stroke-dasharray: 7 5 }
  .badge { fill: #ffffff; opacity: .9 } .why { fill: #cf222e; font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 }
    text { fill: #f0f6fc } .namespace, .note, .count { fill: #9198a1 }
    .hull-0 { fill: #0c2d6b; stroke: #0c2d6b } .hull-1 { fill: #5a1e02; stroke: #5a1e02 }
    .node { fill: #151b23; stroke: #9198a1 } .aside { fill: #212830 }
    .link { stroke: #9198a1 } .link.aside { stroke: #656c76 } .link.refused { stroke: #f85149 }
    .badge { fill: #151b23 } .why { fill: #f85149 }
  }
"""


class Cluster(NamedTuple):
    """What the store says of the identifiers in the picture; `strangers`: what set-aside ones are linked to."""

    seen: dict[Key, Seen]
    links: list[Link]
    refusals: list[Refusal]
    strangers: dict[Key, dict[str, int]]


async def cluster_of(tx: Reading) -> Cluster:
    """Read what is drawn."""
    seen = await tx.identifiers(CENTRES)
    aside = [key for key, one in seen.items() if one.set_aside]
    return Cluster(
        seen,
        sorted(await tx.links_among(CENTRES)),
        [one for one in await tx.refusals_of(CENTRES) if {*one.pair} <= CENTRES.keys()],
        await tx.linked_by_namespace(aside),
    )


def svg(cluster: Cluster, ids: ProfileIds) -> str:
    """The picture as text."""
    parts = [*_hulls(cluster, ids), *_links(cluster), *_nodes(cluster)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE.x} {SIZE.y}" role="img">\n'
        "<title>One cluster, two profiles, one refused link, and what is set aside</title>\n"
        f"<style>{_STYLE}</style>\n"
        f'<rect class="page" width="{SIZE.x}" height="{SIZE.y}" rx="12"/>\n'
    )
    return head + "\n".join(parts) + "\n</svg>\n"


def _hulls(cluster: Cluster, ids: ProfileIds) -> Iterator[str]:
    members: defaultdict[Key, list[Point]] = defaultdict(list)
    for key, one in cluster.seen.items():
        if one.profile is not None:
            members[one.profile].append(CENTRES[key])
    for number, (anchor, centres) in enumerate(sorted(members.items(), key=lambda item: -len(item[1]))):
        corners = [
            Point(centre.x + dx * HALF.x, centre.y + dy * HALF.y)
            for centre in centres
            for dx in (-1, 1)
            for dy in (-1, 1)
        ]
        outline = _convex(corners)
        points = " ".join(f"{x:g},{y:g}" for x, y in outline)
        yield f'<polygon class="hull hull-{number}" points="{points}"/>'
        left, top = min(x for x, _ in outline), min(y for _, y in outline)
        yield f'<text class="profile" x="{left - 14:g}" y="{top - 32:g}">{ids.of(anchor)}</text>'


def _links(cluster: Cluster) -> Iterator[str]:
    refused = {one.pair: one for one in cluster.refusals}
    labels = list[str]()
    for link in cluster.links:
        a, b = CENTRES[link.low], CENTRES[link.high]
        aside = any(cluster.seen[key].set_aside for key in link.pair)
        state = " refused" if link.pair in refused else " aside" if aside else ""
        width = f"{1.2 + math.log2(link.count):.1f}"
        yield f'<line class="link{state}" x1="{a.x}" y1="{a.y}" x2="{b.x}" y2="{b.y}" stroke-width="{width}"/>'
        share = LABEL_AT.get(link.pair, 0.5)
        at = Point(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)
        labels += _label(at, f"{link.count}×", "count")
        if (refusal := refused.get(link.pair)) is not None:
            labels += _label(Point(at.x, at.y - 36), "refused:", "why")
            labels += _label(Point(at.x, at.y - 20), f"{refusal.reason} {refusal.namespace}", "why")
    yield from labels


def _label(at: Point, text: str, style: str) -> Iterator[str]:
    half = 3.6 * len(text) + 2
    yield f'<rect class="badge" x="{at.x - half:.1f}" y="{at.y - 8:.1f}" width="{2 * half:.1f}" height="16" rx="6"/>'
    yield f'<text class="{style}" x="{at.x:.1f}" y="{at.y + 4:.1f}">{text}</text>'


def _nodes(cluster: Cluster) -> Iterator[str]:
    for key, centre in CENTRES.items():
        one = cluster.seen[key]
        namespace, value = Identifier.of(key)
        shown = value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
        x, y = centre
        yield (
            f'<rect class="node{" aside" if one.set_aside else ""}" x="{x - HALF.x}" y="{y - HALF.y}"'
            f' width="{2 * HALF.x}" height="{2 * HALF.y}" rx="10"/>'
        )
        yield f'<text class="namespace" x="{x}" y="{y - 5}">{namespace}</text>'
        yield f'<text x="{x}" y="{y + 12}">{shown}</text>'
        if one.set_aside:
            yield f'<text class="note" x="{x}" y="{y + 37}">{_why(one, cluster.strangers[key])}</text>'


def _why(one: Seen, strangers: dict[str, int]) -> str:
    if one.set_aside == "blocked":
        return "set aside: blocked, a placeholder"
    namespace, count = max(strangers.items(), key=lambda item: item[1])
    return f"set aside: shared, seen with {count} {namespace}"


def _convex(points: Iterable[Point]) -> list[Point]:
    """The convex hull of points, by monotone chains (Andrew, 1979)."""
    ordered = sorted(set(points))

    def chain(some: Iterable[Point]) -> list[Point]:
        hull = list[Point]()
        for point in some:
            while len(hull) > 1 and _turn(hull[-2], hull[-1], point) <= 0:
                hull.pop()
            hull.append(point)
        return hull[:-1]

    return chain(ordered) + chain(reversed(ordered))


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)


async def drawn(store_file: str) -> str:
    """Read the store, and give the picture as text."""
    ids = ProfileIds(ID_KEY_DEFAULT)
    store = await open_store(StoreUrl.parse(f"sqlite:///{store_file}"), ids)
    try:
        return svg(await store.read(cluster_of), ids)
    finally:
        await store.close()


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(asyncio.run(drawn(sys.argv[1])), "utf-8")
