"""PDF copies in the archive: with the installed LibreOffice, without one, with one that fails and one that hangs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import bagit
import pytest
from docx import Document
from openpyxl import load_workbook

from pipeline.archive import pdf_copies
from tests.unit.test_archive_bag import NOW, archives, case, order, write

REPORT = "8D报告.docx"


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """Two complaints with a report of the same name, one of them with minutes that have a PDF already."""
    root = tmp_path / "share"
    for number in ("KS-1", "KS-2"):
        document = Document()
        document.add_paragraph(f"{number} 根本原因：密封圈槽有飞边")
        (root / case(number).folder).mkdir(parents=True)
        document.save(str(root / case(number).folder / REPORT))
    write(root / case().folder / "会议纪要-第1次.docx", b"minutes")
    write(root / case().folder / "会议纪要-第1次.pdf", b"%PDF-1.4 signed")
    return root


def programs(folder: Path, script: str) -> Path:
    """A folder with a program ``soffice`` that runs a Python script: what stands in for LibreOffice."""
    folder.mkdir()
    (folder / "stand_in.py").write_text(script, encoding="utf-8")
    if sys.platform == "win32":
        (folder / "soffice.cmd").write_text(f'@"{sys.executable}" "{folder / "stand_in.py"}" %*\n', encoding="utf-8")
    else:
        (folder / "soffice").write_text(f'#!/bin/sh\n"{sys.executable}" "{folder / "stand_in.py"}" "$@"\n')
        (folder / "soffice").chmod(0o755)
    return folder


def made(share: Path) -> tuple[bagit.Bag, set[str]]:
    """The archive with PDF copies asked for, valid for another tool, and what its index tells beside the usual."""
    archives(share, pdf=True).make(order(case("KS-1"), case("KS-2")), "key", NOW)
    bag = bagit.Bag(str(share / "归档" / "2026-11"))
    bag.validate()
    rows = load_workbook(share / "归档/2026-11/归档索引.xlsx")["说明"].iter_rows(min_row=4, values_only=True)
    return bag, {str(row[0]) for row in rows if "PDF" in str(row[0])}


def pdfs(bag: bagit.Bag) -> set[str]:
    return {name.removeprefix("data/").replace(" 星河汽车 水管", "") for name in bag.payload_files() if ".pdf" in name}


def test_the_installed_libreoffice_makes_a_copy_of_every_report(share: Path) -> None:
    bag, told = made(share)
    assert told == set()
    assert pdfs(bag) == {"KS-1/8D报告.pdf", "KS-2/8D报告.pdf", "KS-1/会议纪要-第1次.pdf"}
    for number in ("KS-1", "KS-2"):
        path = share / "归档/2026-11/data" / f"{number} 星河汽车 水管" / "8D报告.pdf"
        text = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True).stdout.decode()
        assert f"{number} 根本原因：密封圈槽有飞边" in text
    signed = share / "归档/2026-11/data/KS-1 星河汽车 水管/会议纪要-第1次.pdf"
    assert signed.read_bytes() == b"%PDF-1.4 signed"


def test_without_libreoffice_the_archive_is_whole_and_says_so(
    share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    bag, told = made(share)
    assert (pdfs(bag), told) == ({"KS-1/会议纪要-第1次.pdf"}, {pdf_copies.ABSENT})


@pytest.mark.parametrize("script", ["raise SystemExit(77)", "import sys, pathlib\n"
                                    "for path in sys.argv[6:]: pathlib.Path(path).with_suffix('.pdf').write_text('')"],
                         ids=["exit code", "empty file"])
def test_a_libreoffice_that_fails_costs_only_the_copies(
    script: str, share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(programs(tmp_path / "bin", script)))
    bag, told = made(share)
    assert pdfs(bag) == {"KS-1/会议纪要-第1次.pdf"}
    assert told == {f"{number} 星河汽车 水管：8D报告.docx 未能转成 PDF" for number in ("KS-1", "KS-2")}


def test_a_libreoffice_that_hangs_is_ended_with_its_children_and_not_started_again(
    share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tmp_path / "started"
    child = f"import os, time; open({str(started)!r}, 'a').write(f'{{os.getpid()}} '); time.sleep(120)"
    script = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])"
    monkeypatch.setenv("PATH", str(programs(tmp_path / "bin", script)))
    for name, value in (("_SECONDS", 3.0), ("_SECONDS_EACH", 0.0), ("_TOGETHER", 1)):
        monkeypatch.setattr(pdf_copies, name, value)
    begun = time.monotonic()
    bag, told = made(share)
    assert time.monotonic() - begun < 20
    assert pdfs(bag) == {"KS-1/会议纪要-第1次.pdf"}
    assert told == {f"{number} 星河汽车 水管：8D报告.docx 未能转成 PDF（LibreOffice 没有响应，已结束）" for number in
                    ("KS-1", "KS-2")}
    (process,) = started.read_text().split()
    assert not is_running(int(process))


def is_running(process: int) -> bool:
    """Whether a process is there and no mere entry that nobody has collected yet."""
    if sys.platform == "win32":
        listed = subprocess.run(["tasklist", "/FI", f"PID eq {process}"], check=True, capture_output=True)
        return str(process).encode() in listed.stdout
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"
