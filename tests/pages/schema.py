"""Schema findings of openxml-audit (MIT), less those that the writing library's own untouched files have as well."""

from __future__ import annotations

import functools
import io
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from openxml_audit import OpenXmlValidator

from tests.pages.finding import Finding

_NUMBERS = re.compile(r"\[\d+\]|\d+")
#: Our patched cells are inline strings on purpose: the shared strings of a person's workbook stay untouched.
_ON_PURPOSE = ("inline-string cell",)
_FEW = 20


def schema_findings(path: Path) -> Iterator[Finding]:
    """What the format does not allow in the file, each kind of finding once."""
    known = _baseline(path.suffix.lower())
    seen = set[str]()
    for place, text in _audit(path):
        mark = _mark(place, text)
        if mark in known or mark in seen or any(word in text for word in _ON_PURPOSE):
            continue
        seen.add(mark)
        if len(seen) <= _FEW:
            yield Finding(place, "schema", text)


def _audit(path: Path) -> list[tuple[str, str]]:
    result = OpenXmlValidator().validate(str(path))
    return [(f"{error.part_uri or ''}", f"{error.path or ''} {error.description}".strip()) for error in result.errors]


def _mark(place: str, text: str) -> str:
    return _NUMBERS.sub("", f"{place} {text}")


@functools.cache
def _baseline(suffix: str) -> frozenset[str]:
    """Marks of the findings in what the library writes for an ordinary file of this kind."""
    with tempfile.TemporaryDirectory(prefix="pages-") as folder:
        path = Path(folder, f"plain{suffix}")
        path.write_bytes(_PLAIN[suffix]())
        return frozenset(_mark(place, text) for place, text in _audit(path))


def _plain_word() -> bytes:
    from docx import Document

    document = Document()
    document.add_heading("1", 1)
    document.add_paragraph("1", style="List Bullet")
    document.add_table(2, 2, style="Table Grid").cell(0, 0).text = "1"
    return _saved(document.save)


def _plain_workbook() -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = "1"
    sheet["A1"].font = Font(name="Arial", bold=True, italic=True, underline="single", color="FF0000")
    sheet["A2"].font = Font(name="Arial", size=12)
    sheet.merge_cells("A1:B1")
    return _saved(book.save)


def _plain_deck() -> bytes:
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    inch = Inches(1)
    slide.shapes.add_table(2, 2, inch, inch, inch, inch)
    slide.shapes.add_textbox(inch, inch, inch, inch).text_frame.text = "1"
    for kind in (XL_CHART_TYPE.COLUMN_CLUSTERED, XL_CHART_TYPE.LINE, XL_CHART_TYPE.PIE):
        data = CategoryChartData()
        data.categories = ["1", "2"]
        data.add_series("1", (1, 2))
        slide.shapes.add_chart(kind, inch, inch, inch, inch, data)
    return _saved(deck.save)


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


_PLAIN: dict[str, Callable[[], bytes]] = {
    ".docx": _plain_word, ".xlsx": _plain_workbook, ".xlsm": _plain_workbook, ".pptx": _plain_deck,
}
