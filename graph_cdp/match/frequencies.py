"""What sharing a common value is worth, and what sharing a rare one. Pure."""

import math
from typing import Final

import numpy as np

from graph_cdp.match.attributes import Attribute
from graph_cdp.match.matched import Floats
from graph_cdp.match.model import Learned
from graph_cdp.match.values import Values

_FREQUENT: Final = 10_000
"""So many values of an attribute are listed at most, the commonest; so a model stays small."""
_IMAGINED: Final = 30.0
"""So many records with other values are imagined: a value of one in two records is not a common one."""
_LEAST: Final = 3
"""A value that fewer records have is not listed: it names nobody's in the model, and counts as rare."""


def frequencies(attribute: Attribute, values: Values, equal: Floats) -> Learned:
    """An attribute without levels yet; `equal` holds the share of random pairs that are equal in it, first."""
    counts, known = values.counts, int(values.counts.sum())
    listed = np.flatnonzero(counts >= _LEAST)
    listed = listed[np.lexsort((values.hashes[listed], -counts[listed]))][:_FREQUENT]
    rest, others = known - int(counts[listed].sum()), max(len(counts) - len(listed), 1)
    usual = math.log2(equal[0])
    bits = [round(usual - math.log2(count / (known + _IMAGINED)), 4) for count in counts[listed].tolist()]
    rare = round(usual - math.log2(max(rest / others, 1.0) / (known + _IMAGINED)), 4)
    return Learned(attribute, (), dict(zip(values.strings[listed].tolist(), bits, strict=True)), rare)
