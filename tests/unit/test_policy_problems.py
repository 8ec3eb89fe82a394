"""What the check of a policy finds wrong, with line, key and remedy."""

from pathlib import Path
from textwrap import dedent

import pytest

from graph_cdp.errors import PolicyError
from graph_cdp.policies import (
    check_policy,
    load_policy,
    parse_policy,
    policy_text,
)
from tests.unit.test_policies import FULL, NAMESPACE

ERRORS = {
    "an unknown key is met with the one that was meant": (
        NAMESPACE + "limt = 2",
        "p:4: namespace[0].limt: is not known; did you mean 'limit'?",
    ),
    "an unknown table is met with all that there are": (
        NAMESPACE + "[zebra]",
        "p:4: zebra: is not known; known here: namespace, trait, collect, fraud, placeholders",
    ),
    "an unknown table is met with the one that was meant": (
        NAMESPACE + '[traits.plan]\nsurvivorship = "max"',
        "p:4: traits: is not known; did you mean 'trait'?",
    ),
    "a namespace key at the top": (
        "limit = 1\n" + NAMESPACE,
        "p:1: limit: is not known; known here: namespace, trait, collect, fraud, placeholders",
    ),
    "no namespace": (
        "# nothing\nplaceholders = false",
        "p:1: namespace: is missing; add at least one [[namespace]] with a name, the strongest first",
    ),
    "an empty list of namespaces": (
        "\nnamespace = []",
        "p:2: namespace: is missing; add at least one [[namespace]] with a name, the strongest first",
    ),
    "single brackets": (
        '\n[namespace]\nname = "a"',
        "p:2: namespace: must be one table for each namespace; write [[namespace]] in double brackets above each",
    ),
    "namespaces that are no tables": (
        'namespace = ["a"]',
        "p:1: namespace: must be one table for each namespace; write [[namespace]] in double brackets above each",
    ),
    "a namespace without a name": (
        NAMESPACE + "\n[[namespace]]\nlimit = 2",
        'p:5: namespace[1].name: is missing; write name = "email" or the like',
    ),
    "a name with a colon": (
        '[[namespace]]\nname = "a:b"\nlimit = 1',
        "p:2: namespace[0].name: must be a plain name, is 'a:b'; "
        "write a letter first, then up to 62 letters, digits, _ or -",
    ),
    "a name of 64 letters": (
        f'[[namespace]]\nname = "{"a" * 64}"\nlimit = 1',
        "p:2: namespace[0].name: must be a plain name, is text; "
        "write a letter first, then up to 62 letters, digits, _ or -",
    ),
    "a name that is a number": (
        "[[namespace]]\nname = 7\nlimit = 1",
        "p:2: namespace[0].name: must be a plain name, is 7; "
        "write a letter first, then up to 62 letters, digits, _ or -",
    ),
    "a name twice": (
        NAMESPACE + "\n" + NAMESPACE,
        "p:6: namespace[1].name: 'a' is taken by line 2; give each namespace a name of its own",
    ),
    "a limit in words": (
        NAMESPACE.replace("1", "'one'"),
        "p:3: namespace[0].limit: must be a whole number of at least 1, is 'one'; leave it out for any number",
    ),
    "a limit of zero": (
        NAMESPACE.replace("1", "0"),
        "p:3: namespace[0].limit: must be a whole number of at least 1, is 0; leave it out for any number",
    ),
    "a limit of true": (
        NAMESPACE.replace("1", "true"),
        "p:3: namespace[0].limit: must be a whole number of at least 1, is true; leave it out for any number",
    ),
    "a limit of one and a half": (
        NAMESPACE.replace("1", "1.5"),
        "p:3: namespace[0].limit: must be a whole number of at least 1, is 1.5; leave it out for any number",
    ),
    "a limit that no store can hold": (
        NAMESPACE.replace("1", "0x" + "f" * 5000),
        "p:3: namespace[0].limit: must be a whole number of at least 1, is a number; leave it out for any number",
    ),
    "a limit that is a day": (
        NAMESPACE.replace("1", "2026-01-01"),
        "p:3: namespace[0].limit: must be a whole number of at least 1, is a date or time; leave it out for any number",
    ),
    "shared_above as a list": (
        NAMESPACE + '[[namespace]]\nname = "b"\nshared_above = [3]',
        "p:6: namespace[1].shared_above: must be a whole number of at least 1, is a list; "
        "leave it out if such an identifier is never shared",
    ),
    "an unknown normaliser": (
        NAMESPACE + 'normalise = "e-mail"',
        "p:4: namespace[0].normalise: must be one of the known names, is 'e-mail'; did you mean 'email'?",
    ),
    "a normaliser that is no text": (
        NAMESPACE + "normalise = true",
        "p:4: namespace[0].normalise: must be one of the known names, is true; "
        "known here: string, email, phone, uuid, advertising_id, hashed_email, name, date, postal_code",
    ),
    "an option of other kinds": (
        NAMESPACE + 'region = "US"',
        'p:4: namespace[0].region: means nothing for normalise = "string"; '
        'leave it out, or write normalise = "phone" or "postal_code"',
    ),
    "a region that is no country": (
        NAMESPACE + 'normalise = "phone"\nregion = "UK"',
        "p:5: namespace[0].region: must be a country that is known here, by its two capital letters "
        '(ISO 3166-1): "US", "GB", "DE" …; leave it out if yours is not',
    ),
    "a region that is no text": (
        NAMESPACE + 'normalise = "postal_code"\nregion = []',
        "p:5: namespace[0].region: must be a country that is known here, by its two capital letters "
        '(ISO 3166-1): "US", "GB", "DE" …; leave it out if yours is not',
    ),
    "provider rules in quotes": (
        NAMESPACE + 'normalise = "email"\nprovider_rules = "yes"',
        "p:5: namespace[0].provider_rules: must be true or false without quotes, is 'yes'; write provider_rules = true",
    ),
    "an unknown order": (
        NAMESPACE + 'normalise = "date"\norder = "DMY"',
        "p:5: namespace[0].order: must be one of the known names, is 'DMY'; did you mean 'dmy'?",
    ),
    "one blocked value that is no list": (
        NAMESPACE + 'blocked = "x@example.com"',
        'p:4: namespace[0].blocked: must be a list, is text; write blocked = ["…", "…"]',
    ),
    "a blocked value without quotes, which is not repeated": (
        NAMESPACE + 'blocked = [\n  "a",  # first\n  5551234,\n]',
        "p:6: namespace[0].blocked[1]: must be text, is a number; put it in quotes",
    ),
    "placeholders that are neither true nor false": (
        NAMESPACE + "placeholders = 0",
        "p:4: namespace[0].placeholders: must be true or false without quotes, is 0; write placeholders = true",
    ),
    "placeholders of the file that are neither true nor false": (
        "placeholders = 'no'\n" + NAMESPACE,
        "p:1: placeholders: must be true or false without quotes, is 'no'; write placeholders = true",
    ),
    "personal that is neither true nor false": (
        NAMESPACE + "personal = {}",
        "p:4: namespace[0].personal: must be true or false without quotes, is a table; write personal = true",
    ),
    "traits in double brackets": (
        NAMESPACE + '[[trait]]\nname = "plan"',
        "p:4: trait: must be a table, is a list; write [trait.NAME] in single brackets",
    ),
    "a trait that is no table": (
        NAMESPACE + '[trait]\nplan = "latest"',
        'p:5: trait.plan: must be a table; write [trait.NAME] and below it survivorship = "latest"',
    ),
    "a trait without survivorship": (
        NAMESPACE + "[trait.plan]",
        "p:4: trait.plan.survivorship: is missing; "
        "write one of latest, earliest, most_frequent, source_priority, min, max, union",
    ),
    "an unknown survivorship": (
        NAMESPACE + '[trait.plan]\nsurvivorship = "Newest"',
        "p:5: trait.plan.survivorship: must be one of the known names, is 'Newest'; "
        "known here: latest, earliest, most_frequent, source_priority, min, max, union",
    ),
    "an unknown key of a trait": (
        NAMESPACE + '[trait."the plan"]\nsurvivorship = "max"\nsource = ["crm"]',
        "p:6: trait.\"the plan\".source: is not known; did you mean 'sources'?",
    ),
    "source priority without sources": (
        NAMESPACE + '[trait.plan]\nsurvivorship = "source_priority"',
        'p:4: trait.plan.sources: is missing; list the sources, the best first: sources = ["crm", "web"]',
    ),
    "source priority with no source": (
        NAMESPACE + '[trait.plan]\nsurvivorship = "source_priority"\nsources = []',
        'p:6: trait.plan.sources: is missing; list the sources, the best first: sources = ["crm", "web"]',
    ),
    "a source twice": (
        NAMESPACE + '[trait.plan]\nsurvivorship = "source_priority"\nsources = ["a", "b", "a"]',
        "p:6: trait.plan.sources: names a source twice; list each once, the best first",
    ),
    "sources that are no list": (
        NAMESPACE + '[trait.plan]\nsurvivorship = "source_priority"\nsources = "crm"',
        'p:6: trait.plan.sources: must be a list, is text; write sources = ["…", "…"]',
    ),
    "sources without source priority": (
        NAMESPACE + '[trait.plan]\nsurvivorship = "latest"\nsources = ["crm"]',
        'p:6: trait.plan.sources: counts only for survivorship = "source_priority"; write that, or leave sources out',
    ),
    "collect that is no table": (
        'collect = ["userId"]\n' + NAMESPACE,
        "p:1: collect: must be a table, is a list; write [collect] in single brackets",
    ),
    "a path that leads to no text": (
        NAMESPACE + "[collect]\nuserId = false",
        'p:5: collect.userId: must be the name of a namespace in quotes, is true or false; "" collects nothing',
    ),
    "a path with nothing between its dots": (
        NAMESPACE + '[collect]\n"traits..email" = "a"',
        'p:5: collect."traits..email": must be a path of names with dots between, such as "traits.email"',
    ),
    "a path in two spellings": (
        NAMESPACE + '[collect]\n"traits.email" = "a"\ntraits.email = ""',
        "p:6: collect.traits.email: gives traits.email a second namespace; keep one of the two",
    ),
    "an empty file": ("", "p:1: is empty; add at least one [[namespace]] with a name"),
    "white space": (" \n\n\t", "p:1: is empty; add at least one [[namespace]] with a name"),
    "broken TOML": (
        NAMESPACE + "blocked = [1 2]",
        "p:4:14: is not TOML: unclosed array; mend it there or just above",
    ),
    "TOML that ends too soon": (
        NAMESPACE + "blocked = [1,\n\n",
        "p:4: is not TOML: invalid value; mend it there or just above",
    ),
    "a key twice": (
        NAMESPACE + "limit = 2\n\n",
        "p:4:10: is not TOML: cannot overwrite a value; mend it there or just above",
    ),
    "two namespaces in single brackets": (
        "[namespace]\nname = 'a'\n[namespace]\nname = 'b'",
        "p:3:11: is not TOML: cannot declare ('namespace',) twice; write [[namespace]] in double brackets",
    ),
    "a number of 5000 digits": (
        NAMESPACE + "shared_above = 1" + "0" * 5000,
        "p:1: holds a number that is too long to read; shorten it",
    ),
    "brackets without end": (
        "a = " + "[" * 5000,
        "p:1: nests its brackets too deeply; a policy needs no more than three levels",
    ),
    "brackets too many to read": (
        "a = " + "[" * 5000 + "]" * 5000,
        "p:1: nests its brackets too deeply; a policy needs no more than three levels",
    ),
}


