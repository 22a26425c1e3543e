"""What kesu doctor looks at, one check a function: each gives findings in plain words and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from schemas.errors import KesuError
from schemas.ports import Documents
from schemas.workbook import WorkbookReading

if TYPE_CHECKING:
    from pipeline.app import Opened

_AHEAD = timedelta(minutes=10)  # a file from the future by more than this: one of the two clocks is wrong


class Mark(Enum):
    """How a finding is to be taken."""

    FINE = "✓"
    NOTE = "!"
    WRONG = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at and what was found, with the remedy when it is wrong."""

    mark: Mark
    text: str


def guarded(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """The findings of a check; what it raises is one more, so that the others go on."""
    from pipeline.files.system_faults import plain_sentence

    try:
        yield from check()
    except KesuError as error:
        yield Finding(Mark.WRONG, str(error))
    except OSError as error:
        yield Finding(Mark.WRONG, plain_sentence(error))


def share_and_journal(opened: Opened) -> Iterator[Finding]:
    """The share is ours, the journal on this machine."""
    share, journal = opened.share, opened.journal
    yield Finding(Mark.FINE, f"公共盘 {share.root} 已连接")
    owner = share.owner()
    if owner is None:
        yield Finding(Mark.NOTE, "公共盘上还没有本系统的标记，第一次运行时写入")
    elif owner == journal.journal_id:
        yield Finding(Mark.FINE, "公共盘上的标记属于本机日志")
    else:
        yield Finding(Mark.WRONG, "公共盘上的标记属于另一份日志：确认另一台电脑已停用后，运行 kesu adopt")
    mode = "演练（只写 .eml 文件，不连邮箱）" if opened.rehearsal else "正式"
    last = journal.last_pass
    when = f"{last.astimezone(opened.now.tzinfo):%Y-%m-%d %H:%M}" if last else "还没有"
    yield Finding(Mark.FINE, f"日志：{mode}，最近一轮 {when}")


def ledgers(opened: Opened) -> Iterator[Finding]:
    """Every configured ledger can be read, and whom 通讯录 cannot reach."""
    for setting in opened.site.settings.ledgers:
        try:
            reading = opened.site.ledgers.read(setting, opened.now.date())
        except KesuError as error:
            yield Finding(Mark.WRONG, str(error))
            continue
        yield Finding(Mark.FINE, f"台账 {setting.file}：读到 {len(reading.complaints)} 行客诉")
        yield from _people(opened, reading)


def _people(opened: Opened, reading: WorkbookReading) -> Iterator[Finding]:
    from pipeline.rules.sending_policy import addressed

    people = [row.record for row in reading.contacts]
    silent = [person.name or "(未填姓名)" for person in people if not person.mail]
    if silent:
        yield Finding(Mark.NOTE, f"通讯录 {len(silent)} 人没有邮箱，收不到邮件：{_some(silent)}")
    mails = tuple(person.mail for person in people if person.mail)
    for person, reason in addressed(mails, (), opened.site.settings.mail).left_out:
        yield Finding(Mark.NOTE, f"通讯录的邮箱 {person} 不会收到邮件：{reason}")
    if people and not silent:
        yield Finding(Mark.FINE, f"通讯录 {len(people)} 人都有邮箱")


def _some(names: list[str]) -> str:
    return "、".join(names[:8]) + ("…" if len(names) > 8 else "")


def templates(opened: Opened) -> Iterator[Finding]:
    """Every template can be filled with the example of its kind."""
    count = 0
    for folder, name in _examples():
        context = json.loads((folder / "example.json").read_text(encoding="utf-8"))
        try:
            _filled(opened.site.documents, folder, name, context, opened.now)
        except KesuError as error:
            yield Finding(Mark.WRONG, str(error))
        count += 1
    yield from (Finding(Mark.WRONG, sentence) for sentence in opened.site.documents.faults())
    yield Finding(Mark.FINE, f"模板 {count} 种已用样例试填（不含看板）")


def _examples() -> Iterator[tuple[Traversable, str]]:
    root = resources.files("templates")
    for folder in (*root.iterdir(), *(root / "mails").iterdir()):
        if (folder / "example.json").is_file() and ((folder / "kind.yaml").is_file()
                                                    or (folder / "subject.txt").is_file()):
            yield folder, folder.name


def _filled(documents: Documents, folder: Traversable, name: str, context: dict[str, object], now: datetime) -> None:
    if (folder / "subject.txt").is_file():
        documents.render_mail(name, context)
    else:
        documents.render(name, context, now)


def calendar_and_clock(opened: Opened) -> Iterator[Finding]:
    """The holiday notice of the year is known, and neither this machine's clock nor the share's is off."""
    warning = opened.site.calendar.warning(opened.now.date())
    yield Finding(Mark.NOTE if warning else Mark.FINE, warning or "日历：本年节假日安排齐全")
    now = opened.now
    yield Finding(Mark.FINE, f"本机时间 {now:%Y-%m-%d %H:%M}（{now.tzinfo}）")
    last = opened.journal.last_pass
    if last is not None and last > now + _AHEAD:
        when = f"{last.astimezone(now.tzinfo):%Y-%m-%d %H:%M}"
        yield Finding(Mark.WRONG, f"最近一轮记在 {when}，晚于现在：请校准本机时钟")
    for setting in opened.site.settings.ledgers:
        path = opened.share.root / setting.file
        if path.is_file():
            saved = datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)
            if saved > now + _AHEAD:
                text = f"台账 {setting.file} 的保存时间 {saved:%m-%d %H:%M} 晚于现在：请校准本机与文件服务器的时钟"
                yield Finding(Mark.WRONG, text)


def mailbox(opened: Opened) -> Iterator[Finding]:
    """The configured mailbox, also during a rehearsal, which does not use it."""
    from pipeline.app import resolve
    from pipeline.mailbox.opening import open_mailbox

    setting = opened.site.settings.mail
    if setting.sending.redirect_all_to:
        yield Finding(Mark.NOTE, f"测试模式：所有邮件只发到 {setting.sending.redirect_all_to}，群机器人不发消息")
    box = open_mailbox(setting, partial(resolve, opened.config), rehearsal=False)
    for line in box.check():
        yield Finding(Mark.NOTE if line.startswith("注意") else Mark.FINE, line)


def robot(opened: Opened) -> Iterator[Finding]:
    """The group robot has its secrets; nothing is said to the group."""
    from pipeline.mailbox.secrets import secret

    setting = opened.site.settings.mail.robot
    if setting.kind == "none":
        return
    for name in filter(None, (setting.url_env, setting.sign_env)):
        secret(name)
    yield Finding(Mark.FINE, "群机器人：地址已设置（不试发，紧急客诉时才发一句话）")
