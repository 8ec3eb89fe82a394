"""Made-up records of persons, with the errors that real ones have: `python -m tests.bench.match.synthetic OUT.parquet`.

A person has one to five records, each written on its own with its own errors: a record's care, good or bad, sets how
many. Persons marry and take another name, move, change their e-mail and phone: a record shows them before or after.
Households share a family name, an address and often a phone, and are the hard look-alikes; names are as unevenly
common as real ones (Zipf). All by one seed; every text is lower-case ASCII.
"""

import argparse
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from tests.bench.match.misspell import Texts, misread, mistyped

SIZES = (0.38, 0.26, 0.18, 0.11, 0.07)  # the shares of persons with one record, two, … five
HOUSEHOLD = 0.045  # of persons live with the one before, under the same family name
MAILBOXES = np.array([b"mail.example", b"post.example", b"inbox.example.com", b"web.example.org", b"free.example.net"])
START = np.datetime64("1935-01-01")

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Rates:
    """How often a value is wrong or missing in a record of middling care; twice to thrice as often in a bad one."""

    missing: float
    typo: float
    misread: float = 0.004


@dataclass(frozen=True)
class Faults:
    """What goes wrong, and how often."""

    by_column: dict[str, Rates] = field(
        default_factory=lambda: {
            "given_name": Rates(0.02, 0.035, 0.008),
            "family_name": Rates(0.01, 0.04, 0.01),
            "birth_date": Rates(0.05, 0.02),
            "street": Rates(0.1, 0.05, 0.01),
            "house_number": Rates(0.1, 0.03),
            "postal_code": Rates(0.08, 0.03),
            "city": Rates(0.05, 0.03, 0.01),
            "email": Rates(0.3, 0.02),
            "phone": Rates(0.3, 0.02),
        }
    )
    nickname: float = 0.12
    names_swapped: float = 0.01
    day_and_month_swapped: float = 0.015
    first_of_january: float = 0.01
    year_off: float = 0.008


@dataclass(frozen=True)
class Words:
    """The vocabularies; an index into one is a word's rank."""

    given: Texts
    short: tuple[tuple[bytes, ...], ...]
    family: Texts
    streets: Texts
    cities: Texts


def records(count: int, seed: int, faults: Faults | None = None) -> pa.Table:
    """`count` records in random order: record_id, the columns, and `person`, the truth."""
    random = np.random.default_rng(seed)
    faults = faults or Faults()
    person = _persons_of_records(random, count)
    words = _words(random)
    columns = _written(random, person, words, faults.nickname)
    care = random.choice([0.35, 1.0, 2.6], count, p=[0.45, 0.4, 0.15])
    _spoil_dates(random, columns, care, faults)
    texts = {name: _typed(random, columns[name], care, rates) for name, rates in faults.by_column.items()}
    _swap_names(random, texts, care, faults.names_swapped)
    shown = {
        name: pa.array(texts[name], mask=random.random(count) < care * rates.missing).cast(pa.string())
        for name, rates in faults.by_column.items()
    }
    return pa.table({"record_id": np.arange(1, count + 1), **shown, "person": person})


def _persons_of_records(random: np.random.Generator, count: int) -> Ints:
    sizes = random.choice(np.arange(1, len(SIZES) + 1), count, p=SIZES)
    return random.permutation(np.repeat(np.arange(count), sizes)[:count])


def _words(random: np.random.Generator) -> Words:
    lists = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    known = [tuple(name.encode() for name in names) for names in lists["given"]]

    def made(kind: str, count: int, width: int) -> Texts:
        return _made_words(random, count, width, lists["syllables"], lists[f"endings_{kind}"])

    given = np.array([names[0] for names in known] + list(made("given", 4_000, 10)), "S10")
    streets = made("street", 12_000, 12)
    kinds = np.strings.add(b" ", random.choice(np.array(lists["street_kinds"], "S7"), len(streets)))
    return Words(
        given,
        short=tuple(names[1:] for names in known) + ((),) * (len(given) - len(known)),
        family=made("family", 60_000, 14),
        streets=np.strings.add(streets, kinds),
        cities=made("city", 3_000, 12),
    )


def _made_words(random: np.random.Generator, count: int, width: int, syllables: list[str], endings: list[str]) -> Texts:
    """`count` distinct words of two or three parts, in random order."""
    parts, tails = np.array(syllables, "S5"), np.array(endings, "S6")
    many = 3 * count
    middle = np.where(random.random(many) < 0.6, random.choice(parts, many), b"")
    words = np.strings.add(np.strings.add(random.choice(parts, many), middle), random.choice(tails, many))
    distinct = np.unique(words[np.strings.str_len(words) <= width].astype(f"S{width}"))
    return random.permutation(distinct)[:count]


def _zipf(random: np.random.Generator, words: int, count: int, shift: float) -> Ints:
    """Ranks by Zipf and Mandelbrot: the n-th word has a share in proportion to 1 / (n + shift)."""
    shares = 1 / (np.arange(words) + 1 + shift)
    return np.searchsorted(np.cumsum(shares) / shares.sum(), random.random(count)).clip(max=words - 1)


@dataclass(frozen=True)
class _Lives:
    """Of each person two of everything, before and after; equal where nothing changed."""

    given: Ints
    family: tuple[Ints, Ints]
    born: NDArray[np.datetime64]
    home: tuple[Ints, Ints]
    email: tuple[Texts, Texts]
    phone: tuple[Texts, Texts]


