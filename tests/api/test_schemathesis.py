"""What schemathesis makes up of the descriptions of REST, of collection and of GraphQL is answered as described."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import httpx
import pytest
import schemathesis
from graphql import (
    GraphQLSchema,
    Visitor,
    build_client_schema,
    execute_sync,
    get_introspection_query,
    parse,
    parse_value,
    print_ast,
    validate,
    visit,
)
from graphql.language import (
    ArgumentNode,
    FieldNode,
    InlineFragmentNode,
    IntValueNode,
    NameNode,
    ObjectFieldNode,
    SelectionSetNode,
    StringValueNode,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.api.collection_described import COLLECTION
from tests.api.servers import Server, serving
from tests.stores import file_url

Plain = dict[str, Any]

_BOUNDED = settings(
    max_examples=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
_REFUSED = {"input_invalid", "page_too_large", "cost_limit", "not_found"}
_EVENTS = [
    {
        "type": "identify",
        "messageId": f"m{number}",
        "timestamp": f"2026-01-0{number + 1}T12:00:00Z",
        "userId": f"u{number % 3}",
        "anonymousId": f"a{number // 2}",
        "traits": {"email": ("Ann@shop.org", "Bob@shop.org")[number % 2], "plan": "gold", "interests": ["tea", number]},
    }
    for number in range(8)
]
_KNOWN = """{ profiles(first: 3) { edges { cursor node { id identifiers { id }
  journey { edges { cursor node { id } } } links { edges { cursor } } } } } }"""
_DECIDE = """mutation { decide(a: {namespace: "user_id", value: "u0"}, b: {namespace: "user_id", value: "u1"},
  verdict: DIFFERENT, reason: "asked them") { decision { id } } }"""


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Server]:
    """The service in development mode, with a few events and a decision."""
    with serving(file_url(folder / "graph.db"), folder, RATE_LIMIT="1000000") as running:
        assert httpx.post(f"{running.url}/v1/batch", json={"batch": _EVENTS}).status_code == 200
        yield running


def test_rest_answers_as_it_is_described(service: Server, tmp_path: Path) -> None:
    explore(f"{service.url}/openapi.json", tmp_path, "--max-examples=100")


def test_collection_answers_as_senders_expect(service: Server, tmp_path: Path) -> None:
    described = tmp_path / "collection.json"
    described.write_text(json.dumps(COLLECTION))
    explore(str(described), tmp_path, "--max-examples=20", f"--url={service.url}")


def test_graphql_answers_as_its_schema_says(service: Server) -> None:
    with httpx.Client(base_url=service.url) as client:
        core = build_client_schema(asked(client, get_introspection_query())["data"])
        known = known_ids(client)
        described = schemathesis.graphql.from_url(f"{service.url}/graphql")
        for operation in described.get_all_operations():

            @settings(_BOUNDED)
            @given(operation.ok().as_strategy())
            def answers(case: schemathesis.Case) -> None:
                query = aimed(case.body, known)
                # It writes null for a JSON that must not be null, too.
                assume(not validate(core, parse(query)))
                answer = asked(client, query)
                codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
                assert codes <= _REFUSED, answer["errors"]
                if answer.get("data") is not None:
                    assert_fits(core, query, answer["data"])

            answers()


def explore(described: str, folder: Path, *options: str) -> None:
    """Let schemathesis try whatever it thinks of, always the same, with all of its checks."""
    # Which values are none of a namespace, and which events are none, is said in words and by no schema.
    statuses = ["2xx", "3xx", "400", "401", "403", "404", "429"]
    config = folder / "schemathesis.toml"
    config.write_text(f"[checks.positive_data_acceptance]\nexpected-statuses = {statuses}\n")
    program = [Path(sys.executable).with_name("st"), f"--config-file={config}", "run", described, "--seed=1", *options]
    ran = subprocess.run(
        [*program, "--continue-on-failure", "--no-color"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def literal(value: Any) -> str:
    """JSON as GraphQL writes it; the names of objects are GraphQL's names."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(one)}" for name, one in value.items()) + "}"
    return f"[{', '.join(map(literal, value))}]" if isinstance(value, list) else json.dumps(value)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
