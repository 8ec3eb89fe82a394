"""A guest list: people wrote their names themselves, some twice, and nothing on it is an identifier to rely on."""

from random import Random

from graph_cdp.demo.faults import Row
from graph_cdp.demo.population import END, Person, Population

GUESTS_COLUMNS = ("guest_id", "first_name", "last_name", "birth_date", "city")
_AGAIN = 0.4


def guest_rows(population: Population, rng: Random) -> list[Row]:
    """Some of the persons, four in ten of them twice or more; guests 1 and 2 are one person, to be shown."""
    persons = rng.sample(population.persons, min(len(population.persons), 400))
    signed = [person for person in persons for _ in range(1 + (rng.random() < _AGAIN) + (rng.random() < _AGAIN / 4))]
    rng.shuffle(signed)
    shown = next(person for person in persons if len(person.first_name) > 4 and person.first_name.isascii())
    rows = [_row(shown, rng, clean=True), _row(shown, rng, mistyped=True), *(_row(person, rng) for person in signed)]
    return [{"guest_id": number, **row} for number, row in enumerate(rows, 1)]


def _row(person: Person, rng: Random, *, clean: bool = False, mistyped: bool = False) -> Row:
    wrong = mistyped or (not clean and rng.random() < 0.3)
    born = person.birth_date.isoformat() if clean or mistyped or rng.random() > 0.1 else ""
    city = person.city if clean or rng.random() > 0.2 else ""
    first = _mistyped(person.first_name, rng) if wrong else person.first_name
    return {"first_name": first, "last_name": person.last_name.at(END), "birth_date": born, "city": city}


def _mistyped(name: str, rng: Random) -> str:
    """Two neighbouring letters exchanged, or one lost."""
    place = rng.randrange(1, max(2, len(name) - 1))
    if rng.random() < 0.5:
        return name[:place] + name[place + 1 :]
    return name[:place] + name[place + 1 : place + 2] + name[place] + name[place + 2 :]
