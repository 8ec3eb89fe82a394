"""All records of a table against each other. Pure."""

from collections.abc import Sequence

from graph_cdp.match.matched import Judged, Matched
from graph_cdp.match.model import Model
from graph_cdp.match.table import Table


def match(table: Table, model: Model, *, decisions: Sequence[Judged] = ()) -> Matched:
    """Score the candidate pairs and cluster the records; `decisions` are obeyed."""
    raise NotImplementedError
