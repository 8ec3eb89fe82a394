"""Each kind of value has one form, or a reason why it has none."""

import string as characters
from collections.abc import Mapping

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.errors import PolicyError
from graph_cdp.normalise import KINDS, Invalid, normaliser
from graph_cdp.normalise.email import email
from graph_cdp.normalise.text import folded, trimmed

SETTINGS: list[tuple[str, dict[str, object]]] = [
    ("string", {}),
    ("email", {}),
    ("email", {"provider_rules": True}),
    ("phone", {}),
    ("phone", {"region": "DE"}),
    ("phone", {"region": "US"}),
    ("uuid", {}),
    ("advertising_id", {}),
    ("hashed_email", {}),
    ("name", {}),
    ("date", {}),
    ("date", {"order": "dmy"}),
    ("date", {"order": "mdy"}),
    ("postal_code", {}),
    ("postal_code", {"region": "GB"}),
    ("postal_code", {"region": "US"}),
]

LOCAL = st.text(characters.ascii_letters + characters.digits + ".+-_'!", min_size=1, max_size=20)
LABEL = st.text(characters.ascii_letters + characters.digits + "-üßéİ例", min_size=1, max_size=8)
TOP = st.sampled_from(["com", "de", "co.uk", "test", "local", "example", "c", "123", "INVALID", "xn--p1ai", "москва"])
DOMAIN = st.builds(lambda labels, top: ".".join([*labels, top]), st.lists(LABEL, max_size=3), TOP) | st.sampled_from(
    ["gmail.com", "Googlemail.com", "outlook.com", "xn--mller-kva.de", "localhost"]
)
ADDRESS = st.builds("{}@{}".format, LOCAL, DOMAIN)
PLAIN_LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?", fullmatch=True)
PLAIN_ADDRESS = st.builds(
    lambda local, labels, top: f"{local}@{'.'.join(labels)}.{top}",
    st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,70}", fullmatch=True),
    st.lists(PLAIN_LABEL, min_size=1, max_size=3),
    st.sampled_from(["com", "org", "test", "arpa", "x", "onion", "travel"]),
)
DIGITS = st.text("0123456789 -/()+", min_size=1, max_size=20)
DAY = st.builds(
    "{}{sep}{}{sep}{}".format,
    st.integers(0, 2100),
    st.integers(0, 31),
    st.integers(0, 2100),
    sep=st.sampled_from(["-", ".", "/", " ", ". ", ""]),
)
HEX = st.uuids().map(str) | st.text("0123456789abcdefABCDEF-{}", max_size=66)
POSTAL = st.text(characters.ascii_uppercase + characters.digits + " -", max_size=10)
ANYTHING = st.text(max_size=30) | ADDRESS | DIGITS | DIGITS.map("+{}".format) | DAY | HEX | POSTAL


@given(st.sampled_from(SETTINGS), ANYTHING)
def test_normalising_twice_changes_nothing(setting: tuple[str, Mapping[str, object]], raw: str) -> None:
    normalise = normaliser(*setting)
    value = normalise(raw)
    if isinstance(value, str):
        assert normalise(value) == value


@given(st.sampled_from(SETTINGS), ANYTHING, st.text(" \t\n\u00a0\u200b\ufeff", max_size=3))
def test_white_space_around_a_value_says_nothing(
    setting: tuple[str, Mapping[str, object]], raw: str, around: str
) -> None:
    normalise = normaliser(*setting)
    assert normalise(around + raw + around) == normalise(raw)


@given(st.sampled_from(SETTINGS), st.text(max_size=10), st.sampled_from("\x00\x07\x1b\x7f\x9f\ud800\udfff"))
def test_control_characters_and_lone_surrogates_are_invalid_in_every_kind(
    setting: tuple[str, Mapping[str, object]], text: str, unfit: str
) -> None:
    assert isinstance(normaliser(*setting)(f"a{text}{unfit}{text}a"), Invalid)


