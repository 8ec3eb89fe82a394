"""What was learned of a table: a readable JSON file, and everything that scoring needs. Pure."""

from dataclasses import dataclass

from graph_cdp.match.kinds import Column
from graph_cdp.match.matched import Figure


@dataclass(frozen=True)
class Thresholds:
    """Weights in bits: at `join` and above two groups are joined, at `review` and above a pair is queued."""

    join: float
    review: float


@dataclass(frozen=True)
class Model:
    """A model of records; plain data, written and read back exactly."""

    columns: tuple[Column, ...]
    prior: float
    thresholds: Thresholds
    training: tuple[Figure, ...]
    most_records_a_key: int

    def to_json(self) -> str:
        """The model as indented JSON."""
        raise NotImplementedError

    @classmethod
    def from_json(cls, text: str) -> "Model":
        """Read what `to_json` wrote. Raises InputError where it is no model of this form."""
        raise NotImplementedError
