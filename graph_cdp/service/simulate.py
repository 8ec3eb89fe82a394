"""Resolve events without writing anything, and tell what another policy would change."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from typing import NamedTuple

from graph_cdp.domain.decision import Decision
from graph_cdp.domain.event import Event, Issue
from graph_cdp.domain.identifier import Key, SetAside
from graph_cdp.domain.link import Link, Refusal
from graph_cdp.domain.policy import Policy
from graph_cdp.policies import Rules
from graph_cdp.resolve import Evidence, ProfileIds, Tally
from graph_cdp.resolve.whole import compute
from graph_cdp.service.issues import IssueCounts
from graph_cdp.service.recompute import events_in, matches_in
from graph_cdp.service.sift import sift
from graph_cdp.store.port import Reading


class SimulatedProfile(NamedTuple):
    """A profile as it would be; identifiers by key."""

    id: str
    identifiers: tuple[Key, ...]


class Simulation(NamedTuple):
    """What a policy makes of events and decisions. Everything is sorted, so equal outcomes are equal.

    `refusals` are the links that did not join; `set_aside` the identifiers that join nobody, with the reason.
    """

    profiles: tuple[SimulatedProfile, ...]
    refusals: tuple[Refusal, ...]
    set_aside: tuple[tuple[Key, SetAside], ...]
    counts: dict[str, object]


class Comparison(NamedTuple):
    """What would change from one outcome to another, by profile id and identifiers.

    `merged`: profiles of the new outcome that hold identifiers of several old ones; `split`: old profiles whose
    identifiers are in several new ones; `gained`, `lost`: identifiers that are in a profile only after, only before.
    """

    merged: tuple[tuple[str, tuple[str, ...]], ...]
    split: tuple[tuple[str, tuple[str, ...]], ...]
    gained: tuple[Key, ...]
    lost: tuple[Key, ...]
    unchanged: int


class Simulator:
    """Takes events in any order and any number of steps; each id counts once."""

    def __init__(self, policy: Policy, ids: ProfileIds) -> None:
        self._policy, self._ids = policy, ids
        self._tally = Tally()
        self._digest_by_id: dict[str, bytes] = {}
        self._counts: Counter[str] = Counter()
        self._issues: Counter[Issue] = Counter()

    def add(self, events: Iterable[Event], duplicates: int = 0, conflicts: int = 0) -> None:
        """Count events in, and those that were found to repeat or to contradict one before they came here."""
        fresh = sift(events, self._digest_by_id)
        self._counts["duplicates"] += duplicates + fresh.duplicates
        self._counts["conflicts"] += conflicts + len(fresh.conflicts)
        self._tally.add(fresh.events)
        self._issues.update(chain.from_iterable(fresh.events.column("issues")))

    def evidence(self) -> Evidence:
        """What the events so far say of identifiers and links."""
        return self._tally.evidence()

    def outcome(self, decisions: Iterable[Decision], matched: Iterable[Link] = ()) -> Simulation:
        """What the events so far come to, with the matched links of a model."""
        computed = compute(self.evidence(), decisions, self._policy, matched)
        keys_by_anchor: defaultdict[Key, list[Key]] = defaultdict(list)
        for seen in computed.seen.values():
            if seen.profile is not None:
                keys_by_anchor[seen.profile].append(seen.key)
        profiles = sorted(
            SimulatedProfile(self._ids.of(anchor), tuple(sorted(keys))) for anchor, keys in keys_by_anchor.items()
        )
        counts: dict[str, object] = {
            "events": len(self._digest_by_id),
            "duplicates": self._counts["duplicates"],
            "conflicts": self._counts["conflicts"],
            "identifiers": len(computed.seen),
            "links": len(computed.links),
            "matched": len(computed.matched),
            "profiles": len(profiles),
            "refusals": len(computed.refusals),
            "set_aside": len(computed.set_aside),
            **asdict(IssueCounts.of(self._issues)),
        }
        return Simulation(
            tuple(profiles),
            tuple(sorted(computed.refusals, key=lambda refusal: refusal[:3])),
            tuple(sorted(computed.set_aside.items())),
            counts,
        )


async def simulate_store(tx: Reading, rules: Rules, decisions: Sequence[Decision] = ()) -> Simulation:
    """What rules make of the events and decisions of a store, and of further decisions; writes nothing.

    Records are matched anew with the model of the rules; without one, the matched links that are there stand.
    """
    simulator = Simulator(rules.policy, tx.ids)
    async for events in events_in(tx, rules):
        simulator.add(events)
    judged = [*await tx.decisions(), *decisions]
    matches = await matches_in(tx, simulator.evidence(), judged, rules)
    return simulator.outcome(judged, matches.links.values())


def compare(before: Simulation, after: Simulation) -> Comparison:
    """What would change from `before` to `after`."""
    return compare_profiles(_profile_by_key(before), _profile_by_key(after))


def compare_profiles(old: Mapping[Key, str], new: Mapping[Key, str]) -> Comparison:
    """What changes from one partition to another, each given as the profile's name by identifier."""
    olds_by_new: defaultdict[str, set[str]] = defaultdict(set)
    news_by_old: defaultdict[str, set[str]] = defaultdict(set)
    for key in old.keys() & new.keys():
        olds_by_new[new[key]].add(old[key])
        news_by_old[old[key]].add(new[key])
    return Comparison(
        _several(olds_by_new),
        _several(news_by_old),
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        _unchanged(old, new),
    )


def _profile_by_key(simulation: Simulation) -> dict[Key, str]:
    return {key: profile.id for profile in simulation.profiles for key in profile.identifiers}


def _unchanged(old: Mapping[Key, str], new: Mapping[Key, str]) -> int:
    """How many profiles have the same name and the same identifiers in both."""
    before, after, both = Counter(old.values()), Counter(new.values()), Counter[str]()
    for key, name in new.items():
        if old.get(key) == name:
            both[name] += 1
    return sum(before[name] == after[name] == count for name, count in both.items())


def _several(ids: dict[str, set[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((one, tuple(sorted(others))) for one, others in sorted(ids.items()) if len(others) > 1)