@pytest.mark.parametrize(("text", "message"), ERRORS.values(), ids=ERRORS)
def test_an_error_names_line_key_and_remedy(text: str, message: str):
    report = check_policy(text, "p")
    assert [str(problem) for problem in report.problems] == [message]
    assert report.errors == report.problems
    assert report.policy is None
    with pytest.raises(PolicyError) as raised:
        parse_policy(text, "p")
    assert str(raised.value) == message


WARNINGS = {
    "the first namespace is never shared": (
        NAMESPACE + "shared_above = 3",
        "p:4: namespace[0].shared_above: counts nothing, for no namespace is stronger than the first; leave it out",
    ),
    "no namespace has a limit": (
        '\n[[namespace]]\nname = "a"',
        "p:2: namespace: none has a limit, so nothing keeps two people apart; give the first one limit = 1",
    ),
    "a path leads to a namespace that is not there": (
        NAMESPACE.replace('"a"', '"email"') + '[collect]\n"traits.email" = "emial"',
        'p:5: collect."traits.email": leads to a namespace that the policy lacks, so it would join nobody; '
        "did you mean 'email'?",
    ),
    "a dotted path leads to a namespace that is not there": (
        NAMESPACE + '[collect]\n\ntraits.email = "email"',
        "p:6: collect.traits.email: leads to a namespace that the policy lacks, so it would join nobody; known here: a",
    ),
}


