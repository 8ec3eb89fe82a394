"""Links and refusals, as the port promises them of every store."""

from itertools import permutations

from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Link, Refusal, pair_of
from graph_cdp.store.port import Store, Writing
from tests.contract.rows import NOON, add_links, link, put, seen
from tests.stores import all_of


def matched(a: Key, b: Key, score: float) -> Link:
    return Link(*pair_of(a, b), "matched", 1, NOON, NOON, ("wéb, \"'",), score)


async def links(store: Store) -> list[Link]:
    return await store.read(lambda tx: all_of(tx.scan_links()))


async def test_a_link_is_read_as_it_was_written(store: Store) -> None:
    one = Link("cookie:k", "crm:1", "observed", 7, NOON, NOON + 86_400_000, ("app", "wéb, \"'"))
    await add_links(store, [one])
    assert await links(store) == [one]


async def test_adding_evidence_adds_counts_widens_times_and_unites_sources_in_any_order(store: Store) -> None:
    evidence = [(1, 5, 5, "web"), (2, 3, 9, "app"), (4, 4, 6, "web", "store"), (8, 4, 4, "app")]
    orders = list(permutations(evidence))
    for number, order in enumerate(orders):
        for one in order:
            await add_links(store, [link(f"crm:{number}", f"cookie:{number}", *one)])
    together = [
        link(f"crm:{number}", f"cookie:{number}", 15, 3, 9, "app", "store", "web") for number in range(len(orders))
    ]
    assert await links(store) == sorted(together)


async def test_evidence_for_one_pair_may_come_twice_in_one_transaction(store: Store) -> None:
    async def work(tx: Writing) -> None:
        await tx.lock(["crm:1", "cookie:k", "crm:2"])
        for _ in range(2):
            await tx.add_links([link("crm:1", "cookie:k", 1, 0, 1, "web"), link("crm:1", "crm:2", 1, 2, 3, "app")])

    await put(store, "crm:1", "cookie:k", "crm:2")
    await store.write(work)
    assert await links(store) == [
        link("crm:1", "cookie:k", 2, 0, 1, "web"),
        link("crm:1", "crm:2", 2, 2, 3, "app"),
    ]


async def test_links_of_different_kinds_between_two_identifiers_lie_side_by_side(store: Store) -> None:
    observed = link("crm:1", "crm:2", 3)
    matched = Link("crm:1", "crm:2", "matched", 1, NOON, NOON, ("names",), 0.875)
    await add_links(store, [observed, matched])
    await add_links(store, [observed])
    assert await links(store) == [matched, observed._replace(count=6)]
    assert sorted(await store.read(lambda tx: tx.links_among(["crm:1", "crm:2"]))) == await links(store)


async def test_a_matched_link_takes_the_place_of_that_of_its_pair_and_is_withdrawn_alone(store: Store) -> None:
    observed = link("crm:1", "crm:2", 3)
    one, other = matched("crm:1", "crm:2", 0.875), matched("cookie:k", "crm:2", 1.0)
    await add_links(store, [observed, link("cookie:k", "crm:2")])

    async def put(*links: Link) -> None:
        async def work(tx: Writing) -> None:
            await tx.lock({key for each in links for key in each.pair})
            await tx.put_matched(links)

        await store.write(work)

    await put(one, other)
    await put(one)
    assert await links(store) == sorted([observed, link("cookie:k", "crm:2"), one, other])
    again = one._replace(score=0.75, sources=("other",), first_seen=NOON + 1, last_seen=NOON + 1)
    await put(again)
    assert await links(store) == sorted([observed, link("cookie:k", "crm:2"), again, other])

    async def withdraw(tx: Writing) -> None:
        await tx.lock(["crm:1", "crm:2", "cookie:j"])
        await tx.withdraw_matched([("crm:1", "crm:2"), ("cookie:j", "crm:1")])

    await store.write(withdraw)
    assert await links(store) == sorted([observed, link("cookie:k", "crm:2"), other])


async def test_matched_links_do_not_count_towards_what_is_shared(store: Store) -> None:
    await add_links(store, [link("crm:1", "cookie:k")])

    async def work(tx: Writing) -> dict[Key, dict[str, int]]:
        await tx.lock(["crm:2", "cookie:k"])
        await tx.put_identifiers([seen("crm:2")])
        await tx.put_matched([matched("crm:2", "cookie:k", 0.9)])
        return await tx.linked_by_namespace(["cookie:k"])

    assert await store.write(work) == {"cookie:k": {"crm": 1}}


