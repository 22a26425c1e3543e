"""All faults of a Word template at once; a template in which none is found has been rendered with its example."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from pipeline.documents.engine import PARTS, WordEngine
from pipeline.documents.fault import TemplateFault, quoted
from pipeline.documents.field_names import FieldNames
from pipeline.documents.filling import W
from pipeline.documents.folders import TemplateFolders
from pipeline.documents.sandbox import word_environment
from pipeline.documents.template_check import TagChecker, read_example

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_ROW_LOOP = re.compile(r"\{%-?\s*tr\s+for\b.*\{%-?\s*tr\s+endfor\b")
_PARAGRAPH_LOOP = re.compile(r"\{%-?\s*p\s+for\b.*\{%-?\s*p\s+endfor\b")
_TRIED = datetime(2026, 1, 1, tzinfo=UTC)


def check_word(
    name: str, content: bytes, example: Mapping[str, Any], names: FieldNames | None = None
) -> list[TemplateFault]:
    """The faults of a Word template whose tags are filled from contexts like ``example``; [] when there is none.

    Every part that is filled is checked: body, headers, footers, foot- and endnotes, text boxes. ``names`` knows what
    the fields are called, so that a Chinese name in a tag is answered with the field.
    """
    try:
        trees = list(_trees(content))
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, etree.XMLSyntaxError):
        trees = []
    if not trees:
        return [TemplateFault(name, "", "", "不是有效的 Word 文档", "请在 Word 或 WPS 中另存为 .docx")]
    checker = TagChecker(name, example, word_environment(), names.identifiers if names else {})
    for tree in trees:
        checker.faults += _crowded(name, tree)
        for paragraph in tree.iter(f"{W}p"):
            if next(paragraph.iterancestors(f"{W}p"), None) is None:  # a text box counts with its paragraph
                checker.paragraph(_own_text(paragraph), torn=_is_torn(paragraph))
        checker.end_of_part()
    found = {str(fault): fault for fault in checker.faults}  # a text box stands in the file twice, for old programs
    return list(found.values()) or _tried(name, content, example, names)


def check_kind(folders: TemplateFolders, kind: str) -> list[TemplateFault]:
    """The faults of a document kind's template; without an example nothing is known of its fields, and none is found.

    Raises ``TemplateFault`` when fields.yaml cannot be read.
    """
    name, content = folders.read(kind, "template.docx")
    try:
        example = read_example(folders.read(kind, "example.json")[1])
    except (ValueError, TemplateFault):
        return []
    return check_word(name, content, example, folders.names(kind))


def _trees(content: bytes) -> Iterator[etree._Element]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for part in package.namelist():
            if PARTS.fullmatch(part):
                yield etree.fromstring(package.read(part), parser)


def _tried(
    name: str, content: bytes, example: Mapping[str, Any], names: FieldNames | None
) -> list[TemplateFault]:
    """What the engine itself says of the template, filled with the example: what no look at single tags can find."""
    try:
        template = WordEngine().template(name, content, names)
        columns = dict.fromkeys(template.columns, "")
        template.render({**example, "extras": {**columns, **example.get("extras", {})}}, _TRIED)
    except TemplateFault as fault:
        return [fault]
    return []


def _crowded(name: str, tree: etree._Element) -> Iterator[TemplateFault]:
    """Loops over rows or paragraphs whose two ends stand in one row or paragraph: the engine drops what is between."""
    kinds = ((f"{W}tr", _ROW_LOOP, "行", "tr"), (f"{W}p", _PARAGRAPH_LOOP, "段", "p"))
    for tag, pattern, word, short in kinds:
        for element in tree.iter(tag):
            text = "".join(
                text.text or "" for text in element.iter(f"{W}t") if next(text.iterancestors(tag), None) is element
            )
            if pattern.search(text):
                remedy = f"请让 {{%{short} for … %}}、内容、{{%{short} endfor %}} 各占一{word}"
                yield TemplateFault(name, quoted(text), "", f"循环的开始和结束写在同一{word}里", remedy)


def _own_text(paragraph: etree._Element) -> str:
    return "".join(text.text or "" for text in paragraph.iter(f"{W}t"))


def _is_torn(paragraph: etree._Element) -> bool:
    """Whether a tag runs over a link or a tracked change: part of its letters then stands in another element."""
    texts = [(text.text or "", text.getparent()) for text in paragraph.iter(f"{W}t")]
    for tag in _TAG.finditer("".join(text for text, _ in texts)):
        at, owners = 0, set()
        for text, run in texts:
            if at < tag.end() and at + len(text) > tag.start() and run is not None:
                owners.add(id(run.getparent()))
            at += len(text)
        if len(owners) > 1:
            return True
    return False
