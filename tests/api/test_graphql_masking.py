"""Without `read:pii` no personal value leaves, by any field; the masks are the same everywhere."""

from collections.abc import AsyncIterator

import orjson
import pytest

from api.access.masking import MASKED
from graph_cdp.query.audit import audit_page
from tests.api.graphql_selection import selection
from tests.api.graphql_world import ANN, CORE, World, world_of
from tests.stores import file_url

PERSONAL = ("ann@shop.org", "Ann@Shop.org", "4155552671", "415 555 2671", "noreply@example.com")
ANN2 = '(identifier: {namespace: "email", value: "ann@shop.org"})'


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with world_of(file_url(tmp_path_factory.mktemp("graphql") / "graph.db")) as world:
        yield world


QUERIES = [
    f"{{ profile{ANN2} {selection(CORE.type_map['Profile'])} }}",
    f"{{ profile{ANN} {selection(CORE.type_map['Profile'])} }}",
    f"{{ profiles {selection(CORE.type_map['ProfileConnection'])} }}",
    f'{{ node(id: "e1") {{ ... on Event {selection(CORE.type_map["Event"])} }} }}',
    f'{{ node(id: "e8") {{ ... on Event {selection(CORE.type_map["Event"])} }} }}',
    f'{{ identifier(namespace: "email", value: "noreply@example.com") {selection(CORE.type_map["Identifier"])} }}',
    '{ explain(from: {namespace: "user_id", value: "ann2"}, to: {namespace: "email", value: "ann@shop.org"})'
    f" {selection(CORE.type_map['Explanation'])} }}",
]


@pytest.mark.parametrize("query", QUERIES)
async def test_no_personal_value_leaves_without_the_right_to_it(world: World, query: str) -> None:
    masked = orjson.dumps((await world.ask(query, ("read",))).data).decode()
    assert MASKED in masked
    assert [value for value in PERSONAL if value in masked] == []
    plain = orjson.dumps((await world.ask(query, ("read", "read:pii"))).data).decode()
    assert MASKED not in plain
    assert any(value in plain for value in PERSONAL)


async def test_an_identifier_has_one_mask_wherever_it_stands(world: World) -> None:
    query = f"""{{ profile{ANN2} {{
        identifiers {{ key value }} links(first: 100) {{ nodes {{ from to }} }} graph {{ nodes {{ key value }} }}
        traits {{ name value }} journey {{ nodes {{ id traits identifiers {{ key }} }} }}
    }} }}"""
    profile = (await world.ask(query, ("read",))).data["profile"]
    (key,) = {one["key"] for one in profile["identifiers"] if one["key"].startswith("email:")}
    mask = key.removeprefix("email:")
    assert mask.startswith(MASKED)
    assert {one["value"] for one in profile["graph"]["nodes"] if one["key"] == key} == {mask}
    assert any(key in (one["from"], one["to"]) for one in profile["links"]["nodes"])
    assert {one["value"] for one in profile["traits"] if one["name"] == "email"} == {mask}
    (event,) = [one for one in profile["journey"]["nodes"] if one["id"] == "e8"]
    assert event["traits"]["email"] == mask
    assert {"key": key} in event["identifiers"]


async def test_ids_lead_on_though_values_are_masked(world: World) -> None:
    profile = (await world.ask(f"{{ profile{ANN2} {{ identifiers {{ id key }} }} }}", ("read",))).data["profile"]
    for one in profile["identifiers"]:
        found = await world.ask(f'{{ node(id: "{one["id"]}") {{ id ... on Identifier {{ key }} }} }}', ("read",))
        assert found.data["node"] == one


async def test_reading_personal_values_is_entered_into_the_audit_log_and_reading_masks_is_not(tmp_path) -> None:
    async with world_of(file_url(tmp_path / "graph.db")) as world:
        query = f"{{ profile{ANN} {{ id identifiers {{ value }} }} }}"
        await world.ask(query, ("read",))
        ids = {(await world.ask(query, ("read", "read:pii"))).data["profile"]["id"]}
        page = await world.services.store.read(lambda tx: audit_page(tx, 0, 100))
        read = [one for one in page if one.action == "read_personal"]
        assert {one.subject for one in read} == ids
        assert {one.who for one in read} == {"key_of_tests"}
