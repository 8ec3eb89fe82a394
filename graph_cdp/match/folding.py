"""Texts in the form in which they are compared: here alone is said what counts in one. Pure.

Everything takes lines and gives lines (`lines.py`), so that one text and a million become the same.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from anyascii import anyascii

from graph_cdp.match.kinds import Kind
from graph_cdp.match.lines import Change, Lines, each_line

_APOSTROPHES: Final = "'’‘`´ʼ"
_ABSENT: Final = frozenset([
    "", "null", "nil", "none", "undefined", "nan", "na", "n a", "unknown", "unbekannt", "inconnu", "desconocido",
    "not set", "not known", "not given", "not available", "not provided",
    "missing", "empty", "blank", "test", "dummy",
    "anonymous", "anon", "tbd", "tba", "redacted", "removed", "deleted",
    *("x" * times for times in range(1, 12)), *("0" * times for times in range(1, 12)),
])  # fmt: skip
"""Folded values that say that there is none."""


class _Folded(dict[int, str]):
    """By code point what it becomes, found out when it is met first."""

    def __missing__(self, code: int) -> str:
        letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(code)).casefold())
        self[code] = "".join(map(_plain, letters))
        return self[code]


def _plain(letter: str) -> str:
    if unicodedata.category(letter).startswith("M"):
        return ""
    if not letter.isalnum():
        return " "
    # Letters of alphabets: ł, and Greek and Cyrillic ones, which are written in Latin ones elsewhere. Others stay.
    if letter.lower() != letter.upper() and not letter.isascii():
        return "".join(filter(str.isalnum, anyascii(letter).lower()))
    return str(unicodedata.decimal(letter, letter))


class _Digits(dict[int, str]):
    """By code point its digit, if it is one of any script."""

    def __missing__(self, code: int) -> str:
        self[code] = str(unicodedata.decimal(chr(code), ""))
        return self[code]


# An apostrophe is left out rather than parted at: both spellings of O'Neill are one word.
_FOLDED: Final = _Folded({ord("\n"): "\n", **{ord(sign): "" for sign in _APOSTROPHES}})
_DIGITS: Final = _Digits({ord("\n"): "\n"})


def folded(lines: Lines) -> Lines:
    """Lower case, Latin, no accents, a blank for what is neither letter nor digit: `O'Neill, J.` gives `oneill j`."""
    return _single_blanks(lines.translate(_FOLDED))


def _single_blanks(lines: Lines) -> Lines:
    while "  " in lines:
        lines = lines.replace("  ", " ")
    return lines.replace(" \n", "\n").replace("\n ", "\n").strip(" ")


def without_blanks(lines: Lines) -> Lines:
    """The texts without blanks."""
    return lines.replace(" ", "")


_FROM_AT: Final = re.compile("@.*")
_TO_AT: Final = re.compile("^[^@\n]*@?", re.MULTILINE)


def mailbox_name(lines: Lines) -> Lines:
    """What stands before the @."""
    return _FROM_AT.sub("", lines)


def mail_domain(lines: Lines) -> Lines:
    """What stands after the @; nothing where there is none."""
    return _TO_AT.sub("", lines)


def _joined(lines: Lines) -> Lines:
    return without_blanks(folded(lines))


def _digits(lines: Lines) -> Lines:
    return lines.translate(_DIGITS)


_SPACE: Final = re.compile(r"[^\S\n]+")


def _email(lines: Lines) -> Lines:
    return _SPACE.sub("", lines.casefold())


def _phone(lines: Lines) -> Lines:
    """The last nine digits: what stands before them is written or left out as people like."""
    return each_line(_digits(lines), lambda number: number[-9:])


def _year(lines: Lines) -> Lines:
    """Four digits: a year that was a number once may end in `.0`."""
    return each_line(_digits(lines), lambda number: number[:4])


_DATE: Final = re.compile(r"(\d{1,4})\D+(\d{1,2})\D+(\d{1,4})(?:\D.*)?", re.ASCII)
_MONTHS: Final = {name: f"{number:02d}" for number, name in enumerate(
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)}  # fmt: skip


def is_day_first(lines: Lines) -> bool:
    """Whether the day comes before the month in dates written in numbers, year last.

    Where the first number of some date is above 12 it is the day, and so it is in the whole column.
    """
    parts = [match for line in lines.split("\n") if (match := _DATE.fullmatch(line.strip())) and len(match[1]) < 3]
    return sum(int(match[1]) > 12 for match in parts) >= sum(int(match[2]) > 12 for match in parts)


def _date(text: str, *, day_first: bool) -> str:
    """Eight digits, year first, also of a day that the calendar does not have; other text as it is."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return _written_date(text)
    first, second, third = match.groups()
    if len(first) >= 3:
        return f"{first:0>4}{second:0>2}{third:0>2}"
    day, month = (first, second) if day_first else (second, first)
    return f"{third if len(third) > 2 else _century(third)}{month:0>2}{day:0>2}"


def _century(year: str) -> str:
    return f"{'19' if int(year) > 30 else '20'}{year:0>2}"


_WORD: Final = re.compile("[a-z]+|[0-9]+")


def _written_date(text: str) -> str:
    """`3 May 1990`, `May 3rd, 1990`, `19900503`, a year alone, or whatever it is."""
    words = _WORD.findall(text.lower())
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


def _sex(lines: Lines) -> Lines:
    return each_line(folded(lines), lambda text: _SEXES.get(text, text))


_STREETS: Final = {
    "street": "st", "road": "rd", "avenue": "ave", "av": "ave", "drive": "dr", "lane": "ln", "court": "ct",
    "place": "pl", "boulevard": "blvd", "apartment": "apt", "flat": "apt", "unit": "apt", "suite": "apt",
    "calle": "c", "north": "n", "south": "s", "east": "e", "west": "w",
}  # fmt: skip
_STREET_ENDINGS: Final = ("strasse", "str")


def _street(lines: Lines) -> Lines:
    # Blanks of its own around every word, so that whole words can be replaced without looking for their ends.
    words = f" {folded(lines)} ".replace(" ", "  ").replace("\n", " \n ")
    for word, short in _STREETS.items():
        words = words.replace(f" {word} ", f" {short} ")
    for ending in _STREET_ENDINGS:
        words = words.replace(f"{ending} ", "st ")
    return _single_blanks(words)


_FOLD: Final[Mapping[Kind, Change]] = {
    "email": _email,
    "phone": _phone,
    "street": _street,
    "address": _street,
    "house_number": _joined,
    "postal_code": _joined,
    "code": _joined,
    "year": _year,
    "sex": _sex,
}


def fold(lines: Lines, kind: Kind, *, day_first: bool = True) -> Lines:
    """Values of one kind in the form in which they are compared; an empty line where one says nothing."""
    plain = folded(lines)
    if kind == "date":
        told = each_line(lines, lambda text: _date(text, day_first=day_first))
    else:
        told = _FOLD[kind](lines) if kind in _FOLD else plain
    pairs = zip(plain.split("\n"), told.split("\n"), strict=True)
    return "\n".join(["" if absent in _ABSENT else text for absent, text in pairs])
