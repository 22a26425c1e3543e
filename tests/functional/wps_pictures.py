"""Cell pictures as WPS saves them (like WPS, which is not here): DISPIMG formulas and xl/cellimages.xml."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

_WPS = "http://www.wps.cn/officeDocument"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<etc:cellImages xmlns:etc="{_WPS}/2017/etCustomData"'
    ' xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
)
_PICTURE = (
    '<etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="{n}" name="{name}" descr="IMG_{n}"/><xdr:cNvPicPr/>'
    '</xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId{n}"/></xdr:blipFill><xdr:spPr/></xdr:pic></etc:cellImage>'
)
_RELATION = (
    '<Relationship Id="rId{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"'
    ' Target="media/image{n}.jpeg"/>'
)


def photo(colour: tuple[int, int, int], size: tuple[int, int] = (320, 240)) -> bytes:
    """A JPEG with the place of the photographer in it."""
    image = Image.new("RGB", size, colour)
    exif = image.getexif()
    exif[0x010E] = "secret place"
    packed = io.BytesIO()
    image.save(packed, "JPEG", exif=exif)
    return packed.getvalue()


def with_cell_pictures(
    path: Path, sheet: str, cells: Mapping[str, str], pictures: Mapping[str, bytes], markup: str = ""
) -> None:
    """Put pictures into cells of a workbook: ``cells`` goes from A1 reference to the name of one of ``pictures``.

    ``sheet`` is the part of the sheet; ``markup`` stands in place of the list of pictures, to spoil it.
    """
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    xml = parts[sheet].decode()
    for reference, name in cells.items():
        shown = f'DISPIMG(&quot;{name}&quot;,1)'
        cell = f'<c r="{reference}" t="str"><f>_xlfn.{shown}</f><v>={shown}</v></c>'
        xml, count = re.subn(rf'<c r="{reference}"[^>]*?(?:/>|>.*?</c>)', cell, xml, count=1, flags=re.DOTALL)
        assert count == 1, reference
    parts[sheet] = xml.encode()
    listed = enumerate(pictures, start=1)
    parts["xl/cellimages.xml"] = (markup or _HEAD + "".join(
        _PICTURE.format(n=number, name=name) for number, name in listed
    ) + "</etc:cellImages>").encode()
    parts["xl/_rels/cellimages.xml.rels"] = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(_RELATION.format(n=number) for number in range(1, len(pictures) + 1)) + "</Relationships>"
    ).encode()
    for number, content in enumerate(pictures.values(), start=1):
        parts[f"xl/media/image{number}.jpeg"] = content
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>", b'<Override PartName="/xl/cellimages.xml" ContentType="application/vnd.wps-officedocument.'
        b'cellimage+xml"/><Default Extension="jpeg" ContentType="image/jpeg"/></Types>')
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>", f'<Relationship Id="rIdWps" Type="{_WPS}/2020/cellImage" Target="cellimages.xml"/>'
        "</Relationships>".encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
