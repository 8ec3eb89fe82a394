"""Profiles for scripts and caches, health, metrics, and the description of all that."""

from urllib.parse import quote

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from graph_cdp.store.statements import migrations
from tests.api.servers import Server, serving
from tests.stores import file_url


@pytest.fixture(scope="module")
def client(server: Server):
    with httpx.Client(base_url=server.url, timeout=60) as one:
        for body in (
            {"messageId": "1", "anonymousId": "a1", "type": "page", "name": "Home"},
            {"messageId": "2", "anonymousId": "a1", "userId": "u1", "type": "identify", "traits": {"plan": "gold"}},
            {"messageId": "3", "type": "track", "event": "Return", "identifiers": [
                {"namespace": "record_id", "value": "shop/a b?c#1"}]},
            {"messageId": "4", "anonymousId": "null", "userId": "u2", "type": "identify"},
        ):  # fmt: skip
            assert one.post("/v1/batch", json={"batch": [body]}).status_code == 200
        yield one


def metrics(client: httpx.Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    text = client.get("/metrics").text
    families = text_string_to_metric_families(text)
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def test_a_profile_is_found_by_any_of_its_identifiers_and_by_any_id_it_had(client: httpx.Client):
    by_user = client.get("/v1/profiles/user_id:u1")
    assert by_user.status_code == 200
    profile = by_user.json()
    assert {one["identifier"] for one in profile["identifiers"]} == {"user_id:u1", "anonymous_id:a1"}
    assert profile["traits"]["plan"]["value"] == "gold"
    assert by_user.headers["content-location"] == f"/v1/profiles/{profile['id']}"
    for name in (profile["id"], "anonymous_id:a1"):
        assert client.get(f"/v1/profiles/{name}").json() == profile


def test_an_id_that_a_profile_had_before_leads_to_the_profile(client: httpx.Client):
    sent = {"messageId": "10", "anonymousId": "later", "type": "page"}
    client.post("/v1/page", json=sent)
    before = client.get("/v1/profiles/anonymous_id:later").json()["id"]
    client.post("/v1/identify", json={"messageId": "11", "anonymousId": "later", "userId": "known"})
    answer = client.get(f"/v1/profiles/{before}")
    assert answer.status_code == 200
    assert answer.json()["id"] != before
    assert answer.headers["content-location"] == f"/v1/profiles/{answer.json()['id']}"


def test_a_value_with_any_character_is_found(client: httpx.Client):
    found = client.get(f"/v1/profiles/record_id:{quote('shop/a b?c#1', safe='')}")
    assert found.json()["identifiers"][0]["identifier"] == "record_id:shop/a b?c#1"


def test_an_identifier_that_is_set_aside_is_told_so(client: httpx.Client):
    answer = client.get("/v1/profiles/anonymous_id:null")
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["set_aside"]) == (None, "blocked")
    assert "content-location" not in answer.headers


def test_what_did_not_change_is_not_sent_again(client: httpx.Client):
    first = client.get("/v1/profiles/user_id:u2")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for sent in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = client.get("/v1/profiles/user_id:u2", headers={"If-None-Match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/v1/profiles/user_id:u2", headers={"If-None-Match": '"x"'}).status_code == 200
    client.post("/v1/identify", json={"messageId": "20", "userId": "u2", "traits": {"plan": "silver"}})
    changed = client.get("/v1/profiles/user_id:u2", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("user_id:nobody", 404, "not_found"),
        ("pro_aaaaaaaaaaaaaaaaaaaaaaaa", 404, "not_found"),
        ("pro_0", 404, "not_found"),
        ("nonsense", 400, "input_invalid"),
        ("unknown_namespace:x", 400, "input_invalid"),
        ("email:no-address", 400, "input_invalid"),
        ("user_id:u1?events=1000", 400, "input_invalid"),
        ("user_id:u1?events=x", 400, "input_invalid"),
    ],
)
def test_what_cannot_be_found_is_told_in_one_form(client: httpx.Client, path: str, status: int, code: str):
    answer = client.get(f"/v1/profiles/{path}")
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["code"] == code
    assert "nobody" not in answer.text
    assert "no-address" not in answer.text


