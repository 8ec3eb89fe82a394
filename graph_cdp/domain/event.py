"""Events: one immutable thing that a source reported."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.times import Millis

IssueReason: TypeAlias = Literal["unknown_namespace", "invalid_value"]


class Issue(NamedTuple):
    """An identifier of an event that joins nobody because it could not be read. `detail` never holds the value."""

    namespace: str
    reason: IssueReason
    detail: str


class Event(NamedTuple):
    """An event that was accepted, read with one policy.

    `channel` is where it was seen (`browser`, `server`, `mobile`). `keys` are the distinct identifiers it names,
    strongest first (rank, then key); `blocked` those of them whose value is blocked. `at` is its time corrected for
    clock skew, `received_at` not earlier. `traits` are those it reports of the one it is about. `issues` are the
    identifiers that could not be read. `body` is the whole event as canonical JSON, without id, sentAt and receivedAt;
    `digest` is of that body.
    """

    id: str
    type: str
    name: str | None
    at: Millis
    received_at: Millis
    source: str
    channel: str | None
    keys: tuple[Key, ...]
    blocked: tuple[Key, ...]
    traits: Mapping[str, object]
    issues: tuple[Issue, ...]
    body: bytes
    digest: bytes


class RefusedEvent(NamedTuple):
    """An event that was not accepted: which key of it is wrong, and why, in words for its sender."""

    path: str
    reason: str
