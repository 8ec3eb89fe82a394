"""Decisions in JSON and as a table."""

from collections.abc import Collection, Iterable

from rich.table import Table

from graph_cdp.cli.profile_shown import minute
from graph_cdp.cli.show import add, table
from graph_cdp.domain.decision import Decision, standing
from graph_cdp.domain.times import iso


def decision_json(decision: Decision, every: Collection[Decision]) -> dict[str, object]:
    """A decision, and whether it is in force among all those on its pair."""
    return {
        "id": decision.id,
        "a": decision.low,
        "b": decision.high,
        "verdict": decision.verdict,
        "at": iso(decision.at),
        "by": decision.by,
        "reason": decision.reason,
        "in_force": standing(one for one in every if one.pair == decision.pair)[decision.pair] == decision,
    }


def in_order(every: Iterable[Decision]) -> list[Decision]:
    """Decisions by time."""
    return sorted(every, key=lambda one: (one.at, one.id))


def decisions_table(title: str, every: Collection[Decision]) -> Table:
    """All decisions; those that a later one superseded are dim."""
    made = table(title, "when", "verdict", "between", "and", "by", "reason", "")
    in_force = standing(every)
    for one in in_order(every):
        stands = in_force[one.pair] == one
        mark = "" if stands else "superseded"
        add(
            made,
            minute(one.at),
            one.verdict,
            one.low,
            one.high,
            one.by,
            one.reason,
            mark,
            style="" if stands else "dim",
        )
    return made
