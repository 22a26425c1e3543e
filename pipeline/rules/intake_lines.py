"""Labelled lines of a letter (``零件号：CW-2217``): alone, several on a line, numbered, in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from pipeline.rules.intake_labels import field_of_label, without_item_number
from pipeline.rules.intake_value import readable
from schemas.intake import Found

_COLON = re.compile(r"\s*[:：]\s*")
_BRACKETED = re.compile(r"^\s*[【\[「]\s*([^】\]」]{1,16})\s*[】\]」]\s*[:：]?\s*(.*)$")
_FURTHER_LABEL = re.compile(r"(?:[;；,，|/]\s*|\s+|(?<=。))(?=[\w/（）()]{1,12}\s*[:：])")
_LABEL_ONLY = re.compile(r"^[^:：]{1,16}[:：]\s*$")
_MOST_CONTINUED = 4
_FEWEST_STACKED = 3
_OF_ALL = re.compile(r"(\d[\d,]*)\s*[/／]\s*(\d[\d,]*)\s*(?:件|个|只|支|根|套|pcs)?", re.IGNORECASE)
#: What the second column of a form is called: never a value.
_COLUMN_WORDS = frozenset({
    "内容", "结果", "数据", "说明", "描述", "备注", "详情", "项目", "信息", "填写", "数值", "值",
})


def labelled(text: str, sent: date) -> Iterator[Found]:
    """Every labelled value of a text, in order; ``certain`` when the label leaves no choice and the ledger reads it."""
    lines = text.split("\n")
    stacked = _stacked(lines)
    index = 0
    while index < len(lines):
        pairs = [(lines[index].strip(), "")] if index in stacked else list(_pairs(lines[index]))
        if len(pairs) == 1 and not pairs[0][1]:
            value, used = _following(lines, index + 1)
            pairs, index = [(pairs[0][0], value)], index + used
        for label, value in pairs:
            yield from _findings(label, value, sent)
        index += 1


def _findings(label: str, value: str, sent: date) -> Iterator[Found]:
    """What a labelled line says; a quantity of so many of so many (``5/300``) says two things."""
    found = finding(label, value, sent, "标签行")
    if found is None:
        return
    parts = _OF_ALL.fullmatch(value.strip()) if found.field == "defects" else None
    few, all_of_them = (int(part.replace(",", "")) for part in parts.groups()) if parts else (1, 0)
    if few > all_of_them:
        yield found
        return
    yield replace(found, text=str(few), certain=False)
    yield replace(found, field="lot_size", text=str(all_of_them), certain=False)


def _stacked(lines: Sequence[str]) -> frozenset[int]:
    """The lines of a form whose cells stand below each other: a label alone, its value on the next line."""
    labels = [bool((named := field_of_label(line.strip())) and named[1]) for line in lines]
    found = [index for index, label in enumerate(labels[:-1])
             if label and lines[index + 1].strip() and not labels[index + 1]]
    return frozenset(found) if len(found) >= _FEWEST_STACKED else frozenset()


def finding(label: str, value: str, sent: date, where: str, *, sure: bool | None = None) -> Found | None:
    """What a label and its value say; None for a label that names no field or a value that is blank."""
    named = field_of_label(label)
    if named is None or not value.strip() or value.strip() in _COLUMN_WORDS:
        return None
    field, exact = named
    typed = readable(field, value, sent)
    certain = typed is not None and (exact if sure is None else sure)
    source = f"{label.strip()}：{value.strip()}"
    return Found(field, typed if typed is not None else value.strip()[:80], source[:160], where, certain)


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    """(label, value) of one line; a line of table cells is read cell by cell."""
    if "\t" in line:
        return
    bracketed = _BRACKETED.match(line)
    if bracketed and field_of_label(bracketed[1]):
        yield bracketed[1], bracketed[2]
        return
    for piece in _pieces(line):
        label, colon, value = _split(piece)
        if colon:
            yield label, value


def _pieces(line: str) -> Sequence[str]:
    """The line cut before each further label that names a field, so that free text with a colon stays whole."""
    cuts = [match.end() for match in _FURTHER_LABEL.finditer(line)]
    pieces, start = [], 0
    for cut in cuts:
        label, colon, _ = _split(line[cut:])
        if colon and field_of_label(label) is not None:
            pieces.append(line[start:cut])
            start = cut
    return [*pieces, line[start:]]


def _split(piece: str) -> tuple[str, bool, str]:
    match = _COLON.search(piece)
    if match is None:
        return piece, False, ""
    return without_item_number(piece[: match.start()]).strip(), True, piece[match.end():].strip(" \t|;；，,")


def _following(lines: Sequence[str], start: int) -> tuple[str, int]:
    """The value that stands on the lines below its label, up to a blank line or the next label."""
    taken: list[str] = []
    used = 0
    for line in lines[start : start + _MOST_CONTINUED]:
        if not line.strip() and not taken:
            used += 1
            continue
        if not line.strip() or _LABEL_ONLY.match(line) or any(field_of_label(label) for label, _ in _pairs(line)):
            break
        taken.append(line.strip())
        used += 1
        break
    return " ".join(taken), used
