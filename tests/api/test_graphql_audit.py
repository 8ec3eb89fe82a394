"""The audits of the GraphQL over HTTP specification: all of them are passed, also those that are no must."""

import json

from tests.api.graphql_server import graphql_server
from tests.api.node import run_client


def test_every_audit_of_the_specification_is_passed() -> None:
    with graphql_server() as url:
        results = json.loads(run_client("audit.cjs", url))
    assert len(results) > 60
    assert [result for result in results if result["status"] != "ok"] == []
