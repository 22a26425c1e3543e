"""The fishbone (鱼骨图) as native, editable shapes: one bone each for 人机料法环测."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from pipeline.documents.sandbox import clean

_EMU = 360_000
_WIDTH, _HEIGHT, _SPINE = 17.2, 8.6, 4.3  # cm; the spine's height
_HEAD, _HEAD_X = 3.5, 13.6
_STEP, _FIRST, _SLANT = 4.25, 4.5, 1.3
_TOP, _LABEL = 0.05, 0.62
_CAUSE_WIDTH, _CAUSE_HEIGHT, _MOST_CAUSES, _LETTERS = 2.7, 0.98, 3, 17
_MOST_PROBLEM = 48
_OPEN = """<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><mc:Choice Requires="wpg"><w:drawing>
<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{cx}" cy="{cy}"/><wp:docPr id="1" name="鱼骨图"/>
<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"><wpg:wgp>
<wpg:cNvGrpSpPr/><wpg:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{cx}" cy="{cy}"/><a:chOff x="0" y="0"/>
<a:chExt cx="{cx}" cy="{cy}"/></a:xfrm></wpg:grpSpPr>"""
_CLOSE = """</wpg:wgp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice></mc:AlternateContent>"""


def drawing(bones: Mapping[str, Any]) -> str:
    """The markup for ``{"problem": text, "bones": [{"factor": 人, "causes": [{"text", "verdict"}]}]}``, for a run."""
    size = {"cx": _emu(_WIDTH), "cy": _emu(_HEIGHT)}
    shapes = "".join(_shapes(str(bones["problem"]), bones["bones"]))
    return _OPEN.format(**size) + shapes + _CLOSE


def _emu(length: float) -> int:
    return round(length * _EMU)


def _shapes(problem: str, bones: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield _line(1, 0.2, _SPINE, _HEAD_X, _SPINE, 28_000)
    yield _box(2, _HEAD_X, _SPINE - 1.1, _HEAD, 2.2, _shortened(problem, _MOST_PROBLEM), fill="1F3864", ink="FFFFFF",
               size=17, bold=True)
    number = 3
    for position, bone in enumerate(bones):
        above, column = position < 3, position % 3
        foot = _FIRST + column * _STEP
        tip_y = _TOP + _LABEL if above else _HEIGHT - _TOP - _LABEL
        yield _line(number, foot - _SLANT, tip_y, foot, _SPINE, 15_000)
        label_y = tip_y - _LABEL if above else tip_y
        yield _box(number + 1, foot - _SLANT - 0.75, label_y, 1.5, _LABEL, str(bone["factor"]), fill="DCE6F2", size=18,
                   bold=True)
        number += 2
        for index, cause in enumerate(_listed(bone["causes"])):
            y = tip_y + 0.12 + index * (_CAUSE_HEIGHT + 0.06) if above else (
                tip_y - 0.12 - (index + 1) * _CAUSE_HEIGHT - index * 0.06)
            along = (y + _CAUSE_HEIGHT / 2 - tip_y) / (_SPINE - tip_y)
            right = foot - _SLANT + _SLANT * along - 0.08
            confirmed = cause.get("verdict") == "确认"
            yield _box(number, right - _CAUSE_WIDTH, y, _CAUSE_WIDTH, _CAUSE_HEIGHT, _words(cause),
                       ink="C00000" if confirmed else "404040", bold=confirmed)
            number += 1


def _listed(causes: Sequence[Mapping[str, str]]) -> Sequence[Mapping[str, str]]:
    if len(causes) <= _MOST_CAUSES:
        return causes
    rest = len(causes) - _MOST_CAUSES + 1
    return [*causes[: _MOST_CAUSES - 1], {"text": f"另有 {rest} 项，见上表", "verdict": ""}]


def _words(cause: Mapping[str, str]) -> str:
    verdict = f"[{cause['verdict']}]" if cause.get("verdict") else ""
    return _shortened(cause["text"], _LETTERS) + verdict


def _shortened(text: str, most: int) -> str:
    line = " ".join(clean(text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _line(number: int, x1: float, y1: float, x2: float, y2: float, width: int) -> str:
    flip = ' flipV="1"' if y2 < y1 else ""
    x, y, cx, cy = _emu(min(x1, x2)), _emu(min(y1, y2)), _emu(abs(x2 - x1)), _emu(abs(y2 - y1))
    return (
        f'<wps:wsp><wps:cNvPr id="{number}" name="骨{number}"/><wps:cNvCnPr/><wps:spPr><a:xfrm{flip}>'
        f'<a:off x="{x}" y="{y}"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm><a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
        f'<a:ln w="{width}"><a:solidFill><a:srgbClr val="1F3864"/></a:solidFill></a:ln></wps:spPr><wps:bodyPr/>'
        "</wps:wsp>"
    )


def _box(
    number: int, x: float, y: float, cx: float, cy: float, words: str, *, fill: str = "", ink: str = "1F3864",
    size: int = 15, bold: bool = False,
) -> str:
    """A text box; ``size`` in half points. Text without a fill has no frame either."""
    look = f'<a:solidFill><a:srgbClr val="{fill}"/></a:solidFill>' if fill else "<a:noFill/>"
    weight = "<w:b/>" if bold else ""
    fonts = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="微软雅黑"/>'
    return (
        f'<wps:wsp><wps:cNvPr id="{number}" name={quoteattr(f"框{number}")}/><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm>'
        f'<a:off x="{_emu(x)}" y="{_emu(y)}"/><a:ext cx="{_emu(cx)}" cy="{_emu(cy)}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{look}<a:ln><a:noFill/></a:ln></wps:spPr><wps:txbx>'
        f'<w:txbxContent><w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
        f'<w:jc w:val="center"/></w:pPr><w:r><w:rPr>{fonts}{weight}<w:color w:val="{ink}"/><w:sz w:val="{size}"/>'
        f'<w:szCs w:val="{size}"/></w:rPr><w:t xml:space="preserve">{escape(words)}</w:t></w:r></w:p></w:txbxContent>'
        '</wps:txbx><wps:bodyPr wrap="square" lIns="18000" tIns="9000" rIns="18000" bIns="9000" anchor="ctr"/>'
        "</wps:wsp>"
    )
