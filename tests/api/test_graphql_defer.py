"""`@defer` and `@stream` on the service: the parts of an answer make up the whole one, and all of them are audited."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from graph_cdp.domain.access import AuditEntry
from graph_cdp.query.audit import audit_page
from tests.api.servers import Server, serving
from tests.stores import file_url, opened

ANN = 'profile(identifier: {namespace: "user_id", value: "ann"})'
BOB = 'profile(identifier: {namespace: "user_id", value: "bob"})'
IN_PARTS = {"accept": "multipart/mixed, application/json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("defer")
    with serving(file_url(folder / "graph.db"), folder, AUDIT_WAIT="true") as server:
        for who in ("ann", "bob"):
            told = {"userId": who, "traits": {"email": f"{who}@shop.org", "plan": "gold"}}
            httpx.post(f"{server.url}/v1/identify", json=told).raise_for_status()
        yield server


def ask(server: Server, query: str, **headers: str) -> httpx.Response:
    return httpx.post(f"{server.url}/graphql", json={"query": query}, headers=headers)


def parts_of(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.headers["content-type"] == 'multipart/mixed; boundary="graphql"'
    return [orjson.loads(part) for part in re.findall(r"^\{.*\}", answer.text, re.MULTILINE)]


def merged(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole answer, put together as the specification of incremental delivery has it."""
    data, pending = parts[0]["data"], dict[str, list[Any]]()
    for part in parts:
        assert "errors" not in part
        pending |= {one["id"]: one["path"] for one in part.get("pending", ())}
        for one in part.get("incremental", ()):
            place = data
            for step in [*pending[one["id"]], *one.get("subPath", ())]:
                place = place[step]
            if "items" in one:
                place += one["items"]
            else:
                place.update(one["data"])
    assert [part["hasNext"] for part in parts] == [True] * (len(parts) - 1) + [False]
    return data


@pytest.mark.parametrize(
    "query",
    [
        f"{{ {ANN} {{ id ... @defer {{ journey {{ nodes {{ id type }} }} links {{ nodes {{ from to }} }} }} }} }}",
        f"{{ a: {ANN} {{ id }} ... @defer {{ b: {BOB} {{ traits {{ name value }} aliases }} stats {{ events }} }} }}",
        f"{{ {ANN} {{ id identifiers @stream {{ key }} ...late @defer(label: \"late\") }} }}"
        " fragment late on Profile { graph { nodes { key } } decisions { id } }",
        "{ profiles { nodes { id ... @defer { sessions { nodes { start events } } } } } }",
    ],
)  # fmt: skip
def test_the_parts_of_an_answer_make_up_the_whole_one(server: Server, query: str) -> None:
    parts = parts_of(ask(server, query, **IN_PARTS))
    assert len(parts) > 1
    whole = ask(server, query)
    assert whole.headers["content-type"].startswith("application/json")
    assert merged(parts) == whole.json()["data"]


async def test_personal_values_in_a_later_part_are_entered_into_the_audit_log(server: Server) -> None:
    (bob,) = ask(server, f"{{ {BOB} {{ id }} }}").json()["data"].values()
    before = await entries(server)
    parts = parts_of(
        ask(server, f"{{ stats {{ events }} ... @defer {{ {BOB} {{ traits {{ value }} }} }} }}", **IN_PARTS)
    )
    assert merged(parts)["profile"]["traits"]
    (new,) = (await entries(server))[len(before) :]
    assert (new.action, new.subject) == ("read_personal", bob["id"])


async def entries(server: Server) -> list[AuditEntry]:
    store = await opened(server.store)
    try:
        return await store.read(lambda tx: audit_page(tx, 0, 1_000))
    finally:
        await store.close()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (f"{{ {ANN} {{ {'... @defer { id } ' * 60} }} }}", "directive_limit"),
        ("{ profiles(first: 1000) { nodes { ... @defer { journey(first: 1000) { nodes { id } } } } } }", "cost_limit"),
        ('mutation { ... @defer { withdraw(decision: "dec_1") { together } } }', "document_invalid"),
    ],
)
def test_what_is_deferred_counts_as_what_is_not(server: Server, query: str, code: str) -> None:
    answer = ask(server, query, **IN_PARTS)
    assert answer.json()["errors"][0]["extensions"]["code"] == code
