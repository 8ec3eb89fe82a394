"""The laws of resolution on the servers: both releases agree with the oracle, whatever comes in whatever order.

Each example is several histories side by side in one store, each in namespaces of its own: nothing of one touches
anything of another, and the server is asked less often.
"""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph_cdp.config import StoreUrl
from tests.neo4j_servers import wipe
from tests.stores import (
    assert_agree,
    at_once,
    differences,
    dump_of,
    made_its_own,
    opened,
    rebuilt,
    rules_of,
    side_by_side,
    state_of,
    take_in,
    truth_of,
)
from tests.strategies import History, arrivals, histories

# The laws on SQLite shrink a failing history in a moment; here that would take minutes.
ON_A_SERVER = settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[*HealthCheck],
)

many = st.lists(histories(), min_size=10, max_size=10)


@pytest.fixture(scope="module", params=["neo4j_current", "neo4j_lts"])
def server(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


@ON_A_SERVER
@given(data=st.data(), alone=many)
async def test_a_server_agrees_with_the_oracle_and_neither_replaying_nor_rebuilding_changes_anything(
    server: str, data: st.DataObject, alone: list[History]
) -> None:
    each = [made_its_own(history, number) for number, history in enumerate(alone)]
    together = side_by_side(each)
    rules = rules_of(together.policy)
    wipe(server)
    store = await opened(StoreUrl.parse(server))
    try:
        await take_in(store, at_once(data.draw(arrivals(history)) for history in each), rules)
        assert_agree(await state_of(store, rules), truth_of(together))
        assert await differences(store, rules) == ()
        before = await dump_of(store)
        again = at_once(data.draw(arrivals(history)) for history in each)
        assert await take_in(store, again, rules) == []
        assert await dump_of(store) == before
        await rebuilt(store, rules)
        assert await dump_of(store) == before
    finally:
        await store.close()
