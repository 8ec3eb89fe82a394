"""A matcher by a model file."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest

import numpy as np
import orjson
from numpy.typing import NDArray

from graph_cdp import match
from graph_cdp.domain.matching import Bar, Why
from graph_cdp.match.linkage import components
from graph_cdp.service.matching.matcher import Fields, Resemblance


class ModelMatcher:
    """A matcher by a model file."""

    def __init__(self, model: match.Model) -> None:
        self._model = model
        self.columns = frozenset(column.name for column in model.columns if column.used)
        self.most_records_a_key = model.most_records_a_key

    @classmethod
    def of(cls, text: str) -> "ModelMatcher":
        """Read a model file. Raises InputError where it is none."""
        return cls(match.model_from_json(text))

    def read(self, records: Sequence[Fields]) -> list[str]:
        """Folded, as a list in the order of the model's attributes."""
        return [orjson.dumps(one).decode() for one in match.folded_records(self._model, records)]

    def blocking_of(self, records: Sequence[str]) -> list[tuple[str, ...]]:
        """As the batch does."""
        return [tuple(sorted(keys)) for keys in match.blocking_keys_of(self._model, _folded(records))]

    def scores(self, records: Sequence[str], pairs: Sequence[tuple[int, int]]) -> Sequence[Resemblance]:
        """As the batch does."""
        a, b = np.array(pairs, np.int64).reshape(-1, 2).T
        return _resemblances(match.score_pairs(self._model, _folded(records), a, b))

    def pairs(self, records: Sequence[str], same: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int, Resemblance]]:
        """The batch itself."""
        found = match.pairs_among(self._model, _folded(records))
        join = found.band == match.BANDS.index("join")
        judged = np.array(same, np.int64).reshape(-1, 2)
        ends = [np.concatenate([ends[join], judged[:, side]]) for side, ends in enumerate((found.a, found.b))]
        component = components(len(records), *ends)
        kept = (found.band > match.BANDS.index("apart")) | (component[found.a] == component[found.b])
        a, b, resemblances = found.a[kept].tolist(), found.b[kept].tolist(), _resemblances(found, kept)
        yield from zip(a, b, resemblances, strict=True)

    def clusters(
        self,
        records: int,
        pairs: Sequence[tuple[int, int, float]],
        must: Sequence[tuple[int, int]],
        cannot: Sequence[tuple[int, int]],
    ) -> Sequence[int]:
        """As the batch does."""
        a, b = (np.array([pair[end] for pair in pairs], np.int64) for end in (0, 1))
        weight = np.array([pair[2] for pair in pairs], np.float64)
        found: list[int] = match.cluster_pairs(records, a, b, weight, self._model, must=must, cannot=cannot).tolist()
        return found

    def why(self, one: Fields, other: Fields) -> Why:
        """As `match explain` does."""
        prior, bars, weight, score, band = match.waterfall(self._model, one, other)
        columns = [learned.attribute.columns[0] for learned in self._model.attributes]
        # What follows the attributes is about several of them, and has no values.
        told = zip_longest(bars, columns)
        return Why(
            prior,
            tuple([Bar(bar.attribute, column, bar.relation, bar.a, bar.b, bar.weight) for bar, column in told]),
            weight,
            score,
            band,
        )


def _resemblances(pairs: match.Pairs, kept: NDArray[np.bool_] | slice = slice(None)) -> list[Resemblance]:
    bands = [match.BANDS[band] for band in pairs.band[kept].tolist()]
    return list(map(Resemblance, pairs.score[kept].tolist(), pairs.weight[kept].tolist(), bands))


def _folded(records: Sequence[str]) -> list[match.Folded]:
    return [orjson.loads(one) for one in records]
