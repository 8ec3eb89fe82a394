"""The audit log: who did what, when and why. It only grows."""

from collections.abc import Sequence

from graph_cdp.domain.access import AuditEntry
from graph_cdp.store.port import Writing


async def record(tx: Writing, entries: Sequence[AuditEntry]) -> None:
    """Add entries, which are there once the transaction is committed; the store numbers them.

    `subject` is the id of a profile, a decision or a key, and never an identifier's value: entries cannot be erased.
    """
    await tx.append_audit(entries)
