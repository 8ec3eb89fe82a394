"""Two profiles side by side, attribute by attribute."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from rapidfuzz.distance import JaroWinkler

from graph_cdp.domain.identifier import Identifier, Key

Relation: TypeAlias = Literal["equal", "similar", "differ", "left_only", "right_only"]

_SIMILAR: Final = 0.88
"""Jaro-Winkler similarity from which two texts are similar; Winkler (1990) gives typos of names 0.88 and more."""


class Compared(NamedTuple):
    """One attribute of two profiles: a namespace, or a trait, with what each side has of it, and how they relate."""

    attribute: str
    is_trait: bool
    left: tuple[object, ...]
    right: tuple[object, ...]
    relation: Relation


def compare(
    left: tuple[Iterable[Key], Mapping[str, object]], right: tuple[Iterable[Key], Mapping[str, object]]
) -> list[Compared]:
    """Compare two profiles, each given by its identifiers and its traits by name: identifiers first, then traits.

    Namespaces come in the order in which the identifiers have them, traits by name.
    """
    ours, theirs = _by_namespace(left[0]), _by_namespace(right[0])
    found = [
        _compared(name, ours.get(name, ()), theirs.get(name, ()), is_trait=False)
        for name in dict.fromkeys((*ours, *theirs))
    ]
    return found + [
        _compared(name, _values(left[1].get(name)), _values(right[1].get(name)), is_trait=True)
        for name in sorted({*left[1], *right[1]})
    ]


def _by_namespace(keys: Iterable[Key]) -> dict[str, tuple[str, ...]]:
    values: defaultdict[str, list[str]] = defaultdict(list)
    for key in keys:
        named = Identifier.of(key)
        values[named.namespace].append(named.value)
    return {namespace: tuple(found) for namespace, found in values.items()}


def _values(value: object) -> tuple[object, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def _compared(attribute: str, left: tuple[object, ...], right: tuple[object, ...], *, is_trait: bool) -> Compared:
    return Compared(attribute, is_trait, left, right, _relation(left, right))


def _relation(left: tuple[object, ...], right: tuple[object, ...]) -> Relation:
    """How the values of two sides relate, by the two that resemble each other most."""
    if not left or not right:
        return "left_only" if left else "right_only"
    ours, theirs = ([_folded(value) for value in side] for side in (left, right))
    if not set(ours).isdisjoint(theirs):
        return "equal"
    best = max(JaroWinkler.similarity(one, other) for one in ours for other in theirs)
    return "similar" if best >= _SIMILAR else "differ"


def _folded(value: object) -> str:
    return " ".join(str(value).casefold().split())
