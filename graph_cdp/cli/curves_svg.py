"""How precision and recall move with the threshold, as a picture."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from graph_cdp.cli.evaluating import Curves
from graph_cdp.cli.svg import curve, dot, line, picture, ticks, words
from graph_cdp.match import Curve
from graph_cdp.match.matched import Floats

_TOP, _HEIGHT, _WIDTH = 64, 300, 380
_MEASURES = ("precision", "recall", "f1")


class _Panel(NamedTuple):
    """Axes in pixels, and what they run over."""

    left: float
    x_low: float
    x_high: float
    y_low: float

    def x(self, value: float) -> float:
        return self.left + (value - self.x_low) / ((self.x_high - self.x_low) or 1.0) * _WIDTH

    def y(self, value: float) -> float:
        return _TOP + (1 - value) / (1 - self.y_low) * _HEIGHT


def curves_svg(curves: Curves) -> str:
    """Two panels: clusters by threshold, with the one chosen, and precision over recall of pairs and of clusters."""
    return picture(960, _TOP + _HEIGHT + 56, "Precision and recall by threshold", _parts(curves))


def _parts(curves: Curves) -> Iterator[str]:
    clusters = curves.clusters
    low = min(float(getattr(clusters, name).min()) for name in _MEASURES)
    by_threshold = _Panel(56, float(clusters.threshold[0]), float(clusters.threshold[-1]), _floor(low))
    yield words(56, 30, "Clusters, by the threshold they are joined at", "title")
    yield from _axes(by_threshold, "threshold in bits")
    join = by_threshold.x(curves.chosen)
    yield line(join, _TOP, join, _TOP + _HEIGHT, "mark")
    yield words(join, _TOP - 8, "chosen", "note middle")
    for number, name in enumerate(_MEASURES):
        values: Floats = getattr(clusters, name)
        points = zip(clusters.threshold.tolist(), values.tolist(), strict=True)
        yield curve(((by_threshold.x(at), by_threshold.y(value)) for at, value in points), name)
        yield words(56 + 100 * number, _TOP + _HEIGHT + 48, "F1" if name == "f1" else name, f"said-{name}")
    yield from _precision_over_recall(curves)


def _precision_over_recall(curves: Curves) -> Iterator[str]:
    clusters, at = curves.clusters, int(np.searchsorted(curves.clusters.threshold, curves.chosen))
    low = min(float(clusters.recall[at]), float(clusters.precision[at])) - 0.2
    panel = _Panel(540, _floor(low), 1.0, _floor(low))
    yield words(540, 30, "Precision over recall", "title")
    yield from _axes(panel, "recall")
    for one, kind in ((curves.pairs, "recall faint"), (clusters, "precision")):
        yield curve(((panel.x(x), panel.y(y)) for x, y in _inside(one, panel)), kind)
    yield dot(panel.x(float(clusters.recall[at])), panel.y(float(clusters.precision[at])))
    yield words(540, _TOP + _HEIGHT + 48, "clusters", "said-precision")
    yield words(640, _TOP + _HEIGHT + 48, "pairs alone", "said-recall")
    yield words(740, _TOP + _HEIGHT + 48, "● chosen")


def _inside(one: Curve, panel: _Panel) -> Iterator[tuple[float, float]]:
    for recall, precision in zip(one.recall.tolist(), one.precision.tolist(), strict=True):
        if recall >= panel.x_low and precision >= panel.y_low:
            yield recall, precision


def _axes(panel: _Panel, label: str) -> Iterator[str]:
    bottom, right = _TOP + _HEIGHT, panel.left + _WIDTH
    for share in ticks(panel.y_low, 1.0, 5):
        yield line(panel.left, panel.y(share), right, panel.y(share), "axis")
        yield words(panel.left - 8, panel.y(share) + 4, f"{share:g}", "note end")
    for value in ticks(panel.x_low, panel.x_high):
        yield line(panel.x(value), bottom, panel.x(value), bottom + 4, "axis")
        yield words(panel.x(value), bottom + 18, f"{value:g}", "note middle")
    yield words(right, bottom + 34, label, "note end")


def _floor(share: float) -> float:
    """Where an axis begins: a tenth below the least, rounded."""
    return float(min(0.9, max(0.0, np.floor(share * 10) / 10)))
