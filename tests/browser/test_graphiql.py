"""GraphiQL in a real browser: it runs an example without a word from any other host, and tells how to build it."""

import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from graphql import parse, validate

from api.graphql import assets, graphiql
from api.graphql.schema import schema
from tests.api.servers import serving
from tests.browser.chromium import opened
from tests.stores import file_url

RUN = "document.querySelector('.graphiql-execute-button')"
QUERY = "document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.getValue()"
ANSWER = "document.querySelector('.graphiql-response .CodeMirror')?.CodeMirror.getValue()"
IDENTIFY = {
    "type": "identify",
    "messageId": "1",
    "userId": "u1",
    "anonymousId": "a1",
    "traits": {"email": "ann@shop.org", "plan": "gold"},
}


def test_an_example_is_run_from_local_files_alone(tmp_path: Path) -> None:
    assets.fetch()
    with serving(file_url(tmp_path / "graph.db"), tmp_path) as server:
        assert httpx.post(f"{server.url}/v1/batch", json={"batch": [IDENTIFY]}).status_code == 200
        with opened(f"{server.url}/graphql", tmp_path) as page:
            page.wait_for(f"{RUN} !== null")
            page.value(f"{RUN}.click()")
            answer = page.wait_for(f"({ANSWER} || '').includes('pageInfo') && {ANSWER}")
            page.screenshot(tmp_path / "graphiql.png")
            assert '"key": "email:ann@shop.org"' in answer
            page.value("document.querySelector('button[aria-label=\"Show Documentation Explorer\"]').click()")
            page.wait_for("document.querySelector('.graphiql-doc-explorer-content')?.innerText.includes('Query')")
            page.screenshot(tmp_path / "documentation.png")
            hosts = {urlsplit(url).netloc for url in page.requested if not url.startswith("data:")}
            assert hosts == {urlsplit(server.url).netloc}
            assert page.problems == []


def test_changes_appear_as_they_happen(tmp_path: Path) -> None:
    assets.fetch()
    with (
        serving(file_url(tmp_path / "graph.db"), tmp_path) as server,
        opened(f"{server.url}/graphql", tmp_path) as page,
    ):
        page.wait_for("document.querySelectorAll('.graphiql-tab').length === 4")
        page.value("document.querySelectorAll('.graphiql-tab')[3].querySelector('button').click()")
        page.wait_for(f"{QUERY}.includes('Changes')")
        # A click that comes before the page is ready for it does nothing.
        page.wait_for(f"{RUN}.ariaLabel.startsWith('Stop') || ({RUN}.click(), false)")
        answer, number = "", 0
        while not answer and number < 100:
            # Each time a browser of nobody becomes the one of an account.
            nobody = {"type": "page", "name": "Home", "messageId": f"n{number}", "anonymousId": f"a{number}"}
            somebody = nobody | {"messageId": f"s{number}", "userId": "u1"}
            for event in (nobody, somebody):
                assert httpx.post(f"{server.url}/v1/batch", json={"batch": [event]}).status_code == 200
            answer = page.value(f"({ANSWER} || '').includes('identityChanged') && {ANSWER}") or ""
            number += 1
            time.sleep(0.1)
        assert '"cursor"' in answer
        assert page.problems == []


def test_every_example_is_valid() -> None:
    examples = (graphiql.HERE / "examples.js").read_text().replace(r"\`", "").split("`")[1::2]
    assert len(examples) == 4
    for example in examples:
        assert validate(schema._schema, parse(example)) == []


def test_without_its_files_the_page_tells_how_to_build_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphiql, "STATIC", tmp_path)
    answer = graphiql.page(None)  # type: ignore[arg-type]  # it does not look at the request then
    assert answer.status_code == 503
    assert b"make assets" in answer.body
