"""Pages are what is left of everything when it is filtered, sorted and cut, whatever the filter and the order."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from graph_cdp.domain.pages import JourneyFilter, ProfileFilter, ProfileOrder, Span, TraitIs
from tests.plain_reads import (
    Everything,
    everything_of,
    walk_of_journeys,
    walk_of_links,
    walk_of_profiles,
    walk_of_sessions,
)
from tests.stores import MEMORY, opened, rules_of, take_in
from tests.strategies import LAW, Arrival, History, histories

ORDERS: tuple[tuple[ProfileOrder, bool], ...] = tuple(product(("id", "first_seen", "last_seen"), (False, True)))


def filters_of(everything: Everything) -> st.SearchStrategy[ProfileFilter]:
    """Filters that some of the profiles pass: what they ask is seen in the store."""
    identifiers = everything.dump["identifiers"]
    moments = st.sampled_from([one for seen in identifiers for one in seen[1:3]] or [0])
    spans = st.builds(Span, st.none() | moments, st.none() | moments)
    said = [
        TraitIs(held.name, held.write.value)
        for held in everything.dump["traits"]
        if isinstance(held.write.value, str | int | float)
    ]
    own = st.sampled_from([everything.ids.of(seen.key) for seen in identifiers] or ["pro_none"])
    return st.builds(
        ProfileFilter,
        st.none() | st.lists(own, max_size=4).map(tuple),
        st.none() | st.booleans(),
        st.none() | st.sampled_from([namespace["name"] for namespace in everything.policy["namespaces"]]),
        st.none() | st.sampled_from(said or [TraitIs("plan", "none")]),
        spans,
        spans,
        st.none() | st.integers(0, 4),
    )


@settings(LAW, max_examples=150)
@given(history=histories(), order=st.sampled_from(ORDERS), first=st.integers(1, 4), data=st.data())
async def test_pages_of_profiles_are_the_sorted_list_cut(
    history: History, order: tuple[ProfileOrder, bool], first: int, data: st.DataObject
) -> None:
    store = await opened(MEMORY)
    await take_in(store, [Arrival(history.events, history.decisions, history.matched)], rules_of(history.policy))
    everything = await everything_of(store, history.policy)
    for wanted in (ProfileFilter(), data.draw(filters_of(everything))):
        expected = everything.profiles(wanted, order[0], descending=order[1])
        walk = await walk_of_profiles(store, history.policy, wanted, order[0], descending=order[1], first=first)
        assert walk == expected
    await store.close()


@settings(LAW, max_examples=100)
@given(history=histories(), first=st.integers(1, 4), from_to=st.tuples(st.integers(0, 15), st.integers(0, 15)))
async def test_pages_of_journeys_sessions_and_links_are_the_sorted_lists_cut(
    history: History, first: int, from_to: tuple[int, int]
) -> None:
    store = await opened(MEMORY)
    await take_in(store, [Arrival(history.events, history.decisions, history.matched)], rules_of(history.policy))
    everything = await everything_of(store, history.policy)
    moments = dict(enumerate(sorted({event.at for event in everything.dump["events"]})))
    for wanted in (JourneyFilter(), JourneyFilter(*map(moments.get, from_to)), JourneyFilter(types=("track",))):
        assert await walk_of_journeys(store, everything.keys, wanted, first) == {
            anchor: everything.journey(anchor, wanted) for anchor in everything.keys
        }
        assert await walk_of_sessions(store, everything.keys, wanted, first) == {
            anchor: everything.sessions(anchor, wanted) for anchor in everything.keys
        }
    assert await walk_of_links(store, everything.keys, first) == {
        anchor: everything.links(anchor) for anchor in everything.keys
    }
    await store.close()
