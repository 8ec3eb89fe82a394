"""Match all records of a store anew: what a model that is adopted or withdrawn begins with.

It goes in transactions of bounded size, for one of all records would be more than a server's memory can bear. Until the
last of them no model is in force, so that each leaves a store that is sound: the matched links that are there stand.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple, TypeVar

from graph_cdp.domain.decision import in_force
from graph_cdp.domain.identifier import Key, namespace_of
from graph_cdp.domain.link import Link, Pair
from graph_cdp.domain.matching import MatchRecord
from graph_cdp.domain.policy import Policy
from graph_cdp.resolve import components
from graph_cdp.service.announce import Announced
from graph_cdp.service.matching.adopt import reinstate, suspend
from graph_cdp.service.matching.matcher import matcher_of
from graph_cdp.service.matching.records import Columns, records_in
from graph_cdp.service.matching.whole import Matches, matches_of
from graph_cdp.service.rematch import rematch
from graph_cdp.store.port import Reading, Store, Writing

T = TypeVar("T")

_CHUNK = 10_000


class Matched(NamedTuple):
    """What matching found, and what that did to profiles; `review` counts pairs that somebody should look at.

    `touched` are the ids of the profiles that got or lost links, or were made or left by that.
    """

    records: int
    candidates: int
    review: int
    links: int
    touched: frozenset[str]


async def run(store: Store, policy: Policy) -> Matched:
    """Match everything by the model of a policy, None: by none, and bring that into force. Nobody else may write then.

    Safe to run again: the second time changes nothing. Where it is interrupted, run it again.
    """
    await store.write(suspend)
    found = await store.read(lambda tx: _matches(tx, policy))
    await _clear(store)
    for records in chunks(found.records.values()):
        await store.write(lambda tx, records=records: write_records(tx, records))  # type: ignore[misc]
    for candidates in chunks(found.candidates.values()):
        await store.write(lambda tx, candidates=candidates: tx.put_candidates(candidates))  # type: ignore[misc]
    touched = set[str]()
    for links, gone in _parts(found.links, await store.read(_matched_pairs)):
        announced: Announced = await store.write(
            lambda tx, links=links, gone=gone: rematch(tx, links, policy, gone)  # type: ignore[misc]
        )
        touched.update(announced.touched)
    await store.write(lambda tx: reinstate(tx, policy.model))
    review = sum(one.band == "review" for one in found.candidates.values())
    return Matched(len(found.records), len(found.candidates), review, len(found.links), frozenset(touched))


async def write_matches(tx: Writing, matches: Matches) -> None:
    """Write records, what finds them, and pairs, where there are none; the matched links are another matter."""
    for records in chunks(matches.records.values()):
        await write_records(tx, records)
    for candidates in chunks(matches.candidates.values()):
        await tx.put_candidates(candidates)


async def write_records(tx: Writing, records: Collection[MatchRecord]) -> None:
    """Write records, and what finds them."""
    await tx.lock_blocking({key for record in records for key in record.blocking})
    await tx.put_records(records)


async def _clear(store: Store) -> None:
    """Forget records, keys and pairs."""
    keys, pairs = await store.read(_kept)
    for some in chunks(pairs):
        await store.write(lambda tx, some=some: tx.drop_candidates(some))  # type: ignore[misc]
    for records in chunks(keys):
        await store.write(lambda tx, records=records: tx.drop_records(records))  # type: ignore[misc]
    await store.write(lambda tx: tx.clear_matching())


async def _kept(tx: Reading) -> tuple[list[Key], list[Pair]]:
    """Whose records are kept, and which pairs."""
    keys = [record.key async for page in tx.scan_records() for record in page]
    return keys, [one.pair async for page in tx.scan_candidates() for one in page]


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


async def _matched_pairs(tx: Reading) -> list[Pair]:
    return [link.pair async for page in tx.scan_links() for link in page if link.kind == "matched"]


def _parts(wanted: Mapping[Pair, Link], before: Collection[Pair]) -> Iterator[tuple[list[Link], list[Pair]]]:
    """Links to be written, and pairs whose links are to go, in parts: what hangs together is in one."""
    pairs = {*wanted, *before}
    links, gone = list[Link](), list[Pair]()
    parts = components({key for pair in pairs for key in pair}, pairs)
    part_of = {key: number for number, part in enumerate(parts) for key in part}
    place: int | None = None
    for pair in sorted(pairs, key=lambda pair: (part_of[pair[0]], pair)):
        if len(links) + len(gone) >= _CHUNK and part_of[pair[0]] != place:
            yield links, gone
            links, gone = [], []
        place = part_of[pair[0]]
        if pair in wanted:
            links.append(wanted[pair])
        else:
            gone.append(pair)
    if links or gone:
        yield links, gone


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Some at a time, in order."""
    remaining = iter(items)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk
