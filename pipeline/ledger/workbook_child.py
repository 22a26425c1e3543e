"""Child process that reads one workbook with calamine and prints its sheets as JSON.

It is run as a file and imports nothing but the standard library and calamine.

calamine allocates the whole rectangle up to the outermost cell and aborts when that fails, so the used range is
looked at first and strays are cut from a copy in memory. What calamine leaves out (error cells, which cells are
formulas, digits beyond a float's precision) is taken from the sheet's XML on the way.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.parsers import expat

MEMORY_LIMIT = 4 << 30        # bytes of address space; 100,000 x 60 cells need about 1.5 GiB
MAX_PART = 1 << 30            # bytes of one inflated sheet
MAX_AREA = 12_000_000         # cells of the rectangle that calamine may allocate for one sheet
MAX_ROWS, MAX_COLUMNS = 200_000, 2_000
MAX_GAP_ROWS, MAX_GAP_COLUMNS = 2_000, 60   # cells beyond a gap this wide are strays, when the area is too large
REPORTED_STRAYS = 5

_P = rb"<(?:[A-Za-z_][\w.\-]*:)?"
_ROW_NUMBER = re.compile(_P + rb"row\s[^>]*?\br=[\"'](\d+)[\"']")
_CELL_COLUMN = re.compile(rb"\br=[\"']([A-Z]{1,3})\d+[\"']")
_ERROR = re.compile(_P + rb"c\s([^>]*\bt=[\"']e[\"'][^>]*)>(.*?)</(?:[\w.\-]+:)?c>", re.DOTALL)
_FORMULA = re.compile(_P + rb"c\s([^>]*)>\s*" + _P + rb"f[\s>/]")
_LONG_NUMBER = re.compile(_P + rb"c\s([^>]*)>\s*" + _P + rb"v>(\d{16,20})</")
_VALUE = re.compile(_P + rb"v(?:\s[^>]*)?>([^<]*)<")
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_TYPE = re.compile(rb"\bt=[\"'](\w+)[\"']")


@dataclass(slots=True)
class _Part:
    """One worksheet's XML with what had to be cut from it."""

    xml: bytes
    strays: list[str]
    refused: str = ""


def _column_index(letters: bytes | str) -> int:
    text = letters.decode() if isinstance(letters, bytes) else letters
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _address(attributes: bytes) -> tuple[int, int] | None:
    found = _REFERENCE.search(attributes)
    return (int(found[2]) - 1, _column_index(found[1])) if found else None


def _extent(xml: bytes) -> tuple[int, int]:
    """Rows and columns of the rectangle that the references span, styled blanks included (an upper bound)."""
    rows = max((int(number) for number in _ROW_NUMBER.findall(xml)), default=0)
    columns = max((_column_index(letters) + 1 for letters in set(_CELL_COLUMN.findall(xml))), default=0)
    return max(rows, xml.count(b"<row")), columns


class _FilledCells:
    """Place and byte span of every cell that holds a value, by a full parse; only for a suspicious extent."""

    def __init__(self, xml: bytes) -> None:
        self.cells: list[tuple[int, int, int, int]] = []  # row, column, first byte, byte after
        self._xml = xml
        self._row = self._column = -1
        self._start = 0
        self._filled = False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = self._close
        self._parser.Parse(xml, True)

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif local == "c":
            letters = attributes.get("r", "").rstrip("0123456789")
            self._column = _column_index(letters) if letters else self._column + 1
            self._start, self._filled = self._parser.CurrentByteIndex, False
        elif local in {"v", "is"}:
            self._filled = True

    def _close(self, name: str) -> None:
        if name.rpartition(":")[2] == "c" and self._filled:
            here = self._parser.CurrentByteIndex
            self.cells.append((self._row, self._column, self._start, self._xml.index(b">", here) + 1))


def _bound(used: set[int], gap: int, limit: int) -> int:
    """The last index before the first gap wider than ``gap`` (or the limit)."""
    last = -1
    for index in sorted(used):
        if index >= limit or (last >= 0 and index - last > gap):
            break
        last = index
    return last


