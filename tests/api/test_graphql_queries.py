"""What queries answer, on SQLite and on Neo4j; by graphql-core and by a compiled plan alike (see `World.ask`)."""

from graph_cdp.domain.times import iso, parse_time
from graph_cdp.query.as_of import profile_as_of
from graph_cdp.query.profile import ProfileView
from graph_cdp.service.rematch import rematch
from tests.api.graphql_world import ANN, DECISION, EVENTS, NOW, RULES, Plain, World, id_of, view_of
from tests.stores import matched_link


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
