"""What has to happen with files dropped into 待归属: call sheets become rows, what names a complaint goes to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.rules.history import History
from pipeline.rules.intake_proposal import acquaintance_of, engineer_for, sheet_row
from pipeline.rules.intake_thread import Threads
from schemas.case import Case, Directory
from schemas.effects import Effect, EffectState, digest_of
from schemas.incoming import CallSheet, DroppedFile
from schemas.intake import Correspondent, Found, IgnoredMail, KnownMail, ProposedRow, Verdict
from schemas.payloads import FileDropped, MarkRound
from schemas.settings import Settings
from schemas.workbook import WorkbookReading

DROPPED = "intake.dropped"
_JUDGED_BY = "call sheets 1"  # another one makes every file in 待归属 be opened again
_NOT_TYPED = "接诉时间为放入待归属的时间，请核对"
#: What two fillings of one sheet have in common, when its owner goes on filling it in after it was read.
_SAME_MATTER = ("customer", "part_number", "product")
_SHOWN = 10


@dataclass(slots=True)
class DroppedPlan:
    """``taken`` to be remembered before anything is done, ``ignored`` not to be opened again, and the rest."""

    effects: list[Effect] = field(default_factory=list)
    taken: list[KnownMail] = field(default_factory=list)
    ignored: list[IgnoredMail] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Tray:
    """What every step of one planning needs; ``numbers`` gives the complaints that a known mail belongs to."""

    by_number: Mapping[str, Case]
    numbers: Mapping[str, tuple[str, ...]]
    sheets: dict[str, KnownMail]
    history: History
    plan: DroppedPlan = field(default_factory=DroppedPlan)


def wanted_dropped(
    dropped: Sequence[DroppedFile] | None, cases: Sequence[Case], mails: Mapping[str, KnownMail],
    numbers: Mapping[str, tuple[str, ...]], history: History, readings: Sequence[WorkbookReading], settings: Settings,
    directory: Directory, now: datetime,
) -> DroppedPlan:
    """What to do with each file; None when 待归属 cannot be seen. ``numbers`` gives the complaints of each known mail,
    by its digest. Pure."""
    if dropped is None:
        return DroppedPlan()
    by_number = {case.number: case for case in cases if case.number and case.folder}
    sheets = {digest: mail for digest, mail in mails.items() if mail.verdict is Verdict.SHEET}
    tray = _Tray(by_number, numbers, sheets, history)
    threads = Threads(by_number, {}, (), ())
    left = []
    for file in dropped:
        number = threads.number_in(file.name)
        if number:
            _to_its_case(tray, file, number, "")
            continue
        sheet = _sheet_of(tray, file, readings, settings, directory, now)
        if sheet is None:
            left.append(file.name)
        else:
            _sheet_to_its_case(tray, file, sheet)
    if left:
        shown = "、".join(left[:_SHOWN]) + (f" 等 {len(left)} 个文件" if len(left) > _SHOWN else "")
        tray.plan.alerts.append(f"待归属中还没有归入客诉的文件：{shown}（文件名中写上客诉编号即自动归入）")
    tray.plan.effects.extend(_moved_before(tray, dropped))
    return tray.plan


def _occasion(file: DroppedFile) -> str:
    return digest_of(file.place)


def _to_its_case(tray: _Tray, file: DroppedFile, number: str, what: str) -> None:
    case = tray.by_number[number]
    key = tray.history.once(DROPPED, number, _occasion(file))
    if key is None:
        tray.plan.alerts.append(f"待归属 {file.name} 已归入过 {number}，这一份可以删除")
        return
    payload = FileDropped(case.case_id, file.name, f"{case.folder}/附件")
    tray.plan.effects.append(Effect(key, f"待归属 {file.name} 归入 {number}{what}", "", payload, case.case_id))


def _sheet_of(
    tray: _Tray, file: DroppedFile, readings: Sequence[WorkbookReading], settings: Settings, directory: Directory,
    now: datetime,
) -> KnownMail | None:
    """The sheet that a file is, taken in now or before; None for any other file."""
    known = next((mail for mail in tray.sheets.values() if mail.mail_id == file.place), None)
    if known is not None:
        return known
    if file.sheet is None:
        if file.opened:
            tray.plan.ignored.append(IgnoredMail(file.place, _JUDGED_BY, file.name, "不是填好的客诉信息收集表"))
        return None
    digest = digest_of(["客诉信息收集表", dict(file.sheet.answers)])
    earlier = tray.sheets.get(digest) or _earlier_filling(tray, file, file.sheet)
    if earlier is not None:
        return earlier
    known = KnownMail(
        digest, file.place, "", "", now, now, Verdict.SHEET, "待归属中的客诉信息收集表", file.name,
        rows=(_row_of(file.sheet, digest, readings, settings, directory, now),),
    )
    tray.sheets[digest] = known
    tray.plan.taken.append(known)
    return known


def _earlier_filling(tray: _Tray, file: DroppedFile, sheet: CallSheet) -> KnownMail | None:
    """The same file read before and filled in further since: one complaint. People compare, nothing is typed twice."""
    for known in tray.sheets.values():
        if known.subject != file.name or _is_filed(tray, known):
            continue
        pairs = [(known.rows[0].get(name), sheet.answers.get(name)) for name in _SAME_MATTER]
        if any(before and before == present for before, present in pairs) and not any(
            before and present and before != present for before, present in pairs
        ):
            tray.plan.alerts.append(f"待归属 {file.name} 登记以后又改过：请核对台账中由它登记的一行")
            return known
    return None


def _is_filed(tray: _Tray, known: KnownMail) -> bool:
    return any(
        tray.history.is_settled(DROPPED, number, digest_of(known.mail_id))
        for number in tray.numbers.get(known.digest, ())
    )


def _row_of(
    sheet: CallSheet, digest: str, readings: Sequence[WorkbookReading], settings: Settings, directory: Directory,
    now: datetime,
) -> Mapping[str, str]:
    answers = sheet.answers.items()
    said = ProposedRow(tuple(Found(name, text, text, "信息收集表", certain=True) for name, text in answers))
    known = acquaintance_of(readings, settings.intake)
    engineer = engineer_for(said, Correspondent(""), known, settings.intake, directory)
    row = dict(sheet_row(sheet, engineer, digest, 0, f"{now:%Y-%m-%d %H:%M}"))
    if "received" not in sheet.answers:
        row["note"] += f"；{_NOT_TYPED}"
    return row


def _sheet_to_its_case(tray: _Tray, file: DroppedFile, sheet: KnownMail) -> None:
    """The file goes to the complaint that its row became; until that has a folder it stays where it is."""
    again = "" if sheet.mail_id == file.place else "（已登记过的信息收集表，不再登记）"
    number = next((number for number in tray.numbers.get(sheet.digest, ()) if number in tray.by_number), "")
    if number:
        _to_its_case(tray, file, number, again)
    elif again:
        tray.plan.alerts.append(f"待归属 {file.name} 是已登记过的信息收集表，不再登记，编号后一并归入")


def _moved_before(tray: _Tray, dropped: Sequence[DroppedFile]) -> Iterator[Effect]:
    """Moves that a crash kept from being committed: their file is gone, so nothing is left to do."""
    present = {_occasion(file) for file in dropped}
    for record in tray.history.of_kind(DROPPED):
        if record.state is EffectState.INTENDED and record.key.occasion not in present:
            yield Effect(record.key, f"{record.title}（文件已不在待归属）", "", MarkRound(), record.case_id)
