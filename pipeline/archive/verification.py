"""Check a bag as anybody may have handed it on: every file named, there, unchanged, and none beside (RFC 8493, 3)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.archive.bag import DATA, DECLARATION, read_info
from pipeline.archive.faults import NotAnArchive
from pipeline.files.system_faults import plain_sentence

_ALGORITHMS = ("sha512", "sha384", "sha256", "sha224", "sha1", "md5")
_LINE = re.compile(r"([0-9a-fA-F]+)\s+\*?(.+)")
_ENCODED = re.compile("%(0D|0A|25)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found: files and bytes read, and a sentence for each fault."""

    files: int
    size: int
    faults: tuple[str, ...]


def _decoded(name: str) -> str:
    return _ENCODED.sub(lambda match: chr(int(match[1], 16)), name)


def _entries(manifest: Path) -> tuple[dict[str, str], list[str]]:
    """Hash by path, and a fault for each line that cannot be used."""
    found, faults = dict[str, str](), list[str]()
    text = manifest.read_text(encoding="utf-8", errors="surrogateescape")
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.fullmatch(line)
        name = _decoded(match[2]) if match else ""
        parts = name.replace("\\", "/").split("/")
        if match is None:
            faults += [f"清单 {manifest.name} 第{number}行写坏了"] if line.strip() else []
        elif ".." in parts or name.startswith(("/", "~")) or ":" in parts[0]:
            faults.append(f"清单 {manifest.name} 第{number}行指向归档以外，已拒绝：{name}")
        else:
            found[name] = match[1].lower()
    return found, faults


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def _manifests(root: Path, opening: str) -> Iterator[tuple[str, Path]]:
    for algorithm in _ALGORITHMS:
        manifest = root / f"{opening}-{algorithm}.txt"
        if manifest.is_file():
            yield algorithm, manifest


class _Check:
    """One run over a bag; collects faults as sentences."""

    def __init__(self, root: Path) -> None:
        self.root, self.faults = root, list[str]()
        self.files = self.size = 0

    def _file(self, name: str, digest: str, algorithm: str) -> None:
        path = self.root / Path(*name.split("/"))
        try:
            if not path.is_file():
                self.faults.append(f"少了文件：{name}")
                return
            self.files += 1
            self.size += path.stat().st_size
            if _digest(path, algorithm) != digest:
                self.faults.append(f"内容变了（与交出时不同）：{name}")
        except OSError as error:
            self.faults.append(f"读不到：{name}（{plain_sentence(error)}）")

    def payload(self) -> None:
        listed: set[str] = set()
        manifests = list(_manifests(self.root, "manifest"))
        if not manifests:
            self.faults.append("没有文件清单（manifest-sha256.txt）")
        for algorithm, manifest in manifests[:1]:  # the strongest one is enough to tell a change
            entries, faults = _entries(manifest)
            self.faults += faults
            listed |= entries.keys()
            for name, digest in sorted(entries.items()):
                self._file(name, digest, algorithm)
        standing = {path.relative_to(self.root).as_posix() for path in (self.root / DATA).rglob("*") if path.is_file()}
        self.faults += [f"多出文件（清单中没有）：{name}" for name in sorted(standing - listed)]
        oxum = read_info(self.root).get("Payload-Oxum", "")
        if oxum and oxum != f"{self.size}.{self.files}" and not self.faults:
            self.faults.append(f"总大小或文件数与 bag-info.txt 不符：应为 {oxum}")

    def tags(self) -> None:
        files, size = self.files, self.size
        for algorithm, manifest in list(_manifests(self.root, "tagmanifest"))[:1]:
            entries, faults = _entries(manifest)
            self.faults += faults
            for name, digest in sorted(entries.items()):
                self._file(name, digest, algorithm)
        self.files, self.size = files, size
        if (self.root / "fetch.txt").exists():
            self.faults.append("有些文件只留了下载地址（fetch.txt），不在归档里")


def verify_bag(root: Path) -> Verified:
    """Read the whole bag; memory does not grow with it. Raises ``NotAnArchive`` for a folder that is no bag."""
    declaration = root / DECLARATION
    if not declaration.is_file():
        raise NotAnArchive(root)
    check = _Check(root)
    if not declaration.read_text(encoding="utf-8", errors="replace").startswith("BagIt-Version:"):
        check.faults.append("bagit.txt 写坏了：第一行应为 BagIt-Version")
    check.payload()
    check.tags()
    return Verified(check.files, check.size, tuple(check.faults))
