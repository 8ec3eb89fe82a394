"""Dates, such as a day of birth. Pure."""

import re
from datetime import date as day
from typing import Literal, TypeAlias

from graph_cdp.normalise.text import Invalid, trimmed

Order: TypeAlias = Literal["ymd", "dmy", "mdy"]
"""The order of year, month and day where a date does not begin with a year of four digits."""

_PARTS = re.compile(
    r"(\d{1,4}) ?([-./ ]) ?(\d{1,2}) ?\2 ?(\d{1,4})"
    r"(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?)?",  # midnight, as spreadsheets and databases add it
    re.ASCII,
)
_DIGITS_BY_ORDER = {
    "ymd": re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)", re.ASCII),
    "dmy": re.compile(r"(?P<d>\d\d)(?P<m>\d\d)(?P<y>\d{4})", re.ASCII),
    "mdy": re.compile(r"(?P<m>\d\d)(?P<d>\d\d)(?P<y>\d{4})", re.ASCII),
}


def date(raw: str, *, order: Order = "ymd") -> str | Invalid:
    """Give a date as ISO 8601, `1990-12-31`. `order` says how to read `31.12.1990` or `31121990`.

    A year has four digits; a date that begins with it is read as such whatever the order. A time of day other than
    midnight is invalid.
    """
    text = trimmed(raw)
    if isinstance(text, Invalid):
        return text
    if match := _PARTS.fullmatch(text):
        first, _, second, third = match.groups()
        if len(first) == 4:
            year, month, date_of_month = first, second, third
        elif order == "dmy":
            year, month, date_of_month = third, second, first
        else:
            year, month, date_of_month = third, first, second
        if len(first) < 4 and order == "ymd":
            return Invalid("does not begin with its year, as order ymd asks")
    elif match := _DIGITS_BY_ORDER[order].fullmatch(text):
        year, month, date_of_month = match["y"], match["m"], match["d"]
    else:
        return Invalid("is not a date")
    if len(year) != 4:
        return Invalid("has no year of four digits")
    try:
        return day(int(year), int(month), int(date_of_month)).isoformat()
    except ValueError:
        return Invalid("is no day of the calendar")
