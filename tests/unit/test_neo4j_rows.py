"""The words that Neo4j's graph is written with."""

import re
from pathlib import Path

from graph_cdp.store.neo4j_rows import label_of

STATEMENTS = Path(__file__).parents[2] / "cypher"
LABELS = {
    label for path in STATEMENTS.rglob("*.cypher") for label in re.findall(r"\(\w*:([A-Z]\w*)", path.read_text("utf-8"))
}


def test_no_namespace_gets_the_label_of_another_kind_of_node() -> None:
    assert {"Identifier", "BlockingKey", "ReviewItem"} <= LABELS
    named_alike = {re.sub(r"(?<!^)(?=[A-Z])", "_", label).lower() for label in LABELS}
    assert LABELS.isdisjoint(map(label_of, named_alike))
    assert label_of("crm_id") == "CrmId"
