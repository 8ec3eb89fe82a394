"""Average linkage in compiled code. Pure."""

from typing import Any

import numpy as np

from graph_cdp.match.compiled import compiled

_NEVER = -1e300


@compiled
def components(records: Any, a: Any, b: Any) -> Any:
    """By record the smallest row that it is linked to, by any chain of pairs."""
    parent = np.arange(records)
    for i in range(len(a)):
        x, y = _root(parent, a[i]), _root(parent, b[i])
        if x < y:
            parent[y] = x
        else:
            parent[x] = y
    for i in range(records):
        parent[i] = _root(parent, i)
    return parent


@compiled
def _root(parent: Any, x: Any) -> Any:
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


@compiled
def link_components(
    rows: Any,
    begins: Any,
    members: Any,
    a: Any,
    b: Any,
    weight: Any,
    firsts: Any,
    absent: Any,
    join: Any,
    cluster: Any,
) -> None:
    """Cluster each component: its rows lie in rows[begins[c]:begins[c + 1]], its pairs in [firsts[c]:firsts[c + 1]].

    `members` tells by row how many records it stands for.
    """
    place = np.empty(len(rows), np.int64)
    for c in range(len(begins) - 1):
        first, end = begins[c], begins[c + 1]
        if end - first > 1:
            for i in range(first, end):
                place[rows[i]] = i - first
            pairs = slice(firsts[c], firsts[c + 1])
            group = _linked(members[rows[first:end]], place[a[pairs]], place[b[pairs]], weight[pairs], absent, join)
            for i in range(end - first):
                cluster[rows[first + i]] = rows[first + group[i]]


@compiled
def _linked(sizes: Any, a: Any, b: Any, weight: Any, absent: Any, join: Any) -> Any:
    """Join the two groups whose pairs weigh most on average, as long as that is `join` or more."""
    size = len(sizes)
    members = sizes.astype(np.float64)
    total = _absences(members, absent)
    for k in range(len(a)):
        total[a[k], b[k]] += weight[k] - absent
        total[b[k], a[k]] = total[a[k], b[k]]
    alive = np.ones(size, np.bool_)
    group = np.arange(size)
    nearest = np.empty(size, np.int64)
    mean = np.empty(size)
    for i in range(size):
        nearest[i], mean[i] = _nearest(total, members, alive, i)
    while True:
        closest = _closest(mean, alive)
        if mean[closest] < join or not alive[closest]:
            return group
        i, j = min(closest, nearest[closest]), max(closest, nearest[closest])
        alive[j] = False
        members[i] += members[j]
        for k in range(size):
            if group[k] == j:
                group[k] = i
            total[i, k] += total[j, k]
            total[k, i] = total[i, k]
        nearest[i], mean[i] = _nearest(total, members, alive, i)
        for k in range(size):
            if alive[k] and k != i:
                to_joined = total[i, k] / (members[i] * members[k])
                if nearest[k] == i or nearest[k] == j:
                    nearest[k], mean[k] = _nearest(total, members, alive, k)
                elif to_joined > mean[k]:
                    nearest[k], mean[k] = i, to_joined


@compiled
def _absences(members: Any, absent: Any) -> Any:
    """What the pairs of every two groups weigh together if no rule brought any together."""
    # Plain loops compile in a fraction of the time that expressions of arrays take.
    total = np.empty((len(members), len(members)))
    for i in range(len(members)):
        for k in range(len(members)):
            total[i, k] = absent * members[i] * members[k]
    return total


@compiled
def _closest(mean: Any, alive: Any) -> Any:
    """The group that is closest to another one, the first among equals."""
    closest = 0
    for k in range(len(alive)):
        if alive[k] and (not alive[closest] or mean[k] > mean[closest]):
            closest = k
    return closest


@compiled
def _nearest(total: Any, members: Any, alive: Any, i: Any) -> Any:
    """The group whose pairs with group i weigh most on average, the first among equals, and how much."""
    best: Any = np.int64(-1)
    most = _NEVER
    for k in range(len(alive)):
        if alive[k] and k != i:
            mean = total[i, k] / (members[i] * members[k])
            if mean > most:
                best, most = k, mean
    return best, most
