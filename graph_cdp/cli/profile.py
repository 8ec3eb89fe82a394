"""`graph-cdp profile`: one profile in full."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from typing import TYPE_CHECKING, Annotated

import typer

from graph_cdp.cli.command import NEGATIVE, OK, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption, PolicyOption, StoreOption

if TYPE_CHECKING:
    from graph_cdp.query.profile import ProfileView


@command(
    "graph-cdp profile email:ann@shop.org",
    "graph-cdp profile pro_fi6s4uch6udqmrdijpiq7hwe --events 100",
    "graph-cdp profile email:ann@shop.org --as-of 2026-01-31 --format json | jq .traits",
)
async def profile(
    name: Annotated[
        str, typer.Argument(metavar="NS:VALUE|PROFILE_ID", help="An identifier of the profile, or its id, old or new.")
    ],
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="TIME", help="As it was then, by event time.", show_default=False),
    ] = None,
    events: Annotated[int, typer.Option(min=0, max=10_000, help="How many of its newest events to show.")] = 20,
    store: StoreOption = None,
    policy: PolicyOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Show a profile: its traits with their source, its identifiers, newest events and refusals.

    Exits 1 where nothing is known under that name, or where the identifier is set aside and so in no profile.
    """
    from graph_cdp.cli.decisions_file import moment
    from graph_cdp.cli.opening import opened
    from graph_cdp.cli.profile_shown import profile_json, profile_text
    from graph_cdp.cli.show import emit
    from graph_cdp.domain.identifier import Seen
    from graph_cdp.errors import NotFoundError
    from graph_cdp.normalise import Identifiers
    from graph_cdp.query.as_of import profile_as_of
    from graph_cdp.query.find import find
    from graph_cdp.query.profile import profile_of
    from graph_cdp.store.port import Reading

    at = None if as_of is None else moment(as_of)
    async with opened(store, policy) as session:
        rules = session.rules

        async def ask(tx: Reading) -> "ProfileView | Seen | None":
            key = await find(tx, name, Identifiers(rules.policy))
            if at is None:
                return await profile_of(tx, key, session.store, rules.policy, events)
            return await profile_as_of(tx, key, at, session.store, rules, events)

        found = await session.store.read(ask)
    if found is None:
        raise NotFoundError("No event up to then had named this identifier.")
    emit(output, profile_json(found), lambda: profile_text(found))
    return NEGATIVE if isinstance(found, Seen) else OK
