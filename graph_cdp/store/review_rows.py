"""Items and acts as rows, and back. Pure."""

from collections.abc import Sequence
from typing import Any

import orjson

from graph_cdp.domain.review import Act, Evidence, Finding, Item, Reason, Standing


def row_of(item: Item) -> list[Any]:
    """An item as a row, its keys as a list."""
    kind, rule, keys, score, reasons, evidence = item.finding
    words = [[text, named] for text, named in reasons]
    # A whole number would come back from Neo4j as one, and not be equal in an index to the same as a fraction.
    figures = [[what, float(figure), measured] for what, figure, measured in evidence]
    return [
        item.id, kind, rule, list(keys), float(score), float(item.gain), _json(words), _json(figures), item.found,
        *item.standing, item.acts,
    ]  # fmt: skip


def item_of_row(row: Sequence[Any]) -> Item:
    """A row of items, its keys a list."""
    item, kind, rule, keys, score, gain, reasons, evidence, found, *standing, acts = row
    finding = Finding(
        kind,
        rule,
        tuple(keys),
        score,
        tuple([Reason(text, tuple(named)) for text, named in orjson.loads(reasons)]),
        tuple([Evidence(what, figure, tuple(measured)) for what, figure, measured in orjson.loads(evidence)]),
    )
    return Item(item, finding, gain, bool(found), _standing(*standing), acts)


def act_row(act: Act) -> list[Any]:
    """An act as a row."""
    return [act.id, *act]


def act_of_row(row: Sequence[Any]) -> Act:
    """A row of acts."""
    act = Act(*row)
    return act._replace(settles=bool(act.settles))


def _standing(state: Any, until: Any, assignee: Any, ruling: Any) -> Standing:
    return Standing(state, until, assignee, ruling)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
