"""Pages of profiles, as the port promises them of every store."""

from itertools import product

import pytest

from graph_cdp.domain.pages import ProfileFilter, Span, TraitIs
from graph_cdp.errors import InputError
from graph_cdp.query.identifiers import aliases, identifiers_of
from graph_cdp.query.profiles import MAX_IDS, ProfileOrder, count_profiles, profile_page
from graph_cdp.store.port import Reading, Store
from tests.contract.made_history import POLICY, START, take_history
from tests.contract.rows import place as place_rows
from tests.contract.rows import put
from tests.plain_reads import Everything, everything_of, walk_of_profiles
from tests.stores import rules_of

DAY = 86_400_000
ORDERS: tuple[tuple[ProfileOrder, bool], ...] = tuple(product(("id", "first_seen", "last_seen"), (False, True)))
RULES = rules_of(POLICY)


def filters(everything: Everything) -> list[ProfileFilter]:
    own = [everything.ids.of(seen.key) for seen in everything.dump["identifiers"]]
    return [
        ProfileFilter(),
        ProfileFilter(ids=tuple(own[::3])),
        ProfileFilter(ids=(*own[:2], own[1].upper().replace("PRO_", ""), "pro_none", "", "\udcff")),
        ProfileFilter(ids=()),
        ProfileFilter(known=True),
        ProfileFilter(known=False),
        ProfileFilter(namespace="email"),
        ProfileFilter(namespace="none"),
        *(ProfileFilter(trait=TraitIs("plan", value)) for value in ("free", 1, 1.5, True, "none")),
        ProfileFilter(first_seen=Span(START, START + 5 * DAY)),
        ProfileFilter(last_seen=Span(START + 15 * DAY)),
        ProfileFilter(min_identifiers=4),
        ProfileFilter(
            tuple(own), True, "cookie", TraitIs("plan", "free"), Span(START), Span(None, START + 900 * DAY), 2
        ),
    ]


async def test_every_order_under_every_filter_is_the_sorted_list_cut(store: Store) -> None:
    await take_history(store)
    everything = await everything_of(store, POLICY)
    told = list[int]()
    for wanted, (order, descending) in product(filters(everything), ORDERS):
        expected = everything.profiles(wanted, order, descending=descending)
        told.append(len(expected))
        walk = await walk_of_profiles(store, POLICY, wanted, order, descending=descending, first=5)
        assert walk == expected
        ask = count_profiles
        assert await store.read(lambda tx, ask=ask, wanted=wanted: ask(tx, RULES.policy, wanted)) == len(expected)
    assert max(told) > 10
    assert len(set(told)) > 5


async def test_a_page_of_none_tells_whether_there_is_any(store: Store) -> None:
    async def page(tx: Reading) -> tuple[int, bool]:
        found = await profile_page(tx, RULES.policy, ProfileFilter(), "id", False, 0)
        return len(found.anchors), found.has_next

    assert await store.read(page) == (0, False)
    await take_history(store)
    assert await store.read(page) == (0, True)


async def test_a_walk_by_id_gives_none_twice_and_misses_none_while_profiles_come_and_go(store: Store) -> None:
    stay, come, go = ([f"crm:{name}{number}" for number in range(30)] for name in ("stay", "come", "go"))
    await put(store, *stay, *go)
    await place_rows(store, {key: key for key in (*stay, *go)})
    walk, after, page = list[str](), None, None
    while page is None or page.has_next:
        page = await store.read(
            lambda tx, after=after: profile_page(tx, RULES.policy, ProfileFilter(), "id", False, 7, after)
        )
        walk += page.anchors
        after = page.cursors[-1] if page.cursors else None
        if come:
            new, come = come[:10], come[10:]
            await put(store, *new)
            await place_rows(store, {key: key for key in new})
            gone, go = go[:10], go[10:]
            await place_rows(store, dict.fromkeys([stay[0], *gone], stay[0]))
    assert len(walk) == len(set(walk))
    assert set(stay) <= set(walk)


async def test_a_cursor_of_another_order_filter_or_making_is_refused(store: Store) -> None:
    await take_history(store)

    async def ask(tx: Reading, after: str | None, order: ProfileOrder = "id", **filter_: bool) -> str:
        page = await profile_page(tx, RULES.policy, ProfileFilter(**filter_), order, False, 1, after)  # type: ignore[arg-type]
        return page.cursors[0]

    cursor = await store.read(lambda tx: ask(tx, None))
    assert await store.read(lambda tx: ask(tx, cursor)) != cursor
    for wrong in ("", "x", cursor[:-1], cursor + "=", "WyJpZCJd", "é", "bnVsbA", "\udcff"):
        with pytest.raises(InputError):
            await store.read(lambda tx, wrong=wrong: ask(tx, wrong))
    with pytest.raises(InputError, match="another order or filter"):
        await store.read(lambda tx: ask(tx, cursor, "first_seen"))
    with pytest.raises(InputError, match="another order or filter"):
        await store.read(lambda tx: ask(tx, cursor, known=True))
    with pytest.raises(InputError, match=r"more than 1,000"):
        await store.read(lambda tx: count_profiles(tx, RULES.policy, ProfileFilter(("x",) * (MAX_IDS + 1))))


async def test_an_identifier_tells_its_profile_or_why_it_has_none(store: Store) -> None:
    await take_history(store)
    everything = await everything_of(store, POLICY)
    seen = {one.key: one for one in everything.dump["identifiers"]}
    views = await store.read(lambda tx: identifiers_of(tx, [*seen, "crm:never"]))
    assert views.keys() == seen.keys()
    for key, view in views.items():
        assert view.seen == seen[key]
        profile = None if seen[key].profile is None else store.ids.of(seen[key].profile)
        assert (view.profile, view.set_aside) == (profile, seen[key].set_aside)
    assert {view.set_aside for view in views.values()} == {None, "blocked", "shared"}


async def test_the_aliases_of_a_profile_lead_to_it(store: Store) -> None:
    await take_history(store)
    everything = await everything_of(store, POLICY)
    for anchor, keys in everything.keys.items():
        led = ProfileFilter(ids=(store.ids.of(anchor), *aliases(anchor, keys, store.ids)))
        assert len(led.ids or ()) == len(keys)
        for own in led.ids or ():
            page = await store.read(
                lambda tx, own=own: profile_page(tx, RULES.policy, ProfileFilter(ids=(own,)), "id", False, 9)
            )
            assert page.anchors == (anchor,)
