"""The made-up persons behind the demo: who they are, what they own, and what changes over a year."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Literal, TypeAlias

from graph_cdp.demo.chance import digits, uuid_text, weighted
from graph_cdp.demo.words import Region, Words, plain_letters
from graph_cdp.domain.times import Millis, parse_time

START: Millis = parse_time("2025-06-01")
END: Millis = parse_time("2026-05-25")
"""Everything happens between the two; what arrives late arrives before June 2026."""

HOUR: Millis = 3_600_000
DAY: Millis = 24 * HOUR
NO_ADVERTISING_ID = "00000000-0000-0000-0000-000000000000"

DeviceKind: TypeAlias = Literal["laptop", "phone", "tablet", "terminal"]


@dataclass(frozen=True, slots=True)
class Varying:
    """A value that changes over time: `values[n]` holds up to `changes[n]`, the last one from then on."""

    values: tuple[str, ...]
    changes: tuple[Millis, ...] = ()

    def at(self, moment: Millis) -> str:
        """The value that holds at a moment."""
        return self.values[bisect_right(self.changes, moment)]


@dataclass(frozen=True, slots=True)
class Device:
    """A thing with a browser, and an app where it is a phone or a tablet. `skew`: how much its clock is ahead."""

    kind: DeviceKind
    anonymous_id: Varying
    cookie: Varying
    device_id: Varying
    advertising_id: str
    skew: Millis


@dataclass(frozen=True, slots=True)
class Use:
    """A device in somebody's hands from `since` up to `until`."""

    device: Device
    since: Millis = START
    until: Millis = END


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up person. `since`: when they first meet the shop. None or empty: they have no such thing."""

    name: str
    household: int
    since: Millis
    first_name: str
    last_name: Varying
    birth_date: date
    city: str
    email: Varying
    phone: Varying | None
    crm_ids: tuple[str, ...]
    user_id: str | None
    loyalty_id: str | None
    uses: tuple[Use, ...]

    def device_at(self, moment: Millis, rng: Random, *, app: bool = False) -> Device | None:
        """One of the devices in the person's hands at a moment, with an app if asked for; None if there is none."""
        at_hand = [
            use.device
            for use in self.uses
            if use.since <= moment < use.until and (not app or use.device.kind in {"phone", "tablet"})
        ]
        return rng.choice(at_hand) if at_hand else None


@dataclass(frozen=True, slots=True)
class Population:
    """All persons, and the browsers that stand in the shops for everybody."""

    persons: tuple[Person, ...]
    terminals: tuple[Device, ...]


def populate(count: int, words: Words, rng: Random) -> Population:
    """Make `count` persons in households of one to four, with the faults that cross households."""
    persons: list[Person] = []
    maker = _Maker(words, rng)
    while len(persons) < count:
        persons += maker.household(len(persons))
    del persons[count:]
    _hand_down_devices(persons, rng)
    _recycle_numbers(persons, rng)
    return Population(tuple(persons), tuple(maker.device("terminal") for _ in range(2)))


