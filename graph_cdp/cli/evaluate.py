"""`graph-cdp evaluate`: how well matching finds what a truth column says."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from graph_cdp.cli.command import NEGATIVE, OK, ExitCode, command
from graph_cdp.cli.match import ColumnOption, IdOption, IgnoreOption, ModelOption, SeedOption, SvgOption
from graph_cdp.cli.options import EncodingOption, FilesArgument, Format, FormatOption


@command(
    "graph-cdp evaluate labelled.csv --truth person",
    "graph-cdp evaluate labelled.csv --truth person --svg curves.svg --format json | jq .pairwise.f1",
    "graph-cdp evaluate labelled.csv --truth person --clusters of_another_tool.csv",
)
def evaluate(
    files: FilesArgument,
    truth: Annotated[
        str,
        typer.Option(
            metavar="COLUMN", help="The column that tells the person; records without it are not judged.",
            show_default=False,
        ),
    ],
    clusters: Annotated[
        Path | None,
        typer.Option(
            "--clusters", metavar="FILE", help="Judge these clusters (record,cluster) instead of matching.",
            show_default=False,
        ),
    ] = None,
    model: ModelOption = None,
    svg: SvgOption = None,
    id_: IdOption = None,
    ignore: IgnoreOption = [],  # noqa: B006 - as the library of the command line wants it
    column: ColumnOption = [],  # noqa: B006
    encoding: EncodingOption = None,
    seed: SeedOption = 0,
    output: FormatOption = Format.TEXT,
) -> ExitCode:  # fmt: skip
    """Match the records without their truth, and judge what was found by it.

    Pairs, whole clusters and B-cubed, each with precision, recall and F1; and how they move with the threshold, as a
    picture too. What is judged is what `match run` gives.
    """
    from graph_cdp.cli.curves_svg import curves_svg
    from graph_cdp.cli.evaluating import judged, judged_clusters
    from graph_cdp.cli.evaluation_shown import evaluation_json, evaluation_text
    from graph_cdp.cli.matching import write_text
    from graph_cdp.cli.records import wanted_columns
    from graph_cdp.cli.show import emit
    from graph_cdp.errors import InputError

    wanted = wanted_columns(id_, [*ignore, truth], column, encoding)
    if clusters is not None and (svg is not None or model is not None):
        raise InputError("--clusters are judged as they are: leave out --svg and --model, which are for matching.")
    found = judged_clusters(files, wanted, truth, clusters) if clusters else judged(files, wanted, truth, seed, model)
    if svg is not None and found.curves is not None:
        write_text(svg, curves_svg(found.curves))
    emit(output, evaluation_json(found), lambda: evaluation_text(found))
    return NEGATIVE if found.records.rejected else OK
