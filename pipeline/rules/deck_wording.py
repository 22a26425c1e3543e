"""How the deck writes days, moments, quantities and names: short in tables, in full where there is room."""

from __future__ import annotations

from datetime import date

from schemas.deck import Figure, TableCell, Tone
from schemas.rows import Complaint
from schemas.values import Level, Moment

LEVEL_TONES = {Level.NORMAL: Tone.PLAIN, Level.SERIOUS: Tone.WARN, Level.URGENT: Tone.BAD}
NOTHING = "—"
_WEEKDAYS = "一二三四五六日"


def short_day(day: date | None, today: date) -> str:
    """``11-26``, with the year where it is not this one; — for none."""
    if day is None:
        return NOTHING
    return f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}"


def short_moment(moment: Moment | None, today: date) -> str:
    """``11-26 09:20``, or the day alone where no time was typed."""
    if moment is None:
        return NOTHING
    return short_day(moment.day, today) + (f" {moment.clock:%H:%M}" if moment.clock else "")


def full_day(day: date) -> str:
    """``2026年11月26日（周四）``."""
    return f"{day.year}年{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def month_day(day: date) -> str:
    """``11月26日``."""
    return f"{day.month}月{day.day}日"


def week_name(period: str) -> str:
    """``2026-W48`` as ``2026年第48周``."""
    year, _, week = period.partition("-W")
    return f"{year}年第{int(week)}周"


def number(value: float | None) -> str:
    """With thousands separators; — for none."""
    return NOTHING if value is None else f"{value:,.0f}"


def percent(rate: float) -> str:
    """``0.6%``; as PPM below a tenth of a per mille, where per cent would say nothing."""
    return f"{rate * 1_000_000:,.0f} PPM" if 0 < rate < 0.0001 else f"{rate * 100:.2f}".rstrip("0").rstrip(".") + "%"


def customer_of(complaint: Complaint) -> str:
    """The customer, or that nobody filled it in."""
    return complaint.customer or "客户未填"


def product_of(complaint: Complaint) -> str:
    """The product, else the part number."""
    return complaint.product or complaint.part_number or "产品未填"


def quantities(complaint: Complaint) -> str:
    """``不良12件／批量2,000（0.6%）``, with what is known; the rate alone by name."""
    words = [f"不良 {number(complaint.defects)} 件"] if complaint.defects is not None else []
    if complaint.lot_size is not None:
        words.append(f"批量 {number(complaint.lot_size)}")
    rate = complaint.rate
    if rate is None and complaint.defects is not None and complaint.lot_size:
        rate = complaint.defects / complaint.lot_size
    if rate is None:
        return "／".join(words)
    return f"{'／'.join(words)}（{percent(rate)}）" if words else f"不良率 {percent(rate)}"


def cell(text: str, tone: Tone = Tone.PLAIN, *, bold: bool = False) -> TableCell:
    """A table cell; — where nothing was typed."""
    return TableCell(text or NOTHING, tone, bold)


def level_cell(level: Level) -> TableCell:
    """客诉等级 in its colour."""
    return TableCell(level.value, LEVEL_TONES[level], level is not Level.NORMAL)


def figure(label: str, count: int, tone: Tone = Tone.PLAIN) -> Figure:
    """A count; a nought is never alarming."""
    return Figure(label, number(count), tone if count else Tone.PLAIN)
