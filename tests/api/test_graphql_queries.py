"""What queries answer, on SQLite and on Neo4j; by graphql-core and by a compiled plan alike (see `World.ask`)."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from graph_cdp.config import StoreUrl
from graph_cdp.domain.times import iso, parse_time
from graph_cdp.query.as_of import profile_as_of
from graph_cdp.query.profile import ProfileView, profile_of
from graph_cdp.service.rematch import rematch
from tests.api.graphql_world import (
    CORE,
    DECISION,
    DUPLICATE_ID,
    EVENTS,
    FRAUD_ID,
    NOW,
    RULES,
    Plain,
    World,
    world_of,
)
from tests.neo4j_servers import wipe
from tests.stores import file_url, matched_link

ANN = '(identifier: {namespace: "user_id", value: "ann"})'


@pytest.fixture(scope="module", params=("sqlite-file", "neo4j-current"))
async def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    if request.param == "sqlite-file":
        url = file_url(tmp_path_factory.mktemp("graphql") / "graph.db")
    else:
        server: str = request.getfixturevalue("neo4j_current")
        wipe(server, schema=True)
        url = StoreUrl.parse(server)
    async with world_of(url) as world:
        yield world


async def view_of(world: World, key: str = "user_id:ann") -> ProfileView:
    store = world.services.store
    view = await store.read(lambda tx: profile_of(tx, key, store, RULES.policy, 100))
    assert isinstance(view, ProfileView)
    return view


async def id_of(world: World, key: str = "user_id:ann") -> str:
    return (await view_of(world, key)).id


async def test_a_profile_has_its_identifiers_traits_and_refusals(world: World) -> None:
    view = await view_of(world)
    data = await world.data(f"""{{ profile{ANN} {{
        id firstSeen lastSeen known clusterSize aliases
        identifiers {{ namespace value key firstSeen lastSeen count shared setAside profileId }}
        traits {{ name value source at event identifier }}
        refusals {{ from to kind reason namespace }}
    }} }}""")
    profile = data["profile"]
    assert profile["id"] == view.id
    assert (profile["firstSeen"], profile["lastSeen"]) == (iso(view.first_seen), iso(view.last_seen))
    assert profile["known"] is True
    assert profile["clusterSize"] == view.cluster > len(view.identifiers)
    assert profile["identifiers"] == [
        {
            "namespace": one.key.partition(":")[0],
            "value": one.key.partition(":")[2],
            "key": one.key,
            "firstSeen": iso(one.first_seen),
            "lastSeen": iso(one.last_seen),
            "count": one.count,
            "shared": False,
            "setAside": None,
            "profileId": view.id,
        }
        for one in view.identifiers
    ]
    assert {one["name"]: one["value"] for one in profile["traits"]} == {
        name: trait.value for name, trait in view.traits.items()
    }
    assert [trait["name"] for trait in profile["traits"]] == sorted(view.traits)
    assert [(one["from"], one["to"], one["reason"], one["namespace"]) for one in profile["refusals"]] == [
        (one.low, one.high, one.reason.upper(), one.namespace) for one in view.refusals
    ]
    assert len(profile["refusals"]) > 0
    ids = world.services.store.ids
    assert set(profile["aliases"]) == {ids.of(one.key) for one in view.identifiers} - {view.id}


async def test_a_profile_is_found_by_its_id_by_its_aliases_and_by_any_writing_of_an_identifier(world: World) -> None:
    found = (await world.data(f"{{ profile{ANN} {{ id aliases }} }}"))["profile"]
    for id_ in (found["id"], *found["aliases"]):
        assert (await world.data("query($id: ID) { profile(id: $id) { id } }", id=id_))["profile"]["id"] == found["id"]
    asked = "query($of: IdentifierInput) { profile(identifier: $of) { identifiers { key } } }"
    named = await world.data(asked, of={"namespace": "email", "value": " ANN@shop.org"})
    assert {"key": "email:ann@shop.org"} in named["profile"]["identifiers"]


async def test_what_is_not_known_or_set_aside_has_no_profile(world: World) -> None:
    for namespace, value in (("user_id", "nobody"), ("anonymous_id", "kiosk"), ("email", "noreply@example.com")):
        of = {"namespace": namespace, "value": value}
        data = await world.data("query($of: IdentifierInput) { profile(identifier: $of) { id } }", of=of)
        assert data == {"profile": None}
    assert await world.data('{ profile(id: "pro_unknown") { id } }') == {"profile": None}


async def test_a_profile_needs_an_id_or_an_identifier_and_not_both(world: World) -> None:
    assert await world.codes("{ profile { id } }") == ["input_invalid"]
    both = '{ profile(id: "pro_x", identifier: {namespace: "email", value: "a@b.org"}) { id } }'
    assert await world.codes(both) == ["input_invalid"]
    unknown = '{ profile(identifier: {namespace: "shoe_size", value: "42"}) { id } }'
    assert await world.codes(unknown) == ["input_invalid"]


async def test_a_trait_is_asked_by_its_name(world: World) -> None:
    data = await world.data(
        f'{{ profile{ANN} {{ plan: trait(name: "plan") {{ value }} none: trait(name: "x") {{ value }} }} }}'
    )
    assert data == {"profile": {"plan": {"value": "gold"}, "none": None}}


async def test_an_identifier_tells_why_it_joins_nobody(world: World) -> None:
    data = await world.data("""{
        kiosk: identifier(namespace: "anonymous_id", value: "kiosk") { key shared setAside profileId count }
        placeholder: identifier(namespace: "email", value: "NoReply@example.com") { value shared setAside }
        ann: identifier(namespace: "user_id", value: "ann") { setAside profileId }
        nobody: identifier(namespace: "user_id", value: "nobody") { key }
    }""")
    kiosk = {"key": "anonymous_id:kiosk", "shared": True, "setAside": "SHARED", "profileId": None, "count": 10}
    assert data["kiosk"] == kiosk
    assert data["placeholder"] == {"value": "noreply@example.com", "shared": False, "setAside": "BLOCKED"}
    assert data["ann"] == {"setAside": None, "profileId": await id_of(world)}
    assert data["nobody"] is None


@pytest.mark.parametrize("first", [1, 2, 100])
async def test_a_journey_walked_by_pages_has_every_event_once_newest_first(world: World, first: int) -> None:
    view, after, walked = await view_of(world), None, list[str]()
    page = {"hasNextPage": True}
    while page["hasNextPage"]:
        data = await world.data(
            f"""query($first: Int!, $after: String) {{ profile{ANN} {{ journey(first: $first, after: $after) {{
                edges {{ cursor node {{ id }} }} nodes {{ id }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
            }} }} }}""",
            first=first, after=after,
        )  # fmt: skip
        journey = data["profile"]["journey"]
        page, edges = journey["pageInfo"], journey["edges"]
        assert [edge["node"] for edge in edges] == journey["nodes"]
        assert page["hasPreviousPage"] is (after is not None)
        assert (page["startCursor"], page["endCursor"]) == (edges[0]["cursor"], edges[-1]["cursor"])
        after = page["endCursor"]
        walked += [edge["node"]["id"] for edge in edges]
    assert walked == [event.id for event in view.events]


async def test_the_page_that_comes_with_the_profile_is_the_one_that_is_asked_alone(world: World) -> None:
    fields = "{ edges { cursor node { id } } pageInfo { hasNextPage endCursor } }"
    data = await world.data(f"""{{ profile{ANN} {{
        with: journey(first: 2) {fields} alone: journey(first: 2, from: "2000-01-01") {fields}
        all: journey {fields} none: journey(first: 0) {fields}
    }} }}""")
    profile = data["profile"]
    assert profile["with"] == profile["alone"]
    assert profile["with"]["pageInfo"]["hasNextPage"] is True
    assert profile["with"]["edges"] == profile["all"]["edges"][:2]
    assert profile["none"] == {"edges": [], "pageInfo": {"hasNextPage": True, "endCursor": None}}


async def test_a_journey_is_filtered_by_time_type_and_channel(world: World) -> None:
    async def ids(filters: str) -> list[str]:
        data = await world.data(f"{{ profile{ANN} {{ journey({filters}) {{ nodes {{ id }} }} }} }}")
        return sorted(one["id"] for one in data["profile"]["journey"]["nodes"])

    assert await ids('types: ["page"]') == ["e4"]
    assert await ids('channels: ["browser"]') == ["e2"]
    assert "e2" not in await ids("channels: [null]")
    assert await ids('from: "2026-01-01T09:05:00Z", to: "2026-01-01T09:10:00.000Z"') == ["e2"]
    assert await ids("types: []") == []


async def test_sessions_are_runs_of_events_without_half_an_hour_of_silence(world: World) -> None:
    data = await world.data(f"""{{ profile{ANN} {{ sessions(to: "2026-01-02") {{
        nodes {{ start end events source channel firstEvent lastEvent }} edges {{ cursor node {{ start }} }}
        pageInfo {{ hasNextPage }}
    }} }} }}""")
    nodes = data["profile"]["sessions"]["nodes"]
    assert [(one["start"], one["events"], one["firstEvent"], one["lastEvent"]) for one in nodes] == [
        ("2026-01-01T11:00:00.000Z", 1, "Home", "Home"),
        ("2026-01-01T09:00:00.000Z", 3, "identify", "Order Completed"),
    ]


async def test_links_walked_by_pages_are_those_of_the_graph(world: World) -> None:
    link = "from to kind count firstSeen lastSeen sources score refused namespace"
    drawn = await world.data(
        f"{{ profile{ANN} {{ graph {{ nodes {{ key member shared }} links {{ {link} }} cut }} }} }}"
    )
    graph, walked, after, more = drawn["profile"]["graph"], list[Plain](), None, True
    while more:
        data = await world.data(
            f"query($after: String) {{ profile{ANN} {{ links(first: 2, after: $after) {{"
            f"  nodes {{ {link} }} edges {{ cursor node {{ from }} }} pageInfo {{ hasNextPage endCursor }} }} }} }}",
            after=after,
        )
        page = data["profile"]["links"]
        walked += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert walked == graph["links"]
    assert len(walked) > 2
    keys = {node["key"] for node in graph["nodes"]}
    assert all({one["from"], one["to"]} <= keys for one in walked)
    members = {one.key for one in (await view_of(world)).identifiers}
    assert {node["key"] for node in graph["nodes"] if node["member"]} == members
    assert {one["refused"] for one in walked} > {None}
    assert graph["cut"] is False


async def test_profiles_walked_by_pages_come_once_each_in_order(world: World) -> None:
    async def walk(order: str) -> list[Plain]:
        walked, after, more = list[Plain](), None, True
        while more:
            data = await world.data(
                f"query($after: String) {{ profiles(first: 4, after: $after, orderBy: {order}) {{"
                "  edges { cursor node { id firstSeen lastSeen } } pageInfo { hasNextPage endCursor } totalCount } }",
                after=after,
            )
            page = data["profiles"]
            walked += [edge["node"] for edge in page["edges"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert len(walked) == page["totalCount"] == len({one["id"] for one in walked})
        return walked

    by_id = await walk("{field: ID}")
    assert by_id == sorted(by_id, key=lambda one: one["id"])
    latest = [one["lastSeen"] for one in await walk("{field: LAST_SEEN, direction: DESC}")]
    assert latest == sorted(latest, reverse=True)
    earliest = [one["firstSeen"] for one in await walk("{field: FIRST_SEEN}")]
    assert earliest == sorted(earliest)


async def test_profiles_are_filtered(world: World) -> None:
    async def count(wanted: str) -> int:
        data = await world.data(f"{{ profiles(first: 100, filter: {wanted}) {{ totalCount nodes {{ id }} }} }}")
        assert len(data["profiles"]["nodes"]) == data["profiles"]["totalCount"]
        return int(data["profiles"]["totalCount"])

    ann = await id_of(world)
    assert await count(f'{{ids: ["{ann}", "pro_unknown"]}}') == 1
    assert await count('{trait: {name: "plan", value: "free"}}') == 1
    assert await count('{namespace: "phone"}') == 1
    assert await count('{firstSeen: {from: "2026-01-06", to: "2026-01-06T09:05:00Z"}}') == 5
    assert await count('{lastSeen: {to: "2026-01-01"}}') == 0
    assert await count("{minIdentifiers: 2, known: true}") == 3
    assert await count("{known: false}") == 0
    assert await world.codes('{ profiles(filter: {trait: {name: "plan", value: ["a"]}}) { totalCount } }') == [
        "input_invalid"
    ]


async def test_a_profile_as_of_a_time_is_the_one_of_that_time_with_its_journey_sessions_and_links(world: World) -> None:
    store, at = world.services.store, "2026-01-01T09:30:00Z"
    moment = EVENTS[2]["timestamp"]
    data = await world.data(f"""{{ profile(identifier: {{namespace: "user_id", value: "ann"}}, asOf: "{at}") {{
        id lastSeen identifiers {{ key }} traits {{ name }} refusals {{ from }}
        journey(first: 2) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }}
        tracks: journey(types: ["track"], channels: ["browser"]) {{ nodes {{ id }} }}
        sessions {{ nodes {{ events firstEvent }} pageInfo {{ hasNextPage }} }}
        links(first: 1) {{ nodes {{ from to refused }} pageInfo {{ hasNextPage endCursor }} }}
        graph {{ nodes {{ key }} links {{ from }} }}
    }} }}""")
    profile = data["profile"]
    then = await store.read(lambda tx: profile_as_of(tx, "user_id:ann", parse_time(at), store, RULES))
    assert isinstance(then, ProfileView)
    assert profile["lastSeen"] == moment.replace("Z", ".000Z")
    assert [one["key"] for one in profile["identifiers"]] == [one.key for one in then.identifiers]
    assert profile["refusals"] == []
    assert [one["id"] for one in profile["journey"]["nodes"]] == ["e3", "e2"]
    assert profile["tracks"] == {"nodes": [{"id": "e2"}]}
    assert profile["sessions"] == {
        "nodes": [{"events": 3, "firstEvent": "identify"}],
        "pageInfo": {"hasNextPage": False},
    }
    assert len(profile["links"]["nodes"]) == 1
    assert profile["links"]["pageInfo"]["hasNextPage"] is True
    assert len(profile["graph"]["links"]) == 3
    of_then = 'profile(identifier: {namespace: "user_id", value: "ann"}, asOf: "2026-01-01T09:30:00Z")'
    rest = await world.data(
        f"query($e: String, $l: String) {{ {of_then} {{ journey(after: $e) {{ nodes {{ id }} }}"
        " links(after: $l) { nodes { to } } } }",
        e=profile["journey"]["pageInfo"]["endCursor"], l=profile["links"]["pageInfo"]["endCursor"],
    )  # fmt: skip
    assert rest["profile"]["journey"]["nodes"] == [{"id": "e1"}]
    assert len(rest["profile"]["links"]["nodes"]) == 2
    before = await world.data(
        '{ profile(identifier: {namespace: "user_id", value: "ann"}, asOf: "2020-01-01") { id } }'
    )
    assert before == {"profile": None}


async def test_a_profile_as_of_now_is_the_profile(world: World) -> None:
    fields = """{ id firstSeen lastSeen known aliases identifiers { key count } traits { name value at }
        refusals { from to reason } journey { edges { cursor node { id channel } } }
        sessions { edges { cursor node { start end events source channel firstEvent lastEvent } } }
        links { edges { cursor node { from to kind count sources refused namespace } } }
        graph { nodes { key member shared } links { from to } } }"""
    data = await world.data(f"""{{
        now: profile{ANN} {fields}
        then: profile(identifier: {{namespace: "user_id", value: "ann"}}, asOf: "{iso(NOW)}") {fields}
    }}""")
    assert data["then"] == data["now"]


async def test_an_event_has_what_its_source_said_and_the_identifiers_that_it_names(world: World) -> None:
    data = await world.data("""{ e1: node(id: "e1") { ...all } e2: node(id: "e2") { ...all }
        e3: node(id: "e3") { ...all } }
        fragment all on Event { __typename id type name at receivedAt source channel traits properties context
            identifiers { key count } }""")
    e1, e2, e3 = data["e1"], data["e2"], data["e3"]
    assert e1["__typename"] == "Event"
    assert (e1["type"], e1["name"], e1["source"], e1["channel"]) == ("identify", None, "web", None)
    assert e1["traits"] == EVENTS[0]["traits"]
    assert [one["key"] for one in e1["identifiers"]] == ["user_id:ann", "email:ann@shop.org", "anonymous_id:sofa"]
    assert (e2["name"], e2["at"], e2["channel"]) == ("Product Viewed", "2026-01-01T09:05:00.000Z", "browser")
    assert e2["properties"] == {"sku": "T-1"}
    assert e3["traits"] == {"plan": "gold"}
    assert e3["context"] == {"traits": {"plan": "gold"}}


async def test_node_finds_what_gave_itself_an_id(world: World) -> None:
    known = await world.data(
        f"{{ profile{ANN} {{ id identifiers {{ id key }} journey(first: 1) {{ nodes {{ id }} }} }} }}"
    )
    profile = known["profile"]
    ids = [profile["id"], *(one["id"] for one in profile["identifiers"]), profile["journey"]["nodes"][0]["id"]]
    for id_ in ids:
        found = (await world.data("query($id: ID!) { node(id: $id) { id __typename } }", id=id_))["node"]
        assert found["id"] == id_
    one = profile["identifiers"][1]
    asked = (
        "query($id: ID!) { node(id: $id) { ... on Identifier { key } ... on Profile { journey { nodes { id } } } } }"
    )
    assert await world.data(asked, id=one["id"]) == {"node": {"key": one["key"]}}
    assert len((await world.data(asked, id=profile["id"]))["node"]["journey"]["nodes"]) > 1
    for id_ in ("pro_aaaa", "idn_aaaa", "no event"):
        assert await world.data(asked, id=id_) == {"node": None}


async def test_why_two_identifiers_are_together_or_apart_is_explained(world: World) -> None:
    explain = """query($a: IdentifierInput!, $b: IdentifierInput!) { explain(from: $a, to: $b) {
        from to verdict path { link { from to kind refused } examples { id } }
        refusals { from to reason namespace } setAside { identifier { key setAside } linked }
        decisions { verdict by reason stands }
    } }"""

    async def answer(a: str, b: str) -> Plain:
        given = [dict(zip(("namespace", "value"), one.split(":"), strict=True)) for one in (a, b)]
        return (await world.data(explain, a=given[0], b=given[1]))["explain"]

    same = await answer("user_id:ann", "device_id:phone-1")
    assert (same["from"], same["to"], same["verdict"]) == ("user_id:ann", "device_id:phone-1", "SAME_PROFILE")
    assert same["path"] == [
        {"link": {"from": "device_id:phone-1", "to": "user_id:ann", "kind": "OBSERVED", "refused": None},
         "examples": [{"id": "e7"}]}
    ]  # fmt: skip
    apart = await answer("user_id:ann", "user_id:bob")
    assert apart["verdict"] == "KEPT_APART"
    assert apart["decisions"] == [{"verdict": "DIFFERENT", "by": "eve", "reason": "asked them", "stands": True}]
    assert {step["link"]["refused"] for step in apart["path"]} > {None}
    aside = await answer("user_id:guest1", "anonymous_id:kiosk")
    assert aside["verdict"] == "SET_ASIDE"
    assert aside["setAside"] == [
        {"identifier": {"key": "anonymous_id:kiosk", "setAside": "SHARED"}, "linked": {"user_id": 10}}
    ]
    assert (await answer("user_id:guest1", "user_id:ann"))["verdict"] == "UNCONNECTED"
    given = {"namespace": "user_id", "value": "ann"}
    assert await world.codes(explain, a=given, b=given) == ["input_invalid"]
    assert await world.codes(explain, a=given, b={"namespace": "user_id", "value": "nobody"}) == ["not_found"]


async def test_a_matched_link_joins_two_profiles_and_is_told_with_its_score_and_model_now_and_as_of_a_time(
    world: World,
) -> None:
    link, store = matched_link("user_id:ann2", "user_id:guest1", 0.875), world.services.store
    wanted = """query($at: DateTime) { profile(identifier: {namespace: "user_id", value: "guest1"}, asOf: $at) {
        identifiers { key } links(first: 100) { nodes { from to kind score sources } }
    } }"""
    await store.write(lambda tx: rematch(tx, [link], RULES.policy))
    for at in (None, "2026-01-20T00:00:00Z"):
        profile = (await world.data(wanted, at=at))["profile"]
        assert {"user_id:ann2", "user_id:guest1"} <= {one["key"] for one in profile["identifiers"]}
        assert {
            "from": "user_id:ann2", "to": "user_id:guest1", "kind": "MATCHED", "score": 0.875, "sources": ["model"]
        } in profile["links"]["nodes"]  # fmt: skip
    await store.write(lambda tx: rematch(tx, [], RULES.policy, [link.pair]))
    assert len((await world.data(wanted))["profile"]["identifiers"]) == 1


async def test_decisions_on_a_profile_are_told(world: World) -> None:
    data = await world.data(f"{{ profile{ANN} {{ decisions {{ id from to verdict at by reason stands }} }} }}")
    assert data["profile"]["decisions"] == [
        {"id": DECISION.id, "from": "user_id:ann", "to": "user_id:bob", "verdict": "DIFFERENT",
         "at": "2026-02-01T00:00:00.000Z", "by": "eve", "reason": "asked them", "stands": True}
    ]  # fmt: skip


async def test_stats_are_the_sizes_of_the_store_and_its_health_needs_the_right(world: World) -> None:
    sizes = await world.services.store.read(lambda tx: tx.sizes())
    names = " ".join(sizes._fields)
    assert await world.data(f"{{ stats {{ {names} }} }}") == {"stats": sizes._asdict()}
    assert await world.codes("{ stats { health { signs { name } } } }") == ["forbidden"]
    result = await world.ask("{ stats { health { signs { name share } shared { key } } } }", ("admin",))
    assert {"key": "anonymous_id:kiosk"} in result.data["stats"]["health"]["shared"]


async def test_whoever_may_not_read_reads_nothing(world: World) -> None:
    given = 'namespace: "user_id", value: "ann"'
    for query in (
        f"{{ profile{ANN} {{ id }} }}",
        "{ profiles { totalCount } }",
        f"{{ identifier({given}) {{ key }} }}",
        f'{{ explain(from: {{{given}}}, to: {{namespace: "user_id", value: "bob"}}) {{ verdict }} }}',
        '{ node(id: "e1") { id } }',
        "{ stats { events } }",
        "{ policy { namespaces { name } } }",
    ):
        result = await world.ask(query, ("collect", "decide"), may_fail=True)
        assert [error.extensions for error in result.errors] == [{"code": "forbidden"}], query


async def test_a_page_that_is_too_large_is_refused(world: World) -> None:
    for page in ("journey(first: 101)", "sessions(first: 101)", "links(first: 101)"):
        assert await world.codes(f"{{ profile{ANN} {{ {page} {{ nodes {{ __typename }} }} }} }}") == ["page_too_large"]
    assert await world.codes("{ profiles(first: 101) { totalCount } }") == ["page_too_large"]
    assert await world.codes("{ profiles(first: -1) { totalCount } }") == ["input_invalid"]


async def test_what_is_no_cursor_is_refused(world: World) -> None:
    for page in ("journey", "sessions", "links"):
        asked = f'{{ profile{ANN} {{ {page}(after: "x") {{ nodes {{ __typename }} }} }} }}'
        assert await world.codes(asked) == ["input_invalid"]
    assert await world.codes('{ profiles(after: "x") { totalCount } }') == ["input_invalid"]


ARGUMENTS: dict[str, str] = {
    "Query.profile": ANN,
    "Query.identifier": '(namespace: "anonymous_id", value: "kiosk")',
    "Query.node": '(id: "e1")',
    "Query.reviewItem": f'(id: "{DUPLICATE_ID}")',
    "Profile.trait": '(name: "plan")',
    "ReviewItem.preview": "(verdict: SAME)",
}
MUTATIONS = """mutation {
    decide(a: {namespace: "user_id", value: "ann"}, b: {namespace: "user_id", value: "bob"}, verdict: DIFFERENT,
        reason: "seen both") %s
}"""


def selection(type_: Any, above: tuple[str, ...] = ()) -> str:
    """Every field under a type, each type at most once on the way down."""
    fields = ["__typename"]
    for name, field in type_.fields.items():
        returned = get_named_type(field.type)
        arguments = ARGUMENTS.get(f"{type_.name}.{name}", "")
        if returned.name in above or (not arguments and any(map(is_required_argument, field.args.values()))):
            continue
        below = "" if is_leaf_type(returned) else selection(returned, (*above, type_.name))
        fields.append(f"{name}{arguments} {below}")
    return "{ " + " ".join(fields) + " }"


def reachable(root: Any, above: frozenset[str] = frozenset()) -> set[str]:
    """The names of the object types that answers to operations on a root may hold."""
    if root.name in above or is_leaf_type(root):
        return set()
    below = CORE.get_possible_types(root) if isinstance(root, GraphQLInterfaceType) else ()
    returned = [get_named_type(field.type) for field in root.fields.values()]
    found = {root.name} if isinstance(root, GraphQLObjectType) else set()
    return found.union(*(reachable(one, above | {root.name}) for one in (*below, *returned)))


def told(value: Any) -> Iterator[tuple[str, str]]:
    """Each field of each object in an answer, by the object's type."""
    if isinstance(value, list):
        for one in value:
            yield from told(one)
    elif isinstance(value, dict) and "__typename" in value:
        for name, inner in value.items():
            yield value["__typename"], name
            yield from told(inner)


