"""Personal and shared ledgers: a registered complaint keeps its number, and the shared row is the truth (step 12)."""

from __future__ import annotations

from dataclasses import replace

from pipeline.plan import Plan, Snapshot, plan
from pipeline.workdays import Workdays
from schemas.case import CaseFiles, Standing
from schemas.effects import Outcome
from schemas.payloads import AppendRow, ReserveNumber, WriteCells
from schemas.settings import LedgerSetting, Settings
from schemas.workbook import WorkbookReading
from tests.memory_journal import MemoryJournal
from tests.spec.ledger_tables import CONTACTS, LEDGER, at, complaint, ledger
from tests.spec.memory_plant import DOCUMENTS, kinds

OWN, OTHERS = "周启航台账.xlsx", "彭小满台账.xlsx"
SETTINGS = Settings(
    version=1, site="测试厂",
    ledgers=(
        LedgerSetting(file=LEDGER), LedgerSetting(file=OWN, kind="personal", owner="周启航"),
        LedgerSetting(file=OTHERS, kind="personal", owner="彭小满"),
    ),
)
ROW = complaint(状态="调查", 不良数量=3, 批量数=100, 客户日用量=100, 客户良品库存=10)
OFFICE = tuple(contact for contact in CONTACTS)


class Office:
    """A shared and a personal ledger; what a pass plans counts as done."""

    def __init__(self, seen: tuple[str, ...] = (LEDGER, OWN, OTHERS)) -> None:
        self.journal = MemoryJournal("测试厂")
        self.journal.complete_pass(at("2026-11-01T08:00"), seen)

    def see(self, now: str, *readings: WorkbookReading) -> Plan:
        moment = at(now)
        folders = {case.number: case.folder for case in self.journal.memory().cases.values() if case.folder}
        snapshot = Snapshot(readings, {}, folders, dict.fromkeys(folders.values(), CaseFiles()))
        planned = plan(snapshot, self.journal.memory(), SETTINGS, DOCUMENTS, Workdays(), moment)
        reserving = {effect.case_id for effect in planned.effects if isinstance(effect.payload, ReserveNumber)}
        known = [replace(case, number="") if case.case_id in reserving else case for case in planned.known]
        self.journal.record_cases(known, planned.numbers, moment)
        self.journal.record_trails(planned.trails, moment)
        for effect in planned.effects:
            self.journal.intend(effect, moment)
            if isinstance(effect.payload, ReserveNumber):
                self.journal.reserve_number(effect.payload.case_id, effect.payload.number, moment)
            self.journal.finish(effect.key, Outcome(effect.title), moment)
        return planned


def shared(*rows: dict[str, object]) -> WorkbookReading:
    return ledger(rows, 通讯录=OFFICE)


def own(*rows: dict[str, object]) -> WorkbookReading:
    return ledger(rows, name=OWN)


def office_with_a_personal_case() -> Office:
    office = Office()
    office.see("2026-11-26T08:05", shared(), own(ROW))
    office.see("2026-11-26T08:20", shared(), own(ROW))
    return office


NUMBERED = {**ROW, "客诉编号": "KS-202611-001"}


def feedback(planned: Plan, name: str) -> str:
    cells = [effect.payload for effect in planned.effects if isinstance(effect.payload, WriteCells)]
    found = [edit.text for entry in cells if entry.ledger == name for edit in entry.edits if edit.field == "feedback"]
    return found[0] if found else ""


def test_a_personal_row_that_belongs_on_the_shared_ledger_is_told_so() -> None:
    office = office_with_a_personal_case()
    planned = office.see("2026-11-26T08:30", shared(), own(NUMBERED))
    assert "应登公共台账" in feedback(planned, OWN)
    assert "⑤等级为紧急" in feedback(planned, OWN)


def test_once_registered_the_shared_row_is_the_truth_and_nothing_is_told_again() -> None:
    office = office_with_a_personal_case()
    office.see("2026-11-26T08:30", shared(), own(NUMBERED))
    office.see("2026-11-26T08:45", shared(NUMBERED), own(NUMBERED))
    planned = office.see("2026-11-26T09:00", shared(NUMBERED), own(NUMBERED))
    standings = {case.ledger: case.standing for case in planned.cases}
    assert standings == {LEDGER: Standing.MANAGED, OWN: Standing.REGISTERED}
    assert {case.number for case in planned.cases} == {"KS-202611-001"}
    assert feedback(planned, OWN).startswith("已登公共台账")
    told = [key.kind for key in office.journal.memory().effects if key.kind in {"mail.line_stop", "mail.release"}]
    assert sorted(told) == ["mail.line_stop", "mail.release"], "registering alerts nobody a second time"
    assert kinds(office.see("2026-11-26T09:05", shared(NUMBERED), own(NUMBERED)).effects) == ["cells", "cells"]


