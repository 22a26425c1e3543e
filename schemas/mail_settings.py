"""Where mail comes from and how it leaves: one section a backend; secrets only as names of environment variables."""

from __future__ import annotations

import re
from datetime import time
from typing import Literal

from pydantic import Field, field_validator, model_validator

from schemas.section import Section

_ADDRESS = re.compile(r"[^@\s<>,;，；]+@[^@\s<>,;，；]+")

Security = Literal["tls", "starttls", "none"]

_PORTS = {
    ("imap", "tls"): 993, ("imap", "starttls"): 143, ("imap", "none"): 143,
    ("smtp", "tls"): 465, ("smtp", "starttls"): 587, ("smtp", "none"): 25,
}


class ServerSetting(Section):
    """One server; ``port`` 0 is the usual one. ``none`` sends the password in the clear: inside the plant only."""

    host: str = Field(min_length=1)
    port: int = Field(default=0, ge=0, le=65535)
    security: Security = "tls"

    def port_for(self, protocol: Literal["imap", "smtp"]) -> int:
        """The port to connect to."""
        return self.port or _PORTS[protocol, self.security]


class OAuthSetting(Section):
    """An application registered with Microsoft's identity platform; ``authority`` replaces the cloud's own."""

    tenant: str = Field(min_length=1)
    client_id: str = Field(min_length=1)
    secret_env: str = "KESU_MAIL_CLIENT_SECRET"  # noqa: S105 - the name of a variable
    cloud: Literal["china", "global"] = "china"
    authority: str = ""


class ImapSmtpSetting(Section):
    """A mailbox at Tencent, NetEase, Aliyun or on a server of one's own.

    ``sent`` and ``drafts`` empty: the server says which they are. ``self_copy`` sends every mail to the mailbox as
    well, which proves afterwards that the server took it.
    """

    user: str = Field(min_length=1)
    auth: Literal["password", "xoauth2"] = "password"
    password_env: str = "KESU_MAIL_PASSWORD"  # noqa: S105 - the name of a variable
    oauth: OAuthSetting | None = None
    imap: ServerSetting
    smtp: ServerSetting
    inbox: str = "INBOX"
    processed: str = "客诉已处理"
    sent: str = ""
    drafts: str = ""
    save_sent: bool = True
    self_copy: bool = False

    @model_validator(mode="after")
    def _token_has_a_source(self) -> ImapSmtpSetting:
        if self.auth == "xoauth2" and self.oauth is None:
            raise ValueError("auth 为 xoauth2 时要填写 oauth 一节(tenant、client_id、secret_env)")
        return self


class GraphSetting(Section):
    """A mailbox at Exchange Online; ``endpoint`` replaces the cloud's own. Its application needs Mail.ReadWrite and
    Mail.Send."""

    mailbox: str = Field(min_length=1)
    oauth: OAuthSetting
    inbox: str = "inbox"
    processed: str = "客诉已处理"
    endpoint: str = ""


class ExchangeSetting(Section):
    """A mailbox on the company's own Exchange; ``endpoint`` replaces the usual address on ``server``.

    ``mailbox`` may be a shared one that ``user`` works in as its delegate, or that the server lets it impersonate.
    ``any`` asks the server how to log in.
    """

    server: str = ""
    endpoint: str = ""
    mailbox: str = Field(min_length=1)
    user: str = ""
    auth: Literal["any", "ntlm", "basic", "oauth"] = "ntlm"
    password_env: str = "KESU_MAIL_PASSWORD"  # noqa: S105 - the name of a variable
    oauth: OAuthSetting | None = None
    scope: str = ""
    access: Literal["delegate", "impersonation"] = "delegate"
    inbox: str = "inbox"
    processed: str = "客诉已处理"

    @model_validator(mode="after")
    def _complete(self) -> ExchangeSetting:
        if not (self.server or self.endpoint):
            raise ValueError("server 与 endpoint 至少填一项")
        if self.auth == "oauth" and (self.oauth is None or not self.scope):
            raise ValueError("auth 为 oauth 时要填写 oauth 一节和 scope")
        if self.auth != "oauth" and not self.user:
            raise ValueError("缺少 user，请填写登录账号，如 域名\\账号")
        return self


class SendingSetting(Section):
    """When and to whom mail may leave; minutes, hours and megabytes as the names say.

    ``draft_minutes`` is how long a draft must have stood after a lost answer before it is sent again, ``doubt_minutes``
    how long a mail that is nowhere to be found is looked for before a person is asked.
    """

    internal_domains: tuple[str, ...] = ()
    allowed_domains: tuple[str, ...] = ()
    external_domains: tuple[str, ...] = ()  # outside, of whom invitations to meetings may go to those invited
    redirect_all_to: str = ""
    quiet_from: time = time(21, 0)
    quiet_to: time = time(7, 0)
    per_hour: int = Field(default=100, ge=1)
    retry_minutes: tuple[int, ...] = Field(default=(1, 5, 15, 60), min_length=1)
    max_attachment_mb: float = Field(default=2.5, ge=0)
    draft_minutes: int = Field(default=2, ge=0)
    doubt_minutes: int = Field(default=10, ge=0)

    @field_validator("redirect_all_to")
    @classmethod
    def _redirected_to_an_address(cls, address: str) -> str:
        if address and not _ADDRESS.fullmatch(address):
            raise ValueError("应为一个邮箱地址，例如 test@example.com；不用测试模式则留空")
        return address


class RobotSetting(Section):
    """A group robot that announces 紧急 cases without details; its address is a secret and stands in ``url_env``."""

    kind: Literal["none", "wecom", "dingtalk"] = "none"
    url_env: str = "KESU_ROBOT_URL"
    sign_env: str = ""


class MailSetting(Section):
    """The mailbox and who hears what."""

    backend: Literal["folder", "imap_smtp", "graph", "exchange"] = "folder"
    inbox: str = "mail/inbox"
    outbox: str = "mail/outbox"
    sender: str = "客诉助手 <kesu@example.com>"
    timeout_seconds: float = Field(default=60, gt=0)
    ca_file: str = ""
    imap_smtp: ImapSmtpSetting | None = None
    graph: GraphSetting | None = None
    exchange: ExchangeSetting | None = None
    sending: SendingSetting = SendingSetting()
    robot: RobotSetting = RobotSetting()
    digest_at: time = time(8, 30)
    quality_manager: str = ""
    release_notice: bool = True
    escalation: bool = True
    meeting_notice: bool = True
    minutes: bool = True
    digest: bool = True
    line_stop_alert: bool = True
    containment_alert: bool = True

    @field_validator("sender")
    @classmethod
    def _sender_has_an_address(cls, sender: str) -> str:
        if not _ADDRESS.fullmatch(sender.rpartition("<")[2].removesuffix(">").strip()):
            raise ValueError("应写邮箱地址，例如 客诉助手 <kesu@example.com>")
        return sender

    @model_validator(mode="after")
    def _backend_is_described(self) -> MailSetting:
        if self.backend != "folder" and getattr(self, self.backend) is None:
            raise ValueError(f"backend 为 {self.backend} 时要填写 mail.{self.backend} 一节")
        return self
