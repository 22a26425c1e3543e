"""Builds templates/deck/template.pptx: two named layouts with named placeholders, the plant's fonts and colours.

Run ``python -m templates.build_deck`` after a change here. A plant adopts its own .potx or .pptx by naming its layouts
and placeholders the same way (templates/README.md).
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.slide import SlideLayout, SlideMaster

_NS = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_EMU = 12_700  # per point
WIDTH, HEIGHT, SIDE = 960, 540, 36
_MADE = (2026, 11, 26, 0, 0, 0)
#: 微软雅黑 with the facts by which an office without it chooses the nearest sans-serif Chinese font.
_FACE = 'typeface="微软雅黑" panose="020B0503020204020204" pitchFamily="34" charset="-122"'
_FONTS = (
    f'<a:latin {_FACE}/><a:ea {_FACE}/><a:cs typeface=""/><a:font script="Hans" typeface="微软雅黑"/>'
    '<a:font script="Hant" typeface="Microsoft JhengHei"/>'
)
_COLOURS = {
    "dk1": "262626", "lt1": "FFFFFF", "dk2": "1F3864", "lt2": "F2F5F9", "accent1": "2F5D9B", "accent2": "B3261E",
    "accent3": "9A5B00", "accent4": "2E7D4F", "accent5": "5B6472", "accent6": "A6A6A6", "hlink": "2F5D9B",
    "folHlink": "5B6472",
}


def _place(left: float, top: float, width: float, height: float) -> str:
    left, top, width, height = (round(value * _EMU) for value in (left, top, width, height))
    return f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'


def _placeholder(number: int, name: str, kind: str, place: str, text: str, style: str, body: str = "") -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f'<p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr>{place}</p:spPr>'
        f'<p:txBody><a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" {body}><a:noAutofit/>'
        f'</a:bodyPr><a:lstStyle><a:lvl1pPr marL="0" indent="0" algn="l"><a:buNone/>{style}</a:lvl1pPr></a:lstStyle>'
        f'<a:p>{text}</a:p></p:txBody></p:sp>'
    )


def _line(text: str) -> str:
    return f'<a:r><a:rPr lang="zh-CN"/><a:t>{text}</a:t></a:r>'


def _rule(number: int, top: float, colour: str, width: float = WIDTH - 2 * SIDE, height: float = 1.5) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="装饰线"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>'
        f'{_place(SIDE, top, width, height)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
    )


def _style(size: int, colour: str, *, bold: bool = False) -> str:
    return (
        f'<a:defRPr sz="{size * 100}" b="{int(bold)}"><a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>'
        '</a:defRPr>'
    )


def _footers(first: int) -> str:
    number = (
        '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="zh-CN"/><a:t>‹#›</a:t></a:fld>'
    )
    quiet = _style(12, "accent5")
    return (
        _placeholder(first, "页脚", 'type="ftr" sz="quarter" idx="11"', _place(SIDE, 508, 760, 18), _line(""), quiet)
        + _placeholder(first + 1, "页码", 'type="sldNum" sz="quarter" idx="12"',
                       _place(WIDTH - SIDE - 80, 508, 80, 18), '<a:pPr algn="r"/>' + number, quiet)
    )


def _tree(*shapes: str) -> str:
    return (
        f'<p:spTree {_NS}><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr>'
        '<a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm>'
        f'</p:grpSpPr>{"".join(shapes)}</p:spTree>'
    )


def _inner() -> str:
    return _tree(
        _placeholder(2, "标题", 'type="title"', _place(SIDE, 24, WIDTH - 2 * SIDE, 36), _line("单击填写标题"),
                     _style(22, "tx2", bold=True), 'anchor="b"'),
        _rule(3, 66, "accent1"),
        _placeholder(4, "正文区", 'type="body" idx="10"', _place(SIDE, 80, WIDTH - 2 * SIDE, 416),
                     _line("正文区：内容画在此框内"), _style(14, "tx1")),
        _footers(5),
    )


def _cover() -> str:
    return _tree(
        _rule(2, 150, "accent1", 96, 5),
        _placeholder(3, "标题", 'type="ctrTitle"', _place(SIDE, 166, WIDTH - 2 * SIDE, 60), _line("单击填写标题"),
                     _style(40, "tx2", bold=True), 'anchor="ctr"'),
        _placeholder(4, "副标题", 'type="subTitle" idx="1"', _place(SIDE, 232, WIDTH - 2 * SIDE, 84),
                     _line("单击填写副标题"), _style(18, "accent5")),
        _placeholder(5, "正文区", 'type="body" idx="10"', _place(SIDE, 346, WIDTH - 2 * SIDE, 110),
                     _line("正文区：本周数字画在此框内"), _style(14, "tx1")),
        _footers(6),
    )


def _dress(layout: SlideLayout | SlideMaster, tree: str) -> None:
    slide = layout._element.cSld
    slide.replace(slide.spTree, parse_xml(tree))


def _theme(master: SlideMaster) -> None:
    part = master.part.part_related_by(RT.THEME)
    text = part.blob.decode("utf-8")
    for name, colour in _COLOURS.items():
        paint = rf'\g<1><a:srgbClr val="{colour}"/>\g<2>'
        text = re.sub(rf"(<a:{name}>).*?(</a:{name}>)", paint, text, flags=re.DOTALL)
    for kind in ("major", "minor"):
        text = re.sub(rf"(<a:{kind}Font>).*?(</a:{kind}Font>)", rf"\g<1>{_FONTS}\g<2>", text, flags=re.DOTALL)
    part._blob = text.encode("utf-8")


def _numbers_right(layout: SlideLayout | SlideMaster) -> None:
    for shape in layout.placeholders:
        if shape.name == "页码":
            shape._element.txBody.find(".//{*}lvl1pPr").set("algn", "r")


def built() -> bytes:
    """The template's bytes, always the same."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH * _EMU, HEIGHT * _EMU
    for layout in list(deck.slide_layouts)[2:]:
        deck.slide_layouts.remove(layout)
    cover, inner = deck.slide_layouts
    cover.name, inner.name = "例会封面", "例会内页"
    cover._element.set("showMasterSp", "0")  # the line below an inner page's title
    for layout, tree in ((cover, _cover()), (inner, _inner()), (deck.slide_master, _inner())):
        _dress(layout, tree)
        _numbers_right(layout)
    _theme(deck.slide_master)
    properties = deck.core_properties
    properties.author, properties.last_modified_by, properties.title = "kesu", "kesu", "品质例会模板"
    properties.created = properties.modified = datetime(*_MADE)  # noqa: DTZ001 - the library writes naive UTC
    package = deck.part.package
    for key, relation in list(package._rels.items()):
        if relation.reltype.endswith("/thumbnail"):  # a picture of python-pptx's own default template
            package.drop_rel(key)
    raw, packed = io.BytesIO(), io.BytesIO()
    deck.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _MADE)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            target.writestr(entry, source.read(name))
    return packed.getvalue()


if __name__ == "__main__":
    Path(__file__).parent.joinpath("deck", "template.pptx").write_bytes(built())
