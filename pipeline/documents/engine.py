"""Word templates: compiled once per content with docxtpl's syntax, rendered in the sandbox to equal bytes each time."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import Template, TemplateError, nodes
from lxml import etree

from pipeline.documents.controls import add_controls
from pipeline.documents.drawings import Drawings
from pipeline.documents.fault import TemplateFault, quoted
from pipeline.documents.field_names import FieldNames
from pipeline.documents.filling import W, finish
from pipeline.documents.photos import ReadPhoto
from pipeline.documents.sandbox import RUN_ERRORS, all_names, fault_line, fault_of, word_environment
from pipeline.ooxml.fresh import PackedMember, pack, package_of

#: The parts of a package that are filled.
PARTS = re.compile(r"word/(document\d*|header\d*|footer\d*|footnotes|endnotes)\.xml")
_MAIN = re.compile(r"word/document\d*\.xml")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_MARKS = re.compile(r"\{\{|\}\}|\{%|%\}")
_XML_TAG = re.compile(r"<[^>]*>")
_CORE = "docProps/core.xml"
_QUICK = 1  # zlib level of what is packed for each document
_ENVIRONMENT = word_environment()


@dataclass(frozen=True)
class _Part:
    """One XML part with tags: its compiled template, and the source for finding the place of a fault."""

    member: str
    template: Template
    source: str
    own_columns: bool  # loops over columns: the table grid has to follow


@dataclass(frozen=True)
class WordTemplate:
    """A compiled template; ``name`` is what faults call it, ``columns`` the extra ledger columns its tags ask for.

    With ``names`` each field stands in a content control of its own.
    """

    name: str
    members: tuple[tuple[str, bytes], ...]
    parts: tuple[_Part, ...]
    docx: DocxTemplate = field(repr=False)
    columns: frozenset[str] = frozenset()
    names: FieldNames | None = None
    packed: Mapping[str, PackedMember] = field(default_factory=dict, repr=False)

    def render(self, context: Mapping[str, Any], now: datetime, read: ReadPhoto | None = None) -> bytes:
        """The document with ``now`` (aware) as its time stamps; equal arguments give equal bytes.

        ``read`` gives the bytes of a photo by its path on the share; without it photos are named only.

        Raises:
            TemplateFault: a tag names what is not there, or is not allowed, or breaks the document.
        """
        keyed = self.names.with_keys(context) if self.names else context
        drawings = Drawings(read)
        marked = drawings.marked(keyed)
        changed = {part.member: self._render_part(part, marked, drawings) for part in self.parts}
        originals = dict(self.members)
        if _CORE in originals:
            changed[_CORE] = _stamped(originals[_CORE], now.astimezone(UTC))
        changed.update(drawings.additions(originals))
        fresh = {name: pack(name, content, level=_QUICK) for name, content in changed.items()}
        members = {**self.packed, **fresh}
        return package_of(members.values(), now)

    def _render_part(self, part: _Part, context: Mapping[str, Any], drawings: Drawings) -> bytes:
        try:
            text = drawings.placed(part.template.render(context))
        except (TemplateError, *RUN_ERRORS) as error:
            place = _place(part.source, fault_line(error, self.name), str(error))
            raise fault_of(error, self.name, place, all_names(context)) from error
        try:
            tree = self.docx.fix_tables(text) if part.own_columns else etree.fromstring(text.encode(), _parser())
        except etree.XMLSyntaxError as error:
            raise TemplateFault(
                self.name, "", "", "标签的位置打乱了段落或表格", "请让循环、判断的开始和结束标签各占同一层的整行或整段"
            ) from error
        drawings.fit(tree)
        finish(tree)
        return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


class WordEngine:
    """Compiled templates by name; a template is compiled again when its content changes."""

    def __init__(self) -> None:
        self._compiled: dict[str, tuple[bytes, WordTemplate]] = {}

    def template(self, name: str, content: bytes, names: FieldNames | None = None) -> WordTemplate:
        """The compiled form of ``content``, fields in controls where ``names`` are given.

        Raises ``TemplateFault`` on the first fault found.
        """
        digest = hashlib.blake2b(content, digest_size=16).digest()
        known = self._compiled.get(name)
        if known is None or known[0] != digest or known[1].names != names:
            known = (digest, _compile(name, content, names))
            self._compiled[name] = known
        return known[1]


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _compile(name: str, content: bytes, names: FieldNames | None) -> WordTemplate:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = tuple((info.filename, package.read(info)) for info in package.infolist() if not info.is_dir())
        docx = DocxTemplate(io.BytesIO(content))
        trees = {m: etree.fromstring(data, _parser()) for m, data in members if PARTS.fullmatch(m)}
    except (zipfile.BadZipFile, KeyError, ValueError, etree.XMLSyntaxError) as error:
        raise _no_word_document(name) from error
    if not any(_MAIN.fullmatch(member) for member in trees):
        raise _no_word_document(name)
    parts, columns = [], set[str]()
    for member, tree in trees.items():
        _forget_deleted(tree)
        for paragraph in tree.iter(f"{W}p"):
            _check_marks(name, "".join(text.text or "" for text in paragraph.iter(f"{W}t")))
        if names is not None and _MAIN.fullmatch(member):
            add_controls(tree, names)
        source = docx.patch_xml(etree.tostring(tree, encoding="unicode").replace("\n", " "))
        if not _TAG.search(source):
            continue
        # each paragraph on a line of its own: Jinja2's line numbers then name the paragraph
        source = re.sub(r"<w:p(?=[ >])", "\n<w:p", source).replace("</w:p>", "</w:p>\n")
        part, found = _compile_part(name, member, source)
        parts.append(part)
        columns |= found
    packed = {member: pack(member, data) for member, data in members}  # once: most members never change
    return WordTemplate(name, members, tuple(parts), docx, frozenset(columns), names, packed)


def _forget_deleted(tree: etree._Element) -> None:
    """Take the tags out of tracked deletions: what a person struck out is filled no more."""
    for struck in tree.iter(f"{W}delText"):
        struck.text = (struck.text or "").replace("{", "").replace("}", "")


def _no_word_document(name: str) -> TemplateFault:
    return TemplateFault(name, "", "", "不是有效的 Word 文档", "请在 Word 或 WPS 中另存为 .docx")


def _compile_part(name: str, member: str, source: str) -> tuple[_Part, set[str]]:
    try:
        tree = _ENVIRONMENT.parse(source, name, name)
        code = _ENVIRONMENT.compile(tree, name, name)
    except TemplateError as error:
        raise fault_of(error, name, _place(source, fault_line(error, name), str(error)), ()) from error
    except RecursionError as error:
        raise fault_of(ValueError("标签过长或套得过深"), name, "", ()) from error
    except AssertionError as error:  # Jinja2 asserts while folding constants of a filter that is not there
        raise fault_of(ValueError(str(error)), name, "", ()) from error
    template = Template.from_code(_ENVIRONMENT, code, _ENVIRONMENT.make_globals(None))
    own_columns = bool(re.search(r"</w:tc>\s*\{%|loop\.length", source))
    return _Part(member, template, source, own_columns), _extra_columns(tree)


def _extra_columns(tree: nodes.Template) -> set[str]:
    """The plant's own ledger columns that a template names: ``extras.物流单号`` or ``extras['物流单号']``."""
    found = set[str]()
    for dotted in tree.find_all(nodes.Getattr):
        if isinstance(dotted.node, nodes.Name) and dotted.node.name == "extras":
            found.add(dotted.attr)
    for item in tree.find_all(nodes.Getitem):
        if isinstance(item.node, nodes.Name) and item.node.name == "extras" and isinstance(item.arg, nodes.Const):
            found.add(str(item.arg.value))
    return found


