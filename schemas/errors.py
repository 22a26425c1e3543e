"""The failures that cross package borders: one class each, its wording in Simplified Chinese with place and remedy."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar


class KesuError(Exception):
    """A failure that a person can act on; ``str(error)`` is the sentence to show, ``exit_code`` the result."""

    exit_code: ClassVar[int] = 2


class LedgerUnreadable(KesuError):
    """A ledger that cannot be read now; it contributes its last good snapshot."""


class LedgerMissing(LedgerUnreadable):
    """The ledger file is not there (for a moment, while Excel saves, or for good)."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"找不到台账：{path}。请检查路径是否写对、公共盘是否已连接。")


class LedgerIsOldXls(LedgerUnreadable):
    """A workbook in the binary format of Excel 97-2003."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} 是旧版 .xls 格式，无法读取。请在 Excel 或 WPS 中另存为 .xlsx 后再试。")


class LedgerEncrypted(LedgerUnreadable):
    """A workbook behind a password to open."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} 设有打开密码，无法读取。请在 Excel 或 WPS 中取消打开密码后保存。")


class LedgerDamaged(LedgerUnreadable):
    """Bytes that are no workbook, or a workbook half written."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path.name} 不是完整的 Excel 工作簿（{detail}）。若正在保存请稍候；否则请重存或恢复备份。")


class LedgerNotWorkbook(LedgerDamaged):
    """Another kind of file under the name of a workbook: csv, web page, OpenDocument."""

    def __init__(self, path: Path, found: str) -> None:
        KesuError.__init__(self, f"{path.name} 不是 Excel 工作簿（{found}）。请用 Excel 或 WPS 打开，另存为 .xlsx。")


class LedgerTooLarge(LedgerUnreadable):
    """A workbook beyond the limits for size, cells or compression ratio."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path.name} 超出读取上限（{detail}）。请删除台账外的多余单元格、工作表或图片后保存。")


class LedgerUnsettled(LedgerUnreadable):
    """The file changed while it was being copied; the next pass tries again."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} 正在被保存，本次暂不读取，稍后自动重试。")


class MailNotKept(KesuError):
    """A mail that was taken in is not on this machine's disk any more."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"来信 {digest[:8]} 的原件不在本机（日志换过电脑或已清理），附件请从邮箱“已处理”中人工存入。")


class LedgerInUse(KesuError):
    """Somebody has the workbook open, so writing back waits."""

    def __init__(self, path: Path, by: str) -> None:
        self.by = by
        super().__init__(f"{path.name} 正被 {by or '他人'} 打开，编号、校验结果和新行待其关闭后写入。")


class LedgerChanged(KesuError):
    """The workbook is no longer the one that was planned from; the next pass plans again."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} 在写入前又被保存过，本次不写入，下一轮重新核对。")


class CellRefused(KesuError):
    """A cell, sheet or package that cannot be patched without risk."""

    def __init__(self, path: Path, place: str, reason: str) -> None:
        self.place = place
        super().__init__(f"{path.name} {place} 不能安全写入：{reason}。文件未作任何改动。")

    def concerns(self, reference: str) -> bool:
        """Whether the refusal is about this one cell, given as ``sheet!A1``."""
        return self.place == reference


class MailRefused(KesuError):
    """A mail that the mail system did not take; it was not sent."""

    def __init__(self, key: str, detail: str = "") -> None:
        super().__init__(f"邮件未能发出（{detail or key}），下一轮重试。请检查邮箱设置与网络。")


class NumberTaken(KesuError):
    """A 客诉编号 that already belongs to another complaint; numbers are never reused."""

    def __init__(self, number: str, holder: str) -> None:
        self.number = number
        super().__init__(f"客诉编号 {number} 已属于另一件客诉（{holder}），不能再用。下一轮会另取新编号，无需处理。")


class PassRunning(KesuError):
    """Another process works with the same journal right now."""

    def __init__(self, journal: Path) -> None:
        super().__init__(
            f"另一个 kesu 正在使用 {journal}，本次不执行。请等它完成；若已在后台运行 kesu run，无需再手动执行。"
        )
