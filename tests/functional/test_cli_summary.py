"""kesu summary: a workbook with native charts and a table for pivots, a short deck; never over somebody's file."""

from __future__ import annotations

import zipfile
from pathlib import Path

from openpyxl import load_workbook
from pptx import Presentation

from pipeline.review.workbook import review_workbook
from pipeline.rules.review_deck import review_deck
from schemas.deck import DeckView
from tests.deck_samples import made
from tests.functional.plant_folder import COMPLAINTS, complaint, empty_plant, kesu
from tests.pages import check_file
from tests.spec.ledger_tables import at
from tests.spec.test_rule_period_review import reviewed


def test_what_people_typed_never_becomes_a_formula(tmp_path: Path) -> None:
    found = reviewed([{"接诉时间": "2026-11-05 08:00", "不良现象": '=HYPERLINK("x")', "失效类别": "=1+1"}])
    (tmp_path / "x.xlsx").write_bytes(review_workbook(found, at("2026-11-30T18:00")))
    book = load_workbook(tmp_path / "x.xlsx")
    typed = [cell.data_type for sheet in book for row in sheet for cell in row if str(cell.value).startswith("=")]
    assert set(typed) == {"s"}
    assert len(typed) >= 3


def test_a_review_is_written_and_a_changed_one_stays(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, *(
        complaint(客诉编号=f"K-{n}", 状态="调查", 失效类别="泄漏") for n in range(1, 4)
    ))
    plant.settled()
    before = plant.snapshot()
    now = "2026-11-30T18:00+08:00"
    asked = ("summary", "--period", "2026-11", "-c", plant.config, "--now", now, "--into", tmp_path)
    said = kesu(*asked)
    assert said.out.splitlines()[0] == "2026 年 11 月：接诉 3 件，关闭 0 件，期末未关闭 3 件"
    assert plant.snapshot() == before
    target = tmp_path / "客诉总结-2026-11.xlsx"
    first = target.read_bytes()
    assert kesu(*asked, "--json").json["received"] == 3
    assert target.read_bytes() == first
    book = load_workbook(target)
    assert book.sheetnames[:3] == ["概览", "趋势", "按失效类别"]
    assert list(book["明细"].tables) == ["客诉明细"]
    with zipfile.ZipFile(target) as package:
        charts = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 8
    assert all("微软雅黑" in chart for chart in charts)
    deck = Presentation(str(tmp_path / "客诉总结-2026-11.pptx"))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides if slide.shapes.title is not None]
    assert titles == [
        "2026 年 11 月客诉总结", "件数与趋势", "问题集中在哪里：失效类别", "问题集中在哪里：产品、客户",
        "问题集中在哪里：责任部门、责任工序", "时限与结案用时", "历时最久：K-1，4 天", "重复发生 1 组，重新启动 0 件",
        "费用合计 0 元；经验教训 0 条",
    ]
    assert list(check_file(tmp_path / "客诉总结-2026-11.pptx")) == []
    target.write_bytes(b"changed by somebody")
    assert "保持不动" in kesu(*asked).out
    assert target.read_bytes() == b"changed by somebody"
    refused = kesu("summary", "--period", "11月", "-c", plant.config)
    assert (refused.code, "2026Q4" in refused.err) == (2, True)


def crowded() -> DeckView:
    """A review of 60 complaints with long texts, many names, repeats, restarts, cost and lessons."""
    rows = [
        {
            "接诉时间": f"2026-11-{1 + number % 28:02} 08:00", "失效类别": f"泄漏{number % 14}",
            "不良现象": "接头处渗水，装配后二十四小时内出现，" * (1 + number % 4),
            "客户": f"星河汽车（第{number % 12}工厂）", "产品名称": f"冷却水管总成{number % 13}",
            "责任部门": f"装配车间{number % 9}", "责任工序": f"共挤{number % 11}", "重开次数": number % 3,
            "费用金额": 1000 * number,
            "经验教训": "锁模力必须列入每班点检，出厂气密压力要按客户工况定。" * (1 + number % 3),
            **({"状态": "关闭", "关闭日期": "2026-11-29"} if number % 2 else {}),
        }
        for number in range(60)
    ]
    return review_deck(reviewed(rows))


def test_the_deck_of_a_crowded_period_and_of_an_empty_one_has_no_flaw(tmp_path: Path) -> None:
    for name, view in (("满", crowded()), ("空", review_deck(reviewed([], "2025")))):
        path = tmp_path / f"{name}.pptx"
        path.write_bytes(made(view).content)
        assert list(check_file(path)) == []


def test_a_personal_ledger_stays_out_and_a_broken_deck_template_costs_only_the_deck(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    text = plant.config.read_text(encoding="utf-8").replace("kind: shared", "kind: personal\n    owner: 周启航")
    plant.config.write_text(text, encoding="utf-8")
    plant.type(COMPLAINTS, complaint(客诉编号="K-1", 状态="调查"))
    plant.settled()
    (tmp_path / "plant/templates/deck/template.pptx").write_bytes(b"no deck")
    said = kesu("summary", "--period", "2026-11", "-c", plant.config, "--now", "2026-11-30T18:00+08:00",
                "--into", tmp_path)
    assert (said.code, said.out.splitlines()[0]) == (1, "2026 年 11 月：接诉 0 件，关闭 0 件，期末未关闭 0 件")
    assert "汇报 PPT 未生成" in said.out
    assert [path.name for path in tmp_path.glob("客诉总结*")] == ["客诉总结-2026-11.xlsx"]
