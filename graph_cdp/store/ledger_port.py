"""What a store keeps beside the identity graph: what commits did to profiles, API keys, and the audit log.

The contract suite (tests/contract/test_ledger*.py) holds every promise against each store.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from graph_cdp.domain.access import ApiKey, AuditEntry
from graph_cdp.domain.change import Commit, IdentityChange
from graph_cdp.domain.times import Millis


class LedgerReading(Protocol):
    """The ledger, as it is committed."""

    async def commits_after(self, seq: int, limit: int) -> list[Commit]:
        """What commits did to profiles, those numbered higher than `seq`, in order; at most `limit`.

        Numbers become visible in their order and without gaps, across processes: whoever saw number n never later
        finds a smaller one that was not there. The oldest are forgotten, also while a page is read: a page may begin
        late, or lack some in its middle.
        """

    async def newest_seq(self) -> int:
        """The number of the newest commit that changed profiles; 0: there was none."""

    async def keys(self) -> list[ApiKey]:
        """All API keys, revoked ones too, by (made_at, id)."""

    async def keys_by_id(self, ids: Collection[str]) -> dict[str, ApiKey]:
        """The API keys that are known, revoked ones too."""

    async def audit_page(self, after: int, limit: int, who: str | None = None) -> list[AuditEntry]:
        """Entries of the audit log numbered higher than `after`, in order; of one only, where `who` is given.

        Numbers become visible in their order, as those of commits do. No entry is ever changed or forgotten.
        """


class LedgerWriting(LedgerReading, Protocol):
    """Writing to the ledger. What is announced and audited is written last of all, and not read before the commit."""

    async def announce(self, touched: Collection[bytes], changes: Collection[IdentityChange]) -> None:
        """Tell followers what this transaction does to profiles; `touched`: the digests of their ids.

        All that one transaction announces is one commit, or, if it is very much, several that follow one another.
        The store's clock stamps it. Old commits beyond those that the store was opened to keep are forgotten.
        """

    async def append_keys(self, keys: Collection[ApiKey]) -> None:
        """Keep new API keys."""

    async def revoke_keys(self, ids: Collection[str], at: Millis) -> None:
        """Make API keys invalid. Those that are already, and unknown ones, stay as they are."""

    async def append_audit(self, entries: Sequence[AuditEntry]) -> None:
        """Add entries to the audit log, in this order; the store numbers them, whatever `seq` they have."""
