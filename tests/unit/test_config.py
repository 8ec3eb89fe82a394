import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from graph_cdp.config import ID_KEY_DEFAULT, StoreUrl, load_settings, shown, unknown_variables
from graph_cdp.errors import ConfigError

SECRET = "the id key of this shop"


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in list(os.environ):
        if name.upper().startswith("GRAPH_CDP_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default():
    settings = load_settings()
    assert settings.store == StoreUrl("sqlite", path="graph_cdp.db")
    assert settings.policy is None
    assert settings.id_key.get_secret_value() == ID_KEY_DEFAULT
    assert settings.batch_events == 10_000
    assert set(settings.origins.values()) == {"default"}


def test_an_option_wins_over_the_environment_and_that_over_the_env_file(monkeypatch: pytest.MonkeyPatch):
    Path(".env").write_text(
        'GRAPH_CDP_STORE=sqlite:///file.db\nGRAPH_CDP_POLICY=file.toml\nGRAPH_CDP_BATCH_EVENTS="7"\nOTHER=1\n'
    )
    monkeypatch.setenv("GRAPH_CDP_STORE", "sqlite:///environment.db")
    monkeypatch.setenv("GRAPH_CDP_POLICY", "environment.toml")
    settings = load_settings(store="sqlite:///option.db")
    assert settings.store.path == "option.db"
    assert settings.policy == Path("environment.toml")
    assert settings.batch_events == 7
    assert {name: origin for name, origin in settings.origins.items() if origin != "default"} == {
        "GRAPH_CDP_STORE": "option",
        "GRAPH_CDP_POLICY": "environment",
        "GRAPH_CDP_BATCH_EVENTS": ".env",
    }


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch):
    Path(".env").write_text("GRAPH_CDP_ID_KEY=\nGRAPH_CDP_BATCH_EVENTS=9\n")
    monkeypatch.setenv("GRAPH_CDP_POLICY", "")
    monkeypatch.setenv("GRAPH_CDP_BATCH_EVENTS", "")
    settings = load_settings()
    assert settings.policy is None
    assert settings.id_key.get_secret_value() == ID_KEY_DEFAULT
    assert settings.batch_events == 9
    assert settings.origins["GRAPH_CDP_POLICY"] == "default"
    assert settings.origins["GRAPH_CDP_BATCH_EVENTS"] == ".env"


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().batch_events = 1


def test_secrets_are_shown_as_stars(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GRAPH_CDP_STORE", "neo4j+s://ann:s3cret@db.example.com/people")
    monkeypatch.setenv("GRAPH_CDP_ID_KEY", SECRET)
    monkeypatch.setenv("GRAPH_CDP_JWT_SECRET", SECRET * 2)
    settings = load_settings(policy=Path("p.toml"))
    told = shown(settings)
    assert told.keys() == settings.origins.keys()
    assert told["GRAPH_CDP_STORE"] == "neo4j+s://ann:***@db.example.com:7687/people"
    assert told["GRAPH_CDP_POLICY"] == "p.toml"
    assert told["GRAPH_CDP_ID_KEY"] == told["GRAPH_CDP_JWT_SECRET"] == "**********"
    assert told["GRAPH_CDP_BATCH_EVENTS"] == "10000"
    assert SECRET not in str(told)
    for text in (repr(settings), str(settings), repr(settings.store), str(settings.store), f"{settings.store}"):
        assert "s3cret" not in text
        assert SECRET not in text


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("GRAPH_CDP_BATCH_EVENTS", "many", "must be a whole number from 1 to 100000"),
        ("GRAPH_CDP_BATCH_EVENTS", "0", "must be a whole number from 1 to 100000"),
        ("GRAPH_CDP_BATCH_EVENTS", "100001", "must be a whole number from 1 to 100000"),
        ("GRAPH_CDP_ID_KEY", "hunter2", "must be a secret text of at least 16 characters"),
        (
            "GRAPH_CDP_STORE",
            "graph.db",
            "the store URL has no scheme; write sqlite:///graph.db for a file, "
            "or neo4j://user:password@localhost:7687 for a server",
        ),
    ],
)
def test_a_wrong_variable_is_named_with_its_origin_and_a_remedy(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, remedy: str
):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError) as raised:
        load_settings()
    assert str(raised.value) == f"{variable} (environment): {remedy}"
    monkeypatch.delenv(variable)
    Path(".env").write_text(f"{variable}={value}\n")
    with pytest.raises(ConfigError) as raised:
        load_settings()
    assert str(raised.value) == f"{variable} (.env): {remedy}"


