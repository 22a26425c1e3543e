"""The outbox: one mail at a time under its key, at most once; what cannot be known waits, then a person is asked.

The intent is committed before anything happens and the start before the mailbox hears of the message. After a start
without an outcome the mailbox is asked, never told again blindly: found among the sent, done; a draft, not sent and
safe to try again; neither, a wait for slow servers, then ``uncertain`` (``kesu outbox``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from pipeline.files.system_faults import plain_sentence
from pipeline.rules.sending_policy import ANNOUNCED, Addressed, addressed, hold, sent_within_the_hour
from pipeline.site import Site
from schemas.effects import Effect, EffectKey, EffectRecord, EffectState, Outcome
from schemas.errors import KesuError, MailRefused
from schemas.mail_ports import Trace
from schemas.payloads import SendMail

log = logging.getLogger(__name__)

_DOUBTFUL = "邮件系统无法确认是否已发出，请在邮箱的“已发送”中核对，再用 kesu outbox 决定重发或不发"

_ANNOUNCEMENT = "【紧急客诉】{site}有新的紧急客诉，请立即查看邮件和客诉看板。"


class NobodyToSendTo(MailRefused):
    """Every recipient is left out by the plant's own rules; nothing was sent."""

    def __init__(self, left_out: tuple[tuple[str, str], ...]) -> None:
        named = "；".join(f"{person} {reason}" for person, reason in left_out)
        KesuError.__init__(self, f"没有可发送的收件人：{named}。请检查 config.yaml 的 mail.sending 和通讯录的邮箱。")


