"""Bring the review queue up to date with the profiles: as a whole, or for those that commits touched since."""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Final, NamedTuple

from graph_cdp.domain.decision import in_force
from graph_cdp.domain.identifier import Key, Seen, namespace_of
from graph_cdp.domain.link import Link, LinkKind, Pair, Refusal
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.review import Finding
from graph_cdp.domain.times import Millis
from graph_cdp.review import RULES, World, findings_of, settled_pairs
from graph_cdp.service.review.find import Put, chunks, put_findings
from graph_cdp.store.port import Reading, Store, Writing

REVIEWED: Final = "reviewed_seq"
"""The note that holds the number of the last commit that the queue knows."""

_COMMITS = 500
_TOUCHED = 2_000


class Looked(NamedTuple):
    """What was found, about which identifiers (None: the whole store), and up to which commit."""

    findings: list[Finding]
    about: frozenset[Key] | None
    seq: int


async def refresh(store: Store, policy: Policy, *, whole: bool = False) -> Put:
    """Look for findings and put them into the queue: of all profiles, or of those touched since it was done last.

    Reads in one view and writes in one transaction, so that looking at a large store keeps no writer waiting. Where
    commits were forgotten that the queue does not know, all profiles are looked at. Safe to run again.
    """
    looked = await store.read(lambda tx: look(tx, policy, whole=whole))

    async def work(tx: Writing) -> Put:
        put = await put_findings(tx, looked.findings, RULES, looked.about)
        await tx.put_notes({REVIEWED: str(looked.seq)})
        return put

    return await store.write(work)


async def look(tx: Reading, policy: Policy, *, whole: bool) -> Looked:
    """Look for findings; writes nothing."""
    newest = await tx.newest_seq()
    known = (await tx.notes()).get(REVIEWED)
    touched = None if whole or known is None else await _touched(tx, int(known), newest)
    if touched is None:
        world = await world_of(tx, policy)
        return Looked(findings_of(world, policy), None, newest)
    about = set(touched)
    world = await _world_around(tx, touched, policy, about)
    return Looked(findings_of(world, policy), frozenset(about), newest)


async def world_of(tx: Reading, policy: Policy) -> World:
    """What findings are made of, of the whole store. Holds a number for each profile, and the refused links."""
    refusals = [one async for page in tx.scan_refusals() for one in page if one.namespace is not None]
    candidates = [one async for page in tx.scan_candidates() for one in page]
    decisions = in_force(await tx.decisions())
    ends = {key for pairs in (refusals, candidates, decisions) for one in pairs for key in one.pair}
    profile: dict[Key, Key] = {}
    size = Counter[Key]()
    held = _Held(policy)
    async for page in tx.scan_identifiers():
        for seen in page:
            if seen.profile is not None:
                size[seen.profile] += 1
                held.add(seen)
                if seen.key in ends:
                    profile[seen.key] = seen.profile
    links = await _links(tx, refusals)
    return World(refusals, candidates, links, profile, size, held.full(), settled_pairs(decisions, profile))


async def _touched(tx: Reading, known: int, newest: int) -> frozenset[Key] | None:
    """The own identifiers of all profiles that commits touched after one; None where they are many, or forgotten."""
    touched, seq = set[str](), known
    while seq < newest:
        commits = await tx.commits_after(seq, _COMMITS)
        if not commits or [one.seq for one in commits] != list(range(seq + 1, seq + 1 + len(commits))):
            return None
        touched.update(one for commit in commits for one in commit.touched)
        if len(touched) > _TOUCHED:
            return None
        seq = commits[-1].seq
    keys = [await tx.key_of(one) for one in sorted(touched)]
    return frozenset(key for key in keys if key is not None)


async def _world_around(tx: Reading, touched: Collection[Key], policy: Policy, about: set[Key]) -> World:
    """What findings about the profiles of identifiers are made of; their members are added to `about`."""
    near = await tx.profiles(touched, traits=False, events=0, refusals=True)
    refusals = [one for one in near.refusals if one.namespace is not None]
    about.update(seen.key for seen in near.members)
    candidates = await tx.candidates_of(about)
    far = {key for pairs in (refusals, candidates) for one in pairs for key in one.pair} - about
    beyond = await tx.profiles(far, traits=False, events=0, refusals=False)
    held = _Held(policy)
    for seen in near.members:
        held.add(seen)
    profile = {seen.key: seen.profile for seen in (*near.members, *beyond.members) if seen.profile is not None}
    decisions = in_force(await tx.decisions_on(profile)) if await tx.has_decisions() else []
    return World(
        refusals,
        candidates,
        await _links(tx, refusals),
        profile,
        Counter(profile.values()),
        held.full(),
        settled_pairs(decisions, profile),
    )


class _Held:
    """Gathers what profiles hold of those namespaces of which they may hold several."""

    def __init__(self, policy: Policy) -> None:
        self._limits = {name: limit for name, limit in policy.limit_by_name.items() if limit > 1}
        self._held: defaultdict[tuple[Key, str], list[tuple[Millis, Key]]] = defaultdict(list)

    def add(self, seen: Seen) -> None:
        """Count an identifier in."""
        namespace = namespace_of(seen.key)
        if namespace in self._limits and seen.profile is not None:
            self._held[seen.profile, namespace].append((seen.first_seen, seen.key))

    def full(self) -> dict[tuple[Key, str], list[tuple[Millis, Key]]]:
        """Those that hold as many as they may."""
        return {where: held for where, held in self._held.items() if len(held) >= self._limits[where[1]]}


async def _links(tx: Reading, refusals: Collection[Refusal]) -> dict[tuple[Pair, LinkKind], Link]:
    found: dict[tuple[Pair, LinkKind], Link] = {}
    for some in chunks(sorted(refusals)):
        links = await tx.links_among({key for one in some for key in one.pair})
        wanted = {(one.pair, one.kind) for one in some}
        found.update(((link.pair, link.kind), link) for link in links if (link.pair, link.kind) in wanted)
    return found
