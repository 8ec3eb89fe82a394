"""What reviewers do about items: claim, decide, snooze, note, undo. Each act is kept, and none is ever changed."""

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple, cast

from graph_cdp.domain.access import AuditEntry
from graph_cdp.domain.decision import Decision, Verdict, standing
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.review import Act, Item, Ruling
from graph_cdp.domain.times import Millis
from graph_cdp.errors import InputError
from graph_cdp.review import (
    CLAIM_LASTS,
    SUPERSEDED,
    UNKNOWN,
    Refused,
    act_of,
    settles,
    standing_acts,
    standing_of,
    why_not,
)
from graph_cdp.service.announce import Announced
from graph_cdp.service.audit import record
from graph_cdp.service.decide import decide
from graph_cdp.store.port import Reading, Writing

RULINGS_MAX: Final = 100
"""The most items that are decided at once."""


class Said(NamedTuple):
    """What is said of an item, and why."""

    item: str
    ruling: Ruling
    reason: str


class Acted(NamedTuple):
    """An item after an act on it; `decision` is the one that the act recorded, None: it recorded none."""

    item: Item
    act: Act
    decision: Decision | None = None


class Ruled(NamedTuple):
    """What became of each item, in the order given, and what the decisions did to profiles."""

    outcomes: tuple[Acted | Refused, ...]
    announced: Announced


async def claim(tx: Writing, item: str, by: str, now: Millis) -> Acted | Refused:
    """Take an item on, for `CLAIM_LASTS`: nobody else can decide it meanwhile."""
    return await _act(tx, Act(item, "claim", now, by, until=now + CLAIM_LASTS))


async def snooze(tx: Writing, item: str, by: str, until: Millis, now: Millis) -> Acted | Refused:
    """Put an item off until a time."""
    return await _act(tx, Act(item, "snooze", now, by, until=until))


async def note(tx: Writing, item: str, by: str, text: str, now: Millis) -> Acted | Refused:
    """Leave a note at an item, whatever its state."""
    return await _act(tx, Act(item, "note", now, by, text.strip()))


async def rule(tx: Writing, said: Sequence[Said], by: str, policy: Policy, now: Millis, reviewers: int = 1) -> Ruled:
    """Decide items: record decisions on the pairs that duplicates are about, and bring the profiles up to date.

    An item is decided once so many different `reviewers` say the same of it; until then it is open, and nothing
    changes. Fraud items change no profile. Safe to run again. Raises InputError for more than `RULINGS_MAX`.
    """
    if len(said) > RULINGS_MAX:
        raise InputError(f"These are more than {RULINGS_MAX} items; decide them in parts.")
    known = await tx.lock_items({one.item for one in said})
    acts = await _acts_by_item(tx, known)
    history = await tx.decisions_on({key for item in known.values() for key in item.finding.keys}) if known else []
    outcomes = list[Acted | Refused]()
    for one in said:
        act = Act(one.item, "decide", now, by, one.reason.strip(), one.ruling)
        outcome = _ruled(known.get(one.item), acts.get(one.item, []), act, history, reviewers)
        outcomes.append(outcome)
        if isinstance(outcome, Acted):
            known[one.item] = outcome.item
            acts[one.item].append(outcome.act)
            history += [outcome.decision] if outcome.decision is not None else []
    return Ruled(tuple(outcomes), await _keep(tx, outcomes, policy))


async def undo(tx: Writing, item: str, by: str, policy: Policy, now: Millis) -> Ruled:
    """Take the last act on an item back, notes aside; a decision that it recorded is withdrawn.

    So what stood before stands again, and the profiles are what they were, ids included.
    """
    known = (await tx.lock_items([item])).get(item)
    acts = await tx.acts_on([item])
    history = await tx.decisions_on(known.finding.keys) if known is not None else []
    outcome = _undone(known, acts, Act(item, "undo", now, by), history)
    return Ruled((outcome,), await _keep(tx, [outcome], policy))


async def _act(tx: Writing, act: Act) -> Acted | Refused:
    item = (await tx.lock_items([act.item])).get(act.item)
    if item is None:
        return UNKNOWN
    acts = await tx.acts_on([act.item])
    outcome = why_not(item, acts, act, act.at) or _acted(item, acts, act_of(acts, act))
    await _keep(tx, [outcome])
    return outcome


def _ruled(
    item: Item | None, acts: Sequence[Act], act: Act, history: Sequence[Decision], reviewers: int
) -> Acted | Refused:
    """What becomes of an item by a ruling; `history` holds all decisions on its pair."""
    if item is None:
        return UNKNOWN
    refused = why_not(item, acts, act, act.at)
    if refused is not None:
        return refused
    act = act_of(acts, act)._replace(settles=settles(acts, act, reviewers))
    if not act.settles or item.finding.kind != "duplicate":
        return _acted(item, acts, act)
    return _acted(item, acts, act, _decision(item, act, cast("Verdict", act.ruling), history))


def _undone(item: Item | None, acts: Sequence[Act], act: Act, history: Sequence[Decision]) -> Acted | Refused:
    """What becomes of an item by an undo; `history` holds all decisions on its pair."""
    if item is None:
        return UNKNOWN
    refused = why_not(item, acts, act, act.at)
    if refused is not None:
        return refused
    last = standing_acts(acts)[-1]
    act = act_of(acts, act)._replace(undoes=last.id)
    # It was in the queue when it was decided; the next look tells whether it still would be.
    item = item._replace(found=True)
    if last.decision is None:
        return _acted(item, acts, act)
    stands = standing(one for one in history if one.pair == item.finding.keys)
    if last.decision not in {one.id for one in stands.values()}:
        return SUPERSEDED
    return _acted(item, acts, act, _decision(item, act, "withdrawn", history))


def _decision(item: Item, act: Act, verdict: Verdict, history: Sequence[Decision]) -> Decision:
    """The decision that an act records: later than all on its pair, as whoever acts has seen these."""
    low, high = item.finding.keys
    at = max([act.at, *(one.at + 1 for one in history if one.pair == item.finding.keys)])
    return Decision.of(low, high, verdict, at, act.by, act.text or act.kind)


def _acted(item: Item, acts: Sequence[Act], act: Act, decision: Decision | None = None) -> Acted:
    act = act._replace(decision=decision.id if decision is not None else None)
    after = [*acts, act]
    return Acted(item._replace(standing=standing_of(after), acts=len(after)), act, decision)


async def _keep(tx: Writing, outcomes: Sequence[Acted | Refused], policy: Policy | None = None) -> Announced:
    """Write what was done, with its entries in the audit log."""
    done = [one for one in outcomes if isinstance(one, Acted)]
    await tx.append_acts([one.act for one in done])
    await tx.put_items({one.item.id: one.item for one in done}.values())
    await record(tx, [_entry(one.act) for one in done])
    made = [one.decision for one in done if one.decision is not None]
    return await decide(tx, made, policy) if made and policy is not None else Announced()


def _entry(act: Act) -> AuditEntry:
    # Why somebody decided may be read by whoever reads the log; a note may hold anything.
    why = f"{act.ruling}: {act.text}" if act.kind == "decide" else ""
    return AuditEntry(0, act.at, act.by, f"review_{act.kind}", act.item, why)


async def _acts_by_item(tx: Reading, items: Collection[str]) -> dict[str, list[Act]]:
    found: dict[str, list[Act]] = {item: [] for item in items}
    for act in await tx.acts_on(items):
        found[act.item].append(act)
    return found
