"""One pass over a site: observe, plan, perform, publish the board; run it again and nothing happens twice."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo

from pipeline.arrivals import arrivals_at
from pipeline.files.names import safe_name
from pipeline.files.system_faults import plain_sentence
from pipeline.perform import Performed, Performer
from pipeline.plan import Plan, Planner, Snapshot
from pipeline.rules.board_view import BoardMatter, BoardState, board_view, score_text
from pipeline.rules.state import is_current
from pipeline.site import Site
from schemas.board import BoardView
from schemas.case import Case, Standing
from schemas.effects import EffectKey, EffectRecord, EffectState
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


@dataclass
class Sights:
    """Which complaints of a set of readings are being worked on; found out again when a ledger or the day changes."""

    _readings: tuple[WorkbookReading, ...] = ()
    _today: date | None = None
    _current: frozenset[str] = frozenset()

    def current(self, readings: tuple[WorkbookReading, ...], today: date) -> frozenset[str]:
        """The numbers in the rows of current complaints."""
        same = len(readings) == len(self._readings) and all(
            one.sheets is other.sheets for one, other in zip(readings, self._readings, strict=True)
        )
        if not same or today != self._today:
            rows = (row.record for reading in readings for row in reading.complaints)
            self._current = frozenset(row.number for row in rows if row.number and is_current(row, today))
            self._readings, self._today = readings, today
        return self._current


def observe(site: Site, now: datetime, *, asked: str = "", sights: Sights | None = None) -> Snapshot:
    """Read all ledgers, the folders on the share, that of the number ``asked`` for among them, and the documents that
    people changed; never writes.

    What lies in the folders of closed complaints is left alone: it would be thousands of look-ups a pass.
    """
    readings, unreadable = [], {}
    for setting in site.settings.ledgers:
        reading, reason = _read(site, setting, now)
        if reading is not None:
            readings.append(reading)
        if reason:
            unreadable[setting.file] = reason
    folders, memory = site.share.folders(), site.journal.memory()
    active = (sights or Sights()).current(tuple(readings), now.date()) | memory.cases.numbers_not_in_file() | {asked}
    named = (folders[name] for number in active if (name := safe_name(number)) in folders)
    files = {folder: seen for folder in named if (seen := site.share.files(folder)) is not None}
    documents = site.documents_seen.read(memory.effects, site.share, site.documents, site.journal, active)
    return Snapshot(tuple(readings), unreadable, folders, files, documents=documents)


def with_arrivals(site: Site, snapshot: Snapshot, memory: Memory, now: datetime) -> Snapshot:
    """The snapshot with the mails that came and the files that were dropped; asks the mail system, changes nothing."""
    return replace(snapshot, arrivals=arrivals_at(site, snapshot.readings, memory, now))


def plan_pass(
    site: Site, snapshot: Snapshot, memory: Memory, now: datetime, *, asked: str = "", month: str = "",
    planner: Planner | None = None,
) -> Plan:
    """The plan of a pass, without performing it (a dry run); with advice on the number ``asked`` for.

    ``month`` is one whose archive a person asks for; a ``planner`` takes over what it can from its earlier plans.
    """
    planner = planner or Planner()
    return planner.plan(snapshot, memory, site.settings, site.documents, site.calendar, now, asked, month)


def overtaken(planned: Plan, snapshot: Snapshot, memory: Memory) -> frozenset[EffectKey]:
    """Mails that were meant once, were not sent, and that no rule wants any longer: a reminder whose hour has passed,
    say. They leave if a rule wants them again. None while a ledger cannot be read, which might want them."""
    if snapshot.unreadable:
        return frozenset()
    unsent = {record.key for record in memory.effects.to_look_at()
              if record.key.kind.startswith("mail.") and record.state is EffectState.INTENDED}
    return frozenset(unsent - {effect.key for effect in planned.effects}) if unsent else frozenset()


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
    registered = _registered(planned.cases, shared)
    unseen = hidden - registered.keys()
    personal = {setting.file for setting in site.settings.ledgers} - set(shared)
    past = overtaken(planned, snapshot, memory)

    def is_public(record: EffectRecord) -> bool:
        return record.case_id not in unseen and record.key.subject not in personal

    heirs: defaultdict[str, list[str]] = defaultdict(list)
    for registering, going_on in registered.items():
        heirs[going_on].append(registering)

    def records_of(case_id: str) -> list[EffectRecord]:
        """The effects of a case and of the personal row it was registered from, in the order of intent."""
        found = [record for one in (case_id, *heirs.get(case_id, ())) for record in memory.effects.of_case(one)]
        return sorted(filter(is_public, found), key=lambda record: record.intended)

    state = BoardState(
        site.settings.site,
        [reading for reading in snapshot.readings if reading.ledger in shared],
        snapshot.unreadable,
        records_of,
        [record for record in memory.effects.to_look_at() if is_public(record) and record.key not in past],
        filter(is_public, memory.effects.newest_done()),
        tuple(known.number for known in planned.vanished if known.ledger in shared),
        rehearsal, deferred, site.calendar.warning(now.date()) or "", memory.unreadable_since,
        tuple(planned.alerts),
        template_faults=site.documents.faults(),
    )
    return board_view(matters, state, now)


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


@dataclass
class Publisher:
    """Draws the board when what it shows may have changed, and puts it in place when another stands there."""

    _shown: tuple[object, ...] = ()
    _page: bytes = b""
    _stamp: tuple[int, int] | None = None

    def publish(self, site: Site, shown: tuple[object, ...], view: Callable[[], BoardView]) -> tuple[bool, str]:
        """Whether the page was written, or why not; ``shown`` is all that ``view`` is made from."""
        try:
            if not self._page or shown != self._shown:
                self._page = site.documents.render_board(view())
                self._shown, self._stamp = shown, None
            if self._stamp is not None and site.share.stamp(site.settings.board) == self._stamp:
                return False, ""
            written = site.share.write_board(site.settings.board, self._page)
            self._stamp = site.share.stamp(site.settings.board)
        except (KesuError, OSError) as error:
            # the board is the last step and is made again by the next pass
            log.warning("board not written: %s", type(error).__name__)
            return False, plain_sentence(error) if isinstance(error, OSError) else str(error)
        return written, ""


class Passes:
    """Pass after pass over one site: what an earlier one saw and worked out is taken over while it holds.

    ``step`` is called at every commit point, so that tests can stop the process there.
    """

    def __init__(
        self, site: Site, *, rehearsal: bool, step: Callable[[str], None] = lambda _name: None,
        planner: Planner | None = None,
    ) -> None:
        self._site, self._rehearsal, self._step = site, rehearsal, step
        self._sights, self._planner, self._publisher = Sights(), planner or Planner(), Publisher()

    def tick(self, now: datetime, *, month: str = "") -> PassReport:
        """Make the share true as of ``now`` (aware, in the plant's zone).

        Idempotent: with the same ledgers, mailbox and time a second pass performs nothing and writes no byte.
        ``month`` is one whose archive a person asks for.
        """
        site, journal = self._site, self._site.journal
        with journal.pass_lock():
            seen = observe(site, now, sights=self._sights)
            journal.note_unreadable(seen.unreadable, now)
            memory = journal.memory()
            snapshot = with_arrivals(site, seen, memory, now)
            planned = plan_pass(site, snapshot, memory, now, month=month, planner=self._planner)
            journal.record_cases(_as_seen(planned), planned.numbers, now)
            journal.record_trails(planned.trails, now)
            journal.record_mails(planned.taken, planned.ignored, now)
            self._step("recorded")
            performer = Performer(site, now, self._step)
            performed = performer.perform_all(planned.effects)
            performer.settle_left_over(planned.effects)
            journal.complete_pass(now, [reading.ledger for reading in snapshot.readings if not reading.stale_because])
            self._step("completed")
            written, error = self._publish(planned, snapshot, performed, now)
            _leave_progress(site)
        return PassReport(planned, snapshot, tuple(performed), written, error)

    def _publish(
        self, planned: Plan, snapshot: Snapshot, performed: Sequence[Performed], now: datetime
    ) -> tuple[bool, str]:
        site, memory = self._site, self._site.journal.memory()
        waiting = _deferred(performed, memory, now.tzinfo)
        # a plan and a memory that did not change are the very same objects
        shown = (id(planned), id(memory), planned, memory, waiting, now.date(), now.tzinfo, site.documents.faults())
        return self._publisher.publish(
            site, shown, lambda: view_of(planned, snapshot, memory, site, now, waiting, rehearsal=self._rehearsal)
        )


def tick(
    site: Site, now: datetime, *, rehearsal: bool, step: Callable[[str], None] = lambda _name: None, month: str = ""
) -> PassReport:
    """A single pass, see ``Passes``."""
    return Passes(site, rehearsal=rehearsal, step=step).tick(now, month=month)
