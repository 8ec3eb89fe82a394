"""API keys, scopes, and the audit log."""

from typing import Literal, NamedTuple, TypeAlias

from graph_cdp.domain.times import Millis

Scope: TypeAlias = Literal["collect", "read", "read:pii", "decide", "admin"]

SCOPES: tuple[Scope, ...] = ("collect", "read", "read:pii", "decide", "admin")


class ApiKey(NamedTuple):
    """A key as it is kept: `id` is its public part, `digest` that of the whole key, which is shown once and not kept.

    `source` is what events sent with it come from; `revoked_at` None: it is valid.
    """

    id: str
    digest: bytes
    label: str
    scopes: tuple[Scope, ...]
    source: str
    made_at: Millis
    revoked_at: Millis | None


class AuditEntry(NamedTuple):
    """One line of the audit log: who did what, when and why. `subject` never holds an identifier's value.

    `seq` orders the log; 0 in an entry that is not written yet.
    """

    seq: int
    at: Millis
    who: str
    action: str
    subject: str
    why: str
