"""docs/api.md keeps its word: requests are answered as it shows, and its tables name all codes and limits there are."""

import dataclasses
import re
import shlex
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest

from api.errors import STATUS_BY_CODE
from api.graphql import sockets
from api.graphql.limits import Limits
from api.graphql.types.user_error import UserErrorCode
from graph_cdp.config import Settings
from tests.api.servers import ROOT, Server, serving
from tests.shown import same
from tests.stores import file_url

PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
SHOWN_AT = "http://127.0.0.1:8000"

CODE_BY_LIMIT = {
    "tokens": "token_limit",
    "depth": "depth_limit",
    "breadth": "breadth_limit",
    "aliases": "alias_limit",
    "directives": "directive_limit",
    "cost": "cost_limit",
}

_CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_REQUEST = re.compile(r"^\$ (curl .*)\n((?:(?!\$ ).*\n)+)", re.MULTILINE)
_CODE = re.compile(
    r"""(?:RequestError\.of|cls\.of|coded|_failure)\(\s*"(\w+)"|_with_code\(\w+, "(\w+)"\)"""
    r"""|Face\(\d+, [^"]*"(\w+)"|"code": "(\w+)\""""
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("page")
    with serving(file_url(folder / "api.db"), folder) as running:
        yield running


def asked(line: str) -> httpx.Request:
    """What a line of curl sends, of the few options that the page uses."""
    curl = ArgumentParser()
    curl.add_argument("url")
    curl.add_argument("--json")
    curl.add_argument("-G", action="store_true")
    curl.add_argument("--data-urlencode", type=lambda text: tuple(text.split("=", 1)))
    given = curl.parse_args(shlex.split(line)[1:])
    if given.G:
        return httpx.Request("GET", given.url, params=[given.data_urlencode])
    if given.json is None:
        return httpx.Request("GET", given.url)
    return httpx.Request("POST", given.url, content=given.json, headers={"content-type": "application/json"})


def test_every_request_is_answered_as_the_page_shows(server: Server) -> None:
    requests = [request for block in _CONSOLE.findall(PAGE) for request in _REQUEST.findall(block)]
    assert len(requests) == PAGE.count("\n$ curl ") > 5
    with httpx.Client(timeout=60) as client:
        for line, shown in requests:
            assert SHOWN_AT in line
            answer = client.send(asked(line.replace(SHOWN_AT, server.url)))
            assert same(orjson.loads(shown), answer.json()), f"{line} gives {answer.text}"


def table(heading: str) -> dict[str, list[str]]:
    """The cells of the first table below a heading, by each of the names in their first cell."""
    below = PAGE.partition(f"\n{heading}")[2]
    rows = re.search(r"(?:^\|.*\n)+", below, re.MULTILINE)
    assert rows is not None, heading
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows[0].splitlines()[2:]]
    return {name: rest for first, *rest in cells for name in re.findall(r"`(\w+)`", first) or [first.strip("| ")]}


def codes() -> set[str]:
    """All codes that the API gives, those of its errors and those that stand in its source."""
    sources = [path.read_text("utf-8") for path in Path(ROOT / "api").rglob("*.py") if path.parent.name != "commands"]
    found = {code for source in sources for match in _CODE.findall(source) for code in match if code}
    return {*STATUS_BY_CODE, *CODE_BY_LIMIT.values(), *found}


def test_the_table_of_errors_names_every_code_with_its_status_and_no_other() -> None:
    told = table("## Errors")
    assert told.keys() == codes()
    assert {code: told[code][0] for code in STATUS_BY_CODE} == {code: str(one) for code, one in STATUS_BY_CODE.items()}


def test_the_page_names_every_user_error() -> None:
    assert table("## Changing").keys() == {code.name for code in UserErrorCode}


def test_the_page_tells_every_limit_of_graphql_as_it_is() -> None:
    assert CODE_BY_LIMIT.keys() == {field.name for field in dataclasses.fields(Limits)}
    limits = {row[-1]: row[0] for row in table("## Limits").values()}
    for name in (*(f"graphql_{limit}" for limit in CODE_BY_LIMIT), "graphql_batch", "max_streams", "rate_limit"):
        assert limits[f"`GRAPH_CDP_{name.upper()}`"] == f"{Settings.model_fields[name].default:,}"


def test_the_page_names_every_code_that_a_socket_closes_with() -> None:
    told = {int(code) for row in table("**By WebSocket**") for code in re.findall(r"\d+", row)}
    assert told == {value for value in vars(sockets).values() if isinstance(value, int) and 1000 <= value < 5000}
