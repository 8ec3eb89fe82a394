"""What reviewers may do about an item, and why they may not."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from graph_cdp.domain.review import RULINGS, Act, Item, Ruling
from graph_cdp.domain.times import Millis
from graph_cdp.review.standing import standing_acts, standing_of

CLAIM_LASTS: Final[Millis] = 24 * 60 * 60 * 1000
"""A claim lapses after a day, so that nothing waits for somebody who is away."""

TEXT_MAX: Final = 2_000
"""The most characters of a reason or a note."""

RefusedCode: TypeAlias = Literal[
    "item_unknown",
    "item_claimed",
    "item_decided",
    "decision_superseded",
    "nothing_to_undo",
    "reason_missing",
    "reason_too_long",
    "verdict_repeated",
    "time_passed",
    "verdict_unfit",
]


class Refused(NamedTuple):
    """Why an act on an item was not taken, and the remedy."""

    code: RefusedCode
    message: str


UNKNOWN: Final = Refused("item_unknown", "There is no item with this id in the queue.")
SUPERSEDED: Final = Refused(
    "decision_superseded", "A later decision on the two identifiers took its place; decide on them anew."
)
_CLAIMED = Refused("item_claimed", "Another reviewer has claimed it; ask them, or wait until the claim lapses.")
_DECIDED = Refused("item_decided", "It is decided; undo that first.")
_REPEATED = Refused("verdict_repeated", "You said so before; another reviewer must say the same.")
_PASSED = Refused("time_passed", "The time has passed already; name a later one.")
_SILENT = Refused("reason_missing", "Say why; who reads the history later wants to know.")
_LONG = Refused("reason_too_long", f"It is longer than {TEXT_MAX:,} characters; say it shorter.")
_NOTHING = Refused("nothing_to_undo", "Nobody did anything about it that could be undone.")
_OTHERS = Refused("nothing_to_undo", "The last thing was done by another reviewer, who alone may undo it.")


def why_not(item: Item, acts: Sequence[Act], act: Act, now: Millis) -> Refused | None:
    """Why an act may not follow the acts on an item; None where it may."""
    if act.kind in ("decide", "note") and not act.text:
        return _SILENT
    if len(act.text) > TEXT_MAX:
        return _LONG
    if act.kind == "undo":
        return _why_no_undo(acts, act.by, now)
    if act.kind == "snooze" and (act.until is None or act.until <= now):
        return _PASSED
    why = None if act.kind == "note" else _why_not_open(acts, act.by, now)
    return _why_no_ruling(item, acts, act) if why is None and act.kind == "decide" else why


def settles(acts: Sequence[Act], act: Act, reviewers: int) -> bool:
    """Whether a ruling decides an item: whether so many different reviewers, by their last word, say the same."""
    said = {one.by: one.ruling for one in standing_acts(acts) if one.kind == "decide"} | {act.by: act.ruling}
    return sum(ruling == act.ruling for ruling in said.values()) >= reviewers


def act_of(acts: Sequence[Act], act: Act) -> Act:
    """An act with its place behind the others: whoever acts has seen these, whatever the clocks of two workers say."""
    return act._replace(at=max([act.at, *(one.at + 1 for one in acts)]))


def _why_not_open(acts: Sequence[Act], by: str, now: Millis) -> Refused | None:
    standing = standing_of(acts).at(now)
    if standing.state == "decided":
        return _DECIDED
    return _CLAIMED if standing.state == "claimed" and standing.assignee != by else None


def _why_no_ruling(item: Item, acts: Sequence[Act], act: Act) -> Refused | None:
    fit: tuple[Ruling, ...] = RULINGS[item.finding.kind]
    if act.ruling not in fit:
        words = ", ".join(fit)
        return Refused("verdict_unfit", f"An item of kind '{item.finding.kind}' is decided as one of: {words}.")
    said = [one for one in standing_acts(acts) if one.kind == "decide" and one.by == act.by]
    return _REPEATED if said and said[-1].ruling == act.ruling else None


def _why_no_undo(acts: Sequence[Act], by: str, now: Millis) -> Refused | None:
    stand = standing_acts(acts)
    if not stand:
        return _NOTHING
    last = stand[-1]
    mine_alone = (last.kind == "decide" and not last.settles) or standing_of(acts).at(now).state == "claimed"
    return _OTHERS if mine_alone and last.by != by else None
