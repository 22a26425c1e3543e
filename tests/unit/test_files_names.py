"""Names, paths and owner files."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.files.faults import OutsideShare
from pipeline.files.local import is_network_path
from pipeline.files.names import inside, safe_name
from pipeline.files.owner import owner_of


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("华星汽车 胶管", "华星汽车 胶管"),
        ("", "未填"),
        (" .. ", "未填"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("第1行\n第2行\x00", "第1行 第2行"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("consul", "consul"),
        ("C:\\x|y?", "C__x_y_"),
        ("名称. .", "名称"),
        ("~$台账", "台账"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_long_names_stay_apart() -> None:
    one, two = safe_name("长" * 60 + "甲"), safe_name("长" * 60 + "乙")
    assert len(one) == len(two) == 40
    assert one != two


@given(st.text(), st.integers(min_value=8, max_value=200))
def test_every_name_is_one_harmless_component(text: str, limit: int) -> None:
    name = safe_name(text, limit)
    assert 0 < len(name) <= limit
    assert len(name.encode()) <= 240
    assert Path(name).name == name
    assert name not in {".", ".."}
    assert name == name.strip(" .")
    assert safe_name(name, limit) == name


def test_inside(tmp_path: Path) -> None:
    assert inside(tmp_path, Path("甲/乙.docx")) == tmp_path.resolve() / "甲" / "乙.docx"
    for child in (Path("../x"), Path("甲/../../x"), tmp_path.parent / "x", Path()):
        with pytest.raises(OutsideShare):
            inside(tmp_path, child)


def test_inside_follows_links(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "out").symlink_to(tmp_path)
    with pytest.raises(OutsideShare, match="不在文件夹"):
        inside(tmp_path / "share", Path("out/x"))


MOUNTS = (
    "/dev/sda1 / ext4 rw 0 0\n//srv/pub /mnt/公共\\040盘 cifs rw 0 0\nsrv:/x /mnt/nfs nfs4 rw 0 0\n"
    "/dev/sdb1 /mnt/nfs/local ext4 rw 0 0\nu@h: /mnt/ssh fuse.sshfs rw 0 0\n"
)


@pytest.mark.parametrize(
    ("path", "network"),
    [
        ("/home/a/journal.db", False),
        ("/mnt/公共 盘/state/journal.db", True),
        ("/mnt/nfs/x", True),
        ("/mnt/nfs/local/x", False),
        ("/mnt/nfsother/x", False),
        ("/mnt/ssh/x", True),
    ],
)
def test_network_paths(path: str, network: bool) -> None:
    assert is_network_path(Path(path), MOUNTS) is network


def test_own_machine_answers(tmp_path: Path) -> None:
    assert is_network_path(tmp_path) is is_network_path(tmp_path / "not" / "there")


def _office(ansi: bytes, name: str, at: int) -> bytes:
    first = bytes([len(ansi)]) + ansi
    wide = struct.pack("<H", len(name)) + name.encode("utf-16-le")
    return (first.ljust(at, b" ") + wide).ljust(165 if at == 55 else 162, b" ")


def test_nobody(tmp_path: Path) -> None:
    assert owner_of(tmp_path / "客诉台账.xlsx") is None


@pytest.mark.parametrize(
    ("lock", "content", "name"),
    [
        ("~$客诉台账.xlsx", _office("王小明".encode("gbk"), "王小明", 55), "王小明"),
        ("~$客诉台账.xlsx", _office(b"Li Ming", "Li Ming", 54), "Li Ming"),
        ("~$客诉台账.xlsx", bytes([6]) + "王小明".encode("gbk") + b" " * 40, "王小明"),
        ("~$客诉台账.xlsx", b"", "他人"),
        (".~客诉台账.xlsx", b"", "他人"),
        (".~lock.客诉台账.xlsx#", b",liming,pc7,23.11.2026 09:00,file:///x;", "liming"),
        (".~lock.客诉台账.xlsx#", "李明,liming,pc7,x;".encode(), "李明"),
    ],
)
def test_owner(tmp_path: Path, lock: str, content: bytes, name: str) -> None:
    (tmp_path / lock).write_bytes(content)
    assert owner_of(tmp_path / "客诉台账.xlsx") == name


def test_word_shortens_the_owner_files_name(tmp_path: Path) -> None:
    (tmp_path / "~$议通知-第1次.docx").write_bytes(_office(b"x", "x", 54))
    assert owner_of(tmp_path / "会议通知-第1次.docx") == "x"
    assert owner_of(tmp_path / "会议纪要-第1次.docx") is None
