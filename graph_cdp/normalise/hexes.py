"""Identifiers made of hexadecimal digits: UUIDs, advertising ids, hashed e-mail addresses. Pure."""

import re

from graph_cdp.normalise.text import Invalid, trimmed

_CANONICAL = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OTHER_FORM = re.compile(r"(?:urn:uuid:)?(\{)?([0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12})(?(1)\})")
_HASH = re.compile(r"[0-9a-f]{32}(?:[0-9a-f]{8}(?:[0-9a-f]{24})?)?")
_ZERO = "00000000-0000-0000-0000-000000000000"


def uuid(raw: str) -> str | Invalid:
    """Give a UUID (RFC 9562) in lower case with hyphens. Zero is invalid.

    Read too: braces, `urn:uuid:`, 32 bare digits.
    """
    text = trimmed(raw)
    if isinstance(text, Invalid):
        return text
    text = text.lower()
    if not _CANONICAL.fullmatch(text):
        match = _OTHER_FORM.fullmatch(text)
        if match is None:
            return Invalid("is not a UUID")
        digits = match[2].replace("-", "")
        text = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return Invalid("is the UUID of zeros") if text == _ZERO else text


def advertising_id(raw: str) -> str | Invalid:
    """Give a mobile advertising id (IDFA, GAID), written as a UUID. Zero, sent where tracking is off, is invalid."""
    text = uuid(raw)
    return Invalid("is not an advertising id other than zero") if isinstance(text, Invalid) else text


def hashed_email(raw: str) -> str | Invalid:
    """Give an e-mail address as its MD5, SHA-1 or SHA-256 (32, 40 or 64 hexadecimal digits), in lower case."""
    text = trimmed(raw)
    if isinstance(text, Invalid):
        return text
    text = text.lower()
    if not _HASH.fullmatch(text):
        return Invalid("is not 32, 40 or 64 hexadecimal digits")
    return text if text.strip("0") else Invalid("is a hash of zeros")
