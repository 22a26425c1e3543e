"""PDF copies of the Word documents in an archive, where LibreOffice is installed; the archive is whole without them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.files.system_faults import plain_sentence

_NAMES = ("soffice", "libreoffice")
_WORD = frozenset({".docx", ".doc"})
_TOGETHER = 20  # documents per start of LibreOffice, which alone takes seconds
_SECONDS, _SECONDS_EACH = 60.0, 10.0
ABSENT = "本机没有 LibreOffice，未生成 PDF"


def office() -> str | None:
    """LibreOffice's program, None when it is not installed."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def wanted_copies(folder: Path) -> list[Path]:
    """The Word files directly in ``folder`` that have no PDF beside them."""
    if not folder.is_dir():
        return []
    return [
        path for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix.lower() in _WORD and not path.with_suffix(".pdf").exists()
    ]


def add_pdf_copies(files: Sequence[Path], program: str) -> tuple[list[Path], list[str]]:
    """Put a PDF beside each Word file; returns the PDFs made, and a sentence for each file left without.

    What LibreOffice cannot convert is left without. Once it hangs, it is ended and not started again.
    """
    made, remarks, fault = list[Path](), list[str](), ""
    with tempfile.TemporaryDirectory(prefix="kesu-pdf-", ignore_cleanup_errors=True) as folder:
        for start in range(0, len(files), _TOGETHER):
            batch = files[start : start + _TOGETHER]
            work = Path(folder, str(start))
            fault = fault or _convert(program, batch, work, Path(folder, "profile"))
            for place, path in enumerate(batch):
                produced, target = work / f"{place}.pdf", path.with_suffix(".pdf")
                if _is_pdf(produced):
                    shutil.copyfile(produced, target)
                    made.append(target)
                else:
                    remarks.append(f"{path.parent.name}：{path.name} 未能转成 PDF{fault}")
    return made, remarks


def _is_pdf(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(5) == b"%PDF-"
    except FileNotFoundError:
        return False


def _convert(program: str, files: Sequence[Path], work: Path, profile: Path) -> str:
    """Convert to ``work``/0.pdf, 1.pdf, …; why nothing more is to be tried, "" when all is well.

    Copies under numbers: every complaint has its 8D报告.docx. A profile of its own, beside a LibreOffice that somebody
    works with. No pipes: they would stay open in what LibreOffice leaves behind.
    """
    work.mkdir()
    copies = [work / f"{place}{path.suffix.lower()}" for place, path in enumerate(files)]
    for path, copy in zip(files, copies, strict=True):
        shutil.copyfile(path, copy)
    command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "pdf",
               "--outdir", str(work), *map(str, copies)]
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        return f"（LibreOffice 启动不了：{plain_sentence(error)}）"
    try:
        process.wait(_SECONDS + _SECONDS_EACH * len(files))
    except subprocess.TimeoutExpired:
        _end(process)
        return "（LibreOffice 没有响应，已结束）"
    return ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program with what it started: soffice is a launcher, the work is done by its children."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], check=False, capture_output=True)
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
