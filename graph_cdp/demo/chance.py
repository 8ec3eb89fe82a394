"""Seeded chance: the same seed and purpose give the same draws, and one purpose does not disturb another."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")


def dice(seed: int, purpose: str) -> Random:
    """A generator of its own for one purpose."""
    return Random(f"{seed}/{purpose}")  # noqa: S311 made-up data keeps no secret


def uuid_text(rng: Random) -> str:
    """A random UUID (version 4) as lower-case text."""
    return str(UUID(int=rng.getrandbits(128), version=4))


def digits(rng: Random, pattern: str) -> str:
    """The pattern with a random digit for every `#`."""
    return "".join(str(rng.randrange(10)) if char == "#" else char for char in pattern)


def some(rng: Random, mean: float) -> int:
    """A whole number from 0 up with about the given mean; a few are much larger, as real activity is."""
    return int(rng.expovariate(1 / (mean + 0.5)))


def weighted(rng: Random, choices: Sequence[tuple[T, float]]) -> T:
    """One of the choices, each as likely as its weight says."""
    return rng.choices([value for value, _ in choices], [weight for _, weight in choices])[0]
