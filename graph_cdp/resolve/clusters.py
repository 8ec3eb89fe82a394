"""Connected components: the largest groups that could be one person."""

from collections.abc import Hashable, Iterable
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def components(nodes: Iterable[T], pairs: Iterable[tuple[T, T]]) -> list[list[T]]:
    """The connected components of nodes under pairs; each node once, in the order given.

    Both ends of a pair must be nodes. Union-find with path halving (Tarjan and van Leeuwen, 1984).
    """
    parent = {node: node for node in nodes}

    def find(node: T) -> T:
        while (above := parent[node]) != node:
            parent[node] = node = parent[above]
        return node

    for a, b in pairs:
        root_a, root_b = find(a), find(b)
        if root_a != root_b:
            parent[root_b] = root_a
    found: dict[T, list[T]] = {}
    for node in parent:
        found.setdefault(find(node), []).append(node)
    return list(found.values())
