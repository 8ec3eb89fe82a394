"""The web shop: Segment-shaped page, track and identify calls from browsers."""

from random import Random

from graph_cdp.demo.chance import some, uuid_text, weighted
from graph_cdp.demo.faults import Row, as_delivered, stamps, typed_email, typed_phone
from graph_cdp.demo.population import END, HOUR, Device, Person, Population
from graph_cdp.demo.truth import Named, Truth
from graph_cdp.demo.words import Words
from graph_cdp.domain.times import Millis

_AGENT_BY_KIND = {
    "laptop": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "phone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "tablet": "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5",
    "terminal": "ShopTerminal/2.1",
}


def web_events(population: Population, words: Words, truth: Truth, rng: Random) -> list[Row]:
    """All visits of all persons, in the order of delivery."""
    events: list[Row] = []
    for person in population.persons:
        for _ in range(some(rng, 3.0)):
            start = rng.randrange(person.since, END - HOUR)
            device = person.device_at(start, rng)
            if device is None or rng.random() < 0.04:
                device = rng.choice(population.terminals)
                truth.faults["terminal_visit"] += 1
            events += _Visit(person, device, start, words, truth, rng).events()
    return as_delivered(events, truth, rng)


class _Visit:
    """One sitting of one person at one browser."""

    def __init__(self, person: Person, device: Device, start: Millis, words: Words, truth: Truth, rng: Random) -> None:
        self._person = person
        self._device = device
        self._at = start
        self._words = words
        self._truth = truth
        self._rng = rng
        self._user_id: str | None = None

    def events(self) -> list[Row]:
        """Browse, perhaps log in, perhaps buy, perhaps leave."""
        rng = self._rng
        events = [self._page("Home")]
        if self._person.user_id and rng.random() < (0.85 if self._device.kind == "terminal" else 0.7):
            self._user_id = self._person.user_id
        elif rng.random() < 0.01:
            self._user_id = rng.choice(("undefined", "null"))
            self._truth.faults["placeholder"] += 1
        events += [
            self._page("Product") if rng.random() < 0.6 else self._track("Product Viewed", self._product())
            for _ in range(some(rng, 1.6))
        ]
        if rng.random() < 0.4:
            events += self._checkout()
        return events

    def _checkout(self) -> list[Row]:
        email = typed_email(self._person, self._at, self._truth, self._rng)
        phone = typed_phone(self._person, self._at, self._truth, self._rng) if self._rng.random() < 0.5 else None
        traits = {
            "email": email[1],
            "first_name": self._person.first_name,
            "last_name": self._person.last_name.at(self._at),
            "city": self._person.city,
        }
        if phone and phone[1]:
            traits["phone"] = phone[1]
        named = (email, phone) if phone else (email,)
        return [
            self._event("identify", {"traits": traits}, *named),
            self._track("Order Completed", self._product() | {"currency": "EUR"}),
        ]

    def _page(self, name: str) -> Row:
        path = "/" if name == "Home" else f"/products/{self._rng.randrange(500)}"
        page = {"path": path, "url": f"https://shop.example.com{path}"}
        return self._event("page", {"name": name, "properties": page})

    def _track(self, name: str, properties: Row) -> Row:
        return self._event("track", {"event": name, "properties": properties})

    def _product(self) -> Row:
        rng = self._rng
        return {"product": rng.choice(self._words.products), "price": weighted(rng, ((19.9, 3), (49.0, 2), (129.0, 1)))}

    def _event(self, kind: str, content: Row, *typed: Named) -> Row:
        device, rng = self._device, self._rng
        self._at += rng.randint(4_000, 180_000)
        anonymous_id, cookie = device.anonymous_id.at(self._at), device.cookie.at(self._at)
        holder = None if device.kind == "terminal" else self._person.name
        account = self._person.name if self._user_id == self._person.user_id else None
        self._truth.note(
            ("anonymous_id", anonymous_id, holder),
            ("cookie", cookie, holder),
            ("user_id", self._user_id, account),
            *typed,
        )
        self._truth.faults["clock_skew"] += device.skew != 0
        event: Row = {"type": kind, "messageId": uuid_text(rng), "anonymousId": anonymous_id}
        if self._user_id:
            event["userId"] = self._user_id
        event |= content
        event["context"] = {
            "userAgent": _AGENT_BY_KIND[device.kind],
            "library": {"name": "analytics.js", "version": "2.11.1"},
            "externalIds": [{"id": cookie, "type": "cookie", "collection": "users", "encoding": "none"}],
        }
        return event | stamps(self._at, device.skew, rng)
