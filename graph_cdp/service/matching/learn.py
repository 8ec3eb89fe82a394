"""Learn a model from the records of a store itself, without labels."""

from collections.abc import Collection

import orjson

from graph_cdp import match
from graph_cdp.domain.identifier import Key, namespace_of
from graph_cdp.domain.policy import Policy
from graph_cdp.errors import InputError
from graph_cdp.service.matching.adopt import with_records
from graph_cdp.service.matching.records import Columns, records_in
from graph_cdp.store.port import Reading

_FEW = 100


async def learn(tx: Reading, policy: Policy, namespaces: Collection[str] | None = None) -> str:
    """A model file. `namespaces` as for `adopt_model`. Raises InputError as it does, and for too few records."""
    wanted = with_records(policy, namespaces)
    names = {held.name async for page in tx.scan_traits() for held in page}
    columns = Columns.of(policy, wanted, names.union(policy.by_name))
    fields = dict[Key, str]()
    async for page in tx.scan_identifiers():
        keys = [seen.key for seen in page if not seen.set_aside and namespace_of(seen.key) in columns.namespaces]
        fields |= await records_in(tx, keys, columns)
    if len(fields) < _FEW:
        raise InputError(
            f"A model is learned of {_FEW} records at least, and there are {len(fields)}: give a model file."
        )
    told = [orjson.loads(fields[key]) for key in sorted(fields)]
    used = sorted({name for record in told for name in record})
    table = match.Table.of({name: [record.get(name) for record in told] for name in used})
    return match.model_to_json(match.train(table, match.recognise(table)))
