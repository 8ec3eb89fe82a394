"""What a value looks like: an e-mail, a phone number, a moment … Told by its form alone; pure."""

import re
from datetime import date, datetime
from typing import Final

_EMAIL: Final = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]{2,}")
_PHONE: Final = re.compile(r"\+?[\d\s().\-/]{7,24}")
_UUID: Final = re.compile(r"\{?[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\}?", re.IGNORECASE)
_HASH: Final = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)?")
_DATE: Final = re.compile(
    r"(1[5-9]|20)\d\d([-/.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])|\d{1,2}([-/.])\d{1,2}\5(1[5-9]|20)\d\d"
)
_MOMENT: Final = re.compile(r"(1[5-9]|20)\d\d-?(0[1-9]|1[0-2])-?([0-2]\d|3[01])[T ]\d\d:?\d\d.*")
_EPOCH: Final = re.compile(r"[1-9]\d{9}(\.\d+)?|[1-9]\d{12}|[1-9]\d{15}|[1-9]\d{18}")


def is_email(value: object) -> bool:
    """Whether it has the form of one e-mail address."""
    return isinstance(value, str) and _EMAIL.fullmatch(value) is not None


def is_phone(value: object) -> bool:
    """Whether it may be a phone number: 7 to 15 digits and nothing but the signs usual between them."""
    text = str(value)
    return _PHONE.fullmatch(text) is not None and 7 <= sum(map(str.isdigit, text)) <= 15 and not is_date(value)


def is_international_phone(value: object) -> bool:
    """Whether it is a phone number that starts with its country's code, which little else does."""
    return is_phone(value) and str(value).startswith(("+", "00"))


def is_uuid(value: object) -> bool:
    """Whether it has the form of a UUID."""
    return _UUID.fullmatch(str(value)) is not None


def is_hash(value: object) -> bool:
    """Whether it has the form of an MD5, SHA-1 or SHA-256 in hex digits."""
    return _HASH.fullmatch(str(value)) is not None


def is_number(value: object) -> bool:
    """Whether it is a number, or text that is nothing else."""
    return _NUMBER.fullmatch(str(value)) is not None


def is_date(value: object) -> bool:
    """Whether it is a calendar day: `2026-01-31`, `20260131`, `31.1.2026`, `1/31/2026`."""
    return isinstance(value, date) or _DATE.fullmatch(str(value)) is not None


def is_moment(value: object) -> bool:
    """Whether it is a day with a time, or a count of seconds or parts of them since 1970 of today's length."""
    return isinstance(value, datetime) or any(form.fullmatch(str(value)) for form in (_MOMENT, _EPOCH))


def is_token(value: object) -> bool:
    """Whether it may name one device or browser: one word of 8 characters or more, with a digit."""
    text = str(value)
    return len(text) >= 8 and not any(map(str.isspace, text)) and any(map(str.isdigit, text))
