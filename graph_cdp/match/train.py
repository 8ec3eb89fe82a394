"""A model learned from the records themselves, without labels. Pure."""

from collections.abc import Sequence

from graph_cdp.match.kinds import Column
from graph_cdp.match.matched import Judged
from graph_cdp.match.model import Model
from graph_cdp.match.table import Table


def train(table: Table, columns: Sequence[Column], *, seed: int = 0, labels: Sequence[Judged] = ()) -> Model:
    """Learn what agreement and disagreement weigh, how to block, and where to join. The same for the same seed."""
    raise NotImplementedError
