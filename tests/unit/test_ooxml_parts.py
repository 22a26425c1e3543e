"""Kinds, cell references, text escapes, links, limits: the small parts of pipeline.ooxml."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ooxml.cells import CellRange, column_index, column_letters, split_reference
from pipeline.ooxml.kinds import identify
from pipeline.ooxml.limits import Limits, check_package
from pipeline.ooxml.package import Package
from pipeline.ooxml.relations import link_target, with_links
from pipeline.ooxml.text import clean, plain_text, same_text, xml_text
from schemas.errors import LedgerDamaged, LedgerIsOldXls, LedgerMissing, LedgerTooLarge

OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"PK\x03\x04rest", "ooxml"),
        (OLE2 + b"\x00" * 600 + "Workbook".encode("utf-16-le"), "xls"),
        (OLE2 + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (OLE2 + "WordDocument".encode("utf-16-le"), "other"),
        (b"<html>", "other"),
        (b"", "other"),
    ],
)
def test_kind_comes_from_the_bytes(head: bytes, kind: str) -> None:
    assert identify(head) == kind


@given(st.integers(min_value=0, max_value=16_383))
def test_column_letters_and_back(index: int) -> None:
    assert column_index(column_letters(index)) == index


@pytest.mark.parametrize(("letters", "index"), [("A", 0), ("Z", 25), ("AA", 26), ("AB", 27), ("XFD", 16_383)])
def test_known_columns(letters: str, index: int) -> None:
    assert column_index(letters) == index
    assert column_letters(index) == letters


@pytest.mark.parametrize("text", ["", "A", "12", "A0", "XFE1", "A1048577", "A1:B2", "甲1"])
def test_no_cell(text: str) -> None:
    with pytest.raises(ValueError, match="no c"):
        split_reference(text)


def test_references_and_ranges() -> None:
    assert split_reference("B12") == (12, 1)
    assert split_reference("$AB$3") == (3, 27)
    area = CellRange.parse("C9:A2")
    assert str(area) == "A2:C9"
    assert area.holds(5, 1)
    assert not area.holds(1, 1)
    assert str(area.grown(12, 4)) == "A2:E12"


@given(st.text())
def test_text_survives_xml_and_excel_escapes(text: str) -> None:
    escaped = xml_text(text).decode()
    read = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert plain_text(read) == clean(text)


def test_text_that_looks_like_an_escape_is_protected() -> None:
    assert xml_text("_x000D_") == b"_x005F_x000D_"
    assert xml_text("a\x00b\ud800c\r\nd") == b"abc\nd"


def test_same_text_forgives_spelling_not_content() -> None:
    assert same_text("20260305", "20260305.0")
    assert same_text(" KS-001 ", "KS-001")  # full-width digits
    assert not same_text("KS-001", "KS-002")
    assert not same_text("", "0")


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("客诉资料/2026/KS-202611-001 甲 车厂 胶管/", "客诉资料/2026/KS-202611-001%20甲%20车厂%20胶管/"),
        ("资料\\50%#1.docx", "资料/50%25%231.docx"),
        ("https://example.com/a%20b?c=1#d", "https://example.com/a%20b?c=1#d"),
    ],
)
def test_link_targets(link: str, target: str) -> None:
    assert link_target(link) == target


@pytest.mark.parametrize(
    "content",
    [
        b'<Relationships xmlns="u"/>',
        b'<x:Relationships xmlns:x="u" />',
        b'<Relationships xmlns="u"><a/></Relationships>',
    ],
)
def test_relationships_grow_whatever_their_spelling(content: bytes) -> None:
    grown = with_links(content, {"rId7": 'a&"b'}, strict=False)
    assert grown.count(b"Relationship Id=") == 1
    assert b'Target="a&amp;&quot;b"' in grown
    assert grown.startswith(content[:10])
    assert grown.endswith(b"Relationships>")


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return path


def test_a_sound_package_passes(tmp_path: Path) -> None:
    check_package(_zip(tmp_path / "a.xlsx", {"[Content_Types].xml": b"<Types/>", "xl/media/1.png": b"\x00" * 99}))


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(members=1), "部件 2 个"),
        (Limits(total_bytes=1 << 20), "解压后 9 MB"),
        (Limits(part_bytes=1 << 20), "big.xml 解压后 9 MB"),
        (Limits(ratio=20), "压缩比异常"),
    ],
)
def test_limits(tmp_path: Path, limits: Limits, words: str) -> None:
    path = _zip(tmp_path / "a.xlsx", {"[Content_Types].xml": b"<Types/>", "big.xml": b" " * (9 << 20)})
    check_package(path, Limits(ratio=2000))
    with pytest.raises(LedgerTooLarge, match=words):
        check_package(path, limits)


def test_a_size_that_lies_is_damage_and_is_not_unpacked(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.xlsx", {"[Content_Types].xml": b"<Types/>", "big.xml": b" " * (3 << 20)})
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<L", 3 << 20), struct.pack("<L", 100)))
    with pytest.raises(LedgerDamaged, match=r"big\.xml 校验不符"):
        check_package(path)


def test_a_flipped_byte_and_a_cut_file_are_damage(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.xlsx", {"[Content_Types].xml": b"<Types/>", "s.xml": bytes(range(256)) * 9})
    data = bytearray(path.read_bytes())
    data[90] ^= 0xFF
    (tmp_path / "b.xlsx").write_bytes(data)
    (tmp_path / "c.xlsx").write_bytes(path.read_bytes()[:-30])
    for name in ("b.xlsx", "c.xlsx"):
        with pytest.raises(LedgerDamaged, match=name):
            check_package(tmp_path / name)


def test_a_comment_that_looks_like_an_end_is_a_comment(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.xlsx", {"a.xml": b"<a/>"})
    whole = path.read_bytes()
    comment = b"PK\x05\x06 not the end"
    path.write_bytes(whole[:-2] + len(comment).to_bytes(2, "little") + comment)
    package = Package(path)
    assert [member.name for member in package.members] == ["a.xml"]
    assert package.rewritten({"a.xml": b"<b/>"}, {}).endswith(comment)


def test_what_is_no_package(tmp_path: Path) -> None:
    (tmp_path / "old.xlsx").write_bytes(OLE2 + "Book".encode("utf-16-le"))
    (tmp_path / "empty.xlsx").write_bytes(b"")
    (tmp_path / "other.zip").write_bytes(_zip(tmp_path / "z", {"a.txt": b""}).read_bytes())
    with pytest.raises(LedgerIsOldXls):
        Package(tmp_path / "old.xlsx")
    with pytest.raises(LedgerDamaged, match="文件为空"):
        Package(tmp_path / "empty.xlsx")
    with pytest.raises(LedgerMissing):
        Package(tmp_path / "none.xlsx")
    with pytest.raises(LedgerDamaged, match="另一种压缩格式"):
        check_package(tmp_path / "other.zip")
