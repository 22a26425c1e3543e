"""A customer's docx form as grids: each table one grid, the lines of text outside tables another."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from pipeline.documents.filling import W
from pipeline.documents.forms.faults import FormUnreadable
from pipeline.documents.forms.grid import Box, Grid

LINES = "正文"
_PARTS = ("word/document.xml", "word/header", "word/footer")
_LONGEST_HEADING = 80
_MOST_BYTES = 60 << 20
_MOST_COLUMNS = 63
_NOTES = re.compile(r"word/(?:foot|end)notes\.xml")
JOINER = "\u2060"
_TAG_MARK = re.compile(r"\{[{%#]|[}%#]\}")


@dataclass(slots=True)
class WordForm:
    """A Word form taken apart: every zip member, the parsed parts, and which element each box of a grid is."""

    members: list[tuple[zipfile.ZipInfo, bytes]]
    trees: dict[str, etree._Element]
    grids: list[Grid] = field(default_factory=list)
    elements: dict[tuple[str, int, int], etree._Element] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def read_word(path: Path) -> WordForm:
    """The grids of a Word form. Raises FormUnreadable for other files, and for forms filled through fields of Word."""
    form = _opened(path)
    number = 0
    for name, tree in form.trees.items():
        for table in tree.iter(f"{W}tbl"):
            number += 1
            _table(form, table, f"表{number}")
        _lines(form, tree, LINES if name.startswith("word/document") else f"{LINES}（{Path(name).stem}）")
    if not any(grid.labels() for grid in form.grids):
        raise FormUnreadable(path.name, "里面没有文字", "请确认这是客户的空表；扫描成图片的表格无法对照")
    return form


def _opened(path: Path) -> WordForm:
    try:
        content = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(info.file_size for info in package.infolist()) > _MOST_BYTES:
                raise FormUnreadable(path.name, "解压后过大", "请删除其中的大图后重试")
            members = [(info, package.read(info)) for info in package.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FormUnreadable(path.name, "不是 .docx 文档，或设有打开密码", "请在 Word 或 WPS 中另存为 .docx") from error
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        trees = {
            info.filename: etree.fromstring(data, parser) for info, data in members
            if info.filename.startswith(_PARTS) and info.filename.endswith(".xml")
        }
    except etree.XMLSyntaxError as error:
        raise FormUnreadable(path.name, "内容损坏", "请在 Word 或 WPS 中打开，另存为 .docx 后重试") from error
    if "word/document.xml" not in trees:
        raise FormUnreadable(path.name, "不是 Word 文档", "请在 Word 或 WPS 中另存为 .docx")
    for tree in trees.values():
        _as_text(tree)
    return WordForm([(info, _plain_note(info.filename, data)) for info, data in members], trees)


def _as_text(tree: etree._Element) -> None:
    """Keep the customer's own braces from being read as tags: an invisible joiner between them (U+2060)."""
    for paragraph in tree.iter(f"{W}p"):
        before = ""
        for text in paragraph.iter(f"{W}t"):
            words = text.text or ""
            if _TAG_MARK.match(before[-1:] + words[:1]):
                words = JOINER + words
            text.text = _joined(words)
            before = words or before
    for element in tree.iter():
        for name, value in element.attrib.items():
            if _TAG_MARK.search(str(value)):
                element.set(name, _joined(str(value)))


def _plain_note(part: str, data: bytes) -> bytes:
    return _joined(data.decode("utf-8", "replace")).encode() if _NOTES.fullmatch(part) else data


def _joined(text: str) -> str:
    return _TAG_MARK.sub(lambda found: f"{found[0][0]}{JOINER}{found[0][1]}", text)


def paragraph_text(paragraph: etree._Element) -> str:
    """The visible text of a paragraph: deletions left out, tabs and breaks as such."""
    pieces = []
    for node in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br"):
        if any(parent.tag in (f"{W}del", f"{W}txbxContent") for parent in _between(node, paragraph)):
            continue
        pieces.append(node.text or "" if node.tag == f"{W}t" else "\t" if node.tag == f"{W}tab" else "\n")
    return "".join(pieces)


def _between(node: etree._Element, top: etree._Element) -> Iterator[etree._Element]:
    for parent in node.iterancestors():
        if parent is top:
            return
        yield parent


def cell_text(cell: etree._Element) -> str:
    """The text of a table cell, a line a paragraph; tables inside it are grids of their own."""
    own = [p for p in cell.iter(f"{W}p") if next(p.iterancestors(f"{W}tc")) is cell]
    return "\n".join(paragraph_text(paragraph) for paragraph in own).strip()


def _table(form: WordForm, table: etree._Element, name: str) -> None:
    boxes: dict[tuple[int, int], Box] = {}
    rows = [row for row in table.iter(f"{W}tr") if next(row.iterancestors(f"{W}tbl")) is table]
    open_merges: dict[int, tuple[int, int]] = {}  # column -> place of the box that goes on below
    for number, row in enumerate(rows, start=1):
        column = _columns(row.find(f"{W}trPr/{W}gridBefore"))
        for cell in (item for item in row.iter(f"{W}tc") if next(item.iterancestors(f"{W}tr")) is row):
            look = cell.find(f"{W}tcPr")
            span = look.find(f"{W}gridSpan") if look is not None else None
            width = max(_columns(span), 1)
            merge = look.find(f"{W}vMerge") if look is not None else None
            last = column + width - 1
            if merge is not None and merge.get(f"{W}val", "continue") == "continue" and column in open_merges:
                place = open_merges[column]
                known = boxes[place]
                boxes[place] = Box(known.row, known.column, number, known.right, known.text, fixed=known.fixed)
            else:
                boxes[number, column] = Box(number, column, number, last, cell_text(cell), fixed=_has_table(cell))
                form.elements[name, number, column] = cell
                open_merges.pop(column, None)
                if merge is not None:
                    open_merges[column] = (number, column)
            column = last + 1
    if boxes:
        form.grids.append(Grid(name, list(boxes.values()), _over(table)))


def _columns(told: etree._Element | None) -> int:
    """A number of columns as Word tells it; Word itself knows no table with more than 63."""
    value = told.get(f"{W}val", "") if told is not None else ""
    return min(int(value), _MOST_COLUMNS) if value.isdecimal() else 0


def _over(table: etree._Element) -> str:
    """What a table stands under: the text of its cell, or of the one at the left, else the line before it; or ""."""
    cell = next(table.iterancestors(f"{W}tc"), None)
    if cell is not None:
        before = cell.getprevious()
        return cell_text(cell) or (cell_text(before) if before is not None and before.tag == f"{W}tc" else "")
    for before in table.itersiblings(preceding=True):
        if before.tag != f"{W}p":
            return ""
        text = paragraph_text(before).strip()
        if text:
            return text if len(text) <= _LONGEST_HEADING else ""
    return ""


def _has_table(cell: etree._Element) -> bool:
    return cell.find(f".//{W}tbl") is not None


def _lines(form: WordForm, tree: etree._Element, name: str) -> None:
    """Paragraphs outside tables, numbered as they stand."""
    boxes = []
    number = 0
    for paragraph in tree.iter(f"{W}p"):
        if any(parent.tag in (f"{W}tbl", f"{W}txbxContent") for parent in paragraph.iterancestors()):
            continue
        text = paragraph_text(paragraph).strip()
        if text:
            number += 1
            boxes.append(Box(number, 0, number, 0, text))
            form.elements[name, number, 0] = paragraph
    if boxes:
        form.grids.append(Grid(name, boxes))
