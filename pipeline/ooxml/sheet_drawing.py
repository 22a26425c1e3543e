"""Pictures laid over a sheet of somebody's workbook: what is drawn there already stays, every other part too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.ooxml.package import Member, Package
from pipeline.ooxml.patch_check import compare_members
from pipeline.ooxml.relations import (
    DOCUMENT_STRICT,
    DOCUMENT_TRANSITIONAL,
    SheetAddress,
    relations_of,
    relations_part,
    resolve,
    with_relations,
)
from pipeline.ooxml.sheet_layout import SheetLayout, locate
from pipeline.ooxml.sheet_patch import refuse_package, worksheet_of
from pipeline.ooxml.text import xml_attribute
from schemas.errors import CellRefused

_TYPES = "[Content_Types].xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"
_SPREADSHEET = (
    "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
    "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
)
_MAIN = ("http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main")
#: What follows a sheet's drawing, by the order that the format prescribes; controls may stand in AlternateContent.
_AFTER = frozenset({
    "drawingHF", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst", "AlternateContent",
})
_SHAPE_ID = re.compile(rb"""cNvPr\b[^>]*?\sid\s*=\s*["'](\d{1,9})["']""")
_ANCHOR = """<xdr:oneCellAnchor xmlns:xdr="{xdr}" xmlns:a="{a}" xmlns:r="{r}"><xdr:from><xdr:col>{column}</xdr:col>\
<xdr:colOff>{dx}</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>{dy}</xdr:rowOff></xdr:from>\
<xdr:ext cx="{cx}" cy="{cy}"/><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="{id}" name="{name}" descr="{name}"/>\
<xdr:cNvPicPr><a:picLocks noChangeAspect="1"/></xdr:cNvPicPr></xdr:nvPicPr><xdr:blipFill>\
<a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr><a:xfrm>\
<a:off x="0" y="0"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr>\
</xdr:pic><xdr:clientData/></xdr:oneCellAnchor>"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and its place: the cell its corner lies in (row from 1, column from 0), offset and size in EMU."""

    row: int
    column: int
    dx: int
    dy: int
    width: int
    height: int
    content: bytes
    kind: str
    name: str


def with_pictures(path: Path, data: bytes, sheet: str, pictures: Sequence[Picture]) -> bytes:
    """The workbook ``data`` (``path`` names it in messages) with pictures over a sheet; equal arguments, equal bytes.

    Raises CellRefused where drawings cannot be added safely, LedgerDamaged and the like for packages not readable.
    """
    if not pictures:
        return data
    package = Package(path, data)
    refuse_package(package)
    address, member = worksheet_of(package, sheet)
    layout = locate(path, sheet, package.read(member))
    edit = _Edit(package, address, member, layout)
    edit.add(pictures)
    result = package.rewritten(edit.changed, edit.added)
    compare_members(package, Package(path, result), {name.casefold() for name in (*edit.changed, *edit.added)})
    return result


class _Edit:
    def __init__(self, package: Package, address: SheetAddress, member: Member, layout: SheetLayout) -> None:
        self.package, self.address, self.member, self.layout = package, address, member, layout
        self.changed: dict[str, bytes] = {}
        self.added: dict[str, bytes] = {}
        self._base = DOCUMENT_STRICT if layout.strict else DOCUMENT_TRANSITIONAL

    def add(self, pictures: Sequence[Picture]) -> None:
        part = self._drawing()
        drawn = self.added.get(part) or self.changed.get(part) or self._read(part)
        names = [self._free(f"xl/media/kesu{{}}.{picture.kind}", picture.content) for picture in pictures]
        ids = self._relate(part, "image", [f"/{name}" for name in names])
        first = max((int(found) for found in _SHAPE_ID.findall(drawn)), default=1) + 1
        anchors = "".join(
            _ANCHOR.format(
                xdr=_SPREADSHEET[self.layout.strict], a=_MAIN[self.layout.strict], r=self._base, row=picture.row - 1,
                column=picture.column, dx=picture.dx, dy=picture.dy, cx=picture.width, cy=picture.height,
                id=first + number, name=xml_attribute(picture.name).decode(), relation=relation,
            ) for number, (picture, relation) in enumerate(zip(pictures, ids, strict=True))
        ).encode()
        self._put(part, _before_root_end(drawn, anchors, self.layout, part))
        self._type_of({picture.kind for picture in pictures}, part if part in self.added else "")

    def _drawing(self) -> str:
        """The sheet's drawing part; a new one where there is none."""
        known = self.layout.element("drawing")
        if known is not None:
            wanted = next((value for name, value in known.attributes.items() if name.endswith(":id")), "")
            for relation in relations_of(self.package, self.address.part):
                if relation.id == wanted and not relation.external:
                    found = self.package.find(resolve(self.address.part, relation.target))
                    if found is not None:
                        return found.name
            raise self.layout.refused("", "原有图形的部件找不到，不能添加照片")
        uri = _SPREADSHEET[self.layout.strict]
        part = self._free("xl/drawings/drawingKesu{}.xml", (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<xdr:wsDr xmlns:xdr="{uri}"></xdr:wsDr>'
        ).encode())
        ids = self._relate(self.address.part, "drawing", [f"/{part}"])
        self.changed[self.member.name] = _with_drawing(self.layout, ids[0])
        return part

    def _relate(self, part: str, kind: str, targets: Sequence[str]) -> list[str]:
        """Relationships from a part to ``targets`` under ids that are free; the ids in order."""
        name = relations_part(part)
        member = self.package.find(name)
        name = member.name if member else name
        content = self.changed.get(name) or self.added.get(name) or (self.package.read(member) if member else None)
        used = {relation.id for relation in relations_of(self.package, part)} if member else set()
        numbers = (number for number in range(1, 10_000) if f"rIdKesu{number}" not in used)
        fresh = {f"rIdKesu{next(numbers)}": target for target in targets}
        try:
            self._put(name, with_relations(content, {key: (f"{self._base}/{kind}", to) for key, to in fresh.items()}))
        except ValueError as error:
            raise self.layout.refused("", f"部件 {name} 的写法无法识别，不能添加照片") from error
        return list(fresh)

    def _type_of(self, kinds: set[str], drawing: str) -> None:
        content = self._read(_TYPES)
        root = re.search(rb"<(?:([\w.-]+):)?Types\b[^>]*>", content)
        if root is None or root[0].endswith(b"/>"):
            raise self.layout.refused("", "内容类型部件的写法无法识别，不能添加照片")
        prefix = (root[1] + b":").decode() if root[1] else ""
        known = {found.lower() for found in re.findall(rb"""Extension\s*=\s*["']([^"']+)["']""", content)}
        new = "".join(
            f'<{prefix}Default Extension="{kind}" ContentType="image/{kind}"/>'
            for kind in sorted(kinds) if kind.encode() not in known
        )
        if b"rels" not in known:
            raise self.layout.refused("", "内容类型中没有 rels，不能添加照片")
        if drawing:
            new += f'<{prefix}Override PartName="/{drawing}" ContentType="{_DRAWING_TYPE}"/>'
        if new:
            at = content.rindex(b"</")
            self._put(_TYPES, content[:at] + new.encode() + content[at:])

    def _read(self, part: str) -> bytes:
        member = self.package.find(part)
        if member is None:
            raise CellRefused(self.package.path, part, "找不到部件")
        return self.package.read(member)

    def _free(self, pattern: str, content: bytes) -> str:
        """A part name nobody has, with its content added under it."""
        for number in range(1, 10_000):
            name = pattern.format(number)
            if name not in self.added and self.package.find(name) is None:
                self.added[name] = content
                return name
        raise self.layout.refused("", "图片过多，不能再添加")

    def _put(self, part: str, content: bytes) -> None:
        (self.changed if self.package.find(part) is not None else self.added)[part] = content


def _before_root_end(drawn: bytes, anchors: bytes, layout: SheetLayout, part: str) -> bytes:
    at = drawn.rfind(b"</")
    if at >= 0 and re.fullmatch(rb"</(?:[\w.-]+:)?wsDr\s*>\s*(?:<!--.*-->\s*)*", drawn[at:], re.DOTALL):
        return drawn[:at] + anchors + drawn[at:]
    empty = re.search(rb"<((?:[\w.-]+:)?wsDr)\b[^>]*?(/>)\s*$", drawn)
    if empty is None:
        raise layout.refused("", f"部件 {part} 的写法无法识别，不能添加照片")
    return drawn[: empty.start(2)] + b">" + anchors + b"</" + empty[1] + b">"


def _with_drawing(layout: SheetLayout, relation: str) -> bytes:
    """The sheet with a drawing element where the format has its place."""
    uri = DOCUMENT_STRICT if layout.strict else DOCUMENT_TRANSITIONAL
    tag = (
        b"<" + layout.prefix + b'drawing xmlns:kesu="' + uri.encode() + b'" kesu:id="' + relation.encode() + b'"/>'
    )
    following = [item.start for item in layout.elements if item.name in _AFTER and item.start >= layout.data_end]
    at = min(following, default=layout.data.rindex(b"</"))
    return layout.data[:at] + tag + layout.data[at:]
