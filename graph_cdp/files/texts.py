"""The values of files as text, for what reads nothing but text. Pure."""

import math
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, Final

import orjson
import pyarrow as pa

_LARGEST_EXACT: Final = 1e15
"""Below it a float tells a whole number from its neighbours."""


def text_of(value: object) -> str | None:
    """A value as a person would write it: `12.0` as 12, midnight as the day, lists and objects as JSON."""
    if value is None or isinstance(value, str):
        return _sound(value)
    for kind, written in _WAYS:
        if isinstance(value, kind):
            return written(value)
    return str(value)


def column_of_texts(column: "pa.ChunkedArray") -> "pa.LargeStringArray":
    """The same for a whole Arrow column."""
    kind = column.type
    if not (_is_text(kind) or pa.types.is_integer(kind) or pa.types.is_date32(kind) or pa.types.is_null(kind)):
        column = pa.chunked_array([[text_of(value) for value in chunk.to_pylist()] for chunk in column.chunks])
    chunks = column.cast(pa.large_string()).chunks
    return pa.concat_arrays(chunks) if chunks else pa.array([], pa.large_string())


def _is_text(kind: "pa.DataType") -> bool:
    return any(is_it(kind) for is_it in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))


def _text_of_float(value: float) -> str | None:
    if math.isnan(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < _LARGEST_EXACT else repr(value)


def _sound(text: str | None) -> str | None:
    """JSON may hold halves of signs that no UTF-8 has."""
    return text if text is None or text.isprintable() else text.encode("utf-8", "replace").decode()


def _text_of_moment(value: datetime) -> str:
    whole_day = value.tzinfo is None and value.time() == time()
    return value.date().isoformat() if whole_day else value.isoformat(sep=" ")


def _json(value: object) -> str:
    return orjson.dumps(value, default=text_of, option=orjson.OPT_NON_STR_KEYS).decode()


_WAYS: Final[tuple[tuple[type, Callable[[Any], str | None]], ...]] = (
    (bool, lambda value: "true" if value else "false"),
    (float, _text_of_float),
    (datetime, _text_of_moment),
    (date, date.isoformat),
    (bytes, lambda value: value.decode(errors="replace")),
    (list, _json),
    (dict, _json),
)
"""The first that fits tells; a moment is a date, too."""
