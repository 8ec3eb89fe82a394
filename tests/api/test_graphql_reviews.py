"""The review queue by GraphQL: pages, both sides, previews, and what reviewers do."""

from dataclasses import replace

import pytest

from api.access.masking import MASKED
from graph_cdp.query.audit import audit_page
from tests.api.graphql_world import DUPLICATE_ID, FRAUD_ID, Plain, World, matched_by_a_model, world_of
from tests.stores import dump_of, file_url

REVIEWER = ("read", "read:pii", "decide")
ITEM = "{ id kind state assignee until verdict found }"
PAYLOAD = f"{{ item {ITEM} changes {{ kind }} touched userErrors {{ code path }} }}"
DECIDED = f"{{ decision {{ id from to verdict }} together changes {{ kind }} item {ITEM} userErrors {{ code path }} }}"


@pytest.fixture
def world(fresh_world: World) -> World:
    """Each test writes, so each has its own."""
    return fresh_world


async def act(world: World, field: str, below: str = PAYLOAD, scopes=REVIEWER) -> Plain:
    (answer,) = (await world.ask(f"mutation {{ {field} {below} }}", scopes)).data.values()
    return answer


def on(item: str, more: str = "") -> str:
    return f'(item: "{item}"{more})'


def say(verdict: str, item: str = DUPLICATE_ID, reason: str = "asked them") -> str:
    return f'decide(item: "{item}", verdict: {verdict}, reason: "{reason}")'


async def test_the_most_useful_comes_first_and_pages_go_on_behind_a_cursor(world: World) -> None:
    asked = "query($after: String) { reviewQueue(first: 1, after: $after) { nodes { id gain } totalCount pageInfo {"
    asked += " hasNextPage endCursor } } }"
    first = (await world.data(asked))["reviewQueue"]
    assert ([one["id"] for one in first["nodes"]], first["totalCount"]) == ([DUPLICATE_ID], 2)
    assert first["pageInfo"]["hasNextPage"]
    second = (await world.data(asked, after=first["pageInfo"]["endCursor"]))["reviewQueue"]
    assert [one["id"] for one in second["nodes"]] == [FRAUD_ID]
    assert not second["pageInfo"]["hasNextPage"]
    other = asked.replace("first: 1", "first: 1, kind: FRAUD")
    assert await world.codes(other, after=first["pageInfo"]["endCursor"]) == ["input_invalid"]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ("", [DUPLICATE_ID, FRAUD_ID]),
        ("(kind: FRAUD)", [FRAUD_ID]),
        ("(minScore: 0.6)", [DUPLICATE_ID]),
        ("(state: OPEN)", [DUPLICATE_ID, FRAUD_ID]),
        ("(state: DECIDED)", []),
    ],
)
async def test_what_is_wanted_can_be_said(tmp_path, wanted: str, ids: list[str]) -> None:
    async with world_of(file_url(tmp_path / "graph.db")) as world:
        found = await world.data(f"{{ reviewQueue{wanted} {{ nodes {{ id }} }} }}")
        assert [one["id"] for one in found["reviewQueue"]["nodes"]] == ids


async def test_an_item_shows_both_sides_and_what_deciding_would_do_and_writes_nothing(world: World) -> None:
    before = await dump_of(world.services.store)
    item = (
        await world.data(
            f'{{ reviewItem(id: "{DUPLICATE_ID}") {{ kind reasons evidence {{ what figure identifiers }} identifiers'
            " profiles { id identifiers { key } } comparison { attribute isTrait left right relation }"
            " same: preview(verdict: SAME) { changes together before { id size } after { id size traits { name } } }"
            " different: preview(verdict: DIFFERENT) { changes together } } }"
        )
    )["reviewItem"]
    assert item["reasons"] == ["user_id:ann told of email:ann@shop.org, and user_id:ann2 too."]
    assert item["evidence"][0] == {
        "what": "events that named both",
        "figure": 2.0,
        "identifiers": ["email:ann@shop.org", "user_id:ann"],
    }
    assert len(item["profiles"]) == 2
    relations = {(one["attribute"], one["isTrait"]): one["relation"] for one in item["comparison"]}
    assert relations["user_id", False] == "SIMILAR"
    assert relations["email", True] == "EQUAL"
    assert relations["plan", True] == "LEFT_ONLY"
    assert item["same"]["changes"]
    assert item["same"]["together"]
    assert len(item["same"]["before"]) > len(item["same"]["after"])
    assert {one["name"] for one in item["same"]["after"][0]["traits"]} >= {"plan", "email"}
    assert not item["different"]["together"]
    assert await dump_of(world.services.store) == before
    decided = await act(world, say("SAME"), "{ together profiles { id identifiers { key } } }")
    assert decided["together"]
    assert {one["id"] for one in decided["profiles"]} <= {one["id"] for one in item["same"]["after"]}


