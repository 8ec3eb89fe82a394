"""Resolution of a whole store in columns: integer ids, compiled union-find, the ordered pass only where it matters.

The same partition as `graph_cdp.resolve.groups.resolve` gives on everything at once, which it calls for the clusters in
which something could be refused. Three steps: `Columns.of`, `shared_identifiers`, `resolve_columns`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.link import Link, Pair, Refusal
from graph_cdp.domain.policy import Policy
from graph_cdp.resolve.groups import resolve
from graph_cdp.resolve.keys import Bools, Ids, Int64s, Keys, Ranks
from graph_cdp.resolve.plain import PlainKeys

Strings: TypeAlias = pa.Array | pa.ChunkedArray

FEW_ROWS = 50_000
"""Below so many rows compiled code takes longer to load than to run."""

_IDENTIFIERS_AT_ONCE = 10_000  # of contested clusters, resolved by one call: it bounds the memory of Python objects


@dataclass(frozen=True, eq=False)
class Columns:
    """The identifiers and the observed links of a whole store, read with one policy.

    An identifier's id is its place in `keys`; `ranks` and `first_seen` are by id. `low` and `high` are the ids of a
    link's ends; they, `last_seen` and `count` have a place for each link. The arrays are not to be written to.
    """

    policy: Policy
    keys: pa.LargeStringArray
    index: Keys
    ranks: Ranks
    first_seen: Int64s
    low: Ids
    high: Ids
    last_seen: Int64s
    count: Int64s

    @classmethod
    def of(
        cls,
        policy: Policy,
        *,
        keys: Strings,
        first_seen: ArrayLike,
        low: Strings,
        high: Strings,
        last_seen: ArrayLike,
        count: ArrayLike,
        few_rows: int = FEW_ROWS,
    ) -> "Columns":
        """Read columns of any Arrow string type, whole or in chunks, and of integers (moments are `Millis`).

        Every identifier and every pair once, in any order; a link's `low` is the smaller key. Fewer rows than
        `few_rows` are read, and later resolved, without compiled code, to the same result.

        Raises ValueError where a key is given twice or its namespace is not in the policy, where a link names an
        unknown key, and where columns differ in length.
        """
        _check_length(len(keys), first_seen)
        _check_length(len(low), high, last_seen, count)
        if len(keys) >= 2**31:
            raise ValueError("more than 2^31 - 1 identifiers: part the store by cluster")
        column = _large(_whole(keys))
        index = _indexed(column, few=len(keys) + len(low) < few_rows)
        ranks = index.ranks_among([namespace.name for namespace in policy.namespaces])
        if len(ranks) and ranks.min() < 0:
            raise ValueError("a key's namespace is not in the policy; leave such identifiers out")
        return cls(
            policy,
            column,
            index,
            ranks,
            _integers(first_seen),
            _known(index, low),
            _known(index, high),
            _integers(last_seen),
            _integers(count),
        )


@dataclass(frozen=True, eq=False)
class ResolvedColumns:
    """By id: the id that names its cluster, the one that names its profile, and whether its cluster is contested.

    What names a cluster or a profile is its anchor, the smallest by (rank, first_seen, key). One that is set aside
    has -1, -1 and False. `refusals` are by pair.
    """

    cluster: Ids
    profile: Ids
    contested: Bools
    refusals: tuple[Refusal, ...]


def shared_identifiers(columns: Columns, blocked: Bools) -> Bools:
    """By id: whether it is linked to too many not blocked identifiers of one stronger namespace. No blocked one is."""
    _check_length(len(columns.keys), blocked)
    shared = np.zeros(len(columns.keys), np.bool_)
    above_by_rank = {one.rank: one.shared_above for one in columns.policy.namespaces if one.shared_above is not None}
    if not above_by_rank:
        return shared
    no_bound = np.iinfo(np.int64).max
    above = np.array([above_by_rank.get(rank, no_bound) for rank in range(len(columns.policy.namespaces))])
    weaker, rank = _weaker_ends(columns, blocked, above < no_bound)
    # Few have so many links at all; only theirs are told apart by namespace.
    many = np.bincount(weaker, minlength=len(shared))[weaker] > above[columns.ranks[weaker]]
    linked, counts = np.unique(weaker[many] * np.int64(len(above)) + rank[many], return_counts=True)
    ids = linked // len(above)
    shared[ids[counts > above[columns.ranks[ids]]]] = True
    return shared


def resolve_columns(
    columns: Columns, set_aside: Bools, decisions: Collection[Decision], matched: Sequence[Link] = ()
) -> ResolvedColumns:
    """Part the identifiers that are not set aside into clusters and profiles (design, section 3).

    `decisions` are those standing, `matched` the matched links; of both, one with an end that is unknown or set aside
    does not count.
    """
    _check_length(len(columns.keys), set_aside)
    matches = _Matches.of(columns.index, matched)
    cluster, contested = _clusters(columns, set_aside, decisions, matches)
    profile = cluster.copy()
    refusals: list[Refusal] = []
    for id_by_key, links in _contested_clusters(columns, cluster, contested, matches):
        first_seen = dict(zip(id_by_key, columns.first_seen[list(id_by_key.values())].tolist(), strict=True))
        resolution = resolve(first_seen, links, decisions, columns.policy)
        for group in resolution.groups:
            profile[[id_by_key[key] for key in group.keys]] = id_by_key[group.anchor]
        refusals += resolution.refusals
    return ResolvedColumns(cluster, profile, contested, tuple(sorted(refusals, key=lambda refusal: refusal[:3])))


@dataclass(frozen=True, eq=False)
class _Matches:
    """Matched links of known identifiers, with the ids of their ends."""

    links: Sequence[Link]
    low: Ids
    high: Ids

    @classmethod
    def of(cls, index: Keys, matched: Sequence[Link]) -> "_Matches":
        low, high = _all_ends(index, [link.pair for link in matched])
        known = (low >= 0) & (high >= 0)
        return cls([matched[place] for place in np.flatnonzero(known).tolist()], low[known], high[known])


def _clusters(
    columns: Columns, set_aside: Bools, decisions: Collection[Decision], matches: _Matches
) -> tuple[Ids, Bools]:
    """By id: what names its cluster, and whether that is contested, as `groups.is_contested` has it."""
    index, ranks, policy = columns.index, columns.ranks, columns.policy
    same = _ends(index, (decision for decision in decisions if decision.verdict == "same"))
    cluster = index.clusters(ranks, columns.first_seen, set_aside, [
        (columns.low, columns.high), (matches.low, matches.high), same
    ])  # fmt: skip
    limit_by_rank = {policy.rank_by_name[name]: limit for name, limit in policy.limit_by_name.items()}
    contested = index.exceeding(cluster, ranks, limit_by_rank)
    low, high = _ends(index, decisions)
    contested[cluster[low[(cluster[low] == cluster[high]) & ~set_aside[low]]]] = True
    return cluster, contested[cluster] & (cluster >= 0)


def _indexed(keys: pa.LargeStringArray, *, few: bool) -> Keys:
    if few:
        return PlainKeys(keys)
    from graph_cdp.resolve.compiled import CompiledKeys  # noqa: PLC0415  # numba is slow to import

    return CompiledKeys(keys)


def _integers(values: ArrayLike) -> Int64s:
    """A view that cannot be written to: one type of array for compiled code, whatever came in."""
    column = np.ascontiguousarray(values, np.int64).view()
    column.flags.writeable = False
    return column


def _known(index: Keys, keys: Strings) -> Ids:
    """The ids of keys, a chunk at a time."""
    chunks = keys.chunks if isinstance(keys, pa.ChunkedArray) else [keys]
    ids = np.concatenate([np.empty(0, np.int32), *(index.ids_of(_large(chunk)) for chunk in chunks)])
    if len(ids) and ids.min() < 0:
        raise ValueError("a link names a key that is not among the identifiers")
    return ids


def _ends(index: Keys, decisions: Iterable[Decision]) -> tuple[Ids, Ids]:
    """The ids of the pairs of those decisions of which both ends are known."""
    low, high = _all_ends(index, [decision.pair for decision in decisions])
    known = (low >= 0) & (high >= 0)
    return low[known], high[known]


def _all_ends(index: Keys, pairs: Sequence[Pair]) -> tuple[Ids, Ids]:
    low, high = (index.ids_of(pa.array([pair[end] for pair in pairs], pa.large_string())) for end in (0, 1))
    return low, high


def _weaker_ends(columns: Columns, blocked: Bools, bounded: Bools) -> tuple[Ids, Ranks]:
    """The weaker ends with the ranks of the stronger, where neither is blocked and the weaker's rank is bounded."""
    ranks = columns.ranks
    weaker, rank = [], []
    for one, other in ((columns.low, columns.high), (columns.high, columns.low)):
        counts = (bounded[ranks] & ~blocked)[one] & (ranks[other] < ranks[one]) & ~blocked[other]
        weaker.append(one[counts])
        rank.append(ranks[other[counts]])
    return np.concatenate(weaker), np.concatenate(rank)


