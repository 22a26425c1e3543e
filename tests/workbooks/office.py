"""The same workbooks as LibreOffice opens them: before our writing and after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.workbooks.bases import through_libreoffice
from tests.workbooks.portrait import Portrait, differences, portrait
from tests.workbooks.trial import Written, intended, missing

_AT_ONCE = 60  # workbooks in one start of the program


@dataclass
class Opened:
    """How many results LibreOffice opened as asked for, how many sources it does not open at all, and the faults."""

    fine: int = 0
    unreadable: int = 0
    faults: list[str] = field(default_factory=list)


def judged(results: Sequence[Written], folder: Path) -> Opened:
    """Open source and result of each and compare what is there."""
    opened = Opened()
    for first in range(0, len(results), _AT_ONCE):
        some = results[first : first + _AT_ONCE]
        files: dict[str, bytes] = {}
        for number, one in enumerate(some):
            assert one.result is not None
            files |= {f"{number}-before": one.sample.data, f"{number}-after": one.result}
        converted = through_libreoffice(files, folder)
        for number, one in enumerate(some):
            before, after = (_seen(converted.get(f"{number}-{when}")) for when in ("before", "after"))
            if before is None:
                opened.unreadable += 1
            elif wrong := list(_wrong(one, before, after)):
                opened.faults.append(f"{one.sample.name}, {one.way}: LibreOffice: {'; '.join(wrong)}")
            else:
                opened.fine += 1
    return opened


def _seen(data: bytes | None) -> Portrait | None:
    found = portrait(data) if data else None
    return found if found and any("客诉编号" in text for text in found.values()) else None


def _wrong(one: Written, before: Portrait, after: Portrait | None) -> Iterator[str]:
    if after is None:
        yield "does not open the result"
        return
    sheet = one.sample.sheet.strip() if (one.sample.sheet, "merged") not in after else one.sample.sheet
    strange = [
        f"{'/'.join(key)}: {before.get(key)} -> {after.get(key)}"
        for key in sorted(differences(before, after))
        if not intended(one.way, sheet, key) and key[1] != "row"
    ]  # it sets heights by the text
    if strange:
        yield f"sees {strange[:3]}"
    yield from missing(one.way, sheet, after)
