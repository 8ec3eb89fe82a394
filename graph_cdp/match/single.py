"""One record against some others, with the results that a batch with the same model has. Pure."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from graph_cdp.match.attributes import folded_of
from graph_cdp.match.compare import Compared
from graph_cdp.match.matched import BANDS, Pairs, Rows, Scored
from graph_cdp.match.model import Model
from graph_cdp.match.rules import Keys
from graph_cdp.match.scoring import scored
from graph_cdp.match.table import Record
from graph_cdp.match.values import Values

Folded: TypeAlias = Sequence[str | None]
"""A record as a model compares it: by attribute its value, folded; None where it is missing. Plain, to be kept."""


def folded_records(model: Model, records: Sequence[Record]) -> list[Folded]:
    """Every record as the model compares it."""
    if not records:
        return []
    columns = [folded_of(records, learned.attribute) for learned in model.attributes]
    return list(zip(*columns, strict=True)) if columns else [()] * len(records)


def compared_of(model: Model, records: Sequence[Folded]) -> Compared:
    """What `compared_by` gives of a table of the records that these were made of."""
    attributes = tuple(learned.attribute for learned in model.attributes)
    columns = zip(*records, strict=True) if records else ((),) * len(attributes)
    return Compared(attributes, tuple(map(Values.of_folded, columns)))


def blocking_keys_of(model: Model, records: Sequence[Folded]) -> list[tuple[str, ...]]:
    """For each record the keys, hashes, under which an index finds what a batch would compare with it."""
    keys = Keys(compared_of(model, records))
    found: list[list[str]] = [[] for _ in records]
    for number, learned in enumerate(model.rules):
        left_out = frozenset(learned.left_out)
        for row, key in enumerate(keys.of(learned.rule).tolist()):
            if key and (spelled := f"{key:016x}") not in left_out:
                found[row].append(f"{number}:{spelled}")
    return [tuple(keys_of_record) for keys_of_record in found]


def score_pairs(model: Model, records: Sequence[Folded], a: Rows, b: Rows) -> Pairs:
    """The pairs of the records at `a` and `b`, in the order given."""
    return scored(model, compared_of(model, records), a, b)


def blocking_keys(model: Model, record: Record) -> tuple[str, ...]:
    """The keys of one record."""
    return blocking_keys_of(model, folded_records(model, [record]))[0]


def score(model: Model, record: Record, candidates: Sequence[Record]) -> list[Scored]:
    """Each candidate beside the record, in the order given."""
    records = folded_records(model, [record, *candidates])
    others = np.arange(1, len(records))
    pairs = score_pairs(model, records, np.zeros_like(others), others)
    told = zip(pairs.score.tolist(), pairs.weight.tolist(), pairs.band.tolist(), strict=True)
    return [Scored(chance, weight, BANDS[band]) for chance, weight, band in told]
