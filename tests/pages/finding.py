"""What the page checker reports, and the limits it measures against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "bounds",     # something lies, or grows, beyond page, slide or printed area
    "overlap",    # two things lie on each other
    "fit",        # text needs more room than its box, row or column has
    "size",       # text below the smallest size that reads
    "empty",      # a box, placeholder, table or page without content
    "leftover",   # None, nan, {{ or {% in text, error values of formulas
    "contrast",   # text that does not stand out from what is behind it
    "schema",     # markup that the format does not allow, beyond what the library itself writes
]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One flaw: where it is (slide, page part or cell, and the box), and what a person would say about it."""

    place: str
    kind: Kind
    detail: str

    def __str__(self) -> str:
        return f"{self.place}: {self.kind}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Rules:
    """The limits; sizes in points, ``slack`` the part of a box's height that text may need too much (metrics differ
    from renderer to renderer by that much).
    """

    slide_points: float = 12.0
    page_points: float = 7.5
    slack: float = 0.03
    schema: bool = True
