"""An identifier gets its key by the policy; what names nobody is blocked, what cannot be read is an issue."""

from hashlib import md5, sha1, sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_cdp.domain.event import Issue
from graph_cdp.domain.policy import Namespace, Policy
from graph_cdp.errors import PolicyError
from graph_cdp.normalise import Identifiers, Named, identifiers


def identifiers_of(*namespaces: Namespace) -> Identifiers:
    return Identifiers(Policy(namespaces))


def read(raw: str, kind: str = "string", name: str = "id", **settings: object) -> Named | Issue:
    return identifiers_of(Namespace(name, 0, normalise=kind, **settings)).identify(name, raw)  # type: ignore[arg-type]


def test_a_value_is_named_by_its_namespace_and_its_normalised_form() -> None:
    assert read(" Anna@Acme.COM ", "email", "email") == Named(0, "email:anna@acme.com", blocked=False)
    assert read("Tom", name="crmid") == Named(0, "crmid:Tom", blocked=False)


def test_a_namespace_that_the_policy_lacks_is_an_issue() -> None:
    assert read("x", name="crmid").key == "crmid:x"  # type: ignore[union-attr]
    issue = identifiers_of(Namespace("crmid", 0)).identify("cookie", "x")
    assert issue == Issue("cookie", "unknown_namespace", "the policy has no such namespace")


@pytest.mark.parametrize(
    ("kind", "raw"), [("email", "aabbcc@"), ("phone", "12"), ("uuid", "x1"), ("string", "a\0b"), ("string", " ")]
)
def test_a_value_that_cannot_be_normalised_is_an_issue_that_does_not_hold_it(kind: str, raw: str) -> None:
    issue = read(raw, kind)
    assert isinstance(issue, Issue)
    assert (issue.namespace, issue.reason) == ("id", "invalid_value")
    assert not raw.strip() or raw not in issue.detail


ANY = [
    "null", "NULL", "undefined", "None", "n/a", "N/A", "na", "nil", "NaN", "unknown", "Anonymous", "test", "#N/A",
    "\\N", "-", "--", "{}", "[]", "???", "(null)", "<null>", "0", "000-000-0000", "0.0", "xxx", "XXX-XX", "xxxxxxxx",
    "[object Object]", "{{userId}}", "${user.id}", "%%ADVERTISING_ID%%", "*|EMAIL|*",
]  # fmt: skip


@pytest.mark.parametrize("raw", ANY)
@pytest.mark.parametrize("kind", ["string", "email", "phone", "uuid", "hashed_email", "name", "date", "postal_code"])
def test_a_placeholder_is_blocked_in_every_kind(kind: str, raw: str) -> None:
    reading = read(f" {raw} ", kind)
    assert isinstance(reading, Named)
    assert reading.blocked


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        *(
            ("email", raw)
            for raw in (
                "test@test.com", "TEST@Test.com", "noemail@acme.com", "no-email@none.com", "none@none.com", "a@a.com",
                "aaa@aaa.com", "test@example.com", "user@example.com", "noreply@shop.de", "do-not-reply@shop.de",
                "asdf@asdf.com", "unknown@unknown.com", "test123@gmail.com", "null@null.com", "user@localhost",
            )
        ),
        *(
            ("phone", raw)
            for raw in (
                "000-000-0000", "555-555-5555", "(999) 999-9999", "1234567890", "0123456789", "+10000000000",
                "+1 111 111 1111", "+49 99999999999", "+1 123 456 7890", "9876543210",
            )
        ),
        *(
            ("uuid", raw)
            for raw in (
                "00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
                "{ffffffff-ffff-ffff-ffff-ffffffffffff}", "11111111111111111111111111111111",
            )
        ),
        ("advertising_id", "00000000-0000-0000-0000-000000000000"),
        ("advertising_id", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        ("advertising_id", "00000000000000000000000000000000"),
        ("hashed_email", "0" * 64),
        ("hashed_email", "F" * 32),
        ("hashed_email", md5(b"").hexdigest()),
        ("hashed_email", sha1(b"null").hexdigest()),
        ("hashed_email", sha256(b"a@b.com").hexdigest().upper()),
        ("name", "First Last"),
        ("name", "No Name."),
        ("date", "1900-01-01"),
        ("date", "0000-00-00"),
        ("date", "9999/12/31"),
        ("postal_code", "00000"),
        ("postal_code", "99999"),
    ],
)  # fmt: skip
def test_a_placeholder_of_its_kind_is_blocked(kind: str, raw: str) -> None:
    reading = read(raw, kind)
    assert isinstance(reading, Named)
    assert reading.blocked


