"""One profile at places farther apart than anybody travels in the time between."""

from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import Any, Final

import orjson

from graph_cdp.domain.review import Finding, Reason
from graph_cdp.domain.times import Millis
from graph_cdp.fraud.rule import HOUR, Rule, Setting, evidence, finding, grade
from graph_cdp.fraud.view import KnownProfile, Place, View

_EARTH_RADIUS_KM = 6371.0


def place_of(at: Millis, event: str, body: bytes) -> Place | None:
    """Where an event says that it happened: `context.location`, as Segment's libraries tell it, or `properties`."""
    said: dict[str, Any] = orjson.loads(body)
    context, properties = said.get("context"), said.get("properties")
    for told in (context.get("location") if isinstance(context, dict) else None, properties):
        if isinstance(told, dict):
            north, east = _degrees(told.get("latitude"), 90), _degrees(told.get("longitude"), 180)
            if north is not None and east is not None:
                return Place(at, event, north, east)
    return None


def kilometres(one: Place, other: Place) -> float:
    """The way between two places along the earth's surface.

    Haversine formula (Sinnott 1984, "Virtues of the Haversine").
    """
    north, south = radians(one.latitude), radians(other.latitude)
    across = sin(radians(other.longitude - one.longitude) / 2) ** 2
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * across
    return 2 * _EARTH_RADIUS_KM * asin(sqrt(min(1.0, half)))


def _degrees(value: object, most: int) -> float | None:
    """A number that can be one; text and what lies beyond the poles cannot."""
    is_one = isinstance(value, int | float) and not isinstance(value, bool) and -most <= value <= most
    return float(value) if is_one else None  # type: ignore[arg-type]


def _find(profile: KnownProfile, view: View, setting: Setting) -> Finding | None:
    at_least, far, fast = (setting.numbers[name] for name in ("at_least", "above_km", "above_kmh"))
    jumps = []
    for before, after in pairwise(sorted(view.places.get(profile.anchor, ()))):
        way, hours = kilometres(before, after), (after.at - before.at) / HOUR
        if way > far and way > fast * hours:
            jumps.append((way, hours))
    if len(jumps) < at_least:
        return None
    way, hours = min(jumps, key=lambda jump: (jump[1] / jump[0], jump))
    return finding(
        RULE.name,
        profile.anchor,
        grade(len(jumps), at_least),
        1,
        [
            Reason(f"The profile of {{0}} was {way:,.0f} km away within {_span(hours)}.", (profile.anchor,)),
            Reason(f"That is faster than {fast:,} km/h, and happened {len(jumps):,} times."),
        ],
        [
            evidence("jumps", len(jumps), [profile.anchor]),
            evidence("kilometres", round(way)),
            evidence("minutes", round(hours * 60)),
        ],
    )


def _span(hours: float) -> str:
    return f"{hours:.1f} hours" if hours >= 1 else f"{hours * 60:.0f} minutes"


RULE: Final = Rule(
    "impossible_travel",
    "one profile at places too far apart for the time between",
    {"at_least": 2, "above_km": 500, "above_kmh": 1000},
    _find,
)
