"""Relationship parts: which part of a package leads to which, and links that point outside."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import unquote
from xml.parsers import expat

from pipeline.ooxml.package import Package
from pipeline.ooxml.text import xml_attribute
from schemas.errors import CellRefused, LedgerDamaged

RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DOCUMENT_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # two characters at least: C: is a drive
_TO_ESCAPE = '%#?"<>`{}|^ '  # raw Chinese stays, as Excel and WPS write it; these would break or end the path


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship; ``kind`` is the last word of its type, e.g. worksheet."""

    id: str
    kind: str
    target: str
    external: bool


@dataclass(frozen=True, slots=True)
class SheetAddress:
    """A sheet of the workbook: its name as people see it, its part, and whether people see it at all."""

    name: str
    part: str
    kind: str
    hidden: bool = False


def refuse_doctype(package: Package, part: str) -> expat.XMLParserType:
    """A parser that refuses a document type declaration (entities can grow without bound)."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise CellRefused(package.path, part, "含有 DTD 声明")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def attributes_of(package: Package, part: str, element: str) -> list[dict[str, str]]:
    """Raw attributes of every element with that local name in a part, in order; none when the part is not there."""
    member = package.find(part)
    if member is None:
        return []
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == element:
            found.append(attributes)

    parser = refuse_doctype(package, part)
    parser.StartElementHandler = start
    try:
        parser.Parse(package.read(member), True)
    except expat.ExpatError as error:
        raise LedgerDamaged(package.path, f"部件 {part} 不是合格的 XML") from error
    return found


def relations_part(part: str) -> str:
    """Name of the part with a part's relationships ("" is the package itself)."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relations_of(package: Package, part: str) -> tuple[Relation, ...]:
    """Relationships of a part, in order; none when it has no such part."""
    return tuple(
        Relation(
            item.get("Id", ""), item.get("Type", "").rpartition("/")[2], item.get("Target", ""),
            item.get("TargetMode") == "External",
        )
        for item in attributes_of(package, relations_part(part), "Relationship")
    )


def resolve(part: str, target: str) -> str:
    """Part name of an internal relationship's target."""
    path = posixpath.join("/", posixpath.dirname(part), target)
    return unquote(posixpath.normpath(path)).lstrip("/")


def workbook_part(package: Package) -> str:
    """Name of the part that lists the sheets. Raises LedgerDamaged when the package is no workbook."""
    office = [item for item in relations_of(package, "") if item.kind == "officeDocument"]
    if not office:
        raise LedgerDamaged(package.path, "找不到工作簿部件")
    workbook = resolve("", office[0].target)
    if workbook.lower().endswith(".bin"):
        raise CellRefused(package.path, "工作簿", "是 .xlsb 二进制格式")
    return workbook


def sheets_of(package: Package) -> tuple[SheetAddress, ...]:
    """The workbook's sheets in tab order. Raises LedgerDamaged when the package is no workbook."""
    workbook = workbook_part(package)
    targets = {item.id: item for item in relations_of(package, workbook)}
    sheets = []
    for item in attributes_of(package, workbook, "sheet"):
        relation = targets.get(next((value for name, value in item.items() if name.endswith(":id")), ""))
        if relation is not None and not relation.external:
            hidden = item.get("state", "visible") != "visible"
            part = resolve(workbook, relation.target)
            sheets.append(SheetAddress(item.get("name", ""), part, relation.kind, hidden))
    return tuple(sheets)


def table_headings(package: Package, part: str) -> tuple[str, ...]:
    """References of the heading rows of a sheet's tables (their cells must equal the table's column names)."""
    found = []
    for relation in relations_of(package, part):
        if relation.kind == "table" and not relation.external:
            for item in attributes_of(package, resolve(part, relation.target), "table"):
                first, _, last = item.get("ref", "").partition(":")
                if item.get("headerRowCount", "1") != "0" and last:
                    found.append(f"{first}:{re.sub('[0-9]', '', last)}{re.sub('[^0-9]', '', first)}")
    return tuple(found)


def link_target(link: str) -> str:
    """A path or address as a relationship target.

    A path keeps its Chinese, takes / as separator, and has spaces, percent signs and # escaped; an address with a
    scheme (https:, mailto:) is taken as escaped already, but for spaces.
    """
    if _SCHEME.match(link):
        return link.replace(" ", "%20")
    path = link.replace("\\", "/")
    return "".join(f"%{ord(char):02X}" if char in _TO_ESCAPE else char for char in path)


def with_links(content: bytes | None, links: dict[str, str], *, strict: bool) -> bytes:
    """A relationships part (None: a new one) with external hyperlinks added; ``links`` goes from id to target."""
    kind = (DOCUMENT_STRICT if strict else DOCUMENT_TRANSITIONAL) + "/hyperlink"
    return with_relations(content, {name: (kind, target) for name, target in links.items()}, external=True)


def with_relations(
    content: bytes | None, relations: dict[str, tuple[str, str]], *, external: bool = False
) -> bytes:
    """A relationships part (None: a new one) with more of them: id → (type, target); ValueError for odd markup."""
    if content is None:
        content = (
            b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="'
            + RELATIONSHIPS.encode() + b'"></Relationships>'
        )
    root = re.search(rb"<(?:([\w.-]+):)?Relationships\b[^>]*?(/?)>", content)
    if root is None:
        raise ValueError("no Relationships element")
    prefix = root[1] + b":" if root[1] else b""
    added = b"".join(
        b"<" + prefix + b'Relationship Id="' + name.encode() + b'" Type="' + kind.encode() + b'" Target="'
        + xml_attribute(target) + (b'" TargetMode="External"/>' if external else b'"/>')
        for name, (kind, target) in relations.items()
    )
    closing = b"</" + prefix + b"Relationships>"
    if root[2]:
        opening = content[: root.start(2)].rstrip()
        return opening + b">" + added + closing + content[root.end() :]
    at = content.rindex(b"</" + prefix + b"Relationships")
    return content[:at] + added + content[at:]
