"""A judgement in JSON and in words."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from rich.console import RenderableType
from rich.text import Text

from graph_cdp.cli.evaluating import Curves, Evaluation
from graph_cdp.cli.match_shown import records_json
from graph_cdp.cli.show import Drawn, add, facts, plain, table
from graph_cdp.match import Agreement, Curve

_BAR, _NARROW = 30, 10


def evaluation_json(found: Evaluation) -> dict[str, object]:
    """A judgement for programs."""
    judged, curves = found.agreement, found.curves
    return {
        **records_json(found.records),
        "judged": judged.members,
        "persons": judged.persons,
        "clusters": judged.groups,
        **{
            name: {"precision": precision, "recall": recall, "f1": f1}
            for name, _, precision, recall, f1 in _measures(judged)
        },
        "pairs": {"found": judged.pairs_found, "true": judged.pairs_true, "right": judged.pairs_right},
        "persons_exact": judged.persons_exact,
        "persons_split": judged.persons_split,
        "clusters_mixed": judged.groups_mixed,
        "threshold": curves and curves.chosen,
        "curves": curves and {"pairs": _curve_json(curves.pairs), "clusters": _curve_json(curves.clusters)},
    }


def _measures(judged: Agreement) -> Iterator[tuple[str, str, float, float, float]]:
    pairwise = "pairs of records in one cluster"
    yield "pairwise", pairwise, judged.precision, judged.recall, judged.f1
    yield "whole", "clusters that are one person, whole", judged.whole_precision, judged.whole_recall, judged.whole_f1
    b_cubed = "what a record finds in its cluster"
    yield "b_cubed", b_cubed, judged.b_cubed_precision, judged.b_cubed_recall, judged.b_cubed_f1


def _curve_json(curve: Curve) -> list[dict[str, float]]:
    columns = {"threshold": curve.threshold, "precision": curve.precision, "recall": curve.recall, "f1": curve.f1}
    return [dict(zip(columns, at, strict=True)) for at in np.column_stack(list(columns.values())).tolist()]


def evaluation_text(found: Evaluation) -> Iterator[RenderableType]:
    """A judgement for persons."""
    judged = found.agreement
    made = table("How well clusters agree with the truth", "judged by", "precision", "recall", "F1", "of",
                 right=("precision", "recall", "F1"))  # fmt: skip
    for name, words, *shares in _measures(judged):
        add(made, name.replace("_", "-"), *(f"{share:.4f}" for share in shares), plain(words, "dim"))
    yield made
    yield facts(
        "",
        {
            "judged": f"{judged.members:,} of {len(found.records.table):,} records, of {judged.persons:,} persons",
            "exact": f"{judged.persons_exact:,} persons are one cluster and nothing else",
            "split": f"{judged.persons_split:,} persons are in several clusters",
            "mixed": f"{judged.groups_mixed:,} of {judged.groups:,} clusters hold several persons",
            "pairs": f"{judged.pairs_right:,} right of {judged.pairs_found:,} found; {judged.pairs_true:,} are true",
        },
    )
    if found.curves is not None:
        yield from _curve_text(found.curves)


def _curve_text(curves: Curves) -> Iterator[RenderableType]:
    """Some of the thresholds that were tried, the chosen and the best among them."""
    curve = curves.clusters
    best, chosen = int(curve.f1.argmax()), int(np.searchsorted(curve.threshold, curves.chosen))
    shown = sorted({*range(0, len(curve.threshold), 2), best, chosen})
    made = table("Clusters at other thresholds", "bits", "precision", "recall", "F1", "", "",
                 right=("bits", "precision", "recall", "F1"))  # fmt: skip
    for at in shown:
        f1 = float(curve.f1[at])
        note = "chosen, without the truth" if at == chosen else "the best, with the truth known" if at == best else ""
        add(
            made, f"{curve.threshold[at]:.1f}", f"{curve.precision[at]:.4f}", f"{curve.recall[at]:.4f}", f"{f1:.4f}",
            Drawn(partial(_bar, f1), _NARROW, _BAR), plain(note, "bold"),
        )  # fmt: skip
    yield made


def _bar(share: float, width: int) -> Text:
    return Text("█" * round(width * share), style="cyan")
