"""Reading the audit log."""

from graph_cdp.domain.access import AuditEntry
from graph_cdp.store.port import Reading


async def audit_page(tx: Reading, after: int, limit: int, who: str | None = None) -> list[AuditEntry]:
    """At most `limit` entries numbered higher than `after`, in order; of one only, where `who` is given."""
    return await tx.audit_page(after, limit, who)
