"""The laws of matching on the servers: as on SQLite (tests/property/test_matching.py), with fewer examples."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph_cdp.config import StoreUrl
from graph_cdp.service.matching import run
from tests.matchers import words_are_read
from tests.neo4j_servers import wipe
from tests.property.test_matching import (
    assert_simulating_tells_what_a_rebuild_makes,
    matching,
    unmatched,
    with_limits,
)
from tests.stores import differences, dump_of, opened, take_in
from tests.strategies import History, arrivals

ON_A_SERVER = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[*HealthCheck],
)


@pytest.fixture(scope="module", autouse=True)
def words() -> Iterator[None]:
    with words_are_read():
        yield


@pytest.fixture(scope="module", params=["neo4j_current", "neo4j_lts"])
def server(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


@ON_A_SERVER
@given(data=st.data(), history=unmatched)
async def test_matching_as_events_come_gives_what_matching_everything_at_once_gives(
    server: str, data: st.DataObject, history: History
) -> None:
    rules = matching(history)
    wipe(server)
    store = await opened(StoreUrl.parse(server))
    try:
        await take_in(store, data.draw(arrivals(history)), rules)
        assert await differences(store, rules) == ()
        before = await dump_of(store)
        await run(store, rules.policy)
        assert await dump_of(store) == before
        await assert_simulating_tells_what_a_rebuild_makes(store, with_limits(rules, None))
    finally:
        await store.close()
