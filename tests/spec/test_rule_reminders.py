"""日历提醒: what stands in whose calendar file, and that a file is written again only when it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from schemas.payloads import WriteReminders
from schemas.workbook import WorkbookReading
from tests.spec.ledger_tables import CONTACTS, complaint, ledger
from tests.spec.memory_plant import QUIET, Plant
from tests.spec.rule_tables import load, row_id

RULE = load("reminders")
Row = dict[str, Any]


def reading_of(given: Mapping[str, Any]) -> WorkbookReading:
    """Complaint KS-1 with its measures."""
    row = complaint(**{"客诉编号": "KS-1", **QUIET, **given.get("行", {})})
    measures = [{"客诉编号": "KS-1", "措施类别": "长期", **entry} for entry in given.get("措施", ())]
    return ledger([row], 通讯录=CONTACTS, 措施跟踪=measures)


def course(steps: Sequence[Mapping[str, Any]]) -> tuple[dict[str, WriteReminders], int]:
    """The newest calendar files by name after all steps, and how many were written on the way."""
    plant, given, written = Plant(), Row(), 0
    files: dict[str, WriteReminders] = {}
    for index, step in enumerate(steps):
        given |= step
        for minute in (0, 20, 40):
            planned = plant.see(reading_of(given), f"2026-11-26T{9 + index:02}:{minute:02}")
            found = [effect.payload for effect in planned.effects if isinstance(effect.payload, WriteReminders)]
            files |= {f"{payload.folder.split('/')[0]}/{payload.file_name}": payload for payload in found}
            written += len(found)
    return files, written


def shown(payload: WriteReminders) -> list[str]:
    """What a calendar file says: day and duty; all are about KS-1."""
    whose = "：KS-1 星河汽车 冷却水管"
    assert all(entry.summary.endswith(whose) for entry in payload.entries)
    return [f"{entry.start:%m-%d} {entry.summary.removesuffix(whose)}" for entry in payload.entries]


@pytest.mark.parametrize("row", RULE.rows("谁的日历里有什么"), ids=row_id)
def test_whose_calendar_holds_what(row: Row) -> None:
    files, written = course(row["给"])
    assert {name: shown(payload) for name, payload in files.items()} == row["得"]
    assert written <= len(files) * len(row["给"])
    alarms = {entry.alarm for payload in files.values() for entry in payload.entries}
    assert alarms <= {timedelta(hours=8, minutes=30)}


def test_a_moved_date_moves_the_entry_instead_of_making_a_second() -> None:
    steps = [{"行": {"状态": "整改"}, "措施": [{"措施编号": "C1", "措施内容": "修模", "计划完成日": day}]}
             for day in ("2026-12-10", "2026-12-15")]
    before, after = (course(steps[:count])[0]["客诉资料/提醒.ics"].entries for count in (1, 2))
    assert [entry.uid for entry in before] == [entry.uid for entry in after]
    assert [entry.start.day for entry in after] == [15]


def test_an_entry_says_who_owes_it_and_where_the_papers_lie() -> None:
    given = [{"行": {"状态": "整改"}, "措施": [
        {"措施编号": "C1", "措施内容": "修模", "责任部门": "装配车间", "责任人": "罗文斌", "计划完成日": "2026-12-10"},
    ]}]
    (entry,) = course(given)[0]["客诉资料/提醒.ics"].entries
    assert entry.description == "责任：装配车间 罗文斌\n资料夹：客诉资料/2026/KS-1 星河汽车 冷却水管"
