"""Given names and their short forms, from the list of the library `nicknames`. Pure."""

from functools import cache

from nicknames import NickNamer


@cache
def _forms() -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """For each name the full names that it may stand for, itself too; and every name that is listed."""
    namer = NickNamer()
    full = {name: frozenset({name, *canonicals}) for name, canonicals in namer.canonical_lookup.items()}
    return full, frozenset(full) | frozenset(namer.nickname_lookup)


def is_given_name(name: str) -> bool:
    """Whether a folded word is known as a given name."""
    return name in _forms()[1]


def are_forms_of_one_name(a: str, b: str) -> bool:
    """Whether one is a short form of the other, or both of a third: `bob` and `robert`, `bob` and `rob`."""
    full, listed = _forms()
    if a not in listed or b not in listed:
        return False
    return not full.get(a, frozenset({a})).isdisjoint(full.get(b, frozenset({b})))
