"""Pictures that Excel 365 keeps in cells ("Place in Cell"): from a cell's value metadata to the picture's part.

The chain, as Excel writes it: ``c/@vm`` → ``metadata.xml`` (value metadata → rich value) → ``richData/rdrichvalue.xml``
→ its structure's ``_rvRel:LocalImageIdentifier`` → ``richData/richValueRel.xml`` → the relationship's target. A cell
shows #VALUE! to programs that do not know it. Pictures from the web (IMAGE) have no file in the workbook.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from xml.parsers import expat

from pipeline.ooxml.package import Member, Package
from pipeline.ooxml.relations import refuse_doctype, relations_of, resolve, workbook_part
from schemas.errors import LedgerDamaged

_TYPE = "XLRICHVALUE"
_IMAGE_KEY = "_rvRel:LocalImageIdentifier"
_CELL = re.compile(
    rb"""<(?:[\w.-]+:)?c\s(?=[^>]*\bvm\s*=\s*["'](\d{1,9})["'])[^>]*?\br\s*=\s*["'][A-Z]{1,3}(\d{1,7})["']"""
)
Start = Callable[[str, dict[str, str]], None]


def rich_pictures(package: Package, targets: Callable[[str], Mapping[str, Member]]) -> dict[int, Member]:
    """The pictures by the number that a cell's ``vm`` gives; {} for a workbook without any.

    ``targets`` gives the pictures that a part refers to, by relationship. Raises LedgerDamaged, CellRefused (a DTD).
    """
    parts = _parts(package)
    if "richvaluerel" not in parts or "sheetmetadata" not in parts:
        return {}
    pictures = targets(parts["richvaluerel"])
    relations = _relations(package, parts["richvaluerel"])
    images = list(_images(package, parts))
    found = {}
    for number, value in enumerate(_values(package, parts["sheetmetadata"]), start=1):
        index = images[value] if value is not None and value < len(images) else None
        if index is not None and index < len(relations) and (picture := pictures.get(relations[index])) is not None:
            found[number] = picture
    return found


def cells_with_pictures(xml: bytes, pictures: Mapping[int, Member]) -> Iterator[tuple[int, Member]]:
    """(row from 1, picture) of the cells of a sheet that show one."""
    for cell in _CELL.finditer(xml):
        picture = pictures.get(int(cell[1]))
        if picture is not None:
            yield int(cell[2]), picture


def _parts(package: Package) -> dict[str, str]:
    """The workbook's parts by the last word of their relationship's type, in small letters."""
    workbook = workbook_part(package)
    return {
        relation.kind.lower(): resolve(workbook, relation.target)
        for relation in relations_of(package, workbook) if not relation.external
    }


def _values(package: Package, part: str) -> list[int | None]:
    """For each record of value metadata the index of its rich value, None for records of another kind."""
    types: list[str] = []
    rich: list[int] = []
    values: list[int | None] = []
    path: list[str] = []
    future = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal future
        path.append(name)
        match name:
            case "metadataType":
                types.append(attributes.get("name", ""))
            case "futureMetadata":
                future = attributes.get("name", "")
            case "rvb" if future == _TYPE:
                rich.append(_number(attributes.get("i")))
            case "bk" if "valueMetadata" in path:
                values.append(None)
            case "rc" if "valueMetadata" in path and values:
                kind = _number(attributes.get("t")) - 1
                at = _number(attributes.get("v"))
                if 0 <= kind < len(types) and types[kind] == _TYPE:
                    values[-1] = rich[at] if at < len(rich) else None if rich else at

    _parse(package, part, start, lambda _name: path.pop())
    return values


def _images(package: Package, parts: Mapping[str, str]) -> Iterator[int | None]:
    """For each rich value the index of its picture's relationship, None for values of another kind."""
    keys = _structures(package, parts.get("rdrichvaluestructure", ""))
    for kind, told in _records(package, parts.get("rdrichvalue", "")):
        names = keys[kind] if kind < len(keys) else []
        at = names.index(_IMAGE_KEY) if _IMAGE_KEY in names else len(told)
        yield _number(told[at]) if at < len(told) and told[at].strip().isdecimal() else None


def _structures(package: Package, part: str) -> list[list[str]]:
    """The names of the values of each kind of record."""
    keys: list[list[str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "s":
            keys.append([])
        elif name == "k" and keys:
            keys[-1].append(attributes.get("n", ""))

    _parse(package, part, start)
    return keys


def _records(package: Package, part: str) -> list[tuple[int, list[str]]]:
    """The rich values: kind and values as text."""
    found: list[tuple[int, list[str]]] = []
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        inside = name == "v" and bool(found)
        if name == "rv":
            found.append((_number(attributes.get("s")), []))
        elif inside:
            found[-1][1].append("")

    def text(words: str) -> None:
        if inside:
            found[-1][1][-1] += words

    def end(_name: str) -> None:
        nonlocal inside
        inside = False

    _parse(package, part, start, end, text)
    return found


def _relations(package: Package, part: str) -> list[str]:
    """The relationships that pictures are numbered by, in order."""
    found: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "rel":
            found.append(next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), ""))

    _parse(package, part, start)
    return found


def _number(text: str | None) -> int:
    """A count as it stands in markup; one that is none leads nowhere."""
    return int(text) if text is not None and text.strip().isdecimal() and len(text) < 10 else 1 << 31


def _parse(
    package: Package, part: str, start: Start, end: Callable[[str], object] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    member = package.find(part) if part else None
    if member is None:
        return
    parser = refuse_doctype(package, part)
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    parser.EndElementHandler, parser.CharacterDataHandler = end, text
    try:
        parser.Parse(package.read(member), True)
    except expat.ExpatError as error:
        raise LedgerDamaged(package.path, f"部件 {part} 不是合格的 XML") from error
