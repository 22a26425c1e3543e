"""Bringing a person's document up to date: fields nobody touched since we wrote them, and rows that are new."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING

from lxml import etree

from pipeline.documents.controls import Control, controls_of
from pipeline.documents.field_names import EMPTY_ROW, FieldNames, digest_of_name, digest_of_text
from pipeline.documents.filling import W
from pipeline.documents.sandbox import BLANK_WORD, DRAFT
from pipeline.documents.word_file import WordFile, without_row
from schemas.report import Refreshed

if TYPE_CHECKING:
    from collections.abc import Iterable

_CONTENT, _ROW = f"{W}sdtContent", f"{W}tr"


def refreshed(
    present: bytes, ours: bytes, last: Mapping[str, str], names: FieldNames, name: PurePath
) -> Refreshed | None:
    """``present`` (a person's document) with the untouched fields as they are in ``ours`` (the new rendering).

    ``last`` gives the digest of each field's text as we last wrote it, by the digest of the field's name. None when no
    control of ours is left, or nothing is known of what we wrote. Idempotent: refreshing the result again changes
    nothing. Raises ``DocumentUnreadable``.
    """
    if not last:
        return None
    file, new = WordFile(present, name), WordFile(ours, name)
    controls, fresh = controls_of(file.tree, names), controls_of(new.tree, names)
    if not controls:
        return None
    written, updated, kept = {}, [], []
    for field, control in fresh.items():
        theirs = controls.get(field)
        if theirs is None:
            continue
        key, digest = digest_of_name(field), digest_of_text(control.text)
        if digest_of_text(theirs.text) == digest:
            written[key] = digest
        elif digest_of_text(theirs.text) == last.get(key):
            _replace(theirs, control)
            written[key] = digest
            updated.append(names.alias(field))
        else:
            kept.append(names.alias(field))
    for field, control in _add_rows(new.tree, controls, fresh, last):
        written[digest_of_name(field)] = digest_of_text(control.text)
        updated.append(names.alias(field))
    headers = {} if any(DRAFT.encode() in part for part in new.headers().values()) else file.headers_without(DRAFT)
    if headers:
        updated.append("草稿标记")
    if not updated:
        return Refreshed(present, written, (), tuple(kept))
    return Refreshed(file.with_tree(headers), written, tuple(updated), tuple(kept))


def written_fields(content: bytes, names: FieldNames, name: PurePath) -> dict[str, str]:
    """Digests of every field of a document that we wrote, by digest of its name, for the journal."""
    controls = controls_of(WordFile(content, name).tree, names)
    return {digest_of_name(field): digest_of_text(control.text) for field, control in controls.items()}


def _replace(theirs: Control, ours: Control) -> None:
    old, new = theirs.element.find(_CONTENT), ours.element.find(_CONTENT)
    if old is not None and new is not None:
        theirs.element.replace(old, copy.deepcopy(new))
    for piece in theirs.rest:
        if (parent := piece.getparent()) is not None:
            parent.remove(piece)


def _row_of(control: Control) -> etree._Element | None:
    return next(control.element.iterancestors(_ROW), None)


def _rows(fresh: Mapping[str, Control]) -> Iterator[tuple[etree._Element, list[Control]]]:
    """The table rows of a rendering that hold row fields, in document order, with the fields in each."""
    found: dict[int, tuple[etree._Element, list[Control]]] = {}
    for field, control in fresh.items():
        row = _row_of(control)
        if row is not None and field.count("/") == 2:
            found.setdefault(id(row), (row, []))[1].append(control)
    yield from found.values()


def _add_rows(
    tree: etree._Element, controls: dict[str, Control], fresh: Mapping[str, Control], last: Mapping[str, str]
) -> Iterator[tuple[str, Control]]:
    """Put rows that are new into the person's tables, behind the row they follow; a row a person deleted stays away.

    Where the table shows only the empty row that nobody filled, the first real row takes its place.
    """
    before: dict[tuple[str, ...], list[Control]] = {}
    for row, held in _rows(fresh):
        table = _table_key(held)
        missing = all(control.field not in controls for control in held)
        known = any(digest_of_name(control.field) in last for control in held)
        anchor = _anchor(before.get(table, []), held, controls)
        before[table] = [*held, *before.get(table, [])]
        if not missing or known or anchor is None:
            continue
        added = copy.deepcopy(row)
        anchor.addnext(added)
        for control in held:
            element = _twin(row, added, control.element)
            controls[control.field] = Control(control.field, element)
        if _is_empty_row(anchor):
            without_row(anchor)
        yield from ((control.field, control) for control in held)


def _table_key(held: list[Control]) -> tuple[str, ...]:
    parts = [control.field.split("/") for control in held]
    return (parts[0][0], *(part[2] for part in parts))


def _anchor(
    previous: list[Control], held: list[Control], controls: Mapping[str, Control]
) -> etree._Element | None:
    """The row of the person's table behind which a new one goes: the one before it, else the empty row."""
    empty = [f"{rows}/{EMPTY_ROW}/{field}" for rows, _, field in (control.field.split("/") for control in held)]
    for field in (*(control.field for control in previous), *empty):
        if field in controls and (row := _row_of(controls[field])) is not None:
            return row
    return None


def _twin(row: etree._Element, copied: etree._Element, element: etree._Element) -> etree._Element:
    """The element of a copied row that corresponds to ``element`` of the original."""
    position = next(index for index, found in enumerate(row.iter()) if found is element)
    return next(found for index, found in enumerate(copied.iter()) if index == position)


def _is_empty_row(row: etree._Element) -> bool:
    texts: Iterable[str] = (text.text or "" for text in row.iter(f"{W}t"))
    tags = [tag.get(f"{W}val") or "" for tag in row.iter(f"{W}tag")]
    return all(text in ("", BLANK_WORD) for text in texts) and all(f"/{EMPTY_ROW}/" in tag for tag in tags)
