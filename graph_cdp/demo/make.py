"""Makes a retail data set with known truth: six sources, and the faults that real data have."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graph_cdp.demo.chance import dice
from graph_cdp.demo.faults import Row
from graph_cdp.demo.pointers import kept_apart, neighbours, recall_ceiling, showcase
from graph_cdp.demo.population import Population, populate
from graph_cdp.demo.sources.app import app_events
from graph_cdp.demo.sources.crm import crm_rows
from graph_cdp.demo.sources.guests import GUESTS_COLUMNS, guest_rows
from graph_cdp.demo.sources.mail import mail_events
from graph_cdp.demo.sources.store import COLUMNS, store_receipts
from graph_cdp.demo.sources.support import support_events
from graph_cdp.demo.sources.web import web_events
from graph_cdp.demo.truth import Truth, write_truth
from graph_cdp.demo.words import read_words
from graph_cdp.demo.writing import write_crm, write_delimited, write_jsonl, write_mapping, writing_to
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Pair
from graph_cdp.errors import InputError

LEAST_PERSONS = 100
SOURCES = ("crm", "web", "app", "store", "email", "support")


@dataclass(frozen=True, slots=True)
class DemoFile:
    """One file of one source, with its number of rows; `mapping` tells its columns, None for events."""

    path: Path
    source: str
    rows: int
    mapping: Path | None = None


@dataclass(frozen=True, slots=True)
class DemoData:
    """What was made. `files` stand in the order to load them; `read_truth` reads `truth`.

    `persons`, `identifiers` (distinct, with somebody behind them) and `shared` (of those, with several) are
    counts, `faults` is a count by name. `nobodys` are identifiers with nobody behind them: placeholders, the
    browsers of shop terminals, addresses that cannot be read. `recall_ceiling` is the pairwise recall of whoever
    joins, for each person, all that some chain of events over their own identifiers connects.

    Pointers for a show: `rich`, an e-mail address of a person known to many sources; `distant`, two identifiers
    of that person with the most links between them; `apart`, the CRM ids of two who share a family's address:
    it links them, and a limit of one CRM id keeps them apart.
    """

    files: tuple[DemoFile, ...]
    truth: Path
    persons: int
    identifiers: int
    shared: int
    nobodys: frozenset[Key]
    faults: Mapping[str, int]
    recall_ceiling: float
    rich: Key
    distant: Pair
    apart: Pair


def make_demo(folder: Path, *, persons: int = 1000, seed: int = 7) -> DemoData:
    """Write the files of `persons` made-up persons, about 18 events each, into `folder`, made if need be.

    Beside them stands `guests.csv`, which names some of them without an identifier: it is there to be matched.
    The same arguments give the same bytes. Raises InputError for fewer than 100 persons, too few for every
    fault, and where the files cannot be written.
    """
    if persons < LEAST_PERSONS:
        raise InputError(f"persons is {persons}: make it {LEAST_PERSONS} or more, fewer do not show every fault.")
    words = read_words()
    population = populate(persons, words, dice(seed, "population"))
    known = {source: Truth() for source in SOURCES}
    chance = {source: dice(seed, source) for source in SOURCES}
    rows = {
        "crm": crm_rows(population, known["crm"], chance["crm"]),
        "web": web_events(population, words, known["web"], chance["web"]),
        "app": app_events(population, words, known["app"], chance["app"]),
        "store": store_receipts(population, words, known["store"], chance["store"]),
        "email": mail_events(population, words, known["email"], chance["email"]),
        "support": support_events(population, words, known["support"], chance["support"]),
    }
    with writing_to(folder):
        write_delimited(folder / "guests.csv", guest_rows(population, dice(seed, "guests")), GUESTS_COLUMNS)
        written = tuple(_write(folder, source, rows[source]) for source in SOURCES)
        return _summary(written, folder / "truth.jsonl", population, known)


def _write(folder: Path, source: str, rows: list[Row]) -> DemoFile:
    match source:
        case "crm":
            write_crm(path := folder / "crm.parquet", rows)
            return DemoFile(path, source, len(rows), write_mapping(folder / "crm.toml"))
        case "store":
            write_delimited(path := folder / "store.csv", rows, COLUMNS)
            return DemoFile(path, source, len(rows), write_mapping(folder / "store.toml"))
        case _:
            write_jsonl(path := folder / (f"{source}.jsonl.gz" if source == "app" else f"{source}.jsonl"), rows)
            return DemoFile(path, source, len(rows))


def _summary(written: tuple[DemoFile, ...], path: Path, population: Population, known: Mapping[str, Truth]) -> DemoData:
    truth = Truth()
    for told in known.values():
        truth.add(told)
    write_truth(path, truth.owners)
    near = neighbours(truth.together)
    rich, distant = showcase(known, near)
    return DemoData(
        files=written,
        truth=path,
        persons=len(population.persons),
        identifiers=len(truth.owners),
        shared=sum(len(persons) > 1 for persons in truth.owners.values()),
        nobodys=frozenset(truth.nobodys),
        faults=dict(sorted(truth.faults.items())),
        recall_ceiling=recall_ceiling(truth, near),
        rich=rich,
        distant=distant,
        apart=kept_apart(population, truth, near),
    )
