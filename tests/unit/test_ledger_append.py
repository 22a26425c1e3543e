"""Rows that the pipeline adds to a plant's ledger: placed as a person would, once, and deferred while it is open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.ledger.gateway import LedgerGateway
from schemas.errors import CellRefused, LedgerChanged, LedgerInUse
from schemas.payloads import AppendRow, RowValue
from schemas.rows import SheetKind
from schemas.settings import LedgerSetting
from schemas.values import Moment, Status
from tests.unit.ledger_workbooks import TODAY, book, gateway

SETTING = LedgerSetting(file="客诉台账.xlsx")
HEADINGS = ["客诉编号", "接诉时间", "客户", "产品名称", "不良现象", "不良数量", "不良率(PPM)", "状态", "系统校验"]
FIRST = ["KS-202611-001", "2026-11-02", "甲车厂", "软管", "漏水", 3, 3000, "调查", None]
NEW: Mapping[str, RowValue] = {
    "number": "KS-202611-002", "received": Moment(date(2026, 11, 26)), "customer": "乙车厂", "product": "卡扣",
    "phenomenon": "=脱落", "defects": 5, "rate": 0.02, "status": Status.UNCONFIRMED, "reporter": "李工",
}


def _ledger(tmp_path: Path, *more: list[object], name: str = "客诉台账") -> Path:
    path = tmp_path / SETTING.file
    book(path, {name: [HEADINGS, FIRST, *more]})
    return path


def _append(ledgers: LedgerGateway, values: Mapping[str, RowValue] = NEW, **options: object) -> tuple[str, int, bool]:
    row = AppendRow("", SETTING.file, SheetKind.COMPLAINTS, values, **options)  # type: ignore[arg-type]  # by name
    done = ledgers.append(SETTING, row, TODAY)
    return done.sheet, done.row, done.was_there


def _sheet(path: Path, name: str = "客诉台账") -> Worksheet:
    sheet = load_workbook(path)[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def test_a_row_is_read_back_as_it_was_given(tmp_path: Path) -> None:
    path = _ledger(tmp_path)
    ledgers = gateway(path)
    ledgers.read(SETTING, TODAY)
    row = AppendRow("", SETTING.file, SheetKind.COMPLAINTS, NEW)
    done = ledgers.append(SETTING, row, TODAY)
    assert (done.sheet, done.row, done.remarks) == ("客诉台账", 3, ("台账没有这些列，未写入：反馈人",))
    complaint = ledgers.read(SETTING, TODAY).complaints[1].record
    assert {name: getattr(complaint, name) for name in NEW if name != "reporter"} == {
        name: value for name, value in NEW.items() if name != "reporter"}
    assert _sheet(path)["E3"].data_type == "s"


def test_the_same_row_is_appended_once_whatever_crashed(tmp_path: Path) -> None:
    path = _ledger(tmp_path)
    gateway(path).read(SETTING, TODAY)
    assert _append(gateway(path)) == ("客诉台账", 3, False)
    again = gateway(path)  # another process, which knows nothing of the first one's success
    again.read(SETTING, TODAY)
    assert _append(again) == ("客诉台账", 3, True)
    assert _sheet(path).max_row == 3


def test_a_row_without_number_is_known_by_its_values(tmp_path: Path) -> None:
    path = _ledger(tmp_path)
    ledgers = gateway(path)
    ledgers.read(SETTING, TODAY)
    values = {name: value for name, value in NEW.items() if name != "number"}
    assert [_append(ledgers, values), _append(ledgers, values)] == [("客诉台账", 3, False), ("客诉台账", 3, True)]
    assert _append(ledgers, {**values, "lot": "L1", "phenomenon": "脱落2"}) == ("客诉台账", 4, False)
    assert _append(ledgers, {"customer": "丙", "note": "x"}, identified_by=("customer",)) == ("客诉台账", 5, False)


def test_several_rows_follow_one_reading(tmp_path: Path) -> None:
    path = _ledger(tmp_path)
    ledgers = gateway(path)
    ledgers.read(SETTING, TODAY)
    for serial in (2, 3, 4):
        _append(ledgers, {**NEW, "number": f"KS-202611-00{serial}"})
    numbers = [cell.value for cell in _sheet(path)["A"]]
    assert numbers == ["客诉编号", *(f"KS-202611-00{serial}" for serial in (1, 2, 3, 4))]


def test_a_pre_numbered_row_takes_its_own_number_and_others_go_below(tmp_path: Path) -> None:
    path = _ledger(tmp_path, ["KS-202611-002"], ["KS-202611-003"])
    ledgers = gateway(path)
    ledgers.read(SETTING, TODAY)
    assert _append(ledgers)[1] == 3
    assert _append(ledgers, {**NEW, "number": "KS-202611-009"})[1] == 5
    assert [cell.value for cell in _sheet(path)["C"]] == ["客户", "甲车厂", "乙车厂", None, "乙车厂"]


def test_no_row_is_pushed_down_by_ours(tmp_path: Path) -> None:
    path = _ledger(tmp_path, ["合计", None, None, None, None, 3])
    ledgers = gateway(path)
    ledgers.read(SETTING, TODAY)
    before = path.read_bytes()
    with pytest.raises(CellRefused, match="请在其上方插入几行空行"):
        _append(ledgers)
    assert path.read_bytes() == before


def test_the_sheet_of_the_latest_complaints_gets_the_row(tmp_path: Path) -> None:
    path = tmp_path / SETTING.file
    older = [["KS-202610-001", "2026-10-02", *FIRST[2:]]]
    book(path, {"10月": [HEADINGS, *older], "11月": [HEADINGS, FIRST], "12月": [HEADINGS]})
    ledgers = gateway(path)
    ledgers.read(SETTING, TODAY)
    assert _append(ledgers)[0] == "11月"
    assert _append(ledgers, {**NEW, "number": "KS-202612-001"}, sheet="12月") == ("12月", 2, False)


def test_other_sheets_take_rows_too(tmp_path: Path) -> None:
    path = tmp_path / SETTING.file
    meetings = ["客诉编号", "第几次", "状态", "时间", "地点", "应到"]
    held: list[object] = ["KS-202611-001", 1, "已召开", "2026-11-03", "一楼", "王工"]
    book(path, {"客诉台账": [HEADINGS, FIRST], "会议": [meetings, held]})
    ledgers = gateway(path)
    ledgers.read(SETTING, TODAY)
    values: dict[str, RowValue] = {"number": "KS-202611-001", "round": 2, "invited": ("王工", "李工"),
                                   "time": datetime.fromisoformat("2026-11-27 14:00")}
    row = AppendRow("", SETTING.file, SheetKind.MEETINGS, values, identified_by=("number", "round"))
    assert [ledgers.append(SETTING, row, TODAY).row for _ in range(2)] == [3, 3]
    meeting = ledgers.read(SETTING, TODAY).rows(SheetKind.MEETINGS)[1].record
    assert (getattr(meeting, "invited"), str(getattr(meeting, "time"))) == (("王工", "李工"), "2026-11-27 14:00")  # noqa: B009 - rows of any kind


@pytest.mark.parametrize("with_year", [True, False])
def test_a_day_spread_over_columns_is_written_into_each(tmp_path: Path, with_year: bool) -> None:
    path = tmp_path / SETTING.file
    skip = 0 if with_year else 1
    headings = ["客诉编号", *["年", "月", "日"][skip:], "客户", "产品名称", "不良现象", "不良数量", "状态"]
    first = ["KS-202611-001", *[2026, 11, 2][skip:], "甲车厂", "软管", "漏水", 3, "调查"]
    book(path, {"2026年台账": [headings, first]})
    ledgers = gateway(path)
    ledgers.read(SETTING, TODAY)
    received = Moment(date(2026, 11, 20), time(14, 30))
    row = AppendRow("", SETTING.file, SheetKind.COMPLAINTS, {**NEW, "received": received})
    done = ledgers.append(SETTING, row, TODAY)
    assert "接诉时间 分在年、月、日几列，钟点没有列可写" in done.remarks
    assert [cell.value for cell in _sheet(path, "2026年台账")[3]][1 : 4 - skip] == [2026, 11, 20][skip:]
    assert ledgers.read(SETTING, TODAY).complaints[1].record.received == Moment(date(2026, 11, 20))
    assert ledgers.append(SETTING, row, TODAY).was_there


def test_a_missing_sheet_is_named(tmp_path: Path) -> None:
    ledgers = gateway(_ledger(tmp_path))
    ledgers.read(SETTING, TODAY)
    with pytest.raises(CellRefused, match="没有工作表 措施跟踪"):
        ledgers.append(SETTING, AppendRow("", SETTING.file, SheetKind.ACTIONS, {"content": "x"}), TODAY)


def test_it_waits_for_whoever_has_the_file_open_and_for_a_save_in_between(tmp_path: Path) -> None:
    path = _ledger(tmp_path)
    ledgers = gateway(path)
    ledgers.read(SETTING, TODAY)
    (tmp_path / f"~${path.name}").write_bytes(b"\x02Wg" + bytes(162))
    with pytest.raises(LedgerInUse):
        _append(ledgers)
    (tmp_path / f"~${path.name}").unlink()
    saved = load_workbook(path)
    saved["客诉台账"]["C2"] = "丙车厂"
    saved.save(path)
    with pytest.raises(LedgerChanged):
        _append(ledgers)
    assert _sheet(path)["C2"].value == "丙车厂"
    ledgers.read(SETTING, TODAY)
    assert _append(ledgers) == ("客诉台账", 3, False)
