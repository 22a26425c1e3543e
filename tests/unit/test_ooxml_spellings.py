"""Patching workbooks in every spelling the format allows, what is refused, and what the verification sees."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.ooxml.sheet_patch import CellWrite, patch_workbook, verify_patch
from schemas.errors import CellRefused, LedgerDamaged
from tests.unit.test_ooxml_patch import cells_of, part_of, raw_members

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml."


def _raw_book(path: Path, sheet: str, main: str = MAIN, office: str = OFFICE, **more: str) -> Path:
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="'
        f'{TYPES}sheet.main+xml"/><Override PartName="/xl/s/one.xml" ContentType="{TYPES}worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{office}/officeDocument" '
        'Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<w:workbook xmlns:w="{main}" xmlns:q="{office}"><w:sheets>'
        '<w:sheet name="台账" sheetId="1" q:id="a"/></w:sheets></w:workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" '
        f'Type="{office}/worksheet" Target="s/one.xml"/></Relationships>',
        "xl/s/one.xml": sheet,
        **more,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return path


def _patched(tmp_path: Path, sheet: str, *writes: CellWrite, main: str = MAIN, office: str = OFFICE) -> str:
    source = _raw_book(tmp_path / "in.xlsx", sheet, main, office)
    patch_workbook(source, tmp_path / "out.xlsx", writes)
    return part_of(tmp_path / "out.xlsx", "xl/s/one.xml")


def _is(text: str, prefix: str = "") -> str:
    return f'<{prefix}is><{prefix}t xml:space="preserve">{text}</{prefix}t></{prefix}is>'


def _sheet(rows: str, after: str = "", before: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


@pytest.mark.parametrize(
    ("rows", "row", "column", "expected"),
    [
        ("<row/>", 1, 1, '<row><c r="B1" t="inlineStr">@</c></row>'),
        ("<row></row>", 1, 1, '<row><c r="B1" t="inlineStr">@</c></row>'),
        ("<row/>", 3, 0, '<row/><row r="3"><c r="A3" t="inlineStr">@</c></row>'),
        ('<row r="5"/>', 2, 0, '<row r="2"><c r="A2" t="inlineStr">@</c></row><row r="5"/>'),
        ("<row><c><v>1</v></c><c s='2'/></row>", 1, 1, "<row><c><v>1</v></c><c s='2' t=\"inlineStr\">@</c></row>"),
        ("<row/><row><c/><c t='s'/></row>", 2, 1, '<row/><row><c/><c t="inlineStr">@</c></row>'),
        (
            '<row r="2" spans="2:3" ht="9"><c r="B2"/><c r="D2"/></row>', 2, 4,
            '<row r="2" spans="2:5" ht="9"><c r="B2"/><c r="D2"/><c r="E2" t="inlineStr">@</c></row>',
        ),
        ('<row r="2"><c r="D2"/></row>', 2, 0, '<row r="2"><c r="A2" t="inlineStr">@</c><c r="D2"/></row>'),
        (
            '<row r="1"><!-- <row r="1"><c r="A1"> --><c r="A1" t="str"><v><![CDATA[</row>]]></v></c></row>\n', 1, 0,
            '<row r="1"><!-- <row r="1"><c r="A1"> --><c r="A1" t="inlineStr">@</c></row>\n',
        ),
        (
            '<row r="1"><c r="A1" s="7" t="n"><v>5</v><extLst><ext/></extLst></c></row>', 1, 0,
            '<row r="1"><c r="A1" s="7" t="inlineStr">@<extLst><ext/></extLst></c></row>',
        ),
    ],
)
def test_every_spelling_of_rows_and_cells(tmp_path: Path, rows: str, row: int, column: int, expected: str) -> None:
    patched = _patched(tmp_path, _sheet(rows), CellWrite("台账", row, column, "甲"))
    assert patched == _sheet(expected.replace("@", _is("甲")))


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize(("main", "office"), [(MAIN, OFFICE), (STRICT, OFFICE_STRICT)])
def test_prefixes_and_strict(tmp_path: Path, prefix: str, main: str, office: str) -> None:
    declared = f'xmlns:{prefix[:-1]}="{main}"' if prefix else f'xmlns="{main}"'
    sheet = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<{prefix}worksheet {declared}><{prefix}sheetData/>'
        f'<{prefix}mergeCells count="1"><{prefix}mergeCell ref="A5:B6"/></{prefix}mergeCells><{prefix}pageMargins/>'
        f"</{prefix}worksheet>"
    )
    patched = _patched(tmp_path, sheet, CellWrite("台账", 5, 0, "甲", link="a b/"), main=main, office=office)
    row = f'<{prefix}row r="5"><{prefix}c r="A5" t="inlineStr">{_is("甲", prefix)}</{prefix}c></{prefix}row>'
    link = f'<{prefix}hyperlinks><{prefix}hyperlink ref="A5" xmlns:r="{office}" r:id="rId1"/></{prefix}hyperlinks>'
    expected = sheet.replace(f"<{prefix}sheetData/>", f"<{prefix}sheetData>{row}</{prefix}sheetData>")
    assert patched == expected.replace(f"<{prefix}pageMargins/>", f"{link}<{prefix}pageMargins/>")
    relations = part_of(tmp_path / "out.xlsx", "xl/s/_rels/one.xml.rels")
    assert f'Type="{office}/hyperlink" Target="a%20b/" TargetMode="External"' in relations


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        (_sheet('<row r="1"><c r="A1" cm="1"/></row>'), "动态数组"),
        (_sheet('<row r="1"><c r="A1" vm="1"/></row>'), "单元格图片"),
        (_sheet('<row r="1"><c r="A1"><f>1</f></c></row>'), "公式"),
        (_sheet('<row r="1"/><row r="1"/>'), "第 1 行 不能安全写入：在文件中出现了两次"),
        (_sheet('<row r="1"><c r="B1"/><c r="A1"/></row>'), "坐标互相矛盾"),
        (_sheet('<row r="1"><c r="A2"/></row>'), "坐标互相矛盾"),
        (_sheet('<x:row xmlns:x="u"/>'), "行的结构"),
        (f'<!DOCTYPE worksheet><worksheet xmlns="{MAIN}"><sheetData/></worksheet>', "DTD"),
        (f'<chartsheet xmlns="{MAIN}"/>', "不是普通工作表"),
        ('<worksheet xmlns="urn:else"><sheetData/></worksheet>', "不是普通工作表"),
        (f'<?xml version="1.0" encoding="GBK"?><worksheet xmlns="{MAIN}"><sheetData/></worksheet>', "不是 UTF-8"),
    ],
)
def test_refused_structures(tmp_path: Path, sheet: str, words: str) -> None:
    source = _raw_book(tmp_path / "in.xlsx", sheet)
    with pytest.raises(CellRefused, match=words):
        patch_workbook(source, tmp_path / "out.xlsx", [CellWrite("台账", 1, 0, "甲")])
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize("name", ["_xmlsignatures/sig1.xml", "xl/revisions/revisionHeaders.xml"])
def test_refused_packages(tmp_path: Path, name: str) -> None:
    source = _raw_book(tmp_path / "in.xlsx", _sheet(""), **{name: "<a/>"})
    with pytest.raises(CellRefused, match=r"in\.xlsx 工作簿 不能安全写入"):
        patch_workbook(source, tmp_path / "out.xlsx", [CellWrite("台账", 1, 0, "甲")])


def test_a_sheet_cut_short_is_damage(tmp_path: Path) -> None:
    source = _raw_book(tmp_path / "in.xlsx", f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"/>')
    with pytest.raises(LedgerDamaged, match="台账"):
        patch_workbook(source, tmp_path / "out.xlsx", [CellWrite("台账", 1, 0, "甲")])


def test_members_written_as_a_stream_and_a_package_comment_survive(tmp_path: Path) -> None:
    """Data descriptors after the data, as streaming writers leave them, and a comment at the end."""

    class Pipe(BytesIO):
        def tell(self) -> int:
            raise OSError("a pipe has no position")  # which makes zipfile write descriptors

    pipe = Pipe()
    source = _raw_book(tmp_path / "plain.xlsx", _sheet('<row r="1"/>'))
    with zipfile.ZipFile(source) as plain, zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as package:
        for name in plain.namelist():
            package.writestr(name, plain.read(name))
        package.comment = "备注".encode()
    streamed, target = tmp_path / "in.xlsx", tmp_path / "out.xlsx"
    streamed.write_bytes(pipe.getvalue())
    patch_workbook(streamed, target, [CellWrite("台账", 1, 0, "甲")])
    before, after = raw_members(streamed), raw_members(target)
    assert [name for name in before if before[name] != after[name]] == ["xl/s/one.xml"]
    with zipfile.ZipFile(target) as package:
        assert package.comment == "备注".encode()
        described = [info.filename for info in package.infolist() if info.flag_bits & 0x08]
    assert described == [name for name in after if name != "xl/s/one.xml"]  # sizes now stand in its own header


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.tuples(st.integers(1, 12), st.integers(0, 9)), TEXT, min_size=1, max_size=6))
def test_any_cells_any_text(tmp_path: Path, cells: dict[tuple[int, int], str]) -> None:
    rows = '<row/><row><c/><c s="0"/><c><v>1</v></c></row><row r="5"><c r="C5"/><c r="E5" t="str"><v>a</v></c></row>'
    source, target = _raw_book(tmp_path / "in.xlsx", _sheet(rows)), tmp_path / "out.xlsx"
    writes = [CellWrite("台账", row, column, text) for (row, column), text in cells.items()]
    patch_workbook(source, target, writes)
    before, after = cells_of(source), cells_of(target)
    asked = {("台账", write.reference) for write in writes}
    assert {key for key in before | after if before.get(key) != after.get(key)} <= asked
    once = target.read_bytes()
    patch_workbook(target, tmp_path / "twice.xlsx", writes)
    assert (tmp_path / "twice.xlsx").read_bytes() == once


GOOD = '<c r="A1" t="inlineStr"><is><t>甲</t></is></c>'


@pytest.mark.parametrize(
    ("tampered", "words"),
    [
        (_sheet(f'<row r="1">{GOOD}<c r="B1"><v>3</v></c></row>'), "第 2 列有变"),
        (_sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>乙</t></is></c><c r="B1"><v>2</v></c></row>'), "没有写入"),
        (_sheet(f'<row r="1" ht="3">{GOOD}<c r="B1"><v>2</v></c></row>'), "属性"),
        (_sheet(""), "第 1 行的属性有变"),
        (_sheet(f'<row r="1">{GOOD}<c r="B1"><v>2</v></c></row><row/>'), "其他行"),
        (_sheet(f'<row r="1">{GOOD}<c r="B1"><v>2</v></c></row>', "<a/>"), "设置有变"),
        (_sheet("<row>"), "不能再次读取"),
    ],
)
def test_verification_sees_what_a_patch_must_not_do(tmp_path: Path, tampered: str, words: str) -> None:
    before = _raw_book(tmp_path / "in.xlsx", _sheet('<row r="1"><c r="B1"><v>2</v></c></row>'))
    after = _raw_book(tmp_path / "out.xlsx", tampered)
    with pytest.raises(CellRefused, match=words):
        verify_patch(before, after, [CellWrite("台账", 1, 0, "甲")])


def test_verification_sees_lost_links(tmp_path: Path) -> None:
    links = '<hyperlinks><hyperlink ref="C1" location="A1"/></hyperlinks>'
    before = _raw_book(tmp_path / "in.xlsx", _sheet("", links))
    after = _raw_book(tmp_path / "out.xlsx", _sheet(f'<row r="1">{GOOD}</row>'))
    with pytest.raises(CellRefused, match="其他单元格的链接有变"):
        verify_patch(before, after, [CellWrite("台账", 1, 0, "甲")])
    with pytest.raises(CellRefused, match="A1 的链接没有写入"):
        verify_patch(after, after, [CellWrite("台账", 1, 0, "甲", link="a/")])


def test_verification_sees_other_members(tmp_path: Path) -> None:
    sheet = _sheet("")
    before = _raw_book(tmp_path / "in.xlsx", sheet, **{"docProps/app.xml": "<a/>"})
    changed = _raw_book(tmp_path / "changed.xlsx", sheet, **{"docProps/app.xml": "<b/>"})
    dropped = _raw_book(tmp_path / "dropped.xlsx", sheet)
    for after, words in ((changed, "app.xml 有变"), (dropped, "种类或顺序")):
        with pytest.raises(CellRefused, match=words):
            verify_patch(before, after, [])
