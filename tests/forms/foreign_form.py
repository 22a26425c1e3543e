"""A foreign form as its YAML tells: labels, boxes with the field they ask for, tables, tick boxes; and its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from pipeline.ooxml.cells import CellRange, column_index

KNOWN = Path(__file__).with_name("known")
HELD_OUT = Path(__file__).with_name("held_out")
#: Forms that hardly use a word of the trade: people are asked, nothing is filled on a guess.
OWN_WORDS = Path(__file__).with_name("own_words")


@dataclass(frozen=True)
class ForeignForm:
    """One form. ``truth`` goes from the first cell of a box to the addresses that are right ("" = none of ours); on
    pages behind the first the cell stands behind the page's name (``5Why!B3``).
    """

    name: str
    made_with: str
    content: dict[str, Any]
    truth: dict[str, frozenset[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    @property
    def suffix(self) -> str:
        """.docx or .xlsx."""
        return ".docx" if self.made_with == "docx" else ".xlsx"

    @property
    def pages(self) -> list[tuple[str, dict[str, Any]]]:
        """Each sheet, or each table of a Word form, by the name it goes by; the form's first one comes first."""
        pages = [self.content, *self.content.get("pages", ())]
        return [(page.get("sheet", f"表{number}"), page) for number, page in enumerate(pages, start=1)]


def boxes_of(page: dict[str, Any]) -> list[tuple[CellRange, str]]:
    """Every box of a page as (area, text)."""
    found: list[tuple[CellRange, str]] = []
    for area, text in page.get("labels", {}).items():
        found.append((CellRange.parse(area), str(text)))
    for area in page.get("answers", {}):
        found.append((CellRange.parse(area), ""))
    for area, (text, *_) in {**page.get("answers_inside", {}), **page.get("ticks", {})}.items():
        found.append((CellRange.parse(area), text))
    for table in page.get("tables", ()):
        first, last = _rows(table)
        for row in range(first, last + 1):
            for columns in table["columns"]:
                found.append((_span(columns, row), ""))
            for columns, texts in table.get("fixed", {}).items():
                found.append((_span(columns, row), texts[row - first]))
    return found


def _rows(table: dict[str, Any]) -> tuple[int, int]:
    first, _, last = str(table["rows"]).partition("-")
    return int(first), int(last or first)


def _span(columns: str, row: int) -> CellRange:
    left, _, right = columns.partition(":")
    return CellRange(row, column_index(left), row, column_index(right or left))


def _wanted(told: object) -> frozenset[str]:
    return frozenset("" if item == "~" else item for item in str("~" if told is None else told).split("|"))


def _truth(content: dict[str, Any], page: str) -> dict[str, frozenset[str]]:
    truth: dict[str, frozenset[str]] = {}

    def add(area: CellRange, told: frozenset[str]) -> None:
        truth[page + str(CellRange(area.top, area.left, area.top, area.left))] = told

    for area, told in content.get("answers", {}).items():
        add(CellRange.parse(area), _wanted(told))
    for area, (_, *fields) in content.get("answers_inside", {}).items():
        options = list(_wanted(fields[0])) if len(fields) == 1 else ["+".join(fields)]
        add(CellRange.parse(area), frozenset([*options, "+".join(sorted(options))]))  # both of two is right as well
    for area, (_, options) in content.get("ticks", {}).items():
        add(CellRange.parse(area), frozenset(["; ".join(sorted(options.values()))]))
    for table in content.get("tables", ()):
        first, _ = _rows(table)
        for columns, told in table["columns"].items():
            add(_span(columns, first), frozenset(f"{table['list']}.{name}" if name else "" for name in _wanted(told)))
    for number, (_, *fields) in enumerate(content.get("paragraphs", ()), start=1):
        truth[f"P{number}"] = frozenset(["+".join(str(item) for item in fields if item) or ""])
    return truth


def load(folder: Path) -> list[ForeignForm]:
    """All forms of a folder, by name."""
    forms = []
    for path in sorted(folder.glob("*.yaml")):
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        form = ForeignForm(path.stem, content["made_with"], content)
        for number, (name, page) in enumerate(form.pages):
            form.truth.update(_truth(page, f"{name}!" if number else ""))
        forms.append(form)
    return forms
