"""Child process that reads one workbook with calamine and prints its sheets: a line of JSON, then numbers of values.

It imports nothing but the standard library, calamine and the look at cells beside it, so that it starts at once.

calamine allocates the whole rectangle up to the outermost cell and aborts when that fails, so the used range is
looked at first and strays are cut from a copy in memory. What calamine leaves out (error cells, which cells are
formulas and which of them have no result, digits beyond a float's precision) is taken from the sheet's XML on the way.
A sheet that cannot be read is refused alone; a damaged package is refused as a whole.

Ledgers repeat themselves, so each value is printed once, and the cells, row by row, as its number in that list.
"""

from __future__ import annotations

import gc
import io
import json
import re
import sys
import zipfile
from array import array
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.parsers import expat

from pipeline.ledger.workbook_cells import TOO_LARGE, SheetPart, cut_strays, marks_of

MEMORY_LIMIT = 4 << 30        # bytes of address space; 100,000 x 60 cells need about 1.5 GiB
MAX_PART = 1 << 30            # bytes of one inflated sheet
REPORTED_STRAYS = 5
_ALIKE = frozenset({bool, int})  # calamine's usual number is a float
_DAMAGED = "内容损坏，其他工作表照常读取。请用 Excel 或 WPS 打开、修复后另存"


