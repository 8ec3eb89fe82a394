"""The app: Segment-shaped calls from phones and tablets, sent late where there was no network."""

from random import Random

from graph_cdp.demo.chance import some, uuid_text
from graph_cdp.demo.faults import Row, as_delivered, stamps
from graph_cdp.demo.population import DAY, END, HOUR, NO_ADVERTISING_ID, Device, Person, Population
from graph_cdp.demo.truth import Truth
from graph_cdp.demo.words import Words
from graph_cdp.domain.times import Millis


def app_events(population: Population, words: Words, truth: Truth, rng: Random) -> list[Row]:
    """All sittings of the persons who have the app, in the order of delivery."""
    events: list[Row] = []
    for person in population.persons:
        sittings = some(rng, 2.2) if rng.random() < 0.6 else 0
        for _ in range(sittings):
            at = rng.randrange(person.since, END - HOUR)
            device = person.device_at(at, rng, app=True)
            if device:
                events += _sitting(person, device, at, words, truth, rng)
    return as_delivered(events, truth, rng)


def _sitting(person: Person, device: Device, at: Millis, words: Words, truth: Truth, rng: Random) -> list[Row]:
    user_id = person.user_id if rng.random() < 0.85 else None
    offline = rng.randint(2 * HOUR, 4 * DAY) if rng.random() < 0.05 else 0
    device_id, advertising_id = device.device_id.at(at), device.advertising_id
    if rng.random() < 0.3:
        advertising_id = advertising_id.upper()
    tracked = advertising_id != NO_ADVERTISING_ID
    events: list[Row] = []
    for name in ["Application Opened"] + ["Screen Viewed"] * some(rng, 1.2):
        at += rng.randint(3_000, 120_000)
        truth.note(
            ("device_id", device_id, person.name),
            ("advertising_id", advertising_id, person.name if tracked else None),
            ("user_id", user_id, person.name),
        )
        truth.faults["late"] += offline > 0
        truth.faults["placeholder"] += not tracked
        event: Row = {"type": "track", "event": name, "messageId": uuid_text(rng)}
        if user_id:
            event["userId"] = user_id
        event["properties"] = {"screen": rng.choice(words.products)}
        event["context"] = {
            "app": {"name": "Outdoor", "version": "4.2.0"},
            "device": {
                "id": device_id,
                "advertisingId": advertising_id,
                "adTrackingEnabled": tracked,
                "type": device.kind,
            },
        }
        events.append(event | stamps(at, device.skew, rng, wait=offline))
    return events
