"""The time of a pass, which notes until when whatever was decided by it holds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

_LAST = datetime.max.replace(tzinfo=UTC)
_DAY = timedelta(days=1)
#: What a time tells of its day; it stays the same until midnight.
_OF_THE_DAY = frozenset({"date", "weekday", "isoweekday", "isocalendar", "toordinal", "year", "month", "day"})
#: What does not depend on the moment, beside what the class needs itself.
_OF_NO_MOMENT = frozenset({"tzinfo", "resolution", "min", "max", "__class__", "__dict__", "plain", "validity", "_here"})


class Validity:
    """Until when (aware) results hold; ``PassTime`` brings the end forward."""

    def __init__(self) -> None:
        self.until = _LAST

    def ends(self, instant: datetime) -> None:
        """They hold before ``instant`` (aware) at most."""
        self.until = min(self.until, instant)


class PassTime(datetime):
    """An aware time that equals the pass's and watches how it is used.

    A rule that compares it with an instant ahead decides the same until then; a rule that asks for its day decides the
    same until midnight in its zone. Whoever uses it otherwise (prints it, subtracts it, asks for its hour) gets what
    a plain time gives and has decided for this very instant only. So every rule says by what it does until when its
    decision holds, and none has to work out when it is due next: a rule nobody thought of costs speed, never truth.

    A result that holds the time itself cannot be seen from here. In a plan that is only what the journal is about to
    record (first seen, changed, vanished, taken); a record makes a new plan.
    """

    plain: datetime
    validity: Validity

    @classmethod
    def watched(cls, moment: datetime, validity: Validity) -> PassTime:
        """The time that equals ``moment`` (aware) and brings ``validity`` forward when it is used."""
        made = cls(
            moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond,
            moment.tzinfo, fold=moment.fold,
        )
        made.plain, made.validity = moment, validity
        return made

    def __getattribute__(self, name: str) -> Any:
        if name in _OF_NO_MOMENT:
            return object.__getattribute__(self, name)
        plain: datetime = object.__getattribute__(self, "plain")
        if name in _OF_THE_DAY:
            self.validity.ends(datetime.combine(plain.date() + _DAY, time(), plain.tzinfo))
        else:
            self.validity.ends(plain + datetime.resolution)
        return getattr(plain, name)

    def _here(self, other: object = None) -> datetime:
        """The plain time for a comparison with ``other``, whose answer changes at ``other`` or right after it."""
        plain = self.plain
        instant = plain_time(other) if isinstance(other, datetime) else plain
        if instant >= plain:
            self.validity.ends(max(instant, plain + datetime.resolution))
        return plain

    # what is compared with a date, a datetime's base, raises as it does between plain ones

    def __lt__(self, other: date, /) -> bool:
        return self._here(other) < plain_time(other)

    def __le__(self, other: date, /) -> bool:
        return self._here(other) <= plain_time(other)

    def __gt__(self, other: date, /) -> bool:
        return self._here(other) > plain_time(other)

    def __ge__(self, other: date, /) -> bool:
        return self._here(other) >= plain_time(other)

    def __eq__(self, other: object, /) -> bool:
        return self._here() == (other.plain if isinstance(other, PassTime) else other)

    def __ne__(self, other: object, /) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._here())

    def __add__(self, other: timedelta, /) -> datetime:  # type: ignore[override]  # what is added to is watched no more
        return self._here() + other

    def __radd__(self, other: timedelta, /) -> datetime:  # type: ignore[override]  # likewise
        return self._here() + other

    def __sub__(self, other: Any, /) -> Any:
        return self._here() - (other.plain if isinstance(other, PassTime) else other)

    def __rsub__(self, other: datetime, /) -> timedelta:
        return other - self._here()

    def __format__(self, form: str, /) -> str:
        return format(self._here(), form)

    def __str__(self) -> str:
        return str(self._here())

    def __repr__(self) -> str:
        return repr(self._here())


def plain_time(moment: date) -> datetime:
    """The time without the watching, for what outlives the planning; raises ``TypeError`` for a day."""
    if not isinstance(moment, datetime):
        raise TypeError(type(moment).__name__)
    return moment.plain if isinstance(moment, PassTime) else moment
