"""The tables (list objects) of a worksheet: where they lie, what they calculate, and their part with one row more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from pipeline.ooxml.cells import CellRange
from pipeline.ooxml.package import Package
from pipeline.ooxml.relations import refuse_doctype, relations_of, resolve
from schemas.errors import CellRefused, LedgerDamaged

_RANGE = rb"""(\sref\s*=\s*["'])([^"']+)(["'])"""
_TABLE_TAGS = re.compile(rb"<(?:[\w.-]+:)?(?:table|autoFilter)\s[^>]*>")


@dataclass(slots=True)
class SheetTable:
    """One table of a sheet: its part, its range, and the formulas of its calculated columns by 0-based column."""

    part: str
    area: CellRange
    totals: bool = False
    from_query: bool = False
    calculated: dict[int, str] = field(default_factory=dict)


class _TableParser:
    def __init__(self) -> None:
        self.attributes: dict[str, str] = {}
        self.column = -1
        self.formulas: dict[int, str] = {}
        self.reading = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "table":
            self.attributes = attributes
        elif local == "tableColumn":
            self.column += 1
        elif local == "calculatedColumnFormula" and attributes.get("array", "0") in {"0", "false"}:
            self.reading = True
            self.formulas[self.column] = ""

    def characters(self, text: str) -> None:
        if self.reading:
            self.formulas[self.column] += text

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] == "calculatedColumnFormula":
            self.reading = False


def tables_of(package: Package, part: str) -> Iterator[SheetTable]:
    """The tables of a sheet part; raises LedgerDamaged, CellRefused."""
    for relation in relations_of(package, part):
        if relation.kind != "table" or relation.external:
            continue
        name = resolve(part, relation.target)
        member = package.find(name)
        if member is None:
            raise LedgerDamaged(package.path, f"找不到部件 {name}")
        found = _TableParser()
        parser = refuse_doctype(package, name)
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
        parser.CharacterDataHandler = found.characters
        try:
            parser.Parse(package.read(member), True)
            area = CellRange.parse(found.attributes.get("ref", ""))
        except (expat.ExpatError, ValueError) as error:
            raise LedgerDamaged(package.path, f"部件 {name} 无法识别") from error
        attributes = found.attributes
        yield SheetTable(
            member.name, area, totals=attributes.get("totalsRowCount", "0") != "0",
            from_query=attributes.get("tableType", "") == "queryTable",
            calculated={area.left + index: text for index, text in found.formulas.items()},
        )


def grown_table(content: bytes, table: SheetTable, refuse: Callable[[str], CellRefused]) -> bytes:
    """The table's part with its range, and that of its filter, one row longer."""
    longer = str(table.area.grown(table.area.bottom + 1, table.area.left)).encode()
    reached = 0

    def longer_tag(tag: re.Match[bytes]) -> bytes:
        nonlocal reached
        match = re.search(_RANGE, tag[0])
        if match is None or CellRange.parse(match[2].decode()) != table.area:
            return tag[0]
        reached += 1
        return tag[0][: match.start(2)] + longer + tag[0][match.end(2) :]

    changed = _TABLE_TAGS.sub(longer_tag, content)
    if not reached:
        raise refuse(f"表格 {table.area} 的写法无法识别")
    return changed