@given(st.sampled_from(SETTINGS), st.text("Qq7§@+-.", min_size=1))
def test_the_reason_holds_nothing_of_the_value(setting: tuple[str, Mapping[str, object]], raw: str) -> None:
    outcome = normaliser(*setting)(raw)
    if isinstance(outcome, Invalid):
        assert not {*"Qq7§@+"} & {*outcome.detail.replace("has no @", "")}


@given(st.text(max_size=20))
def test_ascii_is_trimmed_and_folded_as_any_text(text: str) -> None:
    # The mark takes the path of text that is not ASCII; it is trimmed away again.
    assert trimmed(text) == trimmed(f"{text}\u200b")
    assert folded(text) == folded(f"{text}é")[:-1]


def library_email(raw: str) -> str | None:
    try:
        return validate_email(raw.lower(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


@given(PLAIN_ADDRESS | ADDRESS.filter(str.isascii))
def test_a_plain_address_is_read_as_the_library_reads_it(raw: str) -> None:
    value = email(raw)
    assert (None if isinstance(value, Invalid) else value) == library_email(raw)


@pytest.mark.parametrize(
    ("kind", "options", "raw", "value"),
    [
        ("string", {}, "  ID_A ", "ID_A"),
        ("string", {}, "e\u0301", "é"),
        ("string", {}, "\ufeffTom\u200b", "Tom"),
        ("email", {}, " Anna.Schmidt+News@Example.ORG ", "anna.schmidt+news@example.org"),
        ("email", {}, "info@MÜLLER.de", "info@müller.de"),
        ("email", {}, "info@xn--mller-kva.de", "info@müller.de"),
        ("email", {}, "JOSE\u0301@correo.es", "josé@correo.es"),
        ("email", {}, "a.n.n.a+x@gmail.com", "a.n.n.a+x@gmail.com"),
        ("email", {"provider_rules": True}, "A.n.n.a+x@GoogleMail.com", "anna@gmail.com"),
        ("email", {"provider_rules": True}, "a.b+x@outlook.com", "a.b@outlook.com"),
        ("email", {"provider_rules": True}, "a.b+x@acme.com", "a.b+x@acme.com"),
        ("phone", {}, "+49 (0)171 1234567", "+491711234567"),
        ("phone", {"region": "DE"}, "0171/123 45 67", "+491711234567"),
        ("phone", {"region": "US"}, "(202) 555-0143", "+12025550143"),
        ("phone", {"region": "US"}, "+44 20 7946 0958", "+442079460958"),
        ("phone", {"region": "DE"}, "0044 20 7946 0958", "+442079460958"),
        ("phone", {"region": "IT"}, "06 6982 1234", "+390669821234"),
        ("uuid", {}, "{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("uuid", {}, "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("uuid", {}, "6ba7b8109dad11d180b400c04fd430c8", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("advertising_id", {}, "AEBE52E7-03EE-455A-B3C4-E57283966239", "aebe52e7-03ee-455a-b3c4-e57283966239"),
        ("hashed_email", {}, "B58996C504C5638798EB6B511E6F49AF", "b58996c504c5638798eb6b511e6f49af"),
        ("hashed_email", {}, "A" * 40, "a" * 40),
        ("hashed_email", {}, "1" * 64, "1" * 64),
        ("name", {}, "  Anna \u00a0 SCHMIDT, ", "anna schmidt"),
        ("name", {}, "O'Brien-Straße.", "o'brien-strasse"),
        ("date", {}, "1990-12-31", "1990-12-31"),
        ("date", {}, "19901231", "1990-12-31"),
        ("date", {}, "1990/2/3", "1990-02-03"),
        ("date", {}, "1990-12-31 00:00:00", "1990-12-31"),
        ("date", {"order": "dmy"}, "31.12.1990", "1990-12-31"),
        ("date", {"order": "dmy"}, "31. 12. 1990", "1990-12-31"),
        ("date", {"order": "dmy"}, "1990-12-31", "1990-12-31"),
        ("date", {"order": "mdy"}, "12/31/1990", "1990-12-31"),
        ("date", {"order": "mdy"}, "12311990", "1990-12-31"),
        ("postal_code", {}, " sw1a  1aa", "SW1A1AA"),
        ("postal_code", {"region": "GB"}, "sw1a-1aa", "SW1A1AA"),
        ("postal_code", {"region": "US"}, "12345-6789", "12345"),
        ("postal_code", {"region": "DE"}, "01067", "01067"),
    ],
)
def test_a_value_has_one_form(kind: str, options: dict[str, object], raw: str, value: str) -> None:
    assert normaliser(kind, options)(raw) == value


@pytest.mark.parametrize(
    ("kind", "options", "raw"),
    [
        ("string", {}, " \u200b"),
        ("string", {}, "x" * 1001),
        ("string", {}, "two\nlines"),
        ("email", {}, "aabbcc"),
        ("email", {}, "a@b"),
        ("email", {}, "a@@b.com"),
        ("email", {}, "Anna <anna@acme.com>"),
        ("email", {}, "anna@localhost.local"),
        ("email", {}, "anna@xn--a.com"),
        ("email", {}, f"{'x' * 250}@acme.com"),
        ("phone", {}, "0171 1234567"),
        ("phone", {}, "+999 1234567"),
        ("phone", {"region": "US"}, "555-0143"),
        ("phone", {"region": "US"}, "12"),
        ("phone", {"region": "US"}, "202 555 0143 ext. 5"),
        ("phone", {}, "+4300834315 7"),
        ("uuid", {}, "00000000-0000-0000-0000-000000000000"),
        ("uuid", {}, "6ba7b810-9dad-11d1-80b4-00c04fd430c"),
        ("uuid", {}, "{6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("advertising_id", {}, "00000000-0000-0000-0000-000000000000"),
        ("advertising_id", {}, "A-A-A"),
        ("hashed_email", {}, "0" * 32),
        ("hashed_email", {}, "a" * 33),
        ("hashed_email", {}, "g" * 32),
        ("name", {}, " -. "),
        ("date", {}, "1990-02-30"),
        ("date", {}, "31.12.1990"),
        ("date", {}, "1990-12-31 08:30"),
        ("date", {"order": "dmy"}, "31.12.90"),
        ("date", {"order": "dmy"}, "12/31/1990"),
        ("date", {"order": "mdy"}, "31/12/1990"),
        ("date", {}, "yesterday"),
        ("postal_code", {}, "?"),
        ("postal_code", {"region": "DE"}, "1067"),
        ("postal_code", {"region": "GB"}, "12345"),
    ],
)
def test_what_has_no_form_is_invalid(kind: str, options: dict[str, object], raw: str) -> None:
    assert isinstance(normaliser(kind, options)(raw), Invalid)


@pytest.mark.parametrize(
    ("kind", "options", "named"),
    [
        ("e-mail", {}, "e-mail"),
        ("email", {"region": "DE"}, "region"),
        ("uuid", {"order": "dmy"}, "order"),
        ("email", {"provider_rules": "yes"}, "provider_rules"),
        ("phone", {"region": "Germany"}, "region"),
        ("phone", {"region": ["DE"]}, "region"),
        ("date", {"order": "ydm"}, "order"),
        ("postal_code", {"region": "XX"}, "region"),
    ],
)
def test_a_policy_with_an_unknown_kind_or_option_is_refused(kind: str, options: dict[str, object], named: str) -> None:
    with pytest.raises(PolicyError, match=named):
        normaliser(kind, options)


def test_every_kind_can_be_asked_for_without_options() -> None:
    assert all(isinstance(normaliser(kind, {})("\x00"), Invalid) for kind in KINDS)
