"""Letters and dropped files for the tables on intake, and a plant in memory that takes them in; all invented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipeline.plan import Plan, Snapshot, plan
from pipeline.rules.wanted_intake import Arrivals
from pipeline.workdays import Workdays
from schemas.effects import Effect
from schemas.incoming import CALL_SHEET_LABELS, CallSheet, DroppedFile, IncomingMail, PassedOn, TextTable
from schemas.intake import Found, IntakeSetting, ProposedRow
from schemas.mail_settings import MailSetting
from schemas.payloads import AppendRow, FileDropped, FileMail, ReserveNumber, TakeMail, WriteCells
from schemas.rows import Complaint
from schemas.settings import LedgerSetting, Settings
from schemas.workbook import WorkbookReading
from tests.intake_corpus import PEOPLE
from tests.spec.ledger_tables import CONTACTS, LEDGER, at, ledger
from tests.spec.memory_plant import DOCUMENTS, Plant

Given = Mapping[str, Any]
HEADINGS = {field.name: field.column.heading for field in Complaint.fields()}
FIELDS = {heading: name for name, heading in HEADINGS.items()}
#: Who writes, as the tables call them; 生人 is in no list.
WRITERS = {
    "客户": "lu", "驻线": "tian", "营销": "ye",
    "怪名": ("lu_2024", PEOPLE["lu"][1]),
    "生人": ("路人", "x@elsewhere.example"), "本软件": ("客诉助手", "kesu@example.com"), "读不出": ("", ""),
}
TEXT = "零件号：CW-2217\n不良现象：接头渗漏"
_DIGEST = "d0d0d0d0"


def letter(given: Given, number: int = 0) -> IncomingMail:
    """A mail from 发, sent 2026-11-26 08:10 unless 时间 says otherwise; 号 is its identity, 转自 what it passes on.

    原信 is what it answers.
    """
    writer = WRITERS[given.get("发", "客户")]
    name, address = PEOPLE[writer][:2] if isinstance(writer, str) else writer
    table = given.get("表")
    origin = PassedOn(*given["转自"]) if "转自" in given else None
    identity = str(given.get("号", f"{_DIGEST}{number}"))
    return IncomingMail(
        str(given.get("信箱号", f"m{identity}")), identity.ljust(32, "0"), f"{identity}@x", tuple(given.get("答", ())),
        address, name,
        given.get("主题", "渗漏"), at(given.get("时间", "2026-11-26T08:10")),
        given.get("正文", TEXT) + (f"\n{origin.text}" if origin else ""), passed_on=origin,
        tables=(TextTable(tuple(tuple(map(str, row)) for row in table), "正文"),) if table else (),
        call_sheets=tuple(sheet(answers, "表.xlsx") for answers in given.get("信息收集表", ())),
        automatic=given.get("自动", ""), own_key=given.get("标记", ""), damage=given.get("损坏", ""),
        history=given.get("原信", ""),
    )


def sheet(answers: Given, source: str) -> CallSheet:
    """A call sheet with its answers by heading."""
    return CallSheet({CALL_SHEET_LABELS[label]: str(answer) for label, answer in answers.items()}, source)


def said(item: Found) -> str:
    """``零件号=CW-2217（确定，标签行）``."""
    return f"{HEADINGS[item.field]}={item.text}（{'确定' if item.certain else '待核对'}，{item.where}）"


def told(row: ProposedRow) -> list[str]:
    """What a proposed row holds, then the readings that contradict each other, then the question it leaves."""
    plain = [said(item) for item in row.found if item.field not in {"received", "source"}]
    asked = [f"像是 {row.items} 件客诉"] if row.items else []
    return [*plain, *(f"存疑 {said(item)}" for item in row.doubts), *asked]


def settings(**intake: Any) -> Settings:
    """A plant whose address book knows the customers of the corpus."""
    book = {who.customer: {"senders": [address]} for _, address, who in PEOPLE.values() if who.customer}
    return Settings(
        version=1, site="测试厂", ledgers=(LedgerSetting(file=LEDGER),),
        mail=MailSetting(sender="客诉助手 <kesu@example.com>"),
        intake=IntakeSetting.model_validate({"address_book": book, **intake}),
    )


COLLEAGUES = tuple(
    {"姓名": name, "部门": who.source, "岗位": f"{who.source}工程师", "邮箱": address, "负责工序/客户基地": who.scope}
    for name, address, who in PEOPLE.values() if who.colleague
)


class IntakePlant(Plant):
    """A plant in memory whose ledger gets the rows that letters propose; every effect is done at once."""

    def __init__(self, rows: Sequence[Given] = (), *, without_note: bool = False, **intake: Any) -> None:
        super().__init__(settings=settings(**intake))
        self.without_note = without_note
        self.rows: list[dict[str, object]] = [dict(row) for row in rows]

    def reading(self) -> WorkbookReading:
        """The ledger as it stands now."""
        found = ledger(self.rows, 通讯录=[*CONTACTS, *COLLEAGUES])
        if not self.without_note:
            return found
        sheets = [replace(sheet, columns={name: column for name, column in sheet.columns.items() if name != "note"})
                  for sheet in found.sheets]
        return replace(found, sheets=tuple(sheets))

    def arrive(self, step: Given) -> list[str]:
        """One pass at 时 over 信 (letters) and 放入 (files in 待归属): what it does, says and leaves alone."""
        now = at(f"2026-{step['时']}" if "T" in step["时"] else f"2026-11-26T{step['时']}")
        for change in step.get("台账", ()):
            self.rows[change["行"]].update({name: value for name, value in change.items() if name != "行"})
        dropped = None if step.get("放入", ()) is None else tuple(map(_file, step.get("放入", ())))
        letters = [(letter(entry, number), b"") for number, entry in enumerate(step.get("信", ()))]
        arrivals = Arrivals(letters, dropped, step.get("邮箱", ""), looked="邮箱" not in step)
        folders = {case.number: case.folder for case in self.journal.memory().cases.values() if case.folder}
        snapshot = Snapshot((self.reading(),), {}, folders, {}, arrivals)
        planned = plan(snapshot, self.journal.memory(), self.settings, DOCUMENTS, Workdays(), now)
        self._record(planned, now, performed=not step.get("断电"))
        return list(_lines(planned))

    def _record(self, planned: Plan, now: datetime, *, performed: bool) -> None:
        reserving = {effect.case_id for effect in planned.effects if isinstance(effect.payload, ReserveNumber)}
        known = [replace(known, number="") if known.case_id in reserving else known for known in planned.known]
        self.journal.record_cases(known, planned.numbers, now)
        self.journal.record_mails(planned.taken, planned.ignored, now)
        for effect in planned.effects:
            if isinstance(effect.payload, TakeMail):
                self.journal.record_mails([effect.payload.known], [], now)
            self.journal.intend(effect, now)
            if performed:
                self.finish(effect, now)
                self._typed(effect, planned)
        self.journal.complete_pass(now, [LEDGER])

    def _typed(self, effect: Effect, planned: Plan) -> None:
        if isinstance(effect.payload, AppendRow):
            self.rows.append({HEADINGS[name]: _shown(value) for name, value in effect.payload.values.items()})
        if isinstance(effect.payload, WriteCells):
            for edit in effect.payload.edits:
                self.rows[edit.row - 3][HEADINGS[edit.field]] = edit.text
        if isinstance(effect.payload, ReserveNumber):
            case = next(case for case in planned.cases if case.case_id == effect.case_id)
            self.rows[case.place.row - 3]["客诉编号"] = effect.payload.number


def _file(given: Given) -> DroppedFile:
    answers = given.get("答复")
    stamp = (int(given.get("版本", 1)), 10)
    found = sheet(answers, given["名"]) if answers else None
    return DroppedFile(given["名"], stamp, opened=not given.get("未打开", False), sheet=found)


def _lines(planned: Plan) -> Iterator[str]:
    for effect in planned.effects:
        if effect.key.kind.startswith("intake."):
            yield f"{effect.title}{_detail(effect.payload)}"
        elif isinstance(effect.payload, WriteCells):
            edits = [edit.text for edit in effect.payload.edits if edit.text.startswith("来信")]
            yield from (f"系统校验 {text.splitlines()[0]}" for text in edits)
    held = [sentence for sentences in planned.pending.values() for sentence in sentences]
    yield from (f"告诉工程师 {sentence}" for sentence in held if "来信" in sentence)
    yield from (f"记住 {mail.subject}：{'、'.join(mail.numbers) or mail.reason}" for mail in planned.taken)
    yield from (f"不登记 {mail.subject}：{mail.reason}" for mail in planned.ignored)
    yield from (f"提示 {alert}" for alert in planned.alerts)


def _detail(payload: object) -> str:
    match payload:
        case AppendRow():
            cells = "；".join(f"{HEADINGS[name]}={_shown(value)}" for name, value in payload.values.items())
            return f"：{cells}（以{'备注' if payload.identified_by else '全部内容'}辨认）"
        case FileMail() | FileDropped():
            return f" → {payload.folder}"
        case TakeMail(quarantine=place) if place:
            return f" → {place}"
        case _:
            return ""


def _shown(value: object) -> str:
    return str(getattr(value, "value", value))
