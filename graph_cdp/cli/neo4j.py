"""`graph-cdp neo4j`: a real Neo4j on this machine."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from graph_cdp.cli.command import NEGATIVE, OK, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption

if TYPE_CHECKING:
    from graph_cdp.local_neo4j import Running

_FOLDER = Path("graph_cdp_neo4j")

DirOption: TypeAlias = Annotated[
    Path, typer.Option("--dir", metavar="FOLDER", help="The folder with its data, logs and password.")
]
VersionOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--version",
        metavar="VERSION",
        help="In full, such as 5.26.30; else the pinned current one.",
        show_default=False,
    ),
]


@command(
    "graph-cdp neo4j start",
    "graph-cdp neo4j start --dir /data/neo4j --version 5.26.30 --bolt-port 7687 --http-port 7474",
    "export GRAPH_CDP_STORE=$(graph-cdp neo4j start --format json | jq -r .store)",
)
def start(
    folder: DirOption = _FOLDER,
    version: VersionOption = None,
    bolt_port: Annotated[
        int | None,
        typer.Option(
            metavar="PORT", help="Else the one it had last time, else a free one.", show_default=False, min=1, max=65535
        ),
    ] = None,
    http_port: Annotated[
        int | None,
        typer.Option(metavar="PORT", help="For Neo4j Browser; else as above.", show_default=False, min=1, max=65535),
    ] = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    r"""Start a Neo4j Community of its own, installed first if need be, and tell how to reach it.

    It listens on 127.0.0.1 alone, keeps its data in the folder, and goes on running when this command is done. Needs
    pip install 'graph-cdp\[neo4j-local]'.
    """
    from graph_cdp.cli.progress import bar_of_steps
    from graph_cdp.local_neo4j import CURRENT
    from graph_cdp.local_neo4j import start as start_server

    with bar_of_steps() as progress:
        running = start_server(
            folder, version=version or CURRENT, bolt_port=bolt_port, http_port=http_port, progress=progress
        )
    _show(running, output)
    return OK


@command("graph-cdp neo4j stop", "graph-cdp neo4j stop --dir /data/neo4j")
def stop(folder: DirOption = _FOLDER, output: FormatOption = Format.TEXT) -> ExitCode:
    """Stop the Neo4j of a folder; its data stay. Exits 1 where none ran."""
    from graph_cdp.cli.show import emit, plain
    from graph_cdp.local_neo4j import stop as stop_server

    stopped = stop_server(folder)
    told = f"Stopped the Neo4j in {folder}." if stopped else f"No Neo4j runs in {folder}."
    emit(output, {"stopped": stopped, "dir": str(folder.resolve())}, lambda: [plain(told)])
    return OK if stopped else NEGATIVE


@command("graph-cdp neo4j status", "graph-cdp neo4j status --format json | jq -r .store")
def status(folder: DirOption = _FOLDER, output: FormatOption = Format.TEXT) -> ExitCode:
    """Tell whether the Neo4j of a folder runs, and how to reach it. Exits 1 where it does not."""
    from graph_cdp.cli.show import emit, plain
    from graph_cdp.local_neo4j import Running
    from graph_cdp.local_neo4j import status as server_status

    found = server_status(folder)
    if isinstance(found, Running):
        _show(found, output)
        return OK
    kept = f"; it holds data of Neo4j {found.version}" if found.version else ""
    value = {"running": False, "version": found.version, "dir": str(found.dir)}
    emit(output, value, lambda: [plain(f"No Neo4j runs in {found.dir}{kept}.")])
    return NEGATIVE


@command("graph-cdp neo4j dump --dir graph --to backup/monday")
def dump(
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Where neo4j.dump goes.", show_default=False)],
    folder: DirOption = _FOLDER,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Back up the Neo4j of a folder into one file. It must be stopped."""
    from graph_cdp.cli.show import emit, plain
    from graph_cdp.local_neo4j import dump as dump_data

    place = dump_data(folder, to)
    value = {"dump": str(place), "bytes": place.stat().st_size}
    emit(output, value, lambda: [plain(f"Backed up to {place}.")])
    return OK


@command("graph-cdp neo4j load --dir graph --from backup/monday")
def load(
    source: Annotated[Path, typer.Option("--from", metavar="FOLDER", help="Where neo4j.dump is.", show_default=False)],
    folder: DirOption = _FOLDER,
    version: VersionOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Restore a back-up into a folder, new or not: it replaces all data there. The Neo4j must be stopped."""
    from graph_cdp.cli.progress import bar_of_steps
    from graph_cdp.cli.show import emit, plain
    from graph_cdp.local_neo4j import load as load_data

    with bar_of_steps() as progress:
        load_data(folder, source, version=version, progress=progress)
    value = {"loaded": str(source.resolve()), "dir": str(folder.resolve())}
    emit(output, value, lambda: [plain(f"Restored {source} into {folder}.")])
    return OK


@command("graph-cdp neo4j path", "ls $(graph-cdp neo4j path --version 5.26.30)/lib")
def path(version: VersionOption = None, output: FormatOption = Format.TEXT) -> ExitCode:
    """Tell where an installed version of Neo4j lies; its jars are in lib."""
    from graph_cdp.cli.show import emit, plain
    from graph_cdp.local_neo4j import CURRENT
    from graph_cdp.local_neo4j import path as path_of

    version = version or CURRENT
    place = path_of(version)
    emit(output, {"version": version, "path": str(place)}, lambda: [plain(str(place))])
    return OK


def _show(running: "Running", output: Format) -> None:
    from graph_cdp.cli.show import emit, facts

    value = {"running": True, **asdict(running), "dir": str(running.dir)}
    shown = {name.replace("_", " "): str(value[name]) for name in ("store", "browser", "version", "dir", "pid")}
    title = "Neo4j runs already" if running.already else "Neo4j runs"
    emit(output, value, lambda: [facts(title, shown)])