def test_a_number_that_only_another_personal_ledger_has_does_not_count_as_registered() -> None:
    office = office_with_a_personal_case()
    planned = office.see("2026-11-26T08:30", shared(), own(NUMBERED))
    assert [case.standing for case in planned.cases] == [Standing.MANAGED]


def register(planned: Plan) -> list[AppendRow]:
    return [effect.payload for effect in planned.effects if isinstance(effect.payload, AppendRow)]


def test_a_released_row_that_belongs_there_is_copied_once_under_its_number() -> None:
    office = office_with_a_personal_case()
    (row,) = register(office.see("2026-11-26T08:30", shared(), own(NUMBERED)))
    assert (row.ledger, row.values["number"], row.values["phenomenon"]) == (LEDGER, "KS-202611-001", "接头泄漏")
    assert row.identified_by == ("number",)
    assert not row.values.keys() & {"feedback", "folder_link"}
    assert register(office.see("2026-11-26T08:35", shared(), own(NUMBERED))) == []


def test_a_row_that_is_not_released_or_has_no_reason_stays_private() -> None:
    quiet = {**NUMBERED, "不良数量": 1, "客户良品库存": 900}
    for kept in ({**NUMBERED, "状态": "待确认"}, quiet):
        office = office_with_a_personal_case()
        assert register(office.see("2026-11-26T08:30", shared(), own(kept))) == []


def test_rows_of_other_sheets_go_on_counting_until_the_shared_ledger_has_its_own() -> None:
    action = {"客诉编号": "KS-202611-001", "措施编号": "C1", "措施内容": "修模", "计划完成日": "2026-12-01"}
    office = office_with_a_personal_case()
    office.see("2026-11-26T08:30", shared(NUMBERED), ledger([NUMBERED], name=OWN, 措施跟踪=[action]))
    both = ledger([NUMBERED], 通讯录=OFFICE, 措施跟踪=[{**action, "措施内容": "换模"}])

    def actions(reading: WorkbookReading, minute: int) -> list[str | None]:
        planned = office.see(
            f"2026-11-26T09:{minute}", reading, ledger([NUMBERED], name=OWN, 措施跟踪=[action])
        )
        (case,) = (case for case in planned.cases if case.standing is Standing.MANAGED)
        return [row.record.content for row in case.rows.actions]

    assert actions(shared(NUMBERED), 10) == ["修模"]
    assert actions(both, 20) == ["换模"]


TAKEN = {**NUMBERED, "质量工程师": "彭小满", "客户": "远航汽车", "不良现象": "卡扣断裂"}


def others(*rows: dict[str, object]) -> WorkbookReading:
    return ledger(rows, name=OTHERS)


def test_a_number_that_another_engineer_uses_for_another_complaint_waits_until_it_is_corrected() -> None:
    office = Office()
    office.see("2026-11-26T08:05", shared(), own(NUMBERED))
    office.see("2026-11-26T08:20", shared(), own(NUMBERED))
    first = office.see("2026-11-26T08:21", shared(), own(NUMBERED), others(TAKEN))
    assert "mail.line_stop" in kinds(first.effects), "a line that may stop waits for nobody's number"
    again = [office.see(f"2026-11-26T08:4{minute}", shared(), own(NUMBERED), others(TAKEN)) for minute in range(3)]
    assert {case.ledger: case.standing for case in again[0].cases} == {
        OWN: Standing.MANAGED, OTHERS: Standing.AMBIGUOUS,
    }
    assert f"在 {OWN} 中已有" in feedback(again[0], OTHERS)
    assert {kind for planned in again[1:] for kind in kinds(planned.effects)} == {"cells"}, "no papers in turns"
    registered = office.see("2026-11-26T08:45", shared(NUMBERED), own(NUMBERED), others(TAKEN))
    assert "在 " in feedback(registered, OTHERS), "it is not the complaint that was registered"
    corrected = office.see("2026-11-26T08:50", shared(NUMBERED), own(NUMBERED), others({**TAKEN, "客诉编号": "KS-9"}))
    assert {case.number for case in corrected.cases if case.standing is Standing.MANAGED} >= {"KS-9"}


