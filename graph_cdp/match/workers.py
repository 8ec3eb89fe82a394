"""Work on several cores at once: compiled code and Arrow leave the interpreter's lock while they run. Pure."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")

_WORKERS = min(os.cpu_count() or 1, 8)


FEW = 5_000
"""With fewer rows a task takes less time than handing it to a worker."""


def each(work: Callable[[S], T], items: Iterable[S], *, few: bool = False) -> list[T]:
    """The results in the order of the items; of `few` rows without workers."""
    todo = list(items)
    if few or len(todo) < 2:
        return [work(item) for item in todo]
    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(work, todo))
