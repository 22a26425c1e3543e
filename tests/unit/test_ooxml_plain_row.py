"""Taking only the addressed cells of a row apart gives what taking the whole row apart gives."""

from __future__ import annotations

from xml.parsers import expat

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.ooxml import plain_row
from pipeline.ooxml.cells import column_letters
from pipeline.ooxml.plain_row import addressed_cells
from pipeline.ooxml.row_cells import RowCells, parse_row

_CONTENTS = (
    "/>", "></c>", "><v>12</v></c>", "><v/></c>", "><v>泄漏 &lt;b&gt; a>b</v></c>",
    "><is><t>接头</t></is></c>", '><is><t xml:space="preserve"> w> </t></is></c>',
    "><is><r><t>粗</t></r><r><t>细</t></r></is></c>", "><f>A1+1</f><v>3</v></c>", "><!-- w --><v>1</v></c>",
    "><v><![CDATA[<c r=\"Z9\">]]></v></c>", "><v>1</v><extLst><ext/></extLst></c>", " ><v> 7 </v></c>",
)
_USUAL = 7  # so many of the contents are
_OPENINGS = ('<row r="7">', '<row r="7" spans="1:9" ht="15">', "<row>", '<row  r="7">', '<row r="7" x="a>b">')
_ATTRIBUTES = ("", ' s="3"', ' s="3" t="inlineStr"', ' t="str"')
_COLUMNS = st.sets(st.integers(0, 40), max_size=6)


@st.composite
def _rows(draw: st.DrawFn) -> bytes:
    """A row 7 whose cells are spelled in the usual way, or partly in unusual ways, some without a reference."""
    usual = draw(st.booleans())
    cells = ""
    for column in sorted(draw(_COLUMNS)):
        stated = f' r="{column_letters(column)}7"'
        if not usual:
            stated = draw(st.sampled_from((*[stated] * 4, stated.replace('"', "'"), stated.replace("7", "8"), "")))
        content = draw(st.sampled_from(_CONTENTS[:_USUAL] if usual else _CONTENTS))
        cells += f"<c{stated}{draw(st.sampled_from(_ATTRIBUTES))}{content}"
    opening = draw(st.sampled_from(_OPENINGS[:2] if usual else _OPENINGS))
    return f"{opening}{cells}{'' if usual else draw(st.sampled_from(('', chr(10), '<ext/>')))}</row>".encode()


@given(_rows(), _COLUMNS)
@example(b'<row r="8"></row>', {1})
@example(b'<row r="7"><c r="A8"/><c r="C7"/></row>', {2})
@example(b'<row r="7"><c r="A7"/><c r="C7"><v>1</v></c></row>', {1})
def test_every_addressed_cell_is_as_the_parser_of_whole_rows_finds_it(row: bytes, columns: set[int]) -> None:
    try:
        whole = parse_row(row, b"", 7)
    except (ValueError, expat.ExpatError) as refused:
        with pytest.raises(type(refused)):
            addressed_cells(row, b"", 7, columns)
        return
    found = addressed_cells(row, b"", 7, columns)
    assert (found.tag_end, found.body_end, found.attributes) == (whole.tag_end, whole.body_end, whole.attributes)
    assert [cell for cell in found.cells if cell.column in columns] == [
        cell for cell in whole.cells if cell.column in columns
    ]
    for column in columns:  # where a new cell would be put in
        bounds = [[(cell.start, cell.end) for cell in cells.cells if cell.column < column][-1:]
                  + [(cell.start, cell.end) for cell in cells.cells if cell.column > column][:1]
                  for cells in (found, whole)]
        assert bounds[0] == bounds[1]


@pytest.mark.parametrize(
    "row",
    [b'<row r="7"><c r="B7"/><c r="A7"/></row>', b'<row r="7"><c r="A8"/></row>', b'<row r="8"><c r="A8"/></row>',
     b'<row r="7"><c r="ZZZ7"/></row>', b'<row r="7"><c r="A7"/><c r="A7"/></row>'],
    ids=["out of order", "of another row", "another row", "no column", "twice"],
)
def test_references_that_contradict_are_refused(row: bytes) -> None:
    with pytest.raises(ValueError, match=r"7|8|ZZZ"):
        addressed_cells(row, b"", 7, {0})


def test_cells_of_others_are_stepped_over(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []

    def noted(row: bytes, prefix: bytes, number: int) -> RowCells:
        parsed.append(row)
        return parse_row(row, prefix, number)

    monkeypatch.setattr(plain_row, "parse_row", noted)
    row = b'<row r="7">' + b"".join(b'<c r="%c7"><v>1</v></c>' % letter for letter in b"ABCDEFGH") + b"</row>"
    addressed_cells(row, b"", 7, {2})
    assert parsed == [b'<row r="7"><c r="C7"><v>1</v></c></row>']
