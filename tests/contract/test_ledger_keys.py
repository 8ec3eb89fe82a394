"""API keys, the audit log, and the step from the first schema to this one, on every store."""

import sqlite3

import pytest

from graph_cdp.config import StoreUrl
from graph_cdp.domain.access import ApiKey, AuditEntry
from graph_cdp.errors import NotFoundError
from graph_cdp.query.audit import audit_page
from graph_cdp.service.audit import record
from graph_cdp.service.keys import append_keys, digest_of_key, make_key, revoke_key
from graph_cdp.store.port import Store, Writing
from tests.contract.rows import NOON
from tests.contract.test_store_transactions import write_some_of_everything
from tests.neo4j_servers import driver_of
from tests.stores import dump_of, opened, url_text


async def keys(store: Store) -> list[ApiKey]:
    return await store.read(lambda tx: tx.keys())


async def entries(store: Store, after: int = 0, limit: int = 100, who: str | None = None) -> list[AuditEntry]:
    return await store.read(lambda tx: audit_page(tx, after, limit, who))


def entry(who: str, subject: str = "pro_x", at: int = 0) -> AuditEntry:
    return AuditEntry(0, NOON + at, who, "personal_read", subject, "")


def test_a_key_is_long_random_and_kept_as_a_hash_only() -> None:
    (text, key), (other, _) = (make_key("web", ["collect"], "site", NOON) for _ in range(2))
    prefix, key_id, secret = text.split("_")
    assert (prefix, key_id) == ("gcdp", key.id)
    assert len(secret) == 52  # base32 of 256 bits
    assert text != other
    assert key.digest == digest_of_key(text) != digest_of_key(other)
    assert secret not in repr(key)


async def test_keys_come_back_as_they_were_made_by_time(store: Store) -> None:
    later = make_key("app 🙂", ["read", "read:pii", "read"], "app", NOON + 1)[1]
    first = make_key("web", ["collect"], "site", NOON)[1]
    await store.write(lambda tx: append_keys(tx, [later, first], "kim"))
    assert later.scopes == ("read", "read:pii")
    assert await keys(store) == [first, later]
    found = await store.read(lambda tx: tx.keys_by_id([later.id, "unknown"]))
    assert found == {later.id: later}


async def test_a_revoked_key_stays_revoked_since_the_first_time(store: Store) -> None:
    key, other = (make_key("web", ["collect"], "site", NOON)[1] for _ in range(2))
    await store.write(lambda tx: append_keys(tx, [key, other], "kim"))
    for at in (1, 2):
        revoked = await store.write(lambda tx, at=at: revoke_key(tx, key.id, "bo", NOON + at))
        assert revoked == key._replace(revoked_at=NOON + 1)
    assert sorted(await keys(store)) == sorted([revoked, other])
    with pytest.raises(NotFoundError, match="keys list"):
        await store.write(lambda tx: revoke_key(tx, "unknown", "bo", NOON))


async def test_making_and_revoking_keys_is_in_the_audit_log(store: Store) -> None:
    text, key = make_key("web", ["collect", "read"], "site", NOON)
    await store.write(lambda tx: append_keys(tx, [key], "kim"))
    for at in (1, 2):
        await store.write(lambda tx, at=at: revoke_key(tx, key.id, "bo", NOON + at))
    assert await entries(store) == [
        AuditEntry(1, NOON, "kim", "make_key", key.id, "collect read"),
        AuditEntry(2, NOON + 1, "bo", "revoke_key", key.id, ""),
    ]
    assert text not in repr(await entries(store))


async def test_entries_are_numbered_by_the_store_in_the_order_given(store: Store) -> None:
    given = [entry("kim", f"pro_{number}", at=-number)._replace(seq=99, why="ünï\n'\"") for number in range(3)]
    await store.write(lambda tx: record(tx, given[:2]))
    await store.write(lambda tx: record(tx, []))
    await store.write(lambda tx: record(tx, given[2:]))
    assert await entries(store) == [one._replace(seq=number) for number, one in enumerate(given, 1)]


