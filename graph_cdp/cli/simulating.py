"""Simulating: events of files or of a store under one policy or two, decisions, and the outcome in words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from rich.console import RenderableType

from graph_cdp.cli.decisions_file import read_decisions
from graph_cdp.cli.opening import given_policy, now_millis, opened_store, policy_or_retail, profile_ids
from graph_cdp.cli.progress import bar
from graph_cdp.cli.show import add, facts, note, plain, table
from graph_cdp.cli.sources import look_at, shown_guess, understand
from graph_cdp.config import Settings, load_settings
from graph_cdp.domain.policy import Policy
from graph_cdp.policies import Rules, load_policy
from graph_cdp.service.read_ahead import prepared_batches
from graph_cdp.service.settle import settle
from graph_cdp.service.simulate import Comparison, Simulation, Simulator, compare, simulate_store
from graph_cdp.service.source import Source
from graph_cdp.store.port import Reading

_TOP = 10
_TOLD = 20


class Simulated(NamedTuple):
    """The outcome, what it changes where there is something to compare with, and how many rows were no events."""

    simulation: Simulation
    against: Comparison | None
    rejected: int


class _Side:
    """One policy and what it makes of the events."""

    def __init__(self, policy: Policy, settings: Settings, decisions: Path | None) -> None:
        self.rules = Rules.of(policy)
        self.decisions = [] if decisions is None else read_decisions(decisions, policy)
        self.simulator = Simulator(policy, profile_ids(settings))

    def outcome(self) -> Simulation:
        return self.simulator.outcome(self.decisions)


def simulated(
    files: Sequence[Path],
    policy: Path | None,
    against: Path | None,
    decisions: Path | None,
    mapping: Path | None,
    encoding: str | None = None,
) -> Simulated:
    """Read files and resolve their events; rows that are none are told on stderr."""
    settings = load_settings(policy=policy)
    after = _Side(policy_or_retail(settings), settings, decisions)
    before = None if against is None else _Side(load_policy(against), settings, decisions)
    rejected = 0
    understood = [understand(one, None, after.rules.policy.by_name) for one in look_at(files, mapping, encoding)]
    for one in understood:
        note(*shown_guess(one))
        rejected += _read(one.source, after, before, settings.batch_events, told=rejected)
    if rejected > _TOLD:
        note(plain(f"… and {rejected - _TOLD:,} more rows that were not taken"))
    outcome = after.outcome()
    return Simulated(outcome, None if before is None else compare(before.outcome(), outcome), rejected)


async def simulated_in(
    store: str | None, policy: Path | None, against: Path | None, decisions: Path | None
) -> Simulated:
    """Resolve what a store holds, with its model, beside what its own policy makes of it, or another that is given."""
    settings = load_settings(store=store, policy=policy)
    async with opened_store(settings) as open_one:
        own = await settle(open_one, None, now_millis())
        after = replace(given_policy(settings) or own, model=own.model)
        before = own if against is None else replace(load_policy(against), model=own.model)

        async def work(tx: Reading) -> Simulated:
            then = await simulate_store(tx, Rules.of(before))
            more = [] if decisions is None else read_decisions(decisions, after)
            outcome = await simulate_store(tx, Rules.of(after), more)
            return Simulated(outcome, compare(then, outcome), 0)

        return await open_one.read(work)


def _read(source: Source, after: _Side, before: _Side | None, batch_rows: int, told: int) -> int:
    now, rejected = now_millis(), 0
    with bar(source.path.name, "rows") as tell:
        for prepared in prepared_batches(source, after.rules.policy, now, None, batch_rows):
            after.simulator.add(prepared.events, prepared.duplicates, len(prepared.conflicts))
            for reject in prepared.rejects:
                rejected += 1
                if told + rejected <= _TOLD:
                    note(plain(f"{source.path}:{reject.line}: {reject.reason}"))
            tell(prepared.done, prepared.total, prepared.position.line)
        # Another policy may take other rows for events.
        if before is not None:
            for prepared in prepared_batches(source, before.rules.policy, now, None, batch_rows):
                before.simulator.add(prepared.events, prepared.duplicates, len(prepared.conflicts))
    return rejected


def simulation_json(result: Simulated) -> dict[str, object]:
    """The outcome for programs."""
    simulation, against = result.simulation, result.against
    value: dict[str, object] = {
        "profiles": [{"id": one.id, "identifiers": one.identifiers} for one in simulation.profiles],
        "refusals": [
            {"a": one.low, "b": one.high, "reason": one.reason, "namespace": one.namespace}
            for one in simulation.refusals
        ],
        "set_aside": [{"identifier": key, "reason": reason} for key, reason in simulation.set_aside],
        "counts": simulation.counts | {"rejected": result.rejected},
    }
    if against is not None:
        value["against"] = {
            "merged": [{"id": new, "from": olds} for new, olds in against.merged],
            "split": [{"id": old, "into": news} for old, news in against.split],
            "gained": against.gained,
            "lost": against.lost,
            "unchanged": against.unchanged,
        }
    return value


def simulation_text(result: Simulated) -> Iterator[RenderableType]:
    """The outcome for persons."""
    simulation = result.simulation
    counts = {name.replace("_", " "): value for name, value in simulation.counts.items() if value != {}}
    yield facts("Simulation", counts | {"rejected rows": result.rejected})
    largest = sorted(simulation.profiles, key=lambda one: (-len(one.identifiers), one.id))[:_TOP]
    made = table("Largest profiles", "profile", "size", "identifiers", right=("size",))
    for one in largest:
        add(made, one.id, len(one.identifiers), "\n".join(one.identifiers))
    yield made
    if simulation.refusals:
        made = table("Refusals", "between", "and", "reason")
        for refusal in simulation.refusals[:_TOP]:
            add(made, refusal.low, refusal.high, because(refusal.reason, refusal.namespace))
        yield made
        yield from _more(len(simulation.refusals))
    if simulation.set_aside:
        made = table("Set aside: these join nobody", "identifier", "reason")
        for key, reason in simulation.set_aside[:_TOP]:
            add(made, key, reason)
        yield made
        yield from _more(len(simulation.set_aside))
    if result.against is not None:
        yield from _comparison(result.against)


def because(reason: str, namespace: str | None) -> str:
    """The reason of a refusal in words."""
    return f"more {namespace} than the limit" if reason == "limit" else "decided different"


def _comparison(against: Comparison) -> Iterator[RenderableType]:
    yield facts(
        "What changes",
        {
            "profiles merged": len(against.merged),
            "profiles split": len(against.split),
            "identifiers gained": len(against.gained),
            "identifiers lost": len(against.lost),
            "profiles unchanged": against.unchanged,
        },
    )
    for title, rows, word in (("Merged", against.merged, "from"), ("Split", against.split, "into")):
        if rows:
            made = table(title, "profile", word)
            for one, others in rows[:_TOP]:
                add(made, one, "\n".join(others))
            yield made
            yield from _more(len(rows))
    for title, keys in (("Gained: in a profile now", against.gained), ("Lost: in no profile now", against.lost)):
        if keys:
            made = table(title, "identifier")
            for key in keys[:_TOP]:
                add(made, key)
            yield made
            yield from _more(len(keys))


def _more(count: int) -> Iterator[RenderableType]:
    if count > _TOP:
        yield plain(f"… and {count - _TOP:,} more (--format json gives all)", "dim")
