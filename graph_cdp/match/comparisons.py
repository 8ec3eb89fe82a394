"""How two different values of one kind relate: a level for each pair of texts. Pure.

A level is a number, 0 for equal values (which are never asked about here) up to the last, for different ones. Distances
come from rapidfuzz, for all pairs at once: the restricted Damerau–Levenshtein distance (OSA) counts an exchange of two
neighbours as one edit, Jaro–Winkler forgives what comes late in a name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from graph_cdp.match.folding import mail_domain, mailbox_name, without_blanks
from graph_cdp.match.kinds import Kind
from graph_cdp.match.lines import Change
from graph_cdp.match.matched import Bools, Rows
from graph_cdp.match.nicknames import are_forms_of_one_name
from graph_cdp.match.texts import may_be_close, may_be_edits, share_a_word, share_beginning, start_alike
from graph_cdp.match.values import Codes, Values

Levels = NDArray[np.uint8]

_FEW: Final = 500
"""Of fewer pairs all are measured: finding out which may be near takes longer."""


@dataclass(frozen=True, eq=False)
class Sides:
    """Pairs of different texts: a code on the left and one on the right for each. Both sides may be the same values."""

    left: Values
    right: Values
    a: Codes
    b: Codes

    def __len__(self) -> int:
        return len(self.a)

    @cached_property
    def strings(self) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
        """Both texts of each pair."""
        return self.left.strings[self.a], self.right.strings[self.b]

    @property
    def lengths(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The bytes of both texts of each pair."""
        return self.left.lengths[self.a], self.right.lengths[self.b]

    def only(self, chosen: Rows) -> "Sides":
        """Some of the pairs."""
        return Sides(self.left, self.right, self.a[chosen], self.b[chosen])

    def changed(self, change: Change) -> "Sides":
        """The same pairs with their texts changed, empty where nothing is left."""
        return Sides(self.left.seen_as(change), self.right.seen_as(change), self.a, self.b)


def _none_alike(sides: Sides) -> Bools:
    return np.zeros(len(sides), np.bool_)


class Comparison(NamedTuple):
    """The levels of one kind of value in words, equal first and different last, and what tells them.

    `alike` tells which are on the first two levels after equal, where values may have been exchanged with those of
    another attribute.
    """

    levels: tuple[str, ...]
    compare: Callable[[Sides], Levels]
    alike: Callable[[Sides], Bools] = _none_alike


def _edits(sides: Sides, most: int) -> NDArray[Any]:
    """The edits between both texts; above `most` some larger number, since counting on takes longest."""
    return _of_near(sides, may_be_edits, OSA.distance, most, np.full(len(sides), most + 1, np.uint16))


def _closeness(sides: Sides, least: float) -> NDArray[Any]:
    """From 0 to 1; 0 below `least`."""
    return _of_near(sides, may_be_close, JaroWinkler.similarity, least, np.zeros(len(sides), np.float32))


def _of_near(
    sides: Sides, may_be: Callable[[Sides, Any], Bools], scorer: Callable[..., Any], bound: float, far: NDArray[Any]
) -> NDArray[Any]:
    """What the scorer says of the pairs within the bound; of others it is `far`, and most of them it is not asked."""
    if len(sides) < _FEW:
        return cpdist(*sides.strings, scorer=scorer, score_cutoff=bound, dtype=far.dtype)
    near = np.flatnonzero(may_be(sides, bound))
    far[near] = cpdist(*sides.only(near).strings, scorer=scorer, score_cutoff=bound, dtype=far.dtype)
    return far


def _ratio(sides: Sides, scorer: Callable[..., Any], least: float) -> NDArray[Any]:
    """From 0 to 100; 0 below `least`."""
    return cpdist(*sides.strings, scorer=scorer, score_cutoff=least, dtype=np.float32)


def _where(conditions: Sequence[NDArray[Any]]) -> Levels:
    """The first condition that holds tells the level, from 1 on; none of them: the last level."""
    levels = np.full(len(conditions[0]), len(conditions) + 1, np.uint8)
    for place in range(len(conditions), 0, -1):
        levels[conditions[place - 1]] = place
    return levels


def _names(sides: Sides) -> Levels:
    edits, close, shorter = _edits(sides, 2), _closeness(sides, 0.7), np.minimum(*sides.lengths)
    return _where([
        (edits <= 1) & (shorter >= 3),
        ((edits <= 2) & (shorter >= 6)) | (close >= 0.93),
        are_forms_of_one_name(sides.left.known_names[sides.a], sides.right.known_names[sides.b]),
        start_alike(sides),
        share_a_word(sides),
        close >= 0.85,
        close >= 0.7,
    ])  # fmt: skip


