"""Complaints that stand apart in prose: a listed line, paragraph or numbered item each, about another part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pipeline.rules.intake_blocks import Block, Blocks
from pipeline.rules.intake_items import asks_or_explains, names_complaint, numbered
from pipeline.rules.intake_lines import labelled
from pipeline.rules.intake_parts import parts_in
from pipeline.rules.intake_prose import guessed
from schemas.intake import KnownPart

#: What has to be said of each complaint for nobody to doubt that it is one of its own.
_OWN = ("defects", "lot")
_LISTED = re.compile(r"^\s*(?:[●•·▪■◆※]|[-*]\s|[(（]?\d{1,2}(?:[)）、]|[.．](?!\d))|[①-⑩])")


def told_apart(text: str, parts: Mapping[str, KnownPart], sent: date) -> Blocks:
    """The complaints of a letter whose items or paragraphs are plainly one complaint each; none for any other letter.

    Each names one part that no other names, how many are wrong and a lot of its own; nothing else in the letter
    counts or names a lot, for nobody could tell which of them it is about. Lines that are set as a list tell what is
    wrong or how many are, and need no lot: who wrote them told them apart already.
    """
    listed = _listed(text, parts, sent)
    if listed.complaints:
        return listed
    items, outside = numbered(text)
    for pieces, beside in ((items, outside), (list(_paragraphs(text)), "")):
        complaints = [piece for piece in pieces if parts_in(piece, parts)]
        others = [beside, *(piece for piece in pieces if piece not in complaints)]
        plain = len(complaints) > 1 and _are_plain(complaints, parts, sent)
        if plain and not any(_figures(other, sent) for other in others):
            return _as_blocks(complaints, others, sent)
    return Blocks()


def _listed(text: str, parts: Mapping[str, KnownPart], sent: date) -> Blocks:
    """The items of a list with bullets or numbers of which each complains of another part, and nothing else does.

    A defect without a number of pieces is no complaint below a line that asks for something or gives reasons.
    """
    items, outside, lead = _set_as_list(text)
    complaints = [item for item in items if parts_in(item, parts)]
    others = [*outside, *(item for item in items if item not in complaints)]
    named = [parts_in(item, parts) for item in complaints]
    apart = len(complaints) > 1 and all(len(those) == 1 for those in named) and len(set(named)) == len(named)
    beside = any(_figures(other, sent) or (other in items and names_complaint(other, sent)) for other in others)
    counted = not asks_or_explains(lead) or all("defects" in _figures(item, sent) for item in complaints)
    if apart and not beside and counted and all(_complains(item, sent) for item in complaints):
        return _as_blocks(complaints, others, sent)
    return Blocks()


def _set_as_list(text: str) -> tuple[list[str], list[str], str]:
    """The items of a list with the lines indented below them, the lines outside, and the one above the list."""
    items: list[str] = []
    outside: list[str] = []
    lead, inside = "", False
    for line in text.split("\n"):
        listed = bool(_LISTED.match(line))
        if inside and not listed and line[:1].isspace() and line.strip():
            items[-1] += f"\n{line}"
            continue
        (items if listed else outside).append(line)
        lead = line if not items and line.strip() else lead
        inside = listed
    return items, outside, lead


def _complains(item: str, sent: date) -> bool:
    count = _figures(item, sent).get("defects")
    return names_complaint(item, sent) if count is None else any(digit in "123456789" for digit in count)


def _as_blocks(complaints: Sequence[str], others: Sequence[str], sent: date) -> Blocks:
    return Blocks(tuple(Block(tuple(labelled(piece, sent)), piece) for piece in complaints), "\n".join(others))


def _paragraphs(text: str) -> Iterator[str]:
    yield from (line.strip() for line in text.split("\n") if line.strip())


def _are_plain(pieces: Sequence[str], parts: Mapping[str, KnownPart], sent: date) -> bool:
    named = [parts_in(piece, parts) for piece in pieces]
    figures = [_figures(piece, sent) for piece in pieces]
    if any(len(those) != 1 for those in named) or any(set(own) != set(_OWN) for own in figures):
        return False
    return len({those[0] for those in named}) == len({own["lot"] for own in figures}) == len(pieces)


def _figures(text: str, sent: date) -> dict[str, str]:
    """Number of defects and lot that a text tells, in its sentences or under labels."""
    return {item.field: item.text for item in (*guessed(text, sent), *labelled(text, sent)) if item.field in _OWN}
