"""How an item stands: a function of its acts alone, whatever the order in which they came to the store."""

from collections.abc import Iterable

from graph_cdp.domain.review import Act, Standing


def standing_acts(acts: Iterable[Act]) -> list[Act]:
    """The acts on one item that no undo took back, notes and undos left out, by (at, id)."""
    ordered = sorted(set(acts), key=lambda act: (act.at, act.id))
    undone = {act.undoes for act in ordered}
    return [act for act in ordered if act.kind not in ("note", "undo") and act.id not in undone]


def standing_of(acts: Iterable[Act]) -> Standing:
    """How an item stands after acts: the last of those that stand says it."""
    stand = standing_acts(acts)
    if not stand:
        return Standing()
    last = stand[-1]
    if last.kind == "claim":
        return Standing("claimed", last.until, last.by)
    if last.kind == "snooze":
        return Standing("snoozed", last.until)
    # A ruling that still needs a second reviewer leaves the item open for one.
    return Standing("decided", None, last.by, last.ruling) if last.settles else Standing()
