"""Errors of fingers, eyes and scanners in many short texts at once: columns of bytes of one width."""

import numpy as np
from numpy.typing import NDArray

Texts = NDArray[np.bytes_]
"""ASCII texts of one width, each filled up with zeros."""

_LETTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz", np.uint8)
_DIGITS = np.frombuffer(b"0123456789", np.uint8)
# Signs that a scanner takes for another.
_LOOK_ALIKES = (b"oO0lIi1sSbB8ecuvnhgq5z2", b"00olliI5588bcevuhnqgsz7")


def mistyped(random: np.random.Generator, texts: Texts) -> Texts:
    """Each text with one sign more, one less, one other, or two neighbours swapped; those of one sign as they are."""
    signs, length = _signs(texts)
    rows = np.arange(len(texts))
    at = (random.random(len(texts)) * length).astype(np.int64)
    kind = random.integers(0, 4, len(texts))
    place = np.tile(np.arange(signs.shape[1]), (len(texts), 1))
    place += ((kind == 0)[:, None] & (place >= at[:, None])).astype(np.int64)
    place -= ((kind == 1)[:, None] & (place > at[:, None])).astype(np.int64)
    swapped = (kind == 2) & (at + 1 < length)
    place[rows[swapped], at[swapped]] += 1
    place[rows[swapped], at[swapped] + 1] -= 1
    wrong = np.take_along_axis(np.pad(signs, ((0, 0), (0, 1))), place, 1)
    other = (kind == 1) | (kind == 3)
    digit = (signs[rows, at] >= ord("0")) & (signs[rows, at] <= ord("9"))
    new = np.where(digit, random.choice(_DIGITS, len(texts)), random.choice(_LETTERS, len(texts)))
    wrong[rows[other], at[other]] = new[other]
    wrong[length <= 1] = signs[length <= 1]
    return _texts(wrong, texts.dtype)


def misread(random: np.random.Generator, texts: Texts) -> Texts:
    """Each text as a scanner reads it: its look-alike signs each taken for the other at even odds."""
    signs, _ = _signs(texts)
    table = np.arange(256, dtype=np.uint8)
    table[np.frombuffer(_LOOK_ALIKES[0], np.uint8)] = np.frombuffer(_LOOK_ALIKES[1], np.uint8)
    return _texts(np.where(random.random(signs.shape) < 0.3, table[signs], signs), texts.dtype)


def _signs(texts: Texts) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    signs = np.ascontiguousarray(texts).view(np.uint8).reshape(len(texts), texts.dtype.itemsize)
    return signs, (signs != 0).sum(1)


def _texts(signs: NDArray[np.uint8], dtype: np.dtype[np.bytes_]) -> Texts:
    return np.ascontiguousarray(signs).view(dtype).reshape(len(signs))
