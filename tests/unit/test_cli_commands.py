"""What holds for all commands, and what the small ones do: `policy check`, `config`, `demo`, `neo4j`."""

import subprocess
import sys

import orjson
import pytest

from graph_cdp import __version__


def test_policy_check_tells_every_problem_with_line_and_key(cli, tmp_path, policy):
    assert cli("policy", "check", policy).code == 0
    (tmp_path / "bad.toml").write_text('[[namespace]]\nname = "a"\nlimit = 0\n\n[[namespace]]\nname = "a"\n')
    ran = cli("policy", "check", "bad.toml", "--format", "json")
    assert (ran.code, ran.json["usable"]) == (2, False)
    assert [(one["line"], one["key"]) for one in ran.json["problems"]] == [
        (3, "namespace[0].limit"),
        (6, "namespace[1].name"),
    ]
    assert "bad.toml:3: namespace[0].limit" in cli("policy", "check", "bad.toml").out


def test_config_tells_origins_and_hides_secrets(cli, monkeypatch):
    monkeypatch.setenv("GRAPH_CDP_STORE", "neo4j://neo4j:geheimnis@localhost:7687")
    monkeypatch.setenv("GRAPH_CDP_STOER", "x")
    monkeypatch.setenv("GRAPH_CDP_ID_KEY", "a key that nobody may see")
    ran = cli("config", "--format", "json")
    by_name = {one["variable"]: one for one in ran.json["settings"]}
    assert by_name["GRAPH_CDP_STORE"]["origin"] == "environment"
    assert by_name["GRAPH_CDP_BATCH_EVENTS"]["origin"] == "default"
    assert "GRAPH_CDP_STORE?" in ran.json["warnings"][0]
    for told in (ran.out, cli("config").out):
        assert "geheimnis" not in told
        assert "nobody may see" not in told


def test_the_demo_agrees_with_its_truth_and_leaves_a_store_that_verifies(cli, tmp_path):
    ran = cli("demo", "--persons", "100", "--dir", "shop", "--format", "json")
    shown = ran.json
    assert ran.code == 0
    assert shown["score"]["precision"] > 0.9
    assert shown["score"]["recall"] > 0.9 * shown["score"]["recall_ceiling"]
    assert shown["explanation"]["verdict"] == "same_profile"
    assert shown["refusal"]["verdict"] == "kept_apart"
    assert cli("verify", "--store", shown["store"]).code == 0
    again = cli("demo", "--persons", "100", "--dir", "shop")
    assert (again.code, "without events" in again.err) == (2, True)


def test_the_demo_shows_what_it_found_and_what_to_run_next(cli):
    out = cli("demo", "--persons", "100", "--dir", "shop").out
    for words in ("precision", "recall", "Profile pro_", "strongest path", "refused", "export GRAPH_CDP_STORE="):
        assert words in out


def test_neo4j_of_a_folder_without_one_is_not_running(cli, tmp_path):
    ran = cli("neo4j", "status", "--dir", "none", "--format", "json")
    assert (ran.code, ran.json) == (1, {"running": False, "version": None, "dir": str(tmp_path / "none")})
    assert cli("neo4j", "stop", "--dir", "none").code == 1
    ran = cli("neo4j", "path", "--version", "5", "--format", "json")
    assert (ran.code, orjson.loads(ran.err)["error"]["code"]) == (3, "local_neo4j")


COMMANDS = [
    ["demo"], ["ingest"], ["simulate"], ["profile"], ["explain"], ["decide"], ["decisions"], ["rebuild"], ["verify"],
    ["export"], ["stats"], ["config"], ["neo4j", "start"], ["neo4j", "stop"], ["neo4j", "status"], ["neo4j", "path"],
    ["policy", "check"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_shows_examples_of_itself(cli, command):
    ran = cli(*command, "--help")
    assert ran.code == 0
    assert f"graph-cdp {' '.join(command)}" in ran.out.partition("Examples:")[2]


def test_help_names_the_exit_codes_and_loads_nothing_heavy():
    script = (
        "import sys\n"
        "from graph_cdp.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = ('numba', 'numpy', 'pyarrow', 'neo4j', 'phonenumbers', 'pydantic_settings', 'graph_cdp.store')\n"
        "print('LOADED', [name for name in heavy if name in sys.modules])\n"
    )
    for arguments in ([], ["ingest"], ["neo4j", "start"]):
        ran = subprocess.run(
            [sys.executable, "-c", script, *arguments, "--help"], capture_output=True, text=True, check=True
        )
        assert "LOADED []" in ran.stdout
        assert arguments or "Exit codes: 0" in ran.stdout


def test_version_is_told(cli):
    assert cli("--version").out == f"graph-cdp {__version__}\n"


def test_output_in_a_pipe_has_no_colour_and_an_end_of_reading_is_no_error(loaded, tmp_path):
    command = f"{sys.executable} -c 'from graph_cdp.cli import main; main()'"
    for arguments in ("stats", "profile user_id:u1", "explain user_id:u1 user_id:u2"):
        assert "\x1b" not in loaded(*arguments.split()).out
    ran = subprocess.run(
        f"({command} export events; echo code $? >&2) | head -c 1",
        shell=True, capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert "Traceback" not in ran.stderr
    assert "Exception" not in ran.stderr
