"""An explanation in JSON and in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from graph_cdp.cli.decisions_shown import decision_json, decisions_table, in_order
from graph_cdp.cli.profile_shown import event_json, minute, refusal_json, span, why_aside
from graph_cdp.cli.show import add, plain, table
from graph_cdp.cli.simulating import because
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import Link
from graph_cdp.domain.times import iso
from graph_cdp.query.explain import Aside, Explanation, Step, Verdict

_SHOWN = 10
_TIMES = {1: "once", 2: "twice"}

_ANSWER: dict[Verdict, str] = {
    "same_profile": "are in one profile. The strongest path of links from one to the other:",
    "kept_apart": "are in one cluster, and kept apart. The strongest path between them, with what did not join:",
    "set_aside": "are not in one profile: what could connect them is set aside.",
    "unconnected": "are not connected: no events and no decision lead from one to the other.",
}


def explanation_json(found: Explanation) -> dict[str, object]:
    """An explanation for programs."""
    return {
        "a": found.a,
        "b": found.b,
        "verdict": found.verdict,
        "path": [_step_json(step) for step in found.path],
        "refusals": [refusal_json(refusal) for refusal in found.refusals],
        "set_aside": [
            {"identifier": aside.seen.key, "reason": aside.seen.set_aside, "linked": aside.linked}
            for aside in found.aside
        ],
        "decisions": [decision_json(decision, found.decisions) for decision in in_order(found.decisions)],
    }


def _step_json(step: Step) -> dict[str, object]:
    link = step.link
    return {
        "a": link.low,
        "b": link.high,
        "kind": link.kind,
        "count": link.count,
        "first_seen": iso(link.first_seen),
        "last_seen": iso(link.last_seen),
        "sources": link.sources,
        "score": link.score,
        "refused": step.refusal and {"reason": step.refusal.reason, "namespace": step.refusal.namespace},
        "examples": [event_json(event) for event in step.examples],
    }


def explanation_text(found: Explanation) -> Iterator[RenderableType]:
    """An explanation for persons."""
    answer = plain(found.a, "bold")
    answer.append(" and ").append_text(plain(found.b, "bold")).append(f" {_ANSWER[found.verdict]}")
    yield answer
    if found.path:
        yield _drawn(found.a, found.path)
    for aside in found.aside:
        yield plain(f"{aside.seen.key} is set aside: {why_aside(aside.seen)}{_counts(aside)}.")
    if found.refusals:
        made = table("Links that were refused between the two profiles", "between", "and", "reason")
        for refusal in found.refusals[:_SHOWN]:
            add(made, refusal.low, refusal.high, because(refusal.reason, refusal.namespace))
        yield made
    if found.decisions:
        yield decisions_table("Decisions", found.decisions)


def _counts(aside: Aside) -> str:
    if not aside.linked:
        return ""
    return " (" + ", ".join(f"{count:,} {namespace}" for namespace, count in sorted(aside.linked.items())) + ")"


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Lines, each behind a bar; what is too wide goes on below, behind its bar."""

    lines: list[tuple[Text, Text]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text()
        for bar, words in self.lines:
            for part in words.wrap(console, max(options.max_width - bar.cell_len, 1)):
                yield bar + part
        yield Text()


def _drawn(start: Key, path: tuple[Step, ...]) -> _Drawn:
    """The path from top to bottom, the evidence between the identifiers."""
    here, indent = start, Text("  ")
    lines = [(indent, plain(here, "bold cyan"))]
    for step in path:
        refusal = step.refusal
        bar = Text("  ╎ ", "yellow") if refusal else Text("  │ ", "green")
        if refusal:
            lines.append((bar, Text(f"refused: {because(refusal.reason, refusal.namespace)}", "yellow")))
        lines.append((bar, plain(_evidence(step.link))))
        for event in step.examples:
            words = f"e.g. {event.name or event.type}, {minute(event.at)}, {event.source} ({event.id})"
            lines.append((bar, plain(words, "dim")))
        here = step.link.high if step.link.low == here else step.link.low
        lines.append((indent, plain(here, "bold cyan")))
    return _Drawn(lines)


def _evidence(link: Link) -> str:
    sources = ", ".join(link.sources)
    match link.kind:
        case "manual":
            return f"decided same by {sources}, {span(link.first_seen, link.last_seen)}"
        case "matched":
            return f"matched with a score of {link.score:.3f}, by the model {sources}"
        case _:
            times = _TIMES.get(link.count, f"{link.count:,} times")
            return f"named together {times}, {span(link.first_seen, link.last_seen)}, by {sources}"
