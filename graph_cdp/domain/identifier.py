"""Identifiers: normalised values in namespaces. Inside the program an identifier travels as its key."""

from collections.abc import Callable
from typing import Final, Literal, NamedTuple, TypeAlias

from graph_cdp.domain.times import Millis

Key: TypeAlias = str
"""`namespace:value`; a namespace holds no colon, so the first colon parts the two."""

SetAside: TypeAlias = Literal["blocked", "shared"]
"""Why an identifier joins nobody."""


class Identifier(NamedTuple):
    """A normalised value in a namespace."""

    namespace: str
    value: str

    @property
    def key(self) -> Key:
        """The identifier as one string, `namespace:value`."""
        return f"{self.namespace}:{self.value}"

    @classmethod
    def of(cls, key: Key) -> "Identifier":
        """Part a key into namespace and value."""
        namespace, _, value = key.partition(":")
        return cls(namespace, value)


_NAMESPACES_REMEMBERED = 1 << 18


class _NamespaceByKey(dict[Key, str]):
    """Asked several times for every identifier of a batch: a look-up costs a fifth of the search for the colon."""

    def __missing__(self, key: Key) -> str:
        if len(self) >= _NAMESPACES_REMEMBERED:
            self.clear()
        self[key] = namespace = key[: key.index(":")]
        return namespace


namespace_of: Final[Callable[[Key], str]] = _NamespaceByKey().__getitem__
"""The namespace of a key."""


class Seen(NamedTuple):
    """What the events say of one identifier, and where the policy put it. One row of the store.

    `count` is the number of events that named it. `cluster` and `profile` are keys: the anchors of the cluster and of
    the profile it is in, None for an identifier that is set aside. `contested`: a limit of its cluster could be
    exceeded, or a decision stands in it, so the order of the links matters there.
    """

    key: Key
    first_seen: Millis
    last_seen: Millis
    count: int  # type: ignore[assignment]  # the word hides tuple.count, which nobody wants here
    set_aside: SetAside | None
    cluster: Key | None
    profile: Key | None
    contested: bool = False


class Write(NamedTuple):
    """One write of a trait. Of two writes the one later by (at, event) stands, whatever their order of arrival."""

    at: Millis
    event: str
    source: str
    value: object