def _lives(random: np.random.Generator, persons: int, words: Words) -> _Lives:
    given = _zipf(random, len(words.given), persons, 25)
    family = _zipf(random, len(words.family), persons, 60)
    born = START + random.integers(0, 72 * 365, persons)
    home = random.integers(0, persons // 2 + 1, persons)
    phone = _phones(random, persons)
    with_before = random.random(persons) < HOUSEHOLD
    head = np.maximum.accumulate(np.where(with_before, 0, np.arange(persons)))
    home, family = home[head], family[head]
    phone = phone[np.where(random.random(persons) < 0.25, head, np.arange(persons))]
    later_family = _changed(random, family, 0.07, _zipf(random, len(words.family), persons, 60))
    later_home = _changed(random, home, 0.12, random.integers(0, persons // 2 + 1, persons))
    return _Lives(
        given,
        (family, later_family),
        born,
        (home, later_home),
        (_emails(random, words, given, family), _emails(random, words, given, later_family)),
        (phone, _changed(random, phone, 0.15, _phones(random, persons))),
    )


def _changed(random: np.random.Generator, before: NDArray, share: float, other: NDArray) -> NDArray:
    return np.where(random.random(len(before)) < share, other, before)


def _phones(random: np.random.Generator, count: int) -> Texts:
    return np.strings.add(b"07", random.integers(10**8, 10**9, count).astype("S9"))


def _emails(random: np.random.Generator, words: Words, given: Ints, family: Ints) -> Texts:
    """given.family, mostly with a number, at one of five hosts."""
    first = words.given[given]
    initial = np.ascontiguousarray(first).view("S1").reshape(len(first), -1)[:, 0]
    begin = np.where(random.random(len(given)) < 0.25, initial, np.strings.add(first, b"."))
    number = np.where(random.random(len(given)) < 0.3, b"", random.integers(1, 2_000, len(given)).astype("S4"))
    host = random.choice(MAILBOXES, len(given), p=[0.4, 0.25, 0.15, 0.1, 0.1])
    box = np.strings.add(np.strings.add(begin, words.family[family]), number)
    return np.strings.add(np.strings.add(box, b"@"), host)


def _written(random: np.random.Generator, person: Ints, words: Words, nickname: float) -> dict[str, NDArray]:
    """What each record would hold without errors: the person's values before or after the changes."""
    lives = _lives(random, int(person.max()) + 1, words)
    after = random.random(len(person)) < 0.5

    def now(pair: tuple[NDArray, NDArray]) -> NDArray:
        return np.where(after, pair[1][person], pair[0][person])

    home = now(lives.home)
    homes = int(home.max()) + 1
    city = _zipf(random, len(words.cities), homes, 40)
    quarter = city * 12 + random.integers(0, 12, homes)
    street = (quarter * 41 + random.integers(0, 30, homes)) % len(words.streets)
    number = random.integers(1, 180, homes)
    return {
        "given_name": _called(random, words, lives.given[person], nickname),
        "family_name": words.family[now(lives.family)],
        "birth_date": lives.born[person],
        "street": words.streets[street][home],
        "house_number": number.astype("S4")[home],
        "postal_code": np.strings.zfill((quarter * 2 + 10_007).astype("S5"), 5)[home],
        "city": words.cities[city][home],
        "email": now(lives.email),
        "phone": now(lives.phone),
    }


def _called(random: np.random.Generator, words: Words, given: Ints, nickname: float) -> Texts:
    """Given names, some of them as their short form."""
    names = words.given[given]
    width = max(len(short) for short in words.short)
    table = np.zeros((len(words.given), width), words.given.dtype)
    for row, short in enumerate(words.short):
        table[row, : len(short)] = short
    number = np.array([len(short) for short in words.short])[given]
    chosen = np.flatnonzero((number > 0) & (random.random(len(given)) < nickname))
    names[chosen] = table[given[chosen], (random.random(len(chosen)) * number[chosen]).astype(np.int64)]
    return names


def _spoil_dates(random: np.random.Generator, columns: dict[str, NDArray], care: NDArray, faults: Faults) -> None:
    born = columns["birth_date"]
    year, month = born.astype("M8[Y]"), born.astype("M8[M]")
    day, months = (born - month.astype("M8[D]")).astype(np.int64) + 1, (month - year.astype("M8[M]")).astype(np.int64)
    days = day - 1

    def which(rate: float) -> Flags:
        return random.random(len(born)) < care * rate

    first = which(faults.first_of_january)
    year = np.where(which(faults.year_off), year + random.choice([-10, -1, 1, 10], len(born)), year)
    swapped = which(faults.day_and_month_swapped) & (day <= 12)
    months, days = np.where(swapped, days, months), np.where(swapped, months, days)
    months, days = np.where(first, 0, months), np.where(first, 0, days)
    columns["birth_date"] = ((year.astype("M8[M]") + months).astype("M8[D]") + days).astype("S10")


def _typed(random: np.random.Generator, texts: Texts, care: NDArray, rates: Rates) -> Texts:
    wrong = texts.copy()
    for rate, spoil in ((rates.misread, misread), (rates.typo, mistyped), (rates.typo / 5, mistyped)):
        chosen = random.random(len(texts)) < care * rate
        wrong[chosen] = spoil(random, wrong[chosen])
    return wrong


def _swap_names(random: np.random.Generator, texts: dict[str, Texts], care: NDArray, rate: float) -> None:
    swapped = random.random(len(care)) < care * rate
    given, family = texts["given_name"], texts["family_name"]
    texts["given_name"] = np.where(swapped, family, given)
    texts["family_name"] = np.where(swapped, given, family)


def main() -> None:
    """Write the records as CSV or Parquet, by the ending of the file's name."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.match.synthetic", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    table = records(given.records, given.seed)
    if given.out.suffix == ".csv":
        pyarrow.csv.write_csv(table, given.out)
    else:
        pyarrow.parquet.write_table(table, given.out, compression="zstd")


if __name__ == "__main__":
    main()
