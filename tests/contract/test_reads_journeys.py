"""Pages of journeys and sessions, as the port promises them of every store."""

import pytest

from graph_cdp.domain.pages import SILENCE_MS, JourneyFilter
from graph_cdp.errors import InputError
from graph_cdp.query.journey import cursor_of, journeys, sessions
from graph_cdp.store.port import Store
from tests.contract.made_history import POLICY, take_history
from tests.contract.rows import event, put_events
from tests.plain_reads import HALF_AN_HOUR, Everything, everything_of, walk_of_journeys, walk_of_sessions


def filters(everything: Everything) -> list[JourneyFilter]:
    moments = sorted(one.at for one in everything.dump["events"])
    early, late = moments[len(moments) // 4], moments[-len(moments) // 4]
    return [
        JourneyFilter(),
        JourneyFilter(early, late),
        JourneyFilter(late, early),
        JourneyFilter(to_at=late, types=("track", "page")),
        JourneyFilter(channels=("browser", None)),
        JourneyFilter(early, None, ("track",), ("server",)),
        JourneyFilter(types=()),
        JourneyFilter(channels=()),
    ]


async def test_pages_of_journeys_of_many_profiles_are_their_events_newest_first(store: Store) -> None:
    await take_history(store)
    everything = await everything_of(store, POLICY)
    for wanted in filters(everything):
        expected = {anchor: everything.journey(anchor, wanted) for anchor in everything.keys}
        assert await walk_of_journeys(store, everything.keys, wanted, 15) == expected
    assert max(len(everything.journey(anchor, JourneyFilter())) for anchor in everything.keys) > 20


async def test_pages_of_sessions_of_many_profiles_are_their_events_parted_by_silences(store: Store) -> None:
    await take_history(store)
    everything = await everything_of(store, POLICY)
    for wanted in filters(everything):
        expected = {anchor: everything.sessions(anchor, wanted) for anchor in everything.keys}
        assert await walk_of_sessions(store, everything.keys, wanted, 8) == expected
    assert max(len(everything.sessions(anchor, JourneyFilter())) for anchor in everything.keys) > 5
    assert SILENCE_MS == HALF_AN_HOUR


# By UTF-16 units the emoji would come before the one above it.
SAME_TIME = ["m1", "m10", "m2", "\ufffd", "\ufffd1", "\U0001f642", "\U0001f642\ufffd"]


async def test_events_of_one_time_are_parted_by_their_ids_at_every_cursor(store: Store) -> None:
    events = [event(one, "crm:1" if number % 2 else "cookie:k") for number, one in enumerate(SAME_TIME)]
    await put_events(store, events)
    members = {"crm:1": ["crm:1", "cookie:k"]}
    whole = (await store.read(lambda tx: journeys(tx, members, first=99)))["crm:1"].events
    assert [one.id for one in whole] == sorted(SAME_TIME, reverse=True)
    for number, one in enumerate(whole):
        page = (await store.read(lambda tx, one=one: journeys(tx, members, first=99, after=cursor_of(one))))["crm:1"]
        assert page.events == whole[number + 1 :]


async def test_no_profiles_and_identifiers_that_nobody_named_have_no_events(store: Store) -> None:
    await put_events(store, [event("m1", "crm:1")])
    assert await store.read(lambda tx: journeys(tx, {})) == {}
    assert await store.read(lambda tx: sessions(tx, {})) == {}
    asked = {"crm:9": ["crm:9"], "crm:8": list[str]()}
    assert [page.events for page in (await store.read(lambda tx: journeys(tx, asked))).values()] == [(), ()]
    assert [page.sessions for page in (await store.read(lambda tx: sessions(tx, asked))).values()] == [(), ()]


async def test_a_page_of_none_tells_whether_there_is_any_event_or_session(store: Store) -> None:
    await put_events(store, [event("m1", "crm:1"), event("nobody", "crm:2")], owners={"nobody": None})
    asked = {"crm:1": ["crm:1"], "crm:2": ["crm:2"]}
    for pages in (
        await store.read(lambda tx: journeys(tx, asked, first=0)),
        await store.read(lambda tx: sessions(tx, asked, first=0)),
    ):
        assert [(page[0], page.cursors, page.has_next) for page in pages.values()] == [((), (), True), ((), (), False)]


async def test_what_is_no_cursor_of_a_journey_or_of_sessions_is_refused(store: Store) -> None:
    for wrong in ("", "x", "WzFd=", "W10", "WyIxIiwiMSJd"):
        with pytest.raises(InputError):
            await store.read(lambda tx, wrong=wrong: journeys(tx, {}, after=wrong))
        with pytest.raises(InputError):
            await store.read(lambda tx, wrong=wrong: sessions(tx, {}, after=wrong))
