"""Signs of fraud in JSON and in words."""

from collections.abc import Collection, Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from graph_cdp.cli.show import add, plain, table
from graph_cdp.domain.review import Finding
from graph_cdp.errors import InputError
from graph_cdp.fraud import RULES
from graph_cdp.resolve import ProfileIds
from graph_cdp.review import item_of
from graph_cdp.service.fraud.scan import Scan


def known_rules(names: Collection[str]) -> frozenset[str]:
    """The rules that are named, or all. Raises InputError for a name that is none."""
    for name in names:
        if name not in RULES:
            raise InputError(f"--rule: '{name}' is no rule; the rules are {', '.join(RULES)}.")
    return frozenset(names or RULES)


def scan_json(found: Scan, top: int, ids: ProfileIds) -> dict[str, object]:
    """A scan for programs."""
    return {
        "looked_at": "everything" if found.whole else "changes",
        "findings": [finding_json(one, ids) for one in found.findings[:top]],
        "total": len(found.findings),
        "queue": found.put._asdict(),
    }


def finding_json(one: Finding, ids: ProfileIds) -> dict[str, object]:
    """A finding, with the id of its item in the queue."""
    return {
        "item": item_of(one, ids).id,
        "rule": one.rule,
        "score": one.score,
        "identifiers": one.keys,
        "reasons": [reason.worded(str) for reason in one.reasons],
        "evidence": [{"what": what, "figure": figure, "identifiers": keys} for what, figure, keys in one.evidence],
    }


def scan_text(found: Scan, top: int, ids: ProfileIds) -> Iterator[RenderableType]:
    """A scan for persons."""
    where = "in the whole store" if found.whole else "around what changed since the last scan"
    if not found.findings:
        yield plain(f"No signs of fraud {where}.")
        return
    yield findings_text(found.findings[:top], ids)
    if len(found.findings) > top:
        yield plain(f"… and {len(found.findings) - top:,} more: --top {len(found.findings)}", "dim")
    yield plain(
        f"{len(found.findings):,} findings {where}; {found.put.new:,} new in the queue, {found.put.gone:,} gone."
    )
    yield plain("Go on: `graph-cdp review list --kind fraud`, `graph-cdp review show ITEM`.", "dim")


def findings_text(findings: Sequence[Finding], ids: ProfileIds) -> RenderableType:
    """Findings in a table."""
    made = table("Most suspicious first", "score", "rule", "why", "item", right=("score",), whole=("item",))
    for one in findings:
        why = "\n".join(reason.worded(str) for reason in one.reasons)
        add(made, Text(f"{one.score:.2f}", style=_style(one.score)), one.rule, why, item_of(one, ids).id)
    return made


def _style(score: float) -> str:
    return "bold red" if score >= 0.8 else "yellow" if score >= 0.6 else ""
