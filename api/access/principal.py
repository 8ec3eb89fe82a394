"""Who asks, and what they may do."""

from dataclasses import dataclass
from typing import Literal

from graph_cdp.domain.access import Scope

Means = Literal["key", "jwt", "development"]


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever sent a request. `id` names them in the audit log: a key's public part, a JWT's subject.

    `source` is what events they send come from, unless the events say so themselves.
    """

    id: str
    means: Means
    scopes: frozenset[Scope]
    source: str

    def may(self, scope: Scope) -> bool:
        """Whether a scope was granted; `admin` grants all."""
        return scope in self.scopes or "admin" in self.scopes
