"""Where each key of a TOML text stands. `tomllib` gives values without places; this gives places without values.

It reads only text that `tomllib` has accepted (https://toml.io/en/v1.0.0), so it recognises, and never checks.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys and array indexes (from 0) down to a value: `("namespace", 2, "limit")`."""

_TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\r]+|\#[^\n]*)
    | (?P<newline>\n)
    | (?P<string>\"{3}(?:[^\\]|\\.)*?\"{3,5} | '{3}.*?'{3,5} | "(?:[^"\\]|\\.)*" | '[^']*')
    | (?P<mark>[\[\]{}=,.])
    | (?P<bare>[^\s\[\]{}=,.\#"']+)
    """,
    re.VERBOSE | re.DOTALL,
)
_ENDS_A_SCALAR = ("\n", ",", "]", "}", "")


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def lines_by_path(text: str) -> dict[KeyPath, int]:
    """The line (from 1) where each table, key and array element of a valid TOML text first stands."""
    return _Scan(text).lines


def line_of(path: KeyPath, lines: Mapping[KeyPath, int]) -> int:
    """The line of a path, or of the nearest table around it; 1 where there is none."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def shown_path(path: KeyPath) -> str:
    """A path as it is written in messages: `namespace[2].limit`, `collect."context.device.id"`."""
    shown = ""
    for part in path:
        if isinstance(part, int):
            shown += f"[{part}]"
        else:
            bare = re.fullmatch(r"[A-Za-z0-9_-]+", part)
            shown += ("." if shown else "") + (part if bare else json.dumps(part, ensure_ascii=False))
    return shown


class _Scan:
    """One pass over a text, statement by statement."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._last_index: dict[KeyPath, int] = {}  # of each array of tables so far
        self._tokens = _tokens(text)
        self._at = 0
        table: KeyPath = ()
        while self._skip_newlines().kind != "end":
            if self._now.text == "[":
                table = self._header()
            else:
                self._key_and_value(table)

    @property
    def _now(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._now
        self._at += 1
        return token

    def _took(self, mark: str) -> bool:
        """Step over a mark if it stands here. A string that holds the mark keeps its quotes, so is not one."""
        stands = self._now.text == mark
        self._at += stands
        return stands

    def _skip_newlines(self) -> _Token:
        while self._took("\n"):
            pass
        return self._now

    def _place(self, path: KeyPath, line: int) -> None:
        """Note a path and the tables around it, each where it first stands."""
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _header(self) -> KeyPath:
        line = self._take().line
        repeats = self._took("[")
        keys = self._dotted()
        while self._took("]"):
            pass
        path: KeyPath = ()
        for depth, key in enumerate(keys, start=1):
            path = (*path, key)
            if repeats and depth == len(keys):
                self._last_index[path] = self._last_index.get(path, -1) + 1
            if path in self._last_index:
                path = (*path, self._last_index[path])
        self._place(path, line)
        return path

    def _key_and_value(self, table: KeyPath) -> None:
        line = self._now.line
        path = (*table, *self._dotted())
        self._place(path, line)
        self._take()  # the equals sign
        self._value(path)

    def _dotted(self) -> tuple[str, ...]:
        keys = [_plain(self._take())]
        while self._took("."):
            keys.append(_plain(self._take()))
        return tuple(keys)

    def _value(self, path: KeyPath) -> None:
        if self._took("["):
            index = 0
            while not self._closed_by("]"):
                self._place((*path, index), self._now.line)
                self._value((*path, index))
                index += 1
        elif self._took("{"):
            while not self._closed_by("}"):
                self._key_and_value(path)
        else:
            while self._now.text not in _ENDS_A_SCALAR:
                self._take()

    def _closed_by(self, mark: str) -> bool:
        self._skip_newlines()
        if self._took(","):
            self._skip_newlines()
        return self._took(mark)


def _tokens(text: str) -> list[_Token]:
    tokens = []
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "blank":
            tokens.append(_Token(kind, match.group(), line))
        line += match.group().count("\n")
    return [*tokens, _Token("end", "", line)]


def _plain(key: _Token) -> str:
    """A key without its quotes and escapes."""
    if key.kind != "string":
        return key.text
    return str(tomllib.loads(f"key = {key.text}")["key"])
