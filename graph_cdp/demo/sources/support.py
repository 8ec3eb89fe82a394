"""The support desk: tickets with the e-mail address, the phone number or both, as first-class identifiers."""

from random import Random

from graph_cdp.demo.chance import uuid_text
from graph_cdp.demo.faults import Row, as_delivered, typed_email, typed_phone
from graph_cdp.demo.population import END, HOUR, Person, Population
from graph_cdp.demo.truth import Truth
from graph_cdp.demo.words import Words
from graph_cdp.domain.times import iso


def support_events(population: Population, words: Words, truth: Truth, rng: Random) -> list[Row]:
    """All tickets, in the order of delivery."""
    tickets: list[Row] = []
    for person in population.persons:
        if rng.random() < 0.3:
            tickets += [_ticket(person, words, truth, rng) for _ in range(rng.randint(1, 2))]
    return as_delivered(tickets, truth, rng)


def _ticket(person: Person, words: Words, truth: Truth, rng: Random) -> Row:
    at = rng.randrange(person.since, END - HOUR)
    by_phone = person.phone is not None and rng.random() < 0.4
    named = [typed_phone(person, at, truth, rng)] if by_phone else [typed_email(person, at, truth, rng)]
    if rng.random() < 0.4:
        named.append(typed_email(person, at, truth, rng) if by_phone else typed_phone(person, at, truth, rng))
    truth.note(*named)
    return {
        "type": "track",
        "event": "Ticket Opened",
        "messageId": uuid_text(rng),
        "identifiers": [{"namespace": namespace, "value": raw} for namespace, raw, _ in named if raw is not None],
        "context": {"traits": {"first_name": person.first_name, "last_name": person.last_name.at(at)}},
        "properties": {"subject": rng.choice(words.subjects), "channel": "phone" if by_phone else "form"},
        "timestamp": iso(at),
        "receivedAt": iso(at + rng.randint(100, 5_000)),
    }
