"""E-mail addresses. Pure: no domain is looked up."""

import re
from unicodedata import normalize

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from graph_cdp.normalise.text import Invalid, trimmed

# What email-validator accepts and leaves as it is, of the addresses that most are: ASCII, no doubled hyphen in the
# domain (so no IDN), a top-level domain of letters. Up to 64 characters no bound on a part can be exceeded.
_PLAIN = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+([a-z]{2,})"
)
_PLAIN_LENGTH = 64
_SPECIAL = frozenset(SPECIAL_USE_DOMAIN_NAMES)

_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
_TAGGED = frozenset({
    *_DOTLESS, "icloud.com", "me.com", "mac.com", "fastmail.com", "fastmail.fm", "proton.me", "protonmail.com", "pm.me",
    "outlook.com", "outlook.de", "outlook.es", "outlook.fr", "outlook.it", "msn.com",
    "live.com", "live.co.uk", "live.de", "live.fr", "live.nl",
    "hotmail.com", "hotmail.co.uk", "hotmail.de", "hotmail.es", "hotmail.fr", "hotmail.it",
})  # fmt: skip


def email(raw: str, *, provider_rules: bool = False) -> str | Invalid:
    """Give an e-mail address in lower case and NFC, an internationalised domain as Unicode (`müller.de`, not `xn--…`).

    The address must be one that can exist outside one network (email-validator's rules: no quoted local part, no
    address literal, no `localhost`). `provider_rules` also applies what some providers do with the local part: Gmail
    ignores dots and is Googlemail; Gmail, Outlook, iCloud, Fastmail and Proton ignore what follows a plus.
    """
    text = trimmed(raw)
    if isinstance(text, Invalid):
        return text
    text = text.lower()
    if not _is_plain(text):
        text = by_library(text)
        if isinstance(text, Invalid):
            return text
    return _without_tags(text) if provider_rules else text


def _is_plain(text: str) -> bool:
    if len(text) > _PLAIN_LENGTH:
        return False
    match = _PLAIN.fullmatch(text)
    return match is not None and match[1] not in _SPECIAL


def by_library(text: str) -> str | Invalid:
    """Check and normalise a trimmed lower-case address with email-validator alone, whatever it looks like."""
    if "@" not in text:
        return Invalid("has no @")
    try:
        return validate_email(normalize("NFC", text), check_deliverability=False).normalized
    except EmailNotValidError:  # its words may quote the address
        return Invalid("is not an e-mail address")


def _without_tags(address: str) -> str:
    local, _, domain = address.rpartition("@")
    if domain not in _TAGGED:
        return address
    bare = local.partition("+")[0]
    if domain in _DOTLESS:
        bare, domain = bare.replace(".", ""), _DOTLESS[domain]
    return f"{bare or local}@{domain}"
