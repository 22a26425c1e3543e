"""Refuses a package that would exhaust the machine, before anything of it is parsed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.ooxml.package import Package
from schemas.errors import LedgerNotWorkbook, LedgerTooLarge

_MARKUP = (".xml", ".rels", ".vml")
_RATIO_MATTERS_FROM = 8 << 20  # a small part may be as repetitive as it likes


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a package, in bytes and counts; the defaults fit a ledger of 100,000 rows with photos."""

    members: int = 20_000
    total_bytes: int = 2 << 30
    part_bytes: int = 700 << 20
    ratio: float = 300.0


DEFAULT_LIMITS = Limits()


def check_package(
    path: Path, limits: Limits = DEFAULT_LIMITS, wanted: Callable[[str], bool] = lambda _name: False
) -> dict[str, bytes]:
    """Check counts, declared sizes and ratio, then really unpack every markup part (bounded) with its CRC.

    Gives the content of the parts ``wanted`` by name, since they are unpacked anyway. Pictures are not unpacked, so the
    cost follows the sheets and not the photos. Raises LedgerDamaged, LedgerTooLarge, and what ``Package`` raises for a
    file that is no workbook.
    """
    package = Package(path)
    if package.find("[Content_Types].xml") is None:
        raise LedgerNotWorkbook(path, "是另一种压缩格式的文件")
    if len(package.members) > limits.members:
        raise LedgerTooLarge(path, f"部件 {len(package.members)} 个，上限 {limits.members} 个")
    total = sum(member.size for member in package.members)
    if total > limits.total_bytes:
        raise LedgerTooLarge(path, f"解压后 {total >> 20} MB，上限 {limits.total_bytes >> 20} MB")
    for member in package.members:
        if member.size > limits.part_bytes:
            raise LedgerTooLarge(
                path, f"部件 {member.name} 解压后 {member.size >> 20} MB，上限 {limits.part_bytes >> 20} MB"
            )
        if member.size > _RATIO_MATTERS_FROM and member.size > limits.ratio * max(member.packed, 1):
            raise LedgerTooLarge(path, f"部件 {member.name} 的压缩比异常")
    kept: dict[str, bytes] = {}
    for member in package.members:
        if member.name.lower().endswith(_MARKUP):
            content = package.read(member, limits.part_bytes)
            if wanted(member.name):
                kept[member.name] = content
    return kept
