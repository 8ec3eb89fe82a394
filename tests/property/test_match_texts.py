"""Laws of the quick look at pairs of texts: it rules out none that a distance would take for near."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from graph_cdp.match.comparisons import Sides
from graph_cdp.match.texts import may_be_close, may_be_edits
from graph_cdp.match.values import Values
from tests.strategies import LAW

_TEXTS = st.text(st.sampled_from("abcdé字 09@.Aa"), max_size=9) | st.text(max_size=6)


def _sides(one: str, other: str) -> Sides:
    left, right = (Values(np.zeros(1, np.int32), pa.array([text], pa.large_string())) for text in (one, other))
    return Sides(left, right, np.zeros(1, np.int32), np.zeros(1, np.int32))


@LAW
@given(_TEXTS, _TEXTS)
def test_texts_that_few_edits_part_are_never_ruled_out(one: str, other: str) -> None:
    assert may_be_edits(_sides(one, other), OSA.distance(one, other)).all()


@LAW
@given(_TEXTS, _TEXTS)
def test_texts_that_are_close_are_never_ruled_out(one: str, other: str) -> None:
    assert may_be_close(_sides(one, other), JaroWinkler.similarity(one, other)).all()
