"""Ledgers as plants that nobody prepared keep them, each with what a person who knows the plant would read in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from openpyxl import Workbook

Rows = list[list[object]]

CUSTOMERS = ("东岳汽车", "华远汽车", "长岭重卡", "北川新能源", "江海客车")
PRODUCTS = (("冷却水管总成", "3210-0451A"), ("线束卡扣", "00812345"), ("进气软管", "A2-1109021"))
PHENOMENA = ("装车后接头处渗水", "卡扣断裂无法锁紧", "管口有飞边,插入困难", "表面划伤、脏污", "漏装O型圈")
PEOPLE = ("张伟明", "李晓琴", "王志强", "陈静")
DEPARTMENTS = ("注塑车间", "装配车间", "品质部")


@dataclass(frozen=True)
class Truth:
    """What one sheet holds: ``columns`` names the field of each column ("-" for none), ``issues`` the wrong cells.

    ``reads`` gives the text of single values, by Excel row and field.
    """

    kind: str
    heading_row: int
    rows: int
    columns: str
    issues: frozenset[str] = frozenset()
    reads: Mapping[tuple[int, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlantLedger:
    """One plant's workbook: rows and merged ranges by sheet, and the truth about the sheets that are ledger tables."""

    name: str
    sheets: Mapping[str, Rows]
    truths: Mapping[str, Truth]
    merged: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def save(self, path: Path) -> Path:
        """Write the workbook."""
        workbook = Workbook()
        workbook.remove(workbook.worksheets[0])
        for name, rows in self.sheets.items():
            sheet = workbook.create_sheet(name)
            for row in rows:
                sheet.append(row)
            for cells in self.merged.get(name, ()):
                sheet.merge_cells(cells)
        workbook.save(path)
        return path


def day(number: int, first: str = "2026-03-02", step: int = 9) -> datetime:
    """The ``number``-th of evenly spread days."""
    return datetime.fromisoformat(first) + timedelta(days=number * step)


def heads(text: str) -> list[object]:
    """Headings separated by blanks."""
    return list(text.split())


def one_of(words: Sequence[str], number: int) -> str:
    """The words in turn."""
    return words[number % len(words)]


def basics(number: int) -> list[object]:
    """Customer, product, part number, phenomenon, pieces."""
    product = PRODUCTS[number % len(PRODUCTS)]
    return [one_of(CUSTOMERS, number), *product, one_of(PHENOMENA, number), number % 5 + 1]
