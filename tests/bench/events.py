"""What the ingest benches load: files of made-up events, and the policy they are resolved with."""

from itertools import islice
from pathlib import Path

import orjson

from graph_cdp.demo.traffic import bench_events
from graph_cdp.domain.policy import Policy
from graph_cdp.policies import parse_policy

NOW = 1_790_000_000_000
ID_KEY = "the id key of the benches"

POLICY_TEXT = """
[[namespace]]
name = "user_id"
limit = 1

[[namespace]]
name = "email"
limit = 3
normalise = "email"
shared_above = 5

[[namespace]]
name = "device_id"
shared_above = 5

[[namespace]]
name = "anonymous_id"
shared_above = 5
"""


def policy() -> Policy:
    """One limit that matters, and shared identifiers."""
    return parse_policy(POLICY_TEXT, "the benches' policy")


def events_file(folder: Path, count: int, seed: int = 7) -> Path:
    """A JSONL file of that many events, 2 to 4 identifiers each; made once."""
    path = folder / f"events-{count}-{seed}.jsonl"
    if not path.exists():
        partial = path.with_suffix(".partial")
        with partial.open("wb") as lines:
            events = bench_events(count, seed)
            while chunk := [orjson.dumps(event) for event in islice(events, 10_000)]:
                lines.write(b"\n".join(chunk) + b"\n")
        partial.rename(path)
    return path
