"""The shared strings of a workbook, read only: what a cell of type s shows."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from pipeline.ooxml.package import Package
from pipeline.ooxml.relations import refuse_doctype, relations_of, resolve
from pipeline.ooxml.text import plain_text
from schemas.errors import LedgerDamaged


def lookup(package: Package) -> Callable[[int], str]:
    """A function from index to text; the part is read at the first question and kept."""
    strings: list[str] | None = None

    def look_up(index: int) -> str:
        nonlocal strings
        if strings is None:
            strings = _read(package)
        if not 0 <= index < len(strings):
            raise LedgerDamaged(package.path, f"共享字符串 {index} 不存在")
        return strings[index]

    return look_up


def _read(package: Package) -> list[str]:
    part = _part(package)
    member = package.find(part)
    if member is None:
        return []
    strings: list[str] = []
    pieces: list[str] = []
    stack: list[str] = []

    def start(name: str, _attributes: dict[str, str]) -> None:
        stack.append(name.rpartition(":")[2])

    def end(_name: str) -> None:
        if stack.pop() == "si":
            strings.append(plain_text("".join(pieces)))
            pieces.clear()

    def characters(text: str) -> None:
        if stack[-1] == "t" and "rPh" not in stack:  # rPh: how it is pronounced, not what it says
            pieces.append(text)

    parser = refuse_doctype(package, part)
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    try:
        parser.Parse(package.read(member), True)
    except expat.ExpatError as error:
        raise LedgerDamaged(package.path, "共享字符串的 XML 不完整") from error
    return strings


def _part(package: Package) -> str:
    for office in relations_of(package, ""):
        if office.kind == "officeDocument":
            workbook = resolve("", office.target)
            for relation in relations_of(package, workbook):
                if relation.kind == "sharedStrings":
                    return resolve(workbook, relation.target)
    return ""
