"""When a mail may leave and to whom: quiet hours, rate, waiting after failures, whose address counts as inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from schemas.effects import EffectKey, EffectRecord, EffectState
from schemas.mail_settings import MailSetting, SendingSetting
from schemas.values import ascii_domain

#: Kinds that ignore quiet hours and the rate: a line may stop, nobody has acted in time, or nothing is watched.
URGENT = frozenset({"mail.line_stop", "mail.containment", "mail.escalation", "mail.alarm"})
#: Kinds that a robot message may announce: 紧急 only.
ANNOUNCED = frozenset({"mail.line_stop"})


@dataclass(frozen=True, slots=True)
class Addressed:
    """To whom a mail really goes. ``left_out`` gives each address that gets nothing, with the reason; ``meant`` who
    would get it outside test mode, empty when that is off."""

    to: tuple[str, ...]
    cc: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    meant: tuple[str, ...] = ()

    @property
    def nobody(self) -> bool:
        """Whether nobody is left who may get it."""
        return not self.to and not self.cc


def _address(person: str) -> str:
    return person.rpartition("<")[2].rstrip("> ").strip()


def _within(address: str, domains: Iterable[str]) -> bool:
    domain = _plain(address.rpartition("@")[2])
    return any(domain == known or domain.endswith(f".{known}") for known in map(_plain, domains))


def _plain(domain: str) -> str:
    """A domain to compare: lower case, Chinese ones in their ASCII form; nobody's domain stays what it is."""
    try:
        return ascii_domain(domain).lower()
    except ValueError:
        return domain.lower()


def internal_domains(setting: MailSetting) -> tuple[str, ...]:
    """The plant's own domains; where none are named, the sender's."""
    return setting.sending.internal_domains or (_address(setting.sender).rpartition("@")[2],)


def is_outside(person: str, setting: MailSetting) -> bool:
    """Whether an address lies outside the plant's domains and in one of those that the plant allows (suppliers)."""
    address = _address(person)
    return not _within(address, internal_domains(setting)) and _within(address, setting.sending.external_domains)


def addressed(to: Sequence[str], cc: Sequence[str], setting: MailSetting, *, external: bool = False) -> Addressed:
    """To whom a mail may go.

    Mails of ours carry internal material, so an address outside gets none (DOMAIN.md: nothing goes to a customer by
    itself), unless the mail is an ``external`` one and the plant allows the domain. The allow-list narrows the inside
    further; test mode sends everything to one address.
    """
    inside, allowed = internal_domains(setting), setting.sending.allowed_domains
    left_out: dict[str, str] = {}
    for person in (*to, *cc):
        address = _address(person)
        if is_outside(person, setting):
            if not external:
                left_out[person] = "外部单位的邮箱，只发会议邀请，内部材料不发"
        elif not _within(address, inside):
            left_out[person] = "不是本公司的邮箱（mail.sending.internal_domains），内部材料不发"
        elif allowed and not _within(address, allowed):
            left_out[person] = "不在允许的收件域名内（mail.sending.allowed_domains）"
    kept_to = tuple(person for person in to if person not in left_out)
    kept_cc = tuple(person for person in cc if person not in left_out)
    test = setting.sending.redirect_all_to
    if test and (kept_to or kept_cc):
        return Addressed((test,), (), tuple(left_out.items()), (*kept_to, *kept_cc))
    return Addressed(kept_to, kept_cc, tuple(left_out.items()))


def quiet_until(kind: str, now: datetime, setting: SendingSetting, *, urgent: bool = False) -> datetime | None:
    """When the quiet hours end that ``now`` lies in; None outside them, for urgent kinds and mails on 紧急 cases.

    ``now`` is in the plant's zone; equal times mean no quiet hours; they may span midnight.
    """
    start, end = setting.quiet_from, setting.quiet_to
    if urgent or kind in URGENT or start == end:
        return None
    at = now.time().replace(tzinfo=None)
    inside = start <= at < end if start < end else at >= start or at < end
    if not inside:
        return None
    day = now.date() + timedelta(days=1) if start > end and at >= start else now.date()
    return datetime.combine(day, time(end.hour, end.minute), now.tzinfo)


def retry_at(record: EffectRecord, setting: SendingSetting) -> datetime | None:
    """When a mail that was certainly not sent may be tried again; None at once."""
    if not record.attempts or record.finished is None or record.state is not EffectState.INTENDED:
        return None
    steps = setting.retry_minutes
    return record.finished + timedelta(minutes=steps[min(record.attempts, len(steps)) - 1])


def sent_within_the_hour(records: Iterable[EffectRecord], now: datetime) -> int:
    """How many mails left in the hour before ``now``."""
    since = now - timedelta(hours=1)
    return sum(
        record.key.kind.startswith("mail.") and record.state is EffectState.DONE and record.finished is not None
        and record.finished > since
        for record in records
    )


def hold(record: EffectRecord, sent: int, now: datetime, setting: SendingSetting, *, urgent: bool = False) -> str:
    """Why a mail waits now, in words; empty when it may leave. ``sent`` counts the mails of the last hour."""
    quiet = quiet_until(record.key.kind, now, setting, urgent=urgent)
    if quiet is not None:
        return f"静默时段，{quiet:%m-%d %H:%M} 后发出"
    again = retry_at(record, setting)
    if again is not None and now < again:
        when = f"{again.astimezone(now.tzinfo):%H:%M}"
        return f"{record.error or '上次未能发出'}（第 {record.attempts} 次，{when} 后重试）"
    if sent >= setting.per_hour and not urgent and record.key.kind not in URGENT:
        return f"一小时内已发 {sent} 封，达到上限，稍后发出"
    return ""


def holds(effects: Mapping[EffectKey, EffectRecord], now: datetime, setting: SendingSetting) -> Mapping[EffectKey, str]:
    """Why each mail waits that was meant and has not left, for those that wait for a time; see ``hold``."""
    waiting = [
        record for record in effects.values()
        if record.key.kind.startswith("mail.") and record.state is EffectState.INTENDED
    ]
    sent = sent_within_the_hour(effects.values(), now) if waiting else 0
    return {record.key: why for record in waiting if (why := hold(record, sent, now, setting))}
