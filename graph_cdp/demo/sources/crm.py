"""The CRM: an export with one row for each time that a record was changed, and a few records kept twice."""

from random import Random

from graph_cdp.demo.faults import Row, typed_email, typed_phone
from graph_cdp.demo.population import DAY, Person, Population
from graph_cdp.demo.truth import Truth
from graph_cdp.domain.times import Millis


def crm_rows(population: Population, truth: Truth, rng: Random) -> list[Row]:
    """All rows by time; `updated_at` is in milliseconds, `birth_date` a date."""
    rows: list[Row] = []
    for person in population.persons:
        for number, crm_id in enumerate(person.crm_ids):
            made = person.since + rng.randrange(DAY, 20 * DAY)
            truth.faults["double_record"] += number > 0
            rows.append(_row(person, crm_id, made, truth, rng))
            if number == 0:
                later = [change + rng.randrange(DAY, 7 * DAY) for change in _changes(person) if change > made]
                rows += [_row(person, crm_id, at, truth, rng) for at in later]
                truth.faults["changed_record"] += len(later)
    return sorted(rows, key=lambda row: (row["updated_at"], row["crm_id"]))


def _changes(person: Person) -> list[Millis]:
    """When the person got another name, address or number."""
    phone = person.phone.changes if person.phone else ()
    return sorted({*person.last_name.changes, *person.email.changes, *phone})


def _row(person: Person, crm_id: str, at: Millis, truth: Truth, rng: Random) -> Row:
    email = typed_email(person, at, truth, rng)
    phone = typed_phone(person, at, truth, rng)
    truth.note(("crm_id", crm_id, person.name), email, phone)
    return {
        "crm_id": crm_id,
        "email": email[1],
        "phone": phone[1],
        "first_name": person.first_name,
        "last_name": person.last_name.at(at),
        "city": person.city,
        "birth_date": person.birth_date,
        "updated_at": at,
    }
