"""What can be wrong with a journal file, and an effect that is not where the caller believes it is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from schemas.effects import EffectKey, EffectState
from schemas.errors import KesuError


class JournalUnusable(KesuError):
    """A journal that cannot be opened or used."""


class JournalOnShare(JournalUnusable):
    """SQLite must not live on a network file system: its locks do not hold there."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"流水账 {path} 位于网络盘，不能使用。请在 config.yaml 的 journal 一项改成本机磁盘上的路径。")


class JournalMissing(JournalUnusable):
    """There is no journal and none was to be created."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"找不到流水账 {path}。新工厂请先运行 kesu init；换了电脑或流水账丢失，请运行 kesu adopt 重新接管公共盘。"
        )


class JournalDamaged(JournalUnusable):
    """A file that is no journal, or a damaged one."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"流水账 {path} 已损坏或不是流水账（{detail}）。请把它连同同名的 -wal、-shm 文件移走，"
            f"再把同目录 backups 中最近的备份复制为 {path.name};"
            "没有备份时运行 kesu adopt。"
        )


class JournalTooNew(JournalUnusable):
    """A journal that a newer release has upgraded."""

    def __init__(self, path: Path, found: str) -> None:
        super().__init__(f"流水账 {path} 由更新版本的 kesu 写成（结构版本 {found}），本版本不能使用。请先升级 kesu。")


class JournalOfOtherSite(JournalUnusable):
    """The journal belongs to another plant than the configuration."""

    def __init__(self, path: Path, found: str, wanted: str) -> None:
        super().__init__(
            f"流水账 {path} 属于工厂“{found}”，而 config.yaml 的 site 写的是“{wanted}”。请检查 site 与 journal 两项。"
        )


class JournalFailed(JournalUnusable):
    """SQLite refused a statement: disk full, file locked for long, no permission."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"流水账 {path} 无法读写（{detail}）。请检查磁盘剩余空间、文件夹权限，以及是否有别的程序占用该文件。"
        )


class TimeRunsBackwards(KesuError):
    """A rehearsed pass before the last one."""

    def __init__(self, now: datetime, last: datetime) -> None:
        super().__init__(
            f"演练时间不能倒退：上一轮是 {last:%Y-%m-%d %H:%M}，这次是 {now:%Y-%m-%d %H:%M}。"
            "请用更晚的 --now，或在新文件夹里重新演练。"
        )


class CaseAlreadyNumbered(KesuError):
    """A case keeps its first 客诉编号 for good."""

    def __init__(self, case_id: str, number: str, wanted: str) -> None:
        super().__init__(f"客诉 {case_id} 已有编号 {number}，不再改为 {wanted}。请把台账中的编号改回 {number}。")


class EffectUnknown(KesuError):
    """An effect without a committed intent must not be performed."""

    def __init__(self, key: EffectKey) -> None:
        super().__init__(f"流水账中没有这项工作：{key}。请把此信息反馈给软件维护者。")


class EffectSettled(KesuError):
    """An effect that is done or uncertain, and must not be performed again."""

    def __init__(self, key: EffectKey, state: EffectState) -> None:
        word = "已完成" if state is EffectState.DONE else "结果不明，须由人确认"
        super().__init__(f"这项工作{word}，不再重复执行：{key}。")
