"""Why two identifiers are, or are not, in one profile."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Literal, NamedTuple, TypeAlias

from graph_cdp.domain.decision import Decision, standing
from graph_cdp.domain.identifier import Key, Seen
from graph_cdp.domain.link import Link, Refusal, pair_of
from graph_cdp.domain.policy import Policy
from graph_cdp.resolve import resolve
from graph_cdp.store.port import Reading, StoredEvent

Verdict: TypeAlias = Literal["same_profile", "kept_apart", "set_aside", "unconnected"]

_EXAMPLES = 3
_NEIGHBOURS = 10_000


class Step(NamedTuple):
    """A link of the path, its newest events as examples, and why it did not join, if it did not."""

    link: Link
    examples: tuple[StoredEvent, ...]
    refusal: Refusal | None


class Aside(NamedTuple):
    """An identifier that joins nobody; `linked` counts, for a shared one, what it is linked to by namespace."""

    seen: Seen
    linked: dict[str, int]


class Explanation(NamedTuple):
    """The answer, and what it rests on.

    `same_profile`: `path` is the strongest path of links that joined. `kept_apart`: one cluster, several profiles:
    `path` is the strongest path there is, with the refusals on it; `refusals` are all between the two profiles.
    `set_aside`: one of the two, or all that lies between them, joins nobody: see `aside`. `unconnected`: no events and
    no decision lead from one to the other. `decisions` are those on pairs between the two, superseded ones too.
    """

    a: Key
    b: Key
    verdict: Verdict
    path: tuple[Step, ...]
    refusals: tuple[Refusal, ...]
    aside: tuple[Aside, ...]
    decisions: tuple[Decision, ...]


async def explain(tx: Reading, a: Key, b: Key, policy: Policy) -> Explanation:
    """Explain two distinct identifiers that are known."""
    known = await tx.identifiers([a, b])
    one, other = known[a], known[b]
    if one.cluster is None or one.cluster != other.cluster:
        return await _apart(tx, one, other)
    members = await tx.members_of([one.cluster])
    joined = one.profile == other.profile
    if joined:
        members = [seen for seen in members if seen.profile == one.profile]
    first_seen = {seen.key: seen.first_seen for seen in members}
    decisions = await tx.decisions_on(first_seen)
    refusals = await tx.refusals_of(first_seen)
    # Nothing is refused inside a profile, so without limits and pairs kept apart the links that join are the
    # strongest tree that spans it: its path between two identifiers has the strongest weakest link of all paths.
    same = [decision for decision in standing(decisions).values() if decision.verdict == "same"]
    free = Policy(tuple(replace(namespace, limit=None) for namespace in policy.namespaces))
    tree = resolve(first_seen, await tx.links_among(first_seen), same, free).joined
    sides = {seen.key: seen.profile for seen in members}
    across = {one.profile, other.profile}
    return Explanation(
        a,
        b,
        "same_profile" if joined else "kept_apart",
        await _steps(tx, _path(a, b, tree), refusals),
        () if joined else tuple(r for r in refusals if {sides.get(r.low), sides.get(r.high)} == across),
        (),
        tuple(d for d in decisions if {sides.get(d.low), sides.get(d.high)} <= across),
    )


async def _apart(tx: Reading, one: Seen, other: Seen) -> Explanation:
    """Two identifiers of different clusters: what is set aside, of them or between them, and what was decided."""
    a, b = one.key, other.key
    aside = [seen for seen in (one, other) if seen.set_aside]
    if not aside:
        near = [await _set_aside_near(tx, seen) for seen in (one, other)]
        aside = [near[0][key] for key in sorted(near[0].keys() & near[1].keys())]
    shared = [seen.key for seen in aside if seen.set_aside == "shared"]
    linked = await tx.linked_by_namespace(shared) if shared else {}
    direct = [link for link in await tx.links_among([a, b]) if link.pair == pair_of(a, b)]
    return Explanation(
        a,
        b,
        "set_aside" if aside else "unconnected",
        await _steps(tx, direct, ()),
        (),
        tuple(Aside(seen, linked.get(seen.key, {})) for seen in aside),
        tuple(decision for decision in await tx.decisions_on([a]) if decision.pair == pair_of(a, b)),
    )


async def _set_aside_near(tx: Reading, seen: Seen) -> dict[Key, Seen]:
    """The identifiers that are set aside and linked to a member of this one's profile."""
    members = {one.key for one in await tx.members_of([seen.cluster or seen.key]) if one.profile == seen.profile}
    linked = {key for link in await tx.links_of(members, _NEIGHBOURS) for key in link.pair}
    return {key: one for key, one in (await tx.identifiers(linked - members)).items() if one.set_aside}


async def _steps(tx: Reading, path: Iterable[Link], refusals: Collection[Refusal]) -> tuple[Step, ...]:
    by_pair = {(refusal.pair, refusal.kind): refusal for refusal in refusals}
    return tuple([
        Step(link, tuple(await tx.events_naming_both(link.pair, _EXAMPLES)), by_pair.get((link.pair, link.kind)))
        for link in path
    ])  # fmt: skip


def _path(a: Key, b: Key, tree: Iterable[Link]) -> list[Link]:
    """The links from one identifier to another in a tree that holds both."""
    near: defaultdict[Key, list[tuple[Key, Link]]] = defaultdict(list)
    for link in tree:
        near[link.low].append((link.high, link))
        near[link.high].append((link.low, link))
    came: dict[Key, tuple[Key, Link]] = {}
    queue = deque([a])
    while queue and b not in came:
        here = queue.popleft()
        for there, link in near[here]:
            if there not in came and there != a:
                came[there] = (here, link)
                queue.append(there)
    path: list[Link] = []
    while b != a:
        b, link = came[b]
        path.append(link)
    return path[::-1]
