"""8D drafts per second, ours beside docxtpl used in the ordinary way on the same template; and with photos.

Usage: python -m bench.documents [COUNT]; COUNT drafts with three photos each, 100 by default. CPU times, not wall.
"""

from __future__ import annotations

import io
import re
import resource
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from PIL import Image

from pipeline.documents.gateway import TemplateDocuments
from pipeline.documents.sandbox import BLANK, BLANK_WORD, word_environment
from schemas.case import CaseFiles
from tests.functional import documents_cases as cases

TEMPLATE = Path(__file__).resolve().parents[1] / "templates" / "eight_d" / "template.docx"
_WORDS = re.compile(rb"<w:t[ >][^<]*")


def _per_second(make: Callable[[], object], seconds: float = 3.0) -> float:
    make()
    begun, count = time.process_time(), 0
    while time.process_time() - begun < seconds:
        make()
        count += 1
    return count / (time.process_time() - begun)


def _ordinary(context: dict[str, Any]) -> bytes:
    template = DocxTemplate(TEMPLATE)
    template.render(context, jinja_env=word_environment(), autoescape=True)
    packed = io.BytesIO()
    template.save(packed)
    return packed.getvalue()


def _text(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        found = _WORDS.findall(package.read("word/document.xml"))
    return b"".join(word.split(b">", 1)[1] for word in found).decode().replace(BLANK, BLANK_WORD)


def _photo() -> bytes:
    image = Image.effect_noise((3000, 2250), 40).convert("RGB")
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=88)
    return packed.getvalue()


def main() -> None:
    """Print the figures."""
    documents = TemplateDocuments()
    context = {**documents.context("eight_d", *cases.full(), None), "fishbone": None}
    ours = _per_second(lambda: documents.render("eight_d", context, cases.NOW))
    theirs = _per_second(lambda: _ordinary(context))
    same = _text(documents.render("eight_d", context, cases.NOW)) == _text(_ordinary(context))
    print(f"text only: ours {ours:.1f}/s, docxtpl {theirs:.1f}/s, ratio {ours / theirs:.1f}, same text {same}")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    photo = _photo()
    shown = TemplateDocuments([], lambda _path: photo)
    case, decisions = cases.full()
    case = replace(case, folder="客诉资料/2026/K", files=CaseFiles((), ("1.jpg", "2.jpg", "3.jpg"), ()))
    pictured = shown.context("eight_d", case, decisions, None)
    begun = time.process_time()
    for _ in range(count):
        shown.render("eight_d", pictured, cases.NOW)
    spent = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"with 3 photos of 7 megapixels: {count} drafts, {count / spent:.1f}/s, peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