class Standing(Enum):
    """What became of a mail in this pass."""

    SENT = "sent"
    WAITS = "waits"          # its time has not come, or its outcome is not known yet
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of one try; ``outcome`` when sent, ``text`` the reason otherwise."""

    standing: Standing
    outcome: Outcome | None = None
    text: str = ""


@dataclass(slots=True)
class Outbox:
    """Sends a pass's mails on a site's mailbox; ``now`` (aware, in the plant's zone) is the time of the pass."""

    site: Site
    now: datetime
    step: Callable[[str], None] = lambda _name: None
    _sent: int | None = field(default=None)

    def deliver(self, effect: Effect, payload: SendMail, record: EffectRecord) -> Delivery:
        """Send one mail or say why not; raises what certainly kept it from being sent.

        Commits the start and doubts to the journal; the outcome is the caller's to commit.
        """
        people = addressed(payload.to, payload.cc, self.site.settings.mail, external=payload.external)
        outcome = _outcome(effect, people)
        if record.state is EffectState.RUNNING:
            try:
                known = self._settled(record, outcome)
            except (KesuError, OSError) as error:
                # the mailbox is not there to be asked: the doubt stays
                return Delivery(Standing.WAITS, text=_told(error))
            if known is not None:
                return known
            # certainly not sent: what goes out now is remembered with its own inputs
            self.site.journal.fail(effect.key, record.error, self.now)
            self.site.journal.intend(effect, self.now)
        else:
            waits = hold(record, self._sent_lately(), self.now, self.site.settings.mail.sending, urgent=payload.urgent)
            if waits:
                return Delivery(Standing.WAITS, text=waits)
            if self.site.mailbox.trace(effect.key.digest) is Trace.SENT:
                return Delivery(Standing.SENT, outcome)  # by a journal that was lost or restored
        if people.nobody:
            raise NobodyToSendTo(people.left_out)
        return self._handed_over(effect, payload, outcome)

    def settle_left_over(self, planned: Collection[EffectKey]) -> int:
        """Find out about mails in doubt that no rule wants any longer; returns how many changed their state."""
        changed = 0
        for record in tuple(self.site.journal.memory().effects.to_look_at()):
            key = record.key
            if record.state is not EffectState.RUNNING or not key.kind.startswith("mail.") or key in planned:
                continue
            try:
                changed += self._settle_one(key, record)
            except (KesuError, OSError) as error:
                # the mailbox is not there now; the next pass asks again
                log.warning("mail %s not settled: %s", key.digest, type(error).__name__)
        return changed

    def _settle_one(self, key: EffectKey, record: EffectRecord) -> bool:
        known = self._settled(record, Outcome(record.title, path=f"mail:{key.digest}"))
        if known is None:
            self.site.journal.fail(key, "", self.now)  # not sent, and no rule wants it any longer
        elif known.outcome is not None:
            self.site.journal.finish(key, known.outcome, self.now)
        elif known.standing is Standing.UNCERTAIN:
            self.site.journal.fail(key, known.text, self.now, uncertain=True)
        else:
            return False
        return True

    def _handed_over(self, effect: Effect, payload: SendMail, outcome: Outcome) -> Delivery:
        key = effect.key
        mime = self.site.compose(effect, payload, self.now)
        self.site.journal.start(key, self.now)
        self.step("started")
        try:
            refused = self.site.mailbox.send(mime, key.digest)
        except MailRefused:
            raise
        except (KesuError, OSError) as error:
            return self._after_doubt(key, outcome, _told(error))
        self._sent = self._sent_lately() + 1
        self._announce(effect)
        return Delivery(Standing.SENT, _with_refused(outcome, refused))

    def _after_doubt(self, key: EffectKey, outcome: Outcome, error: str) -> Delivery:
        """The mailbox may know at once; if not, the doubt is committed and the next passes ask again."""
        self.site.journal.doubt(key, error, self.now)
        self.step("doubted")
        try:
            trace = self.site.mailbox.trace(key.digest)
        except (KesuError, OSError) as unreachable:
            return Delivery(Standing.WAITS, text=_told(unreachable))
        if trace is Trace.SENT:
            return Delivery(Standing.SENT, outcome)
        if self.site.mailbox.is_conclusive and trace is not Trace.UNKNOWABLE:
            raise MailRefused(key.digest, error)
        return Delivery(Standing.WAITS, text=error)

    def _settled(self, record: EffectRecord, outcome: Outcome) -> Delivery | None:
        """What the mailbox says of a mail that was started before; None when it was certainly not sent."""
        key, mailbox = record.key, self.site.mailbox
        trace = mailbox.trace(key.digest)
        if trace is Trace.SENT:
            return Delivery(Standing.SENT, outcome)
        if mailbox.is_conclusive and trace is not Trace.UNKNOWABLE:
            return None
        since = record.finished if record.error else None
        if since is None:
            # started by a process that died: the wait begins now
            self.site.journal.doubt(key, "上次发送中断", self.now)
            since = self.now
        waited = self.now - since
        setting = self.site.settings.mail.sending
        if trace is Trace.DRAFT and waited >= timedelta(minutes=setting.draft_minutes):
            return None
        if trace is not Trace.DRAFT and waited >= timedelta(minutes=setting.doubt_minutes):
            return Delivery(Standing.UNCERTAIN, text=_DOUBTFUL)
        return Delivery(Standing.WAITS, text=f"{record.error or '上次发送中断'}，正在邮箱中查找")

    def _announce(self, effect: Effect) -> None:
        """A robot message for 紧急 only: which plant, nothing of product or customer; lost is lost, never repeated.

        None in test mode, which keeps everything from everybody.
        """
        is_test = bool(self.site.settings.mail.sending.redirect_all_to)
        if self.site.robot is None or is_test or effect.key.kind not in ANNOUNCED:
            return
        try:
            self.site.robot.say(_ANNOUNCEMENT.format(site=self.site.settings.site), self.now)
        except (KesuError, OSError) as error:
            # the mail has gone: the robot only makes people look sooner
            log.warning("robot message not said: %s", type(error).__name__)

    def _sent_lately(self) -> int:
        if self._sent is None:
            self._sent = sent_within_the_hour(self.site.journal.memory().effects.values(), self.now)
        return self._sent


def _told(error: KesuError | OSError) -> str:
    return plain_sentence(error) if isinstance(error, OSError) else str(error)


def _outcome(effect: Effect, people: Addressed) -> Outcome:
    text = f"{effect.title} → {len(people.to) + len(people.cc)} 人"
    if people.meant:
        text = f"{effect.title} → 测试邮箱（本应发 {len(people.meant)} 人）"
    if people.left_out:
        text += "；未发：" + "、".join(f"{person}（{reason}）" for person, reason in people.left_out)
    return Outcome(text, path=f"mail:{effect.key.digest}")


def _with_refused(outcome: Outcome, refused: tuple[str, ...]) -> Outcome:
    if not refused:
        return outcome
    return Outcome(f"{outcome.text}；被对方邮件系统拒收：{'、'.join(refused)}", outcome.path)
