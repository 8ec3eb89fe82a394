"""One record against given candidates, with the results that a batch with the same model has. Pure."""

from collections.abc import Sequence

import numpy as np

from graph_cdp.match.matched import Scored
from graph_cdp.match.model import Model
from graph_cdp.match.rules import Keys
from graph_cdp.match.scoring import compared_by, probability, weights_of
from graph_cdp.match.table import Record, Table


def blocking_keys(model: Model, record: Record) -> tuple[str, ...]:
    """The keys under which an index finds the records that a batch would compare with this one; hashes, no values."""
    return blocking_keys_of(model, Table.of_records([record]))[0]


def blocking_keys_of(model: Model, table: Table) -> list[tuple[str, ...]]:
    """The same for many records."""
    keys = Keys(compared_by(model, table))
    found: list[list[str]] = [[] for _ in range(len(table))]
    for number, learned in enumerate(model.rules):
        left_out = frozenset(learned.left_out)
        for row, key in enumerate(keys.of(learned.rule).tolist()):
            if key and (spelled := f"{key:016x}") not in left_out:
                found[row].append(f"{number}:{spelled}")
    return [tuple(keys_of_record) for keys_of_record in found]


def score(model: Model, record: Record, candidates: Sequence[Record]) -> tuple[Scored, ...]:
    """Each candidate beside the record, in the order given."""
    if not candidates:
        return ()
    table = Table.of_records([record, *candidates])
    others = np.arange(1, len(table))
    weights = weights_of(model, compared_by(model, table), np.zeros_like(others), others)
    return tuple(
        Scored(float(chance), float(weight), model.thresholds.band(float(weight)))
        for chance, weight in zip(probability(weights), weights, strict=True)
    )
