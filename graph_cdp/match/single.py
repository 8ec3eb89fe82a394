"""One record against given candidates, with the results that a batch with the same model has. Pure."""

from collections.abc import Sequence

from graph_cdp.match.matched import Scored
from graph_cdp.match.model import Model
from graph_cdp.match.table import Record, Table


def blocking_keys(model: Model, record: Record) -> tuple[str, ...]:
    """The keys under which an index finds the records that a batch would compare with this one; hashes, no values."""
    raise NotImplementedError


def blocking_keys_of(model: Model, table: Table) -> list[tuple[str, ...]]:
    """The same for many records."""
    raise NotImplementedError


def score(model: Model, record: Record, candidates: Sequence[Record]) -> tuple[Scored, ...]:
    """Each candidate beside the record, in the order given."""
    raise NotImplementedError
