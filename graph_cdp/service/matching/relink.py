"""Bring records that changed up to date: what resembles them, and the matched links of their clusters."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import orjson

from graph_cdp.domain.decision import Decision, in_force
from graph_cdp.domain.identifier import Key, Seen, namespace_of
from graph_cdp.domain.link import Pair
from graph_cdp.domain.matching import AdoptedModel, Candidate, MatchRecord, matched_link
from graph_cdp.domain.policy import Policy
from graph_cdp.service.matching.matcher import Matcher, Resemblance, matcher_of
from graph_cdp.service.matching.records import Columns, records_in
from graph_cdp.service.matching.whole import joined
from graph_cdp.store.port import Writing

_ALL = 2**31 - 1
_PAIRS_AT_ONCE = 50_000


async def relink(
    tx: Writing, touched: Iterable[Key], policy: Policy, shared: Collection[Key] = (), *, decided: bool = False
) -> dict[Key, Seen]:
    """Match the records of some identifiers as they are now; gives the ends of the matched links that this changed.

    These are locked, and to be regrouped. Nothing is done where no model is adopted. `shared`: identifiers that became
    shared just now. `decided`: decisions on the identifiers changed.
    """
    model = policy.model
    keys = [] if model is None else sorted(key for key in set(touched) if namespace_of(key) in model.namespaces)
    if model is None or not keys:
        return {}
    matcher = matcher_of(model)
    seen = await tx.lock(keys)
    changed = await _rewrite(tx, {key: one for key, one in seen.items() if key not in shared}, keys, policy, matcher)
    starts = (await _rescore(tx, changed, matcher)).union(changed, keys if decided else ())
    return await _relink(tx, starts, model, matcher)


async def _rewrite(
    tx: Writing, seen: Mapping[Key, Seen], keys: Collection[Key], policy: Policy, matcher: Matcher
) -> dict[Key, MatchRecord | None]:
    """Write the records that changed, None: it is gone; with those that a key finds no more, or finds again."""
    assert policy.model is not None  # noqa: S101
    columns = Columns.of(policy, policy.model.namespaces, matcher.columns)
    before = await tx.records(keys)
    known = await records_in(tx, [key for key, one in seen.items() if one.set_aside is None], columns)
    fields = dict(zip(known, matcher.read([orjson.loads(record) for record in known.values()]), strict=True))
    told = [key for key in keys if key in fields and (key not in before or before[key].fields != fields[key])]
    gone = [key for key in keys if key in before and key not in fields]
    blocking = matcher.blocking_of([fields[key] for key in told])
    now = [MatchRecord(key, fields[key], keys_) for key, keys_ in zip(told, blocking, strict=True)]
    came, went = set[tuple[str, Key]](), set[tuple[str, Key]]()
    came.update((one, record.key) for record in now for one in record.blocking)
    went.update((one, key) for key in (*told, *gone) if key in before for one in before[key].blocking)
    await tx.lock_blocking({one for one, _ in came | went})
    # So far as it is needed to tell what crosses the bound.
    changed = came ^ went
    crowds = await tx.crowds({one for one, _ in changed}, matcher.most_records_a_key + len(changed) + 1)
    await tx.drop_records(gone)
    await tx.put_records(now)
    stirred = await _stirred(tx, crowds, came - went, went - came, matcher.most_records_a_key)
    return {**stirred, **dict.fromkeys(gone), **{record.key: record for record in now}}


async def _stirred(
    tx: Writing, crowds: Mapping[str, int], came: set[tuple[str, Key]], went: set[tuple[str, Key]], most: int
) -> dict[Key, MatchRecord]:
    """The records under keys that find too many from now on, or do so no longer."""
    now = dict(crowds)
    for one, _ in came:
        now[one] += 1
    for one, _ in went:
        now[one] -= 1
    crossed = [one for one, count in crowds.items() if (count <= most) != (now[one] <= most)]
    if not crossed:
        return {}
    found = await tx.records_under(crossed, _ALL)
    await tx.lock(found)
    return await tx.records(found)


async def _rescore(tx: Writing, changed: Mapping[Key, MatchRecord | None], matcher: Matcher) -> set[Key]:
    """Write the pairs of changed records as they are now; gives the ends of those that joined, or join from now on.

    Other pairs hang nothing together: they speak within what changed records hang together with, which is looked at.
    """
    if not changed:
        return set()
    subjects = [record for record in changed.values() if record is not None]
    found = await tx.records_under({key for one in subjects for key in one.blocking}, matcher.most_records_a_key)
    now = {
        (low, high): Candidate(low, high, score, weight, band)
        for low, high, (score, weight, band) in _scored(subjects, found.values(), matcher)
        if band != "apart"
    }
    before = {one.pair: one for one in await tx.candidates_of(changed)}
    put = [one for pair, one in now.items() if before.get(pair) != one]
    gone = before.keys() - now.keys()
    differing = {*(one.pair for one in put), *gone}
    await tx.lock({key for pair in differing for key in pair})
    await tx.drop_candidates(gone)
    await tx.put_candidates(put)
    told = [one for pairs in (before, now) for pair, one in pairs.items() if pair in differing]
    return {key for one in told if one.band == "join" for key in one.pair}


def _scored(
    subjects: Iterable[MatchRecord], found: Iterable[MatchRecord], matcher: Matcher
) -> Iterator[tuple[Key, Key, Resemblance]]:
    """All pairs of a subject and one of those found, itself or another, that have a key in common; each once."""
    records = sorted(found)
    place = {record.key: number for number, record in enumerate(records)}
    under = _places_under(records)
    done = set[int]()
    pairs = list[tuple[int, int]]()
    for subject in subjects:
        if subject.key in place:
            done.add(own := place[subject.key])
            others = {other for one in subject.blocking for other in under[one]} - done
            pairs += [(min(own, other), max(own, other)) for other in sorted(others)]
        if len(pairs) >= _PAIRS_AT_ONCE:
            yield from _weighed(records, pairs, matcher)
            pairs = []
    yield from _weighed(records, pairs, matcher)


def _weighed(
    records: Sequence[MatchRecord], pairs: Sequence[tuple[int, int]], matcher: Matcher
) -> Iterator[tuple[Key, Key, Resemblance]]:
    """Pairs of the records, by place, scored."""
    used = sorted({place for pair in pairs for place in pair})
    at = {place: number for number, place in enumerate(used)}
    scored = matcher.scores([records[place].fields for place in used], [(at[low], at[high]) for low, high in pairs])
    for (low, high), resemblance in zip(pairs, scored, strict=True):
        yield records[low].key, records[high].key, resemblance


def _places_under(records: Iterable[MatchRecord]) -> defaultdict[str, list[int]]:
    """By key the places of the records that it finds."""
    under: defaultdict[str, list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        for one in record.blocking:
            under[one].append(place)
    return under


class _Component(NamedTuple):
    """Records that hang together by pairs to be joined and by decisions, locked; with all that tells who joins."""

    seen: dict[Key, Seen]
    candidates: dict[Pair, Candidate]
    decisions: dict[Pair, Decision]

    @property
    def several(self) -> set[Key]:
        """Those that something hangs together with."""
        same = [one.pair for one in self.decisions.values() if one.verdict == "same"]
        join = [one.pair for one in self.candidates.values() if one.band == "join"]
        return {key for pair in (*same, *join) for key in pair}.intersection(self.seen)


async def _relink(tx: Writing, starts: set[Key], model: AdoptedModel, matcher: Matcher) -> dict[Key, Seen]:
    """Cluster what hangs together with some records anew, and write the links that changed."""
    if not starts:
        return {}
    component = await _component(tx, starts, model)
    wanted = {pair: matched_link(component.candidates[pair], model) for pair in await _joined(tx, component, matcher)}
    before = {link.pair: link for link in await tx.links_among(component.seen) if link.kind == "matched"}
    put = [link for pair, link in wanted.items() if before.get(pair) != link]
    gone = before.keys() - wanted.keys()
    await tx.put_matched(put)
    await tx.withdraw_matched(gone)
    ends = {key for pair in (*(link.pair for link in put), *gone) for key in pair}
    return {key: component.seen[key] for key in ends}


async def _joined(tx: Writing, component: _Component, matcher: Matcher) -> list[Pair]:
    """The pairs to be joined of which both belong to one cluster."""
    several = component.several
    records = await tx.records(several) if several else {}
    if not records:
        return []
    keys = sorted(records)
    under = {key: places for key, places in _places_under(records[key] for key in keys).items() if len(places) > 1}
    crowds = await tx.crowds(under, matcher.most_records_a_key + 1)
    usable = (places for key, places in under.items() if crowds[key] <= matcher.most_records_a_key)
    found = {pair for places in usable for pair in combinations(places, 2)}
    at = {key: place for place, key in enumerate(keys)}
    told = {
        (at[low], at[high]): Resemblance(score, weight, band)
        for low, high, score, weight, band in component.candidates.values()
        if low in at and high in at
    }
    apart = sorted(found - told.keys())
    scored = matcher.scores([records[key].fields for key in keys], apart) if apart else ()
    told.update(zip(apart, scored, strict=True))
    pairs = [(*pair, told[pair]) for pair in sorted(told)]
    return joined(keys, pairs, component.decisions.values(), matcher)


async def _component(tx: Writing, starts: set[Key], model: AdoptedModel) -> _Component:
    """Follow pairs to be joined, and those decided same. Each is locked before its pairs are read."""
    found = _Component({}, {}, {})
    ask, met = starts, set[Key]()
    while ask:
        met |= ask
        known = await tx.lock(ask)
        found.seen.update(known)
        near = await tx.candidates_of(known)
        found.candidates.update((one.pair, one) for one in near)
        ask = {key for one in near if one.band == "join" for key in one.pair}
        # Asked behind the locks: what was decided on these before is seen.
        if await tx.has_decisions():
            stand = {one.pair: one for one in in_force(await tx.decisions_on(known))}
            found.decisions.update(stand)
            ask |= {key for one in stand.values() if one.verdict == "same" for key in one.pair}
        ask = {key for key in ask - met if namespace_of(key) in model.namespaces}
    return found