def test_all_wrong_variables_are_named_at_once_and_no_secret_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GRAPH_CDP_ID_KEY", "hunter2")
    monkeypatch.setenv("GRAPH_CDP_BATCH_EVENTS", "-1")
    with pytest.raises(ConfigError) as raised:
        load_settings(store="mysql://root:hunter2@localhost/x")
    message = str(raised.value)
    assert "GRAPH_CDP_STORE (option): the store URL has an unknown scheme" in message
    assert "GRAPH_CDP_ID_KEY (environment)" in message
    assert "GRAPH_CDP_BATCH_EVENTS (environment)" in message
    assert "hunter2" not in message


def test_an_env_file_that_is_no_utf_8_is_refused():
    Path(".env").write_bytes(b"GRAPH_CDP_POLICY=caf\xe9.toml\n")
    with pytest.raises(ConfigError, match=r"^\.env is not UTF-8; save it as UTF-8 text$"):
        load_settings()


def test_unknown_variables_are_told_with_what_was_probably_meant(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GRAPH_CDP_STOER", "sqlite:///x.db")
    monkeypatch.setenv("GRAPH_CDP_TEST_NEO4J", "bolt://localhost")
    monkeypatch.setenv("GRAPH_CDP_STORE", "sqlite:///x.db")
    Path(".env").write_text("GRAPH_CDP_XYZZY=1\nUNRELATED=1\n")
    assert unknown_variables() == [
        "GRAPH_CDP_STOER (environment) is no setting; did you mean GRAPH_CDP_STORE?",
        "GRAPH_CDP_XYZZY (.env) is no setting; graph-cdp config shows all",
    ]


def test_a_setting_may_be_kept_in_a_file_that_a_variable_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    secret = tmp_path / "id_key"
    secret.write_text(f"{SECRET}\n")
    monkeypatch.setenv("GRAPH_CDP_ID_KEY_FILE", str(secret))
    Path(".env").write_text("GRAPH_CDP_ID_KEY=weaker than the file's own\n")
    settings = load_settings()
    assert settings.id_key.get_secret_value() == SECRET
    assert settings.origins["GRAPH_CDP_ID_KEY"] == str(secret)
    assert unknown_variables() == []
    monkeypatch.setenv("GRAPH_CDP_ID_KEY", SECRET * 2)
    assert load_settings().id_key.get_secret_value() == SECRET * 2
    assert load_settings().origins["GRAPH_CDP_ID_KEY"] == "environment"


@pytest.mark.parametrize("name", ["STORE", "ID_KEY", "POLICY"])
def test_a_variable_that_is_no_utf8_is_told_without_its_value(monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv(f"GRAPH_CDP_{name}", os.fsdecode(b"sqlite:///caf\xe9_with_a_long_name.db"))
    with pytest.raises(ConfigError, match=rf"GRAPH_CDP_{name} \(environment\): is not UTF-8; write it anew$"):
        load_settings()


def test_a_named_file_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("GRAPH_CDP_STORE_FILE", str(tmp_path / "missing"))
    with pytest.raises(ConfigError, match=r"missing, which .* names, cannot be read \(No such file or directory\)"):
        load_settings()
    (tmp_path / "store").write_text("graph.db")
    monkeypatch.setenv("GRAPH_CDP_STORE_FILE", str(tmp_path / "store"))
    with pytest.raises(ConfigError, match=rf"GRAPH_CDP_STORE \({tmp_path}/store\): the store URL has no scheme"):
        load_settings()


def test_lists_are_written_with_commas_between(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GRAPH_CDP_JWT_ALGORITHMS", "RS256, ES256,")
    assert load_settings().jwt_algorithms == ("RS256", "ES256")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("sqlite:///relative.db", "relative.db"),
        ("sqlite:///in/a folder/100%25 #1.db", "in/a folder/100%25 #1.db"),
        ("sqlite:////absolute/path.db", "/absolute/path.db"),
        ("sqlite:///:memory:", ":memory:"),
        (" SQLite:///x.db\n", "x.db"),
    ],
)
def test_a_sqlite_url_has_the_path_as_written(text: str, path: str):
    url = StoreUrl.parse(text)
    assert (url.scheme, url.path, url.is_sqlite) == ("sqlite", path, True)
    assert url.redacted == f"sqlite:///{path}"
    assert StoreUrl.parse(url.redacted) == url


@pytest.mark.parametrize("scheme", ["neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"])
def test_a_neo4j_url_is_parted(scheme: str):
    url = StoreUrl.parse(f"{scheme}://ann:s3cret@db.example.com:7688/people")
    assert url == StoreUrl(scheme, host="db.example.com", port=7688, user="ann", password="s3cret", database="people")
    assert url.address == f"{scheme}://db.example.com:7688"
    assert not url.is_sqlite
    assert repr(url) == f"StoreUrl('{scheme}://ann:***@db.example.com:7688/people')"


def test_what_a_neo4j_url_leaves_out_is_left_to_the_server():
    url = StoreUrl.parse("bolt://localhost/")
    assert (url.user, url.password, url.database, url.port) == (None, None, None, 7687)
    assert url.redacted == url.address == "bolt://localhost:7687"


def test_credentials_are_percent_decoded():
    url = StoreUrl.parse("neo4j://an%40n:p%2F%3A%23%25@h")
    assert (url.user, url.password) == ("an@n", "p/:#%")
    assert url.redacted == "neo4j://an%40n:***@h:7687"


def test_an_ipv6_host_keeps_its_brackets_in_the_address():
    url = StoreUrl.parse("bolt://ann:pw@[::1]:7690")
    assert url.host == "::1"
    assert url.address == "bolt://[::1]:7690"
    assert url.redacted == "bolt://ann:***@[::1]:7690"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "has no scheme"),
        ("hunter2", "has no scheme"),
        ("sqlite:/x.db", "has no scheme"),
        (
            "postgres://u:hunter2@h",
            "has an unknown scheme; known are sqlite://, neo4j://, neo4j+s://, neo4j+ssc://, "
            "bolt://, bolt+s://, bolt+ssc://",
        ),
        ("sqlite://hunter2", "names no file; write sqlite:///graph.db, or four slashes for an absolute path"),
        ("sqlite:///", "names no file"),
        ("sqlite:///x.db?mode=ro", "has a query, and a sqlite store takes none"),
        ("neo4j://", "names no host; write neo4j://user:password@localhost:7687"),
        ("bolt://ann:hunter2@", "names no host; write bolt://user:password@localhost:7687"),
        ("neo4j://ann@h", "has a user or a password alone"),
        ("neo4j://:hunter2@h", "has a user or a password alone"),
        ("neo4j://ann:hunter2/@h", "cannot be read; check the port, and write the characters"),
        ("neo4j://ann:hunter2%ff@h", "cannot be read; check the port, and write the characters"),
        ("neo4j://ann:hunter2@h:port", "cannot be read; check the port"),
        ("neo4j://ann:hunter2@h:99999", "cannot be read; check the port"),
        ("neo4j://ann:hunter2@[::1", "cannot be read"),
        ("neo4j://ann:12/hunter2@h", "has more behind the port than the name of a database"),
        ("neo4j://h/a/hunter2", "has more behind the port than the name of a database"),
        ("neo4j://h/a?hunter2=1", "has more behind the port than the name of a database"),
        ("neo4j://h/a#hunter2", "has more behind the port than the name of a database"),
    ],
)
def test_a_store_url_that_cannot_be_used_is_refused_without_being_shown(text: str, what: str):
    with pytest.raises(ConfigError) as raised:
        StoreUrl.parse(text)
    assert str(raised.value).startswith(f"the store URL {what}")
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None
