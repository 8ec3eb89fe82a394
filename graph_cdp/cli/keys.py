"""`graph-cdp keys`: API keys, made, listed and revoked."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from enum import StrEnum
from typing import Annotated, TypeAlias

import typer

from graph_cdp.cli.command import OK, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption, StoreOption


class Scopes(StrEnum):
    """What a key may be good for."""

    COLLECT = "collect"
    READ = "read"
    READ_PII = "read:pii"
    DECIDE = "decide"
    ADMIN = "admin"


ByOption: TypeAlias = Annotated[
    str | None, typer.Option(help="Who does it, for the audit log; else the login name.", show_default=False)
]


@command(
    "graph-cdp keys make --label website --scope collect --source web",
    "graph-cdp keys make --label analysts --scope read --scope read:pii",
    "export KEY=$(graph-cdp keys make --label app --scope collect --format json | jq -r .key)",
)
async def make(
    label: Annotated[str, typer.Option(help="What the key is for, or whose it is.")],
    scope: Annotated[list[Scopes], typer.Option(help="What it may be used for; several times for several.")],
    source: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The source of events sent with it that name none; else the label.",
            show_default=False,
        ),
    ] = None,
    by: ByOption = None,
    store: StoreOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Make an API key and show it, this once: the store keeps a hash of it."""
    from graph_cdp.cli.ledger_shown import key_json, made_text
    from graph_cdp.cli.opening import now_millis, opened_store
    from graph_cdp.cli.show import emit
    from graph_cdp.cli.whoami import whoami
    from graph_cdp.config import load_settings
    from graph_cdp.errors import InputError
    from graph_cdp.service.keys import append_keys, make_key

    if not label.strip():
        raise InputError("--label is empty; whoever revokes keys later wants to know which is which.")
    text, key = make_key(label.strip(), [one.value for one in scope], (source or label).strip(), now_millis())
    async with opened_store(load_settings(store=store), new=True) as open_one:
        await open_one.write(lambda tx: append_keys(tx, [key], whoami(by)))
    emit(output, {"key": text, **key_json(key)}, lambda: made_text(text, key))
    return OK


@command("graph-cdp keys list", "graph-cdp keys list --format json | jq '.keys[] | select(.revoked_at == null)'")
async def list_(store: StoreOption = None, output: FormatOption = Format.TEXT) -> ExitCode:
    """List all API keys, revoked ones marked; the keys themselves are kept nowhere."""
    from graph_cdp.cli.ledger_shown import key_json, keys_text
    from graph_cdp.cli.opening import opened_store
    from graph_cdp.cli.show import emit
    from graph_cdp.config import load_settings

    async with opened_store(load_settings(store=store)) as open_one:
        every = await open_one.read(lambda tx: tx.keys())
    emit(output, {"keys": [key_json(key) for key in every]}, lambda: keys_text(every))
    return OK


@command("graph-cdp keys revoke mfrggzdfmztwq2lk")
async def revoke(
    key: Annotated[str, typer.Argument(metavar="ID", help="The public part of the key, as `keys list` shows it.")],
    by: ByOption = None,
    store: StoreOption = None,
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Make an API key invalid for good. Workers that are running go by it within seconds."""
    from graph_cdp.cli.ledger_shown import key_json
    from graph_cdp.cli.opening import now_millis, opened_store
    from graph_cdp.cli.show import emit, plain
    from graph_cdp.cli.whoami import whoami
    from graph_cdp.config import load_settings
    from graph_cdp.service.keys import revoke_key

    async with opened_store(load_settings(store=store)) as open_one:
        revoked = await open_one.write(lambda tx: revoke_key(tx, key, whoami(by), now_millis()))
    emit(output, key_json(revoked), lambda: [plain(f"Revoked: {revoked.label} ({revoked.id}).")])
    return OK
