"""The documents keep their word: what they tell to type runs, what they say is printed is printed.

A document's blocks run in order, in one folder of its own that holds the repository's `graph_cdp` and `tests` as well.

- A `sh` block is run, line by line: `graph-cdp …`, `export NAME=VALUE`, `cat > FILE <<'EOF'`. Lines for other programs
  (OUTSIDE) are let be. `# exits 1` at the end of a line is what it must exit with; else it is 0.
- A `toml` block that begins with `# FILE.toml` is put into the folder first; each is a policy or a mapping that works.
- Each line of a `text` block is printed by some command of its document; `…` stands for anything, and white space
  counts little.
- A `json` block right after a `sh` block is what the last command there gives; `…` stands for anything.
- A `graphql` block is a valid document.
- docs/api.md, which shows requests with their answers in `console` blocks, has more tests in tests/api.
- docs/cli.md, which shows commands with their output in `console` blocks, has tests of its own.
- `<!-- not run: REASON -->` above a block, and blocks of any other language, keep it from all this.
"""

import ast
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import orjson
import pytest
from graphql import parse, validate
from typer.testing import CliRunner

from api.graphql.schema import schema
from graph_cdp.cli.app import app
from graph_cdp.files import load_mapping
from graph_cdp.policies import check_policy
from tests.shown import same

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TOLD = [path for path in DOCUMENTS if path.parent in {ROOT, ROOT / "docs"}]
OUTSIDE = ("make", "git", "cat", "cd", ".venv/bin/", "PYTHON=")
WIDTH = "160"

_BLOCK = re.compile(
    r"^(?P<note><!-- not run: [^\n]+ -->\n+)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
_HEREDOC = re.compile(r"cat > (\S+) <<'EOF'")
_FILE = re.compile(r"# ([\w-]+\.toml)\n")
_EXITS = re.compile(r"\s# exits (\d+)$")
_LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block, and the number of its first line in its document."""

    language: str
    text: str
    line: int


def blocks(path: Path) -> list[Block]:
    """The blocks of a document that are to be held to their word."""
    text = path.read_text("utf-8")
    return [
        Block(match["language"], match["text"], text.count("\n", 0, match.start("text")) + 1)
        for match in _BLOCK.finditer(text)
        if match["note"] is None
    ]


def of(path: Path, language: str) -> list[Block]:
    return [block for block in blocks(path) if block.language == language]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def commands(block: Block, folder: Path) -> Iterator[str]:
    """The lines of a `sh` block, continued ones whole; what it writes into files is written."""
    lines = iter(block.text.replace("\\\n", " ").splitlines())
    for line in lines:
        if match := _HEREDOC.fullmatch(line):
            content = []
            while (part := next(lines)) != "EOF":
                content.append(part)
            (folder / match[1]).write_text("\n".join(content) + "\n", "utf-8")
        elif line.strip() and not line.startswith("#"):
            yield line


def run(line: str, environment: dict[str, str]) -> str:
    """Run one line in the present folder; gives all that it prints."""
    expected = int(match[1]) if (match := _EXITS.search(line)) else 0
    words = words_of(line)
    if words[0] == "export":
        name, _, value = words[1].partition("=")
        environment[name] = value
        return ""
    assert words[0] == "graph-cdp", f"nobody runs this line: {line}"
    end = next((at for at, word in enumerate(words) if word in {"|", ">"}), len(words))
    result = CliRunner().invoke(app, words[1:end], env=environment)
    assert result.exit_code == expected, f"{line}\n{result.output}"
    if ">" in words:
        Path(words[words.index(">") + 1]).write_bytes(result.stdout_bytes)
    return result.output


def words_of(line: str) -> list[str]:
    words = shlex.shlex(line, posix=True, punctuation_chars="|>")
    words.whitespace_split = True
    words.commenters = "#"
    return list(words)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to follow a document in, as empty as a fresh clone in which nothing is set."""
    for name in [*os.environ]:
        if name.startswith("GRAPH_CDP_"):
            monkeypatch.delenv(name)
    for part in ("graph_cdp", "tests"):
        (tmp_path / part).symlink_to(ROOT / part)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", TOLD, ids=named)
def test_every_command_runs_and_prints_what_is_shown(path: Path, folder: Path):
    for block in of(path, "toml"):
        if match := _FILE.match(block.text):
            (folder / match[1]).write_text(block.text, "utf-8")
    output = plain("\n".join(told(path, folder)))
    for block in of(path, "text"):
        for number, line in enumerate(block.text.splitlines(), block.line):
            parts = [re.escape(plain(part)) for part in line.split("…") if plain(part)]
            assert re.search("[^\n]*".join(parts), output), f"{named(path)}:{number} is printed by no command: {line}"


def told(path: Path, folder: Path) -> Iterator[str]:
    """What the commands of a document print, one after the other; answers in JSON must be those that it shows."""
    environment, last = {"COLUMNS": WIDTH}, ""
    for before, block in pairwise([Block("", "", 0), *blocks(path)]):
        if block.language == "sh":
            for line in commands(block, folder):
                if not line.startswith(OUTSIDE):
                    yield (last := run(line, environment))
        elif block.language == "json" and before.language == "sh":
            assert same(orjson.loads(block.text), orjson.loads(last)), f"{named(path)}:{block.line} is not {last}"


def plain(text: str) -> str:
    """A text with single blanks, and without the lines of tables."""
    return re.sub(r"[ \t─]+", " ", text).strip()


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.name != "cli.md"], ids=named)
def test_every_policy_and_mapping_in_a_document_works(path: Path, tmp_path: Path):
    for block in of(path, "toml"):
        place = f"{named(path)}:{block.line}"
        if "[[namespace]]" in block.text:
            assert check_policy(block.text, place).problems == (), place
        else:
            mapping = tmp_path / "mapping.toml"
            mapping.write_text(block.text, "utf-8")
            assert load_mapping(mapping)


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(path: Path):
    for match in _LINK.finditer(path.read_text("utf-8")):
        target, _, part = unquote(match[1] or match[2]).partition("#")
        if "://" in target:
            continue
        place = path.parent / target if target else path
        assert place.exists(), f"{named(path)} leads to {target}, which is not there"
        if part:
            assert part in {anchor(heading) for heading in _HEADING.findall(place.read_text("utf-8"))}, (target, part)


def anchor(heading: str) -> str:
    """What a heading is called in a link."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_python_block_compiles(path: Path):
    for block in of(path, "python"):
        ast.parse(block.text, f"{named(path)}:{block.line}")


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.name != "cli.md"], ids=named)
def test_every_graphql_document_fits_the_schema(path: Path):
    for block in of(path, "graphql"):
        assert validate(schema._schema, parse(block.text)) == [], f"{named(path)}:{block.line}"


def test_the_picture_shows_what_the_demo_finds(folder: Path):
    made = CliRunner().invoke(app, ["demo", "--dir", "shop"], env={"COLUMNS": WIDTH})
    assert made.exit_code == 0, made.output
    subprocess.run([sys.executable, ROOT / "docs/images/draw_graph.py", "shop/demo.db", "graph.svg"], check=True)
    assert Path("graph.svg").read_text("utf-8") == (ROOT / "docs/images/graph.svg").read_text("utf-8")
