"""Signs of fraud on every store: the same findings, in the queue once, and looked for again only where it changed."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from graph_cdp.config import StoreUrl
from graph_cdp.domain.decision import Decision
from graph_cdp.domain.pages import ProfileFilter
from graph_cdp.domain.review import Finding, Item
from graph_cdp.fraud import RULES
from graph_cdp.policies import Rules
from graph_cdp.service.decide import decide
from graph_cdp.service.fraud.look import fraud_findings
from graph_cdp.service.fraud.scan import Scan, scan_for_fraud
from graph_cdp.store.port import Profiles, Reading, Store
from tests.contract.rows import NOON, event, put_events, stored
from tests.fraud_cases import DAY, HOUR, MINUTE, Story, rules_with, seen, tell
from tests.stores import MEMORY, all_of, opened

BERLIN, CAPE_TOWN = (52.5, 13.4), (-33.9, 18.4)

RING: Story = [
    seen(f"r{number}", (9 * number + part) * DAY, **thing)
    for number in range(5)
    for part, thing in enumerate(({"card": "c1", "address": "1 road"}, {"device_id": "d1", "address": "1 road"}))
]
BURST: Story = [seen(f"b{number}", number * 5 * MINUTE, anonymous_id="a1") for number in range(6)]
TRAVEL: Story = [seen("t1", number * 2 * HOUR, place=place) for number, place in enumerate((BERLIN, CAPE_TOWN, BERLIN))]
HOPPING: Story = [seen(f"v{number}", (40 + number) * DAY, device_id=f"own{number}") for number in range(6)] + [
    seen(f"v{number}", 90 * DAY + number * HOUR // 2, device_id="d2") for number in range(6)
]
EVERYTHING = [*RING, *BURST, *TRAVEL, *HOPPING]


async def queue_of(store: Store) -> list[Item]:
    return sorted(await store.read(lambda tx: all_of(tx.scan_items())), key=lambda item: item.id)


async def rules_found(store: Store, rules: Rules) -> list[Finding]:
    return await store.read(lambda tx: fraud_findings(tx, rules.policy))


async def test_every_store_finds_the_same_in_a_history(store: Store) -> None:
    rules, plain = rules_with(), await opened(MEMORY)
    for some in (store, plain):
        await tell(some, EVERYTHING, rules)
    found = await rules_found(store, rules)
    assert found == await rules_found(plain, rules)
    assert {one.rule for one in found} == {"ring", "velocity", "impossible_travel", "refusal_burst"}
    await plain.close()


async def test_a_scan_puts_each_finding_into_the_queue_once(store: Store) -> None:
    rules = rules_with()
    await tell(store, EVERYTHING, rules)
    first = await scan_for_fraud(store, rules.policy)
    queue = await queue_of(store)
    assert sorted(item.finding for item in queue) == sorted(first.findings)
    again = await scan_for_fraud(store, rules.policy)
    assert (again.findings, again.put.new, again.put.gone) == (first.findings, 0, 0)
    assert await queue_of(store) == queue


async def test_a_scan_of_what_changed_leaves_the_queue_as_a_whole_one_does(store: Store) -> None:
    rules, plain = rules_with(), await opened(MEMORY)
    scans: list[Scan] = []
    for part in (RING[:6], RING[6:] + BURST, TRAVEL, HOPPING):
        await tell(store, part, rules)
        scans.append(await scan_for_fraud(store, rules.policy, whole=False))
        await tell(plain, part, rules)
    await scan_for_fraud(plain, rules.policy)
    assert [scan.whole for scan in scans] == [True, False, False, False]
    assert {one.rule for one in scans[2].findings} == {"impossible_travel"}
    assert await queue_of(store) == await queue_of(plain)
    await plain.close()


async def test_what_is_scanned_with_other_settings_is_scanned_whole(store: Store) -> None:
    rules = rules_with()
    await tell(store, RING, rules)
    await scan_for_fraud(store, rules.policy)
    assert not (await scan_for_fraud(store, rules.policy, whole=False)).whole
    without = rules_with("[fraud.ring]\nenabled = false").policy
    scan = await scan_for_fraud(store, without, whole=False)
    assert (scan.whole, scan.findings, scan.put.gone) == (True, [], 1)
    assert await queue_of(store) == []


async def test_a_scan_by_some_rules_leaves_the_items_of_others_alone(store: Store) -> None:
    rules = rules_with()
    await tell(store, [*RING, *TRAVEL], rules)
    await scan_for_fraud(store, rules.policy)
    queue = await queue_of(store)
    await scan_for_fraud(store, rules.policy, ["ring"])
    assert await queue_of(store) == queue
    assert {item.finding.rule for item in queue} == {"ring", "impossible_travel"} < RULES.keys()


async def test_a_scan_finds_a_profile_by_its_earlier_ids_and_moves_its_item_along(store: Store) -> None:
    rules = rules_with()
    anonymous = [
        dict(one, userId=None, identifiers=[{"namespace": "email", "value": "t@x.example.com"}]) for one in TRAVEL
    ]
    await tell(store, anonymous, rules)
    before = await scan_for_fraud(store, rules.policy)
    await tell(store, [seen("t9", DAY, email="t@x.example.com")], rules)
    after = await scan_for_fraud(store, rules.policy, whole=False)
    assert [one.keys for one in before.findings] == [("email:t@x.example.com",)]
    assert [one.keys for one in after.findings] == [("user_id:ut9",)]
    assert [item.finding for item in await queue_of(store)] == after.findings
    ids = tuple(store.ids.of(one.keys[0]) for one in (*before.findings, *after.findings))
    places = await store.read(
        lambda tx: tx.profile_places(ProfileFilter(ids=ids), (), order="id", descending=False, limit=9)
    )
    assert [place.anchor for place in places] == ["user_id:ut9"]


class Overtaken:
    """A reader whom a commit overtakes: it comes when links were read, and before the first profiles are."""

    def __init__(self, tx: Reading, commit: Callable[[], Awaitable[None]]) -> None:
        self._tx = tx
        self._commit: Callable[[], Awaitable[None]] | None = commit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    async def profiles(self, *keys: Any, **parts: Any) -> Profiles:
        commit, self._commit = self._commit, None
        if commit is not None:
            await commit()
        return await self._tx.profiles(*keys, **parts)


async def test_two_profiles_of_a_ring_may_become_one_while_somebody_looks(lasting_url: StoreUrl) -> None:
    rules, store, other = rules_with(), await opened(lasting_url), await opened(lasting_url)
    await tell(store, RING, rules)
    same = Decision.of("user_id:ur1", "user_id:ur2", "same", NOON, "ann", "one person")

    async def are_judged_the_same() -> None:
        await other.write(lambda tx: decide(tx, [same], rules.policy))

    def look(tx: Reading) -> Awaitable[list[Finding]]:
        return fraud_findings(cast("Reading", Overtaken(tx, are_judged_the_same)), rules.policy)

    meanwhile = await store.read(look)
    assert [(one.rule, one.keys) for one in meanwhile] == [("ring", ("user_id:ur0",))]
    assert [one.keys for one in await rules_found(store, rules)] == [("user_id:ur0",)]
    await other.close()
    await store.close()


async def test_located_events_are_those_that_tell_a_latitude_newest_first_of_each_profile(store: Store) -> None:
    def located(name: str, key: str, at: int) -> object:
        return event(name, key, at=at)._replace(body=b'{"context":{"location":{"latitude":1,"longitude":2}}}')

    events = [located("m1", "crm:1", 0), located("m2", "crm:1", 5), located("m3", "email:1", 5), event("m4", "crm:1")]
    await put_events(store, events)
    given = [["crm:1", "email:1"], ["crm:2"], ["email:1", "email:1"]]
    found = await store.read(lambda tx: tx.located_events(given, 2))
    assert found == [[stored(events[2], "email:1"), stored(events[1], "crm:1")], [], [stored(events[2], "email:1")]]
    assert found[0][0].at == NOON + 5
