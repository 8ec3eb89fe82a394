"""The e-mail tool: opens and clicks, with first-class identifiers. A click sets the browser's cookie beside them."""

from hashlib import sha256
from random import Random

from graph_cdp.demo.chance import uuid_text
from graph_cdp.demo.faults import Row, as_delivered
from graph_cdp.demo.population import DAY, END, START, Person, Population
from graph_cdp.demo.truth import Named, Truth
from graph_cdp.demo.words import Words
from graph_cdp.domain.times import Millis, iso


def mail_events(population: Population, words: Words, truth: Truth, rng: Random) -> list[Row]:
    """What the subscribers did with the campaigns, in the order of delivery."""
    step = (END - START) // len(words.campaigns)
    events: list[Row] = []
    for person in population.persons:
        if rng.random() < 0.35:
            continue
        for number, campaign in enumerate(words.campaigns):
            at = START + number * step + rng.randrange(DAY, 10 * DAY)
            if at < person.since or rng.random() < 0.5:
                continue
            events.append(_event("Email Opened", campaign, _addressed(person, at, rng), at, truth, rng))
            if rng.random() < 0.3:
                at += rng.randint(5_000, 300_000)
                reader = person
                if rng.random() < 0.01:
                    reader = rng.choice(population.persons)
                    truth.faults["forwarded"] += 1
                cookie = _cookie(reader, at, rng)
                named = [*_addressed(person, at, rng), cookie]
                events.append(_event("Email Link Clicked", campaign, named, at, truth, rng))
    return as_delivered(events, truth, rng)


def _addressed(person: Person, at: Millis, rng: Random) -> list[Named]:
    """The address that the campaign went to: always hashed, mostly in clear too."""
    email = person.email.at(at)
    hashed: Named = ("hashed_email", sha256(email.encode()).hexdigest(), person.name)
    return [hashed, ("email", email, person.name)] if rng.random() < 0.85 else [hashed]


def _cookie(reader: Person, at: Millis, rng: Random) -> Named:
    device = reader.device_at(at, rng)
    return ("cookie", device.cookie.at(at), reader.name) if device else ("cookie", None, None)


def _event(name: str, campaign: str, named: list[Named], at: Millis, truth: Truth, rng: Random) -> Row:
    truth.note(*named)
    return {
        "type": "track",
        "event": name,
        "messageId": uuid_text(rng),
        "identifiers": [{"namespace": namespace, "value": raw} for namespace, raw, _ in named if raw is not None],
        "properties": {"campaign": campaign},
        "timestamp": iso(at),
        "receivedAt": iso(at + rng.randint(200, 60_000)),
    }
