"""A bare compiled union-find: the second half of the ceiling of whole-store resolution."""

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True)
def labels(size: int, low: NDArray[np.int32], high: NDArray[np.int32]) -> NDArray[np.int32]:
    """For each of the ids 0 to size - 1 the smallest id that links connect it with."""
    parent = np.arange(size).astype(np.int32)
    for row in range(len(low)):
        a, b = root(parent, low[row]), root(parent, high[row])
        parent[max(a, b)] = min(a, b)
    for one in range(size):
        parent[one] = root(parent, one)
    return parent


@numba.njit(cache=True)
def root(parent: NDArray[np.int32], one: Any) -> Any:
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = parent[one]
    return one
