"""The policy: what may belong together, as frozen models. `graph_cdp.policies` reads it from TOML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, TypeAlias

from graph_cdp.domain.matching import AdoptedModel

Survivorship: TypeAlias = Literal["latest", "earliest", "most_frequent", "source_priority", "min", "max", "union"]


@dataclass(frozen=True, slots=True)
class Namespace:
    """A kind of identifier. `rank` is its place in the policy: 0 is the strongest.

    `limit`: how many of it one profile may hold, None for any number. `shared_above`: an identifier linked to more
    than so many distinct, not blocked identifiers of one stronger namespace is shared and joins nobody.
    `normalise` names a normaliser; `options` are its settings (`region`, `provider_rules`). `blocked` are
    values that join nobody, as written in the policy; `placeholders` adds the built-in ones.
    `personal` values are masked from readers without the right to see them.
    """

    name: str
    rank: int
    limit: int | None = None
    shared_above: int | None = None
    normalise: str = "string"
    options: Mapping[str, object] = field(default_factory=dict)
    blocked: tuple[str, ...] = ()
    placeholders: bool = True
    personal: bool = False


@dataclass(frozen=True, slots=True)
class TraitRule:
    """How one value of a trait is picked out of many. `sources` is the order for `source_priority`, best first.

    `personal` values are masked from readers without the right to see them; None: as the trait's name suggests.
    """

    survivorship: Survivorship = "latest"
    sources: tuple[str, ...] = ()
    personal: bool | None = None


LATEST = TraitRule()


@dataclass(frozen=True, slots=True)
class FraudRule:
    """How one rule of `graph_cdp.fraud` is set, where it is not as the rule itself says.

    `namespaces`: whose identifiers it looks at. `numbers` and `lists` are the rule's own settings by name.
    """

    enabled: bool = True
    namespaces: tuple[str, ...] | None = None
    numbers: Mapping[str, int] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


PERSONAL_TRAITS: Final = frozenset({
    "address", "addressline", "addressline1", "addressline2", "avatar", "birthdate", "birthday", "dateofbirth", "dob",
    "email", "emailaddress", "familyname", "firstname", "fullname", "givenname", "ip", "ipaddress", "lastname",
    "middlename", "mobile", "name", "phone", "phonenumber", "photo", "postalcode", "postcode", "street",
    "streetaddress", "surname", "username", "zip", "zipcode",
})  # fmt: skip
"""Traits that are personal unless the policy says `personal = false`: lower case, without `_`, `-` and blanks.

The reserved traits of the Segment specification that describe somebody, and their customary spellings.
"""

_SPELLING = re.compile(r"[ _-]")


@dataclass(frozen=True)
class Policy:
    """The ordered namespaces, the rules for traits, and which fields of an event become identifiers.

    `collect` maps a path in an event (`userId`, `context.device.id`, `traits.email`) to a namespace. `fraud` sets
    signs of fraud by their names.
    `text` is the TOML that it was read from, kept so that a store can tell which policy it was resolved with.
    `model`, in no file, is the one that the store's records are matched with.
    """

    namespaces: tuple[Namespace, ...]
    traits: Mapping[str, TraitRule] = field(default_factory=dict)
    collect: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    fraud: Mapping[str, FraudRule] = field(default_factory=dict)
    model: AdoptedModel | None = None

    @cached_property
    def by_name(self) -> dict[str, Namespace]:
        """Namespace by its name."""
        return {namespace.name: namespace for namespace in self.namespaces}

    @cached_property
    def rank_by_name(self) -> dict[str, int]:
        """Rank by namespace name."""
        return {namespace.name: namespace.rank for namespace in self.namespaces}

    @cached_property
    def limit_by_name(self) -> dict[str, int]:
        """Limit by the names of those namespaces that have one, in order of strength."""
        return {namespace.name: namespace.limit for namespace in self.namespaces if namespace.limit is not None}

    @cached_property
    def shared_above_by_name(self) -> dict[str, int]:
        """`shared_above` by the names of those namespaces that have one."""
        return {
            namespace.name: namespace.shared_above
            for namespace in self.namespaces
            if namespace.shared_above is not None
        }

    @cached_property
    def known_namespaces(self) -> frozenset[str]:
        """The namespaces whose identifiers make a profile known: those that tell who somebody is.

        A limit says that a namespace is one person's own, so they are those with a limit, and all that are stronger.
        Without any limit it is the strongest namespace alone. Whoever holds one of them has an anchor among them.
        """
        weakest = max((namespace.rank for namespace in self.namespaces if namespace.limit is not None), default=0)
        return frozenset(namespace.name for namespace in self.namespaces if namespace.rank <= weakest)

    def trait(self, name: str) -> TraitRule:
        """The rule for a trait; `latest` where the policy is silent."""
        return self.traits.get(name, LATEST)

    def is_personal_trait(self, name: str) -> bool:
        """Whether values of a trait are masked: as its rule says, else as its namespace is, else by its name."""
        said = self.trait(name).personal
        if said is not None:
            return said
        namespace = self.by_name.get(self.collect.get(f"traits.{name}", ""))
        if namespace is not None and namespace.personal:
            return True
        return _SPELLING.sub("", name).lower() in PERSONAL_TRAITS
