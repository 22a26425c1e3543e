"""The demo plant typed into a ledger: enough of everything, nothing forgotten, wrong only where it is meant to be."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from docx import Document
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import ValidationError

from pipeline.demo.edits import AppendRow, AttachPicture, CellValue, RewordReport
from pipeline.demo.pictures import schematic_png
from pipeline.demo.plant import Plant
from pipeline.demo.typist import DemoLedgerMismatch, Typist
from pipeline.ledger.blank import write_blank_ledger
from pipeline.ledger.gateway import LedgerGateway
from pipeline.rules.cases import case_of, children_of, directory_of, kept_fields
from pipeline.rules.decide import decide
from pipeline.rules.identity import Sighting
from pipeline.workdays import Workdays
from schemas.case import Standing
from schemas.decisions import Duty, Lateness
from schemas.memory import KnownCase
from schemas.rows import MODELS, SheetKind
from schemas.settings import LedgerSetting, Settings
from schemas.values import ActionKind, Level, MeetingState, ProblemType, Review, Status, Verdict
from schemas.workbook import WorkbookReading

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 11, 23)


def _headings(sheet: Worksheet) -> tuple[int, list[str]]:
    """The heading row and its words."""
    for row in sheet.iter_rows(max_row=5):
        words = ["".join(str(cell.value or "").split()) for cell in row]
        if {"客诉编号", "姓名"} & set(words):
            return row[0].row or 0, words
    raise AssertionError(sheet.title)


@dataclass
class StandIn:
    """The smallest software that a typist needs: numbers complaints, makes case folders and 8D reports."""

    ledger: Path
    cases: Path

    @staticmethod
    def make(folder: Path) -> StandIn:
        write_blank_ledger(folder / "客诉台账.xlsx", datetime(2026, 8, 3, 8, 0, tzinfo=ZONE))
        return StandIn(folder / "客诉台账.xlsx", folder / "客诉资料")

    def run_pass(self) -> None:
        workbook = load_workbook(self.ledger)
        sheet = workbook["客诉台账"]
        top, headings = _headings(sheet)
        assert headings[0] == "客诉编号"
        received, customer = headings.index("接诉时间") + 1, headings.index("客户") + 1
        for row in range(top + 1, sheet.max_row + 1):
            if sheet.cell(row, received).value is None:
                continue
            number = sheet.cell(row, 1).value or f"KS-202600-{row:03}"
            sheet.cell(row, 1).value = number
            folder = self.cases / "2026" / f"{number} {sheet.cell(row, customer).value}"
            if not folder.exists():
                folder.mkdir(parents=True)
                report = Document()
                for text in ("8D报告", "D5 措施", "D6"):
                    report.add_paragraph(text)
                report.save(str(folder / "8D报告.docx"))
        workbook.save(self.ledger)


@dataclass(frozen=True)
class Played:
    """The ledger at the end of the story."""

    rows: dict[str, list[dict[str, object]]]
    stand_in: StandIn
    waiting: list[int]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    stand_in = StandIn.make(tmp_path_factory.mktemp("plant"))
    plant = Plant(TODAY)
    typist = Typist(stand_in.ledger, stand_in.cases, plant.identities)
    waiting = []
    for story_day in plant.story_days():
        for moment in story_day.moments:
            typed = typist.type(moment.edits, datetime.combine(story_day.day, moment.at, ZONE))
            waiting.append(typed.waiting)
            if moment is story_day.moments[0]:  # at the others the ledger is in use
                stand_in.run_pass()
    workbook = load_workbook(stand_in.ledger)
    rows = {kind.value: _rows(workbook[kind.value]) for kind in SheetKind}
    return Played(rows, stand_in, waiting)


def _rows(sheet: Worksheet) -> list[dict[str, object]]:
    top, headings = _headings(sheet)
    found: list[dict[str, object]] = [
        {h: v for h, v in zip(headings, values, strict=True) if v is not None and h}
        for values in sheet.iter_rows(min_row=top + 1, values_only=True)
    ]
    return [row for row in found if row]


def _words(played: Played, sheet: str, heading: str) -> set[str]:
    return {str(row[heading]).split()[0] for row in played.rows[sheet] if heading in row}


def test_ledger_holds_typed_dates_rates_and_quantities(played: Played) -> None:
    complaints = played.rows["客诉台账"]
    texts = {str(row[h]).split()[0] for row in complaints for h in ("接诉时间", "关闭日期")
             if isinstance(row.get(h), str)}
    assert {re.sub("[0-9]+", "9", re.sub("[０-９]+", "９", text)) for text in texts} >= {
        "9.9.9", "9/9/9", "9年9月9日", "９-９-９", "9月9日", "9", "9-9-9",
    }
    rates = {str(row.get("不良率")) for row in complaints}
    assert rates >= {"3 %", "5000PPM", "4/1000", "0.01", "２．５％", "25‰"}
    assert {str(row.get("不良数量")) for row in complaints} >= {"23件", "６", "9个", "约50"}


def test_ledger_is_as_large_and_varied_as_promised(played: Played) -> None:
    complaints = [row for row in played.rows["客诉台账"] if len(row) > 1]
    assert len(complaints) >= 45
    assert len(_words(played, "客诉台账", "客户")) >= 6
    assert len(_words(played, "客诉台账", "质量工程师")) >= 6
    assert len(_words(played, "客诉台账", "责任部门")) >= 7
    assert all(len(rows) >= 10 for rows in played.rows.values())
    assert len(played.rows["客诉台账"]) - len(complaints) == 2  # pre-numbered and still empty


def test_every_state_level_and_choice_occurs(played: Played) -> None:
    def read(kind: SheetKind, name: str) -> set[object]:
        field = next(field for field in MODELS[kind].fields() if field.name == name)
        found = set()
        for row in played.rows[kind.value]:
            try:
                record = MODELS[kind].model_validate({name: row.get(field.column.heading)}, context={"today": TODAY})
            except ValidationError:
                continue
            found.add(getattr(record, name))
        return found - {None}

    assert read(SheetKind.COMPLAINTS, "status") == set(Status)
    assert read(SheetKind.COMPLAINTS, "level") == set(Level)
    assert read(SheetKind.COMPLAINTS, "problem_type") == set(ProblemType)
    assert read(SheetKind.ACTIONS, "kind") == set(ActionKind)
    assert read(SheetKind.ACTIONS, "review") == set(Review)
    assert read(SheetKind.CHANGE_POINTS, "verdict") == set(Verdict)
    assert read(SheetKind.MEETINGS, "state") == set(MeetingState)


def test_follow_ups_name_existing_complaints(played: Played) -> None:
    numbers = {str(row["客诉编号"]) for row in played.rows["客诉台账"] if "客诉编号" in row}
    astray = [
        (name, row.get("客诉编号"))
        for name, rows in played.rows.items() if name not in ("客诉台账", "通讯录")
        for row in rows if row.get("客诉编号") not in numbers
    ]
    assert [name for name, _ in astray] == ["围堵", "措施跟踪"]  # a number nobody gave out, a number forgotten
    assert "<#" not in str(played.rows)


def test_typist_waits_for_numbers_and_forgets_nothing(played: Played) -> None:
    assert played.waiting[-1] == 0
    # Every follow-up that the story tells stands in the ledger.
    told = [edit for day in Plant(TODAY).story_days() for moment in day.moments for edit in moment.edits
            if isinstance(edit, AppendRow)]
    for sheet, rows in played.rows.items():
        assert len(rows) == sum(1 for edit in told if edit.sheet == sheet and not edit.into)


def test_typist_defers_a_follow_up_without_number(tmp_path: Path) -> None:
    stand_in = StandIn.make(tmp_path)
    identity: dict[str, CellValue] = {"接诉时间": datetime(2026, 11, 2, 10, 15), "客户": "启岳汽车"}  # noqa: DTZ001 - a cell has no zone
    typist = Typist(stand_in.ledger, stand_in.cases, {"leak": identity})
    at = datetime(2026, 11, 2, 14, 10, tzinfo=ZONE)
    edits = (
        AppendRow("客诉台账", identity, "leak"), AppendRow("围堵", {"地点": "成品库"}, "leak"),
        RewordReport("leak", "(批注)"), AttachPicture("leak", "照片"),
    )
    first = typist.type(edits, at)
    assert (first.made, first.waiting) == (1, 3)
    assert stand_in.ledger.stat().st_mtime == at.timestamp()
    stand_in.run_pass()
    assert typist.type((), at).waiting == 0
    assert re.fullmatch(r"KS-202600-\d+", str(_rows(load_workbook(stand_in.ledger)["围堵"])[0]["客诉编号"]))
    (report,) = stand_in.cases.glob("*/KS-*/8D报告.docx")
    assert [paragraph.text for paragraph in Document(str(report)).paragraphs] == ["8D报告", "D5 措施", "(批注)", "D6"]
    assert (report.parent / "附件" / "照片.png").read_bytes() == schematic_png()


def test_typist_leaves_the_file_alone_when_there_is_nothing_to_type(tmp_path: Path) -> None:
    stand_in = StandIn.make(tmp_path)
    before = stand_in.ledger.stat().st_mtime_ns
    assert Typist(stand_in.ledger, stand_in.cases, {}).type((), datetime(2026, 11, 2, tzinfo=ZONE)).made == 0
    assert stand_in.ledger.stat().st_mtime_ns == before


def test_typist_names_what_is_missing_in_a_changed_ledger(tmp_path: Path) -> None:
    stand_in = StandIn.make(tmp_path)
    typist = Typist(stand_in.ledger, stand_in.cases, {})
    with pytest.raises(DemoLedgerMismatch, match="没有的列"):
        typist.type((AppendRow("围堵", {"没有的列": 1}),), datetime(2026, 11, 2, tzinfo=ZONE))


def test_reading_the_ledger_finds_exactly_what_is_wrong_on_purpose(played: Played, tmp_path: Path) -> None:
    gateway = LedgerGateway(
        share=played.stand_in.ledger.parent, state=tmp_path, aliases={}, zone=ZONE, quiet_seconds=0,
    )
    reading = gateway.read(LedgerSetting(file=played.stand_in.ledger.name), TODAY)
    headings = {(kind.value, field.name): field.column.heading for kind, model in MODELS.items()
                for field in model.fields()}
    found = Counter((issue.sheet, headings[issue.sheet, issue.field]) for issue in reading.issues)
    assert found == Counter((fault.sheet, fault.heading) for fault in Plant(TODAY).faults)
    assert len(tuple(reading.prenumbered())) == 2


def test_own_columns_note_hidden_row_and_changed_report(played: Played) -> None:
    workbook = load_workbook(played.stand_in.ledger)
    sheet = workbook["客诉台账"]
    top, headings = _headings(sheet)
    assert headings[-2:] == ["物流单号", "客诉天数"]
    formulas = [str(sheet.cell(row, len(headings)).value) for row in range(top + 1, sheet.max_row + 1)]
    assert sum(formula.startswith("=IFERROR(TODAY()-INT($B") for formula in formulas) >= 45
    assert sum(dimension.hidden for dimension in sheet.row_dimensions.values()) == 1
    assert workbook["通讯录"].merged_cells.ranges
    reports = [Document(str(path)) for path in played.stand_in.cases.glob("*/KS-*/8D报告.docx")]
    remarks = [p.text for report in reports for p in report.paragraphs if "批注" in p.text]
    assert len(remarks) == 1
    assert "<" not in remarks[0]


def test_closed_cases_hold_papers_and_pictures(played: Played) -> None:
    papers = sorted(played.stand_in.cases.glob("*/KS-*/固化文件/*"))
    assert {path.suffix for path in papers} == {".xlsx", ".docx"}
    assert len(papers) >= 5
    plan = load_workbook(next(path for path in papers if path.name == "控制计划CP-CW-2104 D版.xlsx")).worksheets[0]
    assert plan["A1"].value == "控制计划CP-CW-2104 D版"
    assert plan["A2"].value == "工序"
    word = Document(str(next(path for path in papers if path.suffix == ".docx")))
    assert len(word.tables[0].rows) >= 3
    assert len(list(played.stand_in.cases.glob("*/KS-*/附件/*.png"))) >= 3


def test_a_believable_handful_is_late(played: Played, tmp_path: Path) -> None:
    """What a quality manager would see on the board: a dozen late items of several kinds, not everything."""
    gateway = LedgerGateway(
        share=played.stand_in.ledger.parent, state=tmp_path, aliases={}, zone=ZONE, quiet_seconds=0,
    )
    reading = gateway.read(LedgerSetting(file=played.stand_in.ledger.name), TODAY)
    late = [duty for duty in _duties(reading) if duty.lateness is Lateness.OVERDUE]
    soon = [duty for duty in _duties(reading) if duty.lateness is Lateness.DUE_SOON]
    assert 8 <= len(late) <= 18
    assert len(soon) >= 8
    kinds = {duty.key.partition(":")[0] for duty in late}
    assert kinds == {"8D", "D3", "措施", "验证", "效果确认", "回访", "紧急措施"}


def _duties(reading: WorkbookReading) -> list[Duty]:
    settings = Settings(version=1, site="演示", ledgers=(LedgerSetting(file="客诉台账.xlsx"),))
    now, children, kept = datetime.combine(TODAY, time(9), ZONE), children_of(reading), kept_fields(reading)
    found: list[Duty] = []
    for row in reading.complaints:
        number = row.record.number or ""
        known = KnownCase(number, reading.ledger, number, row.place.sheet, row.place.row, "", (), now, now,
                          managed=True, baseline=False)
        case = case_of(Sighting(row, known, Standing.MANAGED), number, "", children, reading.ledger)
        decisions = decide(case, kept[row.place.sheet], directory_of([reading]), settings, Workdays(), now)
        found.extend(decisions.duties)
    return found
