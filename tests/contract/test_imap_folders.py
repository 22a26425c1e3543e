"""Folders at real IMAP servers that keep them in other places, or refuse them."""

from __future__ import annotations

import os

import pytest

from pipeline.mailbox.errors import MailServerDeclined
from pipeline.mailbox.imap_smtp import ImapSmtpMailbox
from schemas.mail_ports import Trace
from tests.contract.mailbox_stands import SECRET, TIMEOUT, Servers, imap_smtp_setting
from tests.contract.test_mailbox_contract import KEY, mail
from tests.servers import dovecot, smtp

HELLO = b"Subject: one\r\n\r\n1"


def test_folders_that_stand_below_the_inbox(servers: Servers) -> None:
    assert servers.imap  # skips where there is no Dovecot
    os.environ[SECRET] = dovecot.PASSWORD
    user = "below@example.com"
    with smtp.running() as office, dovecot.running((user,), as_courier=True) as courier:
        courier.deliver(user, "a", HELLO)
        for part in ("tmp", "new", "cur"):
            (courier.maildir(user) / ".Sent" / part).mkdir(parents=True)
        courier.hand_over(user)
        mailbox = ImapSmtpMailbox(imap_smtp_setting(user, courier.port, office.port), ca_file=None, timeout=TIMEOUT)
        (mail_id, _), = mailbox.fetch()
        mailbox.mark_processed(mail_id)
        assert list(mailbox.fetch()) == []
        assert "已发送文件夹：INBOX.Sent" in mailbox.check()
        mailbox.send(mail(), KEY.digest)
        assert mailbox.trace(KEY.digest) is Trace.SENT
        mailbox.close()
        assert len(list((courier.maildir(user) / ".Sent" / "cur").iterdir())) == 1
        assert len(list(courier.maildir(user).glob(".&*"))) == 2, "processed mails and drafts have their folders"
        assert len(office.taken) == 1


def test_a_move_that_the_server_refuses_is_told_as_that(servers: Servers) -> None:
    user = servers.user()
    assert servers.imap
    servers.imap.deliver(user, "a", HELLO)
    setting = imap_smtp_setting(user, servers.imap.port, 9).model_copy(
        update={"processed": "x" * 600},  # longer than Dovecot lets a folder's name be
    )
    mailbox = ImapSmtpMailbox(setting, ca_file=None, timeout=TIMEOUT)
    (mail_id, _), = mailbox.fetch()
    with pytest.raises(MailServerDeclined, match="没有照办"):
        mailbox.mark_processed(mail_id)
    assert [found for found, _ in mailbox.fetch()] == [mail_id]
    mailbox.close()
