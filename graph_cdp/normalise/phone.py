"""Phone numbers in E.164. Pure."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from graph_cdp.normalise.text import Invalid, trimmed

REGIONS: frozenset[str] = frozenset(phonenumbers.SUPPORTED_REGIONS)
"""The regions (ISO 3166, `DE`) whose national notation can be read."""


def phone(raw: str, *, region: str | None = None) -> str | Invalid:
    """Give a phone number in E.164, `+491711234567`. Without `region` it must be written with `+` and country code.

    The number must be a possible one: its length fits its country's plan. Whether its range is in use is not asked,
    because plans grow, and a number that was refused last year would join somebody today. Invalid too: numbers without
    their area code, and numbers with an extension, since E.164 cannot hold it and names the whole office without it.
    """
    text = trimmed(raw)
    if isinstance(text, Invalid):
        return text
    number = _read(text, region)
    if isinstance(number, str) and number != text and _read(number, None) != number:
        # Leading zeros that the library takes for a trunk prefix, one on each reading.
        return Invalid("is not a phone number")
    return number


def _read(text: str, region: str | None) -> str | Invalid:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            return Invalid("has no known country code, and the policy names no region for it")
        return Invalid("is not a phone number")
    if number.extension:
        return Invalid("has an extension")
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return Invalid("has too many or too few digits for its country")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
