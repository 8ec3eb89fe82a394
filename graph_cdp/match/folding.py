"""Texts in the form in which they are compared: column by column, on distinct values, in compiled code. Pure."""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_cdp.match.kinds import Kind
from graph_cdp.match.matched import Bools

Texts: TypeAlias = pa.LargeStringArray

_LETTERS: Final = {"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
"""Letters that no decomposition makes plain."""

_ABSENT: Final = pa.array(
    [
        "", "null", "nil", "none", "undefined", "nan", "na", "n a", "unknown", "unbekannt", "inconnu", "desconocido",
        "not set", "not known", "not given", "not available", "not provided",
        "missing", "empty", "blank", "test", "dummy",
        "anonymous", "anon", "tbd", "tba", "redacted", "removed", "deleted",
        *("x" * times for times in range(1, 12)), *("0" * times for times in range(1, 12)),
    ],
    pa.large_string(),
)  # fmt: skip
"""Folded values that say that there is none."""


def folded(texts: Texts) -> Texts:
    """Lower case, no accents, and a blank for what is neither letter nor digit: `O'Neill, J.` gives `oneill j`."""
    plain = pc.utf8_lower(texts)
    if not pc.all(pc.string_is_ascii(plain), min_count=0).as_py():
        plain = pc.replace_substring_regex(pc.utf8_normalize(plain, "NFKD"), r"\p{M}+", "")
        for letter, replacement in _LETTERS.items():
            plain = pc.replace_substring(plain, letter, replacement)
    # An apostrophe is left out rather than parted at: both spellings of O'Neill are one word.
    plain = pc.replace_substring_regex(plain, "['’`´]", "")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, r"[^\p{L}\p{N}]+", " "))


def without_blanks(texts: Texts) -> Texts:
    """The texts without blanks."""
    return pc.replace_substring(texts, " ", "")


def mailbox_name(texts: Texts) -> Texts:
    """What stands before the @."""
    return pc.replace_substring_regex(texts, "@.*", "")


def mail_domain(texts: Texts) -> Texts:
    """What stands after the @; nothing where there is none."""
    return pc.replace_substring_regex(texts, "^[^@]*@?", "")


def joined(texts: Texts) -> Texts:
    """Folded, and without blanks."""
    return without_blanks(folded(texts))


def digits(texts: Texts) -> Texts:
    """The digits alone."""
    return pc.replace_substring_regex(texts, r"\D+", "")


def _email(texts: Texts) -> Texts:
    return pc.utf8_trim_whitespace(pc.utf8_lower(texts))


def _phone(texts: Texts) -> Texts:
    """The last nine digits: what stands before them is written or left out as people like."""
    return pc.utf8_slice_codeunits(digits(texts), -9)


_DATE: Final = re.compile(r"(\d{1,4})\D+(\d{1,2})\D+(\d{1,4})(?:\D.*)?")
_MONTHS: Final = {name: f"{number:02d}" for number, name in enumerate(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)}  # fmt: skip


def _date(texts: Texts) -> Texts:
    """Eight digits, year first, also of a day that the calendar does not have; other text is folded."""
    iso = pc.utf8_slice_codeunits(texts, 0, 10)
    if pc.all(pc.match_substring_regex(iso, r"^\d{4}-\d{2}-\d{2}$"), min_count=0).as_py():
        return pc.replace_substring(iso, "-", "")
    return pa.array(_dates(texts.to_pylist()), pa.large_string())


def _dates(texts: list[str | None]) -> list[str | None]:
    parts = [None if text is None else _DATE.fullmatch(text.strip()) for text in texts]
    # Where the first number of some value is above 12 it is the day, and so it is in the whole column.
    firsts = [int(match[1]) for match in parts if match and len(match[1]) < 3]
    seconds = [int(match[2]) for match in parts if match and len(match[1]) < 3]
    day_first = sum(number > 12 for number in firsts) >= sum(number > 12 for number in seconds)
    return [_as_date(text, match, day_first=day_first) for text, match in zip(texts, parts, strict=True)]


