"""What each sign of fraud is, told by the smallest story that shows it, and by honest ones that look like it."""

import pytest

from graph_cdp.fraud.disposable_email import is_disposable
from graph_cdp.fraud.impossible_travel import kilometres, place_of
from graph_cdp.fraud.rule import Setting, grade, most_within
from graph_cdp.fraud.sequential_email import counted
from graph_cdp.fraud.view import Place
from tests.fraud_cases import DAY, HOUR, MINUTE, Story, found_in, seen

BERLIN, PARIS, CAPE_TOWN = (52.5, 13.4), (48.9, 2.3), (-33.9, 18.4)
SURNAMES = ("Ames", "Boyd", "Cole", "Dunn", "Ebb", "Fry", "Gill", "Hart")


def farm(accounts: int = 12) -> Story:
    """Accounts that are seen on one device and nowhere else, one every three days."""
    return [seen(number, 3 * number * DAY, device_id="d1", email=f"{'abcdefghijklmnop'[number]}@x.example.com")
            for number in range(accounts)]  # fmt: skip


def shared_by(accounts: int, surnames: tuple[str, ...] = SURNAMES) -> Story:
    """Accounts with one card, one address and one device between them, and weeks between them too."""
    return [
        seen(number, (9 * number + part) * DAY, last_name=surnames[number % len(surnames)], **thing)
        for number in range(accounts)
        for part, thing in enumerate(({"card": "c1", "address": "1 road"}, {"device_id": "d1", "address": "1 road"}))
    ]


def lives(accounts: int) -> Story:
    """Each account with a phone of its own, at home."""
    return [seen(number, (100 + number) * DAY, device_id=f"own{number}") for number in range(accounts)]


async def test_one_device_among_many_profiles_that_are_seen_nowhere_else_is_found_with_its_reasons():
    (found,) = (await found_in(farm()))["many_profiles"]
    assert found.keys == ("device_id:d1",)
    assert [reason.worded(str) for reason in found.reasons] == [
        "device_id:d1 was seen with 12 known profiles.",
        "12 of them have nothing of their own that was ever seen without it.",
    ]
    assert found.evidence[0].figure == 12
    assert set(found.evidence[0].keys) == {f"user_id:u{number}" for number in range(12)}


async def test_a_till_whose_customers_are_seen_elsewhere_too_is_none():
    assert await found_in([*farm(), *lives(12)]) == {}


async def test_a_family_on_one_tablet_is_none():
    assert await found_in(farm(6)) == {}


async def test_a_ring_is_found_by_its_first_account_whatever_joins_later():
    for accounts in (5, 8):
        (found,) = (await found_in(shared_by(accounts)))["ring"]
        assert found.keys == ("user_id:u0",)
        members, shared = found.evidence[:2]
        assert (members.figure, shared.figure) == (accounts, 3)
        assert shared.keys == ("address:1 road", "card:c1", "device_id:d1")


async def test_a_family_of_one_name_friends_with_lives_of_their_own_and_two_pairs_are_no_ring():
    assert await found_in(shared_by(5, ("Ames", "Ames", "Ames", "Boyd"))) == {}
    assert await found_in([*shared_by(5), *lives(5)]) == {}
    assert await found_in(shared_by(3)) == {}


async def test_many_new_profiles_at_one_browser_within_the_hour_are_found_and_within_a_month_they_are_not():
    within = [seen(number, number * 9 * MINUTE, anonymous_id="a1") for number in range(6)]
    (found,) = (await found_in(within))["velocity"]
    assert found.keys == ("anonymous_id:a1",)
    assert "within an hour" in found.reasons[0].text
    assert await found_in([seen(number, number * 5 * DAY, anonymous_id="a1") for number in range(6)]) == {}


async def test_profiles_of_one_file_that_gives_all_the_same_time_are_no_burst():
    assert await found_in([seen(number, 0, anonymous_id="a1") for number in range(7)]) == {}


async def test_one_mailbox_in_many_spellings_is_found():
    spelled = ["j.doe", "jd.oe+a", "jdo.e+b", "jdoe+c", "j.d.o.e"]
    story = [seen(number, number * 9 * DAY, phone="+491711234567", email=f"{local}@gmail.com")
             for number, local in enumerate(spelled)]  # fmt: skip
    (found,) = (await found_in(story))["recycled_email"]
    assert found.reasons[0].worded(str) == (
        "5 known profiles at phone:+491711234567 have one mailbox, spelled in 5 ways."
    )
    assert "recycled_email" not in await found_in(story[:4])


async def test_one_address_under_many_accounts_is_found_and_an_office_mailbox_is_not():
    story = [seen(number, number * 9 * DAY, email="all@x.example.com") for number in range(6)]
    (found,) = (await found_in(story))["recycled_email"]
    assert found.keys == ("email:all@x.example.com",)
    assert "recycled_email" not in await found_in([*story, *lives(6)])


