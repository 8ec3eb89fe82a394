"""docs/cli.md says what the commands do: its blocks are run, and its options are those that there are."""

import re
import shlex
from pathlib import Path

import orjson
import pytest
import typer.main

from graph_cdp.cli.app import app
from tests.shown import same

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
RUN = re.compile(
    r"```console\n\$ graph-cdp (?P<arguments>.*?)(?:  # exits (?P<code>\d+))?\n(?P<shown>.*?)\n```", re.DOTALL
)
FILE = re.compile(r"`(?P<name>[\w.]+)`:\n\n```\w+\n(?P<content>.*?)```", re.DOTALL)


def documents(text: str) -> list[object]:
    """One JSON document, or one a line."""
    try:
        return [orjson.loads(text)]
    except orjson.JSONDecodeError:
        return [orjson.loads(line) for line in text.splitlines()]


def test_every_block_of_the_page_gives_what_it_shows(cli, tmp_path, monkeypatch):
    monkeypatch.delenv("GRAPH_CDP_STORE")
    for file in FILE.finditer(PAGE):
        (tmp_path / file["name"]).write_text(file["content"])
    runs = list(RUN.finditer(PAGE))
    assert len(runs) == PAGE.count("```console") > 20
    for run in runs:
        ran = cli(*shlex.split(run["arguments"]))
        assert ran.code == int(run["code"] or 0), run["arguments"]
        told = documents((ran.out or ran.err).strip())
        assert same(documents(run["shown"]), told), f"{run['arguments']} gives {told}"


def commands() -> dict[str, typer.core.TyperCommand]:
    found = {}

    def walk(prefix: str, one) -> None:
        if not hasattr(one, "list_commands"):
            found[prefix.strip()] = one
            return
        for name in one.list_commands(None):
            walk(f"{prefix}{name} ", one.get_command(None, name))

    walk("", typer.main.get_command(app))
    return found


@pytest.mark.parametrize("name", commands())
def test_the_page_names_every_option_of_a_command_and_no_other(name):
    section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert section is not None, f"{name} has no section"
    listed = set(re.findall(r"--[a-z-]+", " ".join(re.findall(r"^\| `(.*?)` \|", section[1], re.MULTILINE))))
    there = {option for parameter in commands()[name].params for option in parameter.opts if option.startswith("--")}
    assert listed == there - {"--help"}
