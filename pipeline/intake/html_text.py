"""HTML of a mail to readable lines and its tables, as Outlook, QQ, Foxmail and NetEase write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from pipeline.intake.charset import visible

_LONGEST = 1_500_000          # characters of HTML; complaint mails have a few thousand
_SKIPPED = {"script", "style", "head", "title", "template", "noscript", "object"}
_BLOCKS = {"p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "center", "section",
           "article", "header", "footer", "dt", "dd", "form", "blockquote"}
_VOID = {"br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0", re.IGNORECASE)
_MOST_COLUMNS, _MOST_ROWS, _DEEPEST = 60, 2_000, 40


@dataclass(slots=True)
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    spans: dict[int, tuple[str, int]] = field(default_factory=dict)  # column → text and rows it still reaches down
    row: list[str] | None = None
    has_inner: bool = False
    cell: tuple[int, int] = (1, 1)

    def start_row(self) -> None:
        self.end_row()
        self.row = []
        self._fill_spans()

    def _fill_spans(self) -> None:
        while self.row is not None and len(self.row) in self.spans and len(self.row) < _MOST_COLUMNS:
            column = len(self.row)
            text, left = self.spans.pop(column)
            if left > 1:
                self.spans[column] = (text, left - 1)
            self.row.append(text)

    def add_cell(self, text: str) -> None:
        if self.row is None:
            self.start_row()
        if self.row is None:
            return
        width, height = self.cell
        for offset in range(min(width, _MOST_COLUMNS - len(self.row))):
            if height > 1:
                self.spans[len(self.row)] = (text, height - 1)
            self.row.append(text if offset == 0 else "")
        self._fill_spans()

    def end_row(self) -> None:
        if self.row and len(self.rows) < _MOST_ROWS:
            self.rows.append(self.row)
        self.row = None


def _number(text: str | None, most: int) -> int:
    return max(1, min(int(text), most)) if text and text.strip().isascii() and text.strip().isdigit() else 1


class _Page(HTMLParser):
    """Collects the visible text; one buffer for the page and one for each open table cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.images: set[str] = set()
        self._buffers: list[list[str]] = [[]]
        self._open: list[_Table] = []
        self._hidden: list[str] = []      # open tags inside something not shown
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "img" and given.get("src", "").casefold().startswith("cid:"):
            self.images.add(given["src"][4:].strip().casefold())
        if self._hidden or tag in _SKIPPED or (_HIDDEN.search(given.get("style", "")) and tag not in _VOID):
            if tag not in _VOID:
                self._hidden.append(tag)
            return
        if tag == "table":
            self._start_table()
        elif tag == "tr" and self._open:
            self._close_cell()
            self._open[-1].start_row()
        elif tag in {"td", "th"} and self._open:
            self._close_cell()
            self._open[-1].cell = (_number(given.get("colspan"), 50), _number(given.get("rowspan"), 500))
            self._buffers.append([])
        elif tag == "blockquote":
            self._quoted += 1
            self._put("\n\x00")  # marks quoted text until the page is put together
        elif tag == "br":
            self._put("\n")
        elif tag in _BLOCKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            if tag in self._hidden:
                while self._hidden.pop() != tag:
                    pass
            return
        if tag == "table" and self._open:
            self._end_table()
        elif tag == "tr" and self._open:
            self._close_cell()
            self._open[-1].end_row()
        elif tag in {"td", "th"} and self._open:
            self._close_cell()
        elif tag == "blockquote" and self._quoted:
            self._quoted -= 1
            self._put("\x01\n")
        elif tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._put(re.sub(r"[ \t\r\n\f]+", " ", data))

    def _put(self, text: str) -> None:
        self._buffers[-1].append(text)

    def _break(self) -> None:
        """End the line, unless nothing stands on it yet."""
        last = next((piece for piece in reversed(self._buffers[-1]) if piece.strip(" ")), "\n")
        if not last.endswith("\n"):
            self._put("\n")

    def _start_table(self) -> None:
        if len(self._open) >= _DEEPEST:
            return
        if self._open:
            self._open[-1].has_inner = True
            if len(self._buffers) <= len(self._open):  # text between rows: give the inner table a cell to stand in
                self._buffers.append([])
        self._put("\n")
        self._open.append(_Table())

    def _close_cell(self) -> None:
        if len(self._buffers) > len(self._open):
            self._open[-1].add_cell(_lines("".join(self._buffers.pop())))

    def _end_table(self) -> None:
        self._close_cell()
        table = self._open.pop()
        table.end_row()
        if not table.has_inner and max((len(row) for row in table.rows), default=0) >= 2:
            self.tables.append(table.rows)
        # a table of data is shown row by row, one for layout as the texts it holds
        shown = ["\n".join(row) if table.has_inner else "\t".join(cell.replace("\n", " ") for cell in row)
                 for row in table.rows]
        self._put("\n" + "\n".join(shown) + "\n")

    def text(self) -> str:
        """The page's text, what stands in block quotes marked with ``> ``."""
        while self._open:
            self._end_table()
        depth, lines = 0, []
        for line in "".join(piece for buffer in self._buffers for piece in buffer).split("\n"):
            depth += line.count("\x00")
            lines.append(("> " if depth else "") + line.replace("\x00", "").replace("\x01", ""))
            depth = max(0, depth - line.count("\x01"))
        return _lines("\n".join(lines))


def _lines(text: str) -> str:
    trimmed = (re.sub(r" *\t *", "\t", re.sub(r"[ \u3000\xa0]+", " ", line)).strip(" ") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(trimmed)).strip("\n")


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """Text, tables (rows of cells) and the content ids of the pictures shown, lower-case."""

    text: str
    tables: tuple[tuple[tuple[str, ...], ...], ...]
    pictures: frozenset[str]


def read_html(markup: str) -> HtmlPage:
    """Read a mail's HTML; hidden text, scripts and styles are left out. Never raises; huge pages are cut."""
    page = _Page()
    page.feed(markup[:_LONGEST].replace("\x00", "").replace("\x01", ""))
    page.close()
    text = page.text()
    tables = tuple(tuple(tuple(visible(cell).strip() for cell in row) for row in rows) for rows in page.tables)
    return HtmlPage(visible(text), tables, frozenset(page.images))
