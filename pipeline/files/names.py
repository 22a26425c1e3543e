"""Names for files and folders made from what people typed, safe on Windows and Linux."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from pipeline.files.faults import OutsideShare

_SEPARATORS_AND_WILDCARDS = re.compile(r'[\\/:*?"<>|]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_UNWANTED_START = re.compile(r"^(?:[ .]|~\$)+")  # leading dots hide or climb, ~$ marks owner files
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}  # control, format (bidi), surrogate, private, unassigned
_HASH_LENGTH = 6


@lru_cache(maxsize=1 << 17)
def safe_name(text: str, limit: int = 40) -> str:
    """One path component from any text, at most ``limit`` characters (and 240 bytes); 未填 for nothing.

    Control, bidi and invisible characters go; separators and wildcards become _; what is cut gets a hash of the
    whole, so that two long names stay two. Idempotent. Raises ValueError for a limit below 8.
    """
    if limit < 8:
        raise ValueError("a name needs at least 8 characters")
    visible = "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in _INVISIBLE)
    spaced = re.sub(r"\s+", " ", unicodedata.normalize("NFC", visible))
    name = _UNWANTED_START.sub("", _SEPARATORS_AND_WILDCARDS.sub("_", spaced)).rstrip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    if not name:
        return "未填"
    return name if len(name) <= limit and len(name.encode()) <= 240 else _cut(name, limit)


def _cut(name: str, limit: int) -> str:
    mark = hashlib.blake2b(name.encode()).hexdigest()[:_HASH_LENGTH]
    kept = name[: limit - _HASH_LENGTH - 1].encode()[: 240 - _HASH_LENGTH - 1].decode(errors="ignore")
    return f"{kept.rstrip(' .')}~{mark}"


def inside(parent: Path, child: Path) -> Path:
    """The resolved ``child`` (relative ones are taken from ``parent``), which must lie under ``parent``.

    Symbolic links and .. are followed first. Raises OutsideShare.
    """
    root = parent.resolve()
    resolved = (root / child).resolve()
    if resolved == root or not resolved.is_relative_to(root):
        raise OutsideShare(parent, child)
    return resolved
