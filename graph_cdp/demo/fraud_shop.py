"""The shop in which the made-up fraud happens: accounts, and the events that it writes of them."""

from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

from graph_cdp.demo.chance import digits, uuid_text
from graph_cdp.demo.faults import Row
from graph_cdp.demo.population import END, START
from graph_cdp.demo.words import Words, plain_letters
from graph_cdp.domain.times import Millis, iso

Spot: TypeAlias = tuple[float, float]
"""Degrees north and east."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's account: what is typed in when it is made."""

    user_id: str
    email: str
    first_name: str
    last_name: str
    spot: Spot
    phone: str | None = None
    card: str | None = None
    address: str | None = None
    device: str | None = None
    browser: str | None = None


class Shop:
    """Writes events, and gives out names, numbers and spots that nobody else has."""

    def __init__(self, words: Words, rng: Random) -> None:
        self.events: list[Row] = []
        self.words = words
        self._rng = rng
        self._accounts = 0

    def user_id(self) -> str:
        """The id of a new account."""
        self._accounts += 1
        return f"u{self._accounts:05d}"

    def name(self, rng: Random) -> tuple[str, str]:
        """A given name and a surname."""
        region = rng.choice(self.words.regions)
        return rng.choice(region.first), rng.choice(region.last)

    def email(self, first: str, last: str, rng: Random) -> str:
        """An address such as people have, with a number in every second."""
        number = str(rng.randrange(1950, 2010)) if rng.random() < 0.5 else ""
        local = f"{plain_letters(first)}.{plain_letters(last)}{number}.{rng.randrange(36**3):03x}"
        return f"{local}@{rng.choice(self.words.mailboxes)}"

    def phone(self, rng: Random) -> str:
        """A phone number."""
        return digits(rng, "+49 171 #######")

    def card(self, rng: Random) -> str:
        """The hash of a payment card, as a payment service tells it."""
        return f"card_{rng.getrandbits(64):016x}"

    def address(self, rng: Random) -> str:
        """A street with its number and town, as a shop keeps it."""
        return f"{rng.randrange(1, 200)} {rng.choice(('mill', 'park', 'lake', 'oak'))} road {rng.getrandbits(32):08x}"

    def device(self, rng: Random) -> str:
        """The id of a phone, a tablet or a laptop with the app, or of a browser."""
        return uuid_text(rng)

    def spot(self, rng: Random) -> Spot:
        """Somewhere in Europe."""
        return (rng.uniform(44, 54), rng.uniform(0, 20))

    def tell(self, at: Millis, account: Account, kind: str = "track", **seen: Any) -> None:
        """Write one event of an account. `seen`: device, browser, phone, card, address, spot and email, where told."""
        rng = self._rng
        event: Row = {
            "type": kind,
            "messageId": uuid_text(rng),
            "timestamp": iso(min(max(at, START), END)),
            "userId": account.user_id,
            "traits": {"last_name": account.last_name, "first_name": account.first_name},
            "context": {},
            "identifiers": [
                {"namespace": name, "value": seen[name]} for name in ("card", "address") if seen.get(name) is not None
            ],
        }
        if kind == "track":
            event["event"] = "Order Completed" if seen.get("card") else "Product Viewed"
        for name in ("email", "phone"):
            if seen.get(name) is not None:
                event["traits"][name] = seen[name]
        if seen.get("browser") is not None:
            event["anonymousId"] = seen["browser"]
        if seen.get("device") is not None:
            event["context"]["device"] = {"id": seen["device"]}
        if seen.get("spot") is not None:
            north, east = seen["spot"]
            event["context"]["location"] = {"latitude": round(north, 4), "longitude": round(east, 4)}
        self.events.append(event)

    def near(self, spot: Spot, rng: Random) -> Spot:
        """Where an address of the network seems to be: some 50 km off, and now and then at a distant exchange."""
        off = 2.5 if rng.random() < 0.1 else 0.4
        return (spot[0] + rng.uniform(-off, off), spot[1] + rng.uniform(-off, off))
