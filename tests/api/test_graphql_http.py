"""What a client of GraphQL over HTTP meets: media types, status codes, refusals, persisted queries, batches, parts."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import httpx
import pytest

from api.graphql.limits import Limits
from tests.api.graphql_server import graphql_server

GRAPHQL = {"accept": "application/graphql-response+json"}
BRANCH = "query Branch($id: ID) { branch(id: $id) { id name } }"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with graphql_server() as address:
        yield address


def code_of(answer: httpx.Response) -> str:
    (error,) = answer.json()["errors"]
    return str(error["extensions"]["code"])


def post(url: str, query: str | None = None, **more: Any) -> httpx.Response:
    headers = more.pop("headers", {})
    return httpx.post(url, json=({"query": query} if query is not None else {}) | more, headers=headers)


def test_a_query_is_answered_in_the_type_that_was_asked_for(url: str) -> None:
    answer = post(url, BRANCH, variables={"id": "2"}, headers=GRAPHQL)
    assert answer.json() == {"data": {"branch": {"id": "2", "name": "branch 2"}}}
    assert answer.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    preferred = {"accept": "application/json;q=0.5, application/graphql-response+json;q=0.9"}
    assert post(url, "{ version }", headers=preferred).headers["content-type"].startswith(GRAPHQL["accept"])
    assert post(url, "{ version }", headers={"accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", "query={version}"),
        ("multipart/form-data; boundary=x", "--x--"),
        ("text/plain", '{"query": "{ version }"}'),
        (None, '{"query": "{ version }"}'),
    ],
)
def test_a_post_that_a_form_could_send_is_refused(url: str, content_type: str | None, body: str) -> None:
    answer = httpx.post(url, content=body, headers={"content-type": content_type} if content_type else {})
    assert (answer.status_code, code_of(answer)) == (415, "unsupported_media_type")


@pytest.mark.parametrize("foreign", [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}])
def test_a_get_that_another_sites_page_could_make_unasked_is_refused(url: str, foreign: dict[str, str]) -> None:
    query = {"query": "{ version }"}
    answer = httpx.get(url, params=query, headers=foreign)
    assert (answer.status_code, code_of(answer)) == (403, "forbidden")
    asked = foreign | {"graphql-require-preflight": "1"}
    assert httpx.get(url, params=query, headers=asked).json() == {"data": {"version": 3}}


def test_a_get_runs_queries_alone(url: str) -> None:
    assert httpx.get(url, params={"query": BRANCH, "variables": '{"id": "1"}'}).json()["data"]["branch"]["id"] == "1"
    answer = httpx.get(url, params={"query": "mutation { count }"})
    assert (answer.status_code, answer.headers["allow"], code_of(answer)) == (405, "POST", "method_not_allowed")
    assert post(url, "mutation { a: count b: count }").json() == {"data": {"a": 1, "b": 2}}
    assert httpx.put(url).status_code == 405


def test_who_is_not_known_is_told_so_before_anything_else(url: str) -> None:
    answer = post(url, "{ nonsense", headers={"x-api-key": "wrong"})
    assert (answer.status_code, code_of(answer)) == (401, "unauthorized")
    assert "www-authenticate" in answer.headers


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{ version", {}, "syntax_invalid"),
        ("{ versoin }", {}, "document_invalid"),
        (BRANCH, {"id": []}, "variables_invalid"),
        ("query A { version } query B { version }", {}, "operation_unknown"),
    ],
)
def test_what_cannot_be_run_says_why_without_suggestions(
    url: str, query: str, variables: dict[str, Any], code: str
) -> None:
    answer = post(url, query, variables=variables, headers=GRAPHQL)
    assert (answer.status_code, code_of(answer)) == (400, code)
    assert "data" not in answer.json()
    assert "did you mean" not in answer.text.lower()
    assert post(url, query, variables=variables).status_code == 200


def test_an_error_of_a_resolver_tells_nothing_of_the_program(url: str) -> None:
    answer = post(url, "{ branch { broken } }")
    assert answer.status_code == 200
    assert answer.json()["data"] == {"branch": {"broken": None}}
    assert code_of(answer) == "internal"
    assert "Traceback" not in answer.text
    assert "broken" not in answer.json()["errors"][0]["message"]


def test_a_body_that_is_too_large_or_no_json_is_refused(url: str) -> None:
    answer = post(url, "{ version }" + " " * 1_000_000)
    assert (answer.status_code, code_of(answer)) == (413, "too_large")
    json = {"content-type": "application/json"}
    chunks = (b" " * 100_000 for _ in range(11))
    assert httpx.post(url, content=chunks, headers=json).status_code == 413
    assert httpx.post(url, content=b"{", headers=json).status_code == 400
    assert httpx.post(url, content=b"\xff", headers=json).status_code == 400


def test_introspection_is_answered_only_where_it_is_allowed(url: str) -> None:
    assert post(url, "{ __schema { queryType { name } } }").json()["data"]["__schema"]["queryType"]["name"] == "Query"
    with graphql_server(introspection=False) as closed:
        assert code_of(post(closed, '{ __type(name: "Leaf") { __typename } }')) == "document_invalid"
        assert post(closed, "{ __typename }").json() == {"data": {"__typename": "Query"}}


def test_a_batch_is_taken_only_where_it_is_allowed_and_up_to_its_bound(url: str) -> None:
    batch = [{"query": "{ version }"}] * 3
    assert code_of(httpx.post(url, json=batch)) == "batch_limit"
    with graphql_server(batch=3) as batching:
        assert httpx.post(batching, json=[*batch[:2], {"query": "{ x }"}]).json()[:2] == [{"data": {"version": 3}}] * 2
        assert code_of(httpx.post(batching, json=batch * 2)) == "batch_limit"
        assert code_of(httpx.post(batching, json=[])) == "batch_limit"


def test_a_query_is_kept_by_its_hash_and_then_named_by_it(url: str) -> None:
    query = "{ version kept: version }"
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}}
    unknown = post(url, extensions=persisted)
    assert (unknown.json()["errors"][0]["message"], code_of(unknown)) == (
        "PersistedQueryNotFound",
        "PERSISTED_QUERY_NOT_FOUND",
    )
    assert post(url, query, extensions=persisted).json() == {"data": {"version": 3, "kept": 3}}
    assert post(url, extensions=persisted).json() == {"data": {"version": 3, "kept": 3}}
    assert code_of(post(url, "{ version }", extensions=persisted)) == "persisted_query_mismatch"


def test_only_the_documents_of_a_list_are_run_where_there_is_one() -> None:
    with graphql_server(listed={"v1": "{ version }"}) as url:
        named = {"persistedQuery": {"version": 1, "sha256Hash": "v1"}}
        assert post(url, extensions=named).json() == {"data": {"version": 3}}
        assert post(url, "{ version }").json() == {"data": {"version": 3}}
        assert code_of(post(url, "{ other: version }")) == "PERSISTED_QUERY_NOT_IN_LIST"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ branch { loaded { loaded { id } } } }", "depth_limit"),
        ("{ a: version b: version c: version }", "alias_limit"),
        ("{ version version version version version version }", "breadth_limit"),
        ("{ version @skip(if: false) @include(if: true) __typename @skip(if: false) }", "directive_limit"),
        ("{ " + "version " * 50 + "}", "token_limit"),
        ("{ branch { many(first: 60) { id } } }", "cost_limit"),
    ],
)
def test_each_limit_has_a_code_of_its_own(query: str, code: str) -> None:
    limits = Limits(tokens=45, depth=3, breadth=5, aliases=2, directives=2, cost=50)
    with graphql_server(limits=limits) as url:
        answer = post(url, query, headers=GRAPHQL)
        assert (answer.status_code, code_of(answer)) == (400, code)


def test_what_is_deferred_comes_in_parts_to_those_that_take_them(url: str) -> None:
    query = "{ version ... @defer { branch { name } } }"
    answer = post(url, query, headers={"accept": "multipart/mixed, application/json"})
    assert answer.headers["content-type"] == 'multipart/mixed; boundary="graphql"'
    assert answer.text.count("--graphql\r\n") == 2
    assert answer.text.endswith("--graphql--\r\n")
    assert '"data":{"version":3}' in answer.text
    whole = post(url, query)
    assert whole.json() == {"data": {"version": 3, "branch": {"name": "branch 1"}}}
