"""The audits of the GraphQL over HTTP specification: all of them are passed, also those that are no must."""

import json
from pathlib import Path

from tests.api.graphql_server import graphql_server
from tests.api.node import run_script

AUDIT = Path(__file__).with_name("audit")


def test_every_audit_of_the_specification_is_passed() -> None:
    with graphql_server() as url:
        results = json.loads(run_script(AUDIT / "audit.mjs", AUDIT / "package.json", url))
    assert len(results) > 60
    assert [result for result in results if result["status"] != "ok"] == []
