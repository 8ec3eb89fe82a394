"""The keys of few rows without compiled code, which would take longer to load than to run. Twin of `compiled`."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from graph_cdp.resolve.clusters import components
from graph_cdp.resolve.keys import Bools, Ids, Int64s, Ranks


class PlainKeys:
    """A column of distinct keys with a dictionary of their places."""

    def __init__(self, keys: pa.LargeStringArray) -> None:
        self._keys: list[str] = keys.to_pylist()
        self._id_by_key = {key: place for place, key in enumerate(self._keys)}
        if len(self._id_by_key) < len(self._keys):
            raise ValueError("a key is given twice; give every identifier once")

    def ids_of(self, keys: pa.LargeStringArray) -> Ids:
        """Look the keys up."""
        return np.array([self._id_by_key.get(key, -1) for key in keys.to_pylist()], np.int32)

    def ranks_among(self, names: Sequence[str]) -> Ranks:
        """Compare what stands before the value."""
        rank_by_prefix = {f"{name}:": rank for rank, name in enumerate(names)}
        return np.array([rank_by_prefix.get(key[: key.find(":") + 1], -1) for key in self._keys], np.int16)

    def clusters(self, ranks: Ranks, first_seen: Int64s, set_aside: Bools, links: Iterable[tuple[Ids, Ids]]) -> Ids:
        """Take the connected components, and the smallest of each."""
        aside, rank, seen = set_aside.tolist(), ranks.tolist(), first_seen.tolist()
        pairs = (pair for low, high in links for pair in zip(low.tolist(), high.tolist(), strict=True))
        joinable = [(a, b) for a, b in pairs if not aside[a] and not aside[b]]
        cluster = np.full(len(self._keys), -1, np.int32)
        for ids in components((one for one in range(len(aside)) if not aside[one]), joinable):
            cluster[ids] = min(ids, key=lambda one: (rank[one], seen[one], self._keys[one]))
        return cluster

    def exceeding(self, cluster: Ids, ranks: Ranks, limit_by_rank: Mapping[int, int]) -> Bools:
        """Count each rank in each cluster."""
        exceeding = np.zeros(len(cluster), np.bool_)
        for (name, rank), count in Counter(zip(cluster.tolist(), ranks.tolist(), strict=True)).items():
            if name >= 0 and count > limit_by_rank.get(rank, count):
                exceeding[name] = True
        return exceeding
