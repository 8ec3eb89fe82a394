"""What is Neo4j's own: what analysts see, what cannot be opened; and SQLite's answers as its own."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph_cdp.config import StoreUrl
from graph_cdp.errors import StoreAccessError, StoreError, StoreUnavailableError
from graph_cdp.resolve import Placed
from graph_cdp.store.port import Reading, Store, Writing
from tests.contract.rows import NOON, journey_of, put, seen
from tests.contract.test_store_transactions import write_some_of_everything
from tests.neo4j_servers import asked, wipe
from tests.stores import (
    MEMORY,
    all_of,
    at_once,
    differences,
    dump_of,
    made_its_own,
    opened,
    rules_of,
    side_by_side,
    take_in,
)
from tests.strategies import LAW, History, arrivals, histories

# The graph


async def test_an_analyst_sees_identifiers_by_namespace_events_links_and_profiles(server: str, neo4j: Store) -> None:
    await neo4j.write(write_some_of_everything)
    assert sorted(asked(server, "MATCH (i:Identifier) RETURN i.key, labels(i), i.namespace, i.value")) == [
        ["cookie:k", ["Identifier", "Cookie"], "cookie", "k"],
        ["crm:1", ["Identifier", "Crm"], "crm", "1"],
        ["crm:2", ["Identifier", "Crm"], "crm", "2"],
    ]
    assert asked(
        server,
        "MATCH (i:Cookie) RETURN i.count, i.first_seen = datetime({epochMillis: $noon}), i.own",
        noon=NOON,
    ) == [[2, True, neo4j.ids.of("cookie:k")]]
    assert sorted(asked(server, "MATCH (e:Event)-[n:NAMES]->(i) RETURN e.id, i.key, n.owns")) == [
        ["m1", "cookie:k", None],
        ["m1", "crm:1", True],
        ["m2", "cookie:k", None],
        ["m2", "crm:2", True],
    ]
    assert asked(
        server, "MATCH (a)-[l:OBSERVED_WITH]->(b:Crm {value: '1'}) RETURN a.key, l.kind, l.refused, l.sources"
    ) == [["cookie:k", "observed", "limit", ["web"]]]
    assert asked(server, "MATCH (a)-[r:REFUSED]->(b) RETURN a.key, b.key, r.reason, r.namespace") == [
        ["cookie:k", "crm:1", "limit", "crm"]
    ]
    profiles = "MATCH (i)-[:MEMBER_OF]->(p:Profile) OPTIONAL MATCH (p)-[:IN_CLUSTER]->(c) RETURN i.key, p.id, c.anchor"
    one, two = neo4j.ids.of("crm:1"), neo4j.ids.of("crm:2")
    assert sorted(asked(server, profiles)) == [
        ["cookie:k", two, "crm:1"],
        ["crm:1", one, None],
        ["crm:2", two, "crm:1"],
    ]
    assert asked(server, "MATCH (:Crm {value: '2'})-[:HAS_TRAIT]->(t:Trait) RETURN t.name, t.value") == [
        ["plan", '"paid"']
    ]


async def test_a_namespace_called_like_another_kind_of_node_gets_a_label_of_its_own(server: str, neo4j: Store) -> None:
    await put(neo4j, "profile:1", "event:1", "crm_id:1", "größe:1")
    labels = asked(server, "MATCH (i:Identifier) RETURN i.key, [label IN labels(i) WHERE label <> 'Identifier']")
    assert dict(labels) == {
        "profile:1": ["ProfileIdentifier"],
        "event:1": ["EventIdentifier"],
        "crm_id:1": ["CrmId"],
        "größe:1": ["Größe"],
    }


async def test_a_refusal_that_is_taken_back_leaves_its_link_as_it_was(server: str, neo4j: Store) -> None:
    await neo4j.write(write_some_of_everything)
    refused = "MATCH (a)-[l:OBSERVED_WITH]->(b) WHERE l.refused IS NOT NULL RETURN a.key, b.key, l.refused_namespace"
    assert asked(server, refused) == [["cookie:k", "crm:1", "crm"]]
    await neo4j.write(lambda tx: tx.replace_refusals(["cookie:k", "crm:1", "crm:2"], []))
    assert asked(server, refused) == []


async def test_a_profile_is_there_as_long_as_it_has_members(server: str, neo4j: Store) -> None:
    keys = ["crm:1", "crm:2", "cookie:k"]
    await put(neo4j, *keys)

    def profiles() -> list[list[Any]]:
        return sorted(asked(server, "MATCH (p:Profile) RETURN p.anchor, COUNT { (p)<-[:MEMBER_OF]-() }"))

    async def places(*rows: Placed) -> None:
        async def work(tx: Writing) -> None:
            await tx.lock(keys)
            await tx.place_identifiers(rows)

        await neo4j.write(work)

    await places(*(Placed(key, None, key, key) for key in keys))
    assert profiles() == [["cookie:k", 1], ["crm:1", 1], ["crm:2", 1]]
    await places(Placed("cookie:k", None, "crm:1", "crm:1"))
    assert profiles() == [["crm:1", 2], ["crm:2", 1]]
    await places(Placed("crm:2", None, "crm:1", "crm:2", True), Placed("crm:1", None, "crm:1", "crm:1", True))
    await places(Placed("crm:1", None, "crm:2", "crm:2"), Placed("crm:2", None, "crm:2", "crm:2"))
    await places(Placed("cookie:k", "shared", None, None))
    assert profiles() == [["crm:2", 2]]
    assert asked(server, "MATCH (:Profile)-[r:IN_CLUSTER]->() RETURN count(r)") == [[0]]


async def test_an_identifier_that_was_held_but_not_written_leaves_nothing(server: str, neo4j: Store) -> None:
    async def work(tx: Writing) -> None:
        assert await tx.lock(["crm:1", "crm:2"]) == {}
        assert await tx.identifiers(["crm:1", "crm:2"]) == {}
        await tx.put_identifiers([seen("crm:2")])

    await neo4j.write(work)
    assert asked(server, "MATCH (n) WHERE NOT n:Note RETURN n.key") == [["crm:2"]]


# What cannot be opened


def _url(server: str, **parts: Any) -> StoreUrl:
    return replace(StoreUrl.parse(server), **parts)


async def test_a_wrong_password_is_refused_by_name_and_never_shown(server: str) -> None:
    with pytest.raises(StoreAccessError, match="password") as error:
        await opened(_url(server, password="no such secret"))
    assert "no such secret" not in str(error.value)


async def test_a_server_that_is_down_is_named_by_its_address(server: str) -> None:
    with pytest.raises(StoreUnavailableError, match=r"127\.0\.0\.1:1:"):
        await opened(_url(server, host="127.0.0.1", port=1))


async def test_a_server_that_speaks_no_tls_is_told_so_where_the_url_asks_for_it(server: str) -> None:
    with pytest.raises(StoreUnavailableError, match="speaks TLS"):
        await opened(_url(server, scheme="bolt+s"))


async def test_a_database_that_is_not_there_is_named(server: str) -> None:
    with pytest.raises(StoreError, match="nosuchdatabase"):
        await opened(_url(server, database="nosuchdatabase"))


# The same answers as SQLite's


async def _answers(store: Store) -> dict[str, Any]:
    """What every reading method answers, about every third identifier; sorted where no order is promised."""

    async def work(tx: Reading) -> dict[str, Any]:
        known = [one for page in [one async for one in tx.scan_identifiers()] for one in page]
        keys = [one.key for one in known][::3]
        journey = await journey_of(tx, keys, 7)
        events = sorted(await all_of(tx.scan_events()))
        pairs = [one.pair for one in await all_of(tx.scan_links())]
        return {
            "stored_events": await tx.stored_events([*(one.id for one in events[::2]), "never seen"]),
            "identifiers": await tx.identifiers([*keys, "never:seen"]),
            "members_of": sorted(await tx.members_of({one.cluster for one in known if one.cluster})),
            "key_of": [await tx.key_of(store.ids.of(key)) for key in [*keys[:5], "never:seen"]],
            "links_among": sorted(await tx.links_among([one.key for one in known][::2])),
            "links_of": await tx.links_of(keys, 25),
            "linked_by_namespace": await tx.linked_by_namespace(keys),
            "refusals_of": await tx.refusals_of(keys),
            "traits_of": sorted(await tx.traits_of(keys), key=lambda one: (one.key, one.name)),
            "has_decisions": await tx.has_decisions(),
            "decisions_on": sorted(await tx.decisions_on(keys)),
            "journey": journey,
            "journey before": await journey_of(tx, keys, 7, (journey[-1].at, journey[-1].id) if journey else None),
            "events_naming_both": [await tx.events_naming_both(pair, 3) for pair in pairs[:10]],
            "events_naming": sorted(await all_of(tx.events_naming(keys))),
            "owned_events": sorted(await all_of(tx.owned_events(keys))),
            "decisions": await tx.decisions(),
            "sizes": await tx.sizes(),
        }

    return await store.read(work)


# Shrinking would take as many minutes as it takes seconds to find a failure.
@settings(LAW, max_examples=4, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data(), some=st.lists(histories(), min_size=12, max_size=12))
async def test_every_answer_is_the_one_that_sqlite_gives(server: str, data: st.DataObject, some: list[History]) -> None:
    wipe(server)
    own = [made_its_own(one, number) for number, one in enumerate(some)]
    ways = at_once([data.draw(arrivals(one)) for one in own])
    rules = rules_of(side_by_side(own).policy)
    one, other = await opened(StoreUrl.parse(server)), await opened(MEMORY)
    assert sorted(await take_in(one, ways, rules), key=str) == sorted(await take_in(other, ways, rules), key=str)
    assert await dump_of(one) == await dump_of(other)
    answers = await _answers(other)
    for method, answer in (await _answers(one)).items():
        assert answer == answers[method], method
    assert await differences(one, rules) == ()
    await one.close()
    await other.close()
