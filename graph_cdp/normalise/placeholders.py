"""Placeholders: values that fill a field and name nobody. `placeholders.toml`, beside this module, lists them."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, partial
from hashlib import new
from pathlib import Path

from graph_cdp.domain.policy import Namespace

_LIST = Path(__file__).with_name("placeholders.toml")
_PUNCTUATION = re.compile(r"[\s!-/:-@\[-`{-~]+")
_BACKREFERENCE = re.compile(r"\\([1-9])")


@dataclass(frozen=True, slots=True)
class Placeholders:
    """The placeholders that apply to one namespace; `value in placeholders` asks for a folded value."""

    values: frozenset[str]
    pattern: re.Pattern[str]
    bare: re.Pattern[str] | None

    def __contains__(self, value: str) -> bool:
        return (
            value in self.values
            or self.pattern.fullmatch(value) is not None
            or (self.bare is not None and self.bare.fullmatch(_PUNCTUATION.sub("", value)) is not None)
        )


@dataclass(frozen=True, slots=True)
class _Table:
    values: frozenset[str]
    patterns: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()


def placeholders_of(namespace: Namespace) -> Placeholders:
    """Give the built-in placeholders for a namespace: those for all, and those of its kind.

    A namespace of plain strings whose name ends with a kind (`email`, `work_email`) has that kind's too.
    """
    kinds = {namespace.normalise}
    if namespace.normalise == "string":
        kinds |= {kind for kind in _tables() if namespace.name.lower().endswith(kind)}
    return _of_kinds(frozenset(kinds))


@cache
def _of_kinds(kinds: frozenset[str]) -> Placeholders:
    tables = [_tables()[kind] for kind in ("any", *sorted(kinds & _tables().keys()))]
    return Placeholders(
        frozenset().union(*(table.values for table in tables)),
        _any_of([pattern for table in tables for pattern in table.patterns]),
        _any_of(bare) if (bare := [pattern for table in tables for pattern in table.bare]) else None,
    )


@cache
def _tables() -> dict[str, _Table]:
    listed = tomllib.loads(_LIST.read_text(encoding="utf-8"))
    tables = {
        kind: _Table(frozenset(table.get("values", ())), tuple(table.get("patterns", ())), tuple(table.get("bare", ())))
        for kind, table in listed.items()
    }
    hashed = tables["hashed_email"]
    hashes = _hashes({"", *tables["any"].values, *tables["email"].values})
    return tables | {"hashed_email": _Table(hashed.values | hashes, hashed.patterns, hashed.bare)}


def _hashes(values: Iterable[str]) -> frozenset[str]:
    return frozenset(
        new(algorithm, value.encode(), usedforsecurity=False).hexdigest()
        for algorithm in ("md5", "sha1", "sha256")
        for value in values
    )


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern for several. A backreference counts the groups of its own pattern, so it moves with them."""
    joined, groups = list[str](), 0
    for pattern in patterns:
        joined.append(_BACKREFERENCE.sub(partial(_moved, by=groups), pattern))
        groups += re.compile(pattern).groups
    return re.compile("|".join(joined), re.ASCII)


def _moved(reference: re.Match[str], by: int) -> str:
    return f"\\{int(reference[1]) + by}"
