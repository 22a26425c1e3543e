"""What an operator sets in config.yaml, validated; every number is a default that a plant or a customer overrides."""

from __future__ import annotations

from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from schemas.causes import AcceptanceSetting, CauseSetting
from schemas.escalation import EscalationSetting
from schemas.follow_up import EffectivenessSetting, PenaltySetting, RecurrenceSetting
from schemas.inquiry import DispatchSetting, InquirySetting
from schemas.intake import IntakeSetting
from schemas.mail_settings import MailSetting
from schemas.meetings import MeetingSetting, TeamSetting
from schemas.retention import RetentionSetting
from schemas.schedule import MonthEndSetting, WeeklySetting
from schemas.section import Section
from schemas.values.text import half_width

CONFIG_VERSION = 1


class LedgerSetting(Section):
    """One ledger workbook on the share; ``file`` is relative to the share."""

    file: str
    kind: Literal["shared", "personal"] = "shared"
    owner: str = ""


class NumberingSetting(Section):
    """How a 客诉编号 is built; {year} {month} {day} come from 接诉时间, {serial} counts within the text before it."""

    pattern: str = "KS-{year}{month}-{serial}"
    digits: int = Field(default=3, ge=2, le=8)

    @field_validator("pattern")
    @classmethod
    def _ends_with_serial(cls, pattern: str) -> str:
        if not pattern.endswith("{serial}") or pattern.count("{") > 4:
            raise ValueError("编号格式必须以 {serial} 结尾，例如 KS-{year}{month}-{serial}")
        try:
            pattern.format(year="2026", month="11", day="01", serial="001")
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError("编号格式中只能用 {year} {month} {day} {serial}，如 KS-{year}{month}-{serial}") from error
        return pattern


class ClockSetting(Section):
    """The clocks of the process; minutes, hours, working days as the names say."""

    containment_minutes: int = 30
    containment_reminder_minutes: int = 20
    d3_hours: int = 24
    d5_workdays: int = 5
    d5_workdays_supplier: int = 10
    d8_workdays: int = 10
    due_soon_days: int = 7
    callback_days: int = 7


class LevelSetting(Section):
    """Thresholds of 严重 and 紧急 (process step 5)."""

    serious_rate: float = 0.01
    serious_pieces: int = 5
    stock_days: float = 1.0


class RegistrationSetting(Section):
    """Whether a personal row that belongs on the shared ledger is copied there, or its engineer is only asked to."""

    append: bool = True


class CustomerSetting(Section):
    """What one customer demands: any rule section, and in it only the keys named here; the plant's rest goes on.

    Penalties, people, mail and calendar are the plant's own affairs, so no customer overrides them.
    """

    clocks: ClockSetting | None = None
    level: LevelSetting | None = None
    inquiry: InquirySetting | None = None
    dispatch: DispatchSetting | None = None
    team: TeamSetting | None = None
    meetings: MeetingSetting | None = None
    escalation: EscalationSetting | None = None
    causes: CauseSetting | None = None
    acceptance: AcceptanceSetting | None = None
    effectiveness: EffectivenessSetting | None = None
    recurrence: RecurrenceSetting | None = None


def _same_customer(name: str) -> str:
    """How a customer is typed makes no difference: full-width or half-width, upper or lower case."""
    return half_width(name).casefold()


class CalendarSetting(Section):
    """The plant's own calendar on top of the national one; ``file`` is a CSV beside config.yaml (日期,类型,说明)."""

    extra_workdays: tuple[date, ...] = ()
    extra_holidays: tuple[date, ...] = ()
    saturdays_work: bool = False
    file: str = ""


class Settings(Section):
    """The whole of config.yaml; paths are relative to the file's folder."""

    version: int
    site: str = Field(min_length=1, max_length=40)
    company: str = ""
    timezone: str = "Asia/Shanghai"
    share: str = "share"
    share_link: str = ""  # the share as colleagues' machines name it, for links in mails
    journal: str = "state/journal.db"
    templates: str = ""
    cases_folder: str = "客诉资料"
    board: str = "客诉看板.html"
    reminders_folder: str = "日历提醒"
    ledgers: tuple[LedgerSetting, ...] = Field(min_length=1)
    aliases: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    settling_minutes: int = Field(default=10, ge=0)
    poll_seconds: float = Field(default=5.0, gt=0)
    quiet_seconds: float = Field(default=2.0, ge=0)
    alarm_minutes: float = Field(default=15.0, gt=0)
    backup_days: int = Field(default=14, ge=1)
    numbering: NumberingSetting = NumberingSetting()
    clocks: ClockSetting = ClockSetting()
    level: LevelSetting = LevelSetting()
    inquiry: InquirySetting = InquirySetting()
    dispatch: DispatchSetting = DispatchSetting()
    team: TeamSetting = TeamSetting()
    meetings: MeetingSetting = MeetingSetting()
    escalation: EscalationSetting = EscalationSetting()
    causes: CauseSetting = CauseSetting()
    acceptance: AcceptanceSetting = AcceptanceSetting()
    effectiveness: EffectivenessSetting = EffectivenessSetting()
    recurrence: RecurrenceSetting = RecurrenceSetting()
    registration: RegistrationSetting = RegistrationSetting()
    penalty: PenaltySetting = PenaltySetting()
    customers: dict[str, CustomerSetting] = Field(default_factory=dict)
    calendar: CalendarSetting = CalendarSetting()
    weekly: WeeklySetting = WeeklySetting()
    month_end: MonthEndSetting = MonthEndSetting()
    mail: MailSetting = MailSetting()
    intake: IntakeSetting = IntakeSetting()
    retention: RetentionSetting = RetentionSetting()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"不认识的时区 {name}，请写成 Asia/Shanghai 这样的名称") from error
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The plant's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def shared_ledgers(self) -> frozenset[str]:
        """The files of the ledgers that everybody may see; the others are personal."""
        return frozenset(setting.file for setting in self.ledgers if setting.kind == "shared")

    def for_customer(self, customer: str | None) -> Settings:
        """The settings that hold for a customer: a customer's own requirement wins over the plant's, key by key.

        The rest, ``customers`` included, stays, so asking the answer again gives the same. Lists are replaced whole.
        """
        wanted = _same_customer(customer or "")
        own = next((setting for name, setting in self.customers.items() if _same_customer(name) == wanted), None)
        if own is None:
            return self
        sections: dict[str, Section] = {}
        for name in own.model_fields_set:
            demanded: Section | None = getattr(own, name)
            if demanded is not None:
                named = {key: getattr(demanded, key) for key in demanded.model_fields_set}
                sections[name] = getattr(self, name).model_copy(update=named)
        return self.model_copy(update=sections)

    def clocks_for(self, customer: str | None) -> ClockSetting:
        """The clocks that hold for a customer."""
        return self.for_customer(customer).clocks
