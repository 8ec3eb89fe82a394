"""Honest people who share much: families, firms, flats, blocks, tills and travellers."""

from collections import Counter, defaultdict
from dataclasses import replace
from random import Random
from typing import Final

from graph_cdp.demo.chance import some
from graph_cdp.demo.fraud_shop import Account, Shop
from graph_cdp.demo.population import DAY, END, HOUR, START, Person, Population
from graph_cdp.demo.words import plain_letters
from graph_cdp.domain.times import Millis

_YEAR: Final = END - START - 5 * DAY
_FAR: Final = ((40.7, -74.0), (35.7, 139.7), (-33.9, 18.4))


class Honest:
    """The accounts of a population, and their year. `look_alikes` counts what looks like fraud and is none."""

    def __init__(self, shop: Shop, population: Population, rng: Random) -> None:
        self._shop = shop
        self._rng = rng
        self.look_alikes: Counter[str] = Counter()
        self.households = defaultdict[int, list[Account]](list)
        for person in population.persons:
            self.households[person.household].append(self._account(person))

    @property
    def accounts(self) -> list[Account]:
        """All of them."""
        return [account for members in self.households.values() for account in members]

    def live(self) -> None:
        """Let a year pass."""
        self._share_homes()
        for account in self.accounts:
            joined = START + self._rng.randrange(_YEAR // 2)
            self._open(account, joined)
            self._use(account, joined)
            if self._rng.random() < 0.05:
                self._fly(account)
        self._work_in_firms()
        self._live_in_blocks()
        self._stand_at_tills()

    def _account(self, person: Person) -> Account:
        rng, shop = self._rng, self._shop
        return Account(
            user_id=shop.user_id(),
            email=person.email.values[0],
            first_name=person.first_name,
            last_name=person.last_name.values[0],
            spot=shop.spot(rng),
            phone=shop.phone(rng) if rng.random() < 0.8 else None,
            card=shop.card(rng) if rng.random() < 0.7 else None,
            address=shop.address(rng),
            device=shop.device(rng) if rng.random() < 0.8 else None,
            browser=shop.device(rng),
        )

    def _child(self, parent: Account) -> Account:
        """A child with an account; most have the name of a parent."""
        first, last = self._shop.name(self._rng)
        surname = parent.last_name if self._rng.random() < 0.8 else last
        email = self._shop.email(first, surname, self._rng)
        return Account(self._shop.user_id(), email, first, surname, parent.spot, browser=self._shop.device(self._rng))

    def _share_homes(self) -> None:
        """Families share an address, a tablet, a landline and a card, flats an address and a screen."""
        rng, shop = self._rng, self._shop
        adults = Counter[int]()
        numbers = [number for number, members in self.households.items() if len(members) > 1]
        # A few large families, of two households that moved together.
        for one, other in zip(numbers[::12], numbers[1::12], strict=False):
            parents = [*self.households[one][:2], *self.households.pop(other)[:2]]
            self.households[one] = [*parents, *self.households[one][2:]]
            adults[one] = len(parents)
        for number in numbers[5::12]:
            self.households[number] += [self._child(self.households[number][0]) for _ in range(rng.randint(2, 4))]
        for number in [number for number in numbers if number in self.households]:
            members = self.households[number]
            is_family = rng.random() < 0.75
            self.look_alikes["family" if is_family else "flat"] += 1
            home, tablet, address = members[0].spot, shop.device(rng), shop.address(rng)
            landline = shop.phone(rng) if is_family and rng.random() < 0.6 else None
            card = shop.card(rng) if is_family and rng.random() < 0.5 else None
            born = rng.randrange(1, 90)
            for place, member in enumerate(members):
                own = replace(member, spot=home, address=address)
                if is_family and place >= max(2, adults[number]):
                    # Children have what their parents have.
                    own = replace(own, device=tablet, phone=landline, card=card)
                    if rng.random() < 0.5:
                        own = replace(own, browser=tablet)
                    if rng.random() < 0.4:
                        own = replace(own, email=f"{plain_letters(own.last_name)}{born + place}.x@inbox.example.com")
                members[place] = own
                for _ in range(1 + some(rng, 1.0)):
                    shop.tell(
                        START + _YEAR // 2 + rng.randrange(_YEAR // 2), own, device=tablet, phone=landline, card=card,
                        address=address, email=own.email,
                    )  # fmt: skip

    def _open(self, account: Account, at: Millis) -> None:
        self._shop.tell(
            at, account, "identify", email=account.email, phone=account.phone, device=account.device,
            browser=account.browser, spot=self._shop.near(account.spot, self._rng),
        )  # fmt: skip

    def _use(self, account: Account, joined: Millis) -> None:
        rng, shop = self._rng, self._shop
        for _ in range(1 + some(rng, 5.0)):
            at = joined + rng.randrange(END - joined - DAY)
            shop.tell(
                at, account, device=account.device if rng.random() < 0.7 else None, browser=account.browser,
                spot=shop.near(account.spot, rng),
            )  # fmt: skip
            if rng.random() < 0.4:
                shop.tell(at + HOUR // 4, account, card=account.card, address=account.address, email=account.email,
                          device=account.device)  # fmt: skip

    def _fly(self, account: Account) -> None:
        """A journey to another continent and back, as fast as an aeroplane."""
        rng, shop = self._rng, self._shop
        self.look_alikes["traveller"] += 1
        at, away = START + rng.randrange(_YEAR), rng.choice(_FAR)
        shop.tell(at, account, browser=account.browser, spot=account.spot)
        shop.tell(at + 14 * HOUR, account, browser=account.browser, spot=away)
        shop.tell(at + 4 * DAY, account, browser=account.browser, spot=away)
        shop.tell(at + 4 * DAY + 15 * HOUR, account, browser=account.browser, spot=account.spot)

    def _work_in_firms(self) -> None:
        """A firm has a phone, an address, a computer and a card; half of them signed everybody up within days."""
        rng, shop, accounts = self._rng, self._shop, self.accounts
        for _ in range(max(2, len(accounts) // 60)):
            self.look_alikes["firm"] += 1
            terminal, phone, address, card = shop.device(rng), shop.phone(rng), shop.address(rng), shop.card(rng)
            begun, span = START + rng.randrange(_YEAR // 2), rng.choice((3 * DAY, _YEAR // 2))
            for member in rng.sample(accounts, rng.randint(4, 12)):
                for _ in range(rng.randint(1, 4)):
                    shop.tell(begun + rng.randrange(span), member, device=terminal, phone=phone, address=address,
                              card=card if rng.random() < 0.5 else None)  # fmt: skip

    def _live_in_blocks(self) -> None:
        """A house of many flats, or of students, has one address on the parcels of all."""
        rng, shop, accounts = self._rng, self._shop, self.accounts
        for _ in range(max(1, len(accounts) // 150)):
            self.look_alikes["block"] += 1
            address = shop.address(rng)
            for member in rng.sample(accounts, rng.randint(12, 40)):
                shop.tell(START + rng.randrange(_YEAR), member, address=address, card=member.card)

    def _stand_at_tills(self) -> None:
        """A terminal in a shop, where some have their first account made, and a few of these never come back."""
        rng, shop, accounts = self._rng, self._shop, self.accounts
        for _ in range(2):
            self.look_alikes["till"] += 1
            till = shop.device(rng)
            for member in rng.sample(accounts, len(accounts) // 6):
                shop.tell(START + rng.randrange(_YEAR), member, device=till, card=member.card, email=member.email)
            for _ in range(len(accounts) // 25):
                first, last = shop.name(rng)
                new = Account(shop.user_id(), shop.email(first, last, rng), first, last, shop.spot(rng))
                shop.tell(START + rng.randrange(_YEAR), new, "identify", device=till, email=new.email,
                          phone=shop.phone(rng), card=shop.card(rng))  # fmt: skip
