"""Third step: everything that one case calls for, worked out from itself and from what it asks of the outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from pipeline.files.names import safe_name
from pipeline.plan.case_folder import SUBFOLDERS, folder_for
from pipeline.plan.judgement import Related
from pipeline.plan.outside import Asked, AskedHistory, Asking, asked_documents, asked_trails
from pipeline.plan.pass_time import PassTime
from pipeline.plan.work import Found, LedgerFacts, Pass
from pipeline.rules.advise import Around, advise
from pipeline.rules.alert_mails import line_stop_alert
from pipeline.rules.case_mails import CaseMails
from pipeline.rules.decide import decide
from pipeline.rules.registration_row import registration_row
from pipeline.rules.remarks import remarks
from pipeline.rules.reminders import case_calendar, entries_of
from pipeline.rules.report_typed import with_documents
from pipeline.rules.trail import changed_values, with_trail
from pipeline.rules.wanted_cells import feedback_text, row_edits
from pipeline.rules.wanted_documents import gone_documents, wanted_documents
from pipeline.rules.wanted_mails import MailFiles, add_mails
from pipeline.rules.wanted_pictures import wanted_pictures
from schemas.advice import Advice
from schemas.case import Case, Standing
from schemas.decisions import Decisions
from schemas.effects import Effect
from schemas.errors import KesuError
from schemas.follow_up import PenaltyProposal
from schemas.meetings import CalendarEntry
from schemas.memory import TrackedValue
from schemas.payloads import AttachedDocument, CellEdit, MakeFolder
from schemas.remarks import Remark

_SILENT = frozenset({Standing.BASELINE, Standing.AMBIGUOUS, Standing.REGISTERED})
_STANDING = frozenset({Standing.MANAGED, Standing.REGISTERED})


@dataclass(frozen=True, slots=True)
class Matter:
    """All that a case is planned from beside the outside it asks, the basis of all planning, and the time.

    ``related`` None: no advice is wanted. ``evidence`` is what the row was read from when a mail proposed it, ``news``
    are sentences on replies that were filed.
    """

    found: Found
    ledger: LedgerFacts
    related: Related | None
    evidence: str
    news: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CasePlan:
    """What one case calls for; ``effects`` are its papers in order, ``mails`` go out after those of all cases."""

    case: Case
    decisions: Decisions
    advice: Advice | None
    remarks: tuple[Remark, ...]
    pending: tuple[str, ...]
    trails: tuple[TrackedValue, ...]
    effects: tuple[Effect, ...]
    mails: tuple[Effect, ...]
    entries: tuple[CalendarEntry, ...]
    calendar: tuple[Effect, ...]
    edits: tuple[CellEdit, ...]


class CaseDesk:
    """Plans one case; ``asking`` notes what it asks of the outside, ``now`` how it uses the time."""

    def __init__(self, work: Pass, matter: Matter, asking: Asking, now: PassTime) -> None:
        self.work, self.matter, self.asking, self.now = work, matter, asking, now
        self.history = AskedHistory(work.settings.site, asking)
        self.mails = CaseMails(
            work.directory, work.settings, self.history, work.calendar, now, Asked(asking, "told")
        )
        self.effects: list[Effect] = []

    def plan(self) -> CasePlan:
        """Decisions, advice and remarks, then the effects that make up the difference."""
        work, ledger, trails = self.work, self.matter.ledger, asked_trails(self.asking)
        case = with_trail(self.matter.found.case, trails, self.now)
        seen = tuple(changed_values(case, trails)) if case.standing is Standing.MANAGED else ()
        decisions = decide(
            case, ledger.kept[case.place.sheet], work.directory, work.settings, work.calendar, self.now
        )
        case = self._with_reports(case, decisions)
        advice = self._advice(case, decisions)
        said = remarks(case, decisions, advice, personal=ledger.personal)
        case = self._act(case, decisions, advice)
        edits = tuple(self._cells(case, said))
        for sentence in self.matter.news:
            self.mails.hold(case, sentence)
        entries, calendar = self._calendar(case, decisions)
        pending = tuple(self.mails.pending.get(case.handle, ()))
        return CasePlan(
            case, decisions, advice, said, pending, seen, tuple(self.effects), tuple(self.mails.effects), entries,
            calendar, edits,
        )

    def _folder_on_share(self, case: Case) -> str:
        folder: str = self.asking.ask("folder", safe_name(case.number)) or ""
        return folder

    def _with_reports(self, case: Case, decisions: Decisions) -> Case:
        """The case with what people typed into its documents."""
        if case.standing is not Standing.MANAGED:
            return case
        folder = case.folder or self._folder_on_share(case)  # remembered from its second pass on
        if not folder:
            return case
        try:
            return with_documents(
                replace(case, folder=folder), decisions, self.work.documents, asked_documents(self.asking)
            )
        except KesuError:
            return case  # a template that cannot be read; the effect that renders it says so

    def _advice(self, case: Case, decisions: Decisions) -> Advice | None:
        related, ledger, settings = self.matter.related, self.matter.ledger, self.work.settings
        if related is None:
            return None
        around = Around(
            ledger.columns, ledger.kept[case.place.sheet], related.recurrences, related.recurred,
            Asked(self.asking, "number"),
        )
        settings = settings.for_customer(case.complaint.customer)
        return advise(case, decisions, around, self.work.directory, settings, self.now)

    def _act(self, case: Case, decisions: Decisions, advice: Advice | None) -> Case:
        """The effects the case calls for: folder, documents, mails."""
        has_wrong_number = case.standing is Standing.AMBIGUOUS and (case.case_id or self.matter.found.repeats)
        if has_wrong_number and self.work.settings.mail.line_stop_alert:
            line_stop_alert(self.mails, case, decisions)  # a number to be corrected is no reason to let a line stop
        if case.standing in _SILENT:
            return case
        files = MailFiles()
        if case.standing is Standing.MANAGED and case.number:
            case = self._with_folder(case)
            self.effects.extend(wanted_pictures(case, self.history))
            self.effects.extend(registration_row(case, decisions, self.work.settings, self.history))
            try:
                self.effects.extend(wanted_documents(case, decisions, self.work.documents, self.history))
                there = bool(self._folder_on_share(case))
                for gone in gone_documents(case, decisions, self.work.documents, self.history, folder_there=there):
                    self.mails.hold(case, gone)
                files = MailFiles(
                    self._round_files(case, "notice"), self._round_files(case, "minutes"),
                    self._penalty_forms(case, decisions, advice.penalties if advice else ()),
                )
            except KesuError as fault:
                # a plant's kind.yaml that cannot be read: the case says so, everything else goes on
                self.mails.hold(case, f"文件未生成：{fault}")
        add_mails(self.mails, case, decisions, advice, files)
        return case

    def _with_folder(self, case: Case) -> Case:
        """The case with its folder: the one remembered, the one found on the share, or a new one; never renamed."""
        there = self._folder_on_share(case)
        existing = case.folder or there
        if existing and there and self.history.is_settled("folder", case.number):
            return replace(case, folder=existing)
        case = replace(case, folder=existing or folder_for(case.number, case, self.work.settings))
        key = self.history.once("folder", case.number)
        if key is not None:
            payload = MakeFolder(case.case_id, case.folder, SUBFOLDERS)
            self.effects.append(Effect(key, f"资料夹 {case.folder}", "", payload, case.case_id))
        return case

    def _round_files(self, case: Case, kind: str) -> dict[int, str]:
        """The file of each meeting, relative to the share."""
        return {
            row.record.round: f"{case.folder}/{self.work.documents.file_name(kind, row.record.round)}"
            for row in case.rows.meetings if row.record.round is not None
        }

    def _penalty_forms(
        self, case: Case, decisions: Decisions, proposals: Sequence[PenaltyProposal]
    ) -> dict[str, AttachedDocument]:
        found = {}
        for proposal in proposals:
            name, context = self.work.documents.penalty(case, decisions, proposal)
            found[proposal.action] = AttachedDocument(name, "penalty", context)
        return found

    def _cells(self, case: Case, said: tuple[Remark, ...]) -> Sequence[CellEdit]:
        ledger, note = self.matter.ledger, self.matter.found.note or self.matter.evidence
        if case.standing is Standing.BASELINE or ledger.stale:
            return ()
        settling = timedelta(minutes=self.work.settings.settling_minutes)
        quiet = case.standing in _STANDING or self.now >= case.changed + settling
        feedback = feedback_text(case, said, note) if quiet or note else None
        link = case.folder if case.standing in _STANDING else ""
        columns = ledger.sheets[case.place.sheet]
        return tuple(row_edits(case, columns, feedback, link, ledger.refused))

    def _calendar(
        self, case: Case, decisions: Decisions
    ) -> tuple[tuple[CalendarEntry, ...], tuple[Effect, ...]]:
        """The case's dates, and the calendar file that lies in its folder."""
        if case.standing is not Standing.MANAGED or not case.number:
            return (), ()
        entries = tuple(entries_of(case, decisions, self.work.settings))
        return entries, tuple(case_calendar(case, entries, self.history))
