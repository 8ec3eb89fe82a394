"""What mutations do, say and refuse."""

import pytest

from graph_cdp.domain.identifier import Identifier
from graph_cdp.query.audit import audit_page
from tests.api.graphql_world import NOW, Plain, World

INGEST = """mutation($events: [JSON!]!) { ingest(events: $events) {
    accepted duplicates ids userErrors { code message path } touched changes { kind before after reason }
    profiles { id identifiers { key } journey { nodes { id } } }
} }"""
DECIDED = """ {
    decision { id from to verdict at by reason stands } supersedes { id verdict stands } together
    profiles { id } touched changes { kind before after reason } userErrors { code message path }
}"""
DECIDE = (
    """mutation($a: IdentifierInput!, $b: IdentifierInput!, $verdict: Verdict!, $reason: String!) {
    decide(a: $a, b: $b, verdict: $verdict, reason: $reason)"""
    + DECIDED
    + "}"
)
WITHDRAW = "mutation($decision: ID!) { withdraw(decision: $decision)" + DECIDED + "}"
EVERYTHING = ("admin",)


@pytest.fixture
def world(fresh_world: World) -> World:
    """Each test writes, so each has its own."""
    return fresh_world


def given(key: str) -> Plain:
    return Identifier.of(key)._asdict()


async def ingest(world: World, *events: Plain) -> Plain:
    return (await world.ask(INGEST, EVERYTHING, events=events)).data["ingest"]


async def decide(world: World, a: str, b: str, verdict: str, reason: str = "seen together") -> Plain:
    asked = {"a": given(a), "b": given(b), "verdict": verdict, "reason": reason}
    return (await world.ask(DECIDE, EVERYTHING, **asked)).data["decide"]


async def profile_ids(world: World, *keys: str) -> list[str]:
    ids, known = world.services.store.ids, await world.services.store.read(lambda tx: tx.identifiers(keys))
    return [ids.of(known[key].profile) for key in keys]


async def test_identifiers_that_cannot_be_read_are_told_with_their_events_and_reasons(world: World) -> None:
    asked = (
        "mutation($events: [JSON!]!) { ingest(events: $events) { accepted issues { event namespace reason message } } }"
    )
    odd = [{"namespace": "fax", "value": "1"}, {"namespace": "email", "value": "no address"}]
    events = [{"messageId": "i1"}, {"messageId": "i2", "userId": "zoe"}, {"messageId": "i3", "identifiers": odd}]
    done = (await world.ask(asked, EVERYTHING, events=events)).data["ingest"]
    assert done["accepted"] == 2
    assert done["issues"] == [
        {"event": 2, "namespace": "fax", "reason": "UNKNOWN_NAMESPACE", "message": "the policy has no such namespace"},
        {"event": 2, "namespace": "email", "reason": "INVALID_VALUE", "message": "has no @"},
    ]
    other = {"messageId": "i3", "userId": "zoe", "identifiers": odd}
    assert (await world.ask(asked, EVERYTHING, events=[other])).data["ingest"] == {"accepted": 0, "issues": []}


async def test_events_are_stored_once_and_the_profiles_they_touch_come_back(world: World) -> None:
    one = {"type": "track", "event": "Tea", "userId": "zoe", "anonymousId": "tab", "messageId": "t1"}
    done = await ingest(world, one)
    (profile,) = done["profiles"]
    assert (done["accepted"], done["duplicates"], done["ids"], done["userErrors"]) == (1, 0, ["t1"], [])
    assert [seen["key"] for seen in profile["identifiers"]] == ["user_id:zoe", "anonymous_id:tab"]
    assert profile["journey"]["nodes"] == [{"id": "t1"}]
    assert done["touched"] == [profile["id"]]
    again = await ingest(world, one)
    assert (again["accepted"], again["duplicates"], again["ids"]) == (0, 1, ["t1"])
    assert again["profiles"] == done["profiles"]


async def test_what_cannot_be_read_is_told_with_its_place_and_the_rest_is_kept(world: World) -> None:
    good = {"type": "track", "event": "Tea", "userId": "zoe", "messageId": "t1", "timestamp": "2026-01-09T09:00:00Z"}
    done = await ingest(world, {"type": "track"}, good, "no object", good | {"event": "Coffee"})
    assert done["accepted"] == 1
    assert done["ids"] == [None, "t1", None, None]
    assert [(error["code"], error["path"]) for error in done["userErrors"]] == [
        ("EVENT_INVALID", ["events", "0", "identifiers"]),
        ("EVENT_INVALID", ["events", "2", "event"]),
        ("EVENT_CONFLICT", ["events", "3", "messageId"]),
    ]
    assert (await ingest(world))["accepted"] == 0


