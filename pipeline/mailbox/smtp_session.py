"""One SMTP transaction in its phases, so that a failure says whether the message can have been taken.

Up to the closing dot nothing is accepted (RFC 5321 4.1.1.4). After it only the server's answer tells; without one, or
with a temporary refusal (which filters in front of a server give for timeouts of their own), it stays in doubt.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pipeline.mailbox.errors import (
    MailBusy,
    MailCertificateRefused,
    MailDoubtful,
    MailEncryptionUnknown,
    MailLoginRefused,
    MailRejected,
    MailServerUnreachable,
    RecipientsRefused,
)
from pipeline.mailbox.outgoing import Outgoing
from pipeline.mailbox.reasons import LICENCE_CODE, reason_of, speaks_no_tls
from schemas.mail_settings import ServerSetting


def _text(answer: bytes) -> str:
    return " ".join(answer.decode("utf-8", "replace").split())[:120]


@dataclass(frozen=True)
class SmtpTransaction:
    """A logged-in connection; ``offer`` the envelope first, then ``hand_over`` the content."""

    server: str
    smtp: smtplib.SMTP

    def offer(self, mail: Outgoing, also: Sequence[str] = ()) -> tuple[str, ...]:
        """Name sender and recipients; returns the recipients refused for good while others were taken.

        Raises ``RecipientsRefused`` when nobody is left, ``MailBusy`` for a temporary refusal of anybody (most ask
        newcomers to come back), ``MailRejected`` for the sender; nothing was sent then.
        """
        with self._before_the_dot():
            self._check(*self.smtp.mail(mail.sender, self._options(mail)))
            refused: dict[str, str] = {}
            for address in dict.fromkeys((*mail.recipients, *also)):
                code, answer = self.smtp.rcpt(address)
                if 400 <= code < 500:
                    raise MailBusy(self.server, f"{address} {code} {_text(answer)}")
                if code not in {250, 251, 252}:
                    refused[address] = f"{code} {_text(answer)}"
        missed = tuple(address for address in mail.recipients if address in refused)
        if len(missed) == len(mail.recipients):
            raise RecipientsRefused("、".join(missed), next(iter(refused.values())))
        return missed

    def hand_over(self, mail: Outgoing) -> None:
        """Give the content; returns when the server took it, raises ``MailDoubtful`` when only it knows."""
        content = re.sub(rb"\r\n|\r|\n", b"\r\n", mail.mime)
        content = re.sub(rb"(?m)^\.", b"..", content)
        with self._before_the_dot():
            code, answer = self.smtp.docmd("DATA")
            if code != 354:
                self._check(code, answer)
        try:
            self.smtp.send(content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"))
            code, answer = self.smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise MailDoubtful(mail.key, f"{self.server} 收下前后断开：{type(error).__name__}") from error
        if 400 <= code < 500:
            raise MailDoubtful(mail.key, f"{self.server} 答复 {code} {_text(answer)}")
        self._check(code, answer)

    def _options(self, mail: Outgoing) -> list[str]:
        wide = not all(address.isascii() for address in (mail.sender, *mail.recipients))
        if wide and not self.smtp.has_extn("smtputf8"):
            raise MailRejected(self.server, "服务器不支持中文邮箱地址")
        if wide:
            self.smtp.command_encoding = "utf-8"
        return ["SMTPUTF8", "BODY=8BITMIME"] if wide else []

    def _check(self, code: int, answer: bytes) -> None:
        if 400 <= code < 500:
            raise MailBusy(self.server, f"{code} {_text(answer)}")
        if not 200 <= code < 300:
            raise MailRejected(self.server, f"{code} {_text(answer)}")

    @contextmanager
    def _before_the_dot(self) -> Iterator[None]:
        try:
            yield
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerUnreachable(self.server, reason_of(error)) from error


@dataclass(frozen=True)
class SmtpServer:
    """Where mail leaves; ``login`` authenticates a connection and lets smtplib's refusals pass.

    ``renew`` says whether another login may succeed where one was refused: a token past its time is dropped there.
    """

    setting: ServerSetting
    user: str
    login: Callable[[smtplib.SMTP], None]
    trust: Callable[[], ssl.SSLContext]
    timeout: float
    renew: Callable[[], bool] = lambda: False

    @property
    def name(self) -> str:
        """The server as people know it."""
        return f"{self.setting.host}:{self.setting.port_for('smtp')}"

    @contextmanager
    def transaction(self) -> Iterator[SmtpTransaction]:
        """A logged-in connection, closed at the end; raises what a person has to know before anything was sent."""
        smtp = self._ready()
        try:
            yield SmtpTransaction(self.name, smtp)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()  # the mail is settled by now, whatever the farewell says
            smtp.close()

    def _ready(self) -> smtplib.SMTP:
        try:
            return self._logged_in()
        except MailLoginRefused:
            if not self.renew():
                raise
        return self._logged_in()

    def _logged_in(self) -> smtplib.SMTP:
        smtp = self._connected()
        try:
            self._log_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _connected(self) -> smtplib.SMTP:
        host, port = self.setting.host, self.setting.port_for("smtp")
        try:
            if self.setting.security == "tls":
                return smtplib.SMTP_SSL(host, port, timeout=self.timeout, context=self.trust())
            smtp = smtplib.SMTP(host, port, timeout=self.timeout)
            if self.setting.security == "starttls":
                smtp.starttls(context=self.trust())
        except ssl.SSLCertVerificationError as error:
            raise MailCertificateRefused(self.name, error.verify_message) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailEncryptionUnknown(self.name, self.setting.security) from error
        except smtplib.SMTPConnectError as error:
            raise MailBusy(self.name, f"{error.smtp_code}") from error
        except (OSError, smtplib.SMTPException) as error:
            if speaks_no_tls(error):
                raise MailEncryptionUnknown(self.name, self.setting.security) from error
            raise MailServerUnreachable(self.name, reason_of(error)) from error
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.ehlo()
            self.login(smtp)
        except smtplib.SMTPAuthenticationError as error:
            answer = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
            if 400 <= error.smtp_code < 500:
                raise MailBusy(self.name, f"{error.smtp_code} {_text(answer)}") from error
            raise MailLoginRefused(self.user, self.name, f"{error.smtp_code} {_text(answer)}", LICENCE_CODE) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerUnreachable(self.name, reason_of(error)) from error
