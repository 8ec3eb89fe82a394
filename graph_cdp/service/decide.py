"""Record judgements on pairs of identifiers, and regroup the clusters they touch."""

from collections.abc import Sequence

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.policy import Policy
from graph_cdp.service.regroup import Change, Move, regroup
from graph_cdp.store.port import Writing


async def decide(tx: Writing, decisions: Sequence[Decision], policy: Policy) -> tuple[Move, ...]:
    """Record decisions, each once, and bring the profiles up to date. Safe to run again.

    A decision may name an identifier that no event has named yet: it counts from the moment one does. Taking a
    decision back is deciding `unsure`; the earlier profiles come back, ids included.
    """
    known = await tx.lock({key for one in decisions for key in one.pair})
    await tx.append_decisions(decisions)
    return await regroup(tx, Change(known, decided=True), policy)
