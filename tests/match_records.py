"""Records with a known truth for the tests of matching: real ones beside this module, and made-up ones by a seed."""

from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.csv

from graph_cdp.match import Table

RECORDS = Path(__file__).with_name("data") / "records"
_GIVEN = ("james", "mary", "john", "patricia", "robert", "linda", "michael", "barbara", "william", "susan", "sarah")
_FAMILY = ("smith", "johnson", "williams", "brown", "jones", "garcia", "miller", "davis", "martinez", "lopez", "wilson")
_ENDINGS = ["", "son", "ley", "er", "ton", "wood", "by"]
_CITIES = ["london", "leeds", "york", "bath", "derby", "hull"]


def table_of(name: str, truth: str) -> tuple[Table, list[str]]:
    """A file of tests/data/records and its truth, which the table lacks."""
    texts = pyarrow.csv.read_csv(RECORDS / name, convert_options=pa.csv.ConvertOptions(strings_can_be_null=True))
    columns = {column.strip(): texts[column].cast(pa.string()) for column in texts.column_names}
    return Table.of({name: column for name, column in columns.items() if name != truth}), columns[truth].to_pylist()


def made(people: int, seed: int) -> tuple[Table, list[str]]:
    """One to three records of each, with typing errors and gaps."""
    random = Random(seed)
    rows, truth = [], []
    for person in range(people):
        given, family = random.choice(_GIVEN), random.choice(_FAMILY) + random.choice(_ENDINGS)
        born = f"{random.randrange(1930, 2005)}-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}"
        city = random.choice(_CITIES)
        for _ in range(random.choice([1, 1, 2, 3])):
            values = [given, family, born, city]
            rows.append([_misspelt(random, one) if random.random() < 0.9 else None for one in values])
            truth.append(str(person))
    names = ("first_name", "surname", "date of birth", "town")
    return Table.of(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))), truth


def households(people: int, seed: int, *, together: float, records: int) -> tuple[Table, list[str]]:
    """So many records of each; a share of them live with the one before, of the same family name."""
    random = Random(seed)
    rows, truth, home = [], [], ["", "", ""]
    for person in range(people):
        if not person or random.random() >= together:
            street = f"{random.choice(_FAMILY)}{random.choice(_ENDINGS)} {random.choice(['street', 'road', 'lane'])}"
            home = [_rare_name(random), street, str(random.randrange(1, 200))]
        born = f"{random.randrange(1930, 2005)}-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}"
        given = random.choice(_GIVEN) + random.choice(["", "", "a", "ine", "o"])
        for _ in range(records):
            rows.append([_misspelt(random, one) for one in (given, home[0], born, *home[1:])])
            truth.append(str(person))
    names = ("first_name", "surname", "date of birth", "street", "house number")
    return Table.of(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))), truth


def census(people: int, seed: int) -> Table:
    """One record of each, with the age that goes with the date; families live together, all in one town."""
    random = Random(seed)
    rows, home = [], ["", "", ""]
    for person in range(people):
        if not person or random.random() >= 0.5:
            home = [_rare_name(random), f"{random.choice(_FAMILY)} {random.choice(['street', 'road'])}", "york"]
        year = random.randrange(1930, 2020)
        born = f"{year}-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}"
        given, sex = random.choice(_GIVEN) + random.choice(_ENDINGS), random.choice("mf")
        rows.append([given, home[0], str(2020 - year), born, sex, *home[1:]])
    names = ("first_name", "last_name", "age", "date_of_birth", "sex", "street", "city")
    return Table.of(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def _rare_name(random: Random) -> str:
    return (
        random.choice(_FAMILY)[: random.randrange(3, 6)]
        + random.choice(["al", "en", "ir", "os"])
        + random.choice(_ENDINGS)
    )


def _misspelt(random: Random, text: str) -> str:
    if random.random() > 0.12 or len(text) < 2:
        return text
    at = random.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def pairwise_f1(cluster: list[int], truth: list[str]) -> float:
    """F1 of all pairs within clusters against all pairs of the truth."""

    def pairs(keys: list[object]) -> int:
        counts: dict[object, int] = {}
        for key in keys:
            counts[key] = counts.get(key, 0) + 1
        return sum(count * (count - 1) // 2 for count in counts.values())

    both = pairs(list(zip(cluster, truth, strict=True)))
    return 2 * both / max(pairs(list(cluster)) + pairs(list(truth)), 1)
