"""When a matter goes up the chain of superiors (process step 5), as a plant sets it."""

from __future__ import annotations

from pydantic import Field, field_validator

from schemas.decisions import ClockName
from schemas.section import Section
from schemas.values import Level


class EscalationSetting(Section):
    """From which level and for which clocks; ``second_workdays`` after the first mail the next superior is told.

    Senior management (高层) is told from ``senior_from`` on only: the process names it for serious matters.
    """

    level_from: Level = Level.SERIOUS
    senior_from: Level = Level.SERIOUS
    clocks: tuple[str, ...] = (ClockName.D3.value, ClockName.D5.value, ClockName.D8.value, ClockName.CLOSURE.value)
    second_workdays: int = Field(default=3, ge=1)

    @field_validator("clocks")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        known = [clock.value for clock in ClockName if clock is not ClockName.CONTAINMENT]
        unknown = [name for name in names if name not in known]
        if unknown:
            raise ValueError(f"不认识的时限 {'、'.join(unknown)}，可写：{'、'.join(known)}（紧急措施另有提醒和升级）")
        return names
