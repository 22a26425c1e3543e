"""A plant in memory for specification tests: plans passes over given rows and remembers what was planned as done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.documents.gateway import TemplateDocuments
from pipeline.plan import Plan, Snapshot, plan
from pipeline.workdays import Workdays
from schemas.case import CaseFiles
from schemas.effects import Effect, Outcome
from schemas.mail_settings import MailSetting
from schemas.payloads import (
    AddSupplement,
    MakeArchive,
    ReserveNumber,
    SendMail,
    WriteDocument,
)
from schemas.settings import LedgerSetting, Settings
from schemas.workbook import WorkbookReading
from tests.memory_journal import MemoryJournal
from tests.spec.ledger_tables import CONTACTS, LEDGER, at, ledger

SETTINGS = Settings(
    version=1, site="测试厂", ledgers=(LedgerSetting(file=LEDGER),), mail=MailSetting(quality_manager="韩立川")
)
DOCUMENTS = TemplateDocuments()


def _made(payload: object) -> str:
    """The path of what an effect makes."""
    match payload:
        case WriteDocument():
            return f"{payload.folder}/{payload.file_name}"
        case MakeArchive():
            return f"归档/{payload.name}"
        case AddSupplement():
            return f"归档/{payload.name}-补充1"
        case _:
            return ""


class Plant:
    """A plant in memory: plans passes over given rows, and remembers what was planned as done."""

    def __init__(self, *, baseline: bool = False, settings: Settings = SETTINGS) -> None:
        self.journal = MemoryJournal("测试厂")
        self.settings = settings
        self.documents = DOCUMENTS
        self.files = CaseFiles()  # what lies in every case folder beside the documents that were written there
        self.written: defaultdict[str, set[str]] = defaultdict(set)
        self.keeps_papers = True  # False: people take the documents away as soon as they are written
        self.people_wrote: set[str] = set()  # names of documents that people rewrote: ours goes beside them
        if not baseline:
            self.journal.complete_pass(at("2026-11-01T08:00"), [LEDGER])

    def see_only(self, reading: WorkbookReading, now: str) -> Plan:
        """Plan one pass and remember nothing."""
        folders = {case.number: case.folder for case in self.journal.memory().cases.values() if case.folder}
        files = {
            folder: replace(self.files, own=tuple(sorted({*self.files.own, *self.written[folder]})))
            for folder in folders.values()
        }
        snapshot = Snapshot((reading,), {}, folders, files)
        return plan(snapshot, self.journal.memory(), self.settings, self.documents, Workdays(), at(now))

    def finish(self, effect: Effect, moment: datetime) -> None:
        """Record an effect as performed."""
        if isinstance(effect.payload, ReserveNumber):
            self.journal.reserve_number(effect.payload.case_id, effect.payload.number, moment)
        told = [(effect.key.subject, key) for key in getattr(effect.payload, "told", ())]
        path = _made(effect.payload)
        folder, _, name = path.rpartition("/")
        if isinstance(effect.payload, WriteDocument):
            self.written[folder] |= {name} if self.keeps_papers else set()
        outcome = Outcome(name or effect.title, path, beside=name in self.people_wrote)
        self.journal.finish(effect.key, outcome, moment, told)

    def see_all(self, readings: Sequence[WorkbookReading], now: str) -> Plan:
        """Plan one pass over several ledgers and remember nothing."""
        return plan(Snapshot(tuple(readings), {}, {}), self.journal.memory(), self.settings, self.documents,
                    Workdays(), at(now))

    def see(self, reading: WorkbookReading, now: str) -> Plan:
        """Plan one pass and record everything as performed."""
        moment = at(now)
        planned = self.see_only(reading, now)
        reserving = {effect.case_id for effect in planned.effects if isinstance(effect.payload, ReserveNumber)}
        self.journal.record_cases(
            [replace(known, number="") if known.case_id in reserving else known for known in planned.known],
            planned.numbers, moment,
        )
        for effect in planned.effects:
            self.journal.intend(effect, moment)
            self.finish(effect, moment)
        self.journal.record_trails(planned.trails, moment)
        self.journal.complete_pass(moment, [reading.ledger])
        return planned


def kinds(effects: Iterable[Effect]) -> list[str]:
    return sorted(effect.key.kind for effect in effects if not effect.key.kind.startswith("round."))


def mails(planned: Plan) -> dict[str, SendMail]:
    return {effect.payload.kind: effect.payload for effect in planned.effects if isinstance(effect.payload, SendMail)}


def two_passes(rows: Sequence[Mapping[str, object]], *, second: str = "2026-11-26T08:20", **sheets: object) -> Plan:
    """Rows first seen at 08:05, then settled; returns the later pass."""
    plant = Plant()
    reading = ledger(rows, 通讯录=CONTACTS, **sheets)  # type: ignore[arg-type]  # sheets are lists of rows
    plant.see(reading, "2026-11-26T08:05")
    return plant.see(reading, second)


QUIET = {"紧急措施": "中转库换批"}  # containment ordered, so that its clock says nothing
