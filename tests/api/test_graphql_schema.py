"""What the schema promises its clients, without any data."""

import re
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    build_schema,
    get_named_type,
    is_introspection_type,
    is_non_null_type,
    is_specified_scalar_type,
)

from api.graphql.changes import changes_between
from api.graphql.paging import PAGE_DEFAULT
from api.graphql.schema import SCHEMA_FILE, schema, schema_text
from graph_cdp.errors import InputError

CORE = schema._schema
RELEASED = (Path(__file__).parent / "released.graphql").read_text("utf-8")
CHANGELOG = (Path(__file__).parents[2] / "CHANGELOG.md").read_text("utf-8")
TYPES = [
    type_
    for type_ in CORE.type_map.values()
    if not is_introspection_type(type_) and not is_specified_scalar_type(type_)
]
WITH_FIELDS = [type_ for type_ in TYPES if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)]


def test_the_text_under_version_control_is_what_the_code_gives() -> None:
    assert SCHEMA_FILE.read_text("utf-8") == schema_text(), "graph-cdp schema > api/graphql/schema.graphql"


def test_no_client_of_the_released_schema_breaks_unannounced() -> None:
    breaking = changes_between(RELEASED, schema_text()).breaking
    assert [change for change in breaking if change not in CHANGELOG] == []


def test_a_field_that_goes_is_told_as_a_breaking_change_and_one_that_comes_is_not() -> None:
    text = schema_text()
    without = re.sub(r'  """[^"]*"""\n  clusterSize: Int!\n', "", text)
    assert changes_between(text, without).breaking == ("Field Profile.clusterSize was removed.",)
    assert changes_between(without, text) == ((), ())


def test_a_new_value_of_an_enum_is_told_as_a_dangerous_change() -> None:
    text = schema_text()
    with_more = text.replace("enum Verdict {", "enum Verdict {\n  MAYBE\n")
    assert changes_between(text, with_more).dangerous == ("Enum value Verdict.MAYBE was added.",)


@pytest.mark.parametrize("text", ["type Query {", "type A { b: Missing }", "hello"])
def test_a_file_that_is_no_schema_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="earlier schema cannot be read"):
        changes_between(text, schema_text())


def test_the_names_that_were_promised_are_there() -> None:
    promised = {
        "Query": "profile profiles identifier explain node stats",
        "Mutation": "ingest decide withdraw",
        "IdentifierInput": "namespace value",
        "Profile": "id firstSeen lastSeen known identifiers traits trait refusals links journey sessions aliases graph",
        "Identifier": "namespace value key firstSeen lastSeen count shared",
        "Trait": "name value source at identifier",
        "Refusal": "from to reason namespace",
        "ProfileGraph": "nodes links",
        "ProfileConnection": "edges pageInfo totalCount",
        "EventConnection": "edges pageInfo",
        "Event": "id type name at receivedAt source channel identifiers traits properties",
    }
    for name, fields in promised.items():
        assert set(fields.split()) <= CORE.type_map[name].fields.keys(), name
    assert list(CORE.query_type.fields["profile"].args) == ["id", "identifier", "asOf"]
    assert list(CORE.query_type.fields["profiles"].args) == ["first", "after", "filter", "orderBy"]
    assert list(CORE.query_type.fields["explain"].args) == ["from", "to"]
    journey = CORE.type_map["Profile"].fields["journey"].args
    assert list(journey) == ["first", "after", "from", "to", "types", "channels"]


@pytest.mark.parametrize("type_", TYPES, ids=lambda type_: type_.name)
def test_everything_is_described(type_) -> None:
    assert type_.description, type_.name
    if isinstance(type_, GraphQLEnumType):
        assert all(value.description for value in type_.values.values())
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        for name, field in type_.fields.items():
            assert field.description, f"{type_.name}.{name}"
            for argument, its in getattr(field, "args", {}).items():
                assert its.description, f"{type_.name}.{name}({argument})"


def test_descriptions_are_sentences() -> None:
    for type_ in TYPES:
        assert type_.description[0].isupper(), type_.name
        assert type_.description.rstrip("`)").endswith((".", "…")), type_.name


@pytest.mark.parametrize("type_", WITH_FIELDS, ids=lambda type_: type_.name)
def test_every_page_has_a_size_and_a_bound(type_) -> None:
    for name, field in type_.fields.items():
        returned = get_named_type(field.type).name
        if returned.endswith("Connection"):
            assert field.args["first"].default_value == PAGE_DEFAULT, name
            assert is_non_null_type(field.args["first"].type)
            assert {"edges", "nodes", "pageInfo"} <= CORE.type_map[returned].fields.keys()


def test_scalars_say_where_they_are_specified() -> None:
    scalars = [type_ for type_ in TYPES if isinstance(type_, GraphQLScalarType)]
    assert sorted(type_.name for type_ in scalars) == ["DateTime", "JSON"]
    assert all(type_.specified_by_url for type_ in scalars)


def test_the_text_reads_as_a_schema() -> None:
    assert build_schema(schema_text()).query_type is not None


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "", "9999-12-31T23:59:59-23:59", 5])
async def test_what_is_no_moment_is_refused_and_not_repeated(text: object) -> None:
    asked = 'query($at: DateTime) { profile(id: "pro_x", asOf: $at) { id } }'
    (error,) = (await schema.execute(asked, {"at": text})).errors
    assert re.search(r"DateTime.*(ISO 8601|years)", error.message)