def test_as_many_events_are_shown_as_are_asked_for(client: httpx.Client):
    assert len(client.get("/v1/profiles/user_id:u1?events=1").json()["events"]) == 1
    assert client.get("/v1/profiles/user_id:u1?events=0").json()["events"] == []


def test_health_and_readiness_are_told(client: httpx.Client):
    assert client.get("/healthz").json() == {"alive": True}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"ready": True, "reachable": True, "migrated": True, "waiting_events": 0, "lag_s": 0.0}
    assert migrations("sql")[-1][0] == migrations("cypher")[-1][0]


def test_metrics_count_requests_events_groups_and_changes_by_route_and_outcome(client: httpx.Client):
    before = metrics(client)
    client.get("/v1/profiles/user_id:secret-value")
    client.post("/v1/identify", json={"messageId": "30", "userId": "m1", "anonymousId": "m"})
    client.post("/v1/identify", json={"messageId": "30", "userId": "m1", "anonymousId": "m"})
    client.post("/v1/batch", json={"batch": [{"messageId": "31", "type": "bogus"}]})
    client.post("/v1/batch", json={"batch": [
        {"messageId": "32", "type": "page", "anonymousId": "m2"},
        {"messageId": "33", "type": "page", "anonymousId": "m3"},
    ]})  # fmt: skip
    client.post("/v1/identify", json={"messageId": "34", "anonymousId": "m2", "identifiers": [
        {"namespace": "anonymous_id", "value": "m3"}]})  # fmt: skip
    after = metrics(client)

    def grown(name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        return after.get(key, 0) - before.get(key, 0)

    profiles = "/v1/profiles/{name:path}"
    assert grown("graph_cdp_requests_total", method="GET", route=profiles, status="404") == 1
    assert grown("graph_cdp_requests_total", method="POST", route="/v1/{type}", status="200") == 4
    assert grown("graph_cdp_requests_total", method="POST", route="/v1/{type}", status="400") == 1
    assert grown("graph_cdp_request_seconds_count", route=profiles) == 1
    assert grown("graph_cdp_events_total", outcome="accepted") == 4
    assert grown("graph_cdp_events_total", outcome="duplicate") == 1
    assert grown("graph_cdp_events_total", outcome="refused") == 1
    assert grown("graph_cdp_commit_group_events_count") >= 3
    assert grown("graph_cdp_identity_changes_total", kind="merged") == 1
    assert ("graph_cdp_waiting_events", ()) in after
    assert ("graph_cdp_lag_seconds", ()) in after
    assert "secret-value" not in client.get("/metrics").text


def test_the_description_is_served_without_a_page_from_elsewhere(client: httpx.Client):
    description = client.get("/openapi.json").json()
    assert {"/healthz", "/readyz", "/metrics", "/v1/profiles/{name}"} <= description["paths"].keys()
    nothing = client.get("/docs")
    assert (nothing.status_code, nothing.json()["error"]["code"]) == (404, "not_found")
    assert "/graphql" in nothing.json()["error"]["message"]
    answers = description["paths"]["/v1/profiles/{name}"]["get"]["responses"]
    assert client.get("/v1/profiles/user_id:u1", params={"events": "many"}).status_code == 400
    assert "422" not in answers
    for status in ("200", "400", "401", "403", "404", "429", "503"):
        assert answers[status]["content"]["application/json"]["schema"]


def test_the_workers_of_a_service_tell_one_sum(tmp_path):
    with serving(file_url(tmp_path / "graph.db"), tmp_path, workers=3) as server:
        for _ in range(30):
            assert httpx.get(f"{server.url}/v1/profiles/user_id:none").status_code == 404
        with httpx.Client(base_url=server.url) as client:
            counted = metrics(client)
        labels = (("method", "GET"), ("route", "/v1/profiles/{name:path}"), ("status", "404"))
        assert counted["graph_cdp_requests_total", labels] == 30
