"""Word files that come by mail or are dropped into a folder: a filled-in 客诉信息收集表, or the tables they hold."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.documents.filling import W
from pipeline.ooxml.limits import Limits, check_package
from schemas.errors import KesuError
from schemas.incoming import CALL_SHEET_LABELS, CALL_SHEET_TITLE, CallSheet, FileContent, TextTable

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell
    from lxml import etree

_LARGEST = 30 << 20
_LIMITS = Limits(members=3_000, total_bytes=300 << 20, part_bytes=40 << 20)
_MOST_TABLES, _MOST_ROWS, _MOST_COLUMNS = 20, 500, 30
_TITLE_WITHIN = 5  # paragraphs
#: Boxes as people tick them by hand, by symbol (Wingdings) and by Word's own check boxes.
_EMPTY, _TICKED = "□☐", "☑☒■√✓✔✅"
_SYMBOLS = {**dict.fromkeys(("F052", "F053", "F054", "F0FD", "F0FE", "F0FC"), "☑"),
            **dict.fromkeys(("F0A3", "F0A8", "F06F"), "□")}
_CHOICE = re.compile(rf"([{_EMPTY}{_TICKED}])\s*([^\s{_EMPTY}{_TICKED}]+)")


def read_attached(name: str, content: bytes) -> FileContent:
    """What a .docx holds; nothing for one that is damaged, too large or no Word file at all.

    The answers of a call sheet stand right of the labels that are called like ledger columns.
    """
    if len(content) > _LARGEST:
        return FileContent()
    with tempfile.TemporaryDirectory(prefix="kesu-") as folder:
        local = Path(folder) / "attached.docx"
        local.write_bytes(content)
        try:
            check_package(local, _LIMITS)
        except KesuError:
            return FileContent()  # filed as it is; a person opens it
    return _content(name, content)


def _content(name: str, content: bytes) -> FileContent:
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        document = Document(io.BytesIO(content))
        tables = tuple(TextTable(rows, name) for rows in _tables(document))
        is_sheet = any(paragraph.text.strip() == CALL_SHEET_TITLE for paragraph in document.paragraphs[:_TITLE_WITHIN])
    except (OpcError, LxmlError, KeyError, ValueError, IndexError, AttributeError):
        return FileContent()  # python-docx gives up on packages that Word itself repairs
    if not is_sheet:
        return FileContent(tables)
    answers = {field: answer for field, answer in _answers(tables) if answer}
    return FileContent(call_sheet=CallSheet(answers, name) if answers else None)


def _tables(document: Document) -> Iterator[tuple[tuple[str, ...], ...]]:
    for table in document.tables[:_MOST_TABLES]:
        yield tuple(tuple(_text(cell) for cell in row.cells[:_MOST_COLUMNS]) for row in table.rows[:_MOST_ROWS])


def _text(cell: _Cell) -> str:
    """All that stands in a cell, content controls among it, which python-docx leaves out; a paragraph a line."""
    paragraphs = ("".join(_letters(piece) for piece in paragraph.iter(f"{W}t", f"{W}sym"))
                  for paragraph in cell._tc.iter(f"{W}p"))
    return "\n".join(paragraphs).strip()


def _letters(piece: etree._Element) -> str:
    return _SYMBOLS.get(piece.get(f"{W}char", "").upper(), "") if piece.tag == f"{W}sym" else piece.text or ""


def _answers(tables: tuple[TextTable, ...]) -> Iterator[tuple[str, str]]:
    for table in tables:
        for row in table.rows:
            field = CALL_SHEET_LABELS.get(row[0]) if len(row) > 1 else None
            if field:
                yield field, _answer(row[1])


def _answer(text: str) -> str:
    """What was typed, or the choices whose box is ticked; "" for a question that was left as it was printed."""
    choices = _CHOICE.findall(text)
    if not any(box in _EMPTY for box, _ in choices):
        return text
    ticked = [words for box, words in choices if box in _TICKED]
    beside = _CHOICE.sub("", text).strip()
    if ticked and beside:
        return text  # a tick and a remark: for a person to read
    return beside or "、".join(ticked)
