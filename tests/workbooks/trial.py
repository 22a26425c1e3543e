"""Our cells and a new row written into one workbook, and everything that is wrong with the result."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as Tree

from pipeline.ledger.appending import shifted
from pipeline.ooxml.sheet_append import append_row
from pipeline.ooxml.sheet_patch import patch_workbook
from schemas.errors import KesuError
from tests.workbooks.portrait import Portrait, around_the_cells, differences, portrait, raw_members, unpacked
from tests.workbooks.sample import LAST, LINK, Outcome, Sample, append, writes

NEW = LAST + 1


@dataclass(frozen=True, slots=True)
class Written:
    """What came of one way of writing: the file (None when refused), the refusal, and the faults."""

    way: str
    sample: Sample
    result: bytes | None
    refusal: str
    faults: tuple[str, ...]
    seen: bool = True  # whether openpyxl could read the source, so that its view was compared


def tried(sample: Sample, folder: Path) -> list[Written]:
    """Cells, a row, and a row after the cells; ``folder`` is for scratch."""
    source = folder / "客诉台账.xlsx"
    source.write_bytes(sample.data)
    try:
        before = seen(sample.data, sample.sheet)
    except Exception:  # noqa: BLE001 - openpyxl raises whatever it likes for files it does not understand
        before = None
    cells = _one(
        "cells",
        sample,
        source,
        before,
        sample.cells,
        lambda target: patch_workbook(source, target, writes(sample.sheet)),
    )
    row = _one("row", sample, source, before, sample.row, lambda target: _appended(source, target, sample))
    results = [cells, row]
    if cells.result is not None and row.result is not None:
        source.write_bytes(cells.result)
        middle = portrait(cells.result) if before is not None else None
        again = Sample(sample.name, cells.result, sheet=sample.sheet)
        results.append(
            _one("row after cells", again, source, middle, "written", lambda target: _appended(source, target, sample))
        )
    return results


def seen(data: bytes, sheet: str) -> Portrait | None:
    """The portrait, None where openpyxl does not see the cells (Strict workbooks)."""
    found = portrait(data)
    return found if any(key[:2] == (sheet, "cell") for key in found) else None


def _appended(source: Path, target: Path, sample: Sample) -> None:
    append_row(source, target, append(sample.sheet), shifted)


def _one(
    way: str, sample: Sample, source: Path, before: Portrait | None, expected: Outcome, write: Callable[[Path], None]
) -> Written:
    target = source.with_name("patched.xlsx")
    target.unlink(missing_ok=True)
    try:
        write(target)
    except KesuError as refusal:
        return Written(
            way, sample, None, str(refusal), tuple(_refused(sample, str(refusal), expected, target)), before is not None
        )
    except Exception as error:  # noqa: BLE001 - anything but a refusal is the finding
        return Written(way, sample, None, "", (f"{type(error).__name__}: {error}",))
    result = target.read_bytes()
    faults = list(_faults(way, sample, before, result))
    if expected == "refused":
        faults.append("written, should have been refused")
    if way == "cells" and not faults:
        source.write_bytes(result)
        patch_workbook(source, target, [one for one in writes(sample.sheet) if one.expected is None])
        if target.read_bytes() != result:
            faults.append("not the same bytes when patched again")
        source.write_bytes(sample.data)
    return Written(way, sample, result, "", tuple(faults), before is not None)


def _refused(sample: Sample, refusal: str, expected: Outcome, target: Path) -> Iterator[str]:
    if target.exists():
        yield "refused, yet a file is left"
    if expected == "written":
        yield f"refused: {refusal}"
    elif sample.why not in refusal:
        yield f"refused for another reason: {refusal}"


def _faults(way: str, sample: Sample, before: Portrait | None, result: bytes) -> Iterator[str]:
    yield from _packing(way, sample, result)
    if before is None:
        return
    after = portrait(result)
    strange = [
        f"{'/'.join(key)}: {before.get(key)} -> {after.get(key)}"
        for key in sorted(differences(before, after))
        if not intended(way, sample.sheet, key)
    ]
    if strange:
        yield f"openpyxl sees {strange[:4]}"
    yield from missing(way, sample.sheet, after)


def missing(way: str, sheet: str, after: Portrait) -> Iterator[str]:
    """What we wrote and another program does not find."""
    wanted = {"A5": "KS-202611-003", "H4": "正常 & <无> ]]>", "H6": "请补充 客户", "I5": "打开资料"}
    if way != "cells":
        wanted = {f"A{NEW}": "KS-202611-009", f"C{NEW}": "云帆汽车", f"F{NEW}": "12", f"J{NEW}": "来信#a1b2 & <转>"}
        shown, above = (after.get((sheet, "cell", f"B{row}"), "") for row in (NEW, NEW - 1))
        # LibreOffice shows all dates below a row that stands twice as numbers, those of the source as well
        as_above = re.match(r"\d+ \('General'", shown) and re.match(r"\d+ \('General'", above)
        if not (as_above or re.search(r"2026(-|, )11(-|, )26", shown)):
            yield f"B{NEW} shows {shown}"
    for cell, text in wanted.items():
        if text not in after.get((sheet, "cell", cell), ""):
            yield f"{cell} shows {after.get((sheet, 'cell', cell))}"
    if way == "cells" and LINK not in unquote(after.get((sheet, "link", "I5"), "")):
        yield f"I5 links to {after.get((sheet, 'link', 'I5'))}"


def intended(way: str, sheet: str, key: tuple[str, ...]) -> bool:
    """Whether a difference is what we were asked for."""
    if key[0] != sheet:
        return False
    if way == "cells":
        return key in {(sheet, "cell", name) for name in ("A5", "H4", "H6", "I5")} | {(sheet, "link", "I5")}
    grows = {"table", "filter", "validation", "format", "row"}
    return (key[1] == "cell" and re.fullmatch(rf"[A-J]{NEW}", key[2]) is not None) or (
        key[1] in grows and (key[1] != "row" or key[2] == str(NEW))
    )


def _packing(way: str, sample: Sample, result: bytes) -> Iterator[str]:
    """Other members untouched and in order, nothing beside the rows changed."""
    old, new = raw_members(sample.data), raw_members(result)
    names = [name for name, _ in old]
    if [name for name, _ in new][: len(names)] != names:
        yield "members in another order"
        return
    changed = {name for (name, first), (_, second) in zip(old, new, strict=False) if first != second}
    changed |= {name for name, _ in new[len(names) :]}
    contents, earlier = unpacked(result), unpacked(sample.data)
    allowed = re.compile(r"(?i)(?:.*/)?[^/]*\.xml|.*\.rels" if way == "cells" else r"(?i).*\.xml")
    if strange := [name for name in sorted(changed) if not allowed.fullmatch(name)]:
        yield f"members changed: {strange}"
    sheets = [name for name in changed if b"sheetData" in contents[name]]
    if len(sheets) != 1 or len(changed) > 3:
        yield f"members changed: {sorted(changed)}"
        return
    if way != "cells":
        return
    try:
        around = around_the_cells(earlier[sheets[0]])
    except Tree.ParseError:
        return  # a namespace this parser does not take; the file stays out of this comparison
    if around_the_cells(contents[sheets[0]]) != around:
        yield "settings beside the cells changed"
