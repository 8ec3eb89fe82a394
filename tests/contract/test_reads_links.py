"""Pages of links and graphs, as the port promises them of every store."""

from base64 import urlsafe_b64decode

import pytest

from graph_cdp.domain.link import Refusal
from graph_cdp.errors import InputError
from graph_cdp.query.links import MAX_LINKS, MAX_NODES, graphs, links_pages
from graph_cdp.store.port import Store, Writing
from tests.contract.made_history import POLICY, take_history
from tests.contract.rows import add_links, link, place
from tests.plain_reads import everything_of, walk_of_links


async def test_pages_of_links_of_many_profiles_are_all_their_links_with_why_they_did_not_join(store: Store) -> None:
    await take_history(store)
    everything = await everything_of(store, POLICY)
    expected = {anchor: everything.links(anchor) for anchor in everything.keys}
    for first in (4, 500):
        assert await walk_of_links(store, everything.keys, first) == expected
    reasons = {row[3] for rows in expected.values() for row in rows}
    assert reasons == {None, "limit", "decided", "shared", "blocked"}


async def test_a_graph_holds_a_profile_its_links_and_what_they_lead_to(store: Store) -> None:
    await take_history(store)
    everything = await everything_of(store, POLICY)
    drawn = await store.read(lambda tx: graphs(tx, everything.keys))
    assert drawn.keys() == everything.keys.keys()
    for anchor, graph in drawn.items():
        keys = [node.key for node in graph.nodes]
        assert keys[: len(everything.keys[anchor])] == everything.keys[anchor]
        assert set(keys) == {*everything.keys[anchor], *(key for one in graph.links for key in one.link.pair)}
        assert len(set(keys)) == len(keys)
        assert list(graph.links) == everything.links(anchor)
        assert not graph.cut


async def test_a_graph_of_more_than_there_is_room_for_says_that_it_is_cut(store: Store) -> None:
    hub = [link("cookie:hub", f"crm:{number}") for number in range(MAX_NODES + 5)]
    wide = [link(f"email:{one}", f"phone:{other}") for one in range(47) for other in range(47)]
    assert len(wide) > MAX_LINKS
    await add_links(store, [*hub, *wide, link("crm:small", "email:small")])
    members = {
        "cookie:hub": ["cookie:hub"],
        "email:0": sorted({key for one in wide for key in one.pair}),
        "crm:small": ["crm:small", "email:small"],
    }
    await place(store, {key: anchor for anchor, keys in members.items() for key in keys})
    found = await store.read(lambda tx: graphs(tx, members))
    sizes = {anchor: (len(graph.nodes), len(graph.links), graph.cut) for anchor, graph in found.items()}
    assert sizes == {
        "cookie:hub": (MAX_NODES, MAX_NODES - 1, True),
        "email:0": (94, MAX_LINKS, True),
        "crm:small": (2, 1, False),
    }


async def test_links_of_every_kind_between_two_identifiers_are_parted_by_their_kind_at_every_cursor(
    store: Store,
) -> None:
    links = [link("crm:1", "crm:2")._replace(kind=kind) for kind in ("matched", "observed", "manual")]
    await add_links(store, links)

    async def refuse(tx: Writing) -> None:
        await tx.lock(["crm:1", "crm:2"])
        await tx.replace_refusals(["crm:1", "crm:2"], [Refusal("crm:1", "crm:2", "observed", "limit", "crm")])

    await store.write(refuse)
    walk = (await walk_of_links(store, {"crm:1": ["crm:1", "crm:2"]}, 1))["crm:1"]
    assert [(one.link.kind, one.refused, one.namespace) for one in walk] == [
        ("manual", None, None),
        ("matched", None, None),
        ("observed", "limit", "crm"),
    ]


async def test_a_cursor_of_links_holds_no_key_and_another_is_refused(store: Store) -> None:
    await add_links(store, [link("crm:1", "crm:2")])
    page = (await store.read(lambda tx: links_pages(tx, {"crm:1": ["crm:1"]})))["crm:1"]
    (cursor,) = page.cursors
    assert b"crm:" not in urlsafe_b64decode(cursor + "==")
    for wrong in ("", "x", "W10", "WzEsMiwzXQ"):
        with pytest.raises(InputError):
            await store.read(lambda tx, wrong=wrong: links_pages(tx, {}, after=wrong))