def _check_marks(name: str, paragraph: str) -> None:
    """Every tag has to open and close in one paragraph; the commonest slip of the pen, named at its place."""
    opened = ""
    for mark in _MARKS.findall(paragraph):
        if mark in ("{{", "{%") and not opened:
            opened = mark
        elif opened and mark == {"{{": "}}", "{%": "%}"}[opened]:
            opened = ""
        elif mark != "}}":  # "}}" alone can be text
            opened = opened or mark
            break
    if opened:
        remedy = "请写成 {{ 字段 }} 或 {% 语句 %}，开始和结束在同一段内"
        raise TemplateFault(name, quoted(paragraph), "", f"标签的 {opened} 没有成对", remedy)


def _place(source: str, line: int | None, message: str) -> str:
    lines = source.split("\n")
    if line is None or not 0 < line <= len(lines):
        return ""
    text = _XML_TAG.sub("", lines[line - 1])
    named = re.search(r"'(\w+)'", message)
    tag = next((tag for tag in _TAG.findall(text) if named and named.group(1) in tag), "")
    place = quoted(text)
    return f"{place}的标签 {tag}" if tag and tag != text.strip() else place


def _stamped(core: bytes, now: datetime) -> bytes:
    tree = etree.fromstring(core, _parser())
    for tag in ("created", "modified"):
        for element in tree.iter(f"{{http://purl.org/dc/terms/}}{tag}"):
            element.text = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
