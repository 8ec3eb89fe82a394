"""Columns of two files meet by their names, and else by what they hold."""

from graph_cdp.match import Column, Kind, aligned


def columns(**kind_by_name: Kind) -> list[Column]:
    return [Column(name, kind, "") for name, kind in kind_by_name.items()]


def test_the_same_name_meets_whatever_its_case_and_signs() -> None:
    assert aligned(columns(first_name="given_name"), columns(FirstName="given_name")) == {"FirstName": "first_name"}


def test_other_names_meet_by_what_they_hold() -> None:
    known = columns(first="given_name", last="family_name", mail="email")
    new = columns(Nachname="family_name", Vorname="given_name", Telefon="phone")
    assert aligned(known, new) == {"Nachname": "last", "Vorname": "first", "Telefon": "Telefon"}


def test_two_of_one_kind_do_not_meet_by_guessing() -> None:
    known, new = columns(born="date", seen="date"), columns(birthday="date")
    assert aligned(known, new) == {"birthday": "birthday"}
    assert aligned(known, columns(seen="date", birthday="date")) == {"seen": "seen", "birthday": "born"}


def test_what_tells_little_meets_by_name_alone() -> None:
    assert aligned(columns(plan="category"), columns(colour="category")) == {"colour": "colour"}


def test_no_two_columns_of_a_file_become_one() -> None:
    new = columns(name="full_name", NAME="full_name")
    assert aligned(columns(name="full_name"), new) == {"name": "name", "NAME": "NAME"}
