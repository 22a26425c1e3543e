"""Labels and values without a colon between them: forms set with blanks, and records divided by upright strokes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.rules.intake_labels import FIELDS, field_of_heading, field_of_label, is_label, without_item_number

_COLON = re.compile(r"[:：](?!\d)|(?<!\d)[:：]")  # that of a time of day is none
_STROKE = re.compile(r"\s*[|｜│]\s*")
_WIDE_GAP = re.compile(r"\s{2,}|\u3000")
_FEWEST_LINES = 3
_FEWEST_CELLS = 3
_LONGEST_LABEL = 3  # words: Part No. and the like
Pair = tuple[str, str]


def spaced_pairs(lines: Sequence[str]) -> dict[int, list[Pair]]:
    """(label, value) by line of a form that has blanks for colons; {} for fewer lines than make a form, for sentences
    begin like that too. Behind a wide gap a line may hold a further pair."""
    found = {index: pairs for index, line in enumerate(lines)
             if not _COLON.search(line) and "\t" not in line and (pairs := list(_pairs(without_item_number(line))))}
    return found if len(found) >= _FEWEST_LINES else {}


def divided_pairs(lines: Sequence[str]) -> dict[int, list[Pair]]:
    """(label, value) by line of a record whose cells stand between strokes: CW-2217｜批次 CW1120A｜不良 2｜渗漏.

    What is left without a label beside a number of pieces, the cell in front that names the part aside, is what is
    wrong with them, where it is one cell.
    """
    return {index: pairs for index, line in enumerate(lines) if (pairs := _of_record(line))}


def explained(label: str) -> str:
    """A label in words that need no neighbours: 不良 among others of a record is 不良数量."""
    named = None if field_of_label(label) else field_of_heading(label)
    return FIELDS[named[0]].column.heading if named else label


def _of_record(line: str) -> list[Pair]:
    first, *cells = _STROKE.split(without_item_number(line).strip(" |｜│"))
    if len(cells) + 1 < _FEWEST_CELLS or _COLON.search(line):
        return []
    pairs = [pair for cell in cells if (pair := _pair(cell.split()))]
    left = [cell for cell in cells if not _pair(cell.split())]
    counted = any(field_of_label(explained(label)) == ("defects", True) for label, _ in pairs)
    if counted and len(left) == 1 and not is_label(left[0]):
        pairs.append((FIELDS["phenomenon"].column.heading, left[0]))
    return [*filter(None, [_pair(first.split())]), *pairs] if pairs else []


def _pairs(line: str) -> Iterator[Pair]:
    """The pairs of a line: each begins with a label, the first at the start and others behind a wide gap."""
    pieces = _WIDE_GAP.split(line.strip())
    starts = [index for index, piece in enumerate(pieces) if index == 0 or is_label(piece) or _pair(piece.split())]
    for start, end in zip(starts, [*starts[1:], len(pieces)], strict=True):
        pair = _pair(" ".join(pieces[start:end]).split())
        if pair:
            yield pair


def _pair(words: Sequence[str]) -> Pair | None:
    """The label that words begin with, the longest, and what stands behind it; None where that is but labels."""
    for count in range(min(_LONGEST_LABEL, len(words) - 1), 0, -1):
        label, value = " ".join(words[:count]), words[count:]
        if is_label(label):
            return None if all(map(is_label, value)) else (label, " ".join(value))
    return None
