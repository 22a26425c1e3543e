"""The archive as a BagIt bag: valid for another tool, equal bytes for equal input, faults found, supplements."""

from __future__ import annotations

import hashlib
import os
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import bagit
import pytest
from openpyxl import load_workbook

from pipeline.archive import copying
from pipeline.archive.faults import ArchiveNameTaken, ArchiveNotVerified, ArchiveSourceUnreadable, NotAnArchive
from pipeline.archive.gateway import FolderArchives
from pipeline.archive.sources import Source
from pipeline.archive.verification import verify_bag
from schemas.archive import ArchivedCase, Expected, Owing
from schemas.payloads import AddSupplement, MakeArchive
from schemas.schedule import MonthEndSetting

NOW = datetime(2026, 11, 30, 17, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
LATER = datetime(2026, 12, 3, 17, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HOSTILE = '=cmd|"/c calc"!A1'
FILES = {
    "8D报告.docx": b"8d", "附件/照片 1.JPG": b"photo", "附件/不良率3%.xlsx": b"rate", "固化文件/PFMEA#2.xlsx": b"pfmea",
    "附件/~$照片.docx": b"owner", "附件/Thumbs.db": b"litter", "提醒.ics": b"alarm",
    "8D报告(新草稿 20261126-0830).docx": b"draft",
    "附件/视频.lnk": b"shortcut", ".kesu-1.tmp": b"ours", "附件/空.txt": b"",
}


def case(number: str = "KS-1", *owing: Owing, product: str = "水管") -> ArchivedCase:
    folder = f"客诉资料/2026/{number} 星河汽车 水管"
    expected = (
        Expected("8D报告", ("8D报告*", "*/8D报告*"), "周启航"),
        Expected("第1次会议纪要", ("会议纪要-第1次*",), "周启航"),
        Expected("不良照片", ("*.JPG", "*/*.JPG"), "周启航"),
    )
    return ArchivedCase(number, folder, {"客户": "星河汽车", "产品": product}, owing, expected)


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """A share with one case folder whose files have old time stamps."""
    root = tmp_path / "share"
    for name, content in FILES.items():
        write(root / case().folder / name, content)
    return root


def write(path: Path, content: bytes, stamp: int = 1_790_000_000) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (stamp, stamp))


def archives(share: Path, *, rehearsal: bool = False, **settings: bool) -> FolderArchives:
    return FolderArchives(share, MonthEndSetting.model_validate(settings), organisation="测试厂", rehearsal=rehearsal)


def order(*cases: ArchivedCase) -> MakeArchive:
    return MakeArchive("2026-11", "2026-11", cases or (case(),))


def more(*cases: ArchivedCase) -> AddSupplement:
    return AddSupplement("2026-11", "2026-11", cases or (case(),))


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_another_tool_finds_the_bag_valid(share: Path) -> None:
    made = archives(share).make(order(), "k1", NOW)
    bag = bagit.Bag(str(share / made.path))
    bag.validate()
    assert set(bag.payload_files()) == {
        "data/KS-1 星河汽车 水管/8D报告.docx", "data/KS-1 星河汽车 水管/附件/照片 1.JPG",
        "data/KS-1 星河汽车 水管/附件/不良率3％.xlsx", "data/KS-1 星河汽车 水管/固化文件/PFMEA#2.xlsx",
        "data/KS-1 星河汽车 水管/附件/空.txt",
    }
    assert made.text == "1 件客诉、5 个文件，缺 1 项"
    assert verify_bag(share / made.path).faults == ()
    assert [path.name for path in (share / "归档").iterdir()] == ["2026-11"]


def test_the_index_links_every_file_and_says_who_owes_what(share: Path) -> None:
    made = archives(share).make(order(case("KS-1", Owing("流出原因未写明", "罗文斌"), product=HOSTILE)), "k1", NOW)
    book = load_workbook(share / made.path / "归档索引.xlsx")
    assert book.sheetnames == ["归档索引", "缺件清单", "文件清单", "未收文件", "说明"]
    assert [row[3:] for row in book["缺件清单"].iter_rows(min_row=4, values_only=True)] == [
        ("流出原因未写明（台账）", "罗文斌"), ("第1次会议纪要（资料夹）", "周启航"),
    ]
    cell = book["归档索引"].cell(4, 3)
    assert (cell.value, cell.data_type) == (HOSTILE, "s")
    links = [row[1].hyperlink for row in book["文件清单"].iter_rows(min_row=4)]
    assert [link.target for link in links if link] == [
        "data/KS-1%20星河汽车%20水管/8D报告.docx", "data/KS-1%20星河汽车%20水管/固化文件/PFMEA%232.xlsx",
        "data/KS-1%20星河汽车%20水管/附件/不良率3％.xlsx", "data/KS-1%20星河汽车%20水管/附件/照片%201.JPG",
        "data/KS-1%20星河汽车%20水管/附件/空.txt",
    ]
    left = {row[1] for row in book["未收文件"].iter_rows(min_row=4, values_only=True)}
    assert left == {"附件/视频.lnk", "8D报告(新草稿 20261126-0830).docx"}


def test_the_same_input_gives_the_same_bytes(share: Path, tmp_path: Path) -> None:
    first = archives(share, zip=True).make(order(), "k1", NOW)
    kept = tree(share / "归档")
    (share / "归档").rename(tmp_path / "first")
    second = archives(share, zip=True).make(order(), "k1", NOW)
    assert tree(share / "归档") == kept
    assert first == second
    later = FolderArchives(share, MonthEndSetting(folder="别处"), organisation="测试厂", rehearsal=False)
    later.make(order(), "k1", LATER)
    differing = {name for name, digest in tree(share / "别处").items() if kept[name] != digest}
    assert differing == {"2026-11/bag-info.txt", "2026-11/tagmanifest-sha256.txt", "2026-11/归档索引.xlsx"}


def test_the_zip_is_stored_and_holds_the_bag(share: Path, tmp_path: Path) -> None:
    archives(share, zip=True).make(order(), "k1", NOW)
    with zipfile.ZipFile(share / "归档" / "2026-11.zip") as package:
        assert {info.compress_type for info in package.infolist()} == {zipfile.ZIP_STORED}
        package.extractall(tmp_path / "out")
    bagit.Bag(str(tmp_path / "out" / "2026-11")).validate()


def test_made_again_under_its_key_it_stays_and_under_another_it_is_refused(share: Path) -> None:
    made = archives(share).make(order(), "k1", NOW)
    write(share / case().folder / "后来.txt", b"x")
    before = tree(share / "归档")
    assert archives(share).make(order(), "k1", LATER) == made
    with pytest.raises(ArchiveNameTaken, match="不再改动"):
        archives(share).make(order(), "k2", LATER)
    assert tree(share / "归档") == before


def test_a_folder_that_people_made_is_never_touched(share: Path) -> None:
    write(share / "归档" / "2026-11" / "手工.txt", b"x")
    with pytest.raises(ArchiveNameTaken):
        archives(share).make(order(), "k1", NOW)
    assert tree(share / "归档") == {"2026-11/手工.txt": hashlib.sha256(b"x").hexdigest()}


def test_what_comes_later_is_a_numbered_supplement(share: Path) -> None:
    keeper = archives(share)
    keeper.make(order(), "k1", NOW)
    first = tree(share / "归档")
    assert keeper.supplement(more(), "s1", LATER).path == ""
    write(share / case().folder / "会议纪要-第1次.docx", b"minutes", 1_795_000_000)
    write(share / case().folder / "8D报告.docx", b"8d signed", 1_795_000_000)
    write(share / case().folder / "附件/照片 1.JPG", b"photo", 1_795_000_000)  # saved again, the same content
    made = keeper.supplement(more(), "s2", LATER)
    assert made.path == "归档/2026-11-补充-01"
    assert made.text == "1 件客诉、2 个文件，缺 1 项"
    assert keeper.supplement(more(), "s2", LATER) == made
    bag = bagit.Bag(str(share / made.path))
    bag.validate()
    assert sorted(bag.payload_files()) == [
        "data/KS-1 星河汽车 水管/8D报告.docx", "data/KS-1 星河汽车 水管/会议纪要-第1次.docx",
    ]
    assert keeper.supplement(more(), "s3", LATER).path == ""
    write(share / case().folder / "固化文件/作业书.docx", b"sop", 1_796_000_000)
    assert keeper.supplement(more(), "s4", LATER).path == "归档/2026-11-补充-02"
    assert {name: digest for name, digest in tree(share / "归档").items() if name in first} == first


def test_a_month_whose_archive_was_taken_away_gets_no_supplement(share: Path) -> None:
    keeper = archives(share)
    keeper.make(order(), "k1", NOW)
    (share / "归档" / "2026-11").rename(share / "拿走了")
    assert "已不在" in keeper.supplement(more(), "s1", LATER).text


def damaged_content(bag: Path) -> None:
    (bag / "data/KS-1 星河汽车 水管/8D报告.docx").write_bytes(b"8e")


def missing_file(bag: Path) -> None:
    (bag / "data/KS-1 星河汽车 水管/附件/空.txt").unlink()


def file_put_in(bag: Path) -> None:
    (bag / "data/多的.txt").write_bytes(b"x")


def index_changed(bag: Path) -> None:
    (bag / "归档索引.xlsx").write_bytes(b"x")


def manifest_changed(bag: Path) -> None:
    text = (bag / "manifest-sha256.txt").read_text(encoding="utf-8")
    (bag / "manifest-sha256.txt").write_text(text.replace("空.txt", "../../../空.txt"), encoding="utf-8")


DAMAGES = [
    (damaged_content, "内容变了"), (missing_file, "少了文件"), (file_put_in, "多出文件"),
    (index_changed, "归档索引.xlsx"), (manifest_changed, "归档以外"),
]


@pytest.mark.parametrize(("damage", "told"), DAMAGES, ids=lambda value: getattr(value, "__name__", ""))
def test_every_damage_is_found(share: Path, damage: object, told: str) -> None:
    made = archives(share).make(order(), "k1", NOW)
    assert callable(damage)
    damage(share / made.path)
    assert any(told in fault for fault in verify_bag(share / made.path).faults)
    with pytest.raises(bagit.BagError):
        bagit.Bag(str(share / made.path)).validate()


def test_a_bag_of_another_tool_is_verified_too(tmp_path: Path) -> None:
    write(tmp_path / "bag" / "说明 1%.txt", b"x")
    bagit.make_bag(str(tmp_path / "bag"), checksums=["sha512"])
    assert verify_bag(tmp_path / "bag").faults == ()
    with pytest.raises(NotAnArchive, match=r"bagit\.txt"):
        verify_bag(tmp_path)


def test_a_file_that_cannot_be_read_stops_everything_before_copying(share: Path) -> None:
    (share / case().folder / "8D报告.docx").unlink()
    (share / case().folder / "8D报告.docx").symlink_to(share / "nowhere")
    archives(share).make(order(), "k1", NOW)  # a link is left out, not followed
    locked = share / case("KS-2").folder / "8D报告.docx"
    write(locked, b"x")
    with pytest.raises(ArchiveSourceUnreadable, match="归档等待"):
        copying.check_readable([Source(locked.with_name("不在.docx"), "data/x", 1, 1)])


def test_a_write_that_reads_back_differently_is_not_handed_over(
    share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class BadDisk:
        """Stands for ``_copy_once`` on a disk that loses the last byte of what it is given."""

        def __call__(self, source: Path, target: Path, _size: int) -> str:
            content = source.read_bytes()
            target.write_bytes(content[:-1])
            return hashlib.sha256(content).hexdigest()

    monkeypatch.setattr(copying, "_copy_once", BadDisk())
    with pytest.raises(ArchiveNotVerified, match="核对不符"):
        archives(share).make(order(), "k1", NOW)
    assert not (share / "归档" / "2026-11").exists()
    monkeypatch.undo()
    archives(share).make(order(), "k1", LATER)
    assert not [path for path in (share / "归档").iterdir() if path.name.startswith(".")]


def test_memory_does_not_grow_with_the_file(share: Path) -> None:
    write(share / case().folder / "附件/录像.mp4", b"\0" * 40_000_000)
    tracemalloc.start()
    try:
        archives(share, zip=True).make(order(), "k1", NOW)
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()


def test_rehearsed_archives_make_room_for_the_real_ones(share: Path) -> None:
    made = archives(share, rehearsal=True, zip=True).make(order(), "k1", NOW)
    write(share / "归档" / "2026-10" / "手工.txt", b"x")
    assert archives(share).put_rehearsals_aside("20261201") == ["2026-11"]
    assert sorted(path.name for path in (share / "归档").iterdir()) == [
        "2026-10", "演练-20261201-2026-11", "演练-20261201-2026-11.zip",
    ]
    assert verify_bag(share / "归档" / "演练-20261201-2026-11").faults == ()
    assert archives(share).make(order(), "k2", LATER).path == made.path
    assert archives(share).put_rehearsals_aside("again") == []


def test_two_names_that_windows_cannot_tell_apart_stay_two(share: Path) -> None:
    write(share / case().folder / "附件/照片 1.jpg", b"other")
    bag = bagit.Bag(str(share / archives(share).make(order(), "k1", NOW).path))
    bag.validate()
    assert {name for name in bag.payload_files() if "照片" in name} == {
        "data/KS-1 星河汽车 水管/附件/照片 1.JPG", "data/KS-1 星河汽车 水管/附件/照片 1~2.jpg",
    }


def test_a_complaint_without_a_folder_is_listed_with_all_it_lacks(share: Path) -> None:
    lost = ArchivedCase("KS-9", "", {"客户": "星河汽车", "产品": "卡扣"}, (), case().expected)
    made = archives(share).make(order(lost), "k1", NOW)
    assert made.text == "1 件客诉、0 个文件，缺 3 项"
    assert verify_bag(share / made.path).faults == ()
