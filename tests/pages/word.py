"""Flaws on the pages of a docx, from its markup: no page is laid out, so only what the markup decides is reported."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from tests.pages.colours import WHITE, Rgb, contrast, needed_contrast, parse
from tests.pages.finding import Finding, Kind, Rules
from tests.pages.glyphs import line_height, lines_needed, longest_word
from tests.pages.leftovers import leftovers
from tests.pages.word_frames import bodies, floating_overlaps, pictures
from tests.pages.word_styles import W, WordStyles

_TWIPS = 20
_CELL_MARGIN = 10.8   # points on both sides together, Word's default
_BEYOND = 13.0        # tables hang over the margin by their cell margin
_PROMPTS = ("单击或点击此处输入文字", "单击此处输入文字", "Click or tap here to enter text", "[在此处键入]")


def check_word(path: Path, rules: Rules) -> list[Finding]:
    """All findings of a document: body, headers, footers."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    with zipfile.ZipFile(path) as package:
        trees = {
            name: etree.fromstring(package.read(name), parser) for name in package.namelist()
            if name.startswith("word/") and name.endswith(".xml") and name.count("/") == 1
        }
    styles = WordStyles(trees.get("word/styles.xml"))
    found: list[Finding] = []
    for name, tree in trees.items():
        kind = Path(name).stem
        if kind == "document" or kind.startswith(("header", "footer")):
            found += _Part(kind, tree, styles, trees["word/document.xml"], rules).findings()
    return found


