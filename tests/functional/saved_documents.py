"""Documents as people leave them: a field typed over, and the file as Word, WPS or LibreOffice would save it.

"Like" these programs: Word and WPS are not here, so what they are known to write is put into the XML by hand; the
LibreOffice that is installed saves for itself.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from docx.oxml.ns import qn
from lxml import etree

Tree = etree._Element


def changed(content: bytes, change: Callable[[Tree], None]) -> bytes:
    """The document with its body changed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "word/document.xml":
                tree = etree.fromstring(part)
                change(tree)
                part = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
            target.writestr(name, part)
    return packed.getvalue()


def control(tree: Tree, field: str) -> Tree:
    """The control of a field, by tag or by what its placeholder is called."""
    for found in tree.iter(qn("w:sdt")):
        names = {named.get(qn("w:val")) for named in found.iter(qn("w:tag"), qn("w:docPart"))}
        if field in names:
            return found
    raise AssertionError(field)


def type_over(content: bytes, **fields: str) -> bytes:
    """Somebody types in fields; ``corrective__C1__done`` stands for corrective/C1/done, "__dot__" for a dot."""

    def change(tree: Tree) -> None:
        for field, text in fields.items():
            pieces = list(control(tree, field.replace("__dot__", ".").replace("__", "/")).iter(qn("w:t")))
            pieces[0].text = text
            for piece in pieces[1:]:
                piece.text = ""

    return changed(content, change)


def without_controls(content: bytes) -> bytes:
    """What a program leaves that knows no content controls: the text alone."""

    def change(tree: Tree) -> None:
        for found in list(tree.iter(qn("w:sdt"))):
            for run in list(found.find(qn("w:sdtContent"))):  # type: ignore[arg-type]  # every control of ours has it
                found.addprevious(run)
            found.getparent().remove(found)  # type: ignore[union-attr]  # it stands in a paragraph

    return changed(content, change)


def _like_word(tree: Tree) -> None:
    """Revision marks on every run, identifiers on controls, proofing marks around them, a bookmark in the middle."""
    for number, run in enumerate(tree.iter(qn("w:r"))):
        run.set(qn("w:rsidR"), f"00{number:06X}")
    for number, found in enumerate(tree.iter(qn("w:sdt")), start=1):
        properties = found.find(qn("w:sdtPr"))
        assert properties is not None
        etree.SubElement(properties, qn("w:id")).set(qn("w:val"), str(-1000 - number))
        inside = found.find(qn("w:sdtContent"))
        assert inside is not None
        etree.SubElement(inside, qn("w:proofErr")).set(qn("w:type"), "spellStart")
        for run in list(found.iter(qn("w:r"))):
            _cut(run)


def _like_wps(tree: Tree) -> None:
    """WPS cuts runs by script, with a language hint of its own on each."""
    for found in tree.iter(qn("w:sdt")):
        for run in list(found.iter(qn("w:r"))):
            _cut(run)
            properties = run.find(qn("w:rPr"))
            if properties is None:
                properties = etree.Element(qn("w:rPr"))
                run.insert(0, properties)
            etree.SubElement(properties, qn("w:rFonts")).set(qn("w:hint"), "eastAsia")


def _cut(run: Tree) -> None:
    """One run becomes two, as after a correction in the middle of a word."""
    text = run.find(qn("w:t"))
    if text is None or not text.text or len(text.text) < 2:
        return
    second = etree.fromstring(etree.tostring(run))
    rest = second.find(qn("w:t"))
    assert rest is not None
    rest.text, text.text = text.text[1:], text.text[:1]
    for later in list(text.itersiblings()):
        run.remove(later)
    for earlier in list(rest.itersiblings(preceding=True)):
        if earlier.tag != qn("w:rPr"):
            second.remove(earlier)
    for piece in (rest, text):
        piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.addnext(second)


def like_word(content: bytes) -> bytes:
    """As Word saves it."""
    return changed(content, _like_word)


def like_wps(content: bytes) -> bytes:
    """As WPS saves it."""
    return changed(content, _like_wps)


def by_libreoffice(contents: Iterable[bytes]) -> list[bytes]:
    """Opened and saved by the LibreOffice of this machine, all in one start."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "out").mkdir()
        names = []
        for number, content in enumerate(contents):
            names.append(f"{number}.docx")
            (root / names[-1]).write_bytes(content)
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{root}/profile", "--headless", "--convert-to",
             "docx:MS Word 2007 XML", "--outdir", str(root / "out"), *(str(root / name) for name in names)],
            check=True, capture_output=True, timeout=180,
        )
        return [(root / "out" / name).read_bytes() for name in names]


def has_libreoffice() -> bool:
    """Whether LibreOffice is installed."""
    return shutil.which("soffice") is not None
