"""`graph-cdp policy check`: what is wrong with a policy."""

# Commands import what they use when they run: `--help` waits for nothing.
# ruff: noqa: PLC0415

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from graph_cdp.cli.command import OK, UNUSABLE, ExitCode, command
from graph_cdp.cli.options import Format, FormatOption


@command("graph-cdp policy check policy.toml", "graph-cdp policy check policy.toml --format json | jq .problems")
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A policy file.")],
    output: FormatOption = Format.TEXT,
) -> ExitCode:
    """Find everything that is wrong with a policy, each problem with its line and key.

    Exits 2 where it cannot be used; warnings alone exit 0.
    """
    from graph_cdp.cli.show import emit, plain
    from graph_cdp.policies import check_policy, policy_text

    report = check_policy(policy_text(file), str(file))
    value = {
        "file": str(file),
        "usable": report.policy is not None,
        "problems": [
            {
                "severity": problem.severity,
                "line": problem.line,
                "column": problem.column,
                "key": problem.key or None,
                "message": problem.message,
            }
            for problem in report.problems
        ],
    }
    style = {"error": "red", "warning": "yellow"}
    lines = [plain(f"{problem.severity}: {problem}", style[problem.severity]) for problem in report.problems]
    told = f"{file}: {_counted(report.errors, 'error')}, {_counted(report.warnings, 'warning')}"
    emit(output, value, lambda: [*lines, plain(told, "bold") if lines else plain(f"{file}: all is well", "green")])
    return UNUSABLE if report.errors else OK


def _counted(problems: Sequence[object], word: str) -> str:
    return f"{len(problems)} {word}{'' if len(problems) == 1 else 's'}"
