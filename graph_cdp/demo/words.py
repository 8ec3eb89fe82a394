"""The word lists that made-up persons are built from."""

import tomllib
import unicodedata
from dataclasses import dataclass
from importlib.resources import files

# Letters that Unicode does not decompose into a plain letter and a mark.
_PLAIN = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ı": "i", "đ": "d", "Đ": "D"})


@dataclass(frozen=True, slots=True)
class Region:
    """Names, cities and mobile numbers that go together."""

    calling: str
    mobile: tuple[str, ...]
    cities: tuple[str, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """All the lists."""

    mailboxes: tuple[str, ...]
    products: tuple[str, ...]
    shops: tuple[str, ...]
    campaigns: tuple[str, ...]
    subjects: tuple[str, ...]
    regions: tuple[Region, ...]


def read_words() -> Words:
    """The lists that come with the package."""
    lists = tomllib.loads(files("graph_cdp.demo").joinpath("words.toml").read_text(encoding="utf-8"))
    regions = tuple(
        Region(calling=region.pop("calling"), **{name: tuple(words) for name, words in region.items()})
        for region in lists.pop("region")
    )
    return Words(regions=regions, **{name: tuple(words) for name, words in lists.items()})


def plain_letters(name: str) -> str:
    """A name as it is spelt in an e-mail address: a to z only."""
    decomposed = unicodedata.normalize("NFKD", name.translate(_PLAIN)).lower()
    return "".join(char for char in decomposed if "a" <= char <= "z")
