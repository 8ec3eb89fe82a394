"""A matcher for laws: few words, few levels, small crowds, so that everything that matching is about happens often.

Records are found by each of their words; two weigh as many bits as they have words in common, less those that differ.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from itertools import combinations

import orjson
import pytest

from graph_cdp.domain.matching import AdoptedModel
from graph_cdp.service.matching import Resemblance, matcher

Fields = Mapping[str, str]


class WordMatcher:
    """Two are joined from two bits on, on average over the pairs of their clusters; looked at from none on."""

    columns = frozenset({"plan", "score", "tags", "cookie", "login"})
    most_records_a_key = 3

    def read(self, records: Sequence[Fields]) -> list[str]:
        return [orjson.dumps(record, option=orjson.OPT_SORT_KEYS).decode() for record in records]

    def blocking_of(self, records: Sequence[str]) -> list[tuple[str, ...]]:
        return [tuple(sorted({f"{name}={value}" for name, value in orjson.loads(one).items()})) for one in records]

    def scores(self, records: Sequence[str], pairs: Sequence[tuple[int, int]]) -> Sequence[Resemblance]:
        read = [orjson.loads(one) for one in records]
        return [self._score(read[a], read[b]) for a, b in pairs]

    def _score(self, one: Fields, other: Fields) -> Resemblance:
        both = one.keys() & other.keys()
        same = sum(one[name] == other[name] for name in both)
        weight = 2.0 * same - 1.5 * (len(both) - same)
        return Resemblance(1 / (1 + 2**-weight), weight, "join" if weight >= 2 else "review" if weight > 0 else "apart")

    def pairs(
        self,
        records: Sequence[str],
        same: Sequence[tuple[int, int]],  # noqa: ARG002
    ) -> Iterable[tuple[int, int, Resemblance]]:
        rows_by_key = defaultdict[str, list[int]](list)
        for row, keys in enumerate(self.blocking_of(records)):
            for key in keys:
                rows_by_key[key].append(row)
        found = {
            pair
            for rows in rows_by_key.values()
            if len(rows) <= self.most_records_a_key
            for pair in combinations(rows, 2)
        }
        pairs = sorted(found)
        return [(*pair, score) for pair, score in zip(pairs, self.scores(records, pairs), strict=True)]

    def clusters(
        self,
        records: int,
        pairs: Sequence[tuple[int, int, float]],
        must: Sequence[tuple[int, int]],
        cannot: Sequence[tuple[int, int]],
    ) -> Sequence[int]:
        cluster = list(range(records))
        weight = {(a, b): bits for a, b, bits in pairs}

        def members(name: int) -> list[int]:
            return [row for row in range(records) if cluster[row] == name]

        def join(one: int, other: int) -> None:
            for row in members(max(one, other)):
                cluster[row] = min(one, other)

        def apart(one: int, other: int) -> bool:
            return any({cluster[a], cluster[b]} == {one, other} for a, b in cannot)

        for a, b in must:
            if cluster[a] != cluster[b] and not apart(cluster[a], cluster[b]):
                join(cluster[a], cluster[b])
        while True:
            near = {tuple(sorted((cluster[a], cluster[b]))) for a, b, _ in pairs if cluster[a] != cluster[b]}
            average = {}
            for one, other in near:
                between = [weight.get((min(a, b), max(a, b)), -1.0) for a in members(one) for b in members(other)]
                if not apart(one, other):
                    average[one, other] = sum(between) / len(between)
            best = max(average, key=lambda pair: (average[pair], [-row for row in pair]), default=None)
            if best is None or average[best] < 2:
                return cluster
            join(*best)


WORDS = AdoptedModel("words", ("crm", "login", "loyalty", "device"), 1_700_000_000_000)


@contextmanager
def words_are_read() -> Iterator[None]:
    """Meanwhile the model of words is read as the matcher above, and few pairs are scored at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("graph_cdp.service.matching.relink"), "_PAIRS_AT_ONCE", 3)
        patch.setattr(matcher, "_read", lambda _: WordMatcher())
        yield
