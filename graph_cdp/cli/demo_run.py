"""Making the demo's data, loading them, and asking what there is to show."""

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from graph_cdp.cli.demo_fraud import DemoFraud, run_demo_fraud
from graph_cdp.cli.loading import Loads, load_all
from graph_cdp.cli.opening import Session, now_millis, opened_store
from graph_cdp.cli.show import note, plain
from graph_cdp.cli.sources import Understood
from graph_cdp.config import load_settings
from graph_cdp.demo import DemoData, make_demo, read_truth, score
from graph_cdp.domain.identifier import Key
from graph_cdp.errors import InputError
from graph_cdp.files import load_mapping
from graph_cdp.match import Agreement
from graph_cdp.policies import Rules, default_policy
from graph_cdp.query.explain import Explanation, explain
from graph_cdp.query.profile import ProfileView, profile_of
from graph_cdp.service.settle import settle
from graph_cdp.service.source import Source
from graph_cdp.store.port import Reading, Sizes


class Demo(NamedTuple):
    """What there is to show. `distant` explains two identifiers of one profile, `apart` two that are kept apart.

    `fraud` is of other data, in a store of its own.
    """

    data: DemoData
    folder: Path
    store: str
    loads: Loads
    sizes: Sizes
    score: Agreement
    profile: ProfileView
    distant: Explanation
    apart: Explanation
    fraud: DemoFraud


async def run_demo(persons: int, seed: int, folder: Path | None, store: str | None) -> Demo:
    """Make, load and ask. Raises InputError where the store holds events already."""
    folder = (folder or Path(tempfile.mkdtemp(prefix="graph-cdp-demo-"))).resolve()
    url = store or f"sqlite:///{folder / 'demo.db'}"
    settings = load_settings(store=url)
    note(plain(f"making the data of {persons:,} persons in {folder} …", "dim"))
    data = make_demo(folder, persons=persons, seed=seed)
    async with opened_store(settings, new=True) as open_one:
        if (await open_one.read(lambda tx: tx.sizes())).events:
            raise InputError("the demo wants a store without events: name another folder with --dir, or store.")
        policy = await settle(open_one, default_policy(), now_millis())
        session = Session(open_one, Rules.of(policy), settings)
        loads = Loads(folder / "rejects.jsonl")
        await load_all(session, [_understood(data, index) for index in range(len(data.files))], loads)

        fraud = await run_demo_fraud(folder, seed)

        async def ask(tx: Reading) -> Demo:
            profile = await profile_of(tx, data.rich, open_one, policy, events=10)
            if not isinstance(profile, ProfileView):
                raise InputError("the demo's own data do not resolve as they should; please report this.")
            return Demo(
                data,
                folder,
                url,
                loads,
                await tx.sizes(),
                score(await _profiles(tx), read_truth(data.truth)),
                profile,
                await explain(tx, *data.distant, policy),
                await explain(tx, *data.apart, policy),
                fraud,
            )

        return await open_one.read(ask)


def _understood(data: DemoData, index: int) -> Understood:
    file = data.files[index]
    mapping = None if file.mapping is None else load_mapping(file.mapping)
    return Understood(Source(file.path, mapping, file.source), None)


async def _profiles(tx: Reading) -> list[list[Key]]:
    keys_by_anchor: defaultdict[Key, list[Key]] = defaultdict(list)
    async for page in tx.scan_identifiers():
        for seen in page:
            if seen.profile is not None:
                keys_by_anchor[seen.profile].append(seen.key)
    return list(keys_by_anchor.values())
