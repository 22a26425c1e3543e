"""A seeded flaw: its name, the kind of finding that must come of it, and how it is put into a clean file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tests.pages.finding import Kind

D = TypeVar("D")


@dataclass(frozen=True)
class Seed(Generic[D]):
    """One flaw; ``spoil`` changes the clean document in place."""

    name: str
    kind: Kind
    spoil: Callable[[D], object]

    def __str__(self) -> str:
        return self.name
