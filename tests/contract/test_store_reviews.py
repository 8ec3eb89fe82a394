"""The review queue: items in order, acts that stay, and undoing that gives back what was, on every store."""

import asyncio

from graph_cdp.domain.review import Act, Evidence, Finding, Item, ItemFilter, Reason, Standing
from graph_cdp.policies import Rules, parse_policy
from graph_cdp.review import Refused, item_of, standing_of
from graph_cdp.service.review import act
from graph_cdp.service.review.refresh import refresh
from graph_cdp.store.port import Store, Writing
from tests.contract.rows import NOON
from tests.stores import Arrival, all_of, dump_of, take_in

EVERY = ItemFilter(states=("open", "claimed", "decided", "snoozed"))
RULES = Rules.of(
    parse_policy(
        """
        [[namespace]]
        name = "crm"
        limit = 1
        [[namespace]]
        name = "mail"
        limit = 2
        """,
        "the policy of the test",
    )
)


def item(name: str, gain: float, **other: object) -> Item:
    keys = (f"crm:{name}", f"mail:{name}")
    reasons = (Reason("{0} and {1} \n'\"ünï", keys), Reason("plain"))
    finding = Finding("duplicate", "made", keys, 0.5, reasons, (Evidence("events", 3, keys[:1]),))
    return Item(f"rev_{name}", finding, gain)._replace(**other)  # type: ignore[arg-type]


async def put(store: Store, *items: Item) -> None:
    await store.write(lambda tx: tx.put_items(items))


async def page(
    store: Store, wanted: ItemFilter = EVERY, now: int = NOON, limit: int = 100, **after: object
) -> list[str]:
    found = await store.read(lambda tx: tx.item_page(wanted, now, limit, **after))  # type: ignore[arg-type]
    return [one.id.removeprefix("rev_") for one in found]


async def test_an_item_comes_back_as_it_was_put_and_the_last_put_stands(store: Store) -> None:
    first, other = item("a", 1), item("b", 0.25, found=False, acts=1)
    await put(store, first, other)
    assert await store.read(lambda tx: tx.items(["rev_a", "rev_b", "rev_none"])) == {"rev_a": first, "rev_b": other}
    claimed = first._replace(standing=Standing("claimed", NOON + 5, "ann"), acts=1, gain=2.0)
    await put(store, claimed)
    decided = other._replace(standing=Standing("decided", None, "bo", "same"))
    await put(store, decided)
    assert [one async for one in scanned(store)] == [claimed, decided]
    assert await store.write(lambda tx: tx.lock_items(["rev_b", "rev_none", "rev_a"])) == {
        "rev_a": claimed,
        "rev_b": decided,
    }


async def scanned(store: Store):
    for one in await store.read(lambda tx: all_of(tx.scan_items())):
        yield one


async def test_the_largest_gain_comes_first_and_a_page_begins_behind_its_place(store: Store) -> None:
    await put(store, item("c", 0.5), item("a", 0.5), item("b", 2), item("d", 0.125))
    assert await page(store) == ["b", "a", "c", "d"]
    assert await page(store, limit=2) == ["b", "a"]
    assert await page(store, after=(0.5, "rev_a")) == ["c", "d"]
    assert await page(store, after=(0.5, "rev_b")) == ["c", "d"]
    assert await page(store, after=(0.125, "rev_d")) == []


async def test_what_is_wanted_holds_at_the_time_of_asking(store: Store) -> None:
    await put(
        store,
        item("open", 6),
        item("claimed", 5, standing=Standing("claimed", NOON + 10, "ann"), acts=1),
        item("asleep", 4, standing=Standing("snoozed", NOON + 20), acts=1),
        item("decided", 3, standing=Standing("decided", None, "ann", "same"), acts=1, found=False),
        item("gone", 2, found=False, acts=1),
        item("fraud", 1)._replace(finding=Finding("fraud", "ring", ("device:d",), 0.9, ())),
    )
    assert await page(store) == ["open", "claimed", "asleep", "decided", "fraud"]
    assert await page(store, ItemFilter()) == ["open", "claimed", "fraud"]
    assert await page(store, ItemFilter(states=("open",)), NOON + 10) == ["open", "claimed", "fraud"]
    assert await page(store, ItemFilter(states=("open",)), NOON + 20) == ["open", "claimed", "asleep", "fraud"]
    assert await page(store, ItemFilter(states=("snoozed",)), NOON + 20) == []
    assert await page(store, ItemFilter("fraud")) == ["fraud"]
    assert await page(store, ItemFilter(min_score=0.6)) == ["fraud"]
    for wanted in (EVERY, ItemFilter(), ItemFilter("duplicate", ("snoozed",))):
        count = await store.read(lambda tx, wanted=wanted: tx.count_items(wanted, NOON))
        assert count == len(await page(store, wanted))


