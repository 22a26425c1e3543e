"""PDF copies of the Word documents in an archive, where LibreOffice is installed; the archive is whole without them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

_NAMES = ("soffice", "libreoffice")
_WORD = frozenset({".docx", ".doc"})
_SECONDS = 600.0  # for one complaint's documents
ABSENT = "本机没有 LibreOffice，未生成 PDF"


def office() -> str | None:
    """LibreOffice's program, None when it is not installed."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def add_pdf_copies(folder: Path, program: str) -> tuple[list[Path], str]:
    """Put a PDF beside each Word file directly in ``folder`` that has none; returns them and a sentence on failure.

    A file that LibreOffice cannot convert, or takes too long for, is left without.
    """
    wanted = [
        path for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix.lower() in _WORD and not path.with_suffix(".pdf").exists()
    ] if folder.is_dir() else []
    if not wanted:
        return [], ""
    with tempfile.TemporaryDirectory(prefix="kesu-pdf-") as work:
        fault = _convert(program, wanted, Path(work))
        made = []
        for path in wanted:
            produced, target = Path(work, f"{path.stem}.pdf"), path.with_suffix(".pdf")
            if produced.is_file():
                shutil.copyfile(produced, target)
                made.append(target)
    left = [path.name for path in wanted if path.with_suffix(".pdf") not in made]
    return made, f"{folder.name}：{'、'.join(left)} 未能转成 PDF{fault}" if left else ""


def _convert(program: str, files: Sequence[Path], into: Path) -> str:
    profile = f"-env:UserInstallation={(into / 'profile').as_uri()}"  # beside a LibreOffice that somebody works with
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(into), *map(str, files)]
    try:
        subprocess.run(command, check=False, capture_output=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        return "（超时）"
    return ""
