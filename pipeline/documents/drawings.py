"""DrawingML for Word: a photo in its frame, and where drawings come into a rendered part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from markupsafe import Markup

from pipeline.documents import fishbone
from pipeline.documents.filling import W
from pipeline.documents.photos import PhotoDesk, PhotoRefused, ReadPhoto

#: Stands for a drawing until the part is put together; a private-use character, cleaned from all input.
MARK = "\ue001"
_EMU = 360_000  # a centimetre
_FRAME = (7.9, 6.2)  # the room of a photo in cm
_DESK = PhotoDesk(1400)  # pixels of the longer side: 8 cm in print at more than 300 dpi
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
_NAME = "照片"
_TWIP, _CELL_AIR, _BETWEEN, _TWO_SIDE_BY_SIDE = 635, 150_000, 40_000, 1_800_000  # in EMU
_INLINE = """<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{r}">
<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{cx}" cy="{cy}"/><wp:docPr id="1" name="照片{n}"/>
<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">
<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr>
<pic:cNvPr id="{n}" name="照片{n}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{rid}"/>
<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>
<a:ext cx="{cx}" cy="{cy}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>
</a:graphicData></a:graphic></wp:inline></w:drawing>"""


@dataclass
class Drawings:
    """The drawings of one document: marked in its context, put into its main part, their files into the package."""

    read: ReadPhoto | None
    _made: list[str] = field(default_factory=list)
    _media: dict[str, bytes] = field(default_factory=dict)

    def marked(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """The context with a mark wherever a photo or the fishbone goes; a photo that cannot be shown says why."""
        found = dict(context)
        if context.get("picture_rows"):
            found["picture_rows"] = [
                {**row, **{side: self._photo(row[side]) for side in ("left", "right")}}
                for row in context["picture_rows"]
            ]
        if context.get("fishbone"):
            shapes = fishbone.drawing(context["fishbone"])
            found["fishbone"] = {**context["fishbone"], "drawing": self._mark(shapes)}
        return found

    def _mark(self, markup: str) -> Markup:
        self._made.append(markup)
        return Markup(f"{MARK}{len(self._made) - 1}{MARK}")  # noqa: S704 - digits between two marks of our own

    def _photo(self, path: str) -> str | Markup:
        if not path:
            return Markup("")
        try:
            photo = _DESK.prepared(self.read(path) if self.read else b"")
        except PhotoRefused as refusal:
            return str(refusal)
        except OSError:
            return "未嵌入：照片现在读不到"
        number = len(self._media) + 1
        self._media[f"kesu{number}.{photo.kind}"] = photo.content
        scale = min(_FRAME[0] / photo.width, _FRAME[1] / photo.height)
        size = (round(photo.width * scale * _EMU), round(photo.height * scale * _EMU))
        return self._mark(_INLINE.format(r=_R, cx=size[0], cy=size[1], n=number, rid=f"rIdKesu{number}"))

    def placed(self, part: str) -> str:
        """A rendered part with the drawings in place of the texts that hold their marks."""
        pieces: list[str] = []
        done = 0
        at = part.find(MARK) if self._made else -1
        while at >= 0:
            behind = part.index(MARK, at + 1)
            pieces += (part[done : part.rindex("<", done, at)], self._made[int(part[at + 1 : behind])])
            done = part.index(">", part.index("</", behind)) + 1
            at = part.find(MARK, done)
        return "".join((*pieces, part[done:]))

    def fit(self, tree: etree._Element) -> None:
        """Make photos no wider than the cells they stand in."""
        for cell in tree.iter(f"{W}tc") if self._media else ():
            _fit(cell)

    def additions(self, members: Mapping[str, bytes]) -> dict[str, bytes]:
        """The photos, with the relationships and content types of ``members`` that they need; {} without photos."""
        if not self._media:
            return {}
        added = {f"word/media/{name}": content for name, content in self._media.items()}
        relations = etree.fromstring(members["word/_rels/document.xml.rels"])
        for number, name in enumerate(self._media, start=1):
            etree.SubElement(relations, f"{{{_RELS}}}Relationship", {
                "Id": f"rIdKesu{number}", "Type": f"{_R}/image", "Target": f"media/{name}",
            })
        added["word/_rels/document.xml.rels"] = etree.tostring(relations, xml_declaration=True, encoding="UTF-8")
        types = etree.fromstring(members["[Content_Types].xml"])
        known = {entry.get("Extension", "").casefold() for entry in types}
        for kind in sorted({name.rpartition(".")[2] for name in self._media} - known):
            types.insert(0, etree.Element(f"{{{_TYPES}}}Default", {"Extension": kind, "ContentType": f"image/{kind}"}))
        added["[Content_Types].xml"] = etree.tostring(types, xml_declaration=True, encoding="UTF-8")
        return added


def _fit(cell: etree._Element) -> None:
    """Photos of ours no wider than their cell, two side by side where there are several."""
    sizes = [size for size in cell.iter(f"{_WP}extent") if size.getparent() is not None and _is_photo(size)]
    width = cell.find(f"{W}tcPr/{W}tcW")
    if not sizes or width is None or width.get(f"{W}type", "dxa") != "dxa":
        return
    room = int(width.get(f"{W}w", "0")) * _TWIP - _CELL_AIR
    if len(sizes) > 1 and room >= _TWO_SIDE_BY_SIDE:
        room = room // 2 - _BETWEEN
    for size in sizes:
        wide, high = int(size.get("cx", "0")), int(size.get("cy", "0"))
        if wide > room > 0:
            shown = {"cx": str(room), "cy": str(high * room // wide)}
            for found in (size, *size.getparent().iter(f"{_A}ext")):  # type: ignore[union-attr]  # looked at above
                found.attrib.update(shown)


def _is_photo(size: etree._Element) -> bool:
    inline = size.getparent()
    return inline is not None and any(
        name.get("name", "").startswith(_NAME) for name in inline.iter(f"{_WP}docPr")
    ) and next(inline.iter(f"{_PIC}pic"), None) is not None
