"""What comes in pages: every one once, in order, whatever the size of the page; filters, cursors, bounds."""

import pytest

from tests.api.graphql_world import ANN, Plain, World, id_of, view_of


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
