"""Why two records have their score, in JSON and as bars in a terminal."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.text import Text

from graph_cdp.cli.show import add, plain, table
from graph_cdp.match import Waterfall

_NARROWEST, _WIDEST = 12, 37
_STYLES = {"start": "dim", "for": "green", "against": "red", "sum": "bold blue"}
_VERDICT = {
    "join": "are taken for the same person",
    "review": "may be the same person: a reviewer should look",
    "apart": "are not taken for the same person",
}


class Step(NamedTuple):
    """One bar of a waterfall: from `begin` to `end` in bits. `kind`: start, for, against, sum."""

    attribute: str
    relation: str
    a: str | None
    b: str | None
    weight: float
    begin: float
    end: float
    kind: str


def steps_of(found: Waterfall) -> list[Step]:
    """The bars from the prior to the sum."""
    steps = [Step("before", "of two records picked as these were", None, None, found.prior, 0.0, found.prior, "start")]
    for bar in found.bars:
        begin = steps[-1].end
        kind = "for" if bar.weight >= 0 else "against"
        steps.append(Step(bar.attribute, bar.relation, bar.a, bar.b, bar.weight, begin, begin + bar.weight, kind))
    return [*steps, Step("sum", found.band, None, None, found.weight, 0.0, found.weight, "sum")]


def percent(score: float) -> str:
    """A probability, never rounded to certainty."""
    for digits in range(1, 7):
        shown = f"{score:.{digits}%}"
        if float(shown[:-1]) not in {0.0, 100.0} or score in {0.0, 1.0}:
            return shown
    return "over 99.999999%" if score > 0.5 else "below 0.000001%"


def waterfall_json(found: Waterfall, a: str, b: str) -> dict[str, object]:
    """A waterfall for programs: `prior` and the bars' weights add up to `weight`, in bits."""
    return {"a": a, "b": b, **found._asdict(), "bars": [bar._asdict() for bar in found.bars]}


def waterfall_text(found: Waterfall, a: str, b: str) -> Iterator[RenderableType]:
    """A waterfall for persons."""
    said = plain(a, "bold").append(" and ").append_text(plain(b, "bold"))
    yield said.append(f" {_VERDICT[found.band]}: {percent(found.score)}, {found.weight:+.1f} bits")
    steps = steps_of(found)
    ends = [0.0, *(step.end for step in steps)]
    low, high = min(ends), max(ends)
    made = table("", "attribute", "first", "second", "how they relate", "bits", "", right=("bits",))
    for step in steps:
        attribute, relation, a_value, b_value, weight, begin, end, kind = step
        values = (a_value, b_value) if kind in {"for", "against"} else ("", "")
        style = _STYLES[kind]
        bar = _Bar(begin, end, low, high, style)
        add(made, attribute, *values, plain(relation, "dim"), plain(f"{weight:+.1f}", style), bar)
    yield made


@dataclass(frozen=True, slots=True)
class _Bar:
    """One bar, from `begin` to `end`, of a scale from `low` to `high`: as wide as there is room for."""

    begin: float
    end: float
    low: float
    high: float
    style: str

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(_NARROWEST, _WIDEST)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = min(options.max_width, _WIDEST)
        scale = (width - 1) / (self.high - self.low or 1.0)
        left, right = (round((bits - self.low) * scale) for bits in sorted((self.begin, self.end)))
        zero = round(-self.low * scale)
        drawn = Text("".join("│" if place == zero else " " for place in range(width)), "dim")
        filled = Text("█" * (right - left) or "▏", self.style)
        yield drawn[:left].append_text(filled).append_text(drawn[left + len(filled) :])
