"""Writes single cells into a person's workbook by patching the sheet's bytes; everything else stays as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pipeline.ooxml.cell_write import CellWrite, by_sheet
from pipeline.ooxml.cells import CellRange
from pipeline.ooxml.package import Member, Package, Pieces
from pipeline.ooxml.patch_check import compare_packages, verify_patch
from pipeline.ooxml.relations import (
    SheetAddress,
    link_target,
    relations_of,
    relations_part,
    sheets_of,
    table_headings,
    with_links,
)
from pipeline.ooxml.shared_strings import lookup
from pipeline.ooxml.sheet_edit import edited_sheet
from pipeline.ooxml.sheet_layout import SheetLayout, locate
from schemas.errors import CellRefused

__all__ = ["CellWrite", "patch_workbook", "verify_patch"]


def patch_workbook(source: Path, target: Path, writes: Sequence[CellWrite]) -> None:
    """Write ``target`` as ``source`` with only the addressed cells changed, then verify it byte by byte.

    Text goes in as inline strings, so the shared strings stay untouched; style, row height, validation and every
    other part stay. A cell that holds its text already is not rewritten: patching twice gives the same file as once.

    A link is an entry in the sheet's ``<hyperlinks>`` with an external relationship, not a HYPERLINK formula: the
    cell stays plain text, which people can edit and this software may write again (formula cells it refuses), no
    calculation chain or cached value is involved, and Excel, WPS and LibreOffice resolve a relative target against
    the workbook's own folder.

    Raises CellRefused (nothing is left at ``target``), LedgerDamaged, LedgerEncrypted, LedgerIsOldXls,
    LedgerMissing; ValueError for writes that contradict each other or address no cell.
    """
    package = Package(source)
    refuse_package(package)
    shared = lookup(package)
    changed: dict[str, bytes | Pieces] = {}
    added: dict[str, bytes] = {}
    layouts: dict[str, SheetLayout] = {}
    for name, sheet_writes in by_sheet(writes).items():
        address, member = worksheet_of(package, name)
        content = package.read(member)
        layout = layouts[name] = locate(source, name, content)
        links = _new_links(package, address, layout, sheet_writes)
        ids = {cell: relation for cell, (relation, _) in links.items()}
        patched = edited_sheet(layout, sheet_writes, ids, shared, table_headings(package, address.part))
        if len(patched) > 1:
            changed[member.name] = patched
        if links:
            part, content, is_new = _relations_with(package, address, layout, dict(links.values()))
            (added if is_new else changed)[part] = content
    package.rewrite(target, changed, added)
    try:
        compare_packages(package, target, writes, layouts)
    except CellRefused:
        target.unlink()
        raise


def worksheet_of(package: Package, name: str) -> tuple[SheetAddress, Member]:
    """Address and member of a worksheet by its name; raises CellRefused."""
    named = [item for item in sheets_of(package) if item.name == name]
    if len(named) > 1:
        raise CellRefused(package.path, name, "有两张同名的工作表")
    address = named[0] if named else None
    member = package.find(address.part) if address else None
    if address is None or member is None:
        raise CellRefused(package.path, name, "找不到这张工作表")
    if address.kind != "worksheet":
        raise CellRefused(package.path, name, "不是普通工作表")
    return address, member


def refuse_package(package: Package) -> None:
    """Raise CellRefused for a package that must not be changed: signed, or a shared workbook with revisions."""
    for member in package.members:
        name = member.name.lower()
        if name.startswith("_xmlsignatures/"):
            raise CellRefused(package.path, "工作簿", "带有数字签名")
        if name.startswith("xl/revisions/"):
            raise CellRefused(package.path, "工作簿", "处于旧式共享工作簿（修订）状态")
    if any(relation.kind == "origin" for relation in relations_of(package, "")):
        raise CellRefused(package.path, "工作簿", "带有数字签名")


def _new_links(
    package: Package, address: SheetAddress, layout: SheetLayout, writes: Sequence[CellWrite]
) -> dict[str, tuple[str, str]]:
    """Cell reference -> (new relationship id, target), for the links that do not stand there yet."""
    wanted = {write.reference: link_target(write.link) for write in writes if write.link is not None}
    if not wanted:
        return {}
    relations = {relation.id: relation for relation in relations_of(package, address.part)}
    for item in layout.items:
        if item.name != "hyperlink":
            continue
        cell = item.attributes.get("ref", "")
        name = next((value for key, value in item.attributes.items() if key.endswith(":id")), "")
        relation = relations.get(name)
        if cell in wanted and relation and relation.target == wanted[cell] and relation.external:
            del wanted[cell]
        elif ":" in cell:
            _refuse_shared_link(layout, cell, writes)
    used = [int(match[1]) for name in relations if (match := re.fullmatch(r"rId(\d{1,9})", name))]
    # what points at a relationship that is not there must not come to point at ours
    used += [int(match[1]) for match in re.finditer(rb"""["']rId(\d{1,9})["']""", layout.data[layout.data_end :])]
    first = max(used, default=0) + 1
    return {cell: (f"rId{first + index}", target) for index, (cell, target) in enumerate(wanted.items())}


def _refuse_shared_link(layout: SheetLayout, cells: str, writes: Sequence[CellWrite]) -> None:
    try:
        area = CellRange.parse(cells)
    except ValueError as error:
        raise layout.refused(cells, "原有链接的范围无法识别") from error
    for write in writes:
        if write.link is not None and area.holds(write.row, write.column):
            raise layout.refused(write.reference, f"原有链接覆盖 {cells} 多个单元格")


def _relations_with(
    package: Package, address: SheetAddress, layout: SheetLayout, links: dict[str, str]
) -> tuple[str, bytes, bool]:
    """Name and content of the sheet's relationships part with the links, and whether the part is a new one."""
    part = relations_part(address.part)
    member = package.find(part)
    if member:
        try:
            return member.name, with_links(package.read(member), links, strict=layout.strict), False
        except ValueError as error:
            raise layout.refused("", f"部件 {member.name} 的写法无法识别，不能添加链接") from error
    types = package.find("[Content_Types].xml")
    if types is None or not re.search(rb"""Extension\s*=\s*["']rels["']""", package.read(types), re.IGNORECASE):
        raise layout.refused("", "内容类型中没有 rels，不能添加链接")
    return part, with_links(None, links, strict=layout.strict), True