def test_a_number_that_only_an_old_row_of_another_ledger_carries_is_free() -> None:
    office = Office(seen=(LEDGER, OWN))
    office.see("2026-11-26T08:05", shared(), others(TAKEN))
    planned = office.see("2026-11-26T08:25", shared(), own(NUMBERED), others(TAKEN))
    assert {case.ledger: case.standing for case in planned.cases} == {
        OWN: Standing.SETTLING, OTHERS: Standing.BASELINE,
    }


def test_two_engineers_may_keep_a_copy_of_a_registered_complaint() -> None:
    office = office_with_a_personal_case()
    planned = office.see("2026-11-26T08:45", shared(NUMBERED), own(NUMBERED), others(NUMBERED))
    assert {case.standing for case in planned.cases if case.ledger != LEDGER} == {Standing.REGISTERED}


def test_postponements_are_not_forgotten_when_a_complaint_is_registered() -> None:
    office = office_with_a_personal_case()

    def postponed(due: str, time: str, *registered: dict[str, object]) -> list[int]:
        action = {"客诉编号": "KS-202611-001", "措施编号": "C1", "措施内容": "修模", "计划完成日": due}
        personal = ledger([NUMBERED], name=OWN, 措施跟踪=[action])
        planned = office.see(f"2026-11-26T{time}", shared(*registered), personal)
        (case,) = (case for case in planned.cases if case.standing is not Standing.REGISTERED)
        advice = planned.advice.get(case.case_id)
        return [state.postponed for state in advice.actions.actions] if advice else []

    assert postponed("2026-12-01", "08:30") == [0]
    assert postponed("2026-12-08", "08:40") == [1]
    postponed("2026-12-08", "08:45", NUMBERED)
    assert postponed("2026-12-08", "09:00", NUMBERED) == [1]


def test_the_shared_row_of_a_managed_complaint_goes_on_at_once() -> None:
    office = office_with_a_personal_case()
    office.see("2026-11-26T08:30", shared(), own(NUMBERED))
    planned = office.see("2026-11-26T08:31", shared(NUMBERED), own(NUMBERED))
    assert {case.ledger: case.standing for case in planned.cases} == {
        LEDGER: Standing.MANAGED, OWN: Standing.REGISTERED,
    }
    assert "calendar.person" not in kinds(planned.effects), "nobody's reminders pause"


def test_a_shared_ledger_that_joins_later_stops_no_complaint_and_wakes_no_old_row() -> None:
    for old, standing in ((NUMBERED, Standing.MANAGED), (TAKEN, Standing.BASELINE)):
        office = Office(seen=(OWN,))
        office.see("2026-11-26T08:05", own(NUMBERED))
        office.see("2026-11-26T08:20", own(NUMBERED))
        planned = office.see("2026-11-26T08:30", shared(old), own(NUMBERED))
        assert [case.standing for case in planned.cases if case.ledger == LEDGER] == [standing]


def test_a_row_without_engineer_on_a_personal_ledger_is_its_owners() -> None:
    office = Office()
    planned = office.see("2026-11-26T09:00", shared(), own({**ROW, "质量工程师": ""}))
    assert [case.complaint.engineer for case in planned.cases] == ["周启航"]
    other = office.see("2026-11-26T09:05", shared(), own({**ROW, "质量工程师": "彭小满"}))
    assert [case.complaint.engineer for case in other.cases] == ["彭小满"]


def test_a_registered_row_stays_so_while_the_shared_ledger_cannot_be_read() -> None:
    office = Office()
    both = shared({**ROW, "客诉编号": "KS-1"}), own({**ROW, "客诉编号": "KS-1"})
    office.see("2026-11-26T09:00", *both)
    office.see("2026-11-26T09:20", *both)
    planned = office.see("2026-11-26T09:25", both[1])
    assert [case.standing for case in planned.cases] == [Standing.REGISTERED]
    assert set(kinds(planned.effects)) <= {"cells"}  # 已登公共台账


def test_what_the_personal_ledger_keeps_counts_at_the_gate_of_the_registered_complaint() -> None:
    office = Office()
    measure = {"客诉编号": "KS-1", "措施编号": "C1", "措施类别": "长期", "措施内容": "修模", "审核结论": "通过"}
    row = {**ROW, "客诉编号": "KS-1", "状态": "跟踪", "发生原因": "磨损", "流出原因": "漏检"}
    readings = shared(row), ledger([row], name=OWN, 措施跟踪=[measure])
    office.see("2026-11-26T09:00", *readings)
    planned = office.see("2026-11-26T09:20", *readings)
    (case,) = [case for case in planned.cases if case.ledger == LEDGER]
    assert any("措施C1" in sentence for sentence in planned.advice[case.handle].gate.missing)
