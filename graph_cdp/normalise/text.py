"""Plain text: what every kind of value has in common, and the kinds `string` and `name`. Pure."""

import re
from typing import NamedTuple
from unicodedata import category, normalize

MAX_LENGTH = 1000
"""The most characters a value may have, white space around it not counted."""

_WHITE = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
# Marks that nobody sees and that pasting brings along: zero width, byte order, direction.
_INVISIBLE = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_AROUND = _WHITE + _INVISIBLE
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACES = re.compile(r"\s+")


class Invalid(NamedTuple):
    """A value that cannot be normalised, and why. `detail` never holds the value, nor a part of it."""

    detail: str


def trimmed(raw: str) -> str | Invalid:
    """Give the text in NFC without white space and invisible marks around it; every kind begins with this.

    Invalid: empty, longer than MAX_LENGTH, or with a control character (NUL, tab, line end …) or lone surrogate inside.
    """
    text = raw.strip() if raw.isascii() else normalize("NFC", raw).strip(_AROUND)
    if not text:
        return Invalid("is empty")
    if len(text) > MAX_LENGTH:
        return Invalid(f"is longer than {MAX_LENGTH:,} characters")
    # What is printable, as nearly all is, holds none; that is told at a sixth of the cost.
    if not text.isprintable() and _UNFIT.search(text):
        return Invalid("holds a control character or a lone surrogate")
    return text


def folded(text: str) -> str:
    """Give the text as it is compared where case says nothing (Unicode 3.13, D145), in NFC."""
    if text.isascii():
        return text.lower()
    return normalize("NFC", normalize("NFD", text).casefold())


def string(raw: str) -> str | Invalid:
    """Any text, NFC and trimmed; its case is kept."""
    return trimmed(raw)


def name(raw: str) -> str | Invalid:
    """A name: white space collapsed, case folded, no punctuation at the ends (`Smith, ` is `smith`)."""
    text = trimmed(raw)
    if isinstance(text, Invalid):
        return text
    text = _SPACES.sub(" ", folded(text))
    start, end = 0, len(text)
    while start < end and _at_end(text[start]):
        start += 1
    while end > start and _at_end(text[end - 1]):
        end -= 1
    return text[start:end] or Invalid("holds nothing but punctuation")


def _at_end(character: str) -> bool:
    return character in _AROUND or category(character).startswith("P")
