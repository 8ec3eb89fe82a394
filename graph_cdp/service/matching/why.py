"""Why records of a store have their scores, attribute by attribute."""

from collections.abc import Collection

import orjson

from graph_cdp.domain.identifier import namespace_of
from graph_cdp.domain.link import Pair
from graph_cdp.domain.matching import Why
from graph_cdp.domain.policy import Policy
from graph_cdp.service.matching.matcher import matcher_of
from graph_cdp.service.matching.records import Columns, records_in
from graph_cdp.store.port import Reading


async def whys(tx: Reading, pairs: Collection[Pair], policy: Policy) -> dict[Pair, Why]:
    """Why pairs of identifiers match as they do, of those that both have records; none where no model is adopted."""
    model = policy.model
    if model is None or not pairs:
        return {}
    matcher = matcher_of(model)
    columns = Columns.of(policy, model.namespaces, matcher.columns)
    known = await tx.identifiers({key for pair in pairs for key in pair if namespace_of(key) in model.namespaces})
    told = await records_in(tx, [key for key, seen in known.items() if seen.set_aside is None], columns)
    fields = {key: orjson.loads(record) for key, record in told.items()}
    return {
        (low, high): matcher.why(fields[low], fields[high]) for low, high in pairs if low in fields and high in fields
    }
