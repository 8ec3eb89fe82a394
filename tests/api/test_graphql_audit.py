"""The audits of the GraphQL over HTTP specification: all of them are passed, also those that are no must."""

import json
from pathlib import Path

from tests.api.graphql_server import graphql_server
from tests.api.node import run_client
from tests.api.servers import serving
from tests.stores import file_url


def check_audits(url: str) -> None:
    results = json.loads(run_client("audit.cjs", url))
    assert len(results) > 60
    assert [result for result in results if result["status"] != "ok"] == []


def test_any_schema_is_served_as_every_audit_wants() -> None:
    with graphql_server() as url:
        check_audits(url)


def test_the_service_answers_as_every_audit_wants(tmp_path: Path) -> None:
    with serving(file_url(tmp_path / "graph.db"), tmp_path) as server:
        check_audits(f"{server.url}/graphql")
