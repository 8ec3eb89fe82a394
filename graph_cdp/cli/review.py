"""`graph-cdp review`: the queue of what may need a judgement."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from graph_cdp.cli.command import NEGATIVE, OK, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption, PolicyOption, StoreOption


class Kinds(StrEnum):
    """What a finding says there may be."""

    DUPLICATE = "duplicate"
    FRAUD = "fraud"


class States(StrEnum):
    """How an item stands; `waiting` is open or claimed."""

    WAITING = "waiting"
    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"
    SNOOZED = "snoozed"
    ALL = "all"


class Rulings(StrEnum):
    """What may be said of an item."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    FRAUD = "fraud"
    HARMLESS = "harmless"


ItemArgument: TypeAlias = Annotated[str, typer.Argument(metavar="ITEM", help="The item's id; `review list` shows it.")]
ByOption: TypeAlias = Annotated[str | None, typer.Option(help="Who does it; else the login name.", show_default=False)]
StateOption: TypeAlias = Annotated[States, typer.Option(help="Only items that stand so.")]
KindOption: TypeAlias = Annotated[Kinds | None, typer.Option(help="Only items of this kind.", show_default=False)]


@command("graph-cdp review list", "graph-cdp review list --kind fraud --min-score 0.8 --format json")
async def list_(
    kind: KindOption = None,
    state: StateOption = States.WAITING,
    min_score: Annotated[float, typer.Option(min=0, max=1, help="Only items with at least this score.")] = 0.0,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 20,
    after: Annotated[
        str | None, typer.Option(metavar="CURSOR", help="Go on behind this place.", show_default=False)
    ] = None,
    store: StoreOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """List the queue, most useful first: where a judgement is expected to put most right."""
    from graph_cdp.cli.opening import now_millis, opened_store
    from graph_cdp.cli.review_shown import page_json, page_text
    from graph_cdp.cli.reviewing import filter_of
    from graph_cdp.cli.show import emit
    from graph_cdp.config import load_settings
    from graph_cdp.query.review import item_page

    wanted, now = filter_of(kind and kind.value, state.value, min_score), now_millis()
    async with opened_store(load_settings(store=store)) as open_one:
        page = await open_one.read(lambda tx: item_page(tx, wanted, now, limit, after))
    emit(output, page_json(page, now), lambda: page_text(page, now))
    return OK


@command("graph-cdp review show rev_mfrggzdfmztwq2lkmfrggzdf")
async def show(
    item: ItemArgument, store: StoreOption = None, policy: PolicyOption = None, output: FormatOption = Format.TEXT
) -> ExitCode:
    """Show an item: why it was found, both sides, what deciding would do, and what reviewers did."""
    from graph_cdp.cli.opening import now_millis, opened
    from graph_cdp.cli.review_shown import item_text, sides_json
    from graph_cdp.cli.reviewing import sides_of
    from graph_cdp.cli.show import emit

    async with opened(store, policy) as session:
        sides = await sides_of(session, item)
    emit(output, sides_json(sides, now_millis()), lambda: item_text(sides, now_millis()))
    return OK


@command("graph-cdp review claim rev_mfrggzdfmztwq2lkmfrggzdf --by kim")
async def claim(
    item: ItemArgument,
    by: ByOption = None,
    store: StoreOption = None,
    policy: PolicyOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Take an item on for a day: nobody else can decide it meanwhile."""
    from graph_cdp.cli.review_deeds import Deed, do_and_show

    return await do_and_show(store, policy, output, Deed("claim", (item,), by))


@command(
    'graph-cdp review decide same rev_mfrggzdfmztwq2lkmfrggzdf --reason "one address, one birthday"',
    "graph-cdp review list --kind fraud --format json | jq -r '.items[].id'"
    ' | xargs graph-cdp review decide harmless --reason "the new shop"',
)
async def decide(
    verdict: Annotated[
        Rulings, typer.Argument(help="same, different, unsure of a duplicate; fraud, harmless, unsure of a fraud item.")
    ],
    item: Annotated[list[str], typer.Argument(metavar="ITEM", help="The items' ids, up to 100.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    by: ByOption = None,
    store: StoreOption = None,
    policy: PolicyOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Decide items, and show what changes. Exits 1 where one cannot be decided; the others are.

    Where several reviewers must agree (GRAPH_CDP_REVIEWERS), nothing changes until they do.
    """
    from graph_cdp.cli.review_deeds import Deed, do_and_show

    deed = Deed("decide", tuple(item), by, reason, ruling=verdict.value)
    return await do_and_show(store, policy, output, deed)


@command("graph-cdp review snooze rev_mfrggzdfmztwq2lkmfrggzdf --until 2026-12-01")
async def snooze(
    item: ItemArgument,
    until: Annotated[str, typer.Option(metavar="TIME", help="When it is to be open again.")],
    by: ByOption = None,
    store: StoreOption = None,
    policy: PolicyOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Put an item off until a time."""
    from graph_cdp.cli.review_deeds import Deed, do_and_show

    return await do_and_show(store, policy, output, Deed("snooze", (item,), by, until=until))


@command('graph-cdp review note rev_mfrggzdfmztwq2lkmfrggzdf --text "asked the shop in Graz"')
async def note(
    item: ItemArgument,
    text: Annotated[str, typer.Option(help="The note.")],
    by: ByOption = None,
    store: StoreOption = None,
    policy: PolicyOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Leave a note at an item, whatever its state."""
    from graph_cdp.cli.review_deeds import Deed, do_and_show

    return await do_and_show(store, policy, output, Deed("note", (item,), by, text))


@command("graph-cdp review undo rev_mfrggzdfmztwq2lkmfrggzdf")
async def undo(
    item: ItemArgument,
    by: ByOption = None,
    store: StoreOption = None,
    policy: PolicyOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Take the last act on an item back, notes aside; the profiles are what they were, ids included."""
    from graph_cdp.cli.review_deeds import Deed, do_and_show

    return await do_and_show(store, policy, output, Deed("undo", (item,), by))


@command("graph-cdp review refresh", "graph-cdp review refresh --whole")
async def refresh(
    whole: Annotated[bool, typer.Option("--whole", help="Look at all profiles, not at those touched alone.")] = False,
    store: StoreOption = None,
    policy: PolicyOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Look for what may need a judgement, in the profiles that changed since it was done last."""
    from graph_cdp.cli.opening import opened
    from graph_cdp.cli.review_shown import put_json, put_text
    from graph_cdp.cli.show import emit
    from graph_cdp.service.review.refresh import refresh as refreshed

    async with opened(store, policy) as session:
        put = await refreshed(session.store, session.rules.policy, whole=whole)
    emit(output, put_json(put), lambda: put_text(put))
    return OK


@command("graph-cdp review export --state open --output queue.csv", "graph-cdp review export --state decided")
async def export(
    kind: KindOption = None,
    state: StateOption = States.ALL,
    to: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to; else standard output.", show_default=False),
    ] = None,
    store: StoreOption = None,
) -> ExitCode:
    """Write the queue as CSV: a line an item, with what was decided, by whom and why. Fill it in, and import it."""
    from graph_cdp.cli.opening import now_millis, opened_store
    from graph_cdp.cli.review_file import write_items
    from graph_cdp.cli.reviewing import filter_of
    from graph_cdp.config import load_settings

    async with opened_store(load_settings(store=store)) as open_one:
        await write_items(open_one, filter_of(kind and kind.value, state.value), now_millis(), to)
    return OK


@command("graph-cdp review import queue.csv --by kim")
async def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with the columns item, verdict, reason; maybe by.")],
    by: ByOption = None,
    store: StoreOption = None,
    policy: PolicyOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Decide the items of a CSV file that have a verdict there; those decided so already stay as they are.

    Exits 1 where some cannot be decided: they are told with their line, the others are decided.
    """
    from graph_cdp.cli.opening import opened
    from graph_cdp.cli.review_file import imported, imported_json, imported_text
    from graph_cdp.cli.show import emit
    from graph_cdp.cli.whoami import whoami

    async with opened(store, policy) as session:
        done = await imported(session, file, whoami(by))
    emit(output, imported_json(done), lambda: imported_text(done))
    return NEGATIVE if done.refused else OK


@command("graph-cdp review walk", "graph-cdp review walk --kind duplicate --by kim")
async def walk(
    kind: KindOption = None,
    by: ByOption = None,
    store: StoreOption = None,
    policy: PolicyOption = None,
) -> ExitCode:
    """Go through the queue in a terminal, item by item: both sides, the evidence, and a question."""
    from graph_cdp.cli.opening import opened
    from graph_cdp.cli.review_walk import walk_through
    from graph_cdp.cli.reviewing import filter_of
    from graph_cdp.cli.whoami import whoami

    async with opened(store, policy) as session:
        await walk_through(session, filter_of(kind and kind.value, "waiting"), whoami(by))
    return OK


def walk_in_a_terminal(context: typer.Context) -> None:
    """Without a command: go through the queue where somebody sits at a terminal, else show the help."""
    if context.invoked_subcommand is not None:
        return
    if not sys.stdin.isatty():
        typer.echo(context.get_help())
        raise typer.Exit
    walk.function()


COMMANDS = (list_, show, claim, decide, snooze, note, undo, refresh, export, import_, walk)
