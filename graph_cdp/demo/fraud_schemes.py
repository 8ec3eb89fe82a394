"""What fraudsters do, one function a scheme. They try to look like people: names, pauses, orders of usual size."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from graph_cdp.demo.chance import some
from graph_cdp.demo.fraud_shop import Account, Shop
from graph_cdp.demo.population import DAY, END, HOUR, START
from graph_cdp.demo.truth import plain_key
from graph_cdp.demo.words import plain_letters
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.times import Millis

_MINUTE: Final = HOUR // 60
_THROW_AWAY: Final = ("mailinator.com", "guerrillamail.com", "yopmail.com", "sharklasers.com")


@dataclass(slots=True)
class Scheme:
    """A scheme in the making. `keys`: the identifiers that it brought or misused. `honest`: accounts to be misused."""

    shop: Shop
    honest: list[Account]
    rng: Random
    keys: set[Key] = field(default_factory=set)

    def account(self, email: str | None = None) -> Account:
        """A new account under a made-up name."""
        first, last = self.shop.name(self.rng)
        made = Account(
            self.shop.user_id(), email or self.shop.email(first, last, self.rng), first, last, self.shop.spot(self.rng)
        )
        self.keys |= {plain_key("user_id", made.user_id), plain_key("email", made.email)}
        return made

    def own(self, namespace: str, value: str) -> str:
        """A thing of the fraudsters'."""
        self.keys.add(plain_key(namespace, value))
        return value

    def begin(self, span: Millis) -> Millis:
        """When it begins, so that it ends in time."""
        return START + 30 * DAY + self.rng.randrange(END - START - 40 * DAY - span)

    def act(self, at: Millis, account: Account, **seen: Any) -> None:
        """Open an account, then use it a few times within days."""
        self.shop.tell(at, account, "identify", email=account.email, **seen)
        for _ in range(some(self.rng, 1.5)):
            self.shop.tell(at + self.rng.randrange(5 * _MINUTE, 3 * DAY), account, **seen)


def farm(scheme: Scheme) -> None:
    """Many accounts on one device, over days or weeks."""
    rng, shop = scheme.rng, scheme.shop
    span = rng.randint(3, 60) * DAY
    device, begun = scheme.own("device_id", shop.device(rng)), scheme.begin(span)
    for _ in range(rng.randint(12, 35)):
        phone = scheme.own("phone", shop.phone(rng)) if rng.random() < 0.3 else None
        scheme.act(begun + rng.randrange(span), scheme.account(), device=device, phone=phone)


def ring(scheme: Scheme) -> None:
    """A few accounts that take turns with a few cards, phones, addresses and devices, over months."""
    rng, shop = scheme.rng, scheme.shop
    span = rng.randint(20, 90) * DAY
    begun, count = scheme.begin(span), rng.randint(5, 10)
    pools = {
        "device": [scheme.own("device_id", shop.device(rng)) for _ in range(2)],
        "card": [scheme.own("card", shop.card(rng)) for _ in range(2)],
        "address": [scheme.own("address", shop.address(rng)) for _ in range(rng.randint(1, 2))],
        "phone": [scheme.own("phone", shop.phone(rng)) for _ in range(2)],
    }
    for _ in range(count):
        account, at = scheme.account(), begun + rng.randrange(span)
        shop.tell(at, account, "identify", email=account.email, device=rng.choice(pools["device"]))
        if rng.random() < 0.2:
            shop.tell(at + DAY, account, browser=scheme.own("anonymous_id", shop.device(rng)))
        for _ in range(rng.randint(2, 4)):
            some_of = {name: rng.choice(pool) for name, pool in pools.items() if rng.random() < 0.7}
            shop.tell(at + rng.randrange(HOUR, 9 * DAY), account, **some_of)


def burst(scheme: Scheme) -> None:
    """A dozen accounts within the hour, from one browser, for as many vouchers."""
    rng, shop = scheme.rng, scheme.shop
    browser, begun = scheme.own("anonymous_id", shop.device(rng)), scheme.begin(DAY)
    for _ in range(rng.randint(7, 14)):
        scheme.act(begun + rng.randrange(50 * _MINUTE), scheme.account(), browser=browser)


def counted(scheme: Scheme) -> None:
    """Accounts whose addresses were counted up, on one phone, over weeks."""
    rng, shop = scheme.rng, scheme.shop
    first, last = shop.name(rng)
    device, begun, start = scheme.own("device_id", shop.device(rng)), scheme.begin(40 * DAY), rng.randrange(1, 400)
    for number in range(rng.randint(6, 12)):
        email = f"{plain_letters(first)}{plain_letters(last)}{start + number}@{rng.choice(shop.words.mailboxes[:1])}"
        scheme.act(begun + number * DAY * 3, scheme.account(email), device=device)


def throw_away(scheme: Scheme) -> None:
    """Accounts with addresses that last ten minutes, delivered to one address."""
    rng, shop = scheme.rng, scheme.shop
    address, begun = scheme.own("address", shop.address(rng)), scheme.begin(60 * DAY)
    for _ in range(rng.randint(4, 9)):
        email = f"{rng.getrandbits(40):010x}@{rng.choice(_THROW_AWAY)}"
        device = scheme.own("device_id", shop.device(rng))
        scheme.act(begun + rng.randrange(60 * DAY), scheme.account(email), address=address, device=device)


def one_mailbox(scheme: Scheme) -> None:
    """One mailbox in many spellings, one phone."""
    rng, shop = scheme.rng, scheme.shop
    name = "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(10))
    phone, begun = scheme.own("phone", shop.phone(rng)), scheme.begin(50 * DAY)
    for number in range(rng.randint(6, 9)):
        dotted = f"{name[: number % 8 + 1]}.{name[number % 8 + 1 :]}"
        email = f"{dotted}+{rng.choice(('shop', 'new', 'x'))}{rng.randrange(900)}@gmail.com"
        browser = scheme.own("anonymous_id", shop.device(rng))
        scheme.act(begun + rng.randrange(50 * DAY), scheme.account(email), phone=phone, browser=browser)


def stolen(scheme: Scheme) -> None:
    """Passwords of others tried out from one device: some of them work."""
    rng, shop = scheme.rng, scheme.shop
    device, begun = scheme.own("device_id", shop.device(rng)), scheme.begin(DAY)
    for victim in rng.sample(scheme.honest, rng.randint(7, 8)):
        shop.tell(begun + rng.randrange(5 * HOUR), victim, device=device)


def far_away(scheme: Scheme) -> None:
    """An account used from two continents in turn, within hours."""
    rng, shop = scheme.rng, scheme.shop
    victim = rng.choice(scheme.honest)
    scheme.own("user_id", victim.user_id)
    begun, away = scheme.begin(3 * DAY), (rng.uniform(-30, 10), rng.uniform(-70, -45))
    for number in range(rng.randint(2, 4)):
        at = begun + number * 8 * HOUR
        shop.tell(at, victim, browser=victim.browser, spot=shop.near(victim.spot, rng))
        shop.tell(at + rng.randint(30, 200) * _MINUTE, victim, spot=shop.near(away, rng))


SCHEMES: Final[Mapping[str, Callable[[Scheme], None]]] = {
    scheme.__name__: scheme for scheme in (farm, ring, burst, counted, throw_away, one_mailbox, stolen, far_away)
}
"""Every kind of scheme by its name."""
