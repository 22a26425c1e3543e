"""Complaints that stand apart in prose: a listed line, paragraph or numbered item each, about another part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pipeline.rules.intake_blocks import Block, Blocks
from pipeline.rules.intake_items import names_complaint, numbered
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
    """The lines of a list with bullets or numbers of which each complains of another part, and nothing else does."""
    lines = text.split("\n")
    complaints = [line for line in lines if _LISTED.match(line) and parts_in(line, parts)]
    others = [line for line in lines if line not in complaints]
    named = [parts_in(line, parts) for line in complaints]
    apart = len(complaints) > 1 and all(len(those) == 1 for those in named) and len(set(named)) == len(named)
    beside = any(_LISTED.match(line) and names_complaint(line, sent) for line in others)
    if apart and not beside and all(_complains(line, sent) for line in complaints) and not _figures(
            "\n".join(others), sent):
        return _as_blocks(complaints, others, sent)
    return Blocks()


def _complains(line: str, sent: date) -> bool:
    count = _figures(line, sent).get("defects")
    return names_complaint(line, sent) if count is None else any(digit in "123456789" for digit in count)


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
