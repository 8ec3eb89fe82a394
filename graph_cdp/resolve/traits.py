"""Survivorship: which of many values of a trait stands for the profile."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import orjson

from graph_cdp.domain.identifier import Key, Write
from graph_cdp.domain.policy import Policy, TraitRule


class Held(NamedTuple):
    """A trait's last write at one identifier."""

    key: Key
    name: str
    write: Write


class Trait(NamedTuple):
    """The value that stands for a profile, and where it comes from. For `union` the source is the newest one."""

    name: str
    value: object
    source: str
    at: int
    event: str
    identifier: Key


def latest(writes: Iterable[Held]) -> dict[tuple[Key, str], Held]:
    """The last write of each trait at each identifier, by (at, event)."""
    last: dict[tuple[Key, str], Held] = {}
    for held in writes:
        place = (held.key, held.name)
        known = last.get(place)
        if known is None or held.write[:2] > known.write[:2]:
            last[place] = held
    return last


def survivors(held: Iterable[Held], policy: Policy) -> dict[str, Trait]:
    """One value per trait out of the last writes of a profile's identifiers, by the policy's rules; by name.

    A null write takes the trait away from its identifier and stands for nothing.
    """
    by_name: defaultdict[str, list[Held]] = defaultdict(list)
    for one in held:
        if one.write.value is not None:
            by_name[one.name].append(one)
    return {name: _survivor(by_name[name], policy.trait(name)) for name in sorted(by_name)}


def _survivor(held: list[Held], rule: TraitRule) -> Trait:
    held = sorted(held, key=_recency, reverse=True)
    newest = held[0]
    value: object = None
    match rule.survivorship:
        case "latest":
            chosen = newest
        case "earliest":
            chosen = held[-1]
        case "most_frequent":
            counts = Counter(_canonical(one.write.value) for one in held)
            chosen = max(held, key=lambda one: (counts[_canonical(one.write.value)], _recency(one)))
        case "source_priority":
            place = {source: index for index, source in enumerate(rule.sources)}
            chosen = min(held, key=lambda one: place.get(one.write.source, len(place)))
        case "min":
            chosen = min(held, key=lambda one: _comparable(one.write.value))
        case "max":
            chosen = max(held, key=lambda one: _comparable(one.write.value))
        case "union":
            chosen, value = newest, _union(one.write.value for one in held)
    write = chosen.write
    return Trait(chosen.name, write.value if value is None else value, write.source, write.at, write.event, chosen.key)


def _recency(held: Held) -> tuple[int, str, Key]:
    # One event writes to one identifier alone, so (at, event) already orders; the key makes the order total.
    return (held.write.at, held.write.event, held.key)


def _canonical(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _comparable(value: object) -> tuple[int, float, str]:
    """Numbers before strings before everything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (0, value, "")
    if isinstance(value, str):
        return (1, 0, value)
    return (2, 0, _canonical(value).decode())


def _union(values: Iterable[object]) -> list[object]:
    distinct: dict[bytes, object] = {}
    for value in values:
        for element in value if isinstance(value, list) else [value]:
            distinct[_canonical(element)] = element
    return [distinct[text] for text in sorted(distinct)]


def trait_values(traits: Mapping[str, Trait]) -> dict[str, object]:
    """Just the values, by name."""
    return {name: trait.value for name, trait in traits.items()}
