"""The photos of a report in its template: two in a row, each with its caption."""

from __future__ import annotations

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

from templates.build_layout import heading, row_of, table_of, text, value_in


def photos(document: Document) -> None:
    """Photos two in a row with their captions, only where there are any."""
    document.add_paragraph("{%p if picture_rows %}")
    heading(document, "现场照片 Photos")
    widths = [1.0, 1.0]
    table = table_of(document, widths)
    row_of(table, widths).cells[0].paragraphs[0].add_run("{%tr for row in picture_rows %}")
    line = row_of(table, widths)
    for cell, side in zip(line.cells, ("left", "right"), strict=True):
        value_in(cell, f"{{{{ row.{side} }}}}", centred=True)
        caption = cell.add_paragraph(f"{{{{ row.{side}_caption|optional }}}}")
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    row_of(table, widths).cells[0].paragraphs[0].add_run("{%tr endfor %}")
    text(document, "{{ more_photos|optional }}")
    document.add_paragraph("{%p endif %}")
