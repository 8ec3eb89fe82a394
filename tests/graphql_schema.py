"""A small schema with everything that a plan must get right, and answers that go wrong in every way."""

import asyncio
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.dataloader import DataLoader
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig


@strawberry.enum
class Colour(Enum):
    RED = "r"
    BLUE = "b"


@strawberry.input
class Wish:
    name: str = "a"
    count: int | None = None
    colour: Colour = Colour.RED
    inner: "Wish | None" = None


@strawberry.input
class Place:
    colour: Colour | None
    at: datetime | None
    tags: list[str | None] | None = None
    numbers: list[int] = strawberry.field(default_factory=list)
    label: str = "x"


@strawberry.input
class Box:
    place: Place
    places: list[Place] | None = None


@strawberry.interface
class Named:
    id: strawberry.ID
    name: str


@strawberry.type
class Leaf(Named):
    colour: Colour | None
    at: datetime | None
    data: JSON | None
    ratio: float | None
    wrong: int  # what it holds is no number now and then


@strawberry.type
class Branch(Named):
    leaves: list[Leaf]
    maybe: list[Leaf | None]
    absent: str  # null where null may not be, now and then

    @strawberry.field
    def plain(self) -> str:
        return self.name * 2

    @strawberry.field
    async def loaded(self, info: strawberry.Info[Any, None], step: int = 1) -> "Branch | None":
        number = await info.context.loader.load(int(self.id) + step)
        return branch(number) if number < 6 else None

    @strawberry.field
    async def many(self, first: int = 2) -> "list[Branch]":
        await asyncio.sleep(0)
        return [branch(int(self.id) + index) for index in range(first)]

    @strawberry.field
    async def broken(self, text: str = "raise") -> str | None:
        await asyncio.sleep(0)
        if text == "raise":
            raise ValueError("broken")
        return None if text == "null" else text

    @strawberry.field
    def strict(self, text: str = "") -> str:
        if text == "raise":
            raise ValueError("strict")
        return None if text == "null" else text  # type: ignore[return-value]

    @strawberry.field
    def either(self) -> "Annotated[Leaf | Branch, strawberry.union('Either')]":
        return leaf(1) if self.id == "1" else branch(2)

    @strawberry.field
    async def named(self) -> list[Named]:
        return [leaf(1), branch(int(self.id))]


def leaf(number: int) -> Leaf:
    """A leaf; the third one holds what its type does not allow."""
    return Leaf(
        id=strawberry.ID(str(number)),
        name=f"leaf {number}",
        colour=[None, Colour.RED, Colour.BLUE][number % 3],
        at=datetime(2026, 1, number % 28 + 1, 12, tzinfo=UTC) if number % 2 else None,
        data={"n": [number]} if number % 2 else None,
        ratio=number / 2 if number % 4 else float("nan"),
        wrong=number if number % 3 else "none",  # type: ignore[arg-type]
    )


def branch(number: int) -> Branch:
    """A branch with leaves; the fourth one has a null where none may be."""
    return Branch(
        id=strawberry.ID(str(number)),
        name=f"branch {number}",
        leaves=[leaf(number), leaf(number + 1)],
        maybe=[leaf(number), None],
        absent="" if number % 4 else None,  # type: ignore[arg-type]
    )


@strawberry.type
class Query:
    @strawberry.field
    async def branch(self, id: strawberry.ID | None = None) -> Branch | None:  # noqa: A002
        return branch(int(id or "1")) if (id or "1").isdigit() else None

    @strawberry.field
    def wish(self, wish: Wish, others: list[Wish] | None = None) -> str | None:
        return None if wish.name == "null" else f"{wish} {others}"

    @strawberry.field
    def boxed(self, box: Box, boxes: list[Box | None] | None = None) -> str:
        return f"{box} {boxes}"

    @strawberry.field
    def version(self) -> int:
        return 3

    @strawberry.field
    async def node(self, id: strawberry.ID) -> Named | None:  # noqa: A002
        return leaf(1) if id == "1" else branch(2)

    @strawberry.field
    def fails(self, text: str | None = None) -> str:
        if text in {"raise", None}:
            raise ValueError("fails")
        return text

    @strawberry.field
    def when(self, at: datetime, colour: Colour = Colour.BLUE) -> str:
        return f"{at.isoformat()} {colour.name}"


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def count(self, info: strawberry.Info[Any, None]) -> int:
        info.context.counted += 1
        return int(info.context.counted)


class Context:
    """One operation's."""

    def __init__(self) -> None:
        self.loader = DataLoader(load_fn=self._load)
        self.batches: list[list[int]] = []
        self.counted = 0

    async def _load(self, keys: list[int]) -> list[int]:
        self.batches.append(keys)
        return keys


schema = strawberry.Schema(
    Query,
    Mutation,
    types=[Leaf, Branch],
    config=StrawberryConfig(enable_experimental_incremental_execution=True),
)
