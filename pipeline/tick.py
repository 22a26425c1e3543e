"""One pass over a site: observe, plan, perform, publish the board; run it again and nothing happens twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from pipeline.arrivals import arrivals_at
from pipeline.files.names import safe_name
from pipeline.files.system_faults import plain_sentence
from pipeline.perform import Performed, Performer
from pipeline.plan import Plan, Snapshot, plan
from pipeline.rules.board_view import BoardMatter, BoardState, board_view, score_text
from pipeline.rules.state import is_current
from pipeline.site import Site
from schemas.board import BoardView
from schemas.case import Case, CaseFiles, Standing
from schemas.effects import EffectState
from schemas.errors import KesuError, LedgerUnreadable
from schemas.memory import KnownCase, Memory
from schemas.payloads import AppendRow, ReserveNumber, WriteCells
from schemas.settings import LedgerSetting
from schemas.workbook import WorkbookReading

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PassReport:
    """What one pass saw and did; ``board_written`` when the page changed."""

    planned: Plan
    snapshot: Snapshot
    performed: tuple[Performed, ...]
    board_written: bool = False
    board_error: str = ""


def _read(site: Site, setting: LedgerSetting, now: datetime) -> tuple[WorkbookReading | None, str]:
    """The present reading, else the last good one with the reason why it is stale."""
    today = now.date()
    try:
        return site.ledgers.read(setting, today), ""
    except LedgerUnreadable as error:
        reason = str(error)
    except OSError as error:
        reason = f"{setting.file} {plain_sentence(error)}"
    log.warning("ledger %s not readable now", setting.file)
    last = site.ledgers.last_good(setting, today)
    return (replace(last, stale_because=reason) if last is not None else None), reason


def observe(site: Site, now: datetime, *, asked: str = "") -> Snapshot:
    """Read all ledgers, the folders on the share, that of the number ``asked`` for among them, and the documents that
    people changed; never writes.
    """
    readings, unreadable = [], {}
    for setting in site.settings.ledgers:
        reading, reason = _read(site, setting, now)
        if reading is not None:
            readings.append(reading)
        if reason:
            unreadable[setting.file] = reason
    folders = site.share.folders()
    files = _files(site, readings, folders, now.date(), asked)
    effects = site.journal.memory().effects
    documents = site.documents_seen.read(effects, site.share, site.documents, site.journal)
    return Snapshot(tuple(readings), unreadable, folders, files, documents=documents)


def _files(
    site: Site, readings: Sequence[WorkbookReading], folders: Mapping[str, str], today: date, asked: str
) -> dict[str, CaseFiles]:
    """What lies in the folders of current complaints; those of closed ones would be thousands of look-ups a pass."""
    rows = [row.record for reading in readings for row in reading.complaints if row.record.number]
    current = {safe_name(row.number or "") for row in rows if is_current(row, today)}
    history = {safe_name(row.number or "") for row in rows} - current - {safe_name(asked)}
    found = {folder: site.share.files(folder) for number, folder in folders.items() if number not in history}
    return {folder: files for folder, files in found.items() if files is not None}


def with_arrivals(site: Site, snapshot: Snapshot, memory: Memory, now: datetime) -> Snapshot:
    """The snapshot with the mails that came and the files that were dropped; asks the mail system, changes nothing."""
    return replace(snapshot, arrivals=arrivals_at(site, snapshot.readings, memory, now))


def plan_pass(
    site: Site, snapshot: Snapshot, memory: Memory, now: datetime, *, asked: str = "", month: str = ""
) -> Plan:
    """The plan of a pass, without performing it (a dry run); with advice on the number ``asked`` for.

    ``month`` is one whose archive a person asks for.
    """
    return plan(snapshot, memory, site.settings, site.documents, site.calendar, now, asked, month)


def _registered(cases: Iterable[Case], shared: Collection[str]) -> dict[str, str]:
    """By id of a registered personal row the shared row that goes on with its papers."""
    going_on = {case.number: case.case_id for case in cases if case.ledger in shared and case.number and case.case_id}
    return {
        case.case_id: going_on[case.number] for case in cases
        if case.standing is Standing.REGISTERED and case.number in going_on
    }


def view_of(planned: Plan, snapshot: Snapshot, memory: Memory, site: Site, now: datetime, deferred: Mapping[str, str],
            *, rehearsal: bool) -> BoardView:
    """The board after a pass; what stands on a personal ledger only is not for everybody's eyes."""
    shared = site.settings.shared_ledgers
    matters = [
        BoardMatter(
            case, planned.decisions[handle], planned.remarks[handle], score_text(planned.advice.get(handle)),
            planned.notes.get(handle, ""), tuple(planned.pending.get(handle, ())),
        )
        for case in planned.cases for handle in (case.handle,)
        if case.ledger in shared
    ]
    # a row without identity has no id, nor have effects that concern no case: those are everybody's
    hidden = {case.case_id for case in planned.cases if case.case_id and case.ledger not in shared}
    personal = {setting.file for setting in site.settings.ledgers} - set(shared)
    registered = _registered(planned.cases, shared)
    state = BoardState(
        site.settings.site,
        [reading for reading in snapshot.readings if reading.ledger in shared],
        snapshot.unreadable,
        [
            replace(record, case_id=registered.get(record.case_id, record.case_id))
            for record in memory.effects.values()
            if record.case_id not in hidden - registered.keys() and record.key.subject not in personal
        ],
        tuple(known.number for known in planned.vanished if known.ledger in shared),
        rehearsal, deferred, site.calendar.warning(now.date()) or "", memory.unreadable_since,
        tuple(planned.alerts),
        template_faults=site.documents.faults(),
    )
    return board_view(matters, state, now)


