"""Several complaints in one letter, each a block of labelled lines: 问题一 … 问题二 …, or 零件号 … 零件号 …."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from pipeline.rules.intake_labels import field_of_label
from pipeline.rules.intake_lines import labelled_lines
from pipeline.rules.intake_tables import labelled_cells
from schemas.incoming import TextTable
from schemas.intake import Found
from schemas.values.text import half_width

#: Fields of the sender and of the mail as a whole, which hold for every complaint in it.
COMMON = frozenset({
    "customer", "customer_site", "reporter", "reporter_contact", "reporter_department", "reporter_position",
    "reporter_duty", "source",
})
_SUBJECT_FIELDS = ("part_number", "product", "phenomenon")
Placed = tuple[int, Found]


@dataclass(frozen=True, slots=True)
class Block:
    """What the labels of one complaint say, and the lines it stands on."""

    found: tuple[Found, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Blocks:
    """The complaints of a letter, and the lines before and behind all of them."""

    complaints: tuple[Block, ...] = ()
    outside: str = ""


def blocks_of(text: str, sent: date) -> Blocks:
    """The blocks of a letter's lines."""
    return _blocks(list(labelled_lines(text, sent)), text.split("\n"))


def blocks_in(tables: Sequence[TextTable], sent: date) -> Blocks:
    """The same for tables with label and value side by side: one after the other, or one below the other in one."""
    placed: list[Placed] = []
    lines: list[str] = []
    for table in tables:
        placed += [(len(lines) + row, found) for row, found in labelled_cells(table, sent)]
        lines += ["\t".join(cells) for cells in table.rows] + [""]
    return _blocks(placed, lines)


def _blocks(placed: list[Placed], lines: list[str]) -> Blocks:
    """The blocks of a letter in which the labels of one complaint come again for the next; none for any other letter.

    Every block has to say of what it is, and what is wrong or how many, and no two may be about the same: the second
    of those corrects the first, or repeats it.
    """
    starts = _starts([found.field for _, found in placed])
    if not starts:
        return Blocks()
    ends = [*starts[1:], _end_of_last(placed, starts, lines)]
    parts = [placed[start:end] for start, end in zip(starts, ends, strict=True)]
    said = [[found for _, found in part] for part in parts]
    if not all(map(_complains, said)) or len({_subject(found) for found in said}) < len(said):
        return Blocks()
    first, last = placed[starts[0]][0], _last_line(parts, lines)
    bounds = [*(part[0][0] for part in parts), last]
    texts = ["\n".join(lines[start:end]) for start, end in pairwise(bounds)]
    complaints = tuple(Block(tuple(found), own) for found, own in zip(_last_in_doubt(said), texts, strict=True))
    return Blocks(complaints, "\n".join([*lines[:first], *lines[last:]]))


def _starts(fields: Sequence[str]) -> list[int]:
    """Where each block begins: at the first label that comes as often as there are complaints."""
    counts = Counter(field for field in fields if field not in COMMON)
    most = max((counts[field] for field in _SUBJECT_FIELDS), default=0)
    if most < 2:
        return []
    anchor = next(field for field in fields if counts[field] == most)
    return [index for index, field in enumerate(fields) if field == anchor]


def _end_of_last(placed: Sequence[Placed], starts: Sequence[int], lines: Sequence[str]) -> int:
    """The last block ends at a blank line behind which nothing comes that the other blocks say as well."""
    shared = {found.field for _, found in placed[starts[0] : starts[-1]]}
    for index in range(starts[-1] + 1, len(placed)):
        blank = any(not line.strip() for line in lines[placed[index - 1][0] : placed[index][0]])
        if blank and not shared & {found.field for _, found in placed[index:]}:
            return index
    return len(placed)


def _last_line(parts: Sequence[Sequence[Placed]], lines: Sequence[str]) -> int:
    """The line below the last block: the next where each has but one, else the first blank one behind its labels."""
    below = parts[-1][-1][0]
    if all(part[0][0] == part[-1][0] for part in parts):
        return below + 1
    return next((index for index in range(below, len(lines)) if not lines[index].strip()), len(lines))


def _complains(found: Sequence[Found]) -> bool:
    fields = {item.field for item in found}
    counted = any(item.field == "defects" and field_of_label(item.source.partition("：")[0]) == ("defects", True)
                  for item in found)
    return bool(fields & set(_SUBJECT_FIELDS)) and len(fields) > 1 and ("phenomenon" in fields or counted)


def _subject(found: Sequence[Found]) -> tuple[str, ...]:
    return tuple(
        half_width(next((item.text for item in found if item.field == field), "")).casefold()
        for field in _SUBJECT_FIELDS
    )


def _last_in_doubt(said: Sequence[Sequence[Found]]) -> list[list[Found]]:
    """What only the last block says may be meant for all of them: nobody can tell, so it is not certain."""
    *others, last = said
    shared = {item.field for found in others for item in found}
    return [*map(list, others), [item if item.field in shared else replace(item, certain=False) for item in last]]