def _contested_clusters(
    columns: Columns, cluster: Ids, contested: Bools, matches: _Matches
) -> Iterator[tuple[Mapping[str, int], list[Link]]]:
    """Identifiers (id by key) and links of the contested clusters, some whole clusters at a time."""
    ids = np.flatnonzero(contested)
    if not len(ids):
        return
    ids = ids[np.argsort(cluster[ids], kind="stable")]
    begins = np.flatnonzero(np.diff(cluster[ids], prepend=-1))
    begins = begins[np.flatnonzero(np.diff(begins // _IDENTIFIERS_AT_ONCE, prepend=-1))]
    first = cluster[ids[begins]]
    for some_ids, some_rows, some_matches in zip(
        np.split(ids, begins[1:]),
        _rows_within(columns.low, columns.high, cluster, contested, first),
        _rows_within(matches.low, matches.high, cluster, contested, first),
        strict=True,
    ):
        keys = columns.keys.take(pa.array(some_ids)).to_pylist()
        key_by_id = dict(zip(some_ids.tolist(), keys, strict=True))
        links = _links(columns, key_by_id, some_rows) + [matches.links[place] for place in some_matches.tolist()]
        yield dict(zip(keys, some_ids.tolist(), strict=True)), links


def _rows_within(low: Ids, high: Ids, cluster: Ids, contested: Bools, first: Ids) -> list[NDArray[np.int64]]:
    """The rows of links in contested clusters, in as many parts as `first` names clusters: a part begins with each."""
    rows = np.flatnonzero(contested[low] & contested[high])
    rows = rows[np.argsort(cluster[low[rows]], kind="stable")]
    return np.split(rows, np.searchsorted(cluster[low[rows]], first)[1:])


def _links(columns: Columns, key_by_id: Mapping[int, str], rows: NDArray[np.int64]) -> list[Link]:
    ends_and_evidence = (
        column[rows].tolist() for column in (columns.low, columns.high, columns.last_seen, columns.count)
    )
    return [
        Link(key_by_id[low], key_by_id[high], "observed", count, last_seen, last_seen, ())
        for low, high, last_seen, count in zip(*ends_and_evidence, strict=True)
    ]


def _whole(keys: Strings) -> pa.Array:
    if not isinstance(keys, pa.ChunkedArray):
        return keys
    return keys.chunk(0) if keys.num_chunks == 1 else keys.combine_chunks()  # which would copy a single chunk


def _large(keys: pa.Array) -> pa.LargeStringArray:
    """The same strings with 64-bit offsets; the bytes are not copied."""
    return keys if pa.types.is_large_string(keys.type) else keys.cast(pa.large_string())


def _check_length(rows: int, *columns: Any) -> None:
    if any(len(column) != rows for column in columns):
        raise ValueError("columns of one table differ in length")
