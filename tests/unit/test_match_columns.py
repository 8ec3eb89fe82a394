"""What columns are taken for: by their names, by what they hold, and by what stands beside them."""

import pytest

from graph_cdp.match import Table, recognise

NAMES = ["anna", "peter", "maria", "james", "susan", "robert"]


def kind_of(name: str, values: list[str | None], **beside: list[str | None]) -> str:
    return recognise(Table.of({name: values, **beside}))[0].kind


def test_columns_are_recognised_by_name_and_content() -> None:
    table = Table.of({
        "Kontakt": ["a@x.org", "b@y.org", "c@z.org"],
        "Vorname": ["Ann", "Bob", "Cid"],
        "geb": ["1990-01-31", "1980-02-28", "1970-03-01"],
        "cluster": ["1", "2", "3"],
        "leer": [None, None, None],
    })  # fmt: skip
    kinds = {column.name: column.kind for column in recognise(table, overrides={"geb": "date"})}
    assert kinds == {
        "Kontakt": "email", "Vorname": "given_name", "geb": "date", "cluster": "left_out", "leer": "left_out",
    }  # fmt: skip
    assert recognise(table, ignore=["Vorname"])[1].kind == "left_out"


def test_a_name_beside_a_family_name_is_a_given_name_and_the_other_way_round() -> None:
    assert kind_of("name", list(NAMES), surname=["lee", "may", "king", "ford", "ash", "cole"]) == "given_name"
    assert kind_of("Name", ["lee", "may", "king"], Vorname=NAMES[:3]) == "family_name"
    assert kind_of("name", ["anna lee", "peter may"], surname=["lee", "may"]) == "full_name"


def test_what_is_called_last_or_family_beside_given_names_is_a_family_name() -> None:
    assert kind_of("pt_last", ["lee", "may", "king"], pt_first=NAMES[:3]) == "family_name"
    assert kind_of("family", ["lee", "may", "king"], given=NAMES[:3]) == "family_name"
    assert kind_of("family", ["1", "2", "2"], given=NAMES[:3]) == "left_out"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mailing_address_city", "city"), ("mailing_address_zipcode", "postal_code"), ("mailing address", "address"),
        ("employer_name", "text"), ("middle_initial", "middle_name"), ("house_no", "house_number"),
    ],
)  # fmt: skip
def test_the_most_telling_words_of_a_name_say_what_a_column_holds(name: str, kind: str) -> None:
    values: list[str | None] = [f"{number}1" for number in range(100, 130)]
    assert kind_of(name, values) == kind


def test_few_values_that_many_share_are_a_category_even_if_they_are_names() -> None:
    assert kind_of("handled by", [NAMES[row % 3] for row in range(90)]) == "category"
    assert kind_of("form", [["W2", "1099"][row % 2] for row in range(90)]) == "category"


def test_what_measures_has_numbers_of_many_lengths_and_what_identifies_of_one() -> None:
    assert kind_of("paid", [str(7 ** (row % 8 + 1) * 3 + row // 16) for row in range(90)]) == "number"
    assert kind_of("passport", [str(81_000_000 + row // 2 * 7_919) for row in range(90)]) == "code"
