"""`graph-cdp query`: GraphQL without a server."""

from pathlib import Path

import orjson
import pytest
from click.testing import Result
from typer.testing import CliRunner

from graph_cdp.cli.app import app

EVENT = (
    b'{"messageId": "m1", "type": "identify", "userId": "u1", "traits": {"email": "Ann@Shop.org", "plan": "free"}}\n'
)
PROFILE = """query ($of: IdentifierInput!) {
    profile(identifier: $of) { known identifiers { key } trait(name: "plan") { value } }
}"""


@pytest.fixture
def store(tmp_path: Path) -> str:
    file = tmp_path / "events.jsonl"
    file.write_bytes(EVENT)
    url = f"sqlite:///{tmp_path / 'graph.db'}"
    assert run("ingest", str(file), "--store", url).exit_code == 0
    return url


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=given)


def test_a_document_is_answered_with_its_variables(store: str) -> None:
    variables = '{"of": {"namespace": "email", "value": "ann@shop.org"}}'
    answer = run("query", PROFILE, "--variables", variables, "--store", store)
    assert answer.exit_code == 0, answer.output
    profile = orjson.loads(answer.stdout)["data"]["profile"]
    assert profile["known"] is True
    assert [one["key"] for one in profile["identifiers"]] == ["user_id:u1", "email:ann@shop.org"]
    assert profile["trait"] == {"value": "free"}


def test_a_document_comes_from_a_file_or_from_standard_input(store: str, tmp_path: Path) -> None:
    file = tmp_path / "stats.graphql"
    file.write_text("{ stats { events } }")
    for answer in (
        run("query", str(file), "--store", store),
        run("query", "-", "--store", store, given=file.read_text()),
    ):
        assert orjson.loads(answer.stdout) == {"data": {"stats": {"events": 1}}}


def test_a_mutation_is_carried_out_and_its_audit_written(store: str) -> None:
    decide = """mutation {
        decide(
            a: {namespace: "user_id", value: "u1"}, b: {namespace: "email", value: "ann@shop.org"}
            verdict: DIFFERENT, reason: "asked"
        ) { together }
    }"""
    assert orjson.loads(run("query", decide, "--store", store).stdout) == {"data": {"decide": {"together": False}}}
    decisions = orjson.loads(run("decisions", "--store", store, "--format", "json").stdout)
    assert [one["by"] for one in decisions["decisions"]] == ["development"]
    assert "decide" in run("audit", "--store", store, "--format", "json").stdout


def test_what_cannot_be_answered_exits_with_1_and_says_why(store: str) -> None:
    answer = run("query", "{ nothing }", "--store", store)
    assert answer.exit_code == 1
    assert orjson.loads(answer.stdout)["errors"][0]["extensions"]["code"]
    assert run("query", "missing.graphql", "--store", store).exit_code == 2
    assert run("query", "{ stats { events } }", "--variables", "[]", "--store", store).exit_code == 2
