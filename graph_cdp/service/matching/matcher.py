"""A model, ready to be asked: what finds records, how well two of them match, which belong together."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol, TypeAlias

from graph_cdp.domain.matching import AdoptedModel, Why

Fields: TypeAlias = Mapping[str, str]
"""A record: its values by the name of the column; what is not known is not there."""


class Resemblance(NamedTuple):
    """One record beside another: probability (0 to 1), weight in bits, band."""

    score: float
    weight: float
    band: Literal["join", "review", "apart"]


class Matcher(Protocol):
    """What matching asks of a model. Whatever the model, one record and all records get the same answers.

    `columns` are the names that it reads; a blocking key that finds more than `most_records_a_key` finds none.
    """

    columns: frozenset[str]
    most_records_a_key: int

    def read(self, records: Sequence[Fields]) -> list[str]:
        """Each record as the model compares it, as JSON: what is kept of it, and what all else is asked with."""

    def blocking_of(self, records: Sequence[str]) -> list[tuple[str, ...]]:
        """The keys under which each record is found, sorted."""

    def scores(self, records: Sequence[str], pairs: Sequence[tuple[int, int]]) -> Sequence[Resemblance]:
        """Pairs of the records, by place, in the order given."""

    def pairs(self, records: Sequence[str], same: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int, Resemblance]]:
        """All pairs that a blocking key finds, by place, the smaller first, each once.

        Those that are far apart may be left out where no path of pairs to be joined and pairs of `same` leads across.
        """

    def clusters(
        self,
        records: int,
        pairs: Sequence[tuple[int, int, float]],
        must: Sequence[tuple[int, int]],
        cannot: Sequence[tuple[int, int]],
    ) -> Sequence[int]:
        """For each record what its cluster is called, from the weights of pairs; the order of records breaks ties."""

    def why(self, one: Fields, other: Fields) -> Why:
        """Why two records, as they are before they are read, have their score."""


def matcher_of(model: AdoptedModel) -> Matcher:
    """An adopted model, read once. Raises InputError where it is no model."""
    return _read(model.text)


@lru_cache(maxsize=4)
def _read(text: str) -> Matcher:
    from graph_cdp.service.matching.model_matcher import ModelMatcher  # noqa: PLC0415  # matching is slow to import

    return ModelMatcher.of(text)
