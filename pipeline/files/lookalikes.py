"""Finds copies beside a ledger that people may fill in by mistake: conflict copies, 副本, (1)."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

_BOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".et"}
_MARK = (
    r"副本|复件|复制|拷贝|冲突[^.]*|copy(?:of)?|conflict[^.]*|\(\d{1,3}\)|"
    r"[^.]*(?:conflicted|冲突)[^.]*|(?:desktop|laptop|pc|win|surface)[-_a-z0-9]*"  # sync tools add the machine's name
)
_BEFORE = re.compile(rf"(?:{_MARK})[-_]?")
_AFTER = re.compile(rf"(?:[-_(\[]?(?:{_MARK})[)\]]?)+")


def lookalikes(path: Path) -> tuple[str, ...]:
    """Names of workbooks in the folder of ``path`` that look like copies of it, in order; raises OSError."""
    own = _folded(path.stem)
    found = []
    for neighbour in path.parent.iterdir():
        name = neighbour.name
        if name == path.name or neighbour.suffix.lower() not in _BOOKS or name.startswith(("~$", ".")):
            continue
        before, here, after = _folded(neighbour.stem).partition(own)
        if here and (not before or _BEFORE.fullmatch(before)) and (not after or _AFTER.fullmatch(after)):
            found.append(name)
    return tuple(sorted(found))


def _folded(stem: str) -> str:
    """Width, case and blanks do not tell one file from another to people."""
    return "".join(unicodedata.normalize("NFKC", stem).casefold().split())
