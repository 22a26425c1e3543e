"""The weekly deck through passes: made on the weekly day, refreshed until the freeze, never over what people do."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from pptx.slide import Slide

from pipeline.documents.deck.page import page_name
from tests.deck_samples import photo, template
from tests.functional.plant_folder import COMPLAINTS, PlantFolder, complaint, empty_plant, kesu
from tests.functional.test_killed_process import started
from tests.pages import check_file

DECK = "品质例会/2026-W48-品质例会.pptx"
ACTION = {"客诉编号": "K-1", "措施编号": "1", "措施内容": "修模", "责任人": "罗文斌", "计划完成日": "2026-11-24"}


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plant with two released complaints, one of them with photos, before the weekly deck is due."""
    plant = empty_plant(tmp_path_factory.mktemp("deck") / "plant")
    plant.type(COMPLAINTS, complaint(客诉编号="K-1", 状态="调查", **{"停线/甩车风险": "是"}),
               complaint(客诉编号="K-2", 状态="调查", 产品名称="卡扣"))
    plant.type("措施跟踪", ACTION)
    plant.settled()
    folder = next((plant.share / "客诉资料" / "2026").glob("K-1 *")) / "附件"
    (folder / "接头.jpg").write_bytes(photo(1))
    (folder / "批次清单.xlsx").write_bytes(b"no picture")
    return plant.root


@pytest.fixture
def plant(ready: Path, tmp_path: Path) -> PlantFolder:
    shutil.copytree(ready, tmp_path / "plant")
    return PlantFolder(tmp_path / "plant")


def slides(plant: PlantFolder, name: str = DECK) -> list[Slide]:
    return list(Presentation(io.BytesIO((plant.share / name).read_bytes())).slides)


def words(plant: PlantFolder, name: str = DECK) -> str:
    found = []
    for slide in slides(plant, name):
        shapes: Iterable[Any] = slide.shapes
        for shape in shapes:
            if shape.has_text_frame:
                found.append(shape.text_frame.text)
            if shape.has_table:
                found += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(found)


def edit(plant: PlantFolder, change: Callable[[Any], object], name: str = DECK) -> None:
    """A person opens the deck, changes it and saves."""
    opened = Presentation(str(plant.share / name))
    change(opened)
    opened.save(str(plant.share / name))


def note_on_first_item(opened: Any) -> None:
    slide = next(slide for slide in opened.slides if page_name(slide).startswith("item/"))
    slide.shapes.add_textbox(0, 0, 3_000_000, 300_000).text_frame.text = "客户现场已确认"


def effects(plant: PlantFolder, time: str, day: str = "2026-11-26") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = plant.once(time, "--json", day=day).json["effects"]
    return [effect for effect in found if effect["kind"] == "deck"]


def test_the_deck_appears_at_nine_with_everything_and_no_flaw(plant: PlantFolder) -> None:
    assert effects(plant, "08:59") == []
    assert not (plant.share / DECK).exists()
    (made,) = effects(plant, "09:00")
    assert made["state"] == "done"
    told = words(plant)
    for expected in ("品质例会", "K-1", "K-2", "接头泄漏", "修模", "逾期", "首次上会", "停线/甩车风险"):
        assert expected in told, expected
    pictures = [shape for slide in slides(plant) for shape in slide.shapes if shape.shape_type == 13]
    assert len(pictures) == 1
    notes = [slide.notes_slide.notes_text_frame.text for slide in slides(plant)  # type: ignore[union-attr]  # each has notes
             if page_name(slide).startswith("item/")]
    assert any("客诉台账.xlsx · 客诉台账 第" in text and "照片：" in text for text in notes)
    assert [str(finding) for finding in check_file(plant.share / DECK)] == []


def test_untouched_slides_follow_the_ledger_until_the_freeze_and_not_beyond(plant: PlantFolder) -> None:
    plant.once("09:00")
    plant.retype(COMPLAINTS, 1, 状态="分析")
    assert len(effects(plant, "10:00")) == 1
    assert "分析" in words(plant)
    at_rest = plant.snapshot()
    assert effects(plant, "10:00") == []
    assert plant.snapshot() == at_rest
    frozen = (plant.share / DECK).read_bytes()
    plant.retype(COMPLAINTS, 1, 状态="整改")
    assert effects(plant, "17:01") == []
    assert effects(plant, "09:00", day="2026-11-27") == []
    assert (plant.share / DECK).read_bytes() == frozen


def test_a_slide_that_a_person_changed_stays_and_the_rest_goes_on(plant: PlantFolder) -> None:
    plant.once("09:00")
    edit(plant, note_on_first_item)
    plant.retype(COMPLAINTS, 0, 状态="分析")
    (done,) = effects(plant, "10:00")
    assert "人改过的 1 页保持不动" in done["text"]
    told = words(plant)
    assert "客户现场已确认" in told
    assert "更新 11-26 10:00" in told
    backups = list((plant.share / "品质例会" / ".kesu-备份").glob("*.pptx"))
    assert len(backups) == 1  # the version as the person saved it


