"""All records of a store beside each other: what the incremental path must agree with. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import orjson

from graph_cdp.domain.decision import Decision, Verdict
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Link, Pair
from graph_cdp.domain.matching import AdoptedModel, Candidate, MatchRecord, matched_link
from graph_cdp.resolve import components
from graph_cdp.service.matching.matcher import Matcher, Resemblance

ScoredPair: TypeAlias = tuple[int, int, Resemblance]

_LARGE: Final = 500
"""Models may treat components of more records by a rule for all that they are given."""


class Matches(NamedTuple):
    """All that a model makes of records: what finds them, the pairs that resemble each other, the matched links."""

    records: dict[Key, MatchRecord]
    candidates: dict[Pair, Candidate]
    links: dict[Pair, Link]


def matches_of(
    fields_by_key: Mapping[Key, str], decisions: Collection[Decision], model: AdoptedModel, matcher: Matcher
) -> Matches:
    """Match all records. `decisions` are those standing."""
    keys = sorted(fields_by_key)
    fields = matcher.read([orjson.loads(fields_by_key[key]) for key in keys])
    told = map(MatchRecord, keys, fields, matcher.blocking_of(fields))
    records = {record.key: record for record in told}
    pairs = list(matcher.pairs(fields, same_among(keys, decisions)))
    candidates = {
        (keys[a], keys[b]): Candidate(keys[a], keys[b], score, weight, band)
        for a, b, (score, weight, band) in pairs
        if band != "apart"
    }
    links = [matched_link(candidates[pair], model) for pair in joined(keys, pairs, decisions, matcher)]
    return Matches(records, candidates, {link.pair: link for link in links})


def same_among(keys: Sequence[Key], decisions: Iterable[Decision]) -> list[tuple[int, int]]:
    """The pairs decided same, by the places of their keys."""
    at = {key: place for place, key in enumerate(keys)}
    pairs = [one.pair for one in decisions if one.verdict == "same"]
    return sorted((at[low], at[high]) for low, high in pairs if low in at and high in at)


def joined(
    keys: Sequence[Key], pairs: Sequence[ScoredPair], decisions: Iterable[Decision], matcher: Matcher
) -> list[Pair]:
    """The pairs to be joined whose records are in one cluster. Give whole components: one, or several at once.

    `keys` are sorted, `pairs` name them by place: all that a blocking key finds, those that are far apart too. What
    hangs together by pairs to be joined and pairs decided same is clustered for itself, and all pairs within it speak:
    so a chain does not join strangers, and what only weaker pairs would join is left to a reviewer.
    """
    row_by_key = {key: row for row, key in enumerate(keys)}
    judged = defaultdict[Verdict, list[tuple[int, int]]](list)
    for one in decisions:
        if one.low in row_by_key and one.high in row_by_key:
            judged[one.verdict].append((row_by_key[one.low], row_by_key[one.high]))
    links = [(a, b) for a, b, resemblance in pairs if resemblance.band == "join"]
    parts = [part for part in components(range(len(keys)), [*links, *judged["same"]]) if len(part) > 1]
    part_of = {row: number for number, part in enumerate(parts) for row in part}
    within = [(a, b, of.weight) for a, b, of in pairs if a in part_of and part_of[a] == part_of.get(b)]
    # What is done to a large component must not depend on what else is clustered with it.
    batches = [part for part in parts if len(part) > _LARGE]
    batches.append([row for part in parts if len(part) <= _LARGE for row in part])
    cluster = dict[int, tuple[int, int]]()
    for batch in batches:
        names = _clusters(sorted(batch), within, judged["same"], judged["different"], matcher)
        cluster.update((row, (part_of[row], name)) for row, name in names.items())
    return [(keys[a], keys[b]) for a, b in links if cluster[a] == cluster[b]]


def _clusters(
    rows: Sequence[int],
    within: Iterable[tuple[int, int, float]],
    must: Iterable[tuple[int, int]],
    cannot: Iterable[tuple[int, int]],
    matcher: Matcher,
) -> dict[int, int]:
    """What their cluster is called, by row, of some rows of a table."""
    at = {row: place for place, row in enumerate(rows)}
    pairs = sorted((at[a], at[b], weight) for a, b, weight in within if a in at and b in at)
    same, different = (sorted((at[a], at[b]) for a, b in ends if a in at and b in at) for ends in (must, cannot))
    return dict(zip(rows, matcher.clusters(len(rows), pairs, same, different), strict=True)) if rows else {}
