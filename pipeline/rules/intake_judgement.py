"""What becomes of a mail: a new complaint, a reply to one, not for us, not readable, or held back for today."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.rules.intake_rows import proposed_rows
from pipeline.rules.intake_senders import Senders
from pipeline.rules.intake_thread import Threads, is_answer
from schemas.incoming import IncomingMail
from schemas.intake import Acquaintance, Correspondent, IntakeSetting, ProposedRow, Verdict

_BEFORE_START = timedelta(days=1)
_SAYS_NOTHING = frozenset({"received", "source", "customer", "reporter", "reporter_contact", "reporter_department"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict with its reason in words; ``rows`` for new complaints, the rest for replies (see ``KnownMail``)."""

    verdict: Verdict
    reason: str
    rows: tuple[ProposedRow, ...] = ()
    number: str = ""
    belongs_to: str = ""


@dataclass(frozen=True, slots=True)
class Reception:
    """What a judgement needs to know: settings, senders, threads and earlier rows.

    ``first`` says that the mailbox is read for the first time (older mails are history); ``known`` holds the digests
    of mails that were dealt with.
    """

    setting: IntakeSetting
    senders: Senders
    threads: Threads
    acquaintance: Acquaintance
    own_address: str
    known: Collection[str]
    now: datetime
    first: bool


def received_at(mail: IncomingMail, now: datetime) -> datetime:
    """When a mail counts as received, in the zone of ``now``: its own time unless that lies ahead or far back."""
    if mail.sent is None:
        return now
    sent = mail.sent.astimezone(now.tzinfo)
    return sent if now - timedelta(days=60) <= sent <= now + timedelta(minutes=10) else now


def judge(mail: IncomingMail, reception: Reception, taken_today: int) -> Judgement:
    """The verdict on one mail; rules in the order in which they are asked (FIELD_FACTS "Mail", RFC 3834)."""
    who = reception.senders.of(mail.sender, mail.sender_name)
    ignored = _from_nobody_we_hear(mail, who, reception) or (_about_something_else(mail, who, reception) if who else "")
    if ignored:
        return Judgement(Verdict.IGNORED, ignored)
    if mail.digest in reception.known:
        return Judgement(Verdict.DUPLICATE, "同一封邮件再次到达")
    if taken_today >= reception.setting.per_sender_day:
        return Judgement(Verdict.HELD, f"该发件人今天的来信已达 {reception.setting.per_sender_day} 封")
    if mail.damage or who is None:
        return Judgement(Verdict.QUARANTINED, mail.damage)
    return _read_through(mail, who, reception)


def _read_through(mail: IncomingMail, who: Correspondent, reception: Reception) -> Judgement:
    number = reception.threads.number_for(mail)
    if number:
        return Judgement(Verdict.REPLY, f"属于 {number}", number=number)
    awaited = reception.threads.awaited(mail)
    if awaited is not None:
        return Judgement(Verdict.REPLY, "是对一封待登记来信的补充", belongs_to=awaited.digest)
    origin = mail.passed_on
    author = reception.senders.of(origin.address, origin.name) if origin else None
    rows = proposed_rows(mail, who, reception.acquaintance, received_at(mail, reception.now), author)
    says_nothing = not any(item.field not in _SAYS_NOTHING and item.where != "主题" for item in rows[0].found)
    if is_answer(mail.subject) and says_nothing:
        return Judgement(Verdict.IGNORED, "是对其他邮件的答复，没有谈到产品或不良")
    return Judgement(Verdict.ROW, f"{len(rows)} 条待确认的客诉", rows)


def _from_nobody_we_hear(mail: IncomingMail, who: Correspondent | None, reception: Reception) -> str:
    """Why the sender is not listened to, "" otherwise; a sender that cannot be read is no reason."""
    if mail.own_key or (mail.sender and mail.sender == reception.own_address):
        return "本软件自己发出的邮件"
    if who is None and mail.sender:
        return mail.automatic or "发件人不在客户、同事和允许的名单中"
    return mail.automatic


def _about_something_else(mail: IncomingMail, who: Correspondent, reception: Reception) -> str:
    """Why a known sender's mail is none of ours, "" when it is."""
    if reception.first and mail.sent is not None and mail.sent < reception.now - _BEFORE_START:
        return "启用来信登记之前的邮件"
    words = reception.setting.colleague_words if who.colleague else reception.setting.subject_words
    named = not words or any(word.casefold() in mail.subject.casefold() for word in words)
    if named or mail.call_sheets or reception.threads.number_for(mail) or reception.threads.awaited(mail):
        return ""
    return "主题中没有客诉用语（可在 config.yaml 的 intake 中设置）"
