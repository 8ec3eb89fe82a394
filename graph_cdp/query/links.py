"""The links of profiles, in pages, and the graph that they draw."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.pages import LinkEnd, PlacedLink
from graph_cdp.query.cursors import cursor, place_of
from graph_cdp.resolve import ProfileIds
from graph_cdp.store.port import Reading

__all__ = ["MAX_LINKS", "MAX_NODES", "Graph", "LinkEnd", "LinkPage", "PlacedLink", "graphs", "links_pages"]

MAX_NODES = 500
MAX_LINKS = 2_000
"""The largest graph that is given."""


class LinkPage(NamedTuple):
    """Some links of a profile, the cursor of each, and whether more follow."""

    links: tuple[PlacedLink, ...]
    cursors: tuple[str, ...]
    has_next: bool


class Graph(NamedTuple):
    """The identifiers of a profile, in the order given, then those that its links lead to, and these links.

    Both ends of every link are among the nodes. `cut`: there is more than `MAX_NODES` and `MAX_LINKS` allow.
    """

    nodes: tuple[LinkEnd, ...]
    links: tuple[PlacedLink, ...]
    cut: bool


async def links_pages(
    tx: Reading, members_by_anchor: Mapping[Key, Sequence[Key]], first: int = 20, after: str | None = None
) -> dict[Key, LinkPage]:
    """At most `first` links of each profile, which is given by its anchor and all its identifiers, in one statement.

    Links with at least one end among the identifiers, each once, by the own profile ids of their two ends, then kind:
    an order that new evidence does not change and that gives no value away, in a cursor neither. A page reads all
    links of the profiles. Raises InputError where `after` is no cursor of links.
    """
    behind: tuple[str, str, str] | None = None
    if after is not None:
        low, high, kind = place_of(after, str, str, str)
        behind = low, high, kind
    found = await tx.link_pages(list(members_by_anchor.values()), first + 1, behind)
    return {anchor: _page(rows, first, tx.ids) for anchor, rows in zip(members_by_anchor, found, strict=True)}


async def graphs(tx: Reading, members_by_anchor: Mapping[Key, Sequence[Key]]) -> dict[Key, Graph]:
    """The graph of each profile, given as for `links_pages`, in one statement."""
    found = await tx.link_pages(list(members_by_anchor.values()), MAX_LINKS + 1, None)
    return {
        anchor: graph_of(anchor, members, rows)
        for (anchor, members), rows in zip(members_by_anchor.items(), found, strict=True)
    }


def graph_of(anchor: Key, members: Sequence[Key], links: Sequence[PlacedLink]) -> Graph:
    """Draw a profile's links, as many as there is room for. Pure."""
    nodes = {key: LinkEnd(key, anchor, None) for key in members[:MAX_NODES]}
    drawn = list[PlacedLink]()
    for link in links[:MAX_LINKS]:
        new = [end for end in (link.low, link.high) if end.key not in nodes]
        if len(nodes) + len(new) <= MAX_NODES:
            nodes.update((end.key, end) for end in new)
            drawn.append(link)
    return Graph(tuple(nodes.values()), tuple(drawn), len(members) > MAX_NODES or len(drawn) < len(links))


def _page(rows: Sequence[PlacedLink], first: int, ids: ProfileIds) -> LinkPage:
    page = tuple(rows[:first])
    cursors = tuple([cursor(ids.of(row.link.low), ids.of(row.link.high), row.link.kind) for row in page])
    return LinkPage(page, cursors, len(rows) > first)
