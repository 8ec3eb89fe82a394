"""What both stores do alike for pages: the parameters of filters, and the few rows that are not ordered there. Pure."""

from collections.abc import Collection, Iterable

import orjson

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Link
from graph_cdp.domain.pages import JourneyFilter, LinkEnd, PlacedLink, ProfileFilter, ProfileOrder, ProfilePlace
from graph_cdp.domain.times import Millis
from graph_cdp.resolve import digest_of

EVER: Millis = 2**62
"""Later than any moment; its negative is earlier."""

_ID_BYTES = 15

Parameters = dict[str, object]


def own_ids(ids: Iterable[str]) -> dict[str, bytes]:
    """What profile ids spell, by the ids as they are written; without those that are none."""
    found = dict[str, bytes]()
    for given in ids:
        own = "pro_" + given.removeprefix("pro_").lower()
        digest = digest_of(own)
        if digest is not None and len(digest) == _ID_BYTES:
            found[own] = digest
    return found


def profile_parameters(filter: ProfileFilter, known_namespaces: Collection[str]) -> Parameters:  # noqa: A002
    """The parameters that say what profiles must be like, but for their ids."""
    (first_from, first_to), (last_from, last_to) = filter.first_seen, filter.last_seen
    bounded = {first_from, first_to, last_from, last_to, filter.min_identifiers} != {None}
    return {
        "known": filter.known,
        "known_namespaces": sorted(known_namespaces),
        "namespace": filter.namespace,
        "trait": None if filter.trait is None else filter.trait.name,
        "value": None if filter.trait is None else orjson.dumps(filter.trait.value).decode(),
        "spans": True if bounded else None,
        "first_from": -EVER if first_from is None else first_from,
        "first_to": EVER if first_to is None else first_to,
        "last_from": -EVER if last_from is None else last_from,
        "last_to": EVER if last_to is None else last_to,
        "least": filter.min_identifiers or 0,
    }


def event_parameters(filter: JourneyFilter) -> Parameters:  # noqa: A002
    """The parameters that say which events are wanted; no event has the channel ''."""
    channels = filter.channels
    return {
        "from_at": -EVER if filter.from_at is None else filter.from_at,
        "to_at": EVER if filter.to_at is None else filter.to_at,
        "types": None if filter.types is None else list(filter.types),
        "channels": None if channels is None else [channel or "" for channel in channels],
    }


def time_parameters(order: ProfileOrder, *, descending: bool, after: tuple[Millis, str] | None) -> Parameters:
    """The parameters of a page by time."""
    sign = -1 if descending else 1
    moment, behind = (-EVER, "") if after is None else (sign * after[0], after[1])
    return {"by_last": order == "last_seen", "sign": sign, "moment": moment, "id": behind}


def page_of(
    places: Iterable[ProfilePlace],
    order: ProfileOrder,
    *,
    descending: bool,
    limit: int,
    after: tuple[Millis, str] | None,
) -> list[ProfilePlace]:
    """Order a few profiles, and cut the page out of them."""
    if order == "id":
        found = sorted(places, key=lambda place: place.id, reverse=descending)
        if after is not None:
            found = [one for one in found if (one.id < after[1] if descending else one.id > after[1])]
        return found[:limit]
    sign = -1 if descending else 1
    by_value = sorted((sign * getattr(one, order), one.id, one) for one in places)
    if after is not None:
        by_value = [row for row in by_value if row[:2] > (sign * after[0], after[1])]
    return [one for _, _, one in by_value[:limit]]


def placed_link(link: Link, *ends: object) -> PlacedLink:
    """A link with low_profile, low_set_aside, high_profile, high_set_aside, refused and refused_namespace."""
    low_profile, low_aside, high_profile, high_aside, refused, namespace = ends
    return PlacedLink(
        link,
        LinkEnd(link.low, low_profile, low_aside),  # type: ignore[arg-type]
        LinkEnd(link.high, high_profile, high_aside),  # type: ignore[arg-type]
        refused or low_aside or high_aside,  # type: ignore[arg-type]
        namespace,  # type: ignore[arg-type]
    )


def lists_of(profiles: Collection[Collection[Key]]) -> list[list[Key]]:
    """The identifiers of each profile, each once."""
    return [list(dict.fromkeys(keys)) for keys in profiles]
