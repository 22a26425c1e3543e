"""From the mail section of config.yaml to the mailbox in use; a backend's libraries load only when it is the one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from schemas.mail_ports import Mailbox
from schemas.mail_settings import MailSetting


def open_mailbox(setting: MailSetting, resolve: Callable[[str], Path], *, rehearsal: bool) -> Mailbox:
    """The mailbox that ``setting`` describes; connects at its first use. A rehearsal keeps to its folders.

    ``resolve`` turns a path of the configuration into one of this machine.
    """
    ca_file = resolve(setting.ca_file) if setting.ca_file else None
    if not rehearsal and setting.imap_smtp is not None and setting.backend == "imap_smtp":
        from pipeline.mailbox.imap_smtp import ImapSmtpMailbox

        return ImapSmtpMailbox(setting.imap_smtp, ca_file=ca_file, timeout=setting.timeout_seconds)
    if not rehearsal and setting.graph is not None and setting.backend == "graph":
        from pipeline.mailbox.graph import GraphMailbox

        return GraphMailbox(setting.graph, sender=setting.sender, ca_file=ca_file, timeout=setting.timeout_seconds)
    if not rehearsal and setting.exchange is not None and setting.backend == "exchange":
        from pipeline.mailbox.exchange import ExchangeMailbox

        return ExchangeMailbox(setting.exchange, sender=setting.sender, ca_file=ca_file,
                               timeout=setting.timeout_seconds)
    from pipeline.mailbox.folder import FolderMailbox

    return FolderMailbox(resolve(setting.inbox), resolve(setting.outbox))
