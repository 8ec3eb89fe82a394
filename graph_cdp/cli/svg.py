"""Small pictures as SVG text, readable in light and in dark."""

from collections.abc import Iterable, Sequence
from html import escape
from math import ceil, floor, log10

STYLE = """
  .page { fill: #ffffff }
  text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 14px; font-weight: 600 }
  .note { font-size: 11px; fill: #59636e }
  .end { text-anchor: end } .middle { text-anchor: middle }
  .axis { stroke: #d1d9e0 } .zero, .mark { stroke: #59636e } .mark, .step { stroke-dasharray: 3 3 }
  .step { stroke: #afb8c1 }
  .for { fill: #1a7f37 } .against { fill: #cf222e } .start { fill: #818b98 } .sum { fill: #0969da }
  .curve { fill: none; stroke-width: 2; stroke-linejoin: round } .faint { stroke-width: 1.2; stroke-dasharray: 5 4 }
  .precision { stroke: #0969da } .recall { stroke: #bc4c00 } .f1 { stroke: #1a7f37 }
  .said-precision { fill: #0969da } .said-recall { fill: #bc4c00 } .said-f1 { fill: #1a7f37 }
  .dot { fill: #1f2328 }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text, .dot { fill: #f0f6fc } .note { fill: #9198a1 }
    .axis { stroke: #3d444d } .zero, .mark { stroke: #9198a1 } .step { stroke: #656c76 }
    .for { fill: #3fb950 } .against { fill: #f85149 } .start { fill: #9198a1 } .sum { fill: #4493f8 }
    .precision { stroke: #4493f8 } .recall { stroke: #db6d28 } .f1 { stroke: #3fb950 }
    .said-precision { fill: #4493f8 } .said-recall { fill: #db6d28 } .said-f1 { fill: #3fb950 }
  }
"""


def picture(width: float, height: float, label: str, parts: Iterable[str]) -> str:
    """The parts on one page of so many pixels."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-label="{escape(_sound(label))}">'
    )
    page = f'<rect class="page" width="{width:g}" height="{height:g}"/>'
    return "\n".join([head, f"<style>{STYLE}</style>", page, *parts, "</svg>", ""])


def words(x: float, y: float, text: str, kind: str = "") -> str:
    """Text on a line."""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(_sound(text))}</text>'


def block(x: float, y: float, width: float, height: float, kind: str) -> str:
    """A filled block; never so narrow that it cannot be seen."""
    wide = max(width, 1.0)
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{height:.1f}" rx="2"/>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line."""
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def curve(points: Iterable[tuple[float, float]], kind: str) -> str:
    """A line through points."""
    return f'<polyline class="curve {kind}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'


def dot(x: float, y: float, kind: str = "dot") -> str:
    """A point."""
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'


def ticks(low: float, high: float, about: int = 6) -> Sequence[float]:
    """Round numbers from `low` to `high`, about so many."""
    rough = (high - low) / max(1, about) or 1.0
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return [step * number for number in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def short(text: str, longest: int) -> str:
    """The text, cut where it is longer."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _sound(text: str) -> str:
    """XML knows no control characters, escaped or not."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)
