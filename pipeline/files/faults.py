"""Failures of placing files on the share, each with its wording."""

from __future__ import annotations

from pathlib import Path

from schemas.errors import KesuError


class FileInUse(KesuError):
    """A generated file that somebody has open; the next pass tries again."""

    def __init__(self, path: Path, by: str = "") -> None:
        self.by = by
        super().__init__(f"{path.name} 正被 {by or '他人'} 打开，新内容待其关闭后写入。位置：{path.parent}")


class FileChanged(KesuError):
    """A shared file that somebody saved while we prepared; the next pass starts from theirs."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} 在写入前又被保存过，本次不写入，下一轮在新内容上继续。位置：{path.parent}")


class OutsideShare(KesuError):
    """A path that would lead out of its folder."""

    def __init__(self, parent: Path, child: Path) -> None:
        super().__init__(f"路径 {child} 不在文件夹 {parent} 之内，已拒绝。请检查编号、客户和产品名称中的特殊符号。")