async def test_throw_away_addresses_at_one_address_are_found_and_the_policy_says_which_are_some():
    story = [seen(number, number * 9 * DAY, address="1 road", email=f"{word}@{number}.mailinator.com")
             for number, word in enumerate(("ann", "bob", "cid"))]  # fmt: skip
    (found,) = (await found_in(story))["disposable_email"]
    assert found.keys == ("address:1 road",)
    assert await found_in(story, '[fraud.disposable_email]\nallowed = ["mailinator.com"]') == {}


def test_a_domain_is_a_throw_away_one_by_the_list_or_by_the_policy():
    setting = Setting({}, {"domains": ("x.example",), "allowed": ("good.mailinator.com",)})
    assert [is_disposable(address, setting) for address in
            ("a@mailinator.com", "a@b.x.example", "a@good.mailinator.com", "a@shop.example.com")] == [
        True, True, False, False,
    ]  # fmt: skip


async def test_addresses_that_were_counted_up_are_found_and_birth_years_are_not():
    def story(*numbers: int) -> Story:
        return [seen(number, place * 9 * DAY, device_id="d1", email=f"deal{number}@x.example.com")
                for place, number in enumerate(numbers)]  # fmt: skip

    (found,) = (await found_in(story(7, 8, 10, 11)))["sequential_email"]
    assert found.reasons[0].worded(str) == "The addresses of 4 known profiles at device_id:d1 were counted up."
    assert await found_in(story(1962, 1971, 1984, 1990)) == {}
    assert await found_in(story(7, 8, 9)) == {}


@pytest.mark.parametrize(
    ("address", "parts"),
    [("a1b22@x.example", ("a1b#@x.example", 22)), ("a@1.example", None), ("007@x.example", ("#@x.example", 7))],
)
def test_the_last_number_of_an_address_is_what_is_counted(address, parts):
    assert counted(address) == parts


async def test_a_profile_that_is_far_away_sooner_than_anybody_travels_is_found_and_a_traveller_is_not():
    def story(hours: float) -> Story:
        return [seen(1, int(number * hours * HOUR), place=place)
                for number, place in enumerate((BERLIN, CAPE_TOWN, BERLIN))]  # fmt: skip

    (found,) = (await found_in(story(2)))["impossible_travel"]
    assert found.keys == ("user_id:u1",)
    assert [reason.worded(str) for reason in found.reasons] == [
        "The profile of user_id:u1 was 9,620 km away within 2.0 hours.",
        "That is faster than 1,000 km/h, and happened 2 times.",
    ]
    assert await found_in(story(14)) == {}


def test_the_way_between_places_is_that_along_the_earth():
    berlin, paris = (Place(0, "", *spot) for spot in (BERLIN, PARIS))
    assert kilometres(berlin, paris) == kilometres(paris, berlin) == pytest.approx(877, abs=2)


@pytest.mark.parametrize(
    "said",
    [b"{}", b'{"context":null}', b'{"context":{"location":"here"}}', b'{"properties":{"latitude":"1","longitude":2}}',
     b'{"properties":{"latitude":91,"longitude":2}}', b'{"properties":{"latitude":true,"longitude":2}}'],
)  # fmt: skip
def test_what_is_no_place_is_none(said):
    assert place_of(0, "m1", said) is None


async def test_a_device_that_moves_from_account_to_account_within_hours_is_found():
    hopping = [seen(number, 200 * DAY + number * HOUR // 2, device_id="d1") for number in range(7)]
    (found,) = (await found_in([*lives(7), *hopping]))["refusal_burst"]
    assert found.keys == ("device_id:d1",)
    slow = [seen(number, (200 + 3 * number) * DAY, device_id="d1") for number in range(7)]
    assert await found_in([*lives(7), *slow]) == {}


async def test_a_rule_that_is_switched_off_or_looks_elsewhere_finds_nothing():
    assert await found_in(farm(), "[fraud.many_profiles]\nenabled = false") == {}
    assert await found_in(farm(), '[fraud.many_profiles]\nnamespaces = ["phone"]') == {}
    assert await found_in(farm(), "[fraud.many_profiles]\nabove = 12") == {}


async def test_placeholders_that_everybody_has_are_nobodys_hub():
    assert await found_in([seen(number, number * MINUTE, device_id="null") for number in range(20)]) == {}


def test_a_number_that_reaches_its_bound_says_one_half_and_more_says_more():
    assert [grade(number, 4) for number in (4, 8, 12)] == [0.5, 0.75, 0.875]


def test_moments_are_counted_in_the_densest_stretch():
    assert most_within([], 10) == 0
    assert most_within([0, 0, 5, 10, 30, 31], 10) == 3