def _publish(site: Site, view: BoardView) -> tuple[bool, str]:
    try:
        return site.share.write_board(site.settings.board, site.documents.render_board(view)), ""
    except (KesuError, OSError) as error:
        # the board is the last step and is made again by the next pass
        log.warning("board not written: %s", type(error).__name__)
        return False, plain_sentence(error) if isinstance(error, OSError) else str(error)


def _leave_progress(site: Site) -> None:
    try:
        site.share.note_progress(site.journal.progress)
    except (KesuError, OSError) as error:
        # the share dropped at the very end: the next pass leaves it there
        log.warning("progress not noted on the share: %s", type(error).__name__)


def _deferred(performed: Iterable[Performed], memory: Memory, zone: tzinfo | None) -> dict[str, str]:
    """By ledger, why what we write into it waits, and since when; a row that is refused is an alert instead."""
    waiting: dict[str, tuple[datetime, str]] = {}
    for result in performed:
        payload, record = result.effect.payload, memory.effects.get(result.effect.key)
        waits = result.state is EffectState.INTENDED and (result.deferred or isinstance(payload, WriteCells))
        if waits and record is not None and isinstance(payload, WriteCells | AppendRow):
            earlier = waiting.get(payload.ledger, (record.intended, ""))[0]
            waiting[payload.ledger] = min(earlier, record.intended), result.text
    return {name: f"{since.astimezone(zone):%m-%d %H:%M} 起等待：{text}" for name, (since, text) in waiting.items()}


def _as_seen(planned: Plan) -> list[KnownCase]:
    """Cases before their effects: a number counts only once its reservation is committed."""
    reserving = {effect.case_id for effect in planned.effects if isinstance(effect.payload, ReserveNumber)}
    return [replace(entry, number="", folder="") if entry.case_id in reserving else entry for entry in planned.known]


def tick(
    site: Site, now: datetime, *, rehearsal: bool, step: Callable[[str], None] = lambda _name: None, month: str = ""
) -> PassReport:
    """Make the share true as of ``now`` (aware, in the plant's zone).

    Idempotent: with the same ledgers, mailbox and time a second pass performs nothing and writes no byte. ``step``
    is called at every commit point, so that tests can stop the process there; ``month`` is one whose archive a person
    asks for.
    """
    with site.journal.pass_lock():
        seen = observe(site, now)
        site.journal.note_unreadable(seen.unreadable, now)
        memory = site.journal.memory()
        snapshot = with_arrivals(site, seen, memory, now)
        planned = plan_pass(site, snapshot, memory, now, month=month)
        site.journal.record_cases(_as_seen(planned), planned.numbers, now)
        site.journal.record_trails(planned.trails, now)
        site.journal.record_mails(planned.taken, planned.ignored, now)
        step("recorded")
        performer = Performer(site, now, step)
        performed = performer.perform_all(planned.effects)
        settled = performer.settle_left_over(planned.effects)
        site.journal.complete_pass(now, [reading.ledger for reading in snapshot.readings if not reading.stale_because])
        step("completed")
        after = site.journal.memory() if planned.effects or settled else memory
        waiting = _deferred(performed, after, now.tzinfo)
        view = view_of(planned, snapshot, after, site, now, waiting, rehearsal=rehearsal)
        written, error = _publish(site, view)
        _leave_progress(site)
    return PassReport(planned, snapshot, tuple(performed), written, error)