async def test_an_item_shows_what_each_attribute_adds_where_a_model_compares_both_masked_for_whom_it_must_be(
    world: World,
) -> None:
    asked = f'{{ reviewItem(id: "{DUPLICATE_ID}") {{ waterfall {{ prior weight score'
    asked += " bars { attribute relation left right weight } } } }"
    assert (await world.data(asked))["reviewItem"] == {"waterfall": None}
    await matched_by_a_model(world)
    told = (await world.data(asked))["reviewItem"]["waterfall"]
    assert told["prior"] + sum(bar["weight"] for bar in told["bars"]) == pytest.approx(told["weight"])
    assert 0 < told["score"] < 1
    bars = {bar["attribute"]: (bar["left"], bar["right"]) for bar in told["bars"]}
    assert bars["first_name"] == ("Ann", "Anna")
    assert bars["town"] == (None, None)
    masked = (await world.ask(asked, ("read",))).data["reviewItem"]["waterfall"]["bars"]
    assert all(value is None or value.startswith(MASKED) for bar in masked for value in (bar["left"], bar["right"]))


async def test_deciding_changes_profiles_and_undoing_gives_them_back_ids_included(world: World) -> None:
    before = await dump_of(world.services.store)
    decided = await act(world, say("SAME"), DECIDED)
    assert (decided["userErrors"], decided["together"]) == ([], True)
    assert decided["decision"] == {
        "id": decided["decision"]["id"], "from": "user_id:ann", "to": "user_id:ann2", "verdict": "SAME"
    }  # fmt: skip
    assert decided["item"] == {
        "id": DUPLICATE_ID, "kind": "DUPLICATE", "state": "DECIDED", "assignee": "key_of_tests", "until": None,
        "verdict": "SAME", "found": True,
    }  # fmt: skip
    assert "MERGED" in {one["kind"] for one in decided["changes"]}
    assert [error["code"] for error in (await act(world, say("DIFFERENT"), DECIDED))["userErrors"]] == ["ITEM_DECIDED"]
    preview = (
        f'{{ node(id: "{DUPLICATE_ID}") {{ ... on ReviewItem {{ preview(verdict: WITHDRAWN) {{ together }} }} }} }}'
    )
    assert not (await world.data(preview))["node"]["preview"]["together"]
    undone = await act(world, "undo" + on(DUPLICATE_ID))
    assert (undone["item"]["state"], undone["userErrors"]) == ("OPEN", [])
    after = await dump_of(world.services.store)
    del before["decisions"], after["decisions"]
    assert after == before
    found = await world.data(
        f'{{ reviewItem(id: "{DUPLICATE_ID}") {{ history {{ kind by text verdict settles undone decision }} }} }}'
    )
    assert [(one["kind"], one["text"], one["undone"]) for one in found["reviewItem"]["history"]] == [
        ("DECIDE", "asked them", True),
        ("UNDO", "", False),
    ]
    log = [one for one in await world.services.store.read(lambda tx: audit_page(tx, 0, 100)) if "review" in one.action]
    assert [(one.who, one.action, one.subject) for one in log] == [
        ("key_of_tests", "review_decide", DUPLICATE_ID),
        ("key_of_tests", "review_undo", DUPLICATE_ID),
    ]


async def test_claims_snoozes_and_notes_are_kept_and_told(world: World) -> None:
    claimed = (await act(world, "claim" + on(DUPLICATE_ID)))["item"]
    assert (claimed["state"], claimed["assignee"], claimed["until"]) == (
        "CLAIMED", "key_of_tests", "2026-03-02T12:00:00.000Z"
    )  # fmt: skip
    snoozed = (await act(world, "snooze" + on(DUPLICATE_ID, ', until: "2026-03-05"')))["item"]
    assert (snoozed["state"], snoozed["until"]) == ("SNOOZED", "2026-03-05T00:00:00.000Z")
    queue = "{ reviewQueue { nodes { id } } asleep: reviewQueue(state: SNOOZED) { nodes { id } } }"
    assert await world.data(queue) == {
        "reviewQueue": {"nodes": [{"id": FRAUD_ID}]}, "asleep": {"nodes": [{"id": DUPLICATE_ID}]}
    }  # fmt: skip
    await act(world, "note" + on(FRAUD_ID, ', text: "ask kim@shop.org"'))
    notes = f'{{ reviewItem(id: "{FRAUD_ID}") {{ state notes {{ kind text }} }} }}'
    assert await world.data(notes) == {
        "reviewItem": {"state": "OPEN", "notes": [{"kind": "NOTE", "text": "ask kim@shop.org"}]}
    }
    assert "kim@" not in str((await world.ask(notes, ("read",))).data)
    assert (await act(world, "undo" + on(DUPLICATE_ID)))["item"]["state"] == "CLAIMED"


