"""Decisions from a file of JSON Lines, and from words."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast, get_args

import orjson

from graph_cdp.domain.decision import Decision, Verdict
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis, parse_time
from graph_cdp.errors import InputError
from graph_cdp.normalise import Identifiers
from graph_cdp.query.find import key_from

_VERDICTS = get_args(Verdict)
_TEXTS = ("a", "b", "verdict", "at")


def read_decisions(path: Path, policy: Policy) -> list[Decision]:
    """Read `{"a", "b", "verdict", "at", "by", "reason"}`, one a line; a and b are `namespace:value`.

    Raises InputError with file and line where a line is none.
    """
    identifiers = Identifiers(policy)
    return [_decision(line, f"{path}:{number}", identifiers) for number, line in _lines(path)]


def moment(text: str) -> Millis:
    """Read a time. Raises InputError where it is none, or lies before 1970."""
    try:
        millis = parse_time(text)
    except ValueError:
        raise InputError("A time is written as 2026-01-31T12:00:00Z, or 2026-01-31.") from None
    if millis < 0:
        raise InputError("A time lies in 1970 or later.")
    return millis


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line
    except OSError as fault:
        raise InputError(f"{path}: the decisions cannot be read: {fault.strerror}.") from fault


def _decision(line: bytes, place: str, identifiers: Identifiers) -> Decision:
    try:
        raw = orjson.loads(line)
    except orjson.JSONDecodeError as fault:
        raise InputError(f"{place}: not JSON: {fault.msg}.") from None
    if not isinstance(raw, dict):
        raise InputError(f"{place}: a decision is a JSON object.")
    for name in (*_TEXTS, "by", "reason"):
        if not isinstance(raw.get(name, None if name in _TEXTS else ""), str):
            raise InputError(f"{place}: '{name}' must be text.")
    if raw["verdict"] not in _VERDICTS:
        raise InputError(f"{place}: 'verdict' must be one of {', '.join(_VERDICTS)}.")
    try:
        a, b, at = key_from(raw["a"], identifiers), key_from(raw["b"], identifiers), moment(raw["at"])
    except InputError as fault:
        raise InputError(f"{place}: {fault}") from None
    if a == b:
        raise InputError(f"{place}: 'a' and 'b' are one identifier; a decision is about two.")
    return Decision.of(a, b, cast("Verdict", raw["verdict"]), at, raw.get("by", ""), raw.get("reason", ""))
