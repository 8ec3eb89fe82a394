"""Compare the review queue with what it follows from: how items stand with acts, findings with the profiles."""

from collections.abc import Callable
from typing import Final, TypeAlias

from graph_cdp.domain.policy import Policy
from graph_cdp.domain.review import Act, Item
from graph_cdp.review import RULES, findings_of, item_of, standing_of
from graph_cdp.service.review.refresh import world_of
from graph_cdp.service.review.turns import is_behind
from graph_cdp.store.port import Reading

VERIFIED: Final = frozenset(RULES) - {"matched"}
"""A key that finds too many records lets pairs go of which nothing else changed: the next whole look tells of them."""

Compare: TypeAlias = Callable[[str, object, object, object], None]
"""Takes what is compared, where, how it is, and how it should be."""


async def verify_items(tx: Reading, policy: Policy, compare: Compare) -> None:
    """Compare every item. What is found is compared only where the queue knows every commit; else it is behind."""
    current = not await is_behind(tx)
    found = findings_of(await world_of(tx, policy), policy) if current else []
    expected = {one.id: one for one in (item_of(each, tx.ids) for each in found if each.rule in VERIFIED)}
    async for items in tx.scan_items():
        acts: dict[str, list[Act]] = {item.id: [] for item in items}
        for act in await tx.acts_on(list(acts)):
            acts[act.item].append(act)
        for item in items:
            done = acts[item.id]
            compare("review item", item.id, (item.standing, item.acts), (standing_of(done), len(done)))
            if current and item.finding.rule in VERIFIED:
                compare("finding", item.id, _found(item), _found(expected.pop(item.id, None)))
    for item in expected.values():
        compare("finding", item.id, None, _found(item))


def _found(item: Item | None) -> object:
    return (item.finding, item.gain) if item is not None and item.found else None