class _Maker:
    """Makes persons whose e-mail addresses, numbers and ids are their own."""

    def __init__(self, words: Words, rng: Random) -> None:
        self._words = words
        self._rng = rng
        self._given: set[str] = set()
        self._households = 0
        self._families = 0

    def household(self, number: int) -> list[Person]:
        """Make the persons of one household, named from `number` on."""
        rng, region = self._rng, self._rng.choice(self._words.regions)
        size = weighted(rng, ((1, 0.55), (2, 0.28), (3, 0.1), (4, 0.07)))
        city, surname = rng.choice(region.cities), rng.choice(region.last)
        self._households += 1
        members = []
        for n in range(size):
            last = surname if n == 0 or rng.random() < 0.6 else rng.choice(region.last)
            members.append(self._person(f"p{number + n:05d}", last, city, region))
        if size == 1:
            return members
        self._families += 1
        if members[1].last_name.values != (surname,) and rng.random() < 0.4:
            members[1] = self._married(members[1], surname)
        if self._families % 4 == 1:
            tablet = Use(self.device("tablet"))
            members = [replace(member, uses=(*member.uses, tablet)) for member in members]
        if self._families % 10 == 2:
            members[:2] = self._with_one_mailbox(members[0], members[1])
        return members

    def device(self, kind: DeviceKind) -> Device:
        """Make a device; a browser forgets the site's id more often than the cookie."""
        rng = self._rng
        tracked = kind in {"phone", "tablet"} and rng.random() < 0.75
        lasting = kind == "terminal"
        return Device(
            kind=kind,
            anonymous_id=self._varying(0 if lasting else rng.choice((0, 0, 1, 2)), lambda: uuid_text(rng)),
            cookie=self._varying(
                0 if lasting else rng.choice((0, 0, 0, 1)), lambda: digits(rng, "GA1.1.#########.17########")
            ),
            device_id=self._varying(int(rng.random() < 0.15), lambda: uuid_text(rng)),
            advertising_id=uuid_text(rng) if tracked else NO_ADVERTISING_ID,
            skew=weighted(rng, ((0, 0.88), (-37 * 60_000, 0.04), (HOUR, 0.04), (26 * HOUR, 0.02), (-400 * DAY, 0.02))),
        )

    def _person(self, name: str, last: str, city: str, region: Region) -> Person:
        rng = self._rng
        first, born = rng.choice(region.first), date(rng.randint(1945, 2008), rng.randint(1, 12), rng.randint(1, 28))
        kinds: tuple[DeviceKind, ...] = weighted(
            rng, ((("laptop", "phone"), 0.7), (("phone",), 0.2), (("laptop",), 0.1))
        )
        crm = weighted(rng, ((0, 0.2), (1, 0.78), (2, 0.02)))
        return Person(
            name=name,
            household=self._households,
            since=rng.randrange(START, END - 60 * DAY),
            first_name=first,
            last_name=Varying((last,)),
            birth_date=born,
            city=city,
            email=self._varying(int(rng.random() < 0.07), lambda: self._email(first, last, born)),
            phone=self._varying(int(rng.random() < 0.08), lambda: self._phone(region)) if rng.random() < 0.8 else None,
            crm_ids=tuple(self._own("C-#######") for _ in range(crm)),
            user_id=self._own("u#######") if rng.random() < 0.75 else None,
            loyalty_id=self._own("29###########") if rng.random() < 0.6 else None,
            uses=tuple(Use(self.device(kind)) for kind in kinds),
        )

    def _married(self, person: Person, surname: str) -> Person:
        """Take a new surname on a day within the year, and a mailbox with it."""
        day = self._day()
        mailbox = self._email(person.first_name, surname, person.birth_date)
        return replace(
            person,
            last_name=Varying((person.last_name.values[0], surname), (day,)),
            email=Varying((person.email.values[0], mailbox), (day + 10 * DAY,)),
        )

    def _with_one_mailbox(self, one: Person, other: Person) -> list[Person]:
        """Let two write one family address, each with a record in the CRM."""
        mailbox = Varying((self._unlike(f"family.{plain_letters(one.last_name.values[0])}"),))
        known = [person.crm_ids[:1] or (self._own("C-#######"),) for person in (one, other)]
        return [replace(one, email=mailbox, crm_ids=known[0]), replace(other, email=mailbox, crm_ids=known[1])]

    def _email(self, first: str, last: str, born: date) -> str:
        one, two = plain_letters(first), plain_letters(last)
        return self._unlike(
            self._rng.choice((f"{one}.{two}", f"{one[0]}.{two}", f"{one}{two}{born:%y}", f"{two}.{one}"))
        )

    def _unlike(self, local: str) -> str:
        """An address that nobody has, with a number in it if the plain one is gone."""
        number, mailbox = 1, self._rng.choice(self._words.mailboxes)
        address = f"{local}@{mailbox}"
        while address in self._given:
            number += 1
            address = f"{local}{number}@{mailbox}"
        self._given.add(address)
        return address

    def _phone(self, region: Region) -> str:
        return self._own(f"+{region.calling} {self._rng.choice(region.mobile)}")

    def _own(self, pattern: str) -> str:
        """A number of the pattern that nobody has."""
        while (number := digits(self._rng, pattern)) in self._given:
            pass
        self._given.add(number)
        return number

    def _varying(self, changes: int, value: Callable[[], str]) -> Varying:
        days = sorted(self._day() for _ in range(changes))
        return Varying(tuple(value() for _ in range(changes + 1)), tuple(days))

    def _day(self) -> Millis:
        return self._rng.randrange(START + 60 * DAY, END - 30 * DAY)


def _hand_down_devices(persons: list[Person], rng: Random) -> None:
    """Let one in sixty pass a device on, cookies and all, to somebody elsewhere."""
    for _ in range(max(1, len(persons) // 60)):
        giver, taker = rng.sample(range(len(persons)), 2)
        day = rng.randrange(START + 90 * DAY, END - 90 * DAY)
        old, *others = persons[giver].uses
        persons[giver] = replace(persons[giver], uses=(replace(old, until=day), *others))
        persons[taker] = replace(persons[taker], uses=(*persons[taker].uses, Use(old.device, since=day)))


def _recycle_numbers(persons: list[Person], rng: Random) -> None:
    """Let every fourth phone number that was given up, one at least, go to somebody else two weeks later."""
    given_up = [person.phone for person in persons if person.phone and person.phone.changes]
    for phone in given_up[::4]:
        taker = rng.randrange(len(persons))
        known = persons[taker].phone
        if known and not known.changes:
            handed = Varying((known.values[0], phone.values[0]), (phone.changes[0] + 14 * DAY,))
            persons[taker] = replace(persons[taker], phone=handed)
