"""The review queue in JSON and in words."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from graph_cdp.cli.profile_shown import minute, profile_json
from graph_cdp.cli.reviewing import Sides
from graph_cdp.cli.show import add, facts, plain, table
from graph_cdp.domain.review import Act, Evidence, Item
from graph_cdp.domain.times import Millis, iso
from graph_cdp.query.review import ItemPage, Preview, Supposed
from graph_cdp.resolve import ProfileIds
from graph_cdp.review import Compared, Refused, Relation
from graph_cdp.service.review.act import Acted, Ruled
from graph_cdp.service.review.find import Put

_MARKS: dict[Relation, tuple[str, str]] = {
    "equal": ("=", "green"),
    "similar": ("≈", "yellow"),
    "differ": ("≠", "red"),
    "left_only": ("‹", "dim"),
    "right_only": ("›", "dim"),
}
_BAR = 20
_SHOWN = 10


def item_json(item: Item, now: Millis) -> dict[str, object]:
    """An item as it stands, for programs."""
    standing, finding = item.standing.at(now), item.finding
    return {
        "id": item.id,
        "kind": finding.kind,
        "rule": finding.rule,
        "score": finding.score,
        "gain": item.gain,
        "state": standing.state,
        "until": None if standing.until is None else iso(standing.until),
        "assignee": standing.assignee,
        "verdict": standing.ruling,
        "found": item.found,
        "identifiers": finding.keys,
        "reasons": [reason.worded(str) for reason in finding.reasons],
        "evidence": [{"what": what, "figure": figure, "identifiers": keys} for what, figure, keys in finding.evidence],
    }


def page_json(page: ItemPage, now: Millis) -> dict[str, object]:
    """A page of the queue, for programs."""
    return {
        "items": [item_json(item, now) for item in page.items],
        "next": page.cursors[-1] if page.has_next else None,
    }


def page_text(page: ItemPage, now: Millis) -> Iterator[RenderableType]:
    """A page of the queue, for persons."""
    if not page.items:
        yield plain("Nothing waits. `graph-cdp review refresh` looks for what came since.")
        return
    made = table(
        "Most useful first", "item", "kind", "score", "gain", "state", "why", right=("score", "gain"), whole=("item",)
    )
    for item in page.items:
        standing = item.standing.at(now)
        state = standing.state if standing.assignee is None else f"{standing.state} ({standing.assignee})"
        why = item.finding.reasons[0].worded(str) if item.finding.reasons else item.finding.rule
        add(made, item.id, item.finding.kind, f"{item.finding.score:.2f}", f"{item.gain:.2f}", state, why)
    yield made
    if page.has_next:
        yield plain(f"… and more: --after {page.cursors[-1]}", "dim")


def sides_json(sides: Sides, now: Millis) -> dict[str, object]:
    """An item in full, for programs."""
    return {
        "item": item_json(sides.item, now),
        "profiles": [profile_json(one) for one in sides.profiles],
        "comparison": [one._asdict() for one in sides.compared],
        "previews": {ruling: _preview_json(one, sides.ids) for ruling, one in sides.previews.items()},
        "history": [_act_json(one, sides.acts) for one in sides.acts],
    }


def _preview_json(preview: Preview, ids: ProfileIds) -> dict[str, object]:
    def side(profiles: Sequence[Supposed]) -> list[dict[str, object]]:
        return [{"id": ids.of(one.anchor), "identifiers": one.keys} for one in profiles]

    return {"together": preview.together, "before": side(preview.before), "after": side(preview.after)}


def _act_json(one: Act, acts: Sequence[Act]) -> dict[str, object]:
    return {
        "kind": one.kind,
        "at": iso(one.at),
        "by": one.by,
        "text": one.text,
        "verdict": one.ruling,
        "until": None if one.until is None else iso(one.until),
        "settles": one.settles,
        "undone": one.id in {other.undoes for other in acts},
        "decision": one.decision,
    }


def item_text(sides: Sides, now: Millis) -> Iterator[RenderableType]:
    """An item in full, for persons."""
    item, finding, standing = sides.item, sides.item.finding, sides.item.standing.at(now)
    yield facts(
        f"{finding.kind.capitalize()}?",
        {
            "item": item.id,
            "found by": finding.rule if item.found else f"{finding.rule}, no longer",
            "score": f"{finding.score:.2f}, gain {item.gain:.2f}",
            "state": _state(sides, now),
        },
    )
    for reason in finding.reasons:
        yield plain(f"• {reason.worded(str)}")
    if finding.evidence:
        yield _evidence(finding.evidence, drawn=finding.rule == "matched")
    if sides.compared:
        yield _comparison(sides.compared, [one.id for one in sides.profiles])
    for ruling, preview in sides.previews.items():
        if ruling != standing.ruling:
            yield plain(f"{ruling}: {_effect(preview, sides.ids)}", "dim")
    if sides.acts:
        yield _history(sides.acts)


def _state(sides: Sides, now: Millis) -> str:
    standing = sides.item.standing.at(now)
    words = [standing.state if standing.ruling is None else f"{standing.state} {standing.ruling}"]
    words += [f"by {standing.assignee}"] if standing.assignee else []
    words += [f"until {minute(standing.until)}"] if standing.until is not None else []
    return " ".join(words)


def _evidence(evidence: Sequence[Evidence], *, drawn: bool) -> Table:
    """The evidence; of matched records, whose figures are weights of one scale, drawn as bars."""
    made = table("Evidence", "what", "figure", "", "at", right=("figure",))
    most = max(abs(one.figure) for one in evidence) or 1.0
    for one in evidence[:_SHOWN]:
        length = max(1, round(abs(one.figure) / most * _BAR)) if drawn and one.figure else 0
        bar = Text("█" * length, "red" if one.figure < 0 else "green")
        add(made, one.what, f"{one.figure:g}", bar, " – ".join(one.keys))
    return made


def _comparison(compared: Sequence[Compared], ids: Sequence[str]) -> Table:
    made = table("Side by side", "", ids[0], "", ids[1])
    for one in compared:
        mark, style = _MARKS[one.relation]
        add(made, one.attribute, _values(one.left), Text(mark, style), _values(one.right))
    return made


def _values(values: Sequence[object]) -> Text:
    shown = Text("\n").join(plain(value) for value in values[:_SHOWN])
    return shown if len(values) <= _SHOWN else shown + Text(f"\n… {len(values) - _SHOWN} more", "dim")


def _effect(preview: Preview, ids: ProfileIds) -> str:
    if preview.before == preview.after:
        return "no profile changes"

    def side(profiles: Sequence[Supposed]) -> str:
        return ", ".join(f"{ids.of(one.anchor)} ({len(one.keys)})" for one in profiles)

    return f"{side(preview.before)} → {side(preview.after)}"


def _history(acts: Sequence[Act]) -> Table:
    made = table("History", "when", "by", "did", "text")
    undone = {one.undoes for one in acts}
    for one in acts:
        add(made, minute(one.at), one.by, _did(one), one.text, style="dim strike" if one.id in undone else "")
    return made


def _did(one: Act) -> str:
    if one.ruling is None:
        return one.kind
    return f"{one.kind} {one.ruling}" + ("" if one.settles else " (another must agree)")


def done_json(items: Sequence[str], ruled: Ruled, now: Millis) -> dict[str, object]:
    """What was done about items, for programs."""
    outcomes = list(zip(items, ruled.outcomes, strict=True))
    return {
        "items": [item_json(one.item, now) for _, one in outcomes if isinstance(one, Acted)],
        "refused": [
            {"item": item, "code": one.code, "message": one.message}
            for item, one in outcomes
            if isinstance(one, Refused)
        ],
        "changes": [one._asdict() for one in ruled.announced.changes],
    }


def done_text(items: Sequence[str], ruled: Ruled, now: Millis) -> Iterator[RenderableType]:
    """What was done about items, for persons."""
    for item, one in zip(items, ruled.outcomes, strict=True):
        if isinstance(one, Refused):
            yield plain(f"{item}: {one.message}", "yellow")
            continue
        standing = one.item.standing.at(now)
        word = f"decided {standing.ruling}" if standing.ruling else standing.state
        if one.act.kind == "decide" and not one.act.settles:
            word = f"{one.act.ruling}, and another reviewer must agree"
        yield plain(f"{item}: {word}." if one.act.kind != "note" else f"{item}: noted.")
    for change in ruled.announced.changes:
        if change.kind != "refused":
            yield plain(f"{change.kind}: {', '.join(change.before)} → {', '.join(change.after)}", "dim")


def put_json(put: Put) -> dict[str, object]:
    """What was found, for programs."""
    return put._asdict()


def put_text(put: Put) -> Iterator[RenderableType]:
    """What was found, for persons."""
    yield plain(f"Found {put.found:,}, {put.new:,} of them new; {put.gone:,} are no longer found.")
