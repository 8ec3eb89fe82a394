"""Going through the queue in a terminal, item by item."""

from functools import partial
from typing import Final

import typer

from graph_cdp.cli.opening import Session, now_millis
from graph_cdp.cli.options import Format
from graph_cdp.cli.review_deeds import Deed, do
from graph_cdp.cli.review_shown import done_text, item_text
from graph_cdp.cli.reviewing import Sides, sides_of
from graph_cdp.cli.show import emit, plain
from graph_cdp.domain.review import FindingKind, ItemFilter, Ruling
from graph_cdp.domain.times import iso
from graph_cdp.query.review import item_page
from graph_cdp.service.review.act import Acted

_RULINGS: Final[dict[FindingKind, dict[str, Ruling]]] = {
    "duplicate": {"s": "same", "d": "different", "u": "unsure"},
    "fraud": {"f": "fraud", "h": "harmless", "u": "unsure"},
}
_OTHERS: Final = {"n": "note", "z": "snooze a day", "b": "back", "": "Enter skips", "q": "quit"}
_ABOUT_TWO: Final = ("matched", "pulled")
_DAY: Final = 24 * 60 * 60 * 1000


async def walk_through(session: Session, wanted: ItemFilter, by: str) -> None:
    """Show each item that waits and that nobody else has claimed, and ask what it is; until the end, or `q`.

    `b` takes back what was done last and shows that item again. What is skipped comes again the next time.
    """
    after: str | None = None
    done, coming = list[str](), list[str]()
    while True:
        if coming:
            item: str | None = coming.pop()
        else:
            item, after = await _next(session, wanted, by, after)
        if item is None:
            break
        sides = await sides_of(session, item)
        if _is_settled(sides):
            continue
        kind = sides.item.finding.kind
        emit(Format.TEXT, None, partial(item_text, sides, now_millis()))
        letter = _letter(kind)
        if letter == "q":
            break
        if letter in ("b", "n"):
            coming.append(item)
        if letter == "b" and done:
            coming.append(done.pop())
            await _do(session, Deed("undo", (coming[-1],), by))
        elif (deed := _deed(letter, kind, item, by)) and await _do(session, deed) and letter != "n":
            done.append(item)
    emit(Format.TEXT, None, lambda: [plain(f"{len(done):,} done.")])


async def _next(session: Session, wanted: ItemFilter, by: str, after: str | None) -> tuple[str | None, str | None]:
    """The next item that nobody else has claimed, and its place."""
    while True:
        now, place = now_millis(), after
        page = await session.store.read(lambda tx, now=now, place=place: item_page(tx, wanted, now, 1, place))  # type: ignore[misc]
        if not page.items:
            return None, after
        (item,), (after,) = page.items, page.cursors
        if item.standing.at(now).assignee in (None, by):
            return item.id, after


def _is_settled(sides: Sides) -> bool:
    """Whether two that were found apart are together by now, as by the verdict on another pair of theirs."""
    return sides.item.finding.rule in _ABOUT_TWO and len(sides.profiles) < len(sides.item.finding.keys)


def _letter(kind: FindingKind) -> str:
    """Ask until it is one of the letters; where nobody answers any more, `q`."""
    known = {**_RULINGS[kind], **_OTHERS}
    asked = ", ".join(f"[{letter}] {word}" if letter else word for letter, word in known.items())
    while True:
        try:
            letter = input(f"{asked}: ").strip().lower()
        except EOFError:
            return "q"
        if letter in known:
            return letter


def _deed(letter: str, kind: FindingKind, item: str, by: str) -> Deed | None:
    """What a letter means; None: nothing is done. Asks for the words that it needs."""
    if letter in _RULINGS[kind]:
        reason = typer.prompt("why", default="seen side by side")
        return Deed("decide", (item,), by, reason, ruling=_RULINGS[kind][letter])
    if letter == "n":
        return Deed("note", (item,), by, typer.prompt("note"))
    return Deed("snooze", (item,), by, until=iso(now_millis() + _DAY)) if letter == "z" else None


async def _do(session: Session, deed: Deed) -> bool:
    now = now_millis()
    ruled = await do(session, deed, now)
    emit(Format.TEXT, None, lambda: done_text(deed.items, ruled, now))
    return isinstance(ruled.outcomes[0], Acted)
