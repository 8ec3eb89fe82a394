"""Where an event names identifiers: its lists, and the fields that a policy collects. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from graph_cdp.domain.event import RefusedEvent
from graph_cdp.domain.policy import Policy

COLLECT: Mapping[str, str] = {
    "userId": "user_id",
    "anonymousId": "anonymous_id",
    "previousId": "anonymous_id",
    "context.device.id": "device_id",
    "context.device.advertisingId": "advertising_id",
    "traits.email": "email",
    "traits.phone": "phone",
    "context.traits.email": "email",
    "context.traits.phone": "phone",
}
"""The fields that are identifiers unless the policy's `collect` says otherwise: namespace by path."""

MAX_IDENTIFIERS = 50
"""The most identifiers that one event may name."""

MAX_LENGTH = 1000
"""The most characters of a value, a namespace, an id, a type or a name."""


Given: TypeAlias = tuple[str, str, object]
"""What an event gives as an identifier: the path where it stands, a namespace, and a value, still of any kind."""


class _Branch(NamedTuple):
    key: str
    path: str
    namespace: str | None
    branches: "tuple[_Branch, ...]"


class _ListShape(NamedTuple):
    path: str
    namespace_key: str
    value_key: str
    places: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, path: str, namespace_key: str, value_key: str) -> "_ListShape":
        places = tuple((f"{path}[{place}]", f"{path}[{place}].{value_key}") for place in range(MAX_IDENTIFIERS))
        return cls(path, namespace_key, value_key, places)


_IDENTIFIERS = _ListShape.of("identifiers", "namespace", "value")
_EXTERNAL_IDS = _ListShape.of("context.externalIds", "type", "id")


class Collector:
    """Finds the identifiers of events, by one policy.

    The policy's `collect` replaces fields of COLLECT by path; an empty namespace leaves a field out. A trait is an
    identifier only where the policy has its namespace. The traits of type `group` are the group's, and name nobody.
    """

    def __init__(self, policy: Policy) -> None:
        namespace_by_path = {
            path: namespace
            for path, namespace in {**COLLECT, **policy.collect}.items()
            if namespace and (namespace in policy.by_name or not path.startswith(("traits.", "context.traits.")))
        }
        self._branches = _branches(namespace_by_path)
        self._group_branches = tuple(branch for branch in self._branches if branch.key != "traits")

    def given(self, raw: Mapping[str, object], *, group: bool) -> list[Given] | RefusedEvent:
        """List what an event gives as identifiers, in an order that depends on its content alone.

        Refused: `identifiers` or `context.externalIds` that are not lists of objects with namespace and value.
        """
        found = list[Given]()
        entries = raw.get("identifiers")
        if entries is not None and (refused := _add_listed(found, entries, _IDENTIFIERS)):
            return refused
        context = raw.get("context")
        entries = context.get("externalIds") if isinstance(context, dict) else None
        if entries is not None and (refused := _add_listed(found, entries, _EXTERNAL_IDS)):
            return refused
        _add_collected(found, raw, self._group_branches if group else self._branches)
        return found


def _add_listed(found: list[Given], entries: object, shape: _ListShape) -> RefusedEvent | None:
    path, namespace_key, value_key, places = shape
    if not isinstance(entries, list):
        return RefusedEvent(path, "must be a list")
    if len(entries) > MAX_IDENTIFIERS:
        return RefusedEvent(path, f"has more than {MAX_IDENTIFIERS} entries")
    for (place, value_path), entry in zip(places, entries, strict=False):
        if not isinstance(entry, dict):
            return RefusedEvent(place, "must be an object")
        namespace = entry.get(namespace_key)
        if not isinstance(namespace, str):
            return RefusedEvent(f"{place}.{namespace_key}", "must be a string")
        if not 0 < len(namespace) <= MAX_LENGTH:
            return RefusedEvent(f"{place}.{namespace_key}", f"must have 1 to {MAX_LENGTH:,} characters")
        found.append((value_path, namespace, entry.get(value_key)))
    return None


def _add_collected(found: list[Given], fields: Mapping[str, object], branches: Iterable[_Branch]) -> None:
    for key, path, namespace, inner in branches:
        value = fields.get(key)
        if value is None:
            continue
        if namespace is not None:
            found.append((path, namespace, value))
        if inner and isinstance(value, dict):
            _add_collected(found, value, inner)


def _branches(namespace_by_path: Mapping[str, str], prefix: str = "") -> tuple[_Branch, ...]:
    """The paths as a tree, so that each object on the way is looked into once."""
    keys = dict.fromkeys(path.partition(".")[0] for path in namespace_by_path)
    return tuple(_branch(key, namespace_by_path, prefix) for key in keys)


def _branch(key: str, namespace_by_path: Mapping[str, str], prefix: str) -> _Branch:
    inside = {
        path.removeprefix(f"{key}."): namespace
        for path, namespace in namespace_by_path.items()
        if path.startswith(f"{key}.")
    }
    path = f"{prefix}{key}"
    return _Branch(key, path, namespace_by_path.get(key), _branches(inside, f"{path}."))