def _alike_names(sides: Sides) -> Bools:
    edits, close, shorter = _edits(sides, 2), _closeness(sides, 0.93), np.minimum(*sides.lengths)
    return ((edits <= 1) & (shorter >= 3)) | ((edits <= 2) & (shorter >= 6)) | (close >= 0.93)


def _words(sides: Sides) -> Levels:
    similar, contained = _similarity_without_blanks(sides, 0.6), _ratio(sides, fuzz.token_set_ratio, 60)
    # Where no word is contained, the same words in another order are not found either.
    some = np.flatnonzero(contained)
    sorted_alike = np.zeros_like(contained)
    sorted_alike[some] = _ratio(sides.only(some), fuzz.token_sort_ratio, 75)
    return _where([
        similar >= 0.9,
        similar >= 0.8,
        (contained >= 99) | (sorted_alike >= 95),
        (contained >= 80) | (sorted_alike >= 75),
        (contained >= 60) | (similar >= 0.6),
    ])  # fmt: skip


def _alike_words(sides: Sides) -> Bools:
    return _similarity_without_blanks(sides, 0.8) >= 0.8


def _similarity_without_blanks(sides: Sides, least: float) -> NDArray[Any]:
    joined = sides.changed(without_blanks)
    return cpdist(*joined.strings, scorer=OSA.normalized_similarity, score_cutoff=least, dtype=np.float32)


def _places(sides: Sides) -> Levels:
    edits, close, shorter = _edits(sides, 2), _closeness(sides, 0.8), np.minimum(*sides.lengths)
    return _where([
        (edits <= 1) & (shorter >= 3),
        (edits <= 2) & (shorter >= 5) | (close >= 0.92),
        share_a_word(sides),
        close >= 0.8,
    ])  # fmt: skip


def _dates(sides: Sides) -> Levels:
    edits = _edits(sides, 2)
    x, y = sides.left.eight_bytes[sides.a], sides.right.eight_bytes[sides.b]
    unlike = x != y
    year, month, day = unlike[:, :4].any(1), unlike[:, 4:6].any(1), unlike[:, 6:].any(1)
    crossed = (x[:, 4:6] == y[:, 6:]).all(1) & (x[:, 6:] == y[:, 4:6]).all(1)
    full = (x[:, 7] > 0) & (y[:, 7] > 0)
    parts = year * 1 + month * 1 + day * 1
    decade = ~unlike[:, :3].any(1)
    return _where([
        edits <= 1,
        ~year & crossed & full,
        (parts == 1) & full & year,
        (parts == 1) & full,
        (edits <= 2) & full,
        ~year,
        decade & (unlike.sum(1) <= 5) & full,
    ])  # fmt: skip


def _numbers(sides: Sides) -> Levels:
    edits, longer = _edits(sides, 3), np.maximum(*sides.lengths)
    return _where([
        (edits <= 1) & (longer >= 4),
        (edits <= 2) & (longer >= 5),
        start_alike(sides) | ((edits <= 1) & (longer >= 2)),
        (edits <= 3) & (longer >= 6),
    ])  # fmt: skip


def _postal_codes(sides: Sides) -> Levels:
    edits = _edits(sides, 2)
    return _where(
        [edits <= 1, share_beginning(sides, but=3, least=3), edits <= 2, share_beginning(sides, but=99, least=2)]
    )


def _emails(sides: Sides) -> Levels:
    mailboxes = sides.changed(mailbox_name)
    edits, mailbox_edits, close = _edits(sides, 3), _edits(mailboxes, 2), _closeness(mailboxes, 0.88)
    domains = sides.changed(mail_domain)
    domain = domains.left.hashes[sides.a] == domains.right.hashes[sides.b]
    return _where([
        mailbox_edits == 0,
        edits <= 1,
        edits <= 3,
        domain & ((close >= 0.88) | (mailbox_edits <= 2)),
        (close >= 0.88) | (mailbox_edits <= 1),
        domain,
    ])  # fmt: skip


def _years(sides: Sides) -> Levels:
    a, b = (np.array([int(text or 0) for text in texts]) for texts in sides.strings)
    distance = np.abs(a - b)
    return _where([distance <= 1, _edits(sides, 1) <= 1, distance <= 3, distance <= 10])


def _nothing(sides: Sides) -> Levels:
    return np.ones(len(sides), np.uint8)


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
    _alike_names,
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
