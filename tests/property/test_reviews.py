"""Laws of the review queue: undoing gives back what was, and looking at a part finds what looking at all finds."""

from itertools import combinations, product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.domain.review import Act, Finding, Item, ItemFilter, Standing
from graph_cdp.review import Refused, item_of, standing_of
from graph_cdp.service.review import act
from graph_cdp.service.review.find import put_findings
from graph_cdp.service.review.refresh import refresh
from graph_cdp.store.port import Reading, Store, Writing
from tests.stores import MEMORY, NOW, all_of, differences, dump_of, opened, rules_of, take_in
from tests.strategies import LAW, Arrival, History, arrivals, histories

_EVERY = ItemFilter(states=("open", "claimed", "decided", "snoozed"))


_DEEDS = tuple(
    product(range(5), ("same", "different", "undo", "different", "same", "unsure", "claim", "snooze"), ("ann", "bo"))
)


def deeds() -> st.SearchStrategy[list[tuple[int, str, str]]]:
    """What is done about which of the items, by whom; a byte a deed."""
    return st.binary(min_size=8, max_size=8).map(lambda chosen: [_DEEDS[byte % len(_DEEDS)] for byte in chosen])


async def state(store: Store) -> dict[str, Any]:
    """All that is computed, and how every item stands."""
    dump = await dump_of(store)
    items = await store.read(lambda tx: all_of(tx.scan_items()))
    del dump["decisions"]
    return {**dump, "standing": {item.id: item.standing for item in items}}


@LAW
@given(histories(max_events=8), deeds(), st.sampled_from([1, 1, 1, 2]))
async def test_undoing_gives_back_exactly_what_was_ids_included(
    history: History, deeds: list[tuple[int, str, str]], reviewers: int
) -> None:
    rules, store = rules_of(history.policy), await opened(MEMORY)
    await take_in(store, [Arrival(history.events, history.decisions)], rules)
    items = await with_items_for_pairs(store, history)
    stack = list[tuple[str, dict[str, Any]]]()
    for step, (number, deed, by) in enumerate(deeds if items else ()):
        item, now, before = items[number % len(items)], NOW + step, await state(store)

        async def work(tx: Writing, item: Item = item, now: int = now, deed: str = deed) -> act.Acted | Refused:
            match deed:
                case "claim":
                    return await act.claim(tx, item.id, by, now)  # noqa: B023
                case "snooze":
                    return await act.snooze(tx, item.id, by, now + 1_000_000, now)  # noqa: B023
                case _:
                    said = act.Said(item.id, deed, "asked them")  # type: ignore[arg-type]
                    return (await act.rule(tx, [said], by, rules.policy, now, reviewers)).outcomes[0]  # noqa: B023

        if deed == "undo":
            await undo_last(store, stack, rules, now)
        elif isinstance(await store.write(work), act.Acted):
            stack.append((item.id, before))
            assert await differences(store, rules) == ()
    while stack:
        await undo_last(store, stack, rules, NOW + 1_000)
    await store.close()


async def undo_last(store: Store, stack: list[tuple[str, dict[str, Any]]], rules: Any, now: int) -> None:
    if not stack:
        return
    item, before = stack.pop()
    acts = await store.read(lambda tx: tx.acts_on([item]))
    last = [one for one in acts if one.kind != "undo" and one.id not in {each.undoes for each in acts}][-1]
    ruled = await store.write(lambda tx: act.undo(tx, item, last.by, rules.policy, now))
    assert isinstance(ruled.outcomes[0], act.Acted)
    assert await state(store) == before


async def with_items_for_pairs(store: Store, history: History) -> list[Item]:
    """Items for some pairs of the identifiers, those that were decided already too, two of them on one pair."""

    async def work(tx: Writing) -> list[Item]:
        keys = sorted(seen.key for seen in await all_of(tx.scan_identifiers()))
        decided = sorted({tuple(sorted((one["a"], one["b"]))) for one in history.decisions})
        pairs = (decided + list(combinations(keys, 2)))[:5]
        findings = [Finding("duplicate", "made", (low, high), 0.5, ()) for low, high in pairs]
        findings += [Finding("duplicate", "made_too", one.keys, 0.5, ()) for one in findings[:1]]
        items = [item_of(one, tx.ids) for one in findings]
        await tx.put_items(items)
        return items

    return await store.write(work)


