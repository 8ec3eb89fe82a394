"""Whose turn it is to refresh the queue: of any number of processes one at a time."""

from typing import Final

from graph_cdp.domain.times import Millis
from graph_cdp.service.fraud.scan import is_fraud_looked_for
from graph_cdp.service.review.refresh import REVIEWED
from graph_cdp.store.port import Reading, Writing

_DUE: Final = "review_due"
"""The note that holds when the next turn begins; where somebody has one, when it lapses."""


async def is_behind(tx: Reading) -> bool:
    """Whether there were commits since duplicates were looked for last."""
    return await tx.note(REVIEWED) != str(await tx.newest_seq())


async def is_due(tx: Reading) -> bool:
    """Whether there were commits since duplicates or signs of fraud were looked for last."""
    return await is_behind(tx) or not await is_fraud_looked_for(tx)


async def take_turn(tx: Writing, now: Millis, lapses: Millis) -> bool:
    """Take the turn if one is due; nobody else gets one before it is ended, or lapses."""
    # All notes, for a writer who reads these holds others off.
    due = (await tx.notes()).get(_DUE)
    if due is not None and now < int(due):
        return False
    await tx.put_notes({_DUE: str(lapses)})
    return True


async def end_turn(tx: Writing, due: Millis) -> None:
    """Let the next turn begin at a time."""
    await tx.put_notes({_DUE: str(due)})
