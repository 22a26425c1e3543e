"""kesu outbox: mails that did not go through; a person decides on those whose outcome nobody can know."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.clock import moment
from pipeline.commands.output import say, say_json
from pipeline.commands.status import record_json, state_word, told
from pipeline.rules.sending_policy import holds
from schemas.effects import EffectKey, EffectRecord, EffectState, Outcome
from schemas.errors import KesuError
from schemas.journal_port import Journal
from schemas.mail_ports import Mailbox, Trace

if TYPE_CHECKING:
    from pipeline.app import Opened

_TRACES = {Trace.SENT: "邮箱中查到已发出", Trace.DRAFT: "邮箱中只有草稿，没有发出", Trace.ABSENT: "邮箱中查不到",
           Trace.UNKNOWABLE: "邮箱也说不清"}


class MailNotWaiting(KesuError):
    """The number names no mail that waits or is uncertain."""

    def __init__(self, number: str) -> None:
        super().__init__(f"没有编号为 {number} 的未决邮件。请先运行 kesu outbox list 查看。")


class MailMayHaveGone(KesuError):
    """Sending again could deliver twice; a person has to say that it should happen all the same."""

    def __init__(self, title: str) -> None:
        super().__init__(
            f"“{title}”可能已经发出，重发会让收件人收到两封。请先在邮箱的“已发送”中核对；确认没有发出，再加 --yes。"
        )


def run(arguments: argparse.Namespace) -> int:
    """0 when done; 1 when ``list`` shows mails that need a person."""
    from pipeline.app import open_site

    with open_site(Path(arguments.config), moment(arguments.now), write=arguments.action != "list") as opened:
        journal, now = opened.site.journal, opened.now
        if arguments.action == "list":
            waits = holds(journal.memory().effects, now, opened.site.settings.mail.sending)
            return _listed(_waiting(journal), now, overtaken_now(opened), waits, as_json=arguments.json)
        with journal.pass_lock():
            record = _chosen(_waiting(journal), arguments.number)
            trace, found = _traced(opened.site.mailbox, record.key)
            if arguments.action == "drop":
                return _dropped(journal, record, trace, found, now)
            return _again(journal, record, trace, found, now, sure=arguments.yes)


def _traced(mailbox: Mailbox, key: EffectKey) -> tuple[Trace, str]:
    """What the mailbox knows of a mail, and in words; one that cannot be asked now knows nothing, and a person decides
    all the same."""
    try:
        trace = mailbox.trace(key.digest)
    except (KesuError, OSError) as error:
        return Trace.UNKNOWABLE, f"邮箱现在查不了：{str(error).rstrip('。')}"
    return trace, _TRACES[trace]


def overtaken_now(opened: Opened) -> frozenset[EffectKey]:
    """What ``overtaken`` finds with the ledgers as they are now; they are not read when every mail went out."""
    from pipeline.tick import observe, overtaken, plan_pass

    if not _waiting(opened.journal):
        return frozenset()
    memory, snapshot = opened.journal.memory(), observe(opened.site, opened.now)
    return overtaken(plan_pass(opened.site, snapshot, memory, opened.now), snapshot, memory)


def _waiting(journal: Journal) -> list[EffectRecord]:
    """Mails without an outcome, the uncertain first, then in the order of intent."""
    records = [
        record for record in journal.memory().effects.values()
        if record.key.kind.startswith("mail.") and record.state is not EffectState.DONE
    ]
    return sorted(records, key=lambda record: (record.state is not EffectState.UNCERTAIN, record.intended, record.key))


def _listed(
    waiting: list[EffectRecord], now: datetime, past: Collection[EffectKey], waits: Mapping[EffectKey, str], *,
    as_json: bool,
) -> int:
    if as_json:
        say_json([{"number": record.key.digest[:8], **record_json(record, waits), "overtaken": record.key in past}
                  for record in waiting])
    elif not waiting:
        say("没有未决的邮件。")
    else:
        for line in _lines(waiting, now, past, waits):
            say(line)
    return 1 if any(record.state is EffectState.UNCERTAIN for record in waiting) else 0


def _lines(
    waiting: Iterable[EffectRecord], now: datetime, past: Collection[EffectKey], waits: Mapping[EffectKey, str]
) -> Iterable[str]:
    for record in waiting:
        since = f"{record.intended.astimezone(now.tzinfo):%m-%d %H:%M}"
        yield f"{record.key.digest[:8]} [{state_word(record, past)}] {since} {told(record, past, waits)}"
    yield "重发：kesu outbox retry 编号 -c CONFIG；不再发送或已核实发出：kesu outbox drop 编号 -c CONFIG"


def _chosen(waiting: Iterable[EffectRecord], number: str) -> EffectRecord:
    found = [record for record in waiting if len(number) >= 4 and record.key.digest.startswith(number)]
    if len(found) != 1:
        raise MailNotWaiting(number)
    return found[0]


def _dropped(journal: Journal, record: EffectRecord, trace: Trace, found: str, now: datetime) -> int:
    text = f"{record.title}：已人工核对，{'确已发出' if trace is Trace.SENT else '不再发送'}"
    journal.finish(record.key, Outcome(text, path=f"mail:{record.key.digest}"), now)
    say(f"{text}（{found}）。")
    return 0


def _again(journal: Journal, record: EffectRecord, trace: Trace, found: str, now: datetime, *, sure: bool) -> int:
    if trace is Trace.SENT:
        journal.finish(record.key, Outcome(record.title, path=f"mail:{record.key.digest}"), now)
        say(f"{record.title}：{found}，无需重发。")
        return 0
    if trace is not Trace.DRAFT and record.state is not EffectState.INTENDED and not sure:
        raise MailMayHaveGone(record.title)
    journal.reopen(record.key, now)
    say(f"{record.title}：下一轮重发（{found}；规则不再要求时不发）。")
    return 0
