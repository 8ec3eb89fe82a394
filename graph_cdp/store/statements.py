"""Loads the named statements of cypher/: `<area>/<name>.cypher` and its SQL twin `<area>/<name>.sql`."""

from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from graph_cdp.errors import StoreVersionError

Language: TypeAlias = Literal["sql", "cypher"]


@cache
def statement(name: str, language: Language) -> str:
    """A named statement, such as `links/add`, without the semicolon at its end; SQL without comments and indents.

    SQLite's driver compares the whole text of a statement again for each row that is written.
    """
    text = _text(name, language)
    if language == "cypher":
        return text
    lines = (line.lstrip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("--"))


@cache
def statements(name: str, language: Language) -> tuple[str, ...]:
    """The statements of a file that holds several, in order. No semicolon may stand inside one of them."""
    parts = (part.strip() for part in _text(name, language).split(";\n"))
    return tuple(part for part in parts if part)


@cache
def migrations(language: Language) -> tuple[tuple[int, str], ...]:
    """Version and name of every migration, in order: `0001_identity_graph` is version 1."""
    names = sorted(path.stem for path in (_folder() / "migrations").glob(f"*.{language}"))
    return tuple((int(name.partition("_")[0]), f"migrations/{name}") for name in names)


def pending_migrations(language: Language, version: int) -> tuple[str, ...]:
    """The names of the migrations that a store of a schema version lacks, in order.

    Raises StoreVersionError for a store that is newer than this program.
    """
    known = migrations(language)
    newest = known[-1][0]
    if version > newest:
        raise StoreVersionError(
            f"The store has schema version {version}, this program knows up to {newest}: "
            "use the newer graph-cdp that wrote it."
        )
    return tuple(name for number, name in known if number > version)


def _text(name: str, language: Language) -> str:
    text = (_folder() / f"{name}.{language}").read_text(encoding="utf-8")
    return text.rstrip().removesuffix(";")


def _folder() -> Path:
    package = Path(__file__).resolve().parent.parent
    packed = package / "cypher"
    return packed if packed.is_dir() else package.parent / "cypher"
