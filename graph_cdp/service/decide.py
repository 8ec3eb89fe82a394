"""Record judgements on pairs of identifiers, and regroup the clusters they touch."""

from collections.abc import Sequence

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.policy import Policy
from graph_cdp.service.announce import Announced, announce
from graph_cdp.service.matching import relink
from graph_cdp.service.regroup import Change, regroup
from graph_cdp.store.port import Writing


async def decide(tx: Writing, decisions: Sequence[Decision], policy: Policy) -> Announced:
    """Record decisions, each once, and bring the profiles up to date. Safe to run again.

    A decision may name an identifier that no event has named yet: it counts from the moment one does. Taking a
    decision back is deciding `unsure`; the earlier profiles come back, ids included.
    """
    known = await tx.lock({key for one in decisions for key in one.pair})
    new = set(decisions) - set(await tx.decisions_on({key for one in decisions for key in one.pair}))
    await tx.append_decisions(new)
    relinked = await relink(tx, known, policy, decided=True)
    seen = relinked | known
    regrouped = await regroup(tx, Change(seen, rejudged=seen), policy)
    return await announce(tx, {key for one in new for key in one.pair if key in known}.union(relinked), regrouped)
