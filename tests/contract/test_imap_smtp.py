"""What only IMAP and SMTP know: encryption, login, numbering, odd servers, single recipients, copies and stars."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient

from pipeline.mailbox.errors import (
    MailBusy,
    MailCertificateRefused,
    MailEncryptionUnknown,
    MailFolderUnknown,
    MailLoginRefused,
    MailServerUnreachable,
    RecipientsRefused,
    SecretMissing,
)
from pipeline.mailbox.imap_smtp import ImapSmtpMailbox
from schemas.effects import EffectKey
from schemas.mail_ports import Trace
from schemas.mail_settings import ImapSmtpSetting, OAuthSetting, ServerSetting
from tests.contract.mailbox_stands import SECRET, TIMEOUT, Servers, imap_smtp_setting
from tests.contract.test_mailbox_contract import KEY, mail
from tests.servers import certificates, dovecot, fault_proxy, identity, smtp, web
from tests.servers.certificates import Certificates
from tests.servers.fault_proxy import FaultProxy
from tests.servers.smtp import PostOffice
from tests.servers.web import Request, Response

OTHER, THIRD = EffectKey("甲厂", "mail.notice", "c000002"), EffectKey("甲厂", "mail.notice", "c000003")
HELLO = b"Subject: one\r\n\r\n1"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with smtp.running() as server:
        yield server


@pytest.fixture
def relay(servers: Servers) -> Iterator[FaultProxy]:
    with fault_proxy.running(servers.imap.port) as proxy:
        yield proxy


@pytest.fixture
def setting(servers: Servers, relay: FaultProxy, office: PostOffice) -> ImapSmtpSetting:
    return imap_smtp_setting(servers.user(), relay.port, office.port)


def opened(setting: ImapSmtpSetting, ca_file: Path | None = None) -> ImapSmtpMailbox:
    return ImapSmtpMailbox(setting, ca_file=ca_file, timeout=TIMEOUT)


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("certificates"))


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_both_ways_of_encryption(servers: Servers, certified: Certificates, security: str, tmp_path: Path) -> None:
    assert servers.imap  # skips where there is no Dovecot
    os.environ[SECRET] = dovecot.PASSWORD
    context = certified.server_context()
    with (
        dovecot.running(("kesu@example.com",), identity=certified.identity) as imap,
        smtp.running(tls=context) if security == "tls" else smtp.running(starttls=context) as office,
    ):
        port = imap.tls_port if security == "tls" else imap.port
        setting = ImapSmtpSetting.model_validate({
            "user": "kesu@example.com", "password_env": SECRET,
            "imap": {"host": "localhost", "port": port, "security": security},
            "smtp": {"host": "localhost", "port": office.port, "security": security},
        })
        mailbox = opened(setting, certified.root)
        mailbox.send(mail(), KEY.digest)
        assert mailbox.trace(KEY.digest) is Trace.SENT
        assert len(office.taken) == 1
        with pytest.raises(MailCertificateRefused, match=r"mail\.ca_file"):
            opened(setting).trace(KEY.digest)


def test_tokens_instead_of_a_password(servers: Servers) -> None:
    assert servers.imap  # skips where there is no Dovecot
    os.environ[SECRET] = identity.CLIENT_SECRET
    platform = identity.Identity()

    def answer(request: Request) -> Response:
        return platform.answer(request) or Response(404)

    with (
        web.running(answer, servers.certificates.server_context()) as secure, web.running(answer) as plain,
        dovecot.running(("user0@example.com",), introspection=f"http://127.0.0.1:{plain}/introspect") as imap,
        smtp.running() as office,
    ):
        platform.authority = f"https://localhost:{secure}"
        office.tokens = lambda token: platform.accepts(f"Bearer {token}")
        oauth = OAuthSetting(tenant=identity.TENANT, client_id=identity.CLIENT, secret_env=SECRET,
                             authority=platform.authority)
        setting = imap_smtp_setting("user0@example.com", imap.port, office.port)
        os.environ[SECRET] = identity.CLIENT_SECRET
        mailbox = opened(setting.model_copy(update={"auth": "xoauth2", "oauth": oauth}), servers.certificates.root)
        mailbox.send(mail(), KEY.digest)
        assert mailbox.trace(KEY.digest) is Trace.SENT
        assert len(office.taken) == 1
        assert platform.scopes == ["https://partner.outlook.cn/.default"]
        platform.expire()
        mailbox.close()  # as a server does with idle connections
        assert mailbox.trace(KEY.digest) is Trace.SENT
        platform.expire()
        mailbox.send(mail(OTHER), OTHER.digest)  # IMAP is open still; SMTP logs in anew
        assert len(office.taken) == 2
        assert len(platform.scopes) == 3
        platform.refuses_all = True
        with pytest.raises(MailLoginRefused):
            mailbox.send(mail(THIRD), THIRD.digest)
        assert len(platform.scopes) == 4  # a server that takes no token is not asked for ever


def test_the_client_says_who_it_is_before_it_opens_a_folder(setting: ImapSmtpSetting, servers: Servers) -> None:
    opened(setting).trace(KEY.digest)
    line = next(line for line in servers.imap.log.splitlines() if f"imap({setting.user})" in line)
    assert "ID sent: name=kesu" in line


def test_a_wrong_password_and_a_missing_one(setting: ImapSmtpSetting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET, "wrong")
    with pytest.raises(MailLoginRefused, match="授权码"):
        opened(setting).trace(KEY.digest)
    monkeypatch.delenv(SECRET)
    with pytest.raises(SecretMissing, match=SECRET):
        opened(setting).trace(KEY.digest)


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("part", ["imap", "smtp"])
def test_a_port_without_the_encryption_that_is_asked_for(setting: ImapSmtpSetting, part: str, security: str) -> None:
    server = getattr(setting, part).model_copy(update={"security": security})
    with pytest.raises(MailEncryptionUnknown, match="starttls" if security == "tls" else "改为 tls"):
        opened(setting.model_copy(update={part: server})).check()


def test_nobody_at_the_port(setting: ImapSmtpSetting) -> None:
    closed = setting.smtp.model_copy(update={"port": 1})
    with pytest.raises(MailServerUnreachable, match="端口没有服务"):
        opened(setting.model_copy(update={"smtp": closed})).check()


def test_a_server_that_numbers_anew_gives_new_ids(setting: ImapSmtpSetting, servers: Servers) -> None:
    person = IMAPClient("127.0.0.1", port=servers.imap.port, ssl=False)
    person.login(setting.user, dovecot.PASSWORD)
    person.create_folder("客诉")
    person.append("客诉", HELLO)
    mailbox = opened(setting.model_copy(update={"inbox": "客诉"}))
    (before,) = dict(mailbox.fetch())
    person.delete_folder("客诉")  # as after a move to another server: the same names, other numbers
    person.create_folder("客诉")
    person.append("客诉", HELLO)
    person.logout()
    (after,) = dict(mailbox.fetch())
    assert before != after
    mailbox.mark_processed(before)  # names nothing any more, and must not move the mail that has its number now
    assert list(dict(mailbox.fetch())) == [after]


def test_folders_with_chinese_names(setting: ImapSmtpSetting, servers: Servers) -> None:
    mailbox = opened(setting)
    servers.imap.deliver(setting.user, "a", HELLO)
    (mail_id,) = dict(mailbox.fetch())
    mailbox.mark_processed(mail_id)
    moved = opened(setting.model_copy(update={"inbox": setting.processed}))
    assert list(dict(moved.fetch()).values()) == [HELLO]
    with pytest.raises(MailFolderUnknown, match=r"客诉.*INBOX"):
        list(opened(setting.model_copy(update={"inbox": "客诉"})).fetch())


def test_a_server_without_move(setting: ImapSmtpSetting, servers: Servers, relay: FaultProxy) -> None:
    relay.rewrite = lambda answer: answer.replace(b" MOVE", b" XMVE").replace(b" UIDPLUS", b" XIDPLUS")
    mailbox = opened(setting)
    servers.imap.deliver(setting.user, "a", HELLO)
    (mail_id,) = dict(mailbox.fetch())
    mailbox.mark_processed(mail_id)
    assert dict(mailbox.fetch()) == {}
    mailbox.send(mail(), KEY.digest)
    assert mailbox.trace(KEY.digest) is Trace.SENT


def test_a_search_that_finds_nothing_or_everything_is_not_believed(
    setting: ImapSmtpSetting, relay: FaultProxy
) -> None:
    mailbox = opened(setting)
    mailbox.send(mail(), KEY.digest)
    other = EffectKey("甲厂", "mail.notice", "c000002").digest

    blinded: list[bytes] = []

    def blind_once(answer: bytes) -> bytes:
        if blinded or b"* SEARCH 1\r\n" not in answer:
            return answer
        blinded.append(answer)
        return answer.replace(b"* SEARCH 1\r\n", b"* SEARCH\r\n", 1)

    relay.rewrite = blind_once
    assert mailbox.trace(KEY.digest) is Trace.SENT
    assert len(blinded) == 1
    relay.rewrite = lambda answer: answer.replace(b"* SEARCH\r\n", b"* SEARCH 1\r\n", 1)
    assert mailbox.trace(other) is Trace.ABSENT


def test_a_recipient_refused_for_good_does_not_keep_the_others_waiting(
    setting: ImapSmtpSetting, office: PostOffice
) -> None:
    mailbox = opened(setting)
    office.refused = {"zhou@example.com": "550 5.1.1 no such user"}
    two = mail().replace(b"\r\nSubject:", b",\r\n Han <han@example.com>\r\nSubject:", 1)
    assert mailbox.send(two, KEY.digest) == ("zhou@example.com",)
    assert [recipients for _, recipients in office.envelopes] == [["han@example.com"]]


def test_nobody_left_or_not_now(setting: ImapSmtpSetting, office: PostOffice) -> None:
    mailbox = opened(setting)
    office.refused = {"zhou@example.com": "550 5.1.1 no such user"}
    with pytest.raises(RecipientsRefused, match="通讯录"):
        mailbox.send(mail(), KEY.digest)
    office.refused = {"zhou@example.com": "451 4.7.1 greylisted"}
    with pytest.raises(MailBusy):
        mailbox.send(mail(), KEY.digest)
    assert mailbox.trace(KEY.digest) is Trace.DRAFT
    assert office.taken == []


def test_a_refused_content_may_be_tried_again(setting: ImapSmtpSetting, office: PostOffice) -> None:
    mailbox = opened(setting)
    office.next_data.append("refused")
    with pytest.raises(Exception, match="554"):
        mailbox.send(mail(), KEY.digest)
    assert mailbox.trace(KEY.digest) is Trace.DRAFT
    mailbox.send(mail(), KEY.digest)
    assert len(office.taken) == 1


def test_a_copy_to_ourselves_settles_the_doubt(
    setting: ImapSmtpSetting, servers: Servers, office: PostOffice
) -> None:
    mailbox = opened(setting.model_copy(update={"self_copy": True}))
    office.next_data.append("dropped")
    with pytest.raises(Exception, match="无法确定"):
        mailbox.send(mail(), KEY.digest)
    assert mailbox.trace(KEY.digest) is Trace.UNKNOWABLE
    assert setting.user in office.envelopes[0][1]
    servers.imap.deliver(setting.user, "copy", office.taken[0])
    assert mailbox.trace(KEY.digest) is Trace.SENT


def test_the_server_files_sent_mail_by_itself(setting: ImapSmtpSetting, servers: Servers) -> None:
    mailbox = opened(setting.model_copy(update={"save_sent": False}))
    mailbox.send(mail(), KEY.digest)
    assert mailbox.trace(KEY.digest) is Trace.UNKNOWABLE  # until the server has filed it
    own = servers.imap.maildir(setting.user) / "已发送".encode("utf-7").decode().replace("+", "&") / "cur"
    assert own.is_dir(), sorted(servers.imap.maildir(setting.user).iterdir())
    (own / "1:2,S").write_bytes(mail())
    own.chmod(0o777)
    (own / "1:2,S").chmod(0o666)
    assert mailbox.trace(KEY.digest) is Trace.SENT


def test_an_imap_server_that_goes_away_is_said_so(setting: ImapSmtpSetting, relay: FaultProxy) -> None:
    mailbox = opened(setting)
    mailbox.trace(KEY.digest)
    relay.cut_after = b"EXAMINE"
    with pytest.raises(MailServerUnreachable, match="稍后自动重试"):
        mailbox.trace(KEY.digest)
    relay.cut_after = b""
    assert mailbox.trace(KEY.digest) is Trace.ABSENT
    relay.greeting = b"* BYE [UNAVAILABLE] busy\r\n"
    mailbox.close()
    with pytest.raises(MailBusy):
        mailbox.trace(KEY.digest)


def test_a_mail_taken_whose_copy_cannot_be_filed_was_sent(
    setting: ImapSmtpSetting, relay: FaultProxy, office: PostOffice
) -> None:
    mailbox = opened(setting)
    relay.cut_after = b"(\\Seen)"  # the flags of the sent copy alone
    assert mailbox.send(mail(), KEY.digest) == ()
    assert len(office.taken) == 1
    relay.cut_after = b""
    assert mailbox.trace(KEY.digest) is Trace.UNKNOWABLE


def test_a_star_without_an_answer_keeps_the_mail_back(
    setting: ImapSmtpSetting, relay: FaultProxy, office: PostOffice
) -> None:
    mailbox = opened(setting)
    relay.cut_after = b"\\Flagged"  # the star is set, then the mailbox is gone
    with pytest.raises(MailServerUnreachable):
        mailbox.send(mail(), KEY.digest)
    assert office.taken == []
    relay.cut_after = b""
    assert mailbox.trace(KEY.digest) is Trace.UNKNOWABLE  # cautious: the star alone counts


def test_a_server_that_only_names_its_port(setting: ImapSmtpSetting) -> None:
    assert ServerSetting(host="imap.example.com").port_for("imap") == 993
    assert ServerSetting(host="smtp.example.com", security="starttls").port_for("smtp") == 587
    with pytest.raises(ValueError, match="xoauth2"):
        ImapSmtpSetting.model_validate({**setting.model_dump(), "auth": "xoauth2"})
