"""A random walk of a plant in memory, to compare the plan that takes over what it can with one made of everything."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from pipeline.documents.gateway import TemplateDocuments
from pipeline.plan import Plan, Planner, Snapshot
from pipeline.rules.wanted_intake import Arrivals
from pipeline.workdays import Workdays
from schemas.case import Case, CaseFiles
from schemas.decisions import Decisions
from schemas.effects import EffectState, Outcome
from schemas.follow_up import PenaltySetting
from schemas.incoming import DroppedFile
from schemas.intake import KnownMail, Verdict
from schemas.mail_settings import MailSetting
from schemas.memory import Memory
from schemas.payloads import MakeFolder, ReserveNumber
from schemas.report import DocumentReading
from schemas.rows import SheetKind
from schemas.settings import LedgerSetting, Settings
from schemas.workbook import Row, WorkbookReading
from tests.memory_journal import MemoryJournal
from tests.spec.ledger_tables import CONTACTS, ZONE, ledger

SHARED, PERSONAL = "客诉台账.xlsx", "周启航.xlsx"
SETTINGS = Settings(
    version=1, site="测试厂", ledgers=(
        LedgerSetting(file=SHARED), LedgerSetting(file=PERSONAL, kind="personal", owner="周启航"),
    ),
    mail=MailSetting(quality_manager="韩立川"),
    penalty=PenaltySetting(enabled=True, clause_late="第5条", clause_ineffective="第6条"),
)
Cells = dict[str, object]
_VALUES: Mapping[str, tuple[object, ...]] = {
    "状态": ("待确认", "调查", "分析", "整改", "跟踪", "关闭", "暂停", "重新启动", "不成立", "合并至 KS-3"),
    "客户": ("星河汽车", "东湖汽车"), "产品名称": ("冷却水管", "卡扣"), "产品编号": ("CW-1", "KC-2", ""),
    "不良现象": ("接头泄漏", "接头渗漏", "卡扣断裂", ""), "不良批次": ("L1", "L2"), "生产日期": ("2026-11-02", ""),
    "质量工程师": ("周启航", "韩立川", "林若溪"), "责任部门": ("注塑车间", "装配车间", ""),
    "客诉等级": ("一般", "严重", "紧急", ""), "停线/甩车风险": ("是", ""), "功能失效": ("是", ""),
    "费用金额": ("800", ""), "客户要求8D": ("是", ""),
    "信息来源": ("营销部", "驻线", "电话"), "紧急措施": ("中转库换批", ""), "紧急措施时间": ("2026-11-26 09:10", ""),
    "关闭日期": ("2026-11-20", "2026-10-02", ""), "断点日期": ("2026-11-10", ""), "关联客诉编号": ("KS-1", "KS-2", ""),
    "D3提交日": ("2026-11-26", ""), "8D提交日": ("2026-11-27", ""), "发生原因": ("保压不足", ""), "重开次数": (1, ""),
    "检讨原因": ("验证不足", ""), "纳入管理": ("是", ""), "备注": ("甲", "乙", "合并至KS-3 批准:韩立川"),
}
_CHILDREN: Mapping[str, Callable[[random.Random], Cells]] = {
    "措施跟踪": lambda chance: {
        "措施编号": chance.choice(("C1", "C2")), "措施内容": "修模", "责任人": chance.choice(("罗文斌", "彭小满")),
        "计划完成日": chance.choice(("2026-11-20", "2026-11-27", "2026-12-01")),
        "实际完成日": chance.choice(("2026-11-26", "")), "验证结果": chance.choice(("有效", "无效", "")),
        "审核结论": chance.choice(("通过", "驳回", "")),
    },
    "会议": lambda chance: {
        "第几次": chance.choice((1, 2)), "时间": chance.choice(("2026-11-26 14:00", "2026-11-27 10:00")),
        "状态": chance.choice(("提议", "已确认", "取消", "已召开", "纪要已签")), "应到": "罗文斌、彭小满",
        "主持人": "周启航", "结论": chance.choice(("修模", "")),
    },
    "原因分析": lambda chance: {"路径": chance.choice(("发生", "流出")), "第几问": 1, "问": "为何", "答": "保压不足"},
    "跟踪回访": lambda chance: {"日期": "2026-11-25", "下次回访日": chance.choice(("2026-11-28", ""))},
    "围堵": lambda chance: {"地点": "中转库", "数量": 100, "已检": chance.choice((100, 60)), "不良": 1},
}


class EditedTemplates(TemplateDocuments):
    """Documents whose templates somebody edits while the plant runs: contexts carry the edition."""

    def __init__(self) -> None:
        super().__init__()
        self.version = 0

    def edition(self) -> object:
        return self.version

    def context(
        self, kind: str, case: Case, decisions: Decisions, round_number: int | None, *, own_form: bool = True
    ) -> Mapping[str, Any]:
        found = super().context(kind, case, decisions, round_number, own_form=own_form)
        return {**found, "edition": self.version}


class Walk:
    """One plant that people, time and the outside world change at random; the same seed gives the same walk."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - repeatable, no secrets
        self.now = datetime(2026, 11, 24, 8, 0, tzinfo=ZONE)  # a Tuesday; the weekly day is Thursday
        self.journal = MemoryJournal("测试厂")
        self.journal.complete_pass(self.now, [SHARED])  # what stands on the personal one at first is stock
        self.documents, self.calendar, self.planner = EditedTemplates(), Workdays(), Planner()
        self.rows: dict[str, list[Cells]] = {
            SHARED: [self._complaint() for _ in range(4)], PERSONAL: [self._complaint() for _ in range(2)],
        }
        self.children: dict[str, list[Cells]] = {name: [] for name in _CHILDREN}
        self.contacts = [dict(entry) for entry in CONTACTS]
        self.folders: dict[str, str] = {}
        self.files: dict[str, CaseFiles] = {}
        self.typed: dict[str, DocumentReading] = {}
        self.dropped: tuple[str, ...] = ()
        self.stale = False
        self.memory: Memory = self.journal.memory()
        self._objects: dict[str, Row[Any]] = {}
        self.taken_over = 0
        self.plans = 0

    # what may happen

    def happen(self) -> None:
        """Some things at once, or none; then time goes on."""
        ways = (
            *[self._edit] * 4, *[self._add] * 2, *[self._child] * 4, *[self._file] * 2, *[self._type] * 2,
            self._contact, self._remove, self._sort, self._reply, self._drop, self._template, self._lose_ledger,
            self._copy_number, self._register, self._resolve, self._number_by_hand, self._folder_by_hand,
        )
        for _ in range(self.chance.choice((0, 0, 1, 1, 2))):
            self.chance.choice(ways)()
        self._time()

    def _complaint(self) -> Cells:
        day = self.chance.choice(("2026-11-26 08:00", "2026-11-24 09:00", "2026-11-12 10:00", "2026-10-05 10:00"))
        cells: Cells = {"接诉时间": day, **{name: self.chance.choice(values) for name, values in _VALUES.items()}}
        return cells if self.chance.random() < 0.8 else {**cells, "不良现象": ""}

    def _any_row(self) -> Cells | None:
        rows = self.rows[SHARED] * 2 + self.rows[PERSONAL]
        return self.chance.choice(rows) if rows else None

    def _edit(self) -> None:
        row = self._any_row()
        if row is not None:
            name = self.chance.choice(tuple(_VALUES))
            row[name] = self.chance.choice(_VALUES[name])

    def _add(self) -> None:
        ledger_name = self.chance.choice((SHARED, SHARED, PERSONAL))
        if len(self.rows[ledger_name]) < 6:
            self.rows[ledger_name].append(self._complaint())

    def _number_by_hand(self) -> None:
        row = self._any_row()
        if row is not None and not row.get("客诉编号"):
            row["客诉编号"] = f"KS-{self.chance.randint(1, 5)}"

    def _remove(self) -> None:
        rows = self.rows[SHARED]
        if len(rows) > 2 and self.chance.random() < 0.5:
            rows.pop(self.chance.randrange(len(rows)))

    def _sort(self) -> None:
        self.chance.shuffle(self.rows[SHARED])

    def _copy_number(self) -> None:
        one, other = self._any_row(), self._any_row()
        if one is not None and other is not None and self.chance.random() < 0.3:
            other["客诉编号"] = one.get("客诉编号", "")

    def _register(self) -> None:
        """A personal row goes to the shared ledger as it is."""
        numbered = [row for row in self.rows[PERSONAL] if row.get("客诉编号")]
        if numbered and len(self.rows[SHARED]) < 7:
            self.rows[SHARED].append(dict(self.chance.choice(numbered)))

    def _numbers(self) -> list[str]:
        return sorted({str(row["客诉编号"]) for rows in self.rows.values() for row in rows if row.get("客诉编号")})

    def _child(self) -> None:
        sheet, numbers = self.chance.choice(tuple(_CHILDREN)), self._numbers()
        if not numbers:
            return
        if len(self.children[sheet]) > 5:
            self.children[sheet].pop(0)
        self.children[sheet].append({"客诉编号": self.chance.choice(numbers), **_CHILDREN[sheet](self.chance)})

    def _file(self) -> None:
        if self.folders:
            folder = self.chance.choice(sorted(self.folders.values()))
            names = (CaseFiles(("第1次会议纪要-签字.pdf",), ("照片.jpg",), ("作业指导书.docx",)), CaseFiles())
            self.files[folder] = self.chance.choice(names)

    def _folder_by_hand(self) -> None:
        """Somebody makes a folder for a number, or the folder of one goes away."""
        for number in self._numbers():
            if number not in self.folders:
                self.folders[number] = f"客诉资料/2026/{number} 自建"
                return
        if self.folders:
            self.folders.pop(self.chance.choice(sorted(self.folders)))

    def _type(self) -> None:
        """Somebody fills in a field of an 8D, or approves it."""
        if self.folders:
            path = f"{self.chance.choice(sorted(self.folders.values()))}/8D报告.docx"
            texts = {"approved_by": self.chance.choice(("韩立川", "")), "escape_whys/1/answer": "未全检"}
            self.typed[path] = DocumentReading(path, "eight_d", texts, frozenset(texts))

    def _contact(self) -> None:
        entry = self.chance.choice(self.contacts)
        entry["邮箱"] = self.chance.choice(("a@example.com", "b@example.com", ""))
        entry["请假起止"] = self.chance.choice(("2026-11-26~2026-11-27", ""))

    def _reply(self) -> None:
        numbers = self._numbers()
        if numbers:
            digest = f"d{self.chance.randint(1, 3)}"
            mail = KnownMail(digest, digest, digest, "s", self.now, self.now, Verdict.REPLY, "回复", "渗漏",
                             numbers=(self.chance.choice(numbers),))
            self.journal.record_mails([mail], [], self.now)

    def _drop(self) -> None:
        self.dropped = self.chance.choice(((), ("照片.jpg",), tuple(f"{number}.jpg" for number in self._numbers())))

    def _template(self) -> None:
        self.documents.version += 1

    def _lose_ledger(self) -> None:
        self.stale = not self.stale

    def _resolve(self) -> None:
        """A person decides on what was uncertain."""
        for record in tuple(self.memory.effects.to_look_at()):
            if record.state is EffectState.UNCERTAIN:
                self.journal.reopen(record.key, self.now)

    def _time(self) -> None:
        """Seconds mostly, now and then to the very moment something may be due, or over days."""
        moment = timedelta(seconds=5)
        self.now += self.chance.choice((moment, moment, timedelta(minutes=7), timedelta(hours=3), timedelta(hours=26)))
        if self.chance.random() < 0.3:
            clock = self.chance.choice(((8, 30), (9, 0), (15, 0), (17, 0), (0, 0)))
            later = self.now.replace(hour=clock[0], minute=clock[1], second=0)
            self.now = later if later > self.now else self.now

    # what a pass sees

    def _reading(self, name: str) -> WorkbookReading:
        sheets = {**self.children, "通讯录": self.contacts} if name == SHARED else {}
        reading = ledger(
            [dict(row) for row in self.rows[name]], today=self.now.date(), name=name,
            **{sheet: [dict(row) for row in rows] for sheet, rows in sheets.items()},
        )
        kept = tuple(
            replace(sheet, rows=tuple(self._same_object(name, row) for row in sheet.rows)) for sheet in reading.sheets
        )
        stale = "正在保存" if self.stale and name == SHARED else ""
        return replace(reading, sheets=kept, stale_because=stale)

    def _same_object(self, name: str, row: Row[Any]) -> Row[Any]:
        """A reader may give an unchanged row as the object it was, or read it anew."""
        key = f"{name}{row.place}"
        before = self._objects.get(key)
        if before is None or before != row or self.chance.random() < 0.2:
            self._objects[key] = row
        return self._objects[key]

    def snapshot(self) -> Snapshot:
        """What a pass observes now."""
        readings = (self._reading(SHARED), self._reading(PERSONAL))
        files = {folder: self.files.get(folder, CaseFiles()) for folder in self.folders.values()}
        unreadable = {SHARED: "正在保存"} if self.stale else {}
        arrivals = Arrivals(dropped=tuple(DroppedFile(name, (1, 1)) for name in self.dropped), looked=True)
        return Snapshot(readings, unreadable, dict(self.folders), files, arrivals, dict(self.typed))

    def plan_both(self) -> tuple[Plan, Plan]:
        """The plan that takes over what it can, and one made of everything."""
        arguments = (self.snapshot(), self.memory, SETTINGS, self.documents, self.calendar, self.now)
        ours = self.planner.plan(*arguments)
        self.plans += len(ours.cases)
        self.taken_over += len(ours.cases) - self.planner.planned
        return ours, Planner().plan(*arguments)

    # what comes of a plan

    def perform(self, planned: Plan) -> None:
        """Everything is recorded; effects come out well, wait, fail, or stay in doubt."""
        reserving = {effect.case_id for effect in planned.effects if isinstance(effect.payload, ReserveNumber)}
        seen = [replace(known, number="") if known.case_id in reserving else known for known in planned.known]
        before = self.journal.progress
        self.journal.record_cases(seen, planned.numbers, self.now)
        self.journal.record_trails(planned.trails, self.now)
        self.journal.record_mails(planned.taken, planned.ignored, self.now)
        for effect in planned.effects:
            luck = self.chance.random()
            if luck < 0.1:
                continue
            self.journal.intend(effect, self.now)
            if luck < 0.15:
                self.journal.fail(effect.key, "断网", self.now, uncertain=luck < 0.12)
            elif luck < 0.18:
                self.journal.start(effect.key, self.now)
            else:
                self._finish(effect.payload, effect.case_id)
                told = [(effect.key.subject, key) for key in getattr(effect.payload, "told", ())]
                record = self.journal.memory().effects[effect.key]
                if record.state is not EffectState.DONE:
                    outcome = Outcome(effect.title, path=f"x/{effect.key.digest}")
                    self.journal.finish(effect.key, outcome, self.now, told)
        ledgers = [name for name in (SHARED, PERSONAL) if not (self.stale and name == SHARED)]
        self.journal.complete_pass(self.now, ledgers)
        if planned.known or planned.trails or planned.taken or planned.effects or self.journal.progress != before:
            self.memory = self.journal.memory()

    def _finish(self, payload: object, case_id: str) -> None:
        if isinstance(payload, ReserveNumber):
            self.journal.reserve_number(payload.case_id, payload.number, self.now)
        if isinstance(payload, MakeFolder):
            number = self.journal.memory().cases[case_id].number
            self.folders[number] = payload.folder
        if self.chance.random() < 0.2:
            self._type_in_numbers()

    def _type_in_numbers(self) -> None:
        """The number stands in the row from now on, as the cell that we write."""
        known = {(case.ledger, case.sheet, case.row): case for case in self.journal.memory().cases.values()}
        for name, rows in self.rows.items():
            for index, row in enumerate(rows):
                case = known.get((name, SheetKind.COMPLAINTS.value, 3 + index))
                if case is not None and case.number and not row.get("客诉编号"):
                    row["客诉编号"] = case.number


