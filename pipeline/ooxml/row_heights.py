"""Gives rows of a person's sheet another height by patching their opening tags; everything else stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.ooxml.package import Package
from pipeline.ooxml.patch_check import compare_members
from pipeline.ooxml.row_edit import Splice, spliced
from pipeline.ooxml.sheet_layout import TAG, locate
from pipeline.ooxml.sheet_patch import refuse_package, worksheet_of

_HEIGHT = re.compile(rb"""\s(?:ht|customHeight)\s*=\s*(?:"[^"]*"|'[^']*')""")


@dataclass(frozen=True, slots=True)
class RowHeight:
    """So many points; a ``fixed`` height stays when somebody types, another one goes on following the text."""

    points: float
    fixed: bool

    @property
    def attributes(self) -> bytes:
        """As they stand in a row's opening tag."""
        return f' ht="{self.points:g}"'.encode() + (b' customHeight="1"' if self.fixed else b"")


def with_heights(path: Path, data: bytes, sheet: str, heights: Mapping[int, RowHeight]) -> bytes:
    """The workbook ``data`` (``path`` names it in messages) with rows (from 1) of other heights.

    Rows that do not stand in the sheet stay away. Equal arguments give equal bytes. Raises CellRefused, and
    LedgerDamaged and the like for packages not readable.
    """
    package = Package(path, data)
    refuse_package(package)
    _, member = worksheet_of(package, sheet)
    layout = locate(path, sheet, package.read(member))
    splices: list[Splice] = []
    for row in layout.rows:
        tag = TAG.match(layout.data, row.start)
        if row.number in heights and tag is not None:
            opening = _HEIGHT.sub(b"", tag[0])
            name = layout.prefix + b"row"
            splices.append((row.start, tag.end(), opening.replace(
                b"<" + name, b"<" + name + heights[row.number].attributes, 1,
            )))
    if not splices:
        return data
    result = package.rewritten({member.name: spliced(layout.data, splices)}, {})
    compare_members(package, Package(path, result), {member.name.casefold()})
    return result
