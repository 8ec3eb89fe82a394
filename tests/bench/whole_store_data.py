"""A made-up whole store in columns: clusters of 1 to 20 identifiers in four namespaces, in no order."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph_cdp.domain.policy import Namespace, Policy

POLICY = Policy((Namespace("crm_id", 0, 1), Namespace("email", 1, 3), Namespace("device", 2), Namespace("cookie", 3)))
CRM, EMAIL, DEVICE, COOKIE = range(4)
LARGEST = 20
START, YEAR = 1_767_225_600_000, 31_536_000_000  # milliseconds

Int64s = NDArray[np.int64]


def write_store(folder: Path, identifiers: int, links: int, contested: float, seed: int) -> None:
    """Write `identifiers.arrow` and `links.arrow`; in `contested` of the clusters two CRM ids meet, in the rest one."""
    random = np.random.default_rng(seed)
    begin = cluster_begins(random, identifiers)
    rank = ranks(random, begin, contested)
    low, high = distinct_pairs(random, begin, links)
    # Until here a cluster's identifiers lie side by side; the store knows nothing of that.
    place = random.permutation(identifiers)
    shuffled = np.empty_like(rank)
    shuffled[place] = rank
    keys = written_keys(random, shuffled)
    low, high = place[low], place[high]
    wrong = pc.greater(keys.take(pa.array(low)), keys.take(pa.array(high))).to_numpy(zero_copy_only=False)
    low, high = np.where(wrong, high, low), np.where(wrong, low, high)
    seen = {"first_seen": START + random.integers(0, YEAR, identifiers)}
    _write(folder / "identifiers.arrow", pa.table({"key": keys, **seen}))
    evidence = {"last_seen": START + YEAR + random.integers(0, YEAR, links), "count": random.geometric(0.3, links)}
    ends = {"low": keys.take(pa.array(low)), "high": keys.take(pa.array(high))}
    _write(folder / "links.arrow", pa.table({**ends, **evidence}))


def read_table(path: Path) -> pa.Table:
    """A table in memory, each column one array."""
    with pa.OSFile(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


def cluster_begins(random: np.random.Generator, identifiers: int) -> Int64s:
    """For each identifier the first one of its cluster."""
    ends = np.cumsum(random.integers(1, LARGEST + 1, identifiers))
    ends = np.append(ends[ends < identifiers], identifiers)
    return np.repeat(np.append(0, ends[:-1]), np.diff(ends, prepend=0))


def ranks(random: np.random.Generator, begin: Int64s, contested: float) -> NDArray[np.int8]:
    """One CRM id in six clusters of ten, up to three e-mail addresses, devices and cookies in any number."""
    at = np.arange(len(begin)) - begin
    rank = random.choice(np.array([DEVICE, COOKIE], np.int8), len(begin), p=[0.4, 0.6])
    rank[(at == 0) & (random.random(len(begin)) < 0.6)] = CRM
    rank[(at >= 1) & (at <= 3) & (random.random(len(begin)) < 0.5)] = EMAIL
    seconds = np.flatnonzero(at == 1)
    clusters = np.count_nonzero(at == 0)
    chosen = random.choice(seconds, min(len(seconds), round(contested * clusters)), replace=False)
    rank[chosen] = rank[chosen - 1] = CRM
    return rank


def distinct_pairs(random: np.random.Generator, begin: Int64s, links: int) -> tuple[Int64s, Int64s]:
    """A random tree in every cluster, which connects it, and random further pairs up to the number of links."""
    joined = np.flatnonzero(begin != np.arange(len(begin)))
    tree = _codes(joined, _before(random, begin, joined))
    if links < len(tree):
        raise ValueError(f"{len(begin)} identifiers in clusters need at least {len(tree)} links")
    pairs = tree
    while len(pairs) < links:
        one = random.choice(joined, 2 * (links - len(pairs)) + 100)
        more = np.setdiff1d(_codes(one, _before(random, begin, one)), pairs)
        pairs = np.append(pairs, random.permutation(more)[: links - len(pairs)])
    pairs = random.permutation(pairs)
    return pairs >> 32, pairs & 0xFFFFFFFF


def written_keys(random: np.random.Generator, rank: NDArray[np.int8]) -> pa.StringArray:
    """A key of each rank's kind, all different."""
    number = random.permutation(len(rank))
    numbers = pc.utf8_lpad(pa.array(number).cast(pa.string()), width=8, padding="0")
    kinds = [
        pc.binary_join_element_wise("crm_id:C-", numbers, ""),
        pc.binary_join_element_wise("email:u", numbers, "@example.com", ""),
        _device_keys(random, len(rank)),
        pc.binary_join_element_wise("cookie:GA1.2.", numbers, ".17672256", ""),
    ]
    return pc.choose(pa.array(rank.astype(np.int64)), *kinds)


def _device_keys(random: np.random.Generator, size: int) -> pa.StringArray:
    """`device:` and a random UUID."""
    digits = np.frombuffer(random.bytes(16 * size).hex().encode(), np.uint8).reshape(size, 32)
    pattern = np.frombuffer(b"device:........-....-....-....-............", np.uint8)
    text = np.tile(pattern, (size, 1))
    text[:, pattern == ord(".")] = digits
    offsets = np.arange(0, text.size + 1, len(pattern), dtype=np.int32)
    return pa.StringArray.from_buffers(size, pa.py_buffer(offsets), pa.py_buffer(text))


def _before(random: np.random.Generator, begin: Int64s, places: Int64s) -> Int64s:
    """For each place another one before it in its cluster."""
    return begin[places] + (random.random(len(places)) * (places - begin[places])).astype(np.int64)


def _codes(one: Int64s, other: Int64s) -> Int64s:
    return np.unique(one << 32 | other)


def _write(path: Path, table: pa.Table) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table.combine_chunks())