_TIMES = st.sampled_from(["2026-01-05T12:00:00Z", "9999-12-31T23:59:59.999Z", "0001-01-01", "2026-13-01", "now", ""])
_MESSAGES = st.fixed_dictionaries(
    {"userId": st.sampled_from(["u0", "u1", "new"]) | _ANYTHING},
    optional={
        "type": st.sampled_from(["identify", "track", "alias"]) | _ANYTHING,
        "messageId": st.sampled_from(["m0", "m1", "mine"]) | _ANYTHING,
        "anonymousId": st.sampled_from(["a0", "a1", "null"]) | _ANYTHING,
        "timestamp": _TIMES | _ANYTHING,
        "traits": st.dictionaries(st.sampled_from(["email", "plan"]), _ANYTHING) | _ANYTHING,
        "context": _ANYTHING,
        "identifiers": st.just([{"namespace": "user_id", "value": "u2"}]) | _ANYTHING,
    },
)
schemathesis.graphql.scalar("JSON", (_MESSAGES | _ANYTHING).map(lambda value: parse_value(literal(value))))


def asked(client: httpx.Client, query: str) -> Plain:
    """The answer to a query. Whatever is wrong with it is told in GraphQL's way."""
    answer = client.post("/graphql", json={"query": query})
    assert answer.status_code == 200, (query, answer.text)
    assert answer.headers["content-type"].startswith("application/json")
    return answer.json()


def known_ids(client: httpx.Client) -> dict[str, Sequence[str]]:
    """By argument, some values that lead somewhere."""
    edges = asked(client, _KNOWN)["data"]["profiles"]["edges"]
    profiles = [edge["node"] for edge in edges]
    journeys = [edge for profile in profiles for edge in profile["journey"]["edges"]]
    decision = asked(client, _DECIDE)["data"]["decide"]["decision"]["id"]
    identifiers = [one["id"] for profile in profiles for one in profile["identifiers"]]
    return {
        "namespace": ("user_id", "anonymous_id"),
        "value": ("u0", "u1", "a0", "a3"),
        "id": [*(one["id"] for one in [*profiles, *(edge["node"] for edge in journeys)]), *identifiers],
        "decision": (decision,),
        "after": [edge["cursor"] for edge in [*edges, *journeys]],
    }


_TYPENAME = FieldNode(name=NameNode(value="__typename"))


class _Aiming(Visitor):
    """Puts known values where a query has any text, and small numbers where it has any number; asks for types."""

    def __init__(self, known: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self._known = known

    def enter_argument(self, node: ArgumentNode, *_: object) -> ArgumentNode | None:
        return self._aimed(node)

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> ObjectFieldNode | None:
        return self._aimed(node)

    def enter_selection_set(self, node: SelectionSetNode, *_: object) -> SelectionSetNode | None:
        if any(isinstance(one, InlineFragmentNode) for one in node.selections):
            return SelectionSetNode(selections=(_TYPENAME, *node.selections))
        return None

    def _aimed(self, node: Any) -> Any:
        given = node.value
        known = self._known.get(node.name.value)
        if known and isinstance(given, StringValueNode):
            # Of five, one stays as it is.
            choice = crc32(given.value.encode("utf-8", "surrogatepass"))
            value = StringValueNode(value=known[choice // 5 % len(known)]) if choice % 5 else given
        elif node.name.value == "first" and isinstance(given, IntValueNode) and int(given.value) % 7:
            value = IntValueNode(value=str(abs(int(given.value)) % 7))
        else:
            return None
        return type(node)(name=node.name, value=value)


def aimed(query: str, known: Mapping[str, Sequence[str]]) -> str:
    """A query that leads somewhere more often than one that is made up."""
    return print_ast(visit(parse(query), _Aiming(known)))


def assert_fits(core: GraphQLSchema, query: str, data: Plain) -> None:
    """See that an answer is of the form that was asked for: run the query again, on the answer itself."""
    found = execute_sync(
        core,
        parse(query),
        root_value=data,
        field_resolver=lambda source, info, **_: source[info.path.key],
        type_resolver=lambda source, *_: source["__typename"],
    )
    assert (found.errors or [], found.data) == ([], data), query
