"""Cursors: the place of one thing in a list, as text that nobody needs to read. Never an identifier's value."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson

from graph_cdp.errors import InputError

_LARGEST = 2**62


def cursor(*place: object) -> str:
    """Write a place as base64url of JSON, unpadded."""
    return urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def place_of(text: str, *kinds: type) -> list[Any]:
    """Read a place that has parts of these kinds. Raises InputError for any other text."""
    try:
        place: list[Any] | None = orjson.loads(urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
    except ValueError:
        place = None
    if not isinstance(place, list) or [type(part) for part in place] != list(kinds) or cursor(*place) != text:
        place = None
    if place is None or any(isinstance(part, int) and abs(part) > _LARGEST for part in place):
        raise InputError("`after` is no cursor of this list: give one that a page of it came with.")
    return place
