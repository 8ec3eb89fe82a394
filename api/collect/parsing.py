"""Bodies of requests, parsed."""

import json
from typing import Final, NoReturn

import orjson

from graph_cdp.errors import InputError

_LONGEST_NUMBER: Final = 20  # characters of one that may fit into 64 bits


def parsed(body: bytes) -> dict[str, object]:
    """Read a JSON object. Raises InputError.

    What strict parsers refuse as a whole is read leniently: half a surrogate pair, as browsers send where they cut a
    text, must cost one event and not the batch.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        try:
            value = json.loads(body, parse_constant=_no_constant, parse_int=_number)
        except (ValueError, RecursionError):
            raise InputError("The body cannot be read as JSON.") from None
    if not isinstance(value, dict):
        raise InputError("The body must be a JSON object.")
    return value


def _number(text: str) -> int | float:
    """A whole number as strict parsers give it: one of more than 64 bits comes as a float."""
    value = int(text) if len(text) <= _LONGEST_NUMBER else float(text)
    return value if -(2**63) <= value < 2**64 else float(text)


def _no_constant(_: str) -> NoReturn:
    raise ValueError
