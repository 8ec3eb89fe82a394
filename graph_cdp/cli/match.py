"""`graph-cdp match`: which records of files are about the same person, though they share no identifier."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from graph_cdp.cli.command import NEGATIVE, OK, ExitCode, command
from graph_cdp.cli.options import EncodingOption, FilesArgument, Format, FormatOption

IdOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--id",
        metavar="COLUMN",
        help="The column that names the records; else one that does by its name, else the file's name and the line.",
        show_default=False,
    ),
]
IgnoreOption: TypeAlias = Annotated[
    list[str],
    typer.Option("--ignore", metavar="COLUMN,…", help="Columns that must tell nothing.", show_default=False),
]
ColumnOption: TypeAlias = Annotated[
    list[str],
    typer.Option(
        "--column",
        metavar="NAME=KIND",
        help="What a column holds, where it is taken for something else.",
        show_default=False,
    ),
]
SeedOption: TypeAlias = Annotated[
    int, typer.Option(min=0, help="Where learning begins; the same gives the same model.")
]
ModelOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="FILE",
        help="A model of `match train`; without it one is learned from the records.",
        show_default=False,
    ),
]
SvgOption: TypeAlias = Annotated[
    Path | None, typer.Option("--svg", metavar="FILE", help="Where a picture of it goes.", show_default=False)
]


@command(
    "graph-cdp match train crm.csv --out model.json",
    "graph-cdp match train crm.csv shop.parquet --ignore notes,truth --column zip=postal_code --out model.json",
)
def train(
    files: FilesArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the model goes.", show_default=False)],
    id_: IdOption = None,
    ignore: IgnoreOption = [],  # noqa: B006 - as the library of the command line wants it
    column: ColumnOption = [],  # noqa: B006
    encoding: EncodingOption = None,
    seed: SeedOption = 0,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Learn from records, without labels, what agreement weighs, and write it as a readable model."""
    from graph_cdp.cli.match_shown import model_json, model_text
    from graph_cdp.cli.matching import learned, write_text
    from graph_cdp.cli.records import wanted_columns
    from graph_cdp.cli.show import emit
    from graph_cdp.match import model_to_json

    records, model = learned(files, wanted_columns(id_, ignore, column, encoding), seed, None)
    write_text(out, model_to_json(model))
    emit(output, model_json(records, model, out), lambda: model_text(records, model, out))
    return NEGATIVE if records.rejected else OK


@command(
    "graph-cdp match run crm.csv --out clusters.csv",
    "graph-cdp match run crm.csv shop.parquet --out clusters.csv --pairs pairs.csv",
    "graph-cdp match run new.csv --model model.json --out clusters.csv --format json | jq .bands",
)
def run(
    files: FilesArgument,
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FILE", help="Where the clusters go: record,cluster,confidence.", show_default=False
        ),
    ],
    pairs: Annotated[
        Path | None,
        typer.Option("--pairs", metavar="FILE", help="Where the pairs go: a,b,score,band.", show_default=False),
    ] = None,
    model: ModelOption = None,
    id_: IdOption = None,
    ignore: IgnoreOption = [],  # noqa: B006
    column: ColumnOption = [],  # noqa: B006
    encoding: EncodingOption = None,
    seed: SeedOption = 0,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Find the records that are about the same person, within and across files; no store and no mapping is needed.

    Columns are recognised by name and content, and shown. Every record gets its cluster, named by its first record, and
    how sure that is. A FILE appears whole or not at all. Exits 1 where records could not be read; the others are
    matched.
    """
    from graph_cdp.cli.match_shown import run_json, run_text
    from graph_cdp.cli.matching import matched, write_results
    from graph_cdp.cli.records import wanted_columns
    from graph_cdp.cli.show import emit

    done = matched(files, wanted_columns(id_, ignore, column, encoding), seed, model)
    write_results(done, out, pairs)
    emit(output, run_json(done, out, pairs), lambda: run_text(done, out, pairs))
    return NEGATIVE if done.records.rejected else OK


@command(
    "graph-cdp match explain crm.csv 17 42",
    "graph-cdp match explain crm.csv shop.csv crm/17 shop/42 --model model.json --svg why.svg",
)
def explain(
    files: FilesArgument,
    a: Annotated[str, typer.Argument(metavar="A", help="The id of one record.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The id of the other one.")],
    model: ModelOption = None,
    svg: SvgOption = None,
    id_: IdOption = None,
    ignore: IgnoreOption = [],  # noqa: B006
    column: ColumnOption = [],  # noqa: B006
    encoding: EncodingOption = None,
    seed: SeedOption = 0,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Show why two records are, or are not, taken for the same person: the weight of every attribute in bits.

    Exits 1 where no record has one of the ids.
    """
    from graph_cdp.cli.matching import explained, write_text
    from graph_cdp.cli.records import wanted_columns
    from graph_cdp.cli.show import emit
    from graph_cdp.cli.waterfall_shown import waterfall_json, waterfall_text
    from graph_cdp.cli.waterfall_svg import waterfall_svg

    found = explained(files, wanted_columns(id_, ignore, column, encoding), seed, model, (a, b))
    if svg is not None:
        write_text(svg, waterfall_svg(found, a, b))
    emit(output, waterfall_json(found, a, b), lambda: waterfall_text(found, a, b))
    return OK