def test_an_open_deck_waits_and_is_written_when_it_is_closed_even_after_the_freeze(plant: PlantFolder) -> None:
    plant.once("09:00")
    owner = plant.share / "品质例会" / "~$2026-W48-品质例会.pptx"
    owner.write_bytes(b"\x06" + "周启航".encode("gbk").ljust(54, b" "))
    plant.retype(COMPLAINTS, 0, 状态="分析")
    said = plant.once("16:50", "--json")
    (waiting,) = [effect for effect in said.json["effects"] if effect["kind"] == "deck"]
    assert (waiting["state"], said.code) == ("pending", 0)
    assert "周启航 打开" in waiting["text"]
    plant.once("16:50")
    at_rest = plant.snapshot()
    plant.once("16:50")
    assert plant.snapshot() == at_rest
    edit(plant, note_on_first_item)
    owner.unlink()
    assert effects(plant, "17:30")[0]["state"] == "done"
    assert "分析" in words(plant)
    assert "客户现场已确认" in words(plant)
    assert effects(plant, "17:40") == []


def test_a_missed_deck_is_made_up_for_once_and_says_so(plant: PlantFolder) -> None:
    assert len(effects(plant, "08:00", day="2026-11-27")) == 1
    assert "补做：原定 11月26日" in words(plant)
    plant.retype(COMPLAINTS, 0, 状态="分析")
    assert effects(plant, "10:00", day="2026-11-27") == []


def test_the_second_week_counts_the_rollover_and_says_what_changed(plant: PlantFolder) -> None:
    plant.once("09:00")
    plant.retype(COMPLAINTS, 0, 状态="分析")
    plant.retype(COMPLAINTS, 1, 状态="关闭", 关闭日期="2026-12-01")
    plant.once("09:00", day="2026-12-03")
    told = words(plant, "品质例会/2026-W49-品质例会.pptx")
    assert "第1次滚动" in told
    assert "状态：调查 → 分析" in told
    assert "状态：调查 → 关闭" in told
    assert "未关闭 1 件，本次关闭 1 件" in told
    plant.once("09:00", day="2026-12-10")
    later = words(plant, "品质例会/2026-W50-品质例会.pptx")
    assert "第2次滚动" in later
    assert "K-2" not in later


def test_private_rows_are_not_shown(plant: PlantFolder) -> None:
    plant.type(COMPLAINTS, complaint(客诉编号="K-3", 状态="待确认", 产品名称="秘密件"))
    plant.once("08:50")
    plant.once("09:00")
    assert "秘密件" not in words(plant)


def test_somebody_elses_file_under_the_name_is_left_alone(plant: PlantFolder) -> None:
    (plant.share / "品质例会").mkdir(exist_ok=True)
    (plant.share / DECK).write_bytes(b"notes of somebody")
    said = plant.once("09:00", "--json")
    (failed,) = [effect for effect in said.json["effects"] if effect["kind"] == "deck"]
    assert "不是能打开的 PowerPoint 文件" in failed["text"]
    assert (plant.share / DECK).read_bytes() == b"notes of somebody"


def test_a_plants_own_template_is_used_and_its_faults_are_told_at_once(plant: PlantFolder) -> None:
    own = Presentation(io.BytesIO(template()))
    own.slides.add_slide(own.slide_layouts[0])  # a sample slide, as company templates have
    inner = own.slide_layouts.get_by_name("例会内页")
    assert inner is not None
    inner.name = "正文页"
    target = plant.root / "templates" / "deck" / "template.pptx"
    target.parent.mkdir(parents=True, exist_ok=True)
    own.save(str(target))
    said = plant.once("09:00", "--json")
    (failed,) = [effect for effect in said.json["effects"] if effect["kind"] == "deck"]
    assert "缺少版式“例会内页”（其中要有占位符 标题、正文区；现有版式：正文页）" in failed["text"]
    inner.name = "例会内页"
    own.core_properties.category = "启衡集团模板"
    own.save(str(target))
    assert effects(plant, "09:01")[0]["state"] == "done"
    opened = Presentation(str(plant.share / DECK))
    assert opened.core_properties.category == "启衡集团模板"
    assert page_name(opened.slides[0]) == "cover/1"  # the sample slide is not among them


@pytest.mark.parametrize("point", ["deck recorded", "ledger-taken-away", "deck-exchanged"])
def test_a_pass_that_dies_while_it_writes_the_deck_loses_nobody_s_slide(plant: PlantFolder, point: str) -> None:
    plant.once("09:00")
    edit(plant, note_on_first_item)
    plant.retype(COMPLAINTS, 0, 状态="分析")
    assert started(plant, point, "2026-11-26T10:00+08:00")() != 0
    assert effects(plant, "10:00")[0]["state"] == "done"
    told = words(plant)
    assert "客户现场已确认" in told
    assert "分析" in told
    names = [page_name(slide) for slide in slides(plant)]
    assert len(set(names)) == len(names)
    assert effects(plant, "10:01") == []


def test_try_makes_a_deck_from_any_ledger(plant: PlantFolder, tmp_path: Path) -> None:
    said = kesu("try", plant.ledger, "--into", tmp_path / "试用", "--now", "2026-11-25T10:00+08:00")
    (made,) = (tmp_path / "试用").glob("*-品质例会.pptx")
    assert made.name == "2026-W48-品质例会.pptx"
    assert made.name in said.out
    assert [str(finding) for finding in check_file(made)] == []