async def test_items_are_found_by_what_they_are_about_until_they_are_dropped(store: Store) -> None:
    first, other = item("a", 1), item("b", 1)
    ring = item("ring", 1)._replace(finding=Finding("fraud", "ring", ("crm:a", "crm:b", "crm:c"), 0.9, ()))
    await put(store, first, other, ring)

    async def about(*keys: str, rules: tuple[str, ...] = ("made", "ring")) -> set[str]:
        return {one.id for one in await store.read(lambda tx: tx.items_about(keys, rules))}

    assert await about("crm:a", "mail:a", "crm:none") == {"rev_a", "rev_ring"}
    assert await about("crm:a", rules=("made",)) == {"rev_a"}
    await store.write(lambda tx: tx.drop_items([first]))
    assert await about("crm:a", "mail:a", "crm:b") == {"rev_b", "rev_ring"}
    await store.write(lambda tx: tx.drop_items([other, ring]))
    assert await about("crm:a", "crm:b", "crm:c") == set()


async def test_acts_are_appended_once_in_order_and_recomputing_everything_leaves_the_queue_alone(store: Store) -> None:
    acts = [
        Act("rev_a", "snooze", NOON + 1, "ann", until=NOON + 9),
        Act("rev_a", "decide", NOON + 2, "bo", "ünï\n'\"", "same", settles=True, decision="d1"),
        Act("rev_a", "undo", NOON + 3, "bo", undoes="x", decision="d2"),
        Act("rev_b", "note", NOON, "bo", "seen"),
    ]
    await put(store, item("a", 1))
    for some in (acts[1:], acts[::-1], acts):
        await store.write(lambda tx, some=some: tx.append_acts(some))
    await store.write(lambda tx: tx.clear_computed())
    assert await store.read(lambda tx: tx.acts_on(["rev_b", "rev_a", "rev_none"])) == [acts[3], *acts[:3]]
    assert await page(store) == ["a"]


async def test_undoing_gives_back_what_stood_before_with_its_own_time(store: Store) -> None:
    pairs = [("crm:a", "same", "crm:b", 5), ("crm:b", "same", "crm:c", 6), ("crm:a", "different", "crm:c", 1)]
    decisions = [{"a": a, "b": b, "verdict": v, "at": NOON + at, "by": "ann", "reason": "-"} for a, v, b, at in pairs]
    named = [("crm", "a"), ("crm", "b"), ("crm", "c")]
    event = {"id": "m1", "at": NOON, "source": "web", "identifiers": named, "traits": {}}
    await take_in(store, [Arrival([event], decisions)], RULES)
    one = item_of(Finding("duplicate", "made", ("crm:a", "crm:b"), 0.5, ()), store.ids)
    await put(store, one)
    before = await dump_of(store)
    said = [act.Said(one.id, "different", "two contracts")]
    ruled = await store.write(lambda tx: act.rule(tx, said, "bo", RULES.policy, NOON + 7))
    assert [after.item.standing for after in ruled.outcomes] == [Standing("decided", None, "bo", "different")]  # type: ignore[union-attr]
    assert ruled.announced.changes
    assert (await dump_of(store))["identifiers"] != before["identifiers"]
    undone = await store.write(lambda tx: act.undo(tx, one.id, "ann", RULES.policy, NOON + 8))
    assert isinstance(undone.outcomes[0], act.Acted)
    after = await dump_of(store)
    assert len(after.pop("decisions")) == len(before.pop("decisions")) + 2
    assert after == before
    log = await store.read(lambda tx: tx.audit_page(0, 10))
    assert [(entry.action, entry.who, entry.subject, entry.why) for entry in log] == [
        ("review_decide", "bo", one.id, "different: two contracts"),
        ("review_undo", "ann", one.id, ""),
    ]