@LAW
@given(st.lists(st.tuples(st.sampled_from(["claim", "decide", "snooze"]), st.integers(0, 5)), max_size=6), st.randoms())
def test_how_an_item_stands_does_not_depend_on_the_order_in_which_acts_came(deeds: list[Any], random: Any) -> None:
    acts = [Act("i", kind, at, "ann", until=at + 5, settles=kind == "decide") for kind, at in deeds]
    acts += [Act("i", "undo", 10 + place, "ann", undoes=one.id) for place, one in enumerate(acts[::2])]
    shuffled = random.sample(acts, len(acts)) + acts[:2]
    assert standing_of(shuffled) == standing_of(acts)
    assert standing_of(acts).at(10_000).state in ("open", "decided")
    assert standing_of([*acts, *(Act("i", "undo", 99, "bo", undoes=one.id) for one in acts)]) == Standing()


@LAW
@given(st.data())
async def test_looking_at_what_was_touched_finds_what_looking_at_all_finds(data: st.DataObject) -> None:
    history = data.draw(histories())
    rules, parts, whole = rules_of(history.policy), await opened(MEMORY), await opened(MEMORY)
    for arrival in data.draw(arrivals(history)):
        for store in (parts, whole):
            await take_in(store, [arrival], rules)
        await refresh(parts, rules.policy)
    await refresh(whole, rules.policy, whole=True)
    assert await queue(parts) == await queue(whole)
    before = await queue(parts)
    put = await refresh(parts, rules.policy, whole=True)
    assert (put.new, put.gone, await queue(parts)) == (0, 0, before)
    assert await differences(parts, rules) == ()
    for store in (parts, whole):
        await store.close()


async def queue(store: Store) -> list[Item]:
    async def work(tx: Reading) -> list[Item]:
        page = await tx.item_page(_EVERY, NOW, 10_000)
        assert await tx.count_items(_EVERY, NOW) == len(page)
        assert sorted(await all_of(tx.scan_items())) == sorted(page)
        return page

    return await store.read(work)


async def test_verify_finds_items_that_stand_or_are_found_otherwise_than_they_should() -> None:
    rules, store = rules_of({"namespaces": [{"name": "crm", "limit": 1}, {"name": "mail"}]}), await opened(MEMORY)
    named = [[("crm", "a"), ("mail", "x")], [("crm", "b"), ("mail", "x")]] * 2
    events = [
        {"id": f"m{number}", "at": NOW + number, "source": "web", "identifiers": one, "traits": {}}
        for number, one in enumerate(named)
    ]
    await take_in(store, [Arrival(events, [])], rules)
    assert (await refresh(store, rules.policy)).new == 1
    assert await differences(store, rules) == ()
    (item,) = await queue(store)
    for wrong, what in (
        (item._replace(standing=Standing("claimed", NOW, "ann")), "review item"),
        (item._replace(acts=3), "review item"),
        (item._replace(gain=9.0), "finding"),
        (item._replace(found=False), "finding"),
    ):
        await store.write(lambda tx, wrong=wrong: tx.put_items([wrong]))
        assert [one.what for one in await differences(store, rules)] == [what]
    await store.write(lambda tx: tx.drop_items([item]))
    assert [one.what for one in await differences(store, rules)] == ["finding"]
    # Where the queue is behind, only how items stand is compared.
    await take_in(store, [Arrival([{**events[0], "id": "m9"}], [])], rules)
    assert await differences(store, rules) == ()
    await store.close()


async def test_findings_that_need_no_judgement_are_left_out_and_items_acted_on_stay() -> None:
    rules, store = rules_of({"namespaces": [{"name": "crm"}]}), await opened(MEMORY)
    finding = Finding("duplicate", "made", ("crm:a", "crm:b"), 0.5, ())
    other = Finding("fraud", "ring", ("crm:a",), 0.9, ())
    put = await store.write(lambda tx: put_findings(tx, [finding, other], ["made", "ring"]))
    assert (put.found, put.new, put.gone) == (2, 2, 0)
    items = {item.finding.rule: item.id for item in await queue(store)}
    said = [act.Said(items["made"], "different", "asked"), act.Said(items["ring"], "harmless", "a family")]
    await store.write(lambda tx: act.rule(tx, said, "ann", rules.policy, NOW))
    put = await store.write(lambda tx: put_findings(tx, [finding], ["made", "ring"]))
    assert (put.found, put.new, put.gone) == (0, 0, 2)
    assert {(item.id, item.found, item.standing.state) for item in await queue(store)} == {
        (one, False, "decided") for one in items.values()
    }
    await store.close()
