"""What has to happen with incoming mail: taken in once, rows proposed, files put to their case, doubts reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipeline.rules.history import History
from pipeline.rules.intake_judgement import Judgement, Reception, judge, received_at
from pipeline.rules.intake_letters import Letters
from pipeline.rules.intake_proposal import (
    acquaintance_of,
    engineer_for,
    evidence_of,
    row_values,
    sheet_row,
    typed_row,
)
from pipeline.rules.intake_senders import Senders
from pipeline.rules.intake_thread import Threads
from pipeline.rules.wanted_dropped import wanted_dropped
from schemas.case import Case, Directory
from schemas.effects import Effect, EffectKey, digest_of
from schemas.incoming import DroppedFile, IncomingMail
from schemas.intake import Correspondent, IgnoredMail, KnownMail, Verdict
from schemas.memory import Memory
from schemas.payloads import AppendRow, FileMail, MarkRound, SetAside, TakeMail
from schemas.rows import SheetKind
from schemas.settings import Settings
from schemas.workbook import WorkbookReading

_START = "intake.start"
TAKE, AGAIN, ROW, FILE = "intake.mail", "intake.again", "intake.row", "intake.file"
QUARANTINE = "待归属/无法识读"
_SUBJECT_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What a pass found: mails with their bytes, files in 待归属 (None: it cannot be seen), and why the mailbox could
    not be read."""

    mails: Sequence[tuple[IncomingMail, bytes]] = ()
    dropped: Sequence[DroppedFile] | None = None
    trouble: str = ""
    looked: bool = False


@dataclass(slots=True)
class IntakePlan:
    """``effects`` in order, mails to be remembered without one, and sentences for the board."""

    effects: list[Effect] = field(default_factory=list)
    remember: list[KnownMail] = field(default_factory=list)
    ignored: list[IgnoredMail] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Desk:
    """What every step of one planning needs."""

    settings: Settings
    directory: Directory
    memory: Memory
    history: History
    readings: Sequence[WorkbookReading]
    letters: Letters
    now: datetime
    plan: IntakePlan = field(default_factory=IntakePlan)
    taken: dict[str, KnownMail] = field(default_factory=dict)
    arrived: dict[str, tuple[IncomingMail, bytes]] = field(default_factory=dict)


def wanted_intake(
    arrivals: Arrivals, cases: Sequence[Case], memory: Memory, settings: Settings, directory: Directory,
    history: History, readings: Sequence[WorkbookReading], now: datetime,
) -> IntakePlan:
    """Effects for what arrived and for what was taken in before and is not finished. Pure."""
    desk = _Desk(settings, directory, memory, history, readings, Letters(memory.mails), now)
    if arrivals.looked:
        _start_mark(desk)
    _resume(desk)
    numbers = _numbers_of(desk, cases)
    _judge_all(desk, arrivals, cases)
    _take_dropped(desk, arrivals, cases, numbers)
    for known in [*memory.mails.values(), *desk.taken.values()]:
        desk.plan.effects.extend(_row_effects(desk, known))
    _file_mails(desk, cases, numbers)
    if arrivals.trouble:
        desk.plan.alerts.append(f"邮箱暂时读不到：{arrivals.trouble}")
    desk.plan.alerts.extend(Letters({**memory.mails, **desk.taken}).unreadable(now))
    return desk.plan


def _start_mark(desk: _Desk) -> None:
    key = desk.history.once(_START, "mailbox")
    if key is not None:
        desk.plan.effects.append(Effect(key, "开始登记来信", "", MarkRound()))


def _title(mail: KnownMail) -> str:
    return f"来信 {mail.subject[:_SUBJECT_SHOWN] or '（无主题）'}"


def _resume(desk: _Desk) -> None:
    """Mails that were remembered but not finished: a crash came between."""
    for known in desk.memory.mails.values():
        key = desk.history.once(TAKE, known.digest)
        if known.verdict in {Verdict.ROW, Verdict.REPLY, Verdict.QUARANTINED} and key is not None:
            desk.plan.effects.append(_take(desk, key, known, b""))


