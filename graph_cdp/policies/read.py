"""From the values of a policy file to the policy; every problem is noted in the findings."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import cast, get_args

from graph_cdp.domain.policy import Namespace, Policy, Survivorship, TraitRule
from graph_cdp.normalise import KINDS
from graph_cdp.policies.places import KeyPath
from graph_cdp.policies.problems import Findings, Table, kind_of, shown_value, suggestion, tables_in
from graph_cdp.policies.read_fraud import read_fraud

PERSONAL_KINDS = frozenset({"email", "phone", "hashed_email", "name", "date", "postal_code"})
"""Kinds whose values are masked unless the policy says `personal = false`."""

SURVIVORSHIPS: tuple[str, ...] = get_args(Survivorship)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
_TOP_KEYS = ("namespace", "trait", "collect", "fraud", "placeholders")
_OPTIONS = tuple(dict.fromkeys(option for kind in KINDS.values() for option in kind.options))
_NAMESPACE_KEYS = ("name", "limit", "shared_above", "normalise", *_OPTIONS, "blocked", "placeholders", "personal")


def read(values: Mapping[str, object], text: str, findings: Findings) -> Policy:
    """The policy that a file's values describe, usable if no error was noted. `text` is kept in it."""
    top = Table(values, (), findings, _TOP_KEYS)
    namespaces = _namespaces(top)
    names = [namespace.name for namespace in namespaces]
    return Policy(namespaces, _traits(top), _collect(top, names), text, read_fraud(top, names))


def _namespaces(top: Table) -> tuple[Namespace, ...]:
    tables = top.value("namespace")
    placeholders = top.flag("placeholders")
    if tables is None or tables == []:
        top.error("namespace", "is missing; add at least one [[namespace]] with a name, the strongest first")
        return ()
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        top.error(
            "namespace", "must be one table for each namespace; write [[namespace]] in double brackets above each"
        )
        return ()
    if not any("limit" in table for table in tables):
        remedy = "give the first one limit = 1"
        top.findings.warn(("namespace",), f"none has a limit, so nothing keeps two people apart; {remedy}")
    line_by_name: dict[str, int] = {}
    return tuple(
        _namespace(
            Table(table, ("namespace", rank), top.findings, _NAMESPACE_KEYS),
            rank,
            placeholders is not False,
            line_by_name,
        )
        for rank, table in enumerate(tables)
    )


def _namespace(table: Table, rank: int, placeholders: bool, line_by_name: dict[str, int]) -> Namespace:
    kind = table.choice("normalise", tuple(KINDS)) or "string"
    own_placeholders = table.flag("placeholders")
    personal = table.flag("personal")
    return Namespace(
        name=_name(table, line_by_name),
        rank=rank,
        limit=table.whole("limit", "leave it out for any number"),
        shared_above=_shared_above(table, rank),
        normalise=kind,
        options=_options(table, kind),
        blocked=table.texts("blocked"),
        placeholders=placeholders if own_placeholders is None else own_placeholders,
        personal=kind in PERSONAL_KINDS if personal is None else personal,
    )


def _name(table: Table, line_by_name: dict[str, int]) -> str:
    name = table.value("name")
    if name is None:
        table.error("name", 'is missing; write name = "email" or the like')
        return ""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        remedy = "write a letter first, then up to 62 letters, digits, _ or -"
        table.error("name", f"must be a plain name, is {shown_value(name)}; {remedy}")
        return ""
    if name in line_by_name:
        table.error("name", f"'{name}' is taken by line {line_by_name[name]}; give each namespace a name of its own")
    line_by_name.setdefault(name, table.findings.line((*table.path, "name")))
    return name


def _shared_above(table: Table, rank: int) -> int | None:
    bound = table.whole("shared_above", "leave it out if such an identifier is never shared")
    if rank == 0 and bound is not None:
        path = (*table.path, "shared_above")
        table.findings.warn(path, "counts nothing, for no namespace is stronger than the first; leave it out")
    return bound


