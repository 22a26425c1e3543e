"""Word files that come by mail: the tables they hold."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from pipeline.ooxml.limits import Limits, check_package
from schemas.errors import KesuError
from schemas.incoming import FileContent, TextTable

_LARGEST = 30 << 20
_LIMITS = Limits(members=3_000, total_bytes=300 << 20, part_bytes=40 << 20)
_MOST_TABLES, _MOST_ROWS, _MOST_COLUMNS = 20, 500, 30


def read_attached(name: str, content: bytes) -> FileContent:
    """The tables of a .docx; nothing for one that is damaged, too large or no Word file at all."""
    if len(content) > _LARGEST:
        return FileContent()
    with tempfile.TemporaryDirectory(prefix="kesu-") as folder:
        local = Path(folder) / "attached.docx"
        local.write_bytes(content)
        try:
            check_package(local, _LIMITS)
        except KesuError:
            return FileContent()  # filed as it is; a person opens it
    return FileContent(_tables(name, content))


def _tables(name: str, content: bytes) -> tuple[TextTable, ...]:
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    found = []
    try:
        document = Document(io.BytesIO(content))
        for table in document.tables[:_MOST_TABLES]:
            rows = tuple(
                tuple(cell.text.strip() for cell in row.cells[:_MOST_COLUMNS]) for row in table.rows[:_MOST_ROWS]
            )
            found.append(TextTable(rows, name))
    except (OpcError, LxmlError, KeyError, ValueError, IndexError, AttributeError):
        return ()  # python-docx gives up on packages that Word itself repairs
    return tuple(found)