def _take(desk: _Desk, key: EffectKey, known: KnownMail, raw: bytes) -> Effect:
    aside = f"{known.sent.astimezone(desk.now.tzinfo):%m%d}-{known.digest[:8]}.eml"
    quarantine = f"{QUARANTINE}/{aside}" if known.verdict is Verdict.QUARANTINED else ""
    title = f"{_title(known)}：{known.reason}"
    return Effect(key, title, "", TakeMail(known, raw, quarantine), group_of(known))


def group_of(known: KnownMail) -> str:
    """The name under which effects of one mail wait for its taking in; no case of the ledger."""
    return f"mail:{known.digest[:16]}"


def _judge_all(desk: _Desk, arrivals: Arrivals, cases: Sequence[Case]) -> None:
    if not arrivals.mails:
        return
    senders = Senders(desk.settings.intake, desk.directory)
    number_of_case = {case.case_id: case.number for case in cases if case.case_id and case.number}
    numbers = {case.number for case in cases if case.number}
    threads = Threads(numbers, number_of_case, desk.memory.effects.values(), desk.memory.mails.values())
    done = set(desk.memory.mails)
    counts = Counter(
        known.sender_digest for known in desk.memory.mails.values()
        if known.taken.astimezone(desk.now.tzinfo).date() == desk.now.date()
    )
    reception = Reception(
        desk.settings.intake, senders, threads, acquaintance_of(desk.readings, desk.settings.intake),
        _own_address(desk.settings), done, desk.now, first=desk.history.latest(_START, "mailbox") is None,
    )
    # in the order of writing: a reply may have come in the same pass as what it answers, or before it
    for mail, raw in sorted(arrivals.mails, key=lambda arrived: received_at(arrived[0], desk.now)):
        sender = digest_of(mail.sender)
        judgement = judge(mail, reception, counts[sender])
        known = _known(desk, mail, judgement, senders.of(mail.sender, mail.sender_name), reception)
        desk.arrived[mail.digest] = mail, raw
        _dispose(desk, known, raw, senders.digest)
        if judgement.verdict in {Verdict.ROW, Verdict.REPLY, Verdict.QUARANTINED}:
            done.add(mail.digest)
            counts[sender] += 1
            threads.learn(known)


def _own_address(settings: Settings) -> str:
    return settings.mail.sender.rpartition("<")[2].rstrip("> ").strip().casefold()


def _known(
    desk: _Desk, mail: IncomingMail, judgement: Judgement, who: Correspondent | None, reception: Reception
) -> KnownMail:
    received = received_at(mail, desk.now)
    known = KnownMail(
        mail.digest, mail.mail_id, mail.message_id, digest_of(mail.sender), desk.now, received, judgement.verdict,
        judgement.reason, mail.subject[:200],
        numbers=(judgement.number,) if judgement.number else (), belongs_to=judgement.belongs_to,
    )
    if judgement.verdict is not Verdict.ROW or who is None:
        return known
    moment = f"{received:%Y-%m-%d %H:%M}"
    if mail.call_sheets:
        first = engineer_for(judgement.rows[0], who, reception.acquaintance, desk.settings.intake, desk.directory)
        sheets = tuple(sheet_row(sheet, first, mail.digest, place, moment)
                       for place, sheet in enumerate(mail.call_sheets))
        return replace(known, rows=sheets, reason=f"客诉信息收集表 {len(sheets)} 份")
    rows = tuple(
        typed_row(
            row, engineer_for(row, who, reception.acquaintance, desk.settings.intake, desk.directory), mail, index
        ) for index, row in enumerate(judgement.rows)
    )
    return replace(known, rows=rows, evidence=tuple(evidence_of(row) for row in judgement.rows))


def _dispose(desk: _Desk, known: KnownMail, raw: bytes, judged_by: str) -> None:
    match known.verdict:
        case Verdict.IGNORED:
            desk.plan.ignored.append(IgnoredMail(known.mail_id, judged_by, known.subject, known.reason))
        case Verdict.HELD:
            desk.plan.alerts.append(f"{_title(known)} 留在收件箱：{known.reason}，明天继续登记")
        case Verdict.DUPLICATE:
            key = desk.history.once(AGAIN, known.digest, digest_of(known.mail_id))
            if key is not None and desk.history.is_settled(TAKE, known.digest):
                desk.plan.effects.append(Effect(key, f"{_title(known)}（重复，移开）", "", SetAside(known.mail_id)))
        case _:
            key = desk.history.once(TAKE, known.digest)
            if key is not None:
                desk.taken[known.digest] = known
                desk.plan.effects.append(_take(desk, key, known, raw))