@pytest.mark.parametrize(("text", "message"), WARNINGS.values(), ids=WARNINGS)
def test_a_warning_leaves_the_policy_usable(text: str, message: str):
    report = check_policy(text, "p")
    assert [str(problem) for problem in report.problems] == [message]
    assert report.warnings == report.problems
    assert report.policy == parse_policy(text, "p")


def test_all_problems_are_found_at_once_and_told_from_top_to_bottom():
    text = dedent("""\
        plaseholders = false

        [[namespace]]
        name = "a"
        limit = 0
        shared_above = 2
        [trait.plan]
        survivorship = "most_frequently"
        [[namespace]]
        name = "a"
        """)
    report = check_policy(text, "p")
    assert [(problem.line, problem.key, problem.severity) for problem in report.problems] == [
        (1, "plaseholders", "error"),
        (5, "namespace[0].limit", "error"),
        (6, "namespace[0].shared_above", "warning"),
        (8, "trait.plan.survivorship", "error"),
        (10, "namespace[1].name", "error"),
    ]
    with pytest.raises(PolicyError) as raised:
        parse_policy(text, "p")
    assert str(raised.value) == f"{report.errors[0]} (3 more: `graph-cdp policy check` shows all)"


def test_an_unknown_normaliser_is_not_blamed_on_its_options():
    report = check_policy(NAMESPACE + 'normalise = "fone"\nregion = "US"', "p")
    assert [problem.key for problem in report.problems] == ["namespace[0].normalise"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ":1: is empty; add at least one [[namespace]] with a name"),
        (b"PAR1\x00\x15\xff", ": is a binary file or not UTF-8; a policy is a TOML file saved as UTF-8 text"),
        (FULL.encode("utf-16"), ": is a binary file or not UTF-8; a policy is a TOML file saved as UTF-8 text"),
        (b'[[namespace]]\nname = "caf\xe9"', ":2: is not UTF-8; save the file as UTF-8 text"),
    ],
    ids=["empty", "binary", "UTF-16", "Latin-1"],
)
def test_a_file_that_is_no_text_is_refused_by_its_path(tmp_path: Path, content: bytes, message: str):
    path = tmp_path / "policy.toml"
    path.write_bytes(content)
    with pytest.raises(PolicyError) as raised:
        load_policy(path)
    assert str(raised.value) == f"{path}{message}"


def test_a_file_that_cannot_be_opened_is_refused_with_the_cause(tmp_path: Path):
    with pytest.raises(PolicyError, match=r"nowhere\.toml: cannot be read \(No such file or directory\)"):
        policy_text(tmp_path / "nowhere.toml")
    with pytest.raises(PolicyError, match=r"cannot be read \(Is a directory\)"):
        policy_text(tmp_path)
