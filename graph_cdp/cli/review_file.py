"""The review queue as CSV, out and in."""

import csv
import sys
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, cast

import orjson
from rich.console import RenderableType

from graph_cdp.cli.opening import Session, now_millis
from graph_cdp.cli.show import plain
from graph_cdp.domain.review import RULINGS, Act, Item, ItemFilter, Ruling
from graph_cdp.domain.times import Millis, iso
from graph_cdp.errors import InputError
from graph_cdp.query.export_files import output
from graph_cdp.query.review import ItemPage, item_page
from graph_cdp.review import Refused, standing_acts
from graph_cdp.service.review import act
from graph_cdp.store.port import Reading, Store, Writing

COLUMNS = ("item", "kind", "rule", "score", "identifiers", "why", "state", "verdict", "by", "at", "reason")

_PAGE = 1_000
_FIELD_MAX = 1 << 20
_RULINGS = frozenset(ruling for rulings in RULINGS.values() for ruling in rulings)


class Row(NamedTuple):
    """What a line of a file says of an item."""

    line: int
    by: str
    said: act.Said


class Imported(NamedTuple):
    """How many items were decided, how many wait for another reviewer, how many stayed as they are, and what failed."""

    decided: int
    waiting: int
    unchanged: int
    refused: tuple[tuple[int, Refused], ...]


async def write_items(store: Store, wanted: ItemFilter, now: Millis, to: Path | None) -> None:
    """Write items as CSV, in the queue's order. Raises InputError where they cannot be written."""

    async def page_behind(after: str | None) -> tuple[ItemPage, list[Act]]:
        async def work(tx: Reading) -> tuple[ItemPage, list[Act]]:
            page = await item_page(tx, wanted, now, _PAGE, after)
            return page, await tx.acts_on([item.id for item in page.items])

        return await store.read(work)

    with output(to, sys.stdout.buffer) as file:
        file.write(_lines([COLUMNS]))
        after, more = None, True
        while more:
            page, acts = await page_behind(after)
            by_item = {item: list(some) for item, some in groupby(sorted(acts), attrgetter("item"))}
            file.write(_lines(_cells(item, by_item.get(item.id, []), now) for item in page.items))
            after, more = page.cursors[-1] if page.cursors else None, page.has_next


def _cells(item: Item, acts: Sequence[Act], now: Millis) -> tuple[object, ...]:
    standing, finding = item.standing.at(now), item.finding
    last = standing_acts(acts)[-1] if standing.state == "decided" else None
    why = finding.reasons[0].worded(str) if finding.reasons else ""
    said = ("", "", "", "") if last is None else (last.ruling, last.by, iso(last.at), last.text)
    identifiers = orjson.dumps(finding.keys).decode()
    return (item.id, finding.kind, finding.rule, finding.score, identifiers, why, standing.state, *said)


def _lines(rows: Sequence[tuple[object, ...]] | Iterator[tuple[object, ...]]) -> bytes:
    held = StringIO()
    csv.writer(held, lineterminator="\n").writerows(rows)
    return held.getvalue().encode()


async def imported(session: Session, path: Path, by: str) -> Imported:
    """Decide what a file says, in parts of `RULINGS_MAX`, each in one transaction; so it may be run again.

    Raises InputError with file and line where it cannot be read; nothing is decided then.
    """
    rows = list(_rows(path, by))
    decided = waiting = unchanged = 0
    refused = list[tuple[int, Refused]]()
    for who, own in groupby(rows, attrgetter("by")):
        listed = list(own)
        for start in range(0, len(listed), act.RULINGS_MAX):
            part = listed[start : start + act.RULINGS_MAX]
            known = await session.store.read(lambda tx, part=part: tx.items([row.said.item for row in part]))  # type: ignore[misc]
            new = [row for row in part if not _stands(known.get(row.said.item), row.said.ruling)]
            unchanged += len(part) - len(new)

            async def work(tx: Writing, new: Sequence[Row] = new, who: str = who) -> act.Ruled:
                said, policy = [row.said for row in new], session.rules.policy
                return await act.rule(tx, said, who, policy, now_millis(), session.settings.reviewers)

            for row, outcome in zip(new, (await session.store.write(work)).outcomes, strict=True):
                if isinstance(outcome, Refused):
                    refused.append((row.line, outcome))
                else:
                    decided += outcome.act.settles
                    waiting += not outcome.act.settles
    return Imported(decided, waiting, unchanged, tuple(refused))


def _stands(item: Item | None, ruling: Ruling) -> bool:
    return item is not None and item.standing.state == "decided" and item.standing.ruling == ruling


def _rows(path: Path, by: str) -> Iterator[Row]:
    """The lines that have a verdict."""
    csv.field_size_limit(_FIELD_MAX)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = {"item", "verdict", "reason"} - set(reader.fieldnames or ())
            if missing:
                raise InputError(f"{path}: column '{min(missing)}' is missing: write item, verdict and reason.")
            for row in reader:
                if verdict := (row["verdict"] or "").strip().lower():
                    if verdict not in _RULINGS:
                        words = ", ".join(sorted(_RULINGS))
                        raise InputError(f"{path}:{reader.line_num}: the verdict must be one of {words}.")
                    said = act.Said((row["item"] or "").strip(), cast("Ruling", verdict), row["reason"] or "")
                    yield Row(reader.line_num, (row.get("by") or "").strip() or by, said)
    except OSError as fault:
        raise InputError(f"{path}: the file cannot be read: {fault.strerror}.") from fault
    except (csv.Error, UnicodeDecodeError) as fault:
        raise InputError(f"{path}: this is no CSV in UTF-8: {fault}.") from None


def imported_json(done: Imported) -> dict[str, object]:
    """What an import did, for programs."""
    return {
        "decided": done.decided,
        "waiting": done.waiting,
        "unchanged": done.unchanged,
        "refused": [{"line": line, "code": one.code, "message": one.message} for line, one in done.refused],
    }


def imported_text(done: Imported) -> Iterator[RenderableType]:
    """What an import did, for persons."""
    yield plain(f"Decided {done.decided:,}; {done.waiting:,} wait for another reviewer; {done.unchanged:,} stayed.")
    for line, one in done.refused:
        yield plain(f"line {line}: {one.message}", "yellow")
