"""What is kept of documents: so many, and so much of them, the newest; and lists of trusted ones."""

from pathlib import Path

import pytest

from api.graphql.documents import MAX_CHARACTERS, Documents, Recent, listed_documents
from api.graphql.limits import Limits
from graph_cdp.errors import ConfigError
from tests.graphql_schema import schema


def test_the_one_not_asked_for_longest_gives_way() -> None:
    recent: Recent[int] = Recent(2)
    recent.put("a", 1, 1)
    recent.put("b", 2, 1)
    assert recent.get("a") == 1
    recent.put("c", 3, 1)
    assert [recent.get(key) for key in "abc"] == [1, None, 3]


def test_large_texts_are_kept_up_to_a_bound_of_them_all() -> None:
    recent: Recent[int] = Recent(100)
    for number in range(100):
        recent.put(str(number), number, MAX_CHARACTERS // 4)
    assert [number for number in range(100) if recent.get(str(number)) is not None] == [96, 97, 98, 99]
    recent.put("whole", 1, MAX_CHARACTERS + 1)
    assert recent.get("whole") is None


def test_a_document_is_kept_unless_it_has_errors() -> None:
    documents = Documents(schema, Limits(), introspection=True, most=10)
    assert documents.document_of("{ version }") is documents.document_of("{ version }")
    assert documents.document_of("{ nothing }") is not documents.document_of("{ nothing }")


@pytest.mark.parametrize(
    "text", ['{"abc": "{ version }"}', '{"format": "x", "operations": [{"id": "abc", "body": "{ version }"}]}']
)
def test_a_list_of_documents_is_read_in_both_forms(tmp_path: Path, text: str) -> None:
    (tmp_path / "list.json").write_text(text)
    assert listed_documents(tmp_path / "list.json") == {"abc": "{ version }"}


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 1}', '{"operations": [{}]}'])
def test_what_is_no_list_of_documents_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "list.json").write_text(text)
    with pytest.raises(ConfigError):
        listed_documents(tmp_path / "list.json")
    with pytest.raises(ConfigError):
        listed_documents(tmp_path / "absent.json")
