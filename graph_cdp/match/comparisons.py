"""How two different values of one kind relate: a level for each pair of texts. Pure.

A level is a number, 0 for equal values (which are never asked about here) up to the last, for different ones. Distances
come from rapidfuzz, for all pairs at once: the restricted Damerau–Levenshtein distance (OSA) counts an exchange of two
neighbours as one edit, Jaro–Winkler forgives what comes late in a name.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from graph_cdp.match.kinds import Kind
from graph_cdp.match.nicknames import are_forms_of_one_name

Strings = Sequence[str]
Levels = NDArray[np.uint8]

_WORKERS: Final = 2


class Comparison(NamedTuple):
    """The levels of one kind of value in words, equal first and different last, and what tells them."""

    levels: tuple[str, ...]
    compare: Callable[[Strings, Strings], Levels]


def _edits(a: Strings, b: Strings) -> NDArray[Any]:
    return cpdist(a, b, scorer=OSA.distance, dtype=np.uint16, workers=_WORKERS)


def _closeness(a: Strings, b: Strings) -> NDArray[Any]:
    return cpdist(a, b, scorer=JaroWinkler.similarity, dtype=np.float32, workers=_WORKERS)


def _lengths(texts: Strings) -> NDArray[np.int64]:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def _where(conditions: Sequence[NDArray[Any]]) -> Levels:
    """The first condition that holds tells the level, from 1 on; none of them: the last level."""
    levels = np.full(len(conditions[0]), len(conditions) + 1, np.uint8)
    for place in range(len(conditions), 0, -1):
        levels[conditions[place - 1]] = place
    return levels


def _starts(a: Strings, b: Strings) -> NDArray[np.bool_]:
    """Whether one begins with the other: an initial, a short form."""
    return np.fromiter((x.startswith(y) or y.startswith(x) for x, y in zip(a, b, strict=True)), np.bool_, len(a))


def _one_name(a: Strings, b: Strings) -> NDArray[np.bool_]:
    return np.fromiter(map(are_forms_of_one_name, a, b), np.bool_, len(a))


def _a_word(a: Strings, b: Strings) -> NDArray[np.bool_]:
    """Whether they have a whole word in common, and one of them more than one."""
    return np.fromiter(
        ((" " in x or " " in y) and not set(x.split()).isdisjoint(y.split()) for x, y in zip(a, b, strict=True)),
        np.bool_,
        len(a),
    )


def _names(a: Strings, b: Strings) -> Levels:
    edits, close = _edits(a, b), _closeness(a, b)
    shorter = np.minimum(_lengths(a), _lengths(b))
    return _where([
        (edits <= 1) & (shorter >= 3),
        ((edits <= 2) & (shorter >= 6)) | (close >= 0.93),
        _one_name(a, b),
        _starts(a, b),
        _a_word(a, b),
        close >= 0.85,
        close >= 0.7,
    ])  # fmt: skip


def _words(a: Strings, b: Strings) -> Levels:
    joined_a, joined_b = [x.replace(" ", "") for x in a], [x.replace(" ", "") for x in b]
    longer = np.maximum(_lengths(joined_a), _lengths(joined_b))
    similar = 1 - _edits(joined_a, joined_b) / np.maximum(longer, 1)
    set_ratio = cpdist(a, b, scorer=fuzz.token_set_ratio, dtype=np.float32, workers=_WORKERS)
    sort_ratio = cpdist(a, b, scorer=fuzz.token_sort_ratio, dtype=np.float32, workers=_WORKERS)
    return _where([
        similar >= 0.9,
        similar >= 0.8,
        (set_ratio >= 99) | (sort_ratio >= 95),
        (set_ratio >= 80) | (sort_ratio >= 75),
        (set_ratio >= 60) | (similar >= 0.6),
    ])  # fmt: skip


def _places(a: Strings, b: Strings) -> Levels:
    edits, close = _edits(a, b), _closeness(a, b)
    shorter = np.minimum(_lengths(a), _lengths(b))
    return _where([
        (edits <= 1) & (shorter >= 3),
        (edits <= 2) & (shorter >= 5) | (close >= 0.92),
        _a_word(a, b),
        close >= 0.8,
    ])  # fmt: skip


def _dates(a: Strings, b: Strings) -> Levels:
    edits = _edits(a, b)
    x, y = (np.array(texts, "S8").view(np.uint8).reshape(len(texts), 8) for texts in (a, b))
    unlike = x != y
    year, month, day = unlike[:, :4].any(1), unlike[:, 4:6].any(1), unlike[:, 6:].any(1)
    crossed = (x[:, 4:6] == y[:, 6:]).all(1) & (x[:, 6:] == y[:, 4:6]).all(1)
    full = (x[:, 7] > 0) & (y[:, 7] > 0)
    parts = year * 1 + month * 1 + day * 1
    digits = unlike.sum(1)
    near = (x[:, :3] == y[:, :3]).all(1)
    return _where([
        edits <= 1,
        ~year & crossed & full,
        (parts == 1) & full & year,
        (parts == 1) & full,
        (edits <= 2) & full,
        ~year,
        near & (digits <= 5) & full,
    ])  # fmt: skip


def _numbers(a: Strings, b: Strings) -> Levels:
    edits = _edits(a, b)
    longer = np.maximum(_lengths(a), _lengths(b))
    return _where([
        (edits <= 1) & (longer >= 4),
        (edits <= 2) & (longer >= 5),
        _starts(a, b) | ((edits <= 1) & (longer >= 2)),
        (edits <= 3) & (longer >= 6),
    ])  # fmt: skip


def _postal_codes(a: Strings, b: Strings) -> Levels:
    edits = _edits(a, b)
    start = np.fromiter(
        (x[:-3] == y[:-3] if len(x) > 4 else x[:3] == y[:3] for x, y in zip(a, b, strict=True)), np.bool_, len(a)
    )
    area = np.fromiter((x[:2] == y[:2] for x, y in zip(a, b, strict=True)), np.bool_, len(a))
    return _where([edits <= 1, start, edits <= 2, area])


def _emails(a: Strings, b: Strings) -> Levels:
    local_a, local_b = [x.partition("@")[0] for x in a], [x.partition("@")[0] for x in b]
    edits, local_edits, close = _edits(a, b), _edits(local_a, local_b), _closeness(local_a, local_b)
    domain = np.fromiter(
        (x.partition("@")[2] == y.partition("@")[2] for x, y in zip(a, b, strict=True)), np.bool_, len(a)
    )
    return _where([
        local_edits == 0,
        edits <= 1,
        edits <= 3,
        domain & ((close >= 0.88) | (local_edits <= 2)),
        (close >= 0.88) | (local_edits <= 1),
        domain,
    ])  # fmt: skip


def _years(a: Strings, b: Strings) -> Levels:
    distance = np.abs(np.array([int(x or 0) for x in a]) - np.array([int(y or 0) for y in b]))
    return _where([distance <= 1, _edits(a, b) <= 1, distance <= 3, distance <= 10])


def _nothing(a: Strings, b: Strings) -> Levels:  # noqa: ARG001
    return np.ones(len(a), np.uint8)


_NAME: Final = Comparison(
    (
        "equal",
        "one edit",
        "close",
        "forms of one name",
        "beginning",
        "a word in common",
        "similar",
        "a little alike",
        "different",
    ),
    _names,
)
_NUMBER: Final = Comparison(("equal", "one edit", "two edits", "beginning", "three edits", "different"), _numbers)
_WORDS: Final = Comparison(
    ("equal", "typing errors", "similar", "words contained", "words in common", "a little alike", "different"), _words
)
_PLACE: Final = Comparison(("equal", "one edit", "close", "a word in common", "similar", "different"), _places)

COMPARISONS: Final[dict[Kind, Comparison]] = {
    "given_name": _NAME,
    "middle_name": _NAME,
    "family_name": _NAME,
    "date": Comparison(
        (
            "equal",
            "one digit",
            "day and month swapped",
            "other year",
            "other day or month",
            "two digits",
            "same year",
            "near",
            "different",
        ),
        _dates,
    ),
    "year": Comparison(
        ("equal", "a year apart", "one digit", "three years apart", "ten years apart", "different"), _years
    ),
    "email": Comparison(
        (
            "equal",
            "same mailbox name",
            "one edit",
            "three edits",
            "close, same domain",
            "close mailbox name",
            "same domain",
            "different",
        ),
        _emails,
    ),
    "phone": _NUMBER,
    "street": _WORDS,
    "house_number": _NUMBER,
    "address": _WORDS,
    "city": _PLACE,
    "region": _PLACE,
    "postal_code": Comparison(
        ("equal", "one edit", "same district", "two edits", "same area", "different"), _postal_codes
    ),
    "country": _PLACE,
    "sex": Comparison(("equal", "different"), _nothing),
    "code": _NUMBER,
    "text": _WORDS,
    "category": _PLACE,
    "number": _NUMBER,
}
"""How each kind is compared. A whole name is compared by its parts."""
