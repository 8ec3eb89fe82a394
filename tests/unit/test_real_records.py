"""Real files of records, from the guess to the profile: what loads, what is refused, and what the answers show."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from graph_cdp.domain.decision import Decision
from graph_cdp.files import Mapping, Reject, guess_mapping, sample
from graph_cdp.policies import Rules, default_policy
from graph_cdp.query.explain import Explanation, explain
from graph_cdp.query.find import find
from graph_cdp.query.profile import ProfileView, profile_of
from graph_cdp.query.stats import stats
from graph_cdp.resolve.traits import trait_values
from graph_cdp.service.decide import decide
from graph_cdp.service.load import Loaded, Source, load
from graph_cdp.store.port import Reading, Store
from tests.stores import MEMORY, NOW, differences, opened

RECORDS = Path(__file__).parent.parent / "data" / "records"
RULES = Rules.of(default_policy())
FAKE, FEBRL, HISTORICAL = "fake_1000.csv", "febrl3.csv", "historical_figures_with_errors_2k.parquet"


@pytest.fixture
async def fresh() -> AsyncIterator[Store]:
    store = await opened(MEMORY)
    yield store
    await store.close()


def guessed(name: str) -> Mapping:
    found = sample(RECORDS / name)
    return guess_mapping(found.columns, found.rows, RULES.policy.by_name).mapping


async def load_records(store: Store, name: str, mapping: Mapping, source: str) -> tuple[Loaded, list[Reject]]:
    rejects: list[Reject] = []
    file = Source(RECORDS / name, mapping, source)
    return await load(store, file, RULES, NOW, 1_000, rejects.append, lambda *_: None), rejects


async def profile(store: Store, text: str) -> ProfileView:
    async def work(tx: Reading) -> object:
        return await profile_of(tx, await find(tx, text, RULES.identifiers), store, RULES.policy)

    found = await store.read(work)
    assert isinstance(found, ProfileView)
    return found


def explaining(a: str, b: str) -> Callable[[Reading], Awaitable[Explanation]]:
    return lambda tx: explain(tx, a, b, RULES.policy)


def identifiers(view: ProfileView) -> Sequence[str]:
    return [one.key for one in view.identifiers]


@pytest.mark.parametrize(
    ("name", "namespace", "accepted", "rejected", "profiles"),
    [
        (FAKE, "email", 789, 211, 394),
        (FEBRL, "record_id", 5_000, 0, 5_000),
        (HISTORICAL, "record_id", 2_000, 0, 2_000),
    ],
)
async def test_a_real_file_loads_by_its_guess_and_every_row_is_counted(
    fresh: Store, name: str, namespace: str, accepted: int, rejected: int, profiles: int
):
    loaded, rejects = await load_records(fresh, name, guessed(name), "export")
    assert (loaded.accepted, loaded.rejected, loaded.rows) == (accepted, rejected, accepted + rejected)
    assert [reject.reason for reject in rejects] == ["identifiers: names no identifier"] * rejected
    assert await differences(fresh, RULES) == ()
    found = await fresh.read(lambda tx: stats(tx, fresh.ids, RULES))
    assert (found.sizes.events, found.sizes.profiles) == (accepted, profiles)
    assert [(one.namespace, one.identifiers, one.blocked) for one in found.namespaces] == [(namespace, profiles, 0)]


async def test_an_email_gathers_its_records_into_one_profile(fresh: Store):
    await load_records(fresh, FAKE, guessed(FAKE), "export")
    shown = await profile(fresh, "email:RobertA25@smith.net")
    assert identifiers(shown) == ["email:roberta25@smith.net"]
    assert shown.identifiers[0].count == len(shown.events) == 2
    assert shown.traits["last_name"].value == "Allen"
    assert shown.traits["last_name"].source == "export"
    assert {"unique_id", "cluster"}.isdisjoint(shown.traits)


async def test_a_record_that_names_nobody_is_a_profile_with_its_traits(fresh: Store):
    await load_records(fresh, FEBRL, guessed(FEBRL), "export")
    shown = await profile(fresh, "record_id:export/rec-1496-org")
    assert identifiers(shown) == ["record_id:export/rec-1496-org"]
    assert trait_values(shown.traits) == {
        "first_name": "mitchell",
        "last_name": "green",
        "street_number": "7",
        "address_1": "wallaby place",
        "address_2": "delmar",
        "suburb": "cleveland",
        "postal_code": "2119",
        "state": "sa",
        "birth_date": "19560409",
    }
    assert len(shown.events) == 1
    assert (await profile(fresh, shown.id)).anchor == shown.anchor


async def test_records_are_apart_until_they_are_decided_to_be_one_and_the_answer_says_why(fresh: Store):
    await load_records(fresh, HISTORICAL, guessed(HISTORICAL), "export")
    a, b = "record_id:export/Q2296770-1", "record_id:export/Q2296770-2"
    before = await fresh.read(explaining(a, b))
    assert (before.verdict, before.path, before.refusals) == ("unconnected", (), ())
    same = Decision.of(a, b, "same", NOW, "ann", "same name, birth and town")
    await fresh.write(lambda tx: decide(tx, [same], RULES.policy))
    after = await fresh.read(explaining(a, b))
    assert after.verdict == "same_profile"
    assert [step.link.kind for step in after.path] == ["manual"]
    assert after.decisions == (same,)
    assert identifiers(await profile(fresh, a)) == [a, b]
    assert await differences(fresh, RULES) == ()


async def test_a_record_beside_an_email_joins_the_others_with_it(fresh: Store):
    mapping = replace(guessed(FAKE), record="unique_id")
    loaded, rejects = await load_records(fresh, FAKE, mapping, "export")
    assert (loaded.accepted, rejects) == (1_000, [])
    joined = await fresh.read(explaining("record_id:export/1", "record_id:export/2"))
    assert joined.verdict == "same_profile"
    assert [step.link.pair for step in joined.path] == [
        ("email:roberta25@smith.net", "record_id:export/1"),
        ("email:roberta25@smith.net", "record_id:export/2"),
    ]
    assert (await profile(fresh, "record_id:export/2")).anchor == "email:roberta25@smith.net"
    assert identifiers(await profile(fresh, "record_id:export/0")) == [
        "email:robert255@smith.net",
        "record_id:export/0",
    ]
    assert await differences(fresh, RULES) == ()


async def test_the_same_number_in_two_sources_is_two_records(fresh: Store):
    for source in ("crm", "shop"):
        await load_records(fresh, HISTORICAL, guessed(HISTORICAL), source)
    sizes = await fresh.read(lambda tx: tx.sizes())
    assert (sizes.events, sizes.profiles, sizes.links) == (4_000, 4_000, 0)


async def test_loading_the_same_records_again_from_the_same_source_changes_nothing(fresh: Store):
    await load_records(fresh, HISTORICAL, guessed(HISTORICAL), "export")
    # A mapping that is written otherwise makes another load of it, so the file is read again.
    again, _ = await load_records(fresh, HISTORICAL, replace(guessed(HISTORICAL), source="export"), "export")
    assert (again.accepted, again.duplicates) == (0, 2_000)
    assert (await fresh.read(lambda tx: tx.sizes())).profiles == 2_000
