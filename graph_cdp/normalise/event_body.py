"""The form in which an event is kept: canonical JSON that any store can hold. Pure."""

import re
from collections.abc import Iterator, Mapping

import orjson

from graph_cdp.domain.event import RefusedEvent

MAX_BYTES = 1024 * 1024
"""The largest body."""

MAX_DEPTH = 20
"""How deep objects and lists may lie in each other, the event itself being the first."""

# Only what JSON itself has: a date or a record would come back as something else.
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_UNFIT = re.compile("[\x00\ud800-\udfff]")


def event_body(raw: Mapping[str, object], source: str) -> bytes | RefusedEvent:
    """Give all that an event says as JSON with sorted keys, its source included.

    Left out is what differs when the same event is sent again: `messageId`, `sentAt`, `receivedAt`. The time is kept
    as the text that was given, under `timestamp`.
    """
    content = dict(raw)
    for key in ("messageId", "sentAt", "receivedAt"):
        content.pop(key, None)
    if content.get("timestamp") is None:
        content.pop("timestamp", None)
        at = content.pop("at", None)
        if at is not None:
            content["timestamp"] = at
    content["source"] = source
    try:
        body = json_of(content)
    except orjson.JSONEncodeError:
        return _flaw(content) or RefusedEvent("body", "cannot be written as JSON")
    if len(body) > MAX_BYTES:
        return RefusedEvent("body", f"is larger than {MAX_BYTES:,} bytes")
    # Both may also be text that only looks like it, so they are reasons to look closer, no more.
    if b"\\u0000" in body or body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        return _flaw(content) or body
    return body


def json_of(value: object) -> bytes:
    """Write canonical JSON. Raises orjson.JSONEncodeError where JSON in UTF-8 cannot hold the value."""
    return orjson.dumps(value, option=_OPTIONS)


def is_fit(text: str) -> bool:
    """Tell whether a store can hold the text: it has no NUL character and no lone surrogate."""
    return text.isprintable() or _UNFIT.search(text) is None


def _flaw(content: object) -> RefusedEvent | None:
    """Find the first thing in an event that cannot be kept."""
    waiting = [("", content, 1)]
    while waiting:
        path, value, depth = waiting.pop()
        if isinstance(value, dict | list | tuple):
            if depth > MAX_DEPTH:
                return RefusedEvent(path, f"is nested deeper than {MAX_DEPTH} levels")
            if isinstance(value, dict) and not all(isinstance(key, str) and is_fit(key) for key in value):
                return RefusedEvent(path or "event", "has a key that is no text, or holds a NUL or a lone surrogate")
            waiting.extend((inner_path, inner, depth + 1) for inner_path, inner in reversed([*_inside(path, value)]))
        elif reason := _leaf_flaw(value):
            return RefusedEvent(path, reason)
    return None


def _inside(path: str, value: dict[str, object] | list[object] | tuple[object, ...]) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (f"{path}.{key}" if path else key), inner
    else:
        for place, inner in enumerate(value):
            yield f"{path}[{place}]", inner


def _leaf_flaw(value: object) -> str | None:
    if isinstance(value, str) and not is_fit(value):
        return "holds a NUL character or a lone surrogate"
    try:
        json_of(value)
    except orjson.JSONEncodeError:
        return "is an integer of more than 64 bits" if isinstance(value, int) else "is of a kind that JSON cannot hold"
    return None