async def test_of_two_events_with_one_id_the_one_that_was_stored_is_no_conflict(world: World) -> None:
    stored, other = ({"type": "track", "messageId": "e90", "userId": "ann", "event": name} for name in ("Paid", "Left"))
    stored["timestamp"] = other["timestamp"] = "2026-01-09T09:00:00Z"
    assert (await ingest(world, stored))["accepted"] == 1
    done = await ingest(world, other, stored)
    assert (done["accepted"], done["duplicates"], done["ids"]) == (0, 1, [None, "e90"])
    assert [(one["code"], one["path"]) for one in done["userErrors"]] == [
        ("EVENT_CONFLICT", ["events", "0", "messageId"])
    ]


async def test_events_take_the_source_of_whoever_sends_them_unless_they_name_one(world: World) -> None:
    await ingest(world, {"userId": "zoe", "messageId": "t1"}, {"userId": "zoe", "messageId": "t2", "source": "till"})
    data = await world.data(
        '{ a: node(id: "t1") { ... on Event { source } } b: node(id: "t2") { ... on Event { source } } }'
    )
    assert data == {"a": {"source": "tests"}, "b": {"source": "till"}}


async def test_an_event_that_joins_two_profiles_tells_of_the_merge(world: World) -> None:
    await ingest(world, {"userId": "zoe", "messageId": "t1"}, {"anonymousId": "tab", "messageId": "t2"})
    zoe, tab = await profile_ids(world, "user_id:zoe", "anonymous_id:tab")
    done = await ingest(world, {"userId": "zoe", "anonymousId": "tab", "messageId": "t3"})
    assert [(one["kind"], sorted(one["before"]), one["after"]) for one in done["changes"]] == [
        ("MERGED", sorted([zoe, tab]), [zoe])
    ]
    assert done["touched"] == sorted([zoe, tab])
    assert [one["id"] for one in done["profiles"]] == [zoe]


async def test_too_many_events_at_once_are_refused_whole(world: World) -> None:
    events = [{"userId": "zoe", "messageId": f"t{number}"} for number in range(2501)]
    result = await world.ask(INGEST, EVERYTHING, may_fail=True, events=events)
    assert [error.extensions["code"] for error in result.errors] == ["input_invalid"]
    assert await world.services.store.read(lambda tx: tx.events_by_id(["t0"])) == []


async def test_a_decision_is_recorded_in_the_name_of_whoever_asks_and_supersedes_the_earlier_one(world: World) -> None:
    ids = await profile_ids(world, "user_id:ann", "user_id:ann2")
    done = await decide(world, "user_id:ann2", "user_id:ann", "SAME", "  one loyalty card ")
    decision = done["decision"]
    assert {name: decision[name] for name in ("from", "to", "verdict", "by", "reason", "stands", "at")} == {
        "from": "user_id:ann", "to": "user_id:ann2", "verdict": "SAME", "by": "key_of_tests",
        "reason": "one loyalty card", "stands": True, "at": "2026-03-01T12:00:00.000Z",
    }  # fmt: skip
    assert (done["supersedes"], done["together"], done["userErrors"]) == (None, True, [])
    assert [(one["kind"], sorted(one["before"])) for one in done["changes"] if one["kind"] == "MERGED"] == [
        ("MERGED", sorted(ids))
    ]
    assert [one["id"] for one in done["profiles"]] == done["changes"][0]["after"]
    later = await decide(world, "user_id:ann", "user_id:bob", "UNSURE")
    assert later["supersedes"] == {"id": later["supersedes"]["id"], "verdict": "DIFFERENT", "stands": False}
    assert len(later["profiles"]) == 2


async def test_a_decision_taken_back_restores_the_profiles_ids_included(world: World) -> None:
    keys = ("user_id:ann", "user_id:ann2", "email:ann@shop.org", "anonymous_id:sofa")
    before = await profile_ids(world, *keys)
    decision = (await decide(world, "user_id:ann", "user_id:ann2", "SAME"))["decision"]["id"]
    assert await profile_ids(world, *keys) != before
    back = (await world.ask(WITHDRAW, EVERYTHING, decision=decision)).data["withdraw"]
    assert (back["decision"]["verdict"], back["decision"]["reason"]) == ("UNSURE", "withdrawn")
    assert (back["supersedes"], back["together"]) == ({"id": decision, "verdict": "SAME", "stands": False}, False)
    assert "SPLIT" in {one["kind"] for one in back["changes"]}
    assert await profile_ids(world, *keys) == before
    again = (await world.ask(WITHDRAW, EVERYTHING, decision=decision)).data["withdraw"]
    assert [error["code"] for error in again["userErrors"]] == ["DECISION_SUPERSEDED"]
    unsure = (await world.ask(WITHDRAW, EVERYTHING, decision=back["decision"]["id"])).data["withdraw"]
    assert [error["code"] for error in unsure["userErrors"]] == ["DECISION_SUPERSEDED"]


