"""The demo's fraud: made-up accounts with planted schemes, in a store of their own, and what was found there."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import orjson
from rich.console import RenderableType
from rich.text import Text

from graph_cdp.cli.fraud_shown import finding_json
from graph_cdp.cli.opening import now_millis, opened_store
from graph_cdp.cli.show import facts, plain
from graph_cdp.config import load_settings
from graph_cdp.demo.fraud import FraudScore, fraud_policy_text, fraud_score, make_fraud
from graph_cdp.demo.writing import writing_to
from graph_cdp.domain.event import Event
from graph_cdp.domain.review import Finding
from graph_cdp.errors import InputError
from graph_cdp.policies import Rules, parse_policy
from graph_cdp.resolve import ProfileIds
from graph_cdp.service.fraud.scan import scan_for_fraud
from graph_cdp.service.ingest import ingest
from graph_cdp.service.settle import settle
from graph_cdp.store.port import Store

_BATCH = 2_000
_MEMBERS = 8


class DemoFraud(NamedTuple):
    """What was found, how it agrees with the truth, how many look-alikes there are, and the most suspicious ring."""

    store: str
    score: FraudScore
    look_alikes: int
    ring: Finding
    ids: ProfileIds


async def run_demo_fraud(folder: Path, seed: int) -> DemoFraud:
    """Make `fraud.jsonl`, load it into the store `fraud.db` beside it, and scan that.

    Raises InputError where that holds events already.
    """
    data = make_fraud(seed=seed)
    with writing_to(folder):
        (folder / "fraud.jsonl").write_bytes(b"".join(orjson.dumps(event) + b"\n" for event in data.events))
    url = f"sqlite:///{folder / 'fraud.db'}"
    async with opened_store(load_settings(store=url), new=True) as store:
        if (await store.read(lambda tx: tx.sizes())).events:
            raise InputError(f"{folder / 'fraud.db'}: holds events already: name another folder with --dir.")
        given = parse_policy(fraud_policy_text(), "fraud.toml")
        rules = Rules.of(await settle(store, given, now_millis()))
        await _load(store, data.events, rules)
        found = await scan_for_fraud(store, rules.policy)
        judged = fraud_score([one.keys for one in found.findings], data.schemes)
        # Whatever the seed, each kind of scheme is there three times; any other finding is one to look at as well.
        ring = next((one for one in found.findings if one.rule == "ring"), found.findings[0])
        return DemoFraud(url, judged, sum(data.look_alikes.values()), ring, store.ids)


async def _load(store: Store, rows: list[dict[str, object]], rules: Rules) -> None:
    read = (rules.reader.read(row, source="shop", now=now_millis()) for row in rows)
    events = (event for event in read if isinstance(event, Event))
    while batch := list(islice(events, _BATCH)):
        await store.write(lambda tx, batch=batch: ingest(tx, batch, rules))  # type: ignore[misc]


def fraud_json(shown: DemoFraud) -> dict[str, object]:
    """The demo's fraud for programs."""
    judged = shown.score
    return {
        "store": shown.store,
        "findings": judged.findings,
        "schemes": judged.schemes,
        "look_alikes": shown.look_alikes,
        "precision": judged.precision,
        "recall": judged.recall,
        "ring": finding_json(shown.ring, shown.ids),
    }


def fraud_text(shown: DemoFraud) -> Iterator[RenderableType]:
    """The demo's fraud for persons."""
    judged, ring = shown.score, shown.ring
    for reason in ring.reasons:
        yield plain(f"• {reason.worded(str)}")
    evidence = {one.what: one.keys for one in ring.evidence if one.keys}
    yield facts(
        "",
        {
            what: ", ".join(keys[:_MEMBERS]) + (f" … {len(keys) - _MEMBERS} more" if len(keys) > _MEMBERS else "")
            for what, keys in evidence.items()
        },
    )
    yield plain(
        f"Of {judged.schemes} planted schemes {judged.found} were found; {judged.right} of {judged.findings} findings "
        f"are about one. {shown.look_alikes} families, firms, shared flats and the like look like them."
    )
    yield Text(f"  graph-cdp fraud scan --store {shown.store}", style="cyan", no_wrap=True, overflow="ignore")
