"""Why two records have their score, as a picture: from the prior, bar by bar, to the sum."""

from collections.abc import Iterator

from graph_cdp.cli.svg import block, line, picture, short, ticks, words
from graph_cdp.cli.waterfall_shown import percent, steps_of
from graph_cdp.match import Waterfall

_WIDTH, _TOP, _ROW, _BAR = 960, 78, 34, 16
_VALUES, _LEFT, _RIGHT = 150, 520, 900
_LONGEST = 26


def waterfall_svg(found: Waterfall, a: str, b: str) -> str:
    """The picture as SVG text."""
    steps = steps_of(found)
    ends = [0.0, *(end for step in steps for end in (step.begin, step.end))]
    low, high = min(ends), max(ends)
    scale = (_RIGHT - _LEFT) / (high - low or 1.0)
    bottom = _TOP + _ROW * len(steps)

    def x(bits: float) -> float:
        return _LEFT + (bits - low) * scale

    def parts() -> Iterator[str]:
        yield words(24, 30, f"{short(a, 40)} and {short(b, 40)}: {percent(found.score)}, {found.band}", "title")
        yield words(24, 52, "attribute", "note")
        yield words(_VALUES, 52, "the two values, and how they relate", "note")
        yield words(_RIGHT, 52, "weight in bits", "note end")
        for bits in ticks(low, high):
            yield line(x(bits), _TOP - 8, x(bits), bottom, "zero" if bits == 0 else "axis")
            yield words(x(bits), bottom + 16, f"{bits:g}", "note middle")
        for number, step in enumerate(steps):
            y = _TOP + _ROW * number
            yield words(24, y + 12, step.attribute)
            yield words(_VALUES, y + 5, _values(step.a, step.b))
            yield words(_VALUES, y + 20, step.relation, "note")
            if number:
                before = x(steps[number - 1].end)
                yield line(before, y - _ROW + _BAR, before, y, "step")
            yield block(x(min(step.begin, step.end)), y, abs(step.end - step.begin) * scale, _BAR, step.kind)
            yield words(x(max(step.begin, step.end)) + 6, y + 12, f"{step.weight:+.1f}", "note")

    return picture(_WIDTH, bottom + 32, f"Why {a} and {b} have a score of {percent(found.score)}", parts())


def _values(a: str | None, b: str | None) -> str:
    if a is None and b is None:
        return ""
    return f"{short(a or '–', _LONGEST)}  ·  {short(b or '–', _LONGEST)}"
