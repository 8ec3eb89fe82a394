"""Bring matched links up to date, and regroup the clusters that they touch."""

from collections.abc import Collection

from graph_cdp.domain.link import Link, Pair
from graph_cdp.domain.policy import Policy
from graph_cdp.service.announce import Announced, announce
from graph_cdp.service.regroup import Change, regroup
from graph_cdp.store.port import Writing


async def rematch(
    tx: Writing, matched: Collection[Link], policy: Policy, withdrawn: Collection[Pair] = ()
) -> Announced:
    """Write matched links, each in place of that of its pair, and withdraw those of other pairs. Safe to run again.

    All ends are known. Where a link was withdrawn the earlier profiles come back, ids included.
    """
    keys = {key for pair in (*(link.pair for link in matched), *withdrawn) for key in pair}
    known = await tx.lock(keys)
    before = {link.pair: link for link in await tx.links_among(keys) if link.kind == "matched"}
    put = [link for link in matched if before.get(link.pair) != link]
    gone = [pair for pair in withdrawn if pair in before]
    await tx.put_matched(put)
    await tx.withdraw_matched(gone)
    changed = {key for pair in (*(link.pair for link in put), *gone) for key in pair}
    seen = {key: known[key] for key in changed}
    return await announce(tx, changed, await regroup(tx, Change(seen, rejudged=seen), policy))
