"""Put findings into the review queue."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

from graph_cdp.domain.decision import in_force
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Pair
from graph_cdp.domain.review import Finding, Item
from graph_cdp.review import item_of
from graph_cdp.store.port import Reading, Writing

T = TypeVar("T")

_CHUNK = 2_000


class Put(NamedTuple):
    """How many findings are in the queue, how many of them are new there, and how many items are no longer found."""

    found: int
    new: int
    gone: int


async def put_findings(
    tx: Writing, findings: Iterable[Finding], rules: Collection[str], about: Collection[Key] | None = None
) -> Put:
    """Make findings the only ones of some rules; with `about`, the only ones about at least one of these identifiers.

    What is not found any more leaves the queue; an item that somebody acted on is kept, as not found. Pairs on which a
    decision says something need no other, so their findings are left out. Safe to run again.
    """
    given = {item.id: item for item in [item_of(finding, tx.ids) for finding in findings]}
    decided = await decided_pairs(tx, [key for item in given.values() for key in _pair(item.finding)])
    given = {item_id: item for item_id, item in given.items() if _pair(item.finding) not in decided}
    before = {item.id: item for item in await _items_of(tx, rules, about)}
    new = gone = 0
    for ids in chunks(sorted(given.keys() | before.keys())):
        known = await tx.lock_items(ids)
        put = [item for item in (_merged(given.get(one), known.get(one)) for one in ids) if item is not None]
        dropped = [known[one] for one in ids if one not in given and one in known and not known[one].acts]
        await tx.put_items([item for item in put if item != known.get(item.id)])
        await tx.drop_items(dropped)
        new += sum(item.id not in known for item in put)
        gone += sum(one in known and known[one].found for one in ids if one not in given)
    return Put(len(given), new, gone)


async def decided_pairs(tx: Reading, keys: Iterable[Key]) -> set[Pair]:
    """The pairs with an end among the identifiers on which a decision says something."""
    if not await tx.has_decisions():
        return set()
    found = set[Pair]()
    for chunk in chunks(sorted(set(keys))):
        found.update(one.pair for one in in_force(await tx.decisions_on(chunk)))
    return found


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """Items in parts of bounded size."""
    remaining = iter(items)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk


def _pair(finding: Finding) -> tuple[Key, ...]:
    """The pair that a decision would be about; none of a fraud finding."""
    return finding.keys if finding.kind == "duplicate" else ()


def _merged(given: Item | None, known: Item | None) -> Item | None:
    """An item as it is to be written: what is found now, with how it stands."""
    if given is None:
        return known._replace(found=False) if known is not None and known.acts else None
    return given if known is None else given._replace(standing=known.standing, acts=known.acts)


async def _items_of(tx: Reading, rules: Collection[str], about: Collection[Key] | None) -> list[Item]:
    if about is None:
        return [item async for page in tx.scan_items() for item in page if item.finding.rule in rules]
    return [item for keys in chunks(sorted(about)) for item in await tx.items_about(keys, rules)]