async def test_a_page_of_the_log_begins_behind_its_cursor_and_may_be_of_one_alone(store: Store) -> None:
    await store.write(lambda tx: record(tx, [entry("kim" if number % 2 else "bo") for number in range(1, 8)]))
    assert [one.seq for one in await entries(store, after=2, limit=3)] == [3, 4, 5]
    assert [one.seq for one in await entries(store, after=1, limit=2, who="kim")] == [3, 5]
    assert await entries(store, who="nobody") == []
    assert await entries(store, after=7) == []


async def test_what_fails_leaves_no_key_and_no_entry(store: Store) -> None:
    async def fail(tx: Writing) -> None:
        await append_keys(tx, [make_key("web", ["collect"], "site", NOON)[1]], "kim")
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(fail)
    assert (await keys(store), await entries(store)) == ([], [])
    await store.write(lambda tx: record(tx, [entry("kim")]))
    assert [one.seq for one in await entries(store)] == [1]


async def test_recomputing_everything_leaves_keys_audit_log_and_feed_alone(store: Store) -> None:
    key = make_key("web", ["collect"], "site", NOON)[1]
    await store.write(lambda tx: append_keys(tx, [key], "kim"))
    await store.write(lambda tx: tx.announce([bytes(15)], ()))
    await store.write(lambda tx: tx.clear_computed())
    assert (await keys(store), len(await entries(store))) == ([key], 1)
    assert await store.read(lambda tx: tx.newest_seq()) == 1


@pytest.mark.parametrize("lasting_url", ["sqlite-file"], indirect=True)
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET who = 'bo'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit VALUES (1, 0, 'bo', 'decide', 'x', '')",
    ],
)
async def test_sqlite_itself_refuses_to_change_an_entry(lasting_url: StoreUrl, change: str) -> None:
    store = await opened(lasting_url)
    await store.write(lambda tx: record(tx, [entry("kim")]))
    before = await entries(store)
    with sqlite3.connect(lasting_url.path) as connection, pytest.raises(sqlite3.IntegrityError, match="keeps"):
        connection.execute(change)
    assert await entries(store) == before
    await store.close()


def make_first_version(url: StoreUrl) -> None:
    """Take away from a store what the second version of the schema brought."""
    if url.is_sqlite:
        with sqlite3.connect(url.path) as connection:
            first = {"decision", "event", "identifier", "link", "names", "note", "refusal", "trait"}
            tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
            for (table,) in tables:
                if table not in first and not table.startswith("sqlite_"):
                    connection.execute(f"DROP TABLE {table}")
            connection.execute("UPDATE note SET text = '1' WHERE name = 'schema_version'")
        return
    with driver_of(url_text(url)) as driver, driver.session(database=url.database) as session:
        for name in ("ledger_name", "commit_seq", "api_key_id", "audit_seq"):
            session.run(f"DROP CONSTRAINT {name}").consume()
        session.run("MATCH (n:Note {name: 'schema_version'}) SET n.text = '1'").consume()


async def test_a_store_of_the_first_version_is_brought_up_to_date_and_keeps_everything(lasting_url: StoreUrl) -> None:
    store = await opened(lasting_url)
    await store.write(write_some_of_everything)
    before = await dump_of(store)
    await store.close()
    make_first_version(lasting_url)
    store = await opened(lasting_url)
    assert int((await store.read(lambda tx: tx.notes()))["schema_version"]) >= 2
    assert await dump_of(store) == before
    key = make_key("web", ["collect"], "site", NOON)[1]
    await store.write(lambda tx: append_keys(tx, [key], "kim"))
    await store.write(lambda tx: tx.announce([bytes(15)], ()))
    assert (await keys(store), len(await entries(store))) == ([key], 1)
    assert await store.read(lambda tx: tx.newest_seq()) == 1
    await store.close()
