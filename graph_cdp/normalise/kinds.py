"""The kinds of value that a policy can name in `normalise`, with their options. Pure."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, TypeAlias

from graph_cdp.errors import PolicyError
from graph_cdp.normalise import phone as phones
from graph_cdp.normalise import postal
from graph_cdp.normalise.dates import date
from graph_cdp.normalise.email import email
from graph_cdp.normalise.hexes import advertising_id, hashed_email, uuid
from graph_cdp.normalise.text import Invalid, name, string

Normaliser: TypeAlias = Callable[[str], str | Invalid]
"""Gives the one form of a value, or why it has none. Applying it to what it gave changes nothing."""


class Kind(NamedTuple):
    """A function over values, and the values that each of its options may have."""

    normalise: Callable[..., str | Invalid]
    options: Mapping[str, frozenset[object]] = {}


KINDS: Mapping[str, Kind] = {
    "string": Kind(string),
    "email": Kind(email, {"provider_rules": frozenset({True, False})}),
    "phone": Kind(phones.phone, {"region": phones.REGIONS}),
    "uuid": Kind(uuid),
    "advertising_id": Kind(advertising_id),
    "hashed_email": Kind(hashed_email),
    "name": Kind(name),
    "date": Kind(date, {"order": frozenset({"ymd", "dmy", "mdy"})}),
    "postal_code": Kind(postal.postal_code, {"region": postal.REGIONS}),
}
"""What `normalise` may name."""


def normaliser(kind: str, options: Mapping[str, object]) -> Normaliser:
    """Give the function of a kind with its options. Raises PolicyError for an unknown kind, option or setting."""
    if kind not in KINDS:
        raise PolicyError(f'normalise = "{kind}" is unknown: choose one of {", ".join(KINDS)}.')
    known = KINDS[kind].options
    for option, setting in options.items():
        if option not in known:
            allowed = f"it has {', '.join(known)}" if known else "it has none"
            raise PolicyError(f'normalise = "{kind}" has no option {option}: {allowed}.')
        if not isinstance(setting, str | bool) or setting not in known[option]:
            choices = ", ".join(sorted(json.dumps(choice) for choice in known[option]))
            raise PolicyError(f'{option} of normalise = "{kind}" must be one of {choices}.')
    return partial(KINDS[kind].normalise, **options) if options else KINDS[kind].normalise