async def test_two_reviewers_must_agree_where_the_rule_says_so(store: Store) -> None:
    one = item_of(Finding("duplicate", "made", ("crm:a", "crm:b"), 0.5, ()), store.ids)
    await put(store, one)

    async def say(by: str, ruling: str) -> Standing | str:
        said = [act.Said(one.id, ruling, "asked them")]  # type: ignore[arg-type]
        ruled = await store.write(lambda tx: act.rule(tx, said, by, RULES.policy, NOON, reviewers=2))
        outcome = ruled.outcomes[0]
        return outcome.code if isinstance(outcome, Refused) else outcome.item.standing

    assert await say("ann", "same") == Standing()
    assert await say("ann", "same") == "verdict_repeated"
    assert await say("bo", "different") == Standing()
    assert await store.read(lambda tx: tx.decisions()) == []
    assert await say("cy", "same") == Standing("decided", None, "cy", "same")
    assert [made.by for made in await store.read(lambda tx: tx.decisions())] == ["cy"]
    assert await say("bo", "same") == "item_decided"


async def test_of_two_who_claim_at_once_one_gets_it(store: Store) -> None:
    one = item("a", 1)
    await put(store, one)

    def claim(by: str):
        async def work(tx: Writing) -> act.Acted | Refused:
            return await act.claim(tx, one.id, by, NOON)

        return store.write(work)

    outcomes = await asyncio.gather(*(claim(f"r{number}") for number in range(6)))
    (got,) = [outcome for outcome in outcomes if isinstance(outcome, act.Acted)]
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Refused)} == {"item_claimed"}
    acts = await store.read(lambda tx: tx.acts_on([one.id]))
    assert acts == [got.act]
    assert (await store.read(lambda tx: tx.items([one.id])))[one.id].standing == standing_of(acts)


async def test_what_keeps_coming_back_and_what_is_at_its_limit_is_found_in_part_and_in_whole(store: Store) -> None:
    def event(number: int, *named: str) -> dict[str, object]:
        identifiers = [tuple(one.split(":")) for one in named]
        return {"id": f"m{number}", "at": NOON + number, "source": "web", "identifiers": identifiers, "traits": {}}

    events = [event(1, "crm:a", "mail:x"), event(2, "crm:b", "mail:x"), event(3, "crm:c", "mail:y", "mail:z")]
    await take_in(store, [Arrival(events, [])], RULES)
    assert (await refresh(store, RULES.policy))[:2] == (1, 1)
    await take_in(store, [Arrival([event(4, "crm:a", "mail:x"), event(5, "crm:b", "mail:x")], [])], RULES)
    assert (await refresh(store, RULES.policy))[:2] == (1, 1)
    assert (await refresh(store, RULES.policy))[:2] == (0, 0)
    assert await refresh(store, RULES.policy, whole=True) == (2, 0, 0)
    found = await store.read(lambda tx: tx.item_page(EVERY, NOON, 10))
    assert [(one.finding.rule, one.finding.keys) for one in found] == [
        ("pulled", ("crm:a", "crm:b")),
        ("near_limit", ("mail:y", "mail:z")),
    ]
    said = [act.Said(found[0].id, "same", "one person"), act.Said(found[1].id, "same", "hers both")]
    await store.write(lambda tx: act.rule(tx, said, "ann", RULES.policy, NOON))
    assert await refresh(store, RULES.policy) == (0, 0, 2)
    assert await page(store, ItemFilter()) == []
    assert len(await page(store, ItemFilter(states=("decided",)))) == 2


async def test_what_is_unknown_and_what_does_not_fit_is_told(store: Store) -> None:
    fraud = item_of(Finding("fraud", "ring", ("device:d",), 0.5, ()), store.ids)
    await put(store, fraud)
    said = [
        act.Said("rev_none", "same", "-"),
        act.Said(fraud.id, "same", "-"),
        act.Said(fraud.id, "fraud", " "),
    ]
    ruled = await store.write(lambda tx: act.rule(tx, said, "ann", RULES.policy, NOON))
    assert [outcome.code for outcome in ruled.outcomes] == ["item_unknown", "verdict_unfit", "reason_missing"]  # type: ignore[union-attr]
    snoozed = await store.write(lambda tx: act.snooze(tx, fraud.id, "ann", NOON, NOON))
    undone = await store.write(lambda tx: act.undo(tx, fraud.id, "ann", RULES.policy, NOON))
    assert [snoozed.code, undone.outcomes[0].code] == ["time_passed", "nothing_to_undo"]  # type: ignore[union-attr]
    assert await store.read(lambda tx: tx.acts_on([fraud.id])) == []