def _options(table: Table, kind: str) -> dict[str, object]:
    """The options given, checked. One that its kind does not have is an error, unless the kind itself is wrong."""
    kind_is_known = table.value("normalise") in (None, *KINDS)
    found: dict[str, object] = {}
    for option in _OPTIONS:
        if option not in table:
            continue
        if option not in KINDS[kind].options:
            if kind_is_known:
                table.error(option, f'means nothing for normalise = "{kind}"; {_kinds_with(option)}')
        elif (value := _option(table, option, KINDS[kind].options[option])) is not None:
            found[option] = value
    return found


def _kinds_with(option: str) -> str:
    kinds = [f'"{name}"' for name, kind in KINDS.items() if option in kind.options]
    return f"leave it out, or write normalise = {' or '.join(kinds)}"


def _option(table: Table, option: str, settings: frozenset[object]) -> object:
    if option == "region":
        return _region(table, settings)
    if settings == {True, False}:
        return table.flag(option)
    return table.choice(option, sorted(str(setting) for setting in settings))


def _region(table: Table, regions: frozenset[object]) -> str | None:
    region = table.value("region")
    if isinstance(region, str) and region in regions:
        return region
    what = 'must be a country that is known here, by its two capital letters (ISO 3166-1): "US", "GB", "DE" …'
    table.error("region", f"{what}; leave it out if yours is not")
    return None


def _traits(top: Table) -> dict[str, TraitRule]:
    rules: dict[str, TraitRule] = {}
    for name, values in tables_in(top, "trait", "[trait.NAME]"):
        if not isinstance(values, dict):
            top.findings.error(
                ("trait", name), 'must be a table; write [trait.NAME] and below it survivorship = "latest"'
            )
            continue
        rules[name] = _trait(Table(values, ("trait", name), top.findings, ("survivorship", "sources", "personal")))
    return rules


def _trait(table: Table) -> TraitRule:
    sources, personal = table.texts("sources"), table.flag("personal")
    if "survivorship" not in table and "personal" not in table:
        table.error("survivorship", f"is missing; write one of {', '.join(SURVIVORSHIPS)}")
        return TraitRule()
    survivorship = table.choice("survivorship", SURVIVORSHIPS)
    if survivorship == "source_priority":
        if "sources" not in table or table.value("sources") == []:
            table.error("sources", 'is missing; list the sources, the best first: sources = ["crm", "web"]')
        elif len(set(sources)) < len(sources):
            table.error("sources", "names a source twice; list each once, the best first")
    elif "sources" in table and (survivorship or "survivorship" not in table):
        table.error("sources", 'counts only for survivorship = "source_priority"; write that, or leave sources out')
    return TraitRule(cast("Survivorship", survivorship or "latest"), sources, personal)


def _collect(top: Table, names: Collection[str]) -> dict[str, str]:
    """Namespace by path. `"traits.email" = "email"` and `traits.email = "email"` say the same."""
    collect: dict[str, str] = {}
    for path, keys, namespace in _leaves(tables_in(top, "collect", "[collect]"), ("collect",)):
        if not isinstance(namespace, str):
            message = f'must be the name of a namespace in quotes, is {kind_of(namespace)}; "" collects nothing'
            top.findings.error(keys, message)
        elif not all(path.split(".")):
            top.findings.error(keys, 'must be a path of names with dots between, such as "traits.email"')
        elif path in collect:
            top.findings.error(keys, f"gives {path} a second namespace; keep one of the two")
        else:
            collect[path] = namespace
            if namespace and names and namespace not in names:
                message = "leads to a namespace that the policy lacks, so it would join nobody"
                top.findings.warn(keys, f"{message}; {suggestion(namespace, names)}")
    return collect


def _leaves(items: Iterator[tuple[str, object]], above: KeyPath) -> Iterator[tuple[str, KeyPath, object]]:
    for key, value in items:
        path = (*above, key)
        if isinstance(value, dict):
            yield from _leaves(iter(value.items()), path)
        else:
            yield ".".join(str(part) for part in path[1:]), path, value
