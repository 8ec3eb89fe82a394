"""What clients send around a hot identifier, as plain data that the oracle reads, and what a reader must find.

The hot one is another after every 800 events, so that no cluster grows without end.

Each `device` is named together with its `cookie` in every event that names either, so whatever the policy makes of it,
both are in one profile and were seen alike: a reader who finds one of two has seen two states at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Any

from tests import oracle
from tests.stores import ID_KEY
from tests.strategies import Plain, policy_text, raw_event

NOON = 1_767_268_800_000
HEAT = 800
POLICY: Plain = {
    "namespaces": [
        {"name": "crm", "limit": 1},
        {"name": "email"},
        {"name": "device", "shared_above": 3},
        {"name": "cookie", "shared_above": 3},
    ],
    "traits": {"plan": {"survivorship": "most_frequent"}},
}
POLICY_TEXT = policy_text(POLICY)
_RANKS = {namespace["name"]: rank for rank, namespace in enumerate(POLICY["namespaces"])}


def some_event(number: int) -> Plain:
    """The event of a number, always the same: more than half name the hot address, and may move it elsewhere."""
    random = Random(number)
    hot, pair, person = number // HEAT, number // 8, number // 32
    kind = random.random()
    named = [("device", f"d{pair}"), ("cookie", f"k{pair}")]
    if kind < 0.5:
        named = [("email", f"hot{hot}"), *named]
    elif kind < 0.6:
        named = [("email", f"hot{hot}"), ("crm", f"{hot}-{random.randrange(9)}")]
    elif kind < 0.8:
        named = [("email", f"e{person}"), ("crm", f"c{person}"), *named]
    return {
        "id": f"m{number}",
        "at": NOON + random.randrange(1_000_000),
        "source": random.choice(["web", "app", "store"]),
        "identifiers": named,
        "traits": {"plan": random.choice(["free", "paid", None])},
    }


def hot_keys(events: int) -> list[str]:
    """The hot identifiers of that many events from number 0 on."""
    return [f"email:hot{number}" for number in range(-(-events // HEAT))]


def messages(numbers: Iterable[int]) -> list[Plain]:
    """Events as clients send them."""
    return [raw_event(some_event(number)) for number in numbers]


def torn(profile: Mapping[str, Any], asked: str) -> str | None:
    """Why a profile, as REST gives it, cannot be one state of the store; None where it can."""
    return next(_contradictions(profile, {one["identifier"]: one for one in profile["identifiers"]}, asked), None)


def _contradictions(profile: Mapping[str, Any], seen: Mapping[str, Plain], asked: str) -> Iterator[str]:
    if asked not in seen:
        yield "it does not hold the identifier that was asked for"
    if sum(key.startswith("crm:") for key in seen) > 1:
        yield "it holds two accounts"
    anchor = min(seen, key=lambda key: (_RANKS[oracle.namespace_of(key)], seen[key]["first_seen"], key))
    if profile["id"] != oracle.profile_id(anchor, ID_KEY):
        yield "its id is not that of the strongest identifier that it holds"
    if profile["first_seen"] != min(one["first_seen"] for one in seen.values()):
        yield "it was not first seen when the first of its identifiers was"
    devices, cookies = (
        {key.split(":")[1][1:]: {**one, "identifier": None} for key, one in seen.items() if key.startswith(namespace)}
        for namespace in ("device:", "cookie:")
    )
    if devices.keys() != cookies.keys():
        yield "it holds a device without its cookie, or the other way round"
    elif devices != cookies:
        yield "a device was seen otherwise than its cookie"
