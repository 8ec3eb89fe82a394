"""Look for signs of fraud, and put what is found into the review queue: in the whole store, or where it changed."""

from collections.abc import Collection
from hashlib import blake2b
from typing import Final, NamedTuple

import orjson

from graph_cdp.domain.policy import Policy
from graph_cdp.domain.review import Finding
from graph_cdp.fraud import RULES, hub_namespaces, setting_of
from graph_cdp.service.fraud.look import Looked, findings_about, fraud_findings, most_suspicious
from graph_cdp.service.review.find import Put, put_findings
from graph_cdp.store.port import Reading, Store, Writing

SCANNED: Final = "fraud_scan"
"""The note that tells up to which commit, and with which settings, all rules were applied."""

_COMMITS = 500
_TOUCHED = 10_000


class Scan(NamedTuple):
    """What a scan found, most suspicious first: of the whole store, or else of what commits touched since the last."""

    findings: list[Finding]
    whole: bool
    put: Put


class _Seen(NamedTuple):
    """What was looked at, in parts whose findings are each complete (None: one part, the whole), up to a commit."""

    parts: list[Looked]
    whole: bool
    seq: int


async def scan_for_fraud(
    store: Store, policy: Policy, rules: Collection[str] = RULES.keys(), *, whole: bool = True
) -> Scan:
    """Apply rules, by name, and make what they find their only items in the queue.

    Not `whole`: only where commits touched profiles since all rules were last applied; everything is looked at where
    that is not known any more, or was done with other settings. Reads in one view and writes in one transaction, so a
    long look keeps no writer waiting. Safe to run again.
    """
    seen = await store.read(lambda tx: _look(tx, policy, rules, whole=whole))

    async def work(tx: Writing) -> Put:
        puts = [
            await put_findings(tx, part.findings, part.rules, None if seen.whole else part.about) for part in seen.parts
        ]
        if set(rules) == set(RULES):
            note = {"seq": seen.seq, "settings": _settings(policy)}
            await tx.put_notes({SCANNED: orjson.dumps(note).decode()})
        return Put(*(sum(counts) for counts in zip(*puts, strict=True)))

    put = await store.write(work)
    return Scan(most_suspicious(one for part in seen.parts for one in part.findings), seen.whole, put)


async def is_fraud_looked_for(tx: Reading) -> bool:
    """Whether all rules were applied to every commit."""
    told = orjson.loads(await tx.note(SCANNED) or "{}")
    return bool(told.get("seq") == await tx.newest_seq())


async def _look(tx: Reading, policy: Policy, rules: Collection[str], *, whole: bool) -> _Seen:
    newest = await tx.newest_seq()
    touched = None if whole else await _touched(tx, policy, newest)
    if touched is not None:
        return _Seen(await findings_about(tx, policy, touched, rules), False, newest)
    found = await fraud_findings(tx, policy, rules)
    return _Seen([Looked(frozenset(rules), frozenset(), found)], True, newest)


async def _touched(tx: Reading, policy: Policy, newest: int) -> set[str] | None:
    """The ids of the profiles that commits touched since the last scan; None: too many, or not known."""
    told = orjson.loads((await tx.notes()).get(SCANNED, "{}"))
    if told.get("settings") != _settings(policy):
        return None
    touched, seq = set[str](), int(told["seq"])
    while seq < newest:
        commits = await tx.commits_after(seq, _COMMITS)
        if [one.seq for one in commits] != list(range(seq + 1, seq + 1 + len(commits))) or not commits:
            return None
        touched.update(one for commit in commits for one in commit.touched)
        if len(touched) > _TOUCHED:
            return None
        seq = commits[-1].seq
    return touched


def _settings(policy: Policy) -> str:
    """A digest of all that decides what the rules find, but for what is in the graph."""
    meaning = []
    for name, rule in RULES.items():
        if (setting := setting_of(rule, policy)) is not None:
            lists = {key: sorted(values) for key, values in setting.lists.items()}
            meaning.append([name, sorted(hub_namespaces(rule, policy)), dict(setting.numbers), lists])
    return blake2b(orjson.dumps(meaning, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()