def difference(ours: Plan, whole: Plan) -> str:
    """Where two plans differ, "" when they are equal in every part."""
    for part in fields(Plan):
        one, other = getattr(ours, part.name), getattr(whole, part.name)
        if one != other:
            return f"{part.name}: {_first_difference(one, other)}"
    return ""


def _first_difference(one: object, other: object) -> str:
    if isinstance(one, list) and isinstance(other, list):
        for left, right in zip(one, other, strict=False):
            if left != right:
                return f"{left}\n≠ {right}"
        return f"{len(one)} ≠ {len(other)}: {[*one, *other][min(len(one), len(other)):][:1]}"
    if isinstance(one, dict) and isinstance(other, dict):
        key = next(key for key in {**one, **other} if one.get(key) != other.get(key))
        return f"{key}: {one.get(key)}\n≠ {other.get(key)}"
    return f"{one} ≠ {other}"


def walk(seed: int, steps: int) -> tuple[str, Walk]:
    """Walk until the plans differ, or to the end; says where and how."""
    plant = Walk(seed)
    for step in range(steps):
        plant.happen()
        ours, whole = plant.plan_both()
        found = difference(ours, whole)
        if found:
            return f"seed {seed}, step {step}, {plant.now}: {found}", plant
        plant.perform(ours)
    return "", plant


