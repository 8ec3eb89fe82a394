"""How the tests take a history into a store, and how they read back everything that the store then holds."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import quote

from graph_cdp.config import StoreUrl
from graph_cdp.domain.decision import Decision
from graph_cdp.domain.event import Event
from graph_cdp.domain.link import Link, pair_of
from graph_cdp.policies import Rules, parse_policy
from graph_cdp.resolve import ProfileIds, survivors
from graph_cdp.resolve.traits import trait_values
from graph_cdp.service.announce import Announced
from graph_cdp.service.decide import decide
from graph_cdp.service.ingest import ingest
from graph_cdp.service.recompute import rebuild, verify
from graph_cdp.service.rematch import rematch
from graph_cdp.store.open import open_store
from graph_cdp.store.port import Reading, Store, Writing
from tests import oracle
from tests.strategies import Arrival, History, Plain, policy_text, raw_event

ID_KEY = "the id key of the tests"
NOW = 1_800_000_000_000
MEMORY = StoreUrl.parse("sqlite:///:memory:")


def file_url(path: Path) -> StoreUrl:
    return StoreUrl.parse(f"sqlite:///{path}")


def url_text(url: StoreUrl) -> str:
    """The URL for another process, password and all."""
    if url.is_sqlite:
        return f"sqlite:///{url.path}"
    user, password = (quote(part or "", safe="") for part in (url.user, url.password))
    return f"{url.scheme}://{user}:{password}@{url.host}:{url.port}/{url.database or ''}"


async def opened(url: StoreUrl, id_key: str = ID_KEY) -> Store:
    return await open_store(url, ProfileIds(id_key))


def rules_of(policy: Plain) -> Rules:
    return Rules.of(parse_policy(policy_text(policy), "the policy of the test"))


def events_of(events: Iterable[Plain], rules: Rules) -> list[Event]:
    read = [rules.reader.read(raw_event(event), source="tests", now=NOW) for event in events]
    accepted = [event for event in read if isinstance(event, Event)]
    assert len(accepted) == len(read)
    return accepted


def decisions_of(decisions: Iterable[Plain]) -> list[Decision]:
    return [Decision.of(one["a"], one["b"], one["verdict"], one["at"], one["by"], one["reason"]) for one in decisions]


async def take_in(store: Store, arrivals: Iterable[Arrival], rules: Rules) -> list[Announced]:
    """Take arrivals in, each in one transaction; gives what they announced, where that is anything."""
    announced = list[Announced]()
    for arrival in arrivals:
        events, decisions = events_of(arrival.events, rules), decisions_of(arrival.decisions)

        async def work(
            tx: Writing,
            events: Sequence[Event] = events,
            decisions: Sequence[Decision] = decisions,
            matched: Sequence[Plain] = arrival.matched,
        ) -> list[Announced]:
            ingested = await ingest(tx, events, rules)
            decided = await decide(tx, decisions, rules.policy) if decisions else Announced()
            return [ingested.announced, decided, await match(tx, matched, rules)]

        announced += [one for one in await store.write(work) if one != Announced()]
    return announced


async def match(tx: Writing, matched: Sequence[Plain], rules: Rules) -> Announced:
    """Do what a model does: write what it says of those identifiers that are known."""
    links = [matched_link(one["a"], one["b"], one["score"]) for one in matched]
    known = await tx.identifiers({key for link in links for key in link.pair})
    links = [link for link in links if known.keys() >= {*link.pair}]
    return await rematch(tx, links, rules.policy) if links else Announced()


def matched_link(a: str, b: str, score: float) -> Link:
    return Link(*pair_of(a, b), "matched", 1, NOW, NOW, ("model",), score)


def truth_of(history: History) -> oracle.Expected:
    return oracle.expected(history.events, history.decisions, history.policy, ID_KEY, history.matched)


async def state_of(store: Store, rules: Rules) -> oracle.Expected:
    """What a store holds, in the oracle's words."""

    async def work(tx: Reading) -> oracle.Expected:
        return await _state(tx, store.ids, rules)

    return await store.read(work)


async def _state(tx: Reading, ids: ProfileIds, rules: Rules) -> oracle.Expected:
    known = await all_of(tx.scan_identifiers())
    held = await all_of(tx.scan_traits())
    owners: dict[str, str | None] = {event.id: None for event in await all_of(tx.scan_events())}
    owners.update({named.event: named.key for named in await all_of(tx.scan_names()) if named.owns})
    writes = defaultdict[str, dict[str, oracle.Write]](dict)
    for key, name, write in held:
        writes[key][name] = oracle.Write(*write)
    members = defaultdict[str, set[str]](set)
    for seen in known:
        if seen.profile is not None:
            members[ids.of(seen.profile)].add(seen.key)
    links = await all_of(tx.scan_links())
    observed, matched = ([link for link in links if link.kind == kind] for kind in ("observed", "matched"))
    assert len(observed) + len(matched) == len(links)
    assert {link.score for link in observed} <= {None}
    assert matched == [matched_link(*link.pair, link.score or 0.0) for link in matched]
    return oracle.Expected(
        identifiers={
            seen.key: oracle.Seen(
                *seen[1:5],
                *(anchor if anchor is None else ids.of(anchor) for anchor in (seen.cluster, seen.profile)),
                writes.get(seen.key, {}),
            )
            for seen in known
        },
        links={link.pair: oracle.Link(link.count, link.first_seen, link.last_seen, link.sources) for link in observed},
        matched={link.pair: link.score or 0.0 for link in matched},
        refusals={oracle.Refusal(*refusal) for refusal in await all_of(tx.scan_refusals())},
        profiles={profile: frozenset(keys) for profile, keys in members.items()},
        profile_traits={
            profile: trait_values(survivors((one for one in held if one.key in keys), rules.policy))
            for profile, keys in members.items()
        },
        owners=owners,
    )


