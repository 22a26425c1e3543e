"""The tag files of a BagIt bag (RFC 8493): written with LF, UTF-8, sorted, so that equal content gives equal bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.archive.copying import sha256_of
from pipeline.files.atomic import write_synced

DECLARATION, INFO = "bagit.txt", "bag-info.txt"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
DATA = "data"
_KEY, _TEXT, _SOURCE = "Internal-Sender-Identifier", "External-Description", "Internal-Sender-Description"


def manifest_text(entries: Sequence[tuple[str, str]]) -> bytes:
    """``<hash>  <path>`` a line, in the order of the paths."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(entries)).encode("utf-8")


def write_tag_files(
    root: Path, payload: Sequence[tuple[str, str]], size: int, facts: Mapping[str, str], others: Sequence[str]
) -> None:
    """Make ``root``, whose ``data`` folder is filled, a bag.

    ``payload`` holds (path, SHA-256) of every file below ``root``/data, ``size`` their bytes, ``facts`` the lines of
    bag-info.txt, ``others`` further tag files that stand already.
    """
    info = {**facts, "Payload-Oxum": f"{size}.{len(payload)}"}
    lines = "".join(f"{name}: {' '.join(text.split())}\n" for name, text in info.items())
    write_synced(root / DECLARATION, b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    write_synced(root / INFO, lines.encode("utf-8"))
    write_synced(root / MANIFEST, manifest_text(payload))
    tags = (DECLARATION, INFO, MANIFEST, *others)
    write_synced(root / TAG_MANIFEST, manifest_text([(name, sha256_of(root / name)) for name in tags]))


def bag_facts(key: str, text: str, *, period: str, organisation: str, day: str, rehearsal: bool) -> dict[str, str]:
    """The lines of bag-info.txt; ``key`` tells the effect that made the bag, so that a crash is recognised."""
    facts = {
        "Source-Organization": organisation, "External-Identifier": period, _TEXT: text, "Bagging-Date": day,
        "Bag-Software-Agent": "kesu", _KEY: key,
    }
    return {**facts, _SOURCE: "演练"} if rehearsal else facts


def read_info(root: Path) -> dict[str, str]:
    """The lines of bag-info.txt; empty when there is none or it cannot be read as text."""
    try:
        text = (root / INFO).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return {}  # no bag of ours: whoever asked finds no key in it
    pairs = (line.partition(": ")[::2] for line in text.splitlines() if ": " in line)
    return dict(pairs)


def made_by(root: Path) -> tuple[str, str, bool]:
    """Key and description of the bag at ``root``, and whether a rehearsal made it; ("", "", False) for no bag."""
    info = read_info(root)
    return info.get(_KEY, ""), info.get(_TEXT, ""), info.get(_SOURCE) == "演练"


def read_manifest(root: Path) -> dict[str, str]:
    """SHA-256 by path of a bag's payload; raises OSError when the manifest is not there."""
    lines = (root / MANIFEST).read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines if "  " in line)}