async def test_what_was_decided_and_taken_back_can_be_decided_again_in_the_same_millisecond(world: World) -> None:
    keys = ("user_id:ann", "user_id:ann2")
    first = await decide(world, *keys, "SAME")
    back = (await world.ask(WITHDRAW, EVERYTHING, decision=first["decision"]["id"])).data["withdraw"]
    again = await decide(world, *keys, "SAME")
    assert (again["decision"]["stands"], again["together"]) == (True, True)
    assert again["supersedes"] == {"id": back["decision"]["id"], "verdict": "UNSURE", "stands": False}
    once_more = (await world.ask(WITHDRAW, EVERYTHING, decision=again["decision"]["id"])).data["withdraw"]
    assert (once_more["decision"]["stands"], once_more["together"]) == (True, False)


@pytest.mark.parametrize(
    ("a", "b", "reason", "code", "path"),
    [
        ("user_id:ann", "user_id:nobody", "why", "IDENTIFIER_UNKNOWN", ["b"]),
        ("shoe_size:42", "user_id:ann", "why", "IDENTIFIER_INVALID", ["a"]),
        ("user_id:ann", "user_id: ann ", "why", "SAME_IDENTIFIER", ["b"]),
        ("user_id:ann", "user_id:bob", " ", "REASON_MISSING", ["reason"]),
    ],
)
async def test_what_is_wrong_with_a_decision_is_told_and_nothing_is_decided(
    world: World, a: str, b: str, reason: str, code: str, path: list[str]
) -> None:
    done = await decide(world, a, b, "SAME", reason)
    assert (done["decision"], done["together"], done["profiles"], done["changes"]) == (None, None, [], [])
    assert [(error["code"], error["path"]) for error in done["userErrors"]] == [(code, path)]
    assert len(await world.services.store.read(lambda tx: tx.decisions())) == 1
    assert await entries(world) == []


async def test_a_decision_that_there_is_not_cannot_be_taken_back(world: World) -> None:
    done = (await world.ask(WITHDRAW, EVERYTHING, decision="none")).data["withdraw"]
    assert [(error["code"], error["path"]) for error in done["userErrors"]] == [("DECISION_UNKNOWN", ["decision"])]


async def entries(world: World) -> list[tuple[object, ...]]:
    """Those of the audit log that tell of decisions."""
    page = await world.services.store.read(lambda tx: audit_page(tx, 0, 100))
    return [(one.at, one.who, one.action, one.subject, one.why) for one in page if one.action != "read_personal"]


async def test_decisions_are_entered_into_the_audit_log_by_their_ids(world: World) -> None:
    decided = await decide(world, "user_id:ann", "user_id:ann2", "SAME")
    decision = decided["decision"]["id"]
    back = (await world.ask(WITHDRAW, EVERYTHING, decision=decision)).data["withdraw"]["decision"]["id"]
    assert await entries(world) == [
        (NOW, "key_of_tests", "decide", decision, "seen together"),
        (NOW, "key_of_tests", "withdraw", back, "withdrawn"),
    ]


async def test_each_mutation_needs_its_scope(world: World) -> None:
    pair = {"a": given("user_id:ann"), "b": given("user_id:bob"), "verdict": "SAME", "reason": "why"}
    for query, lacking, variables in (
        (INGEST, ("read", "decide"), {"events": []}),
        (DECIDE, ("read", "collect"), pair),
        (WITHDRAW, ("read", "collect"), {"decision": "none"}),
    ):
        result = await world.ask(query, lacking, may_fail=True, **variables)
        assert [error.extensions for error in result.errors] == [{"code": "forbidden"}]


async def test_whoever_may_only_collect_learns_nothing_of_profiles(world: World) -> None:
    counted = "mutation($events: [JSON!]!) { ingest(events: $events) { accepted ids userErrors { code } %s } }"
    events = [{"userId": "ann", "messageId": "t1"}]
    done = await world.ask(counted % "", ("collect",), events=events)
    assert done.data == {"ingest": {"accepted": 1, "ids": ["t1"], "userErrors": []}}
    for field in ("touched", "changes { kind }", "profiles { id }"):
        result = await world.ask(counted % field, ("collect",), may_fail=True, events=events)
        assert [error.extensions for error in result.errors] == [{"code": "forbidden"}]