async def test_many_are_decided_at_once_whatever_is_wrong_with_others(world: World) -> None:
    given = [(DUPLICATE_ID, "DIFFERENT"), ("rev_none", "SAME"), (FRAUD_ID, "SAME"), (FRAUD_ID, "HARMLESS")]
    listed = ", ".join(f'{{item: "{item}", verdict: {verdict}, reason: "seen"}}' for item, verdict in given)
    done = await act(world, f"decideMany(decisions: [{listed}])", "{ items { id verdict } userErrors { code path } }")
    assert done == {
        "items": [{"id": DUPLICATE_ID, "verdict": "DIFFERENT"}, None, None, {"id": FRAUD_ID, "verdict": "HARMLESS"}],
        "userErrors": [
            {"code": "ITEM_UNKNOWN", "path": ["decisions", "1", "item"]},
            {"code": "VERDICT_UNFIT", "path": ["decisions", "2", "verdict"]},
        ],
    }


async def test_where_two_must_agree_nothing_changes_until_they_do(tmp_path) -> None:
    async with world_of(file_url(tmp_path / "graph.db")) as alone:
        settings = alone.services.settings.model_copy(update={"reviewers": 2})
        world = replace(alone, services=replace(alone.services, settings=settings))
        first = await act(world, say("SAME"), DECIDED)
        assert (first["decision"], first["item"]["state"], first["changes"]) == (None, "OPEN", [])
        again = await act(world, say("SAME"), DECIDED)
        assert again["userErrors"] == [{"code": "VERDICT_REPEATED", "path": ["verdict"]}]


@pytest.mark.parametrize(
    ("field", "below", "error"),
    [
        (say("FRAUD"), DECIDED, ("VERDICT_UNFIT", "verdict")),
        (say("WITHDRAWN"), DECIDED, ("VERDICT_UNFIT", "verdict")),
        (say("SAME", "rev_none"), DECIDED, ("ITEM_UNKNOWN", "item")),
        (say("SAME", reason="  "), DECIDED, ("REASON_MISSING", "reason")),
        (say("SAME", reason="x" * 2_001), DECIDED, ("REASON_TOO_LONG", "reason")),
        ("undo" + on(FRAUD_ID), PAYLOAD, ("NOTHING_TO_UNDO", "item")),
        ("note" + on(FRAUD_ID, ', text: " "'), PAYLOAD, ("REASON_MISSING", "text")),
        ("snooze" + on(FRAUD_ID, ', until: "2026-03-01T12:00:00Z"'), PAYLOAD, ("TIME_PASSED", "until")),
        (
            'decide(a: {namespace: "user_id", value: "ann"}, b: {namespace: "user_id", value: "bob"}, verdict: FRAUD,'
            ' reason: "so")',
            DECIDED,
            ("VERDICT_UNFIT", "verdict"),
        ),
    ],
)
async def test_what_can_be_mended_is_told_with_its_place(tmp_path, field: str, below: str, error: Plain) -> None:
    async with world_of(file_url(tmp_path / "graph.db")) as world:
        answer = await act(world, field, below)
        assert [(one["code"], *one["path"]) for one in answer["userErrors"]] == [error]
        assert answer["item"] is None


async def test_each_act_needs_its_scope_and_personal_values_are_masked(tmp_path) -> None:
    async with world_of(file_url(tmp_path / "graph.db")) as world:
        for field in ("claim", "undo"):
            asked = f"mutation {{ {field}{on(FRAUD_ID)} {PAYLOAD} }}"
            assert await world.codes(asked, ("read",)) == ["forbidden"]
        assert await world.codes("{ reviewQueue { totalCount } }", ("decide",)) == ["forbidden"]
        assert await world.codes('mutation { decide(verdict: SAME, reason: "x") { together } }', ("decide",)) == [
            "input_invalid"
        ]
        asked = (
            f'{{ reviewItem(id: "{DUPLICATE_ID}") {{ reasons identifiers evidence {{ identifiers }}'
            " comparison { left right } profiles { traits { value } }"
            " preview(verdict: SAME) { after { identifiers traits { value } } } } }"
        )
        assert "ann@shop.org" in str((await world.ask(asked, ("read", "read:pii"))).data)
        assert "ann@shop.org" not in str((await world.ask(asked, ("read",))).data)


async def test_a_page_costs_one_statement_and_one_more_for_each_level(world: World) -> None:
    page = (
        "reviewQueue { nodes { id reasons profiles { id } comparison { relation } history { kind } notes { text } } }"
    )
    await world.ask(f"{{ {page} }}", ("read",))
    assert sorted(world.statements) == ["profiles/of_identifiers", "reviews/acts", "reviews/page"]
    await world.ask(f'{{ reviewItem(id: "{FRAUD_ID}") {{ state }} reviewQueue {{ totalCount }} }}', ("read",))
    assert sorted(world.statements) == ["reviews/by_id", "reviews/count", "reviews/page"]
