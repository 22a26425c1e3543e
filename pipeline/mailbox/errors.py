"""What can be wrong with a folder mailbox."""

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
        super().__init__(f"邮件 {key} 是否已放入发件文件夹无法确定（{detail}），下一轮会先查找再决定是否重发。")


class MailUnknown(KesuError):
    """An id that names no mail of the inbox."""

    def __init__(self, mail_id: str) -> None:
        super().__init__(f"收件文件夹中没有名为“{mail_id}”的邮件。请刷新后重试。")
