"""What goes wrong between somebody's fingers, a device's clock, the network and a file. Each fault is counted."""

from random import Random
from typing import Any, TypeAlias

from graph_cdp.demo.chance import weighted
from graph_cdp.demo.population import DAY, HOUR, Person
from graph_cdp.demo.truth import Named, Truth
from graph_cdp.domain.times import Millis, iso, parse_time

Row: TypeAlias = dict[str, Any]
"""One event or record as a source writes it."""

PLACEHOLDER_EMAILS = ("test@test.com", "null", "n/a")
PLACEHOLDER_PHONE = "000-000-0000"


def typed_email(person: Person, at: Millis, truth: Truth, rng: Random) -> Named:
    """An e-mail address as it is typed into a form: mostly right."""
    email = person.email.at(at)
    fault = weighted(
        rng, (("", 0.87), ("untidy_email", 0.08), ("typo", 0.025), ("placeholder", 0.015), ("invalid_email", 0.01))
    )
    if fault:
        truth.faults[fault] += 1
    if fault == "placeholder":
        return ("email", rng.choice(PLACEHOLDER_EMAILS), None)
    if fault == "invalid_email":
        return ("email", email.replace("@", rng.choice(("@@", " at ", "")), 1), None)
    if fault == "typo":
        return ("email", _mistyped(email, rng), person.name)
    if fault == "untidy_email":
        return ("email", rng.choice((email.upper(), email.title(), f" {email}", f"{email} ")), person.name)
    return ("email", email, person.name)


def typed_phone(person: Person, at: Millis, truth: Truth, rng: Random) -> Named:
    """A phone number as it is typed into a form, in one of many ways; no value if the person has none."""
    if person.phone is None:
        return ("phone", None, None)
    if rng.random() < 0.03:
        truth.faults["placeholder"] += 1
        return ("phone", PLACEHOLDER_PHONE, None)
    calling, number = person.phone.at(at).split(" ")
    way = rng.choice(("{} {}", "{}{}", "{} {}", "({}) {}", "{}-{}"))
    if rng.random() < 0.5:
        number = f"{number[:3]} {number[3:6]} {number[6:]}"
    return ("phone", way.format(calling, number), person.name)


def stamps(at: Millis, skew: Millis, rng: Random, *, wait: Millis = 0) -> Row:
    """The three times of an event from a device whose clock is `skew` ahead and that sends after `wait`."""
    sent_at = at + wait + rng.randint(0, 4000)
    return {
        "timestamp": iso(at + skew),
        "sentAt": iso(sent_at + skew),
        "receivedAt": iso(sent_at + rng.randint(30, 900)),
    }


def as_delivered(events: list[Row], truth: Truth, rng: Random) -> list[Row]:
    """The events in the order of a real file: as received, some sent again, some out of order."""
    repeats = [_sent_again(event, rng) for event in events if rng.random() < 0.02]
    truth.faults["duplicate"] += len(repeats)
    placed = []
    for event in [*events, *repeats]:
        astray = rng.random() < 0.03
        truth.faults["out_of_order"] += astray
        position = parse_time(event["receivedAt"]) + (rng.randint(HOUR, 2 * DAY) if astray else 0)
        placed.append((position, event))
    placed.sort(key=lambda place: place[0])
    return [event for _, event in placed]


def _sent_again(event: Row, rng: Random) -> Row:
    """The same event with the same id, sent a second time because the first answer was lost."""
    delay = rng.randint(5_000, 3 * HOUR)
    later = {name: iso(parse_time(event[name]) + delay) for name in ("sentAt", "receivedAt") if name in event}
    return event | later


def _mistyped(email: str, rng: Random) -> str:
    """Two neighbouring letters swapped, one lost, or one doubled; always unlike the right one."""
    at = email.index("@")
    place = rng.choice([n for n in range(1, at - 1) if email[n].isalnum()])
    letters = list(email)
    match rng.choice(("swap", "lose", "double")):
        case "swap" if letters[place] != letters[place + 1] and place + 1 < at:
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
        case "lose":
            del letters[place]
        case _:
            letters.insert(place, letters[place])
    return "".join(letters)