async def all_of(pages: AsyncIterator[Sequence[Any]]) -> list[Any]:
    return [one async for page in pages for one in page]


async def dump_of(store: Store) -> dict[str, list[Any]]:
    """Everything that a store holds but for its notes, in one order whatever came first."""

    async def work(tx: Reading) -> dict[str, list[Any]]:
        return {
            "events": sorted(await all_of(tx.scan_events())),
            "names": sorted(await all_of(tx.scan_names())),
            "identifiers": await all_of(tx.scan_identifiers()),
            "links": await all_of(tx.scan_links()),
            "refusals": await all_of(tx.scan_refusals()),
            "traits": sorted(await all_of(tx.scan_traits()), key=lambda held: (held.key, held.name)),
            "decisions": await tx.decisions(),
            "records": await all_of(tx.scan_records()),
            "candidates": await all_of(tx.scan_candidates()),
        }

    return await store.read(work)


def computed(dump: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """What of a dump is recomputed: not events and decisions."""
    return {name: rows for name, rows in dump.items() if name not in {"events", "decisions"}}


async def differences(store: Store, rules: Rules) -> tuple[Any, ...]:
    """What `verify` finds."""
    found = await store.read(lambda tx: verify(tx, rules))
    assert found.differences >= len(found.shown)
    return found.shown


async def rebuilt(store: Store, rules: Rules) -> None:
    await store.write(lambda tx: rebuild(tx, rules))


def assert_agree(found: oracle.Expected, truth: oracle.Expected) -> None:
    """Compare part by part, so that a failure is short; traits as JSON too, where 1, 1.0 and true differ."""
    assert found.links == truth.links
    assert found.matched == truth.matched
    assert found.identifiers == truth.identifiers
    assert found.profiles == truth.profiles
    assert found.refusals == truth.refusals
    assert found.owners == truth.owners
    for profile, traits in truth.profile_traits.items():
        assert oracle.canonical(found.profile_traits[profile]) == oracle.canonical(traits)
    for key, seen in truth.identifiers.items():
        assert oracle.canonical(found.identifiers[key].traits) == oracle.canonical(seen.traits)


def groups(found: oracle.Expected) -> set[frozenset[str]]:
    return set(found.profiles.values())


def made_its_own(history: History, number: int) -> History:
    """The same history with names of namespaces, events and traits that no other number has."""
    own = f"h{number}"
    listed = {namespace["name"] for namespace in history.policy["namespaces"]}
    events = [
        {
            **event,
            "id": own + event["id"],
            "identifiers": [(own + name if name in listed else name, value) for name, value in event["identifiers"]],
            "traits": {own + name: value for name, value in event["traits"].items()},
        }
        for event in history.events
    ]
    policy = {
        "namespaces": [{**namespace, "name": own + namespace["name"]} for namespace in history.policy["namespaces"]],
        "traits": {own + name: rule for name, rule in history.policy["traits"].items()},
    }
    decisions = [{**one, "a": own + one["a"], "b": own + one["b"]} for one in history.decisions]
    matched = tuple({**one, "a": own + one["a"], "b": own + one["b"]} for one in history.matched)
    return History(policy, events, decisions, matched)


def side_by_side(histories: Iterable[History]) -> History:
    """Several histories, each made its own, as one: nothing of one touches anything of another."""
    histories = list(histories)
    return History(
        {
            "namespaces": [namespace for one in histories for namespace in one.policy["namespaces"]],
            "traits": {name: rule for one in histories for name, rule in one.policy["traits"].items()},
        },
        [event for one in histories for event in one.events],
        [decision for one in histories for decision in one.decisions],
        tuple(link for one in histories for link in one.matched),
    )


def at_once(ways: Iterable[Sequence[Arrival]]) -> list[Arrival]:
    """Several ways of arriving as one: the first arrivals of all, then the second of all, and so on."""
    return [
        Arrival(
            [event for one in row for event in one.events],
            [decision for one in row for decision in one.decisions],
            tuple(link for one in row for link in one.matched),
        )
        for row in zip_longest(*ways, fillvalue=Arrival([], []))
    ]


async def placed(store: Store) -> dict[str, str | None]:
    """The anchor of each identifier's profile."""

    async def work(tx: Reading) -> dict[str, str | None]:
        return {seen.key: seen.profile for seen in await all_of(tx.scan_identifiers())}

    return await store.read(work)
