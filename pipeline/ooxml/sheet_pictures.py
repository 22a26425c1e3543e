"""The pictures of a workbook by the row they stand in: in cells (WPS, Excel 365) and laid over one row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from pipeline.ooxml.package import Member, Package
from pipeline.ooxml.relations import SheetAddress, refuse_doctype, relations_of, resolve, sheets_of, workbook_part
from pipeline.ooxml.rich_pictures import cells_with_pictures, rich_pictures
from schemas.errors import LedgerDamaged

_CELL_PICTURES = "cellimages.xml"
#: The raster formats a report can show; EMF, WMF and SVG are drawings of other programs.
_SHOWN = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".heic", ".heif")
_MOST_BYTES = 40 << 20       # of one picture
_MOST_PICTURES = 20_000      # of one workbook
_FORMULA = re.compile(rb"DISPIMG\((?:&quot;|&#34;|\")([^&\"]{1,80})(?:&quot;|&#34;|\")")
_REFERENCE = re.compile(rb"\sr=[\"'][A-Z]{1,3}([0-9]{1,7})[\"']")
_REFERENCE_LENGTH = 20

#: (sheet, row from 1)
RowPlace = tuple[str, int]


@dataclass(slots=True)
class _Anchor:
    """A picture laid over a sheet: the rows (from 0) of its upper and lower edge, and its relationship."""

    first: int
    last: int
    relation: str


def pictures_by_row(package: Package) -> Mapping[RowPlace, tuple[Member, ...]]:
    """Every picture that stands in a row, each once a row; {} for a workbook without any.

    A picture that spans more than two rows belongs to none. Nothing is unpacked but markup, and of the sheets only
    those of a workbook with cell pictures. Raises LedgerDamaged, CellRefused (a DTD).
    """
    found: dict[RowPlace, dict[Member, None]] = {}
    in_cells, rich = _cell_pictures(package), rich_pictures(package, lambda part: _targets(package, part))
    for sheet in sheets_of(package):
        if sheet.kind != "worksheet":
            continue
        placed = [*_in_cells(package, sheet, in_cells, rich)] if in_cells or rich else []
        for row, picture in (*placed, *_laid_over(package, sheet)):
            found.setdefault((sheet.name, row), {})[picture] = None
            if len(found) > _MOST_PICTURES:
                raise LedgerDamaged(package.path, f"图片超过 {_MOST_PICTURES} 张")
    return {place: tuple(pictures) for place, pictures in found.items()}


def _cell_pictures(package: Package) -> dict[str, Member]:
    """The cell pictures of WPS by the identifier that DISPIMG names."""
    part = f"{workbook_part(package).rpartition('/')[0]}/{_CELL_PICTURES}".lstrip("/")
    if package.find(part) is None:
        return {}
    targets = _targets(package, part)
    found: dict[str, Member] = {}
    name = ""

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal name
        match element.rpartition(":")[2]:
            case "cNvPr":
                name = attributes.get("name", "")
            case "blip" if (picture := targets.get(_attribute(attributes, "embed"))) is not None:
                found.setdefault(name, picture)

    _parse(package, part, start)
    return found


def _in_cells(
    package: Package, sheet: SheetAddress, pictures: Mapping[str, Member], rich: Mapping[int, Member]
) -> Iterator[tuple[int, Member]]:
    member = package.find(sheet.part)
    xml = package.read(member) if member is not None else b""
    if rich:
        yield from cells_with_pictures(xml, rich)
    for formula in _FORMULA.finditer(xml):
        picture = pictures.get(formula[1].decode("utf-8", "replace"))
        at = xml.rfind(b" r=", 0, formula.start())
        reference = _REFERENCE.match(xml, at, at + _REFERENCE_LENGTH) if at >= 0 else None
        if picture is not None and reference is not None:
            yield int(reference[1]), picture


def _laid_over(package: Package, sheet: SheetAddress) -> Iterator[tuple[int, Member]]:
    for relation in relations_of(package, sheet.part):
        if relation.kind != "drawing" or relation.external:
            continue
        part = resolve(sheet.part, relation.target)
        if package.find(part) is None:
            continue
        targets = _targets(package, part)
        for anchor in _anchors(package, part):
            picture = targets.get(anchor.relation)
            if picture is not None and anchor.last - anchor.first <= 1:
                yield anchor.first + 1, picture


def _anchors(package: Package, part: str) -> list[_Anchor]:
    found: list[_Anchor] = []
    path: list[str] = []
    rows: dict[str, int] = {}
    text: list[str] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        path.append(element.rpartition(":")[2])
        text.clear()
        if path[-1].endswith("Anchor"):
            rows.clear()
        if path[-1] == "blip" and "from" in rows and (relation := _attribute(attributes, "embed")):
            found.append(_Anchor(rows["from"], rows.get("to", rows["from"]), relation))

    def end(_element: str) -> None:
        path.pop()
        if path[-1:] in (["from"], ["to"]) and "".join(text).strip().isdecimal() and _element.endswith("row"):
            rows[path[-1]] = int("".join(text))

    _parse(package, part, start, end, text.append)
    return found


def _targets(package: Package, part: str) -> dict[str, Member]:
    """The pictures a part refers to, by relationship; those too large or of another format left out."""
    found = {}
    for relation in relations_of(package, part):
        if relation.kind != "image" or relation.external:
            continue
        member = package.find(resolve(part, relation.target))
        if member is not None and member.name.lower().endswith(_SHOWN) and member.size <= _MOST_BYTES:
            found[relation.id] = member
    return found


def _attribute(attributes: Mapping[str, str], name: str) -> str:
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), "")


def _parse(
    package: Package, part: str, start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None, text: Callable[[str], None] | None = None,
) -> None:
    member = package.find(part)
    if member is None:
        return
    parser = refuse_doctype(package, part)
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        parser.Parse(package.read(member), True)
    except expat.ExpatError as error:
        raise LedgerDamaged(package.path, f"部件 {part} 不是合格的 XML") from error
