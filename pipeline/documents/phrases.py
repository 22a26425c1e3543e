"""How values read in documents: dates with weekday, quantities with unit, rates in per cent; nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum

from schemas.case import Case
from schemas.rows import Action
from schemas.values import Moment, Review

_WEEKDAYS = "一二三四五六日"


def text(value: object) -> str:
    """A value as text, "" when it is missing."""
    if value is None:
        return ""
    return str(value.value) if isinstance(value, Enum) else str(value)


def day(value: date | None) -> str:
    """2026-11-27."""
    return value.isoformat() if value else ""


def moment(value: Moment | None) -> str:
    """2026-11-27 14:00, or the day alone where no time is known."""
    return str(value) if value else ""


def appointment(value: Moment | None) -> str:
    """2026-11-27(周五)14:00."""
    if value is None:
        return ""
    clock = f"{value.clock:%H:%M}" if value.clock else ""
    return f"{value.day.isoformat()}(周{_WEEKDAYS[value.day.weekday()]}){clock}"


def pieces(value: int | None, unit: str = "件") -> str:
    """A quantity with its unit; 0 is a quantity too."""
    return "" if value is None else f"{value}{unit}"


def percent(rate: float | None) -> str:
    """A rate (0..1) in per cent with three significant digits; below 0.01 % in PPM."""
    if rate is None:
        return ""
    return f"{rate * 1_000_000:.3g} PPM" if 0 < rate < 0.0001 else f"{rate * 100:.3g}%"


def yes_no(value: bool | None) -> str:
    """是, 否 or nothing."""
    return "" if value is None else "是" if value else "否"


def listed(parts: Iterable[tuple[str, str]], separator: str = "；") -> str:
    """``label：value`` for every value that is there."""
    return separator.join(f"{label}：{value}" if label else value for label, value in parts if value)


def rate_of(case: Case) -> float | None:
    """不良率 as typed, else worked out from 不良数量 and 批量数."""
    complaint = case.complaint
    if complaint.rate is not None:
        return complaint.rate
    if complaint.defects is not None and complaint.lot_size:
        return complaint.defects / complaint.lot_size
    return None


def how_many(case: Case) -> str:
    """不良 12件，批量 2000件，不良率 0.6%: what is known of it."""
    complaint = case.complaint
    known = (
        ("不良", pieces(complaint.defects)), ("批量", pieces(complaint.lot_size)), ("不良率", percent(rate_of(case))),
    )
    return "，".join(f"{label} {value}" for label, value in known if value)


def valid_actions(case: Case) -> list[Action]:
    """The measures that were not rejected (驳回) by the engineer, in sheet order."""
    return [row.record for row in case.rows.actions if row.record.review is not Review.REJECTED]


def passed_actions(case: Case) -> list[Action]:
    """The measures that may go to a customer (process step 9): those that passed the engineer's review.

    A plant that keeps no 审核结论 at all reviews otherwise: there every measure counts.
    """
    kept = case.rows.reviewed or any(row.record.review is not None for row in case.rows.actions)
    return [row.record for row in case.rows.actions if row.record.review is Review.PASSED or not kept]


def or_blank(rows: list[dict[str, object]], keys: Iterable[str]) -> list[dict[str, object]]:
    """The rows, or one empty row to be filled in, so that no table of a form is without lines."""
    return rows or [dict.fromkeys(keys, "")]
