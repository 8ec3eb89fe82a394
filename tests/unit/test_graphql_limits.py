"""How queries are measured: fragments where they are spread, lists by the size that is asked for."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, parse

from api.graphql.limits import LimitError, Limits, check_shape, cost_of

SCHEMA = build_schema("""
    type Query { profiles(first: Int = 20): Profiles! tags: [Tag!]! tag: Tag }
    type Profiles { edges: [Edge!]! total: Int }
    type Edge { node: Profile! }
    type Profile { id: ID! tags: [Tag!]! journey(first: Int, last: Int): Profiles! }
    type Tag { name: String tag: Tag }
""")


def cost(query: str, **variables: Any) -> int:
    document = parse(query)
    (operation,) = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    return cost_of(SCHEMA, document, operation).with_variables(variables)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ tag { name } }", 2),
        ("{ tags { name } }", 11),
        ("{ profiles(first: 3) { edges { node { id } } } }", 1 + 3 * 3),
        ("{ profiles { edges { node { id } } } }", 1 + 20 * 3),
        ("{ profiles(first: 0) { total } }", 2),
        (
            "{ profiles(first: 2) { edges { node { tags { name } journey(last: 5) { total } } } } }",
            1 + 2 * (2 + 11 + 6),
        ),
        ("{ ...T ...T } fragment T on Query { tag { name } }", 4),
    ],
)
def test_a_list_counts_as_often_as_is_asked_for(query: str, expected: int) -> None:
    assert cost(query) == expected


def test_a_size_may_be_a_variable() -> None:
    query = "query ($n: Int) { ...P } fragment P on Query { profiles(first: $n) { edges { node { id ...J } } } }"
    query += " fragment J on Profile { journey(first: $n) { total } }"
    assert cost(query, n=3) == 1 + 3 * (1 + 1 + 1 + 1 + 3)
    assert cost(query, n=100) == 1 + 100 * (1 + 1 + 1 + 1 + 100)
    assert cost(query) == 1 + 10 * (1 + 1 + 1 + 1 + 10)


def test_fragments_that_double_at_each_level_are_counted_quickly_and_in_full() -> None:
    doubling = " ".join(f"fragment F{n} on Tag {{ tag {{ ...F{n + 1} ...F{n + 1} }} }}" for n in range(60))
    query = "query ($n: Int) { profiles(first: $n) { total } tag { ...F0 } } fragment F60 on Tag { name } " + doubling
    assert cost(query, n=1) > 2**60
    with pytest.raises(LimitError) as refused:
        check_shape(parse(query), Limits())
    assert refused.value.extensions == {"code": "depth_limit"}


def test_fragments_in_a_circle_or_a_long_chain_are_no_trouble() -> None:
    check_shape(parse("{ tag { ...A } } fragment A on Tag { ...B } fragment B on Tag { ...A name }"), Limits())
    chain = " ".join(f"fragment F{n} on Tag {{ ...F{n + 1} }}" for n in range(900))
    with pytest.raises(LimitError):
        check_shape(parse("{ tag { ...F0 } } fragment F900 on Tag { name } " + chain), Limits())
