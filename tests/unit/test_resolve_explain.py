"""Why two identifiers are, or are not, in one profile, by examples; on SQLite in memory."""

from collections.abc import AsyncIterator

import pytest

from graph_cdp.query.explain import Explanation, explain
from graph_cdp.store.port import Store
from tests.contract.rows import NOON
from tests.stores import MEMORY, opened, rules_of, take_in
from tests.strategies import Arrival, Plain

RULES = rules_of({
    "namespaces": [
        {"name": "crm", "limit": 1},
        {"name": "email"},
        {"name": "cookie", "shared_above": 2, "blocked": ["null"]},
    ],
    "traits": {},
})  # fmt: skip


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    store = await opened(MEMORY)
    yield store
    await store.close()


def seen(event_id: str, *keys: str, at: int = 0) -> Plain:
    identifiers = [tuple(key.split(":")) for key in keys]
    return {"id": event_id, "at": NOON + at, "source": "web", "identifiers": identifiers, "traits": {}}


def judged(a: str, b: str, verdict: str, at: int = 0) -> Plain:
    return {"a": a, "b": b, "verdict": verdict, "at": NOON + at, "by": "ann", "reason": "asked them"}


async def explained(store: Store, a: str, b: str, events: list[Plain], decisions: list[Plain]) -> Explanation:
    await take_in(store, [Arrival(events, decisions)], RULES)
    return await store.read(lambda tx: explain(tx, a, b, RULES.policy))


def path(found: Explanation) -> list[str]:
    return [f"{step.link.low} – {step.link.high}" for step in found.path]


async def test_the_strongest_path_leads_over_several_links_each_with_its_newest_events(store: Store) -> None:
    events = [
        seen("m1", "crm:1", "email:a"),
        seen("m2", "email:a", "cookie:k", at=1),
        seen("m3", "email:a", "cookie:k", at=3),
        seen("m4", "email:a", "cookie:k", at=2),
        seen("m5", "email:a", "cookie:k", at=4),
        seen("m6", "email:a", "cookie:j", at=9),
    ]
    found = await explained(store, "cookie:k", "crm:1", events, [])
    assert found.verdict == "same_profile"
    assert path(found) == ["cookie:k – email:a", "crm:1 – email:a"]
    assert [event.id for event in found.path[0].examples] == ["m5", "m3", "m4"]
    link = found.path[0].link
    assert (link.count, link.first_seen, link.last_seen, link.sources) == (4, NOON + 1, NOON + 4, ("web",))
    assert (found.refusals, found.aside, found.decisions) == ((), (), ())


async def test_two_kept_apart_by_a_limit_are_explained_by_the_refusal_on_the_path_between_them(store: Store) -> None:
    events = [seen("m1", "crm:1", "cookie:k"), seen("m2", "crm:2", "cookie:k", at=1)]
    found = await explained(store, "crm:1", "crm:2", events, [])
    assert found.verdict == "kept_apart"
    assert path(found) == ["cookie:k – crm:1", "cookie:k – crm:2"]
    refusal = found.path[0].refusal
    assert refusal is not None
    assert (refusal.reason, refusal.namespace) == ("limit", "crm")
    assert found.path[1].refusal is None
    assert found.refusals == (refusal,)


async def test_two_kept_apart_by_a_decision_are_explained_by_it_and_by_what_it_superseded(store: Store) -> None:
    decisions = [judged("email:a", "cookie:k", "same", 1), judged("email:a", "cookie:k", "different", 2)]
    found = await explained(store, "email:a", "cookie:k", [seen("m1", "email:a", "cookie:k")], decisions)
    assert found.verdict == "kept_apart"
    assert [(one.reason, one.kind) for one in found.refusals] == [("decided", "observed")]
    assert sorted((one.at - NOON, one.verdict) for one in found.decisions) == [(1, "same"), (2, "different")]


async def test_two_decided_same_are_explained_by_the_decision_and_a_manual_link(store: Store) -> None:
    events = [seen("m1", "crm:1"), seen("m2", "crm:2")]
    found = await explained(store, "crm:1", "crm:2", events, [judged("crm:1", "crm:2", "same", 5)])
    assert found.verdict == "same_profile"
    ((link, examples, refusal),) = found.path
    assert (link.kind, link.first_seen, link.sources, examples, refusal) == ("manual", NOON + 5, ("ann",), (), None)
    assert [one.verdict for one in found.decisions] == ["same"]


async def test_two_that_a_model_matched_are_explained_by_the_matched_link_with_its_score_and_model(
    store: Store,
) -> None:
    matched = ({"a": "crm:1", "b": "crm:2", "score": 0.875},)
    await take_in(store, [Arrival([seen("m1", "crm:1"), seen("m2", "crm:2")], [], matched)], RULES)
    found = await store.read(lambda tx: explain(tx, "crm:1", "crm:2", RULES.policy))
    assert found.verdict == "same_profile"
    ((link, examples, refusal),) = found.path
    assert (link.kind, link.score, link.sources, examples, refusal) == ("matched", 0.875, ("model",), (), None)


async def test_a_shared_identifier_between_two_is_told_with_what_it_is_linked_to(store: Store) -> None:
    events = [seen(f"m{number}", f"crm:{number}", "cookie:kiosk") for number in range(3)]
    found = await explained(store, "crm:0", "crm:1", events, [])
    assert found.verdict == "set_aside"
    ((aside, linked),) = found.aside
    assert (aside.key, aside.set_aside, linked) == ("cookie:kiosk", "shared", {"crm": 3})


async def test_a_shared_identifier_itself_is_told_as_set_aside_with_the_link_that_does_not_join(store: Store) -> None:
    events = [seen(f"m{number}", f"crm:{number}", "cookie:kiosk") for number in range(3)]
    found = await explained(store, "cookie:kiosk", "crm:1", events, [])
    assert found.verdict == "set_aside"
    assert [one.seen.key for one in found.aside] == ["cookie:kiosk"]
    assert path(found) == ["cookie:kiosk – crm:1"]
    assert [event.id for event in found.path[0].examples] == ["m1"]


async def test_a_blocked_value_between_two_is_told_as_set_aside(store: Store) -> None:
    events = [seen("m1", "crm:1", "cookie:null"), seen("m2", "crm:2", "cookie:null")]
    found = await explained(store, "crm:1", "crm:2", events, [])
    assert found.verdict == "set_aside"
    assert [(one.seen.key, one.seen.set_aside, one.linked) for one in found.aside] == [("cookie:null", "blocked", {})]


async def test_two_that_no_event_and_no_decision_leads_between_are_unconnected(store: Store) -> None:
    decisions = [judged("crm:1", "crm:2", "different")]
    found = await explained(store, "crm:1", "crm:2", [seen("m1", "crm:1", "email:a"), seen("m2", "crm:2")], decisions)
    assert (found.verdict, found.path, found.aside) == ("unconnected", (), ())
    assert [one.verdict for one in found.decisions] == ["different"]
