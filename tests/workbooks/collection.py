"""The whole collection: every base in every spelling, packing and equipment, and what must be refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.workbooks.bases import bases, office_bases
from tests.workbooks.equipment import equipped
from tests.workbooks.refusals import forbidden
from tests.workbooks.sample import Sample
from tests.workbooks.spellings import spelled
from tests.workbooks.zips import repacked, spoilt

_RICH = {"openpyxl rich", "xlsxwriter rich", "by hand"}  # the packings do not depend on what is in the parts


def variations(base: Sample) -> Iterator[Sample]:
    """The base itself and all that is made of it."""
    yield base
    yield from spelled(base)
    yield from equipped(base)
    yield from forbidden(base)
    if base.name in _RICH or base.name.startswith("LibreOffice of openpyxl-rich"):
        yield from repacked(base)
        yield from spoilt(base)


def everything(folder: Path) -> Iterator[Sample]:
    """All workbooks, those that LibreOffice saved first included; ``folder`` is for scratch."""
    for base in (*bases(), *office_bases(folder)):
        yield from variations(base)


def one_of_each(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Of each variation one workbook, each time of the next base that has it: small, and no kind is missing."""
    kinds: dict[str, list[Sample]] = {}
    for sample in samples:
        kinds.setdefault(sample.name.partition(", ")[2], []).append(sample)
    for number, some in enumerate(kinds.values()):
        yield some[number % len(some)]
