"""Doing something about items, and showing what came of it."""

from pathlib import Path
from typing import NamedTuple, cast

from graph_cdp.cli.command import NEGATIVE, OK, ExitCode
from graph_cdp.cli.decisions_file import moment
from graph_cdp.cli.opening import Session, now_millis, opened
from graph_cdp.cli.options import Format
from graph_cdp.cli.review_shown import done_json, done_text
from graph_cdp.cli.show import emit
from graph_cdp.cli.whoami import whoami
from graph_cdp.domain.review import ActKind, Ruling
from graph_cdp.domain.times import Millis
from graph_cdp.service.announce import Announced
from graph_cdp.service.review import act
from graph_cdp.store.port import Writing


class Deed(NamedTuple):
    """What somebody wants to do about items."""

    kind: ActKind
    items: tuple[str, ...]
    by: str | None
    text: str = ""
    ruling: Ruling | None = None
    until: str = ""


async def do(session: Session, deed: Deed, now: Millis) -> act.Ruled:
    """Do something about items, in one transaction."""
    by, policy, reviewers = whoami(deed.by), session.rules.policy, session.settings.reviewers
    until = moment(deed.until) if deed.until else 0

    async def work(tx: Writing) -> act.Ruled:
        item = deed.items[0]
        match deed.kind:
            case "decide":
                said = [act.Said(one, cast("Ruling", deed.ruling), deed.text) for one in deed.items]
                return await act.rule(tx, said, by, policy, now, reviewers)
            case "undo":
                return await act.undo(tx, item, by, policy, now)
            case "claim":
                outcome = await act.claim(tx, item, by, now)
            case "snooze":
                outcome = await act.snooze(tx, item, by, until, now)
            case "note":
                outcome = await act.note(tx, item, by, deed.text, now)
        return act.Ruled((outcome,), Announced())

    return await session.store.write(work)


async def do_and_show(store: str | None, policy: Path | None, output: Format, deed: Deed) -> ExitCode:
    """Do something about items and show what came of it; exits 1 where something was refused."""
    now = now_millis()
    async with opened(store, policy) as session:
        ruled = await do(session, deed, now)
    emit(output, done_json(deed.items, ruled, now), lambda: done_text(deed.items, ruled, now))
    return OK if all(isinstance(one, act.Acted) for one in ruled.outcomes) else NEGATIVE
