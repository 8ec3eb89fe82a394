"""What is wrong with a policy, each problem with its place and its remedy."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, TypeAlias

from graph_cdp.policies.places import KeyPath, line_of, shown_path

Severity: TypeAlias = Literal["error", "warning"]

_MOST = 10**9  # keeps every number within what a store and JSON hold


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend in the file `name`. `line` and `column` count from 1; `column` only where TOML is broken.

    `key` is the path to the value (`namespace[2].limit`, indexes from 0 as ranks are), empty for the whole file.
    """

    name: str
    line: int
    key: str
    message: str
    severity: Severity = "error"
    column: int | None = None

    def __str__(self) -> str:
        """`policy.toml:12: namespace[2].limit: must be …`."""
        place = f"{self.name}:{self.line}" + (f":{self.column}" if self.column else "")
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class Findings:
    """The problems found so far in one file."""

    def __init__(self, name: str, lines: Mapping[KeyPath, int]) -> None:
        self._name = name
        self._lines = lines
        self._problems: list[Problem] = []

    @property
    def in_order(self) -> tuple[Problem, ...]:
        """From the top of the file to its end."""
        return tuple(sorted(self._problems, key=lambda problem: problem.line))

    def line(self, path: KeyPath) -> int:
        """Where a path stands."""
        return line_of(path, self._lines)

    def error(self, path: KeyPath, message: str) -> None:
        """The policy cannot be used like this."""
        self._add(path, message, "error")

    def warn(self, path: KeyPath, message: str) -> None:
        """The policy can be used, but hardly means this."""
        self._add(path, message, "warning")

    def _add(self, path: KeyPath, message: str, severity: Severity) -> None:
        self._problems.append(Problem(self._name, self.line(path), shown_path(path), message, severity))


class Table:
    """One table of the file, whose values are asked for by type. What is wrong is noted and read as absent."""

    def __init__(self, values: Mapping[str, object], path: KeyPath, findings: Findings, known: Collection[str]) -> None:
        self.path = path
        self.findings = findings
        self._values = values
        for key in values:
            if key not in known:
                findings.error((*path, key), f"is not known; {suggestion(key, known)}")

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def error(self, key: str, message: str) -> None:
        """Note an error at one key."""
        self.findings.error((*self.path, key), message)

    def value(self, key: str) -> object:
        """The value as TOML gave it, None where there is none."""
        return self._values.get(key)

    def whole(self, key: str, remedy: str) -> int | None:
        """A whole number of at least 1."""
        value = self.value(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST):
            return value
        self.error(key, f"must be a whole number of at least 1, is {shown_value(value)}; {remedy}")
        return None

    def flag(self, key: str) -> bool | None:
        """True or false."""
        value = self.value(key)
        if value is None or isinstance(value, bool):
            return value
        self.error(key, f"must be true or false without quotes, is {shown_value(value)}; write {key} = true")
        return None

    def choice(self, key: str, choices: Collection[str]) -> str | None:
        """One of several strings."""
        value = self.value(key)
        if value is None or (isinstance(value, str) and value in choices):
            return value
        remedy = suggestion(value, choices) if isinstance(value, str) else _all_of(choices)
        self.error(key, f"must be one of the known names, is {shown_value(value)}; {remedy}")
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; the empty one where there is none. Its values may be identifiers: none is shown."""
        value = self.value(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.error(key, f'must be a list, is {kind_of(value)}; write {key} = ["…", "…"]')
            return ()
        for index, item in enumerate(value):
            if not isinstance(item, str):
                message = f"must be text, is {kind_of(item)}; put it in quotes"
                self.findings.error((*self.path, key, index), message)
        return tuple(item for item in value if isinstance(item, str))


def tables_in(top: Table, key: str, header: str) -> Iterator[tuple[str, object]]:
    """The entries of the table under a key; `header` is how such a table is written."""
    values = top.value(key)
    if isinstance(values, dict):
        yield from values.items()
    elif values is not None:
        top.error(key, f"must be a table, is {kind_of(values)}; write {header} in single brackets")


def suggestion(word: str, known: Collection[str]) -> str:
    """The known word that was probably meant, or all of them."""
    close = get_close_matches(word.lower(), known, n=1)
    return f"did you mean '{close[0]}'?" if close else _all_of(known)


def _all_of(known: Collection[str]) -> str:
    return f"known here: {', '.join(known)}"


def shown_value(value: object) -> str:
    """A short, printable value as it is; of any other only what it is."""
    match value:
        case bool():
            return str(value).lower()
        case str() if len(value) <= 40 and value.isprintable():
            return f"'{value}'"
        case int() | float() if abs(value) < 1e15:
            return str(value)
        case _:
            return kind_of(value)


def kind_of(value: object) -> str:
    """What a TOML value is, in words, for messages that must not show the value."""
    match value:
        case str():
            return "text"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"
