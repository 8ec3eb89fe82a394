"""Recording a judgement, and what it changes."""

from collections.abc import Iterator
from typing import NamedTuple

from rich.console import RenderableType

from graph_cdp.cli.decisions_file import moment
from graph_cdp.cli.decisions_shown import decision_json
from graph_cdp.cli.opening import Session, now_millis
from graph_cdp.cli.profile_shown import minute, why_aside
from graph_cdp.cli.show import plain
from graph_cdp.domain.access import AuditEntry
from graph_cdp.domain.decision import Decision, Verdict, standing
from graph_cdp.domain.identifier import Key, Seen
from graph_cdp.errors import InputError, NotFoundError
from graph_cdp.normalise import Identifiers
from graph_cdp.query.find import key_from
from graph_cdp.service import audit
from graph_cdp.service.decide import decide
from graph_cdp.service.simulate import Comparison, compare_profiles
from graph_cdp.store.port import Reading, Writing


class Judgement(NamedTuple):
    """What a reviewer says, as written."""

    verdict: Verdict
    a: str
    b: str
    by: str
    reason: str
    at: str | None


class Decided(NamedTuple):
    """The decision with all that were ever made on its pair, itself among them, and what it changed.

    `together`: whether the two are in one profile now. `aside`: those of the two that are set aside.
    """

    decision: Decision
    history: tuple[Decision, ...]
    together: bool
    aside: tuple[Seen, ...]
    change: Comparison


async def record(session: Session, judgement: Judgement, *, force: bool) -> Decided:
    """Record a judgement in one transaction.

    Raises InputError where it cannot be read; NotFoundError for identifiers that no event has named, unless forced.
    """
    policy, ids = session.rules.policy, session.store.ids
    decision = _decision(judgement, Identifiers(policy))

    async def profiles_around(tx: Reading) -> dict[Key, str]:
        """The profile id of every identifier in the clusters of the two."""
        clusters = {seen.cluster for seen in (await tx.identifiers(decision.pair)).values() if seen.cluster}
        return {one.key: ids.of(one.profile) for one in await tx.members_of(clusters) if one.profile}

    async def work(tx: Writing) -> Decided:
        if not force:
            _must_be_known(decision, await tx.identifiers(decision.pair))
        before = await profiles_around(tx)
        await decide(tx, [decision], policy)
        entry = AuditEntry(0, now_millis(), decision.by, "decide", decision.id, decision.reason)
        await audit.record(tx, [entry])
        after = await profiles_around(tx)
        now = await tx.identifiers(decision.pair)
        profiles = {seen.profile for seen in now.values()}
        return Decided(
            decision,
            tuple(one for one in await tx.decisions_on(decision.pair) if one.pair == decision.pair),
            len(now) == 2 and len(profiles) == 1 and None not in profiles,
            tuple(seen for seen in now.values() if seen.set_aside),
            compare_profiles(before, after),
        )

    return await session.store.write(work)


def _decision(judgement: Judgement, identifiers: Identifiers) -> Decision:
    a, b = key_from(judgement.a, identifiers), key_from(judgement.b, identifiers)
    if a == b:
        raise InputError("Both name the same identifier; a decision is about two.")
    for name, text in (("--by", judgement.by), ("--reason", judgement.reason)):
        if not text.strip():
            raise InputError(f"{name} is empty; who reads the history later wants to know.")
    now = now_millis()
    at = now if judgement.at is None else moment(judgement.at)
    if at > now:
        raise InputError("--at lies in the future; leave it out for now.")
    return Decision.of(a, b, judgement.verdict, at, judgement.by.strip(), judgement.reason.strip())


def _must_be_known(decision: Decision, known: dict[Key, Seen]) -> None:
    missing = [key for key in decision.pair if key not in known]
    if missing:
        which = "either identifier" if len(missing) == 2 else f"this identifier: {missing[0].partition(':')[0]}:…"
        raise NotFoundError(
            f"No event has named {which}. Check namespace and value (`graph-cdp profile NS:VALUE` finds it); to decide "
            "before events come, add --force."
        )


def decided_json(decided: Decided) -> dict[str, object]:
    """The decision and its effect, for programs."""
    change = decided.change
    return {
        "decision": decision_json(decided.decision, decided.history),
        "supersedes": [decision_json(one, decided.history) for one in _earlier(decided)],
        "together": decided.together,
        "merged": [{"id": new, "from": olds} for new, olds in change.merged],
        "split": [{"id": old, "into": news} for old, news in change.split],
    }


def decided_text(decided: Decided) -> Iterator[RenderableType]:
    """The decision and its effect, for persons."""
    decision, change = decided.decision, decided.change
    low, high = decision.pair
    yield plain(f"Recorded: {low} and {high}: {decision.verdict}.", "bold")
    in_force = standing(decided.history)[decision.pair]
    if in_force != decision:
        yield plain(f"A later decision stands: {in_force.verdict}, {minute(in_force.at)}, by {in_force.by}.", "yellow")
    for one in _earlier(decided):
        yield plain(f"Supersedes: {one.verdict}, {minute(one.at)}, by {one.by}: {one.reason}", "dim")
    for seen in decided.aside:
        yield plain(f"{seen.key} joins nobody all the same: {why_aside(seen)}.", "yellow")
    for new, olds in change.merged:
        yield plain(f"Merged into {new}: {', '.join(old for old in olds if old != new) or new}.")
    for old, news in change.split:
        yield plain(f"Split {old}: its identifiers are now in {', '.join(news)}.")
    if not change.merged and not change.split:
        yield plain("No profile changes.")
    yield plain("They are in one profile now." if decided.together else "They are not in one profile now.")


def _earlier(decided: Decided) -> list[Decision]:
    """The decision that this one takes the place of, as a list of one or none."""
    others = [one for one in decided.history if one != decided.decision]
    before = standing(others).get(decided.decision.pair)
    stands = standing(decided.history)[decided.decision.pair] == decided.decision
    return [before] if before is not None and stands else []