@pytest.mark.parametrize(
    ("kind", "name", "raw"),
    [
        *(
            ("string", "crmid", raw)
            for raw in (
                "Tom", "Summer", "ID_A", "111", "222", "12345", "1", "007", "A-A-A", "123-4567", "555-555-5555",
                "1234567890", "aabbcc", "test@test.com", "x1", "Xaxxx", "testament", "Nadia", "nullius", "{6ba7b810}",
            )
        ),
        *(("string", name, raw) for name, raw in (("ecid", "111"), ("phone", "123-4567"), ("phone", "765-4321"))),
        *(("string", "email", raw) for raw in ("aabbcc", "ddeeff", "tom@acme.com", "summer@acme.com")),
        *(
            ("email", "email", raw)
            for raw in (
                "anna@example.com", "tom@acme.com", "mueller@mueller.de", "info@acme.com", "testa@rossi.it",
                "nora@acme.com", "j@q.com", "x.ample@gmail.com", "contest@acme.com", "norma.l@acme.com",
            )
        ),
        *(("phone", "phone", raw) for raw in ("+49 171 1234567", "+1 202 555 0143", "+44 20 7777 7779")),
        ("uuid", "device", "ffffffff-ffff-ffff-ffff-fffffffffffe"),
        ("hashed_email", "hash", md5(b"anna@example.com").hexdigest()),
        *(("name", "name", raw) for raw in ("Anna Schmidt", "Bo", "Xi", "Li Na", "Christopher Null")),
        ("date", "birthday", "1990-01-01"),
        ("postal_code", "zip", "10115"),
    ],
)  # fmt: skip
def test_an_ordinary_value_passes(kind: str, name: str, raw: str) -> None:
    reading = read(raw, kind, name)
    assert isinstance(reading, Named)
    assert not reading.blocked


@pytest.mark.parametrize("name", ["email", "work_email", "Email"])
def test_plain_strings_named_for_a_kind_have_its_placeholders_too(name: str) -> None:
    assert read("test@test.com", name=name) == Named(0, f"{name}:test@test.com", blocked=True)
    assert read("test@test.com", name="login") == Named(0, "login:test@test.com", blocked=False)


def test_a_placeholder_that_cannot_be_normalised_is_named_in_folded_case() -> None:
    assert read(" NULL ", "email", "email") == Named(0, "email:null", blocked=True)
    assert read("NULL", name="crmid") == Named(0, "crmid:NULL", blocked=True)


def test_without_placeholders_a_value_is_what_it_is() -> None:
    assert read("null", "string", placeholders=False) == Named(0, "id:null", blocked=False)
    assert isinstance(read("null", "email", placeholders=False), Issue)
    assert read("test@test.com", "email", placeholders=False) == Named(0, "id:test@test.com", blocked=False)


def test_the_policy_blocks_values_however_they_are_written() -> None:
    options = {"region": "DE"}
    blocked = ("+49 30 901820", "Zentrale")
    for raw in ("+49 30 901820", "030 / 90 18 20", "+4930901820"):
        assert read(raw, "phone", options=options, blocked=blocked) == Named(0, "id:+4930901820", blocked=True)
    assert read(" ZENTRALE", "phone", options=options, blocked=blocked) == Named(0, "id:zentrale", blocked=True)
    assert read("+49 30 901821", "phone", options=options, blocked=blocked) == Named(0, "id:+4930901821", blocked=False)
    assert read("TOM", blocked=("tom",)) == Named(0, "id:TOM", blocked=True)
    assert read("Zoe\u0308", blocked=("ZOË",)) == Named(0, "id:Zoë", blocked=True)


def test_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(PolicyError, match="telephone"):
        read("x", "telephone")


def test_a_value_reads_the_same_after_many_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identifiers, "_REMEMBERED", 3)
    known = identifiers_of(Namespace("crmid", 0))
    values = [f"U{number % 7}" for number in range(50)] + ["null", "a\0"]
    first = [known.identify("crmid", value) for value in values]
    assert [known.identify("crmid", value) for value in values] == first
    assert first[:2] == [Named(0, "crmid:U0", blocked=False), Named(0, "crmid:U1", blocked=False)]


@given(st.sampled_from(["string", "email", "phone", "uuid", "date", "name"]), st.text(max_size=20))
def test_a_key_is_read_as_itself(kind: str, raw: str) -> None:
    reading = read(raw, kind)
    if isinstance(reading, Named):
        assert read(reading.key.removeprefix("id:"), kind) == reading
