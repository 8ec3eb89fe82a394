"""docs/operations.md tells every metric, with its labels, and no other."""

import re
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram

from api.ops import metrics

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")


def test_the_page_names_every_metric_with_its_labels_and_no_other():
    rows = re.findall(r"^\| (`graph_cdp_[^|]*)\|([^|]*)\|", PAGE, re.MULTILINE)
    told = {
        name: tuple(re.findall(r"`(\w+)`", labels.partition(":")[0]))  # behind the colon stand a label's values
        for names, labels in rows
        for name in re.findall(r"`(\w+)`", names)
    }
    there = {
        one._name + ("_total" if isinstance(one, Counter) else ""): one._labelnames
        for one in vars(metrics).values()
        if isinstance(one, Counter | Gauge | Histogram)
    }
    assert told == there
