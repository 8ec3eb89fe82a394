"""What is SQLite's own: rows that are found by hashes, which wait in one index and stay in another."""

import asyncio
import random
import re
from itertools import pairwise
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.query.profiles import ProfileFilter, profile_page
from graph_cdp.resolve import ProfileIds
from graph_cdp.store.sqlite import SqliteStore
from graph_cdp.store.sqlite_hashes import passed_by
from graph_cdp.store.statements import statement
from tests.contract.rows import event, place, put, put_events
from tests.contract.test_reads_profiles import RULES
from tests.strategies import LAW

CYPHER = Path(__file__).parents[2] / "cypher"
FINDING = [
    f"{path.parent.name}/{path.stem}" for path in sorted(CYPHER.glob("*/*.sql")) if "_by_hash AS h" in path.read_text()
]
ALL_HASHES = 1 << 60
STEPS, STEP_ROWS = 256, 1_000
ROUND = STEPS * STEP_ROWS


@LAW
@given(begin=st.integers(0, 10**9), sizes=st.lists(st.integers(1, 100_000), max_size=30))
def test_the_hand_passes_every_hash_once_a_round_whatever_the_transactions(begin: int, sizes: list[int]) -> None:
    places = [begin]
    for size in [*sizes, ROUND // 2, ROUND // 2]:
        places.append(places[-1] + min(size, ROUND // 2))
    passed = [passed_by([before + 1, after]) for before, after in pairwise(places)]
    widths = [sum(behind - first for first, behind in ranges) for ranges in passed]
    steps = places[-1] // STEP_ROWS - places[0] // STEP_ROWS
    assert sum(widths) == steps * ALL_HASHES // STEPS
    assert all(0 <= first < behind <= ALL_HASHES for ranges in passed for first, behind in ranges)
    whole = [False] * STEPS
    for first, behind in (one for ranges in passed for one in ranges):
        whole[first * STEPS // ALL_HASHES : behind * STEPS // ALL_HASHES] = [True] * (
            (behind - first) * STEPS // ALL_HASHES
        )
    assert all(whole)


def test_many_rows_at_once_pass_every_hash_and_none_pass_nothing() -> None:
    assert passed_by(range(1, 2 * ROUND)) == [(0, ALL_HASHES)]
    assert passed_by([]) == []


async def test_what_waits_and_what_stays_is_found_alike(tmp_path: Path) -> None:
    path, ids = tmp_path / "store.db", ProfileIds("the id key of the tests")
    store = SqliteStore(path, ids)
    keys = [f"cookie:{number}" for number in range(6_000)]
    for begin in range(0, 6_000, 400):
        some = keys[begin : begin + 400]
        await put(store, *some)
        await place(store, {key: key for key in some})
        await put_events(store, [event(f"m{key}", key) for key in some])
    kept = rows_of(path)
    assert kept["identifier_hash"] + kept["identifier_hash_new"] == kept["event_hash"] + kept["event_hash_new"] == 6_000
    assert min(kept.values()) > 50
    asked = random.Random(1).sample(keys, 3_000)
    assert (await store.read(lambda tx: tx.identifiers(asked))).keys() == set(asked)
    events = [f"m{key}" for key in asked]
    assert (await store.read(lambda tx: tx.stored_events([*events, "none"]))).keys() == set(events)
    for descending in (False, True):
        page = await store.read(
            lambda tx, descending=descending: profile_page(tx, RULES.policy, ProfileFilter(), "id", descending, 6_000)
        )
        assert [ids.of(key) for key in page.anchors] == sorted(map(ids.of, keys), reverse=descending)
    await store.close()


@pytest.mark.parametrize("name", FINDING)
def test_no_statement_that_finds_by_hash_walks_through_all_hashes(name: str, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    asyncio.run(SqliteStore(path, ProfileIds("the id key of the tests")).close())
    connection = apsw.Connection(str(path))
    connection.create_scalar_function("own_id", lambda key: key, 1, deterministic=True)
    text = statement(name, "sql")
    nothing = dict.fromkeys(re.findall(r":(\w+)", text))
    plan = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {text}", nothing)]
    assert [detail for detail in plan if re.match(r"SCAN (h|\w+_hash(_new)?)\b|.* \w+_by_hash\b", detail)] == []


def rows_of(path: Path) -> dict[str, int]:
    """How many hashes each index has."""
    connection = apsw.Connection(str(path))
    tables = [f"{one}_hash{new}" for one in ("identifier", "event") for new in ("", "_new")]
    return {table: next(connection.execute(f"SELECT count(*) FROM {table}"))[0] for table in tables}
