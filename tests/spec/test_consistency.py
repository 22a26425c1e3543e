"""Which cells contradict each other, as tables: rows in, cells complained about out."""

# ruff: noqa: E501 - tables of wide characters stay on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from schemas.consistency import find_contradictions
from schemas.rows import SheetKind
from tests.spec.ledger_readings import TODAY, reading

GOOD = {"number": "K-1", "received": "2026-03-05 10:00", "customer": "东湖汽车", "phenomenon": "漏水"}
Table = Sequence[Mapping[str, object]]


def fields(tables: Mapping[SheetKind, Table]) -> list[tuple[str, str]]:
    return [(issue.cell, issue.field) for issue in find_contradictions(reading(tables), TODAY)]


@pytest.mark.parametrize(("cells", "complained"), [
    # cells of one complaint beside GOOD                                    field complained about
    ({"defects": 12, "lot_size": 10}, "defects"),
    ({"defects": 10, "lot_size": 10}, None),
    ({"defects": 12, "lot_size": 400, "rate": "3%"}, None),
    ({"defects": 12, "lot_size": 400, "rate": "30%"}, "rate"),
    ({"defects": 1, "lot_size": 30000, "rate": "33PPM"}, None),
    ({"defects": 3, "lot_size": 1200, "rate": "0.3%"}, None),
    ({"defects": 3, "lot_size": 0, "rate": "3%"}, None),  # 0 stands for not filled
    ({"contained_at": "2026-03-05 09:30"}, "contained_at"),
    ({"contained_at": "2026-03-05 10:30"}, None),
    ({"contained_at": "2026-03-05"}, None),
    ({"d8_due": "2026-03-01"}, "d8_due"),
    ({"d3_due": "2026-03-05"}, None),
    ({"closed": "2026-03-04", "status": "关闭"}, "closed"),
    ({"closed": "2026-03-09", "status": "关闭"}, None),
    ({"closed": "2026-03-09", "status": "分析"}, "status"),
    ({"closed": "2026-03-09", "status": "重新启动"}, None),
    ({"closed": "2026-03-09", "status": "作废"}, None),
    ({"produced": "2026-03-06"}, "produced"),
    ({"produced": "2026-03-05"}, None),
    ({"reproduction_trials": 3, "reproduced": 5}, "reproduced"),
    ({"received": "2026-11-24"}, None),
    ({"received": "2026-11-25"}, "received"),
    ({}, None),
])
def test_one_complaint(cells: Mapping[str, object], complained: str | None) -> None:
    found = fields({SheetKind.COMPLAINTS: [{**GOOD, **cells}]})
    assert [field for _, field in found] == ([complained] if complained else [])


def test_a_closed_complaint_lacks_its_day_only_where_the_plant_fills_it() -> None:
    kept: Table = [{**GOOD, "status": "关闭", "closed": "2026-3-9"}, {**GOOD, "number": "K-2", "status": "关闭"}]
    unused: Table = [{**GOOD, "status": "关闭"}, {**GOOD, "number": "K-2", "status": "关闭"}]
    assert fields({SheetKind.COMPLAINTS: kept}) == [("F3", "closed")]
    assert fields({SheetKind.COMPLAINTS: unused}) == []


def test_a_number_twice() -> None:
    table: Table = [GOOD, {**GOOD, "number": " k-1"}, {**GOOD, "number": "K-2"}]
    assert fields({SheetKind.COMPLAINTS: table}) == [("A3", "number")]


@pytest.mark.parametrize(("kind", "row", "complained"), [
    (SheetKind.ACTIONS, {"number": "K-1", "content": "换料", "due": "2026-03-09"}, []),
    (SheetKind.ACTIONS, {"number": "K-7", "content": "换料"}, ["number"]),
    (SheetKind.ACTIONS, {"number": "K-1", "content": "换料", "done": "2026-03-01"}, ["done"]),
    (SheetKind.ACTIONS, {"number": "K-1", "content": "换料", "due": "2026-03-09", "verify_due": "2026-03-08"}, ["verify_due"]),
    (SheetKind.MEETINGS, {"number": "K-1", "state": "已召开"}, ["time"]),
    (SheetKind.MEETINGS, {"number": "K-1", "state": "提议"}, []),
    (SheetKind.MEETINGS, {"number": "K-1", "state": "已召开", "time": "2026-03-05 09:00"}, ["time"]),
    (SheetKind.CALLBACKS, {"number": "K-1", "day": "2026-03-01"}, ["day"]),
    (SheetKind.WHYS, {"number": "K-9", "question": "为何漏水"}, ["number"]),
])
def test_rows_of_other_sheets(kind: SheetKind, row: Mapping[str, object], complained: list[str]) -> None:
    assert [field for _, field in fields({SheetKind.COMPLAINTS: [GOOD], kind: [row]})] == complained


def test_people_are_looked_up_only_where_there_are_contacts() -> None:
    complaints: Table = [{**GOOD, "engineer": "李四"}, {**GOOD, "number": "K-2", "engineer": "张三、赵六"}]
    contacts: Table = [{"name": "张三", "mail": "zhang@example.com"}]
    assert fields({SheetKind.COMPLAINTS: complaints}) == []
    found = find_contradictions(reading({SheetKind.COMPLAINTS: complaints, SheetKind.CONTACTS: contacts}), TODAY)
    assert [(issue.cell, issue.value) for issue in found] == [("E2", "李四"), ("E3", "张三、赵六")]
    assert "赵六" in found[1].message
    assert "张三" not in found[1].message


def test_contacts_need_one_usable_address_and_one_name_each() -> None:
    contacts: Table = [{"name": "张三", "mail": "zhang@example.com"}, {"name": "张三", "mail": "zhang@example"},
                       {"name": "王五"}]
    assert fields({SheetKind.CONTACTS: contacts}) == [("A3", "name"), ("B3", "mail")]
