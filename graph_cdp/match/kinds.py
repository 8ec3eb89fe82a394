"""What a column may hold. Pure."""

from typing import Final, Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal[
    "given_name",
    "middle_name",
    "family_name",
    "full_name",
    "date",
    "year",
    "email",
    "phone",
    "street",
    "house_number",
    "address",
    "city",
    "region",
    "postal_code",
    "country",
    "sex",
    "code",
    "text",
    "category",
    "number",
    "left_out",
]
"""What a column holds. `address`: street, number and maybe more in one; `code`: an identifier's number or letters;
`text`: free text; `category`: few values shared by many; `left_out`: tells nothing of who a record is about."""

GROUP_BY_KIND: Final[dict[Kind, str]] = {
    **dict.fromkeys(("given_name", "middle_name", "family_name", "full_name"), "name"),
    **dict.fromkeys(("street", "house_number", "address", "city", "region", "postal_code", "country"), "place"),
}
"""Kinds that are about one matter."""

SHARED_AT_HOME: Final[frozenset[Kind]] = frozenset({
    "family_name", "phone", "street", "house_number", "address", "city", "region", "postal_code", "country",
})  # fmt: skip
"""What people of one household have in common."""
PERSONAL: Final[frozenset[Kind]] = frozenset({"given_name", "middle_name", "date", "year", "email", "code"})
"""What tells people of one household apart, nearly always."""
NEVER_SHARED: Final[frozenset[Kind]] = frozenset({"given_name"})
"""What even twins do not share."""

LEAST_ALIKE: Final[dict[Kind, float]] = {
    "given_name": 0.4, "family_name": 0.5, "date": 0.5, "year": 0.3, "email": 0.2, "code": 0.2,
}  # fmt: skip
"""The least share of matches that agree in it: what agrees less often is not about one person."""


class Column(NamedTuple):
    """What one column of a table is taken for, and why, in words that name no value."""

    name: str
    kind: Kind
    reason: str

    @property
    def used(self) -> bool:
        """Whether records are compared by it."""
        return self.kind != "left_out"