def _as_date(text: str | None, match: re.Match[str] | None, *, day_first: bool) -> str | None:
    if text is None:
        return None
    if match is None:
        return _written_date(text)
    first, second, third = match.groups()
    if len(first) >= 3:
        return f"{first:0>4}{second:0>2}{third:0>2}"
    day, month = (first, second) if day_first else (second, first)
    return f"{third if len(third) > 2 else _century(third)}{month:0>2}{day:0>2}"


def _century(year: str) -> str:
    return f"{'19' if int(year) > 30 else '20'}{year:0>2}"


def _written_date(text: str) -> str:
    """`3 May 1990`, `May 3rd, 1990`, `19900503`, a year alone, or whatever it is."""
    words = re.findall(r"[a-z]+|\d+", text.lower())
    month = next((_MONTHS[word[:3]] for word in words if word[:3] in _MONTHS), None)
    numbers = [word for word in words if word.isdigit()]
    year = next((number for number in numbers if len(number) == 4), None)
    day = next((number for number in numbers if len(number) <= 2), None)
    if month and year and day:
        return f"{year}{month}{day:0>2}"
    return "".join(numbers) or " ".join(words)


_SEXES: Final = {
    "m": "m", "male": "m", "man": "m", "boy": "m", "mr": "m", "masculino": "m", "masculin": "m",
    "homme": "m", "hombre": "m",
    "mann": "m", "maennlich": "m", "mannlich": "m", "h": "m", "herr": "m", "1": "m",
    "f": "f", "female": "f", "woman": "f", "girl": "f", "mrs": "f", "ms": "f", "miss": "f",
    "femenino": "f", "feminin": "f",
    "femme": "f", "mujer": "f", "frau": "f", "weiblich": "f", "w": "f", "2": "f",
}  # fmt: skip


def _sex(texts: Texts) -> Texts:
    return pa.array([_SEXES.get(text, text) if text else text for text in folded(texts).to_pylist()], pa.large_string())


_STREETS: Final = (
    (r"\b(street|strasse|str)\b", "st"), (r"(\p{L})(strasse|str)\b", "${1}st"), (r"\b(road)\b", "rd"),
    (r"\b(avenue|av)\b", "ave"), (r"\b(drive)\b", "dr"), (r"\b(lane)\b", "ln"), (r"\b(court)\b", "ct"),
    (r"\b(place)\b", "pl"), (r"\b(boulevard)\b", "blvd"), (r"\b(apartment|flat|unit|suite)\b", "apt"),
    (r"\b(calle)\b", "c"), (r"\b(north)\b", "n"), (r"\b(south)\b", "s"), (r"\b(east)\b", "e"), (r"\b(west)\b", "w"),
)  # fmt: skip


def _street(texts: Texts) -> Texts:
    plain = folded(texts)
    for pattern, short in _STREETS:
        plain = pc.replace_substring_regex(plain, pattern, short.replace("${1}", r"\1"))
    return plain


_FOLD: Final[dict[Kind, Callable[[Texts], Texts]]] = {
    "date": _date,
    "email": _email,
    "phone": _phone,
    "street": _street,
    "address": _street,
    "house_number": joined,
    "postal_code": joined,
    "code": joined,
    "year": digits,
    "sex": _sex,
}


def fold(texts: Texts, kind: Kind) -> Texts:
    """Distinct values of one kind in the form in which they are compared; null where they say nothing."""
    told = _FOLD.get(kind, folded)(texts)
    absent = pc.is_in(folded(texts), _ABSENT)
    return pc.if_else(pc.or_(absent, pc.equal(told, "")), pa.scalar(None, pa.large_string()), told)


def present(texts: Texts) -> Bools:
    """By row: whether it is not null."""
    return np.asarray(pc.is_valid(texts).to_numpy(zero_copy_only=False), np.bool_)
