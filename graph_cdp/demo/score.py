"""How well profiles agree with a known truth, over the identifiers that have exactly one true person."""

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from graph_cdp.domain.identifier import Key
from graph_cdp.match import Agreement, agreement


def score(profiles: Iterable[Collection[Key]], truth: Mapping[Key, str]) -> Agreement:
    """Judge disjoint profiles by `truth`, person by key; keys that the truth lacks are not judged.

    A judged identifier in no profile counts as one on its own.
    """
    profile_by_key = {key: number for number, keys in enumerate(profiles) for key in keys}
    number_by_person = {person: number for number, person in enumerate(dict.fromkeys(truth.values()))}
    alone = len(profile_by_key)
    return agreement(
        np.array([profile_by_key.get(key, alone + n) for n, key in enumerate(truth)], np.int64),
        np.array([number_by_person[person] for person in truth.values()], np.int64),
    )