def _reference(row: int, column: int) -> str:
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _cut_strays(xml: bytes) -> _Part:
    rows, columns = _extent(xml)
    if rows * columns <= MAX_AREA and rows <= MAX_ROWS and columns <= MAX_COLUMNS:
        return _Part(xml, [])
    cells = _FilledCells(xml).cells
    last_row = max((cell[0] for cell in cells), default=-1)
    last_column = max((cell[1] for cell in cells), default=-1)
    if (last_row + 1) * (last_column + 1) <= MAX_AREA:
        return _Part(xml, [])
    row_bound = _bound({cell[0] for cell in cells}, MAX_GAP_ROWS, MAX_ROWS)
    column_bound = _bound({cell[1] for cell in cells}, MAX_GAP_COLUMNS, MAX_COLUMNS)
    strays = [cell for cell in cells if cell[0] > row_bound or cell[1] > column_bound]
    if (row_bound + 1) * (column_bound + 1) > MAX_AREA:
        return _Part(b"", [], f"占用区域 {row_bound + 1} 行 × {column_bound + 1} 列")
    pieces, position = [], 0
    for _, _, first, after in sorted(strays, key=lambda cell: cell[2]):
        pieces.append(xml[position:first])
        position = after
    pieces.append(xml[position:])
    return _Part(b"".join(pieces), [_reference(row, column) for row, column, _, _ in strays])


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


def _trimmed(row: list[Any]) -> list[Any]:
    end = len(row)
    while end and row[end - 1] == "":
        end -= 1
    return row[:end]


def _marks(xml: bytes, rows: list[list[Any]]) -> dict[str, Any]:
    """Error cells and formula cells; digits that a float cannot hold are put back into ``rows`` as text."""
    errors = []
    for attributes, inner in _ERROR.findall(xml):
        place, shown = _address(attributes), _VALUE.search(inner)
        if place:
            errors.append([*place, shown[1].decode("utf-8", "replace") if shown else "#"])
    for attributes, digits in _LONG_NUMBER.findall(xml):
        place, kind = _address(attributes), _TYPE.search(attributes)
        if place and (kind is None or kind[1] == b"n") and place[0] < len(rows) and place[1] < len(rows[place[0]]):
            rows[place[0]][place[1]] = digits.decode()
    formulas = [place for attributes in _FORMULA.findall(xml) if (place := _address(attributes))]
    return {"errors": errors, "formulas": formulas}


def _opened(workbook: Any, name: str) -> Any:
    from python_calamine import CalamineError

    try:
        return workbook.get_sheet_by_name(name)
    except CalamineError as error:
        raise ValueError(f"工作表“{name}”损坏:{error}") from error


def read(path: Path) -> dict[str, Any]:
    """All worksheets of a workbook as JSON-like data; raises what zipfile, expat and calamine raise."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    parts: dict[str, _Part] = {}
    with zipfile.ZipFile(path) as package:
        members = _sheet_parts(package)
        for name, member in members.items():
            too_big = package.getinfo(member).file_size > MAX_PART
            parts[name] = _Part(b"", [], "工作表数据过大") if too_big else _cut_strays(package.read(member))
        cut = {members[name]: part.xml for name, part in parts.items() if part.strays}
        # Bytes, not the path: calamine would trust the file name, and plants rename .xlsx to .xls.
        source = _rebuilt(package, cut) if cut else io.BytesIO(path.read_bytes())
    sheets = []
    with CalamineWorkbook.from_object(source) as workbook:
        for metadata in workbook.sheets_metadata:
            part = parts.get(metadata.name)
            if metadata.typ is not SheetTypeEnum.WorkSheet or part is None:
                continue
            entry: dict[str, Any] = {"name": metadata.name, "hidden": metadata.visible is not SheetVisibleEnum.Visible,
                                     "strays": part.strays[:REPORTED_STRAYS], "refused": part.refused,
                                     "rows": [], "merged": [], "errors": [], "formulas": []}
            if not part.refused:
                sheet = _opened(workbook, metadata.name)
                entry["rows"] = [_trimmed(row) for row in sheet.to_python(skip_empty_area=False)]
                entry["merged"] = [[*first, *last] for first, last in sheet.merged_cell_ranges or ()]
                entry.update(_marks(part.xml, entry["rows"]))
            sheets.append(entry)
    return {"sheets": sheets}


def _limit_memory() -> None:
    if sys.platform != "win32":  # Windows has no such limit; there the look at the used range alone protects
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def main(path: str) -> int:
    """Print one JSON object: the sheets, or ``error`` (damaged, encrypted, too_large) with a detail."""
    from python_calamine import CalamineError, PasswordError

    _limit_memory()
    try:
        answer = read(Path(path))
    except MemoryError:
        answer = {"error": "too_large", "detail": "读取时内存不足"}
    except PasswordError:
        answer = {"error": "encrypted", "detail": ""}
    except (CalamineError, zipfile.BadZipFile, expat.ExpatError, KeyError, StopIteration, ValueError, OSError,
            RuntimeError, NotImplementedError) as error:
        answer = {"error": "damaged", "detail": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(answer, default=_plain))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
