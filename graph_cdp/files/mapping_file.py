"""Mappings as TOML files: read, written, and compared with the columns that a file has."""

import json
import tomllib
from collections.abc import Collection
from collections.abc import Mapping as Table
from difflib import get_close_matches
from pathlib import Path

from graph_cdp.errors import InputError
from graph_cdp.files.mapping import Column, Mapping

_TABLES = ("identifiers", "traits", "properties")
_COLUMNS = ("time", "id", "record")
_SAYINGS = ("type", "name", "source")
_KEYS = (*_TABLES, *_COLUMNS, *_SAYINGS, "ignore")


def load_mapping(path: Path) -> Mapping:
    """Read a mapping. Raises InputError that names the key, where the file cannot be used as it is.

    Tables `[identifiers]`, `[traits]`, `[properties]` give columns their names; `time`, `id` and `record` name
    columns; `type`, `name` and `source` are text for every row, or `{ column = "…" }`; `ignore` lists columns. One
    column at least is an identifier or the record.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such mapping file.") from None
    except OSError as fault:
        raise InputError(f"{path}: the mapping cannot be read: {fault.strerror}.") from fault
    except UnicodeDecodeError as fault:
        raise InputError(f"{path}: not UTF-8 at byte {fault.start + 1}: save the mapping as UTF-8.") from None
    except tomllib.TOMLDecodeError as fault:
        raise InputError(f"{path}: not TOML: {fault}.") from None
    return _Reader(path, document).mapping()


def check_columns(mapping: Mapping, columns: Collection[str], path: Path) -> None:
    """Raise InputError, with what was perhaps meant, where the mapping names a column that the file at `path` lacks."""
    for column in sorted(mapping.columns - set(columns)):
        close = get_close_matches(column, columns, n=1) or [
            other for other in columns if other.lower() == column.lower()
        ]
        meant = f"do you mean {close[0]!r}?" if close else f"it has {', '.join(map(repr, columns))}."
        raise InputError(f"{path}: the mapping names the column {column!r}, which the file lacks: {meant}")


def as_toml(mapping: Mapping) -> str:
    """The mapping as `load_mapping` reads it."""
    lines = [f"{key} = {_quoted(value)}" for key in _COLUMNS if (value := getattr(mapping, key)) is not None]
    for key in _SAYINGS:
        said = getattr(mapping, key)
        if said is not None:
            lines.append(
                f"{key} = " + (f"{{ column = {_quoted(said.name)} }}" if isinstance(said, Column) else _quoted(said))
            )
    if mapping.ignore:
        lines.append(f"ignore = [{', '.join(map(_quoted, mapping.ignore))}]")
    for key in _TABLES:
        if table := getattr(mapping, key):
            lines += ["", f"[{key}]", *(f"{_quoted(column)} = {_quoted(name)}" for column, name in table.items())]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string, but for DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


class _Reader:
    def __init__(self, path: Path, document: Table[str, object]) -> None:
        self._path = path
        self._document = document

    def mapping(self) -> Mapping:
        for key in self._document:
            if key not in _KEYS:
                close = get_close_matches(key, _KEYS, n=1)
                raise self._wrong(key, f"do you mean {close[0]!r}?" if close else f"known are {', '.join(_KEYS)}.")
        mapping = Mapping(
            identifiers=self._table("identifiers"),
            traits=self._table("traits"),
            properties=self._table("properties"),
            time=self._column("time"),
            id=self._column("id"),
            record=self._column("record"),
            type=self._said("type") or "identify",
            name=self._said("name"),
            source=self._said("source"),
            ignore=self._ignore(),
        )
        if not mapping.identifiers and mapping.record is None:
            raise self._wrong(
                "identifiers",
                'name one column at least: [identifiers] "mail" = "email"; or, where nothing tells whom a row is about,'
                ' the column that numbers the records: record = "row_id".',
            )
        for key in ("traits", "properties"):
            self._refuse_twice(key)
        return mapping

    def _table(self, key: str) -> dict[str, str]:
        table = self._document.get(key, {})
        if not isinstance(table, dict):
            raise self._wrong(key, f'this is a table: [{key}] "column" = "name".')
        for column, name in table.items():
            if not isinstance(name, str) or not name.strip():
                raise self._wrong(f"{key}.{column}", "give a name in quotes.")
        return dict(table)

    def _refuse_twice(self, key: str) -> None:
        column_by_name = dict[str, str]()
        for column, name in self._table(key).items():
            if name in column_by_name:
                raise self._wrong(f"{key}.{column}", f"{column_by_name[name]!r} is called {name!r}, too: rename one.")
            column_by_name[name] = column

    def _column(self, key: str) -> str | None:
        column = self._document.get(key)
        if column is None or isinstance(column, str):
            return column
        raise self._wrong(key, f'name one column: {key} = "column".')

    def _said(self, key: str) -> str | Column | None:
        match self._document.get(key):
            case None:
                return None
            case str() as text if text.strip():
                return text
            case {"column": str() as column, **rest} if not rest:
                return Column(column)
        raise self._wrong(key, f'give text for every row, {key} = "…", or {key} = {{ column = "…" }}.')

    def _ignore(self) -> tuple[str, ...]:
        columns = self._document.get("ignore", [])
        if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
            raise self._wrong("ignore", 'list columns: ignore = ["a", "b"].')
        for key in _TABLES:
            for column in self._table(key):
                if column in columns:
                    raise self._wrong("ignore", f"{column!r} stands in [{key}], too: take it out of one.")
        return tuple(columns)

    def _wrong(self, key: str, remedy: str) -> InputError:
        return InputError(f"{self._path}: key '{key}': {remedy}")
