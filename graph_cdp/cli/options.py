"""The options that several commands share. Light to import: `--help` waits for nothing."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer


class Format(StrEnum):
    """How a result is written."""

    TEXT = "text"
    JSON = "json"


StoreOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="sqlite:///PATH or neo4j://USER:PASSWORD@HOST:PORT; else GRAPH_CDP_STORE, else sqlite:///graph_cdp.db.",
        show_default=False,
    ),
]

PolicyOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        metavar="FILE",
        help="A policy file; else GRAPH_CDP_POLICY, else the store's own, else the retail policy of the package.",
        show_default=False,
    ),
]

FormatOption: TypeAlias = Annotated[Format, typer.Option("--format", help="For a person, or for a program.")]

FilesArgument: TypeAlias = Annotated[
    list[Path],
    typer.Argument(metavar="FILE", help="JSONL, CSV or Parquet; plain, gzip or zstd.", show_default=False),
]

EncodingOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="How the text of files is written that is not UTF-8: windows-1252 as by Excel, latin-1, utf-16-le.",
        show_default=False,
    ),
]

MappingOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        metavar="FILE",
        help="What the columns of the files mean (TOML); without it that is guessed. Files of events need none.",
        show_default=False,
    ),
]
