"""Blocks fill pages without losing or repeating a word, nothing reaches below its area, no heading ends a page."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.documents.deck.drawing import Area
from pipeline.documents.deck.paging import Filled, fill
from pipeline.documents.deck.pieces import Heading, Line, Paragraph
from schemas.deck import Block, TableBlock, TableCell, TableColumn, TextBlock

FIRST, WHOLE = Area(36, 200, 540, 250), Area(36, 80, 888, 410)
WORDS = st.text(st.sampled_from("密封圈泄漏，。ab1 "), min_size=1, max_size=400).map(str.strip).filter(bool)
PARAGRAPHS = st.lists(WORDS, min_size=1, max_size=6).map(tuple)
TEXT_BLOCKS = st.builds(TextBlock, st.sampled_from(["", "问题描述"]), PARAGRAPHS)
ROWS = st.lists(st.tuples(st.builds(TableCell, WORDS), st.builds(TableCell, WORDS)), min_size=1, max_size=8)
COLUMNS = st.just((TableColumn("编号", 1), TableColumn("内容", 4)))
TABLES = st.builds(TableBlock, st.just("措施"), COLUMNS, ROWS.map(tuple))
BLOCKS = st.lists(st.one_of(TEXT_BLOCKS, TABLES), min_size=1, max_size=5)


def pages_of(blocks: list[Block]) -> list[Filled]:
    return fill(blocks, lambda number: WHOLE if number else FIRST)


def words_of(pages: list[Filled]) -> str:
    """All text in reading order, without spaces and repeated heading rows."""
    found: list[str] = []
    for page in pages:
        for piece in page.pieces:
            if isinstance(piece, Heading | Paragraph):
                found.append(piece.text)
            elif not piece.head:
                found.extend(piece.texts)
    return "".join("".join(found).split())


def typed(blocks: list[Block]) -> str:
    found: list[str] = []
    for block in blocks:
        found.append(block.heading)
        if isinstance(block, TextBlock):
            found.extend(block.paragraphs)
        else:
            found.extend(cell.text for row in block.rows for cell in row)
    return "".join("".join(found).split())


ROW_OF_HALF_A_PAGE = (TextBlock("", ("1", "1", "1")), TableBlock(
    "措施", (TableColumn("编号", 1), TableColumn("内容", 4)),
    ((TableCell("11。1。1。1。11111111111。1"), TableCell("1")), *((TableCell("1"), TableCell("1")),) * 3),
))


@settings(max_examples=80, deadline=None)
@given(BLOCKS)
@example([*ROW_OF_HALF_A_PAGE])
def test_every_word_once_and_nothing_below_the_area(blocks: list[Block]) -> None:
    pages = pages_of(blocks)
    assert sorted(words_of(pages)) == sorted(typed(blocks))  # a row cut in two lets its columns change order
    for page in pages:
        assert page.used <= page.area.height + 0.01
        assert not isinstance(page.pieces[-1], Heading) if page.pieces else len(pages) > 1
        assert not (isinstance(page.pieces[-1], Line) and page.pieces[-1].head) if page.pieces else True


def test_a_table_that_goes_on_repeats_its_heading_row() -> None:
    rows = tuple((TableCell(f"C{number}"), TableCell("修模")) for number in range(60))
    pages = pages_of([TableBlock("措施", (TableColumn("编号", 1), TableColumn("内容", 4)), rows)])
    assert len(pages) > 2
    for page in pages[1:]:
        first = page.pieces[0]
        assert isinstance(first, Line)
        assert first.texts == ("编号", "内容")


def test_a_row_higher_than_a_page_goes_on_on_the_next() -> None:
    pages = pages_of([TableBlock("", (TableColumn("内容", 1),), ((TableCell("密封圈泄漏" * 700),),))])
    assert len(pages) > 1
    assert words_of(pages) == "密封圈泄漏" * 700


def test_what_goes_on_beside_no_photo_uses_the_wider_page() -> None:
    pages = pages_of([TextBlock("问题描述", ("密封圈泄漏" * 400,))])
    narrow, wide = (next(p for p in page.pieces if isinstance(p, Paragraph)) for page in pages[:2])
    assert len(wide.lines[0]) > len(narrow.lines[0]) * 1.4


def test_no_rows_say_so() -> None:
    (page,) = pages_of([TableBlock("逾期", (TableColumn("事项", 1),), (), "没有逾期事项。")])
    assert words_of([page]) == "逾期没有逾期事项。"


def test_a_last_page_is_no_orphan() -> None:
    columns = (TableColumn("编号", 1), TableColumn("内容", 4))
    for count in range(1, 60):
        rows = tuple((TableCell(f"C{number}"), TableCell("修模")) for number in range(count))
        pages = fill([TableBlock("", columns, rows)], lambda _number: WHOLE)
        shown = [sum(isinstance(piece, Line) and not piece.head for piece in page.pieces) for page in pages]
        assert sum(shown) == count
        assert len(pages) == 1 or shown[-1] >= 4, shown  # a full page holds 17
        assert len(pages) == -(-count // 17)
