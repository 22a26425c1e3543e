"""A day with or without its time of day, as people write down when something happened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from functools import total_ordering
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_FORMAT = re.compile(r"(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}))?")


@total_ordering
@dataclass(frozen=True, slots=True)
class Moment:
    """A local day and, when known, its wall-clock time; a day without time sorts before its first minute."""

    day: date
    clock: time | None = None

    @property
    def known(self) -> bool:
        """Whether the time of day is known."""
        return self.clock is not None

    def at(self, zone: tzinfo) -> datetime:
        """The aware point in time in ``zone``; the start of the day when the time of day is unknown."""
        return datetime.combine(self.day, self.clock or time(), zone)

    @classmethod
    def from_text(cls, text: str) -> Moment:
        """The inverse of ``str()``; raises ``ValueError`` for anything else. What people type: ``parse_moment``."""
        if not (match := _FORMAT.fullmatch(text)):
            raise ValueError(f"not a moment: {text!r}")
        return cls(date.fromisoformat(match[1]), time.fromisoformat(match[2]) if match[2] else None)

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.clock:%H:%M}" if self.clock else self.day.isoformat()

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Moment):
            return NotImplemented
        return self._rank() < other._rank()

    def _rank(self) -> tuple[date, bool, time]:
        return self.day, self.known, self.clock or time()

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Accept a ``Moment`` or its text; serialise to the text in JSON."""
        from_text = core_schema.chain_schema(
            [core_schema.str_schema(), core_schema.no_info_plain_validator_function(cls.from_text)]
        )
        return core_schema.json_or_python_schema(
            json_schema=from_text,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), from_text]),
            serialization=core_schema.to_string_ser_schema(),
        )
