"""kesu doctor: everything that is configured, looked at once and told in plain words; changes nothing by itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands import doctor_checks
from pipeline.commands.clock import moment
from pipeline.commands.doctor_checks import Finding, Mark, guarded
from pipeline.commands.output import say, say_json
from schemas.effects import EffectKey
from schemas.errors import KesuError
from schemas.values import ValueProblem, parse_mail_address

if TYPE_CHECKING:
    from pipeline.app import Opened

_CHECKS = (
    doctor_checks.share_and_journal, doctor_checks.ledgers, doctor_checks.templates, doctor_checks.calendar_and_clock,
    doctor_checks.mailbox, doctor_checks.robot,
)


class NothingToExamine(KesuError):
    """Neither a plant nor a folder was named."""

    def __init__(self) -> None:
        super().__init__("请写明要检查什么：-c config.yaml 检查整个工厂，或 --share-test 目录 检查公共盘能否安全写入。")


class NoAddress(KesuError):
    """What a test mail should go to is no mail address."""

    def __init__(self, text: str) -> None:
        super().__init__(f"--send-test 后面应是一个邮箱地址，例如 zhang@example.com，现为“{text}”。")


def _send_test(opened: Opened, address: str) -> Iterator[Finding]:
    """One mail that says it is a test, sent at once and without the journal, since it concerns no complaint.

    Test mode holds for it as well.
    """
    from pipeline.app import resolve
    from pipeline.mailbox.compose import compose
    from pipeline.mailbox.opening import open_mailbox

    settings, now = opened.site.settings, opened.now
    redirected = settings.mail.sending.redirect_all_to
    if redirected:
        yield Finding(Mark.NOTE, f"测试模式：测试邮件不发到 {address}，改发到 {redirected}")
        address = redirected
    key = EffectKey(settings.site, "doctor", address, now.isoformat())
    text = f"这是客诉助手（{settings.site}）于 {now:%Y-%m-%d %H:%M} 发出的测试邮件。收到即说明发信正常，无需回复。"
    mime = compose(
        sender=settings.mail.sender, to=[address], cc=[], subject="【测试】客诉助手发信测试", text=text,
        html=f"<p>{text}</p>", attachments=[], key=key, at=now,
    )
    box = open_mailbox(settings.mail, partial(resolve, opened.config), rehearsal=False)
    refused = box.send(mime, key.digest)
    mark = Mark.WRONG if refused else Mark.FINE
    yield Finding(mark, f"测试邮件{'被拒收' if refused else '已交给邮件系统'}：{address}")


def _typed(address: str) -> str | None:
    """The address as mail carries it; raises ``NoAddress``."""
    try:
        return parse_mail_address(address)
    except ValueProblem as problem:
        raise NoAddress(address) from problem


def _share_test(folder: Path) -> Iterator[Finding]:
    """The protocol by which ledgers are written, played on scratch files in a folder on the share."""
    from pipeline.files.local import is_network_path
    from pipeline.files.share_test import play

    if not folder.is_dir():
        yield Finding(Mark.WRONG, f"找不到目录 {folder}。请写公共盘上一个可以写入的目录")
        return
    kind = "网络盘" if is_network_path(folder) else "本机磁盘（正式使用前，请在公共盘上再测一次）"
    yield Finding(Mark.FINE, f"{folder} 是{kind}")
    for step in play(folder):
        if step.wrong:
            yield Finding(Mark.WRONG, f"{step.what}：{step.wrong}。请先不要在这个目录上启用")
        else:
            yield Finding(Mark.FINE, step.what)


def _findings(opened: Opened, address: str | None) -> Iterator[Finding]:
    for check in _CHECKS:
        yield from guarded(partial(check, opened))
    if address:
        yield from guarded(partial(_send_test, opened, address))


def run(arguments: argparse.Namespace) -> int:
    """0 when nothing is wrong, 1 when something is; what cannot even be opened ends as in every command."""
    from pipeline.app import open_site

    if arguments.share_test:
        return _tell(_share_test(Path(arguments.share_test)), as_json=arguments.json)
    if not arguments.config:
        raise NothingToExamine
    address = _typed(arguments.send_test) if arguments.send_test else None
    with open_site(Path(arguments.config), moment(arguments.now), write=False, quiet_seconds=0) as opened:
        return _tell(_findings(opened, address), as_json=arguments.json)


def _tell(findings: Iterator[Finding], *, as_json: bool) -> int:
    wrong = False
    shown = []
    for finding in findings:
        wrong |= finding.mark is Mark.WRONG
        shown.append({"mark": finding.mark.name.lower(), "text": finding.text})
        if not as_json:
            say(f"{finding.mark.value} {finding.text}")
    if as_json:
        say_json(shown)
    else:
        say("有需要处理的问题（✗）。" if wrong else "没有发现问题。")
    return int(wrong)
