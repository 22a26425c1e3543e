"""Perform effects under their keys, mails several at once: intent committed, effect done, outcome committed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from pipeline.deck_writing import write_deck
from pipeline.files.faults import FileChanged, FileInUse
from pipeline.files.system_faults import plain_sentence
from pipeline.letters import grouped, letter_done, letters_done
from pipeline.ooxml.cells import column_letters
from pipeline.outbox import Delivery, Outbox, Standing
from pipeline.rules.wanted_cells import refusal_inputs
from pipeline.site import Site
from schemas.effects import Effect, EffectKey, EffectRecord, EffectState, NoMail, Outcome
from schemas.errors import CellRefused, KesuError, LedgerChanged, LedgerInUse
from schemas.payloads import (
    AddSupplement,
    AppendRow,
    CellEdit,
    FileDropped,
    FileMail,
    FilePicture,
    MakeArchive,
    MakeFolder,
    MarkRefused,
    MarkRound,
    ReserveNumber,
    SendMail,
    SetAside,
    TakeMail,
    WriteCells,
    WriteDeck,
    WriteDocument,
    WriteReminders,
)
from schemas.settings import LedgerSetting

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Performed:
    """An effect with what became of it in this pass; ``deferred`` when it waits its turn without being a failure."""

    effect: Effect
    state: EffectState
    text: str
    path: str = ""
    deferred: bool = False


_OPEN = {EffectState.INTENDED, EffectState.RUNNING}


def _settled(effect: Effect, record: EffectRecord) -> Performed:
    return Performed(effect, record.state, record.outcome.text if record.outcome else "")


def _reference(edit: CellEdit) -> str:
    return f"{edit.sheet}!{column_letters(edit.column)}{edit.row}"


@dataclass(slots=True)
class Performer:
    """Carries out a plan's effects on a site's parts; ``now`` (aware) is the time of the pass.

    Each method below says how its kind is idempotent. A failure of one effect is recorded and never stops the next;
    effects of a case whose number or folder, or of a mail whose taking in failed in this pass, wait for the next one.
    """

    site: Site
    now: datetime
    step: Callable[[str], None] = lambda _name: None  # called at every commit point; tests kill the process there
    _mails: Outbox | None = None

    def perform_all(self, effects: Sequence[Effect]) -> list[Performed]:
        """Perform in order; returns one result per effect that was tried."""
        results: list[Performed] = []
        stuck: set[str] = set()
        for group in grouped(effects):
            for result in self._performed([effect for effect in group if effect.case_id not in stuck]):
                leads = isinstance(result.effect.payload, ReserveNumber | MakeFolder | TakeMail)
                if result.state is not EffectState.DONE and leads and result.effect.case_id:
                    stuck.add(result.effect.case_id)
                results.append(result)
        return results

    def _performed(self, group: Sequence[Effect]) -> Iterable[Performed]:
        """Each effect's result; a group in which anything fails is tried again one by one."""
        if len(group) > 1:
            try:
                return self._together(group)
            except (KesuError, OSError) as error:
                log.warning("mails taken one by one: %s", type(error).__name__)
        return map(self._perform, group)

    def _together(self, letters: Sequence[Effect]) -> list[Performed]:
        """Mails with one wait for the disk and one commit for all; raises what ``letters_done`` raises."""
        records = self.site.journal.intend_all(letters, self.now)
        self.step("intended")
        new = [letter for letter, record in zip(letters, records, strict=True) if record.state in _OPEN]
        done = letters_done([letter.payload for letter in new], self.site, self.now)
        outcomes = dict(zip((letter.key for letter in new), done, strict=True))
        self.step("effected")
        self.site.journal.finish_all(list(outcomes.items()), self.now)
        self.step("finished")
        return [Performed(letter, EffectState.DONE, outcome.text, outcome.path)
                if (outcome := outcomes.get(letter.key)) else _settled(letter, record)
                for letter, record in zip(letters, records, strict=True)]

    def _perform(self, effect: Effect) -> Performed:
        record = self.site.journal.intend(effect, self.now)
        self.step("intended")
        if record.state not in _OPEN:
            return _settled(effect, record)
        try:
            return self._carry_out(effect, record)
        except (LedgerInUse, LedgerChanged, FileInUse, FileChanged) as deferred:
            self._note_failure(effect, record, str(deferred))
            return Performed(effect, EffectState.INTENDED, str(deferred), deferred=True)
        except (KesuError, OSError) as error:
            # OSError: a share drops, a disk is full; the next pass tries again
            log.warning("effect %s failed: %s", effect.key, type(error).__name__)
            text = plain_sentence(error) if isinstance(error, OSError) else str(error)
            self._note_failure(effect, record, text)
            return Performed(effect, EffectState.INTENDED, text)

    def _note_failure(self, effect: Effect, before: EffectRecord, error: str) -> None:
        # a fault that lasts writes nothing new, but a mail that was started must become pending again
        if error != before.error or isinstance(effect.payload, SendMail):
            self.site.journal.fail(effect.key, error, self.now)

    def _carry_out(self, effect: Effect, record: EffectRecord) -> Performed:
        payload = effect.payload
        told: tuple[tuple[str, str], ...] = ()
        if isinstance(payload, SendMail):
            delivery = self._outbox().deliver(effect, payload, record)
            if delivery.outcome is None:
                return self._undelivered(effect, delivery)
            outcome = delivery.outcome
            told = tuple((effect.key.subject, key) for key in payload.told)
        else:
            outcome = self._made(effect, payload, record.intended.astimezone(self.now.tzinfo))
        self.step("effected")
        self.site.journal.finish(effect.key, outcome, self.now, told)
        self.step("finished")
        return Performed(effect, EffectState.DONE, outcome.text, outcome.path)

    def _made(self, effect: Effect, payload: NoMail, intended: datetime) -> Outcome:
        match payload:
            case MarkRound() | MarkRefused():
                outcome = Outcome(effect.title)
            case ReserveNumber():
                outcome = self._reserve(payload)
            case MakeFolder():
                outcome = self._folder(payload)
            case WriteDocument() | WriteReminders() | WriteDeck():
                outcome = self._file(payload, intended)
            case WriteCells():
                outcome = self._cells(payload)
            case AppendRow():
                outcome = self._append(payload)
            case FilePicture():
                outcome = self._picture(payload, intended)
            case TakeMail() | SetAside() | FileMail() | FileDropped():
                outcome = letter_done(payload, self.site, self.now)
            case MakeArchive() | AddSupplement():
                outcome = self._archive(payload, effect.key.digest, intended)
        return outcome

    def _outbox(self) -> Outbox:
        """One for the whole pass: it counts what leaves."""
        if self._mails is None:
            self._mails = Outbox(self.site, self.now, self.step)
        return self._mails

    def _undelivered(self, effect: Effect, delivery: Delivery) -> Performed:
        """A mail that waits writes nothing more; one that nobody can know of is committed as uncertain."""
        if delivery.standing is Standing.WAITS:
            return Performed(effect, EffectState.INTENDED, delivery.text, deferred=True)
        self.site.journal.fail(effect.key, delivery.text, self.now, uncertain=True)
        return Performed(effect, EffectState.UNCERTAIN, delivery.text)

    def settle_left_over(self, effects: Sequence[Effect]) -> int:
        """Find out about mails in doubt that are not among ``effects``; returns how many changed their state."""
        return self._outbox().settle_left_over({effect.key for effect in effects})

    def _reserve(self, payload: ReserveNumber) -> Outcome:
        """Idempotent by the UNIQUE number; nothing outside the journal changes."""
        self.site.journal.reserve_number(payload.case_id, payload.number, self.now)
        return Outcome(f"编号 {payload.number}")

    def _folder(self, payload: MakeFolder) -> Outcome:
        """Idempotent: an existing folder is taken as it is."""
        self.site.share.make_folder(payload.folder, payload.subfolders)
        return Outcome(payload.folder, path=payload.folder)

    def _file(self, payload: WriteDocument | WriteReminders | WriteDeck, intended: datetime) -> Outcome:
        if isinstance(payload, WriteDeck):
            return write_deck(payload, self.site, intended, self.step)
        if isinstance(payload, WriteReminders):
            return self._reminders(payload, intended)
        return self._document(payload, intended)

    def _reminders(self, payload: WriteReminders, intended: datetime) -> Outcome:
        """Idempotent: the same content in place is left alone; a person's file stays and ours goes beside it."""
        content = self.site.reminders(payload.title, payload.entries, intended)
        last = self.site.journal.last_sha256(f"{payload.folder}/{payload.file_name}")
        label = f"{intended:%Y%m%d-%H%M}"
        return self.site.share.place(payload.folder, payload.file_name, content, last, label)

    def _archive(self, payload: MakeArchive | AddSupplement, key: str, intended: datetime) -> Outcome:
        """Idempotent by the key that stands in the bag: one that was renamed into place before a crash is found.

        Stamped with the time of the intent, so that a try after a crash makes the same bytes.
        """
        if isinstance(payload, MakeArchive):
            return self.site.archives.make(payload, key, intended)
        return self.site.archives.supplement(payload, key, intended)

    def _document(self, payload: WriteDocument, intended: datetime) -> Outcome:
        """Idempotent: the same content in place is left alone. In a document that a person changed only the fields
        that still read as we wrote them are brought up to date; without content controls it stays, ours goes beside.

        Stamped with the time of the intent, so that a try after a crash makes the same bytes and knows its own file.
        """
        documents, journal, share = self.site.documents, self.site.journal, self.site.share
        content = documents.render(payload.kind, payload.context, intended)
        path = f"{payload.folder}/{payload.file_name}"
        last, present = journal.last_sha256(path), share.present(path)
        if present is not None and sha256(present).hexdigest() not in {last, sha256(content).hexdigest()}:
            outcome = self._refresh(payload, path, present, content)
            if outcome is not None:
                return outcome
        outcome = share.place(payload.folder, payload.file_name, content, last, f"{intended:%Y%m%d-%H%M}")
        if not outcome.beside:
            journal.record_fields(path, documents.written(payload.kind, content))
        remarks = documents.remarks(payload.kind, payload.context)
        return replace(outcome, text=f"{outcome.text}（{'；'.join(remarks)}）") if remarks else outcome

    def _refresh(self, payload: WriteDocument, path: str, present: bytes, ours: bytes) -> Outcome | None:
        """A person's document brought up to date; None when its controls are lost. The file stays the person's."""
        result = self.site.documents.refreshed(payload.kind, present, ours, self.site.journal.written_fields(path))
        if result is None:
            return None
        if result.content != present:
            self.site.share.exchange(path, result.content, sha256(present).hexdigest())
            self.step("exchanged")
        self.site.journal.record_fields(path, result.written)
        self.site.documents_seen.forget(path)
        kept = f"，人改的 {len(result.kept)} 处保持不动" if result.kept else ""
        return Outcome(f"{payload.file_name}（由人修改过：更新 {len(result.updated)} 处{kept}）", path)

    def _cells(self, payload: WriteCells) -> Outcome:
        """Idempotent by comparison: the patch is refused unless the ledger still is what was read.

        A cell that cannot be patched is put aside and reported; the others are written.
        """
        setting = self._ledger(payload.ledger)
        edits = list(payload.edits)
        while edits:
            try:
                self.site.ledgers.write(setting, payload.sha256, edits)
                break
            except CellRefused as refusal:
                refused = [edit for edit in edits if refusal.concerns(_reference(edit))]
                if not refused:
                    raise
                for edit in refused:
                    self._mark_refused(payload.ledger, edit, refusal)
                edits = [edit for edit in edits if edit not in refused]
        return Outcome(f"台账 {payload.ledger} 写入 {len(edits)} 格", path=payload.ledger)

    def _append(self, payload: AppendRow) -> Outcome:
        """Idempotent: a row that stands there already, by the fields that identify it, is not appended again."""
        setting = self._ledger(payload.ledger)
        placed = self.site.ledgers.append(setting, payload, self.now.date())
        done = "已在台账" if placed.was_there else "已追加到台账"
        text = f"{done} {payload.ledger}：{placed.sheet} 第 {placed.row} 行"
        return Outcome("；".join((text, *placed.remarks)), path=payload.ledger)

    def _picture(self, payload: FilePicture, intended: datetime) -> Outcome:
        """Idempotent: the name carries the picture's checksum, and equal content in place is left alone."""
        content = self.site.ledgers.picture(self._ledger(payload.picture.ledger), payload.picture)
        label = f"{intended:%Y%m%d-%H%M}"
        return self.site.share.place(payload.folder, payload.file_name, content, None, label)

    def _ledger(self, name: str) -> LedgerSetting:
        return next(entry for entry in self.site.settings.ledgers if entry.file == name)

    def _mark_refused(self, ledger: str, edit: CellEdit, refusal: CellRefused) -> None:
        key = EffectKey(self.site.settings.site, "refused", ledger, refusal_inputs(edit))
        mark = Effect(key, str(refusal), "", MarkRefused())
        self.site.journal.intend(mark, self.now)
        self.site.journal.finish(key, Outcome(str(refusal)), self.now)
