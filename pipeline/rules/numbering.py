"""The next free 客诉编号: above every number ever seen or reserved, never reused (DESIGN "Identity of a row")."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from itertools import chain

from schemas.settings import NumberingSetting


class Numbering:
    """Gives out numbers in one pass; ``seen`` is looked through once for each prefix that a number is wanted of."""

    def __init__(self, setting: NumberingSetting, *seen: Collection[str]) -> None:
        self._setting = setting
        self._seen = seen
        self._given: dict[str, int] = {}

    def _highest(self, prefix: str) -> int:
        """The highest serial seen after a prefix; it may be written with more digits than today's setting."""
        longer = prefix[-1:].isdecimal()  # then the prefix ends within a number's digits: a short rest is no serial
        serials = (number[len(prefix):] for number in chain(*self._seen) if number.startswith(prefix))
        return max(
            (int(serial) for serial in serials
             if serial.isdecimal() and (not longer or len(serial) >= self._setting.digits)),
            default=0,
        )

    def next(self, received: date) -> str:
        """The next number for a complaint received on that day."""
        head = self._setting.pattern.removesuffix("{serial}")
        prefix = head.format(year=f"{received:%Y}", month=f"{received:%m}", day=f"{received:%d}")
        if prefix not in self._given:
            self._given[prefix] = self._highest(prefix)
        self._given[prefix] += 1
        return f"{prefix}{self._given[prefix]:0{self._setting.digits}d}"
