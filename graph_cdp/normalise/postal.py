"""Postal codes. Pure."""

import re

from graph_cdp.normalise.text import Invalid, trimmed

_BETWEEN = re.compile(r"[\s.·‐‑–-]+")
_ANY = re.compile(r"[0-9A-Z]{2,12}")
_FORM_BY_REGION = {
    **{region: re.compile(r"[0-9]{4}") for region in ("AT", "AU", "BE", "CH", "DK", "NO", "NZ")},
    **{region: re.compile(r"[0-9]{5}") for region in ("DE", "ES", "FI", "FR", "IT", "MX", "SE")},
    "BR": re.compile(r"[0-9]{8}"),
    "CA": re.compile(r"[A-Z][0-9][A-Z][0-9][A-Z][0-9]"),
    "GB": re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}"),
    "IE": re.compile(r"[A-Z][0-9][0-9W][0-9A-Z]{4}"),
    "IN": re.compile(r"[0-9]{6}"),
    "JP": re.compile(r"[0-9]{7}"),
    "NL": re.compile(r"[0-9]{4}[A-Z]{2}"),
    "PL": re.compile(r"[0-9]{5}"),
    "PT": re.compile(r"[0-9]{7}"),
    "US": re.compile(r"([0-9]{5})(?:[0-9]{4})?"),
}

REGIONS: frozenset[str] = frozenset(_FORM_BY_REGION)
"""The regions (ISO 3166) whose form is known."""


def postal_code(raw: str, *, region: str | None = None) -> str | Invalid:
    """Give a postal code in upper case without spaces and hyphens: `SW1A1AA`. With `region` it must have its form.

    Of a US code with nine digits the first five remain: the other four change with the delivery route.
    """
    text = trimmed(raw)
    if isinstance(text, Invalid):
        return text
    text = _BETWEEN.sub("", text.upper())
    match = (_FORM_BY_REGION[region] if region else _ANY).fullmatch(text)
    if match is None:
        return Invalid(f"is not a postal code of {region}" if region else "is not a postal code")
    return match[1] if region == "US" else text
