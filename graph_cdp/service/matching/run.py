"""Match all records of a store anew, in one transaction: what a model that is adopted or withdrawn begins with."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

from graph_cdp.domain.decision import in_force
from graph_cdp.domain.identifier import Key, namespace_of
from graph_cdp.domain.policy import Policy
from graph_cdp.service.announce import Announced
from graph_cdp.service.matching.matcher import matcher_of
from graph_cdp.service.matching.records import Columns, records_in
from graph_cdp.service.matching.whole import Matches, matches_of
from graph_cdp.service.rematch import rematch
from graph_cdp.store.port import Reading, Writing

T = TypeVar("T")

_CHUNK = 10_000


class Matched(NamedTuple):
    """What matching found, and what that did to profiles; `review` counts pairs that somebody should look at."""

    records: int
    candidates: int
    review: int
    links: int
    announced: Announced


async def run(tx: Writing, policy: Policy) -> Matched:
    """Match everything. Nobody else may write meanwhile. Safe to run again: the second time changes nothing."""
    found = await _matches(tx, policy)
    await tx.clear_matching()
    await write_matches(tx, found)
    before = [link async for page in tx.scan_links() for link in page if link.kind == "matched"]
    gone = [link.pair for link in before if link.pair not in found.links]
    announced = await rematch(tx, found.links.values(), policy, gone)
    review = sum(one.band == "review" for one in found.candidates.values())
    return Matched(len(found.records), len(found.candidates), review, len(found.links), announced)


async def write_matches(tx: Writing, matches: Matches) -> None:
    """Write records, what finds them, and pairs, where there are none; the matched links are another matter."""
    for records in chunks(matches.records.values()):
        await tx.lock_blocking({key for record in records for key in record.blocking})
        await tx.put_records(records)
    for candidates in chunks(matches.candidates.values()):
        await tx.put_candidates(candidates)


async def _matches(tx: Reading, policy: Policy) -> Matches:
    model = policy.model
    if model is None:
        return Matches({}, {}, {})
    matcher = matcher_of(model)
    columns, fields = Columns.of(policy, model.namespaces, matcher.columns), dict[Key, str]()
    async for page in tx.scan_identifiers():
        keys = [seen.key for seen in page if not seen.set_aside and namespace_of(seen.key) in model.namespaces]
        fields |= await records_in(tx, keys, columns)
    return matches_of(fields, in_force(await tx.decisions()), model, matcher)


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Some at a time, in order."""
    remaining = iter(items)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk
