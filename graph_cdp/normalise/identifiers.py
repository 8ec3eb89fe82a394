"""Reading identifiers with a policy: which key a value gets, and whether it may join anybody. Pure."""

from typing import NamedTuple

from graph_cdp.domain.event import Issue
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.policy import Namespace, Policy
from graph_cdp.normalise.kinds import normaliser
from graph_cdp.normalise.placeholders import placeholders_of
from graph_cdp.normalise.text import Invalid, folded, trimmed

_REMEMBERED = 50_000
"""How many values a namespace remembers; a reading costs some microseconds, a remembered one a tenth of one."""

_REMEMBERED_LENGTH = 200


class Named(NamedTuple):
    """A value that was read: the rank of its namespace, the key of its identifier, and whether its value is blocked."""

    rank: int
    key: Key
    blocked: bool


class Identifiers:
    """Reads the identifiers of one policy. Raises PolicyError for a kind or an option that does not exist."""

    def __init__(self, policy: Policy) -> None:
        self._readings = {one.name: _Readings(rank, one) for rank, one in enumerate(policy.namespaces)}

    def identify(self, namespace: str, raw: str) -> Named | Issue:
        """Read a value as sent. Issue: the policy has no such namespace, or the value cannot be normalised.

        A placeholder or a value that the policy blocks is named, as blocked, even where it cannot be normalised: its
        value is then the trimmed text in folded case.
        """
        readings = self._readings.get(namespace)
        if readings is None:
            return Issue(namespace, "unknown_namespace", "the policy has no such namespace")
        return readings[raw]


class _Readings(dict[str, Named | Issue]):
    """The reading of each value of one namespace, made when first asked for, all forgotten when there are many."""

    def __init__(self, rank: int, namespace: Namespace) -> None:
        self._rank, self._name = rank, namespace.name
        self._normalise = normaliser(namespace.normalise, namespace.options)
        self._placeholders = placeholders_of(namespace) if namespace.placeholders else frozenset[str]()
        self._blocked = frozenset(
            folded(form)
            for value in namespace.blocked
            for form in (trimmed(value), self._normalise(value))
            if isinstance(form, str)
        )

    def __missing__(self, raw: str) -> Named | Issue:
        reading = self._read(raw)
        if len(raw) <= _REMEMBERED_LENGTH:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[raw] = reading
        return reading

    def _read(self, raw: str) -> Named | Issue:
        text = trimmed(raw)
        if isinstance(text, Invalid):
            return Issue(self._name, "invalid_value", text.detail)
        sent = folded(text)
        value = self._normalise(text)
        blocked = self._is_blocked(sent)
        if isinstance(value, Invalid):
            if blocked:
                return Named(self._rank, f"{self._name}:{sent}", True)
            return Issue(self._name, "invalid_value", value.detail)
        if not blocked and value != text:
            blocked = self._is_blocked(folded(value))
        return Named(self._rank, f"{self._name}:{value}", blocked)

    def _is_blocked(self, value: str) -> bool:
        return value in self._blocked or value in self._placeholders
