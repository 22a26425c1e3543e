"""Where the commands read the clock, or take ``--now`` instead."""

from __future__ import annotations

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from schemas.errors import KesuError


class NowUnreadable(KesuError):
    """``--now`` is no ISO time with a zone."""

    def __init__(self, text: str) -> None:
        super().__init__(f"--now 的写法“{text}”无法识别。请写成带时区的时刻，例如 2026-11-26T09:00+08:00。")


class NowOnRealJournal(KesuError):
    """``--now`` would make a real journal live in another time."""

    def __init__(self) -> None:
        super().__init__("这是正式日志，只按真实时间运行。--now 只能与 --dry-run 一起使用。")


DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


def moment(text: str | None, zone: tzinfo = DEFAULT_ZONE) -> datetime:
    """The time a command works with, aware, in ``zone``; raises ``NowUnreadable``."""
    if text is None:
        return datetime.now(zone).replace(microsecond=0)  # noqa: TID251 - the one reading of the clock for commands
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise NowUnreadable(text) from error
    if given.tzinfo is None:
        raise NowUnreadable(text)
    return given.astimezone(zone)
