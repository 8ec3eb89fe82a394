"""What is known of an identifier, as a model reads it: a record."""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping
from typing import NamedTuple

import orjson

from graph_cdp.domain.identifier import Identifier, Key, namespace_of
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.times import Millis
from graph_cdp.resolve import Evidence, Held
from graph_cdp.store.port import Reading


class Columns(NamedTuple):
    """What records are made of: the namespaces that have some, the names that count, and those that are personal."""

    namespaces: frozenset[str]
    names: frozenset[str]
    personal: frozenset[str]

    @classmethod
    def of(cls, policy: Policy, namespaces: Iterable[str], names: Iterable[str]) -> "Columns":
        """Personal identifiers are read in the column that has their namespace's name."""
        names = frozenset(names)
        personal = frozenset(one.name for one in policy.namespaces if one.personal and one.name in names)
        return cls(frozenset(namespaces), names, personal)


def fields_of(
    key: Key, traits: Iterable[tuple[str, object]], named_with: Iterable[Key], columns: Columns
) -> str | None:
    """A record as a JSON object, sorted by name; None where nothing that counts is known.

    Traits that are one text, number or truth value count, and the personal identifiers: its own, and one of each other
    namespace (`named_with`), which go before a trait of that name, for they are in their one form.
    """
    fields = {name: text for name, value in traits if name in columns.names and (text := _text(value))}
    for one in (*named_with, key):
        namespace, value = Identifier.of(one)
        if namespace in columns.personal:
            fields[namespace] = value
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS).decode() if fields else None


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode() if isinstance(value, bool | int | float) else None


async def records_in(tx: Reading, keys: Collection[Key], columns: Columns) -> dict[Key, str]:
    """The records of those identifiers of a store that have any; none of the keys is set aside."""
    held: defaultdict[Key, list[tuple[str, object]]] = defaultdict(list)
    for one in await tx.traits_of(keys):
        held[one.key].append((one.name, one.write.value))
    named_with = await tx.named_with(keys, columns.personal) if columns.personal else {}
    return _told({key: fields_of(key, held[key], named_with.get(key, ()), columns) for key in keys})


def records_among(keys: Iterable[Key], writes: Iterable[Held], evidence: Evidence, columns: Columns) -> dict[Key, str]:
    """The same of identifiers that are not set aside, from the evidence and the last writes of a whole store."""
    held: dict[Key, list[tuple[str, object]]] = {key: [] for key in keys if namespace_of(key) in columns.namespaces}
    for one in writes:
        if one.key in held:
            held[one.key].append((one.name, one.write.value))
    named_with = _named_with(held, evidence, columns)
    return _told({key: fields_of(key, traits, named_with.get(key, ()), columns) for key, traits in held.items()})


def _named_with(keys: Container[Key], evidence: Evidence, columns: Columns) -> dict[Key, list[Key]]:
    """As the port's `named_with`."""
    newest: dict[tuple[Key, str], tuple[Millis, int, Key]] = {}
    for link in evidence.links:
        for key, other in (link.pair, link.pair[::-1]):
            namespace = namespace_of(other)
            counts = namespace in columns.personal and other not in evidence.blocked
            if counts and key in keys and namespace != namespace_of(key):
                place = (-link.last_seen, -link.count, other)
                newest[key, namespace] = min(place, newest.get((key, namespace), place))
    found: dict[Key, list[Key]] = {}
    for (key, _), (_, _, other) in newest.items():
        found.setdefault(key, []).append(other)
    return found


def _told(fields_by_key: Mapping[Key, str | None]) -> dict[Key, str]:
    return {key: fields for key, fields in fields_by_key.items() if fields is not None}
