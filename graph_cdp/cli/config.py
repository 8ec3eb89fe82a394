"""`graph-cdp config`: what is in force."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from graph_cdp.cli.command import OK, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption, PolicyOption, StoreOption


@command("graph-cdp config", "graph-cdp config --format json")
def config(store: StoreOption = None, policy: PolicyOption = None, output: FormatOption = Format.TEXT) -> ExitCode:
    """Show the settings in force and where each comes from; secrets are hidden.

    An option wins over a GRAPH_CDP_* variable, that over the file .env in this folder, that over the default.
    """
    from graph_cdp.cli.show import add, emit, note, plain, table
    from graph_cdp.config import load_settings, shown, unknown_variables

    settings = load_settings(store=store, policy=policy)
    rows = [(variable, value, settings.origins[variable]) for variable, value in shown(settings).items()]
    warnings = unknown_variables()
    made = table("", "variable", "value", "from")
    for row in rows:
        add(made, *row)
    value = {
        "settings": [{"variable": name, "value": value, "origin": origin} for name, value, origin in rows],
        "warnings": warnings,
    }
    emit(output, value, lambda: [made])
    if output is Format.TEXT:
        note(*(plain(f"warning: {warning}", "yellow") for warning in warnings))
    return OK
