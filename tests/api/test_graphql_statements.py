"""How many statements a query costs: one for each root field and for each level below, whatever the page holds."""

import asyncio

import pytest

from graph_cdp.store.neo4j_gathering import PROFILES
from tests.api.graphql_world import World

ANN = 'profile(identifier: {namespace: "user_id", value: "ann"})'
PROFILE = "id firstSeen known aliases clusterSize identifiers { key value count } traits { name value source }"
PAGE = "nodes { id } pageInfo { hasNextPage }"

READER = ("read",)  # without the right to personal values, so that nothing is entered into the audit log

# By query: the named statements that it runs, in order.
COSTS = {
    f"{{ {ANN} {{ id }} }}": ["profiles/of_identifiers"],
    f"{{ {ANN} {{ {PROFILE} refusals {{ from }} journey(first: 10) {{ {PAGE} }} }} }}": ["profiles/of_identifiers"],
    f'{{ {ANN} {{ ...a ... @include(if: true) {{ trait(name: "plan") {{ value }} }} }} }}'
    f" fragment a on Profile {{ journey {{ {PAGE} }} more: journey(first: 40) {{ {PAGE} }} }}": [
        "profiles/of_identifiers"
    ],
    f'{{ {ANN} {{ journey(types: ["page"]) {{ {PAGE} }} }} }}': ["profiles/of_identifiers", "events/journeys"],
    f"{{ {ANN} {{ sessions {{ nodes {{ start }} }} links {{ nodes {{ from }} }} graph {{ nodes {{ key }} }} }} }}": [
        "profiles/of_identifiers", "events/sessions", "links/pages", "links/pages",
    ],
    f"{{ {ANN} {{ journey {{ nodes {{ traits identifiers {{ key }} }} }} decisions {{ id }} }} }}": [
        "profiles/of_identifiers", "decisions/on_identifiers", "identifiers/by_key",
    ],
    "{ profiles(first: 3) { pageInfo { hasNextPage } } }": ["profiles/page_up"],
    f"{{ profiles(first: 100) {{ edges {{ node {{ {PROFILE} }} }} nodes {{ journey(first: 5) {{ {PAGE} }} }} }} }}": [
        "profiles/page_up", "profiles/of_identifiers",
    ],
    f"{{ profiles(first: 100) {{ nodes {{ id journey(channels: [null]) {{ {PAGE} }} links {{ nodes {{ from }} }}"
    " sessions { nodes { start } } graph { cut } decisions { id } } totalCount } }": [
        "decisions/on_identifiers", "events/journeys", "events/sessions", "links/pages", "links/pages",
        "profiles/count", "profiles/of_identifiers", "profiles/page_up",
    ],
    "{ profiles(first: 100) { nodes { journey { nodes { identifiers { key } } } } } }": [
        "profiles/page_up", "profiles/of_identifiers", "identifiers/by_key",
    ],
    f'{{ a: {ANN} {{ id }} b: profile(identifier: {{namespace: "user_id", value: "bob"}}) {{ id }} }}': [
        "profiles/of_identifiers",
        "profiles/of_identifiers",
    ],
    '{ identifier(namespace: "user_id", value: "ann") { id }'
    ' other: identifier(namespace: "user_id", value: "x") { id } }': [
        "identifiers/by_key",
        "identifiers/by_key",
    ],
    '{ node(id: "e1") { id } }': ["events/by_id"],
    "{ stats { events profiles } }": ["stats/sizes"],
    "{ policy { namespaces { name } } __schema { description } }": [],
}  # fmt: skip


@pytest.mark.parametrize(("query", "names"), COSTS.items(), ids=range(len(COSTS)))
async def test_a_query_runs_these_statements_and_no_others(world: World, query: str, names: list[str]) -> None:
    await world.ask(query, READER)
    assert sorted(world.statements) == sorted(_gathered(names, world))


async def test_a_page_of_many_costs_as_many_statements_as_a_page_of_one(world: World) -> None:
    counts = []
    for first in (1, 3, 100):
        await world.ask(
            f"{{ profiles(first: {first}) {{ nodes {{ {PROFILE} refusals {{ from }} sessions {{ nodes {{ start }} }}"
            " links { nodes { from } } journey(after: null, types: null) { nodes { id identifiers { key } } } } } }",
            READER,
        )
        counts.append(sorted(world.statements))
    assert counts[0] == counts[1] == counts[2]


async def test_queries_that_ask_for_profiles_at_once_share_statements_where_each_is_a_round_trip(world: World) -> None:
    store = world.services.store
    world.statements.clear()
    keys = [
        "user_id:ann",
        "user_id:bob",
        "user_id:nobody",
        "anonymous_id:kiosk",
        *(f"user_id:guest{n}" for n in range(9)),
    ]
    wanted = [{"traits": True, "events": 3, "refusals": False}, {"traits": False, "events": 0, "refusals": True}]
    reads = [(key, parts) for key in keys for parts in wanted]
    found = await asyncio.gather(
        *(store.read(lambda tx, key=key, parts=parts: tx.profiles([key], **parts)) for key, parts in reads)
    )
    assert world.statements == _gathered(["profiles/of_identifiers"] * len(reads), world, len(wanted))
    for (key, parts), profiles in zip(reads, found, strict=True):
        assert profiles == await store.read(lambda tx, key=key, parts=parts: tx.profiles([key], **parts))


async def test_what_is_not_selected_is_not_read(world: World) -> None:
    store = world.services.store
    lean = await store.read(lambda tx: tx.profiles(["user_id:ann"], traits=False, events=0, refusals=False))
    assert not lean.traits
    assert not any(lean.events.values())
    assert not lean.refusals


def _gathered(names: list[str], world: World, statements: int = 1) -> list[str]:
    """On a server those who ask for profiles at once share statements; SQLite reads each in its view of one moment."""
    if world.services.store.one_moment or PROFILES not in names:
        return names
    return [name for name in names if name != PROFILES] + [PROFILES] * statements
