"""`graph-cdp explain`: why two identifiers are, or are not, in one profile."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from typing import TYPE_CHECKING, Annotated

import typer

from graph_cdp.cli.command import OK, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption, PolicyOption, StoreOption

if TYPE_CHECKING:
    from graph_cdp.query.explain import Explanation


@command(
    "graph-cdp explain email:ann@shop.org device_id:8c9f",
    "graph-cdp explain crm_id:17 crm_id:18 --format json | jq .refusals",
)
async def explain(
    a: Annotated[str, typer.Argument(metavar="NS:VALUE", help="One identifier.")],
    b: Annotated[str, typer.Argument(metavar="NS:VALUE", help="The other one.")],
    store: StoreOption = None,
    policy: PolicyOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Tell why two identifiers are or are not in one profile.

    Shows the strongest path of links between them, with the evidence of each; or the refusals, the identifiers that
    are set aside, and the decisions that keep them apart. Exits 1 where no event has named one of them.
    """
    from graph_cdp.cli.explain_shown import explanation_json, explanation_text
    from graph_cdp.cli.opening import opened
    from graph_cdp.cli.show import emit
    from graph_cdp.errors import InputError
    from graph_cdp.normalise import Identifiers
    from graph_cdp.query.explain import explain as explanation_of
    from graph_cdp.query.find import find
    from graph_cdp.store.port import Reading

    async with opened(store, policy) as session:
        rules = session.rules

        async def ask(tx: Reading) -> "Explanation":
            identifiers = Identifiers(rules.policy)
            one, other = await find(tx, a, identifiers), await find(tx, b, identifiers)
            if one == other:
                raise InputError("Both name the same identifier; name two.")
            return await explanation_of(tx, one, other, rules.policy)

        found = await session.store.read(ask)
    emit(output, explanation_json(found), lambda: explanation_text(found))
    return OK
