"""The next free 客诉编号: above every number ever seen or reserved, never reused (DESIGN "Identity of a row")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from schemas.settings import NumberingSetting


class Numbering:
    """Gives out numbers in one pass; remembers the highest serial per prefix."""

    def __init__(self, setting: NumberingSetting, seen: Iterable[str]) -> None:
        self._setting = setting
        self._highest: dict[str, int] = {}
        for number in seen:
            self._note(number)

    def _note(self, number: str) -> None:
        match = re.fullmatch(r"(.*?)(\d+)", number, re.DOTALL)
        if match is None:
            return
        # a serial may be written with more digits than today's setting: every split of the digits counts
        stem, digits = match.groups()
        for cut in range(len(digits)):
            prefix = stem + digits[:cut]
            serial = int(digits[cut:])
            if len(digits) - cut >= self._setting.digits or cut == 0:
                self._highest[prefix] = max(self._highest.get(prefix, 0), serial)

    def next(self, received: date) -> str:
        """The next number for a complaint received on that day."""
        head = self._setting.pattern.removesuffix("{serial}")
        prefix = head.format(year=f"{received:%Y}", month=f"{received:%m}", day=f"{received:%d}")
        serial = self._highest.get(prefix, 0) + 1
        self._highest[prefix] = serial
        return f"{prefix}{serial:0{self._setting.digits}d}"
