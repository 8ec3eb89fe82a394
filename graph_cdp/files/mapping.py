"""What the columns of a file mean, and the events that its rows become. Pure."""

from collections import abc
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import cached_property, singledispatch
from math import isfinite
from typing import Final, TypeAlias

from graph_cdp.domain.event import RefusedEvent

_EXACT_BELOW = 2.0**53
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_Columns: TypeAlias = abc.Iterable[tuple[str, str]]
"""Columns, each with what it is called in the event."""

RECORD_ID: Final = "record_id"
"""The namespace of the numbers of records."""

_EVENT_KEYS: Final = ("identifiers", "userId", "anonymousId", "messageId")


@dataclass(frozen=True, slots=True)
class Column:
    """Says that something is read from a column instead of being the same for every row."""

    name: str


class _CellError(ValueError):
    """A cell that no event can hold: its column, and why."""


class _BytesError(ValueError):
    """Bytes, maybe deep inside a cell."""


@dataclass(frozen=True)
class Mapping:
    """Which column holds what. A column that is nowhere named becomes a property under its own name.

    `identifiers` maps a column to a namespace, `traits` to a trait, `properties` to a property; a column may stand
    in several. `time`, `id` and `record` name columns; `type`, `name` and `source` are for every row, or a `Column`.
    The columns in `ignore` are left out. `record` numbers the records of its source: where nothing else tells whom a
    row is about, it keeps the row apart from all others until they are matched.
    """

    identifiers: abc.Mapping[str, str] = field(default_factory=dict)
    traits: abc.Mapping[str, str] = field(default_factory=dict)
    properties: abc.Mapping[str, str] = field(default_factory=dict)
    time: str | None = None
    id: str | None = None
    record: str | None = None
    type: str | Column = "identify"
    name: str | Column | None = None
    source: str | Column | None = None
    ignore: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> frozenset[str]:
        """Every column that is named anywhere."""
        singles = [column for column, _ in self._singles]
        records = [] if self.record is None else [self.record]
        return frozenset([*self.identifiers, *self.traits, *self.properties, *singles, *records, *self.ignore])

    @cached_property
    def _singles(self) -> tuple[tuple[str, str], ...]:
        """The columns that fill one key of the event, with that key."""
        columns = {
            "messageId": self.id,
            "timestamp": self.time,
            "type": self.type.name if isinstance(self.type, Column) else None,
            "event": self.name.name if isinstance(self.name, Column) else None,
            "source": self.source.name if isinstance(self.source, Column) else None,
        }
        return tuple((column, key) for key, column in columns.items() if column is not None)

    @cached_property
    def _constants(self) -> dict[str, str]:
        constants = {"type": self.type, "event": self.name, "source": self.source}
        return {key: value for key, value in constants.items() if isinstance(value, str)}

    @cached_property
    def _tables(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        return tuple(tuple(table.items()) for table in (self.identifiers, self.traits, self.properties))

    def apply(self, values: abc.Mapping[str, object], source: str) -> dict[str, object] | RefusedEvent:
        """The event that a row becomes, or why it becomes none; `source` is that of a row that names none.

        It has `type` and `identifiers`, and where the row has them `messageId`, `timestamp`, `event`, `source`,
        `traits` and `properties`. Empty cells, nulls and numbers that are none are absent. Text is trimmed, decimals
        and times become text. Numbers that name an identifier become their exact digits; a list names several. The
        number of a record becomes `record_id:SOURCE/NUMBER`. A row is refused, with the column, where a cell holds
        bytes, or an identifier is an object or a number too large to be exact.
        """
        identifier_columns, trait_columns, property_columns = self._tables
        event: dict[str, object] = {**self._constants}
        try:
            event["identifiers"] = identifiers = _identifiers(values, identifier_columns)
            if traits := _cells(values, trait_columns):
                event["traits"] = traits
            properties = _cells(values, property_columns)
            if unnamed := values.keys() - self.columns:
                properties |= _cells(values, [(column, column) for column in values if column in unnamed])
            if properties:
                event["properties"] = properties
            event |= _keys(values, self._singles)
            if self.record is not None:
                identifiers += _record(values.get(self.record), self.record, str(event.get("source", source)))
        except _CellError as fault:
            return RefusedEvent(*fault.args)
        return event


def is_event(values: abc.Mapping[str, object]) -> bool:
    """Whether a JSON object is an event already and needs no mapping: it has a key that only events have."""
    return any(key in values for key in _EVENT_KEYS) or ("type" in values and "context" in values)


def _identifiers(values: abc.Mapping[str, object], columns: _Columns) -> list[dict[str, str]]:
    identifiers = list[dict[str, str]]()
    for column, namespace in columns:
        value = values.get(column)
        # Nearly every cell is text, and here and in `_cells` the time goes.
        if type(value) is str:
            if text := value.strip():
                identifiers.append({"namespace": namespace, "value": text})
        elif value is not None:
            plain = _cell(value, column)
            texts = plain if isinstance(plain, list) else [] if plain is None else [plain]
            identifiers += [{"namespace": namespace, "value": _text(text, column)} for text in texts]
    return identifiers


def _record(value: object, column: str, source: str) -> list[dict[str, str]]:
    plain = _cell(value, column)
    if plain is None:
        return []
    # The first slash parts source and number, so that no two sources ever share a record.
    own = source.replace("%", "%25").replace("/", "%2F")
    return [{"namespace": RECORD_ID, "value": f"{own}/{_text(plain, column)}"}]


def _cells(values: abc.Mapping[str, object], columns: _Columns) -> dict[str, object]:
    """What stands in these columns, as JSON can hold it, by the names they are given; what is absent lacks."""
    cells = dict[str, object]()
    for column, name in columns:
        value = values.get(column)
        if type(value) is str:
            value = value.strip() or None
        elif value is not None and type(value) is not int:
            value = _cell(value, column)
        if value is not None:
            cells[name] = value
    return cells


def _keys(values: abc.Mapping[str, object], columns: _Columns) -> dict[str, str]:
    cells = {key: (column, _cell(values.get(column), column)) for column, key in columns}
    texts = {key: _text(plain, column) for key, (column, plain) in cells.items() if plain is not None}
    return {key: _moment(text) if key == "timestamp" else text for key, text in texts.items()}


def _cell(value: object, column: str) -> object:
    try:
        return _plain(value)
    except _BytesError:
        raise _CellError(column, "it holds bytes: write it as text, or put the column into ignore") from None


@singledispatch
def _plain(value: object) -> object:
    """A cell as JSON can hold it; None where it is absent."""
    return str(value)


@_plain.register(bool | int | None)
def _(value: object) -> object:
    return value


@_plain.register
def _(value: str) -> str | None:
    return value.strip() or None


@_plain.register
def _(value: float) -> float | None:
    return value if isfinite(value) else None


@_plain.register
def _(value: Decimal) -> str | None:
    return format(value, "f") if value.is_finite() else None


@_plain.register(date | time)
def _(value: date | time) -> str:
    return value.isoformat()


@_plain.register
def _(value: timedelta) -> float:
    return value.total_seconds()


@_plain.register(list | tuple)
def _(value: list[object]) -> list[object] | None:
    return [plain for item in value if (plain := _plain(item)) is not None] or None


@_plain.register(dict)
def _(value: dict[object, object]) -> dict[str, object] | None:
    return {str(key): plain for key, item in value.items() if (plain := _plain(item)) is not None} or None


@_plain.register(bytes | bytearray | memoryview)
def _(_: object) -> object:
    raise _BytesError


def _text(plain: object, column: str) -> str:
    """A name or an identifier as text, digit by digit as it was."""
    if isinstance(plain, str):
        return plain
    if isinstance(plain, float):
        if abs(plain) >= _EXACT_BELOW:
            raise _CellError(column, "it is a number too large to be exact: write it as text")
        return str(int(plain)) if plain.is_integer() else repr(plain)
    if isinstance(plain, int):
        return str(plain).lower()
    raise _CellError(column, "it holds an object or a list where one value is expected")


def _moment(text: str) -> str:
    """A time as ISO text. Numbers count from 1970: 10 digits seconds, 13, 16 and 19 thousandths of them and so on."""
    whole = text.partition(".")[0]
    if not whole.isdecimal() or len(whole) not in {10, 13, 16, 19}:
        return text
    try:
        seconds = Decimal(text) / 1_000 ** ((len(whole) - 10) // 3)
        return (_EPOCH + timedelta(milliseconds=int(seconds * 1_000))).isoformat(timespec="milliseconds")
    except (InvalidOperation, OverflowError):
        return text