def _row_effects(desk: _Desk, known: KnownMail) -> Iterator[Effect]:
    """One row for each complaint of a mail, once; they wait while the ledger is in use."""
    ledger = desk.settings.intake.ledger or desk.settings.ledgers[0].file
    for index, texts in enumerate(known.rows):
        key = desk.history.once(ROW, known.digest, str(index + 1))
        if key is None:
            continue
        values = row_values(texts, known.sent.astimezone(desk.now.tzinfo).date())
        payload = AppendRow("", ledger, SheetKind.COMPLAINTS, values, _identified_by(desk, ledger))
        yield Effect(key, f"{_title(known)} 登入台账（待确认）", digest_of(dict(texts)), payload, group_of(known))


def _identified_by(desk: _Desk, ledger: str) -> tuple[str, ...]:
    """备注 holds the mark of the mail; a ledger without that column is compared by all values."""
    reading = next((reading for reading in desk.readings if reading.ledger == ledger), None)
    sheets = [sheet for sheet in reading.sheets if sheet.kind is SheetKind.COMPLAINTS] if reading else []
    return ("note",) if sheets and all("note" in sheet.columns for sheet in sheets) else ()


def _numbers_of(desk: _Desk, cases: Sequence[Case]) -> dict[str, tuple[str, ...]]:
    """The complaints that each known mail belongs to, by its digest, as far as they have a folder or had one."""
    numbers: dict[str, tuple[str, ...]] = {known.digest: known.numbers for known in desk.memory.mails.values()}
    for case in cases:
        origin = desk.letters.origin(case.complaint) if case.number and case.folder else None
        if origin is not None and case.number not in numbers[origin[0].digest]:
            numbers[origin[0].digest] = (*numbers[origin[0].digest], case.number)
    for known in desk.memory.mails.values():
        if known.belongs_to and not numbers[known.digest]:
            numbers[known.digest] = numbers.get(known.belongs_to, ())[:1]
    return numbers


def _file_mails(desk: _Desk, cases: Sequence[Case], numbers: Mapping[str, tuple[str, ...]]) -> None:
    """Files of a mail go to every complaint it belongs to, as soon as that has its folder: those of a reply at once."""
    by_number = {case.number: case for case in cases if case.number and case.folder}
    for known in desk.memory.mails.values():
        if numbers[known.digest] != known.numbers:
            desk.plan.remember.append(replace(known, numbers=numbers[known.digest]))
    for known in [*desk.memory.mails.values(), *desk.taken.values()]:
        if known.verdict is Verdict.SHEET:
            continue  # its file lies in 待归属, and goes from there
        for number in numbers.get(known.digest, known.numbers):
            case_of = by_number.get(number)
            key = desk.history.once(FILE, number, known.digest)
            if case_of is not None and key is not None:
                mail, raw = desk.arrived.get(known.digest, (None, b""))
                payload = FileMail(case_of.case_id, known.digest, f"{case_of.folder}/附件", mail, raw)
                desk.plan.effects.append(Effect(key, f"{_title(known)} 存入 {number}", "", payload, case_of.case_id))


def _take_dropped(
    desk: _Desk, arrivals: Arrivals, cases: Sequence[Case], numbers: Mapping[str, tuple[str, ...]]
) -> None:
    """Files in 待归属: a call sheet counts like a mail that came, remembered before its row is typed."""
    found = wanted_dropped(arrivals.dropped, cases, desk.memory.mails, numbers, desk.history, desk.readings,
                           desk.settings, desk.directory, desk.now)
    desk.taken.update({known.digest: known for known in found.taken})
    desk.plan.remember.extend(found.taken)
    desk.plan.ignored.extend(found.ignored)
    desk.plan.effects.extend(found.effects)
    desk.plan.alerts.extend(found.alerts)


def left_alone(ignored: Mapping[str, IgnoredMail], senders: Senders) -> frozenset[str]:
    """The mailbox ids that need not be fetched: ignored before, under the settings of today."""
    return frozenset(left.mail_id for left in ignored.values() if left.judged_by == senders.digest)
