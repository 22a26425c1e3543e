"""Backups beside documents: a bounded number of each, and nothing that somebody saved into one is ever removed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from pipeline.files.exchange import BACKUPS, exchange
from pipeline.files.superseded import KEPT, prune


def replaced(target: Path, count: int) -> list[str]:
    """A document replaced that many times; the names of its backups, the oldest first."""
    names = []
    for number in range(count):
        before = target.read_bytes()
        os.utime(target, (1_000_000 + number, 1_000_000 + number))
        digest = hashlib.sha256(before).hexdigest()
        exchange(target, f"版本 {number + 1}".encode(), digest)
        names.append(f"{target.stem}.{digest[:8]}{target.suffix}")
    return names


def backups(folder: Path) -> set[str]:
    return {path.name for path in (folder / BACKUPS).iterdir()}


def test_the_latest_versions_of_each_document_stay(tmp_path: Path) -> None:
    document, other = tmp_path / "8D报告.docx", tmp_path / "8D报告.旧.docx"
    for path in (document, other):
        path.write_bytes(f"{path.name} 版本 0".encode())
    mine, others = replaced(document, KEPT + 4), replaced(other, 2)
    assert prune(document) == ()
    assert backups(tmp_path) == {*mine[-KEPT:], *others}
    assert prune(document) == ()
    assert document.read_bytes() == f"版本 {KEPT + 4}".encode()


def test_what_somebody_saved_into_a_backup_is_put_beside_the_document(tmp_path: Path) -> None:
    document = tmp_path / "8D报告.docx"
    document.write_bytes(b"0")
    names = replaced(document, KEPT + 1)
    (tmp_path / BACKUPS / names[0]).write_bytes("迟到的保存".encode())
    aside = tmp_path / BACKUPS / names[1].replace(".docx", "-另存1.docx")
    aside.write_bytes("与换下时不同".encode())
    found = prune(document)
    assert {path.read_bytes().decode() for path in found} == {"迟到的保存", "与换下时不同"}
    assert {path.parent for path in found} == {tmp_path}
    assert all("存进旧版本的内容" in path.name for path in found)
    assert backups(tmp_path) == set(names[1:])
    assert prune(document) == ()


def test_a_late_save_that_came_twice_is_kept_until_the_same_stands_beside(tmp_path: Path) -> None:
    document = tmp_path / "8D报告.docx"
    document.write_bytes(b"0")
    backup = tmp_path / BACKUPS / replaced(document, 1)[0]
    for _ in range(2):
        backup.write_bytes("迟到的保存".encode())
        (beside,) = prune(document)
        assert not backup.exists()
    backup.write_bytes("迟到的保存".encode())
    beside.write_bytes("在旁边的文件里接着写".encode())
    prune(document)
    assert (backup.read_bytes().decode(), beside.read_bytes().decode()) == ("迟到的保存", "在旁边的文件里接着写")


def test_a_document_without_backups_has_nothing_to_prune(tmp_path: Path) -> None:
    assert prune(tmp_path / "8D报告.docx") == ()
