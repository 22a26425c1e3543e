"""Failures of making or reading an archive, each with its wording."""

from __future__ import annotations

from pathlib import Path

from schemas.errors import KesuError


class ArchiveNameTaken(KesuError):
    """A folder of the archive's name is there and is not the one to be made."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} 已经存在，但不是这次要做的归档。归档交出后不再改动，本次不动它。"
            "若是手工建的文件夹，请改名或移走，下一轮会自动重做。"
        )


class ArchiveDiskFull(KesuError):
    """Not enough room for the archive."""

    def __init__(self, folder: Path, needed: int, free: int) -> None:
        super().__init__(
            f"归档需要约 {needed / 1e6:,.0f} MB，{folder} 所在磁盘只剩 {free / 1e6:,.0f} MB。"
            "请清理磁盘，下一轮会自动重做。"
        )


class ArchiveSourceUnreadable(KesuError):
    """A file of a case folder cannot be read, or keeps changing while it is copied."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"归档等待：{path} {why}。请关闭打开它的程序；下一轮会自动重做。")


class ArchiveNotVerified(KesuError):
    """What was read back is not what was written."""

    def __init__(self, path: str) -> None:
        super().__init__(f"归档写入后核对不符：{path}。磁盘或网络可能有问题，这份归档没有交出；下一轮会自动重做。")


class NotAnArchive(KesuError):
    """A folder without bagit.txt."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} 不是归档：其中没有 bagit.txt。请指定归档文件夹，例如 归档/2026-11。")