class _Part:
    def __init__(
        self, name: str, tree: etree._Element, styles: WordStyles, document: etree._Element, rules: Rules
    ) -> None:
        self.name, self.tree, self.styles, self.rules = name, tree, styles, rules
        size, margins = next(document.iter(f"{W}pgSz"), None), next(document.iter(f"{W}pgMar"), None)
        left, right, top, bottom = (_number(margins, side, 1440) for side in ("left", "right", "top", "bottom"))
        self.width = (_number(size, "w", 11906) - left - right) / _TWIPS
        self.height = (_number(size, "h", 16838) - top - bottom) / _TWIPS

    def findings(self) -> Iterator[Finding]:
        if self.name == "document":
            yield from self._pages()
        for number, table in enumerate(self.tree.iter(f"{W}tbl"), start=1):
            yield from self._table(f"表{number}", table)
        for paragraph in self.tree.iter(f"{W}p"):
            yield from self._paragraph(paragraph)
        for place, width, height, room in pictures(self.tree, self.width):
            if width > room + 1 or height > self.height + 1:
                yield self._finding(place, "bounds", f"图片 {width:.0f}×{height:.0f} 磅，位置只有 {room:.0f} 磅宽")
        for first, second in floating_overlaps(self.tree):
            yield self._finding(second, "overlap", f"与 {first} 重叠")
        for place, width, height, paragraphs in bodies(self.tree):
            yield from self._box(place, width, height, paragraphs)

    def _finding(self, place: str, kind: Kind, detail: str) -> Finding:
        where = {"document": "正文"}.get(self.name, self.name)
        return Finding(f"{where} {place}".strip(), kind, detail)

    def _pages(self) -> Iterator[Finding]:
        body = self.tree.find(f"{W}body")
        blocks = [block for block in (body if body is not None else ()) if block.tag != f"{W}sectPr"]
        shown = [_shows(block) for block in blocks]
        if not any(shown):
            yield self._finding("", "empty", "整份文件没有内容")
            return
        since, breaks = True, 0
        for block, shows in zip(blocks, shown, strict=True):
            if block.find(f".//{W}br[@{W}type='page']") is not None:
                if since is False:
                    yield self._finding("", "empty", "连续两个分页符之间没有内容，打印出空白页")
                since, breaks = False, breaks + 1
            if shows:
                since = True
        if breaks and not since:
            yield self._finding("", "empty", "最后一个分页符之后没有内容，打印出空白页")

    def _table(self, place: str, table: etree._Element) -> Iterator[Finding]:
        columns = [_number(column, "w", 0) / _TWIPS for column in table.findall(f"{W}tblGrid/{W}gridCol")]
        inner = table.getparent() is not None and any(p.tag == f"{W}tc" for p in table.iterancestors())
        if sum(columns) > self.width + _BEYOND and not inner:
            yield self._finding(place, "bounds", f"表宽 {sum(columns):.0f} 磅，版心 {self.width:.0f} 磅")
        if not _text(table).strip() and next(table.iter(f"{W}drawing"), None) is None:
            yield self._finding(place, "empty", "表格没有内容")
        for row in table.findall(f"{W}tr"):
            height = row.find(f"{W}trPr/{W}trHeight")
            fixed = height is not None and height.get(f"{W}hRule") == "exact"
            exact = _number(height, "val", 0) / _TWIPS if fixed else 0
            for cell in row.findall(f"{W}tc"):
                yield from self._cell(place, cell, exact)

    def _cell(self, place: str, cell: etree._Element, exact: float) -> Iterator[Finding]:
        width = _number(cell.find(f"{W}tcPr/{W}tcW"), "w", 0) / _TWIPS - _CELL_MARGIN
        if width <= 0:
            return
        needed = 0.0
        for paragraph in cell.findall(f"{W}p"):
            text, look = _text(paragraph), self._largest(paragraph)
            needed += lines_needed(text, width, look) * line_height(look)
            wide, word = longest_word(text, look)
            if wide > width * 1.03 + 2 and len(word) > 1:
                yield self._finding(place, "fit", f"“{word[:20]}”比单元格宽 {wide - width:.0f} 磅")
        if exact and needed > exact * (1 + self.rules.slack) + 2:
            yield self._finding(place, "fit", f"固定行高 {exact:.0f} 磅，文字需要 {needed:.0f} 磅")

    def _largest(self, paragraph: etree._Element) -> float:
        runs = [run for run in paragraph.iter(f"{W}r") if _text(run).strip()]
        return max((self.styles.look(run, paragraph).points for run in runs), default=10.0)

    def _paragraph(self, paragraph: etree._Element) -> Iterator[Finding]:
        text = _text(paragraph)
        place = f"“{' '.join(text.split())[:20]}”"
        for left in leftovers(text):
            yield self._finding(place, "leftover", left)
        if any(prompt in text for prompt in _PROMPTS):
            yield self._finding(place, "leftover", "内容控件的提示文字没有替换")
        spacing = paragraph.find(f"{W}pPr/{W}spacing")
        exact = spacing is not None and spacing.get(f"{W}lineRule") == "exact"
        said = set[str]()
        for run in paragraph.iter(f"{W}r"):
            if not _text(run).strip():
                continue
            look = self.styles.look(run, paragraph)
            if look.points < self.rules.page_points and "size" not in said:
                said.add("size")
                yield self._finding(place, "size", f"只有 {look.points:g} 磅")
            if exact and _number(spacing, "line", 240) / _TWIPS < look.points and "fit" not in said:
                said.add("fit")
                yield self._finding(place, "fit", f"固定行距小于字号 {look.points:g} 磅，文字上下被切")
            behind = _behind(run)
            ratio = contrast(look.colour, behind) if look.colour and behind else 21.0
            if ratio < needed_contrast(look.points, bold=look.bold) and "contrast" not in said:
                said.add("contrast")
                yield self._finding(place, "contrast", f"与底色对比只有 {ratio:.1f}")

    def _box(self, place: str, width: float, height: float, paragraphs: list[etree._Element]) -> Iterator[Finding]:
        texts = [(_text(paragraph), self._largest(paragraph)) for paragraph in paragraphs]
        if not "".join(text for text, _ in texts).strip():
            yield self._finding(place, "empty", "文本框没有内容")
            return
        needed = sum(lines_needed(text, width - 14.4, look) * line_height(look) for text, look in texts) + 7.2
        if needed > height * (1 + self.rules.slack) + 2:
            yield self._finding(place, "fit", f"文字需要高 {needed:.0f} 磅，框高 {height:.0f} 磅")


def _number(element: etree._Element | None, name: str, default: int) -> int:
    value = element.get(f"{W}{name}") if element is not None else None
    return int(float(value)) if value and value.lstrip("-").replace(".", "", 1).isdigit() else default


def _text(element: etree._Element) -> str:
    return "".join(node.text or "" if node.tag == f"{W}t" else "\n" for node in element.iter(f"{W}t", f"{W}br"))


def _shows(block: etree._Element) -> bool:
    drawn = f"{W}drawing", f"{W}pict", f"{W}object"
    return bool(_text(block).strip()) or next(block.iter(*drawn), None) is not None or block.tag == f"{W}tbl"


def _behind(run: etree._Element) -> Rgb | None:
    """The nearest shading behind a run: its own, its paragraph's, its cell's; white without any."""
    holders = [run.find(f"{W}rPr/{W}shd")]
    for parent in run.iterancestors():
        if parent.tag == f"{W}p":
            holders.append(parent.find(f"{W}pPr/{W}shd"))
        elif parent.tag == f"{W}tc":
            holders.append(parent.find(f"{W}tcPr/{W}shd"))
        elif parent.tag == f"{W}txbxContent":
            return None  # what is behind a text box is not known here
    for shade in holders:
        fill = shade.get(f"{W}fill", "auto") if shade is not None else "auto"
        if fill != "auto":
            return parse(fill)
    return WHITE
