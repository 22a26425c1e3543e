"""What can be wrong with a mailbox: one class a failure, each with the remedy that a plant's operator can apply."""

from __future__ import annotations

from pathlib import Path

from schemas.errors import KesuError, MailRefused


class MailboxFolderMissing(MailRefused):
    """The folder of incoming or outgoing mails is not there; nothing was sent."""

    def __init__(self, folder: Path) -> None:
        KesuError.__init__(
            self, f"找不到邮件文件夹：{folder}。请新建该文件夹，或检查 config.yaml 的 mail 一项和网络盘是否已连接。"
        )


class MailDoubtful(KesuError):
    """The last step of sending failed, so that only a look into the mailbox can tell whether it happened."""

    def __init__(self, key: str, detail: str) -> None:
        super().__init__(f"邮件 {key} 是否已发出无法确定（{detail}），下一轮会先在邮箱中查找，查不清的交人工核对。")


class MailUnknown(KesuError):
    """An id that names no mail of the inbox."""

    def __init__(self, mail_id: str) -> None:
        super().__init__(f"收件文件夹中没有名为“{mail_id}”的邮件。请刷新后重试。")


class SecretMissing(MailRefused):
    """The environment variable that should hold a password, a client secret or the robot's address is not set."""

    def __init__(self, name: str) -> None:
        KesuError.__init__(
            self, f"没有设置环境变量 {name}（存放密码、授权码、密钥或机器人地址）。请在运行 kesu 的账户下设置后重启。"
        )


class MailServerUnreachable(MailRefused):
    """No connection, or it broke before anything was handed over."""

    def __init__(self, server: str, detail: str) -> None:
        KesuError.__init__(
            self, f"连不上邮件服务器 {server}（{detail}），稍后自动重试。请检查网络、地址、端口和加密方式。"
        )


class MailCertificateRefused(MailRefused):
    """The server's certificate is not one that this machine trusts."""

    def __init__(self, server: str, detail: str) -> None:
        KesuError.__init__(
            self, f"邮件服务器 {server} 的证书不受信任（{detail}）。"
            "自建服务器请把本公司根证书的文件填到 mail.ca_file，不要关闭加密。"
        )


class MailLoginRefused(MailRefused):
    """The server does not accept the user with this secret; ``remedy`` says what is usual where it is."""

    def __init__(self, user: str, server: str, detail: str, remedy: str = "请检查账号和密码。") -> None:
        KesuError.__init__(self, f"邮件服务器 {server} 拒绝了账号 {user} 的登录（{detail}）。{remedy}")


class TokenRefused(MailLoginRefused):
    """The server does not accept a token (any longer): nothing was done, and a new one may be."""


class MailEncryptionUnknown(MailRefused):
    """The server does not encrypt in the way that the configuration asks for."""

    def __init__(self, server: str, security: str) -> None:
        other = "starttls" if security == "tls" else "tls"
        KesuError.__init__(
            self, f"邮件服务器 {server} 不支持 security: {security}。请核对端口，或把它改为 {other}。"
        )


class TenantUnknown(MailRefused):
    """The identity platform gives no sensible answer about a tenant."""

    def __init__(self, authority: str) -> None:
        KesuError.__init__(
            self, f"在 {authority} 查不到租户的登录信息。请检查 oauth 一节的 tenant 和 cloud（china 或 global）。"
        )


class MailboxUnknown(MailRefused):
    """The server knows no mailbox of that address."""

    def __init__(self, mailbox: str, detail: str) -> None:
        KesuError.__init__(self, f"找不到邮箱 {mailbox}（{detail}）。请检查 mailbox 的地址，以及它是否有邮箱许可。")


class MailBusy(MailRefused):
    """The server asks to come back later; nothing was sent. ``retry_after`` in seconds, 0 when it did not say."""

    def __init__(self, server: str, detail: str, retry_after: float = 0) -> None:
        self.retry_after = retry_after
        when = f"{retry_after:.0f} 秒后" if retry_after else "稍后"
        KesuError.__init__(self, f"邮件服务器 {server} 忙或限流（{detail}），{when}自动重试。")


class MailServerDeclined(MailRefused):
    """The server said no to what was asked of it, reading, moving or sending; nothing was done."""

    def __init__(self, server: str, detail: str) -> None:
        KesuError.__init__(
            self, f"邮件服务器 {server} 没有照办（{detail}），稍后自动重试。请检查该邮箱的权限、剩余空间和文件夹设置。"
        )


class MailFolderUnknown(MailRefused):
    """A folder of the mailbox that the configuration names and the server does not have."""

    def __init__(self, folder: str, known: str) -> None:
        KesuError.__init__(self, f"邮箱里没有文件夹“{folder}”。请在 config.yaml 中改成已有的文件夹：{known}。")


class RecipientsRefused(MailRefused):
    """The server took none of the recipients; nothing was sent."""

    def __init__(self, addresses: str, detail: str) -> None:
        KesuError.__init__(self, f"收件人 {addresses} 全部被邮件服务器拒收（{detail}）。请在通讯录改正邮箱地址。")


class MailRejected(MailRefused):
    """The server refused the sender or the message for good; sending it again unchanged would not help."""

    def __init__(self, server: str, detail: str) -> None:
        KesuError.__init__(self, f"邮件服务器 {server} 拒收这封邮件（{detail}）。请检查发件人、附件大小和内容限制。")