async def test_every_field_of_the_schema_gives_an_answer(world: World) -> None:
    everything = ("admin",)
    answers = [(await world.ask(selection(CORE.query_type), everything)).data]
    for id_, kind in (("e1", "Event"), (await id_of(world), "Profile")):
        asked = f'{{ node(id: "{id_}") {{ __typename ... on {kind} {selection(CORE.type_map[kind])} }} }}'
        answers.append((await world.ask(asked, everything)).data)
    explanation = selection(CORE.type_map["Explanation"])
    for a, b in (("user_id", "ann"), ("user_id", "bob")), (("user_id", "guest1"), ("anonymous_id", "kiosk")):
        given = [f'{{namespace: "{namespace}", value: "{value}"}}' for namespace, value in (a, b)]
        asked = f"{{ __typename explain(from: {given[0]}, to: {given[1]}) {explanation} }}"
        answers.append((await world.ask(asked, everything)).data)
    decided = selection(CORE.type_map["DecidePayload"])
    ingested = selection(CORE.type_map["IngestPayload"])
    answers.append((await world.ask(MUTATIONS % decided, everything)).data | {"__typename": "Mutation"})
    events = [{"type": "track", "event": "Tea", "userId": "zoe", "anonymousId": "sofa"}, {"type": "track"}]
    asked = f"mutation($events: [JSON!]!) {{ __typename ingest(events: $events) {ingested} }}"
    answers.append((await world.ask(asked, everything, events=events)).data)
    (decision,) = [one["id"] for one in answers[-2]["decide"]["profiles"][0]["decisions"] if one["stands"]]
    asked = f'mutation {{ __typename withdraw(decision: "{decision}") {decided} }}'
    answers.append((await world.ask(asked, everything)).data)
    acted, many = (selection(CORE.type_map[name]) for name in ("ReviewPayload", "ReviewManyPayload"))
    item = f'item: "{FRAUD_ID}"'
    said = f'[{{{item}, verdict: SAME, reason: "a"}}, {{{item}, verdict: FRAUD, reason: "b"}}]'
    acts = [f"claim({item})", f'snooze({item}, until: "2026-03-02")', f'note({item}, text: "ask Kim")']
    asks = [*(f"{act} {acted}" for act in acts), f"decideMany(decisions: {said}) {many}", f"undo({item}) {acted}"]
    answers += [(await world.ask(f"mutation {{ __typename {asked} }}", everything)).data for asked in asks]
    reached = reachable(CORE.query_type) | reachable(CORE.mutation_type)
    wanted = {(name, field) for name in reached for field in CORE.type_map[name].fields}
    assert len(wanted) > 150
    assert wanted - set(told(answers)) == set()
