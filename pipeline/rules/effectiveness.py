"""Whether the measures proved effective: days and lots after the break point, call-backs (DOMAIN "effectiveness")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from pipeline.rules.action_facts import action_key, is_done
from pipeline.rules.state import is_open
from schemas.case import Case
from schemas.follow_up import EffectivenessSetting, Evidence, Restart
from schemas.rows import Action, CallBack, SheetKind
from schemas.values import Review
from schemas.workbook import Row


def valid_break_point(case: Case, restart: Restart | None, today: date) -> date | None:
    """断点日期 when it has come and, after a restart, is later than the restart; else None."""
    day = case.complaint.break_point_day
    before_restart = restart is not None and restart.since is not None and day is not None and day <= restart.since
    return None if day is None or day > today or before_restart else day


def _break_point(
    case: Case, restart: Restart | None, setting: EffectivenessSetting, today: date
) -> Iterator[str]:
    day = case.complaint.break_point_day
    if day is None:
        yield "断点日期未填：请填写新措施下第一批产品的日期，有效性从这天算起"
    elif day > today:
        yield f"断点日期{day}还没到：到期后再看{setting.days}天"
    elif valid_break_point(case, restart, today) is None and restart is not None:
        yield f"断点日期{day}是重新启动（{restart.since}）之前的：请改为新措施的断点日期"
    elif today < (earliest := day + timedelta(days=setting.days)):
        yield f"断点{day}后须满{setting.days}天不复发：最早{earliest}可关闭"


def recurrence_faults(case: Case, evidence: Evidence, since: date | None) -> Iterator[str]:
    """Recurrences on or after ``since`` (None: all of them), from call-backs and from later complaints."""
    for row in case.rows.callbacks:
        entry = row.record
        if entry.recurred and (since is None or entry.day is None or entry.day >= since):
            when = str(entry.day) if entry.day else "（未填日期）"
            yield f"跟踪回访{when}记为复发：请检讨原因，措施改进后填写新的断点日期"
    for number, day in sorted(evidence.recurred.items()):
        if since is None or day >= since:
            yield f"{number}（接诉{day}）为本案复发：请检讨原因，措施改进后填写新的断点日期"


def _proven_lots(rows: Sequence[Row[Action]], today: date) -> frozenset[str]:
    return frozenset(
        lot
        for row in rows
        if is_done(row.record, today) and row.record.review is Review.PASSED
        for lot in (row.record.verified_lot_1, row.record.verified_lot_2, row.record.verified_lot_3)
        if lot
    )


def _lots(case: Case, restart: Restart | None, setting: EffectivenessSetting, today: date) -> Iterator[str]:
    old = frozenset(restart.old) if restart else frozenset()
    lots = _proven_lots([row for row in case.rows.actions if action_key(row) not in old], today)
    defective = case.complaint.lot
    if defective in lots:
        yield f"验证批次{defective}就是不良批次：请改为断点后交付的批次"
    proven = sorted(lots - {defective})
    if len(proven) < setting.lots:
        shown = f"（{'、'.join(proven)}）" if proven else ""
        yield (
            f"断点后交付的验证批次须{setting.lots}批，现为{len(proven)}批{shown}："
            "请在已完成且审核通过的措施上填写验证批次1–3"
        )


def _promised(entries: Sequence[CallBack], until: date) -> Iterator[str]:
    last = max(entries, key=lambda entry: entry.day or date.min, default=None)
    if last is not None and last.next_day is not None and last.next_day <= until and last.next_day != last.day:
        yield f"约定{last.next_day}再回访，还没有记录：请回访后补填"


def _callbacks(case: Case, since: date | None, today: date) -> Iterator[str]:
    entries = [row.record for row in case.rows.callbacks if row.record.day is not None and row.record.day <= today]
    after = [entry for entry in entries if since is None or (entry.day is not None and entry.day >= since)]
    answered = [entry for entry in after if entry.recurred is not None]
    if not after:
        yield "断点后没有回访记录：请向客户或驻线回访并填写是否复发"
    elif not answered:
        yield f"跟踪回访{after[-1].day}没有填写是否复发"
    closed = None if is_open(case.complaint) else case.complaint.closed
    yield from _promised(entries, min(closed or today, today))  # what was promised for later does not undo a closing


def effectiveness_faults(
    case: Case, evidence: Evidence, restart: Restart | None, setting: EffectivenessSetting, today: date
) -> Iterator[str]:
    """What is still missing for "effective"; only what the ledger has columns for."""
    since = valid_break_point(case, restart, today)
    if evidence.keeps(SheetKind.COMPLAINTS, "break_point_day"):
        yield from _break_point(case, restart, setting, today)
    yield from recurrence_faults(case, evidence, since)
    if evidence.keeps(SheetKind.ACTIONS, "verified_lot_1", "verified_lot_2", "verified_lot_3"):
        yield from _lots(case, restart, setting, today)
    if evidence.keeps(SheetKind.CALLBACKS, "day"):
        yield from _callbacks(case, since, today)


def effectiveness_unchecked(evidence: Evidence) -> Iterator[str]:
    """What cannot be told for want of a column, to be looked at by people."""
    if not evidence.keeps(SheetKind.COMPLAINTS, "break_point_day"):
        yield "台账没有断点日期一栏，断点后的天数请人工核对"
    if not evidence.keeps(SheetKind.ACTIONS, "verified_lot_1", "verified_lot_2", "verified_lot_3"):
        yield "台账没有验证批次1–3，断点后交付的批次请人工核对"
    if not evidence.keeps(SheetKind.CALLBACKS, "day"):
        yield "台账没有跟踪回访表，客户使用情况请人工核对"