def _attributes_of(xml: bytes, element: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def take(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == element:
            found.append({key.rpartition(":")[2]: value for key, value in attributes.items()})

    parser = expat.ParserCreate()
    parser.StartElementHandler = take
    parser.Parse(xml, True)
    return found


def _sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name to zip member, through the package's relationships."""
    names = {name.lower(): name for name in package.namelist()}
    relationships = _attributes_of(package.read(names["_rels/.rels"]), "Relationship")
    workbook = next(item["Target"] for item in relationships if item.get("Type", "").endswith("/officeDocument"))
    folder, _, base = workbook.lstrip("/").rpartition("/")
    links = package.read(names[f"{folder}/_rels/{base}.rels".lstrip("/").lower()])
    targets = {item["Id"]: item["Target"] for item in _attributes_of(links, "Relationship")}
    parts = {}
    for sheet in _attributes_of(package.read(names[workbook.lstrip("/").lower()]), "sheet"):
        target = targets.get(sheet.get("id", ""), "")
        member = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}".lstrip("/")
        if member.lower() in names:
            parts[sheet["name"]] = names[member.lower()]
    return parts


def _rebuilt(package: zipfile.ZipFile, replaced: dict[str, bytes]) -> io.BytesIO:
    """The package with some sheets replaced; pictures and embedded files left out."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as copy:
        for name in package.namelist():
            if not re.search(r"/(media|embeddings|drawings)/", name):
                copy.writestr(name, replaced[name] if name in replaced else package.read(name))
    target.seek(0)
    return target


class _Values:
    """The distinct values of a workbook in the order they are met; the first is the blank."""

    def __init__(self) -> None:
        self.listed: list[Any] = []
        self._common = _Numbers(self.listed)
        self._alike = {kind: _Numbers(self.listed) for kind in (bool, int)}  # 1, 1.0 and True are equal
        self._common[""]

    def coded(self, rows: list[list[Any]]) -> array[int]:
        """The numbers of all cells, row by row."""
        coded, common = array("I"), self._common
        for row in rows:
            if _ALIKE.isdisjoint(map(type, row)):
                coded.extend(map(common.__getitem__, row))
            else:
                coded.extend([self._alike.get(type(value), common)[value] for value in row])
        return coded


class _Numbers(dict[Any, int]):
    """The number of each value in ``listed``; one not met before is put at its end."""

    def __init__(self, listed: list[Any]) -> None:
        super().__init__()
        self._listed = listed

    def __missing__(self, value: Any) -> int:
        number = self[value] = len(self._listed)
        self._listed.append(value)
        return number


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return ["m", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, time):
        return ["t", value.isoformat()]
    if isinstance(value, timedelta):
        return ["s", value.total_seconds()]
    raise TypeError(type(value).__name__)


def _looked_at(package: zipfile.ZipFile, member: str) -> SheetPart:
    if package.getinfo(member).file_size > MAX_PART:
        return SheetPart(b"", [], f"数据过大，{TOO_LARGE}")
    try:
        return cut_strays(package.read(member))
    except expat.ExpatError:
        return SheetPart(b"", [], _DAMAGED)


def _contents(workbook: Any, name: str, part: SheetPart, rows: list[list[Any]]) -> dict[str, Any]:
    """What is known of one sheet beside its cells, which are put into ``rows``; or why they cannot be read."""
    from python_calamine import CalamineError

    try:
        with ThreadPoolExecutor(1) as beside:  # calamine works without holding Python up
            opened = beside.submit(workbook.get_sheet_by_name, name)
            marks = marks_of(part.xml)
            sheet = opened.result()
        rows += sheet.to_python(skip_empty_area=False)
        merged = [[*first, *last] for first, last in sheet.merged_cell_ranges or ()]
        for row, column, digits in marks.long_numbers:
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = digits
    except (CalamineError, expat.ExpatError):
        rows.clear()
        return {"refused": _DAMAGED}
    return {"merged": merged, "errors": marks.errors, "formulas": marks.formulas, "uncalculated": marks.uncalculated}


def read(path: Path) -> tuple[dict[str, Any], list[array[int]]]:
    """All worksheets of a workbook: JSON-like data, and the cells of each; raises what those libraries raise."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    with zipfile.ZipFile(path) as package:
        members = _sheet_parts(package)
        parts = {name: _looked_at(package, member) for name, member in members.items()}
        cut = {members[name]: part.xml for name, part in parts.items() if part.strays}
        # Bytes, not the path: calamine would trust the file name, and plants rename .xlsx to .xls.
        source = _rebuilt(package, cut) if cut else io.BytesIO(path.read_bytes())
    sheets, cells, values = [], [], _Values()
    with CalamineWorkbook.from_object(source) as workbook:
        for metadata in workbook.sheets_metadata:
            part = parts.get(metadata.name)
            if metadata.typ is not SheetTypeEnum.WorkSheet or part is None:
                continue
            entry: dict[str, Any] = {"name": metadata.name, "part": members[metadata.name],
                                     "hidden": metadata.visible is not SheetVisibleEnum.Visible,
                                     "strays": part.strays[:REPORTED_STRAYS], "refused": part.refused,
                                     "width": 0, "merged": [], "errors": [], "formulas": [], "uncalculated": []}
            rows: list[list[Any]] = []
            if not part.refused:
                entry.update(_contents(workbook, metadata.name, part, rows))
            entry["width"] = len(rows[0]) if rows else 0
            sheets.append(entry)
            cells.append(values.coded(rows))
            entry["cells"] = len(cells[-1])
    return {"sheets": sheets, "values": values.listed}, cells


def _limit_memory() -> None:
    if sys.platform != "win32":  # Windows has no such limit; there the look at the used range alone protects
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def main() -> int:
    """Read the workbook whose path comes in; none comes when nobody waits any longer.

    Prints one line of JSON: the sheets, or ``error`` (damaged, encrypted, too_large) with a detail; then the cells.
    """
    from python_calamine import CalamineError, PasswordError

    _limit_memory()
    gc.disable()  # it lives for one workbook
    path = sys.stdin.buffer.read().decode()
    if not path:
        return 0
    cells: list[array[int]] = []
    try:
        answer, cells = read(Path(path))
    except MemoryError:
        answer = {"error": "too_large", "detail": "读取时内存不足"}
    except PasswordError:
        answer = {"error": "encrypted", "detail": ""}
    except (CalamineError, zipfile.BadZipFile, expat.ExpatError, KeyError, StopIteration, ValueError, OSError,
            RuntimeError, NotImplementedError) as error:
        answer = {"error": "damaged", "detail": f"{type(error).__name__}: {error}"}
    sys.stdout.buffer.write(json.dumps(answer, default=_plain).encode() + b"\n")
    for coded in cells:
        sys.stdout.buffer.write(coded)
    return 0

