"""8D drafts beside docxtpl in the ordinary way on the same template and python-docx by hand; without and with photos.

Usage: python -m bench.documents, which prints the rows of the comparison, seconds for one draft each.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from markupsafe import Markup
from PIL import Image, ImageOps

from bench.row import Row, Scale, faster
from bench.shares import explained
from bench.turns import in_turns
from bench.watch import Spent, Watch
from pipeline.documents.gateway import TemplateDocuments
from pipeline.documents.sandbox import BLANK, BLANK_WORD, word_environment
from schemas.case import CaseFiles
from tests.functional import documents_cases as cases

TEMPLATE = Path(__file__).resolve().parents[1] / "templates" / "eight_d" / "template.docx"
_WORDS = re.compile(rb"<w:t[ >][^<]*")
_SIDES = ("left", "right")
_PEERS = ("docxtpl in the ordinary way", "python-docx by hand")
_LIMIT = "deflate of the parts + write"
_REMARKS = """\
Wall seconds of so short a work depend on who else uses the processor. The next step would be to keep the parsed tree of
the template and change texts in it, which loops and conditions in templates do not allow."""


def rows(scale: Scale) -> Iterator[Row]:
    """Text only, then with three photos from a telephone; every draft is written to memory."""
    documents = TemplateDocuments()
    context = {**documents.context("eight_d", *cases.full(), None), "fishbone": None}
    yield _row("8D draft, text only", "all fields", documents, context, {}, scale, scale.choose(quick=24, full=40))
    width, height = scale.choose(quick=(800, 600), full=(3000, 2250))
    photos = {f"{number}.jpg": _photo(number, width, height) for number in (1, 2, 3)}
    shown = TemplateDocuments([], lambda path: photos[path.rpartition("/")[2]])
    case, decisions = cases.full()
    case = replace(case, folder="客诉资料/2026/K", files=CaseFiles((), tuple(photos), ()))
    pictured = {**shown.context("eight_d", case, decisions, None), "fishbone": None}
    size = f"3 of {width} x {height}"
    yield _row("8D draft, with photos", size, shown, pictured, photos, scale, 1)


def _row(work: str, size: str, documents: TemplateDocuments, context: Mapping[str, Any], photos: Mapping[str, bytes],
         scale: Scale, count: int) -> Row:
    def ours() -> bytes:
        return documents.render("eight_d", context, cases.NOW)

    def docxtpl() -> bytes:
        return _ordinary(context, photos)

    finished = ours()
    by_hand = _ByHand(finished, photos)
    ours(), docxtpl()  # templates compiled, formats known
    cost = in_turns({
        "ours": _each(ours, count), _PEERS[0]: _each(docxtpl, max(1, count // 8)),
        _PEERS[1]: _each(by_hand.make, max(1, count // 8)), _LIMIT: _each(lambda: _packed_again(finished), count),
    }, scale.rounds)
    mine, template, hand, limit = cost.values()
    return explained(Row(work, size, mine, (template, hand), limit, () if photos else (faster(mine, template, 10),),
               "the text of every paragraph with both peers', the number of pictures",
               tuple(_differences(finished, {_PEERS[0]: docxtpl(), _PEERS[1]: by_hand.make()})),
               (f"{1 / mine.seconds:.1f} drafts a second",), _REMARKS), ours)


def _each(make: Callable[[], object], count: int) -> Callable[[], Spent]:
    """Seconds for one of ``count`` drafts made in a row."""
    def round_() -> Spent:
        watch = Watch()
        for _ in range(count):
            make()
        return watch.spent(parts=count)

    return round_


def _ordinary(context: Mapping[str, Any], photos: Mapping[str, bytes]) -> bytes:
    """As docxtpl's guide has it: the template opened, rendered and saved for each draft, photos made small before."""
    template = DocxTemplate(TEMPLATE)

    def shown(path: str) -> object:
        small = _made_small(photos[path.rpartition("/")[2]]) if path else None
        return InlineImage(template, io.BytesIO(small), width=Mm(79)) if small else Markup("")

    pictures = [{**row, **{side: shown(row[side]) for side in _SIDES}} for row in context.get("picture_rows") or ()]
    words = word_environment()
    finalize = words.finalize

    def with_images(value: object) -> object:
        if isinstance(value, InlineImage):  # our environment would escape what docxtpl puts in the picture's place
            return Markup(str(value))  # noqa: S704 - docxtpl's own markup
        return finalize(value) if finalize else value

    environment = words.overlay(finalize=with_images)
    template.render({**context, "picture_rows": pictures}, jinja_env=environment, autoescape=True)
    packed = io.BytesIO()
    template.save(packed)
    return packed.getvalue()


def _made_small(photo: bytes) -> bytes:
    packed = io.BytesIO()
    with Image.open(io.BytesIO(photo)) as image:
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((1400, 1400))
        upright.save(packed, "JPEG", quality=82)
    return packed.getvalue()


class _ByHand:
    """The same words in paragraphs and tables through python-docx's calls; what to write is read from ours before."""

    def __init__(self, finished: bytes, photos: Mapping[str, bytes]) -> None:
        self._photos = photos
        self._blocks: list[str | list[list[str]]] = []
        body = Document(io.BytesIO(finished)).element.body
        for block in body.iterchildren():
            if block.tag == qn("w:tbl"):
                self._blocks.append([[_said(cell) for cell in row.iter(qn("w:tc"))] for row in block.iter(qn("w:tr"))])
            else:
                self._blocks.append(_said(block))

    def make(self) -> bytes:
        """Write it all and save."""
        document = Document()
        for block in self._blocks:
            if isinstance(block, str):
                document.add_paragraph(block)
                continue
            table = document.add_table(len(block), max(map(len, block)))
            for row, texts in zip(table.rows, block, strict=True):
                for cell, text in zip(row.cells, texts, strict=False):
                    cell.text = text
        for photo in self._photos.values():
            document.add_picture(io.BytesIO(_made_small(photo)), width=Mm(79))
        packed = io.BytesIO()
        document.save(packed)
        return packed.getvalue()


def _said(element: Any) -> str:
    return "".join(text.text or "" for text in element.iter(qn("w:t")))


def _packed_again(finished: bytes) -> bytes:
    """What no maker can spare: deflating document.xml and writing the parts as they are."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(finished)) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            packing = zipfile.ZIP_DEFLATED if name == "word/document.xml" else zipfile.ZIP_STORED
            target.writestr(name, source.read(name), packing)
    return packed.getvalue()


def _differences(ours: bytes, peers: Mapping[str, bytes]) -> Iterator[str]:
    text, pictures = _text(ours), _pictures(ours)
    for name, content in peers.items():
        if _text(content) != text:
            yield f"{name}: the text is another"
        if _pictures(content) != pictures:
            yield f"{name}: {_pictures(content)} pictures beside our {pictures}"


def _text(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        found = _WORDS.findall(package.read("word/document.xml"))
    return b"".join(word.split(b">", 1)[1] for word in found).decode().replace(BLANK, BLANK_WORD)


def _pictures(content: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return sum(name.startswith("word/media/") for name in package.namelist())


def _photo(number: int, width: int, height: int) -> bytes:
    image = Image.effect_noise((width, height), 40 + number).convert("RGB")
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=88)
    return packed.getvalue()


if __name__ == "__main__":
    from bench.results import lines_of

    for made in rows(Scale(quick=False)):
        print("\n".join(lines_of(made)))
