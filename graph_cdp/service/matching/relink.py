"""Bring records that changed up to date: what resembles them, and the matched links of their clusters."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import orjson

from graph_cdp.domain.decision import Decision, in_force
from graph_cdp.domain.identifier import Key, Seen, namespace_of
from graph_cdp.domain.link import Link, Pair
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
    rewritten = await _rewrite(tx, {key: one for key, one in seen.items() if key not in shared}, keys, policy, matcher)
    starts = (await _rescore(tx, rewritten, matcher)).union(rewritten.changed.keys() - rewritten.fresh)
    if decided:
        starts.update(keys)
    elif rewritten.fresh and await tx.has_decisions():
        starts |= rewritten.fresh
    return await _relink(tx, starts, model, matcher)


class _Rewritten(NamedTuple):
    """Records that changed, None: it is gone; those that their keys find now; which had none before."""

    changed: dict[Key, MatchRecord | None]
    found: Collection[MatchRecord]
    fresh: set[Key]


async def _rewrite(
    tx: Writing, seen: Mapping[Key, Seen], keys: Collection[Key], policy: Policy, matcher: Matcher
) -> _Rewritten:
    """Write the records that changed; with those that a key finds no more, or finds again."""
    most, before = matcher.most_records_a_key, await tx.records(keys)
    now = await _now(tx, seen, before, policy, matcher)
    gone = before.keys() - now.keys()
    now = {key: record for key, record in now.items() if key not in before or before[key].fields != record.fields}
    came = {(one, record.key) for record in now.values() for one in record.blocking}
    went = {(one, key) for key in (*now, *gone) if key in before for one in before[key].blocking}
    # Counted so far as it is needed to tell what crosses the bound.
    under = await tx.lock_under({one for one, _ in came | went}, most, most + len(came ^ went) + 1)
    await tx.drop_records(gone)
    await tx.put_records(now.values())
    changed: dict[Key, MatchRecord | None] = {**dict.fromkeys(gone), **now}
    crowds = Counter(under.crowds)
    crowds.update(one for one, _ in came - went)
    crowds.subtract(one for one, _ in went - came)
    crossed = [one for one, count in under.crowds.items() if (count <= most) != (crowds[one] <= most)]
    fresh = now.keys() - before.keys()
    if crossed:
        changed = {**await _stirred(tx, crossed), **changed}
        asked = {one for record in changed.values() if record is not None for one in record.blocking}
        return _Rewritten(changed, (await tx.records_under(asked, most)).values(), fresh)
    others = [record for key, record in under.records.items() if key not in changed]
    own = [
        record._replace(blocking=tuple([one for one in record.blocking if crowds[one] <= most]))
        for record in now.values()
    ]
    return _Rewritten(changed, [*others, *own], fresh)


async def _now(
    tx: Writing, seen: Mapping[Key, Seen], before: Mapping[Key, MatchRecord], policy: Policy, matcher: Matcher
) -> dict[Key, MatchRecord]:
    """The records of identifiers as they are now; the keys are made of those alone that have other fields."""
    assert policy.model is not None  # noqa: S101
    columns = Columns.of(policy, policy.model.namespaces, matcher.columns)
    known = await records_in(tx, [key for key, one in seen.items() if one.set_aside is None], columns)
    read = dict(zip(known, matcher.read([orjson.loads(record) for record in known.values()]), strict=True))
    same = {key: before[key] for key, fields in read.items() if key in before and before[key].fields == fields}
    told = sorted(read.keys() - same.keys())
    blocking = matcher.blocking_of([read[key] for key in told])
    return same | {key: MatchRecord(key, read[key], keys) for key, keys in zip(told, blocking, strict=True)}


async def _stirred(tx: Writing, crossed: Collection[str]) -> dict[Key, MatchRecord]:
    """The records under keys that find too many from now on, or do so no longer."""
    found = await tx.records_under(crossed, _ALL)
    await tx.lock(found)
    return await tx.records(found)


async def _rescore(tx: Writing, rewritten: _Rewritten, matcher: Matcher) -> set[Key]:
    """Write the pairs of changed records as they are now; gives the ends of those that joined, or join from now on.

    Other pairs hang nothing together: they speak within what changed records hang together with, which is looked at.
    """
    changed, found, fresh = rewritten
    subjects = [record for record in changed.values() if record is not None]
    now = {
        (low, high): Candidate(low, high, score, weight, band)
        for low, high, (score, weight, band) in _scored(subjects, found, matcher)
        if band != "apart"
    }
    paired = changed.keys() - fresh
    before = {one.pair: one for one in await tx.candidates_of(paired)} if paired else {}
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
    if not pairs:
        return
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
    matched: dict[Pair, Link]

    def ties(self) -> list[Pair]:
        """What hangs records together."""
        join = [one.pair for one in self.candidates.values() if one.band == "join"]
        return join + [one.pair for one in self.decisions.values() if one.verdict == "same"]


async def _relink(tx: Writing, starts: set[Key], model: AdoptedModel, matcher: Matcher) -> dict[Key, Seen]:
    """Cluster what hangs together with some records anew, and write the links that changed."""
    if not starts:
        return {}
    component = await _component(tx, starts, model)
    wanted = {pair: matched_link(component.candidates[pair], model) for pair in await _joined(tx, component, matcher)}
    before = {pair: link for pair, link in component.matched.items() if component.seen.keys() >= {*pair}}
    put = [link for pair, link in wanted.items() if before.get(pair) != link]
    gone = before.keys() - wanted.keys()
    await tx.put_matched(put)
    await tx.withdraw_matched(gone)
    ends = {key for pair in (*(link.pair for link in put), *gone) for key in pair}
    return {key: component.seen[key] for key in ends}


async def _joined(tx: Writing, component: _Component, matcher: Matcher) -> list[Pair]:
    """The pairs to be joined of which both belong to one cluster."""
    keys = sorted({key for pair in component.ties() for key in pair}.intersection(component.seen))
    told = {pair: one for pair, one in component.candidates.items() if {*pair}.issubset(keys)}
    weighed: dict[Pair, Resemblance] = {pair: Resemblance(*one[2:]) for pair, one in told.items()}
    if missing := [pair for pair in combinations(keys, 2) if pair not in told]:
        # They are far apart, or no usable key finds both: the records tell.
        records = await tx.usable_records({key for pair in missing for key in pair}, matcher.most_records_a_key)
        weighed.update(_apart(records, missing, matcher))
        paired = {key for pair in told for key in pair}
        keys = [key for key in keys if key in paired or key in records]
    at = {key: place for place, key in enumerate(keys)}
    pairs = sorted((at[low], at[high], resemblance) for (low, high), resemblance in weighed.items())
    return joined(keys, pairs, component.decisions.values(), matcher)


def _apart(
    records: Mapping[Key, MatchRecord], missing: Iterable[Pair], matcher: Matcher
) -> Iterator[tuple[Pair, Resemblance]]:
    """Those of the missing pairs that a usable key finds, scored."""
    keys = sorted(records)
    under = _places_under(records[key] for key in keys)
    found = {pair for places in under.values() for pair in combinations(places, 2)}
    at = {key: place for place, key in enumerate(keys)}
    ask = sorted(found.intersection((at[low], at[high]) for low, high in missing if low in at and high in at))
    for low, high, resemblance in _weighed([records[key] for key in keys], ask, matcher):
        yield (low, high), resemblance


async def _component(tx: Writing, starts: set[Key], model: AdoptedModel) -> _Component:
    """Follow pairs to be joined, and those decided same. Each is locked before its pairs are read.

    What hangs together is nearly always in the same clusters, which are locked as a whole: so these are read at once.
    """
    found = _Component({}, {}, {}, {})
    met, clusters, reached = set[Key](), set[Key](), starts
    while ask := reached - met:
        known = await tx.lock(ask)
        near = {seen.cluster for seen in known.values() if seen.cluster is not None} - clusters
        members = await tx.members_of(near) if near else ()
        known.update((seen.key, seen) for seen in members if namespace_of(seen.key) in model.namespaces)
        # Asked behind the locks: what was decided on these before is seen.
        candidates, decisions, matched = await tx.near(known.keys() - met)
        found.seen.update(known)
        found.candidates.update((one.pair, one) for one in candidates)
        found.decisions.update((one.pair, one) for one in in_force(decisions))
        found.matched.update((one.pair, one) for one in matched)
        met |= ask | known.keys()
        clusters |= near
        reached = _reached(starts, found.ties(), model)
    return found._replace(seen={key: seen for key, seen in found.seen.items() if key in reached})


def _reached(starts: Collection[Key], ties: Iterable[Pair], model: AdoptedModel) -> set[Key]:
    """The records that hang together with some."""
    near = defaultdict[Key, set[Key]](set)
    for low, high in ties:
        if namespace_of(low) in model.namespaces and namespace_of(high) in model.namespaces:
            near[low].add(high)
            near[high].add(low)
    reached, ask = set[Key](), set(starts)
    while ask:
        reached |= ask
        ask = {other for key in ask for other in near[key]} - reached
    return reached