async def test_links_among_identifiers_have_both_ends_among_them(store: Store) -> None:
    one, two, three = link("crm:1", "cookie:a"), link("cookie:a", "cookie:b"), link("cookie:b", "crm:2")
    await add_links(store, [one, two, three])

    async def among(*keys: Key) -> list[Link]:
        return sorted(await store.read(lambda tx: tx.links_among(keys)))

    assert await among("crm:1", "cookie:a", "cookie:b") == sorted([one, two])
    assert await among("crm:1", "cookie:b", "crm:2") == [three]
    assert await among("crm:1", "crm:2") == []
    assert await among() == []


async def test_links_of_identifiers_come_newest_first_then_by_pair_up_to_a_limit(store: Store) -> None:
    a = link("cookie:k", "crm:1", 1, 0, 5)
    b = link("cookie:k", "crm:2", 1, 0, 9)
    c = link("cookie:j", "crm:1", 1, 0, 5)
    other = link("crm:8", "crm:9", 1, 0, 7)
    await add_links(store, [a, b, c, other])

    async def of(limit: int, *keys: Key) -> list[Link]:
        return await store.read(lambda tx: tx.links_of(keys, limit))

    assert await of(9, "cookie:k", "crm:1") == [b, c, a]
    assert await of(2, "cookie:k", "crm:1") == [b, c]
    assert await of(9, "crm:1") == [c, a]
    assert await of(2**31 - 1, "crm:2") == [b]


async def test_a_scan_of_links_is_complete_and_ordered_across_its_pages(store: Store) -> None:
    """One identifier has more links than a page holds."""
    many = [link("cookie:hub", f"crm:{number}", number + 1) for number in range(4_100)]
    many += [link("cookie:a", "cookie:hub"), link("crm:1", "email:\U0001f642"), link("crm:1", "email:\ufffd")]
    await add_links(store, many)
    assert await links(store) == sorted(many)


async def refuse(store: Store, keys: list[Key], *refusals: Refusal) -> None:
    async def work(tx: Writing) -> None:
        await tx.lock(keys)
        await tx.replace_refusals(keys, refusals)

    await store.write(work)


LIMIT = Refusal("cookie:k", "crm:1", "observed", "limit", "crm")
DECIDED = Refusal("cookie:k", "crm:1", "manual", "decided", None)
FAR = Refusal("crm:8", "crm:9", "observed", "limit", "crm")
KEYS = ["cookie:j", "cookie:k", "crm:1", "crm:2", "crm:8", "crm:9"]


async def test_refusals_replace_those_among_the_same_identifiers_and_no_others(store: Store) -> None:
    await put(store, *KEYS)
    await refuse(store, ["crm:8", "crm:9"], FAR)
    await refuse(store, ["cookie:k", "crm:1", "crm:2"], LIMIT, DECIDED)
    everything = await store.read(lambda tx: all_of(tx.scan_refusals()))
    assert everything == [DECIDED, LIMIT, FAR]
    changed = LIMIT._replace(reason="decided", namespace=None)
    await refuse(store, ["cookie:k", "crm:1", "crm:2"], changed)
    assert await store.read(lambda tx: all_of(tx.scan_refusals())) == [changed, FAR]
    await refuse(store, ["cookie:k", "crm:1"])
    assert await store.read(lambda tx: all_of(tx.scan_refusals())) == [FAR]


async def test_refusals_of_identifiers_have_at_least_one_end_among_them_and_come_once(store: Store) -> None:
    await put(store, *KEYS)
    other = Refusal("cookie:j", "crm:1", "observed", "decided", None)
    await refuse(store, KEYS, LIMIT, FAR, other, DECIDED)

    async def of(*keys: Key) -> list[Refusal]:
        return await store.read(lambda tx: tx.refusals_of(keys))

    assert await of("crm:1") == [other, DECIDED, LIMIT]
    assert await of("cookie:k", "crm:1") == [other, DECIDED, LIMIT]
    assert await of("cookie:k") == [DECIDED, LIMIT]
    assert await of("crm:9", "cookie:j") == [other, FAR]
    assert await of("crm:2") == []


async def test_a_scan_of_refusals_is_complete_and_ordered_across_its_pages(store: Store) -> None:
    many = [Refusal("cookie:hub", f"crm:{number}", "observed", "limit", "crm") for number in range(4_100)]
    many += [Refusal("cookie:a", "cookie:hub", kind, "decided", None) for kind in ("observed", "manual", "matched")]
    keys = sorted({key for one in many for key in one.pair})
    await put(store, *keys)
    await refuse(store, keys, *many)
    assert await store.read(lambda tx: all_of(tx.scan_refusals())) == sorted(many, key=lambda one: one[:3])
