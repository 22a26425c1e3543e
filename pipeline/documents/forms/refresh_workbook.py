"""A customer's workbook that a person changed: cells that still read as we wrote them are brought up to date."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from pipeline.documents.fault import TemplateFault
from pipeline.documents.field_names import digest_of_name, digest_of_text
from pipeline.documents.forms.fill_workbook import sheets_in
from pipeline.documents.forms.grid import Box, Grid
from pipeline.ooxml.sheet_patch import CellWrite, patch_workbook
from schemas.errors import KesuError
from schemas.report import Refreshed

_BLANK = digest_of_text("")


def is_workbook(content: bytes) -> bool:
    """Whether a document is an Excel workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return any(name.lower() == "xl/workbook.xml" for name in package.namelist())
    except zipfile.BadZipFile:
        return False


def written_cells(content: bytes, name: PurePath) -> dict[str, str]:
    """Digests of every filled cell of a form that we wrote, by digest of its place; {} when it cannot be read."""
    return {digest_of_name(place): digest_of_text(text) for place, text in cells_of(content, name).items()}


def cells_of(content: bytes, name: PurePath) -> dict[str, str]:
    """The present text of every filled cell by its place (``8D!B3``); {} when it cannot be read."""
    try:
        grids = _grids(content, name)
    except TemplateFault:
        return {}
    return {_place(grid, box): box.text for grid in grids.values() for box in grid.boxes if box.text}


def refreshed_workbook(present: bytes, ours: bytes, last: Mapping[str, str], name: PurePath) -> Refreshed | None:
    """``present`` (a person's workbook) with the untouched cells as they are in ``ours`` (the new filling).

    ``last`` gives the digests of the cells as we last wrote them. A cell that a person changed is theirs; all else in
    the file stays byte for byte. None where the cells cannot be told apart any more: nothing is known of what we
    wrote, a sheet is gone, or rows and columns were moved. Idempotent.
    """
    try:
        theirs, fresh = _grids(present, name), _grids(ours, name)
    except TemplateFault:
        return None
    if not last or not fresh.keys() <= theirs.keys() or _is_moved(theirs, fresh, last):
        return None
    written: dict[str, str] = {}
    writes, kept = [], []
    for sheet, grid in fresh.items():
        for place, new, old in _pairs(grid, theirs[sheet]):
            key, now = digest_of_name(_place(grid, place)), digest_of_text(old.text if old else "")
            wanted = digest_of_text(new.text if new else "")
            if now == wanted:
                written[key] = wanted
            elif now == last.get(key, _BLANK) and not place.fixed:
                written[key] = wanted
                writes.append(CellWrite(sheet, place.row, place.column, new.text if new else ""))
            else:
                kept.append(_place(grid, place))
    updated = tuple(f"{write.sheet}!{write.reference}" for write in writes)
    try:
        content = _patched(present, writes, name) if writes else present
    except KesuError:
        return None  # a formula, a protection or a part of the program stands in the way: the whole-file rule
    return Refreshed(content, written, updated, tuple(kept))


def _grids(content: bytes, name: PurePath) -> dict[str, Grid]:
    return {grid.name: grid for grid in sheets_in(f"{name.stem}.xlsx", content).grids}


def _place(grid: Grid, box: Box) -> str:
    return f"{grid.name}!{box.reference}"


def _pairs(fresh: Grid, theirs: Grid) -> Iterator[tuple[Box, Box | None, Box | None]]:
    """The boxes of both, by their first cell: (one of them, ours, theirs)."""
    own = {(box.row, box.column): box for box in fresh.boxes}
    other = {(box.row, box.column): box for box in theirs.boxes}
    for place in sorted(own.keys() | other.keys()):
        new, old = own.get(place), other.get(place)
        yield old or new or Box(*place, *place), new, old


def _is_moved(theirs: Mapping[str, Grid], fresh: Mapping[str, Grid], last: Mapping[str, str]) -> bool:
    """Whether words that are the same in both our fillings stand elsewhere in the person's file: rows were moved."""
    for sheet, grid in fresh.items():
        own, other = _places(grid), _places(theirs[sheet])
        for text, places in own.items():
            unchanged = [place for place in places if last.get(digest_of_name(f"{sheet}!{place}")) == text]
            if any(place not in other.get(text, set()) for place in unchanged) and other.get(text, set()) - places:
                return True
    return False


def _places(grid: Grid) -> dict[str, set[str]]:
    """Where each text stands, by its digest."""
    found: dict[str, set[str]] = {}
    for box in grid.boxes:
        if box.text:
            found.setdefault(digest_of_text(box.text), set()).add(box.reference)
    return found


def _patched(content: bytes, writes: list[CellWrite], name: PurePath) -> bytes:
    with tempfile.TemporaryDirectory(prefix="kesu-") as folder:
        source, target = Path(folder, f"{name.stem}.xlsx"), Path(folder, "filled")
        source.write_bytes(content)
        patch_workbook(source, target, writes)
        return target.read_bytes()
