"""Labelled lines of a letter (``零件号：CW-2217``): alone, several on a line, numbered, in brackets, without colons."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from pipeline.rules.intake_labels import field_of_label, fields_of_pair, is_label, of_carrier, without_item_number
from pipeline.rules.intake_spaced import divided_pairs, explained, spaced_pairs
from pipeline.rules.intake_value import is_pending, phone_behind, says_no_number, value_under, with_unit, without_note
from schemas.intake import Found
from schemas.values.text import half_width

_COLON = re.compile(r"\s*[:：]\s*")
_BRACKETED = re.compile(r"^\s*[【\[「]\s*([^】\]」]{1,16})\s*[】\]」]\s*[:：]?\s*(.*)$")
_FURTHER_LABEL = re.compile(r"(?:[;；,，|/／(（]\s*|\s+|(?<=[。)）]))(?=[\w/（）(). #]{1,24}\s*[:：])")
_LABEL_ONLY = re.compile(r"^[^:：]{1,40}[:：]\s*$")
_OPENED = re.compile(r"[(（]")
_LONGEST_LINE = 4000  # nobody fills in a form on a longer one
_MOST_CONTINUED = 4
_FEWEST_STACKED = 3
#: Of whom a label tells behind that of a carrier, on its line and the next: of somebody else, whose telephone remains
#: as a doubt about the one in the signature.
_OF_PERSON = frozenset({"reporter", "reporter_contact", "reporter_department"})
_UNIT = r"\s*(?:件|个|只|支|根|套|条|pcs)?"
#: 3/150, 3件/150件（2%）, 5个（当日投入600个）.
_OF_ALL = re.compile(
    rf"(\d[\d,]*){_UNIT}\s*(?:/\s*(\d[\d,]*){_UNIT}\s*(?:\([^()\d]{{0,6}}[\d.]+\s*[%‰]\))?"
    r"|\((?:当日|当班|本批|该批)?(?:总?共|合计|共检|共抽|抽检|检[查验]|检|投入|总数|来料|到货)数?[:：]?\s*"
    rf"(\d[\d,]*){_UNIT}\))", re.IGNORECASE
)
#: What the second column of a form is called: never a value.
_COLUMN_WORDS = frozenset({
    "内容", "结果", "数据", "说明", "描述", "备注", "详情", "项目", "信息", "填写", "数值", "值",
})


def labelled(text: str, sent: date) -> Iterator[Found]:
    """Every labelled value of a text, in order; ``certain`` when the label leaves no choice and the ledger reads it."""
    for _, found in labelled_lines(text, sent):
        yield found


def labelled_lines(text: str, sent: date) -> Iterator[tuple[int, Found]]:
    """The same with the line that each label stands on."""
    lines = text.split("\n")
    stacked, spaced = _stacked(lines), {**spaced_pairs(lines), **divided_pairs(lines)}
    index, before, carried = 0, "", -2
    while index < len(lines):
        place = index
        pairs = [(lines[index].strip(), "")] if index in stacked else list(_pairs(lines[index]))
        if index in spaced:
            pairs = spaced[index]
        if len(pairs) == 1 and not pairs[0][1]:
            value, used = _following(lines, index + 1)
            pairs, index = [(pairs[0][0], value)], index + used
        for label, value in pairs:
            carried = place if of_carrier(label) else carried
            beside = "产品名称" if label == "名称" and before == "part_number" else label
            beside = explained(beside) if place in spaced else beside
            for found in findings(beside, value, sent, "标签行"):
                of_another = found.field in _OF_PERSON and place - carried <= 1
                if of_another and found.field != "reporter_contact":
                    continue
                certain = found.certain and place not in spaced and not of_another
                yield place, replace(found, source=f"{label}：{value}"[:160], certain=certain)
                before = found.field
        index += 1


def findings(label: str, value: str, sent: date, where: str) -> Iterator[Found]:
    """What a label and its value say: 5/300 how many of how many, 联系人：王芳 000-5555-7788 who and where to call."""
    pair = fields_of_pair(label)
    found = _finding(label, value, sent, where)
    few_of_all = _OF_ALL.fullmatch(half_width(value)) if pair or (found and found.field == "defects") else None
    if few_of_all:
        few, all_of_them = (number.replace(",", "") for number in few_of_all.groups() if number)
        if int(few) > int(all_of_them):
            yield from [found] if found else []
            return
        for field, number in zip(pair or ("defects", "lot_size"), (few, all_of_them), strict=True):
            yield Found(field, number, f"{label}：{value}"[:160], where, certain=False)
    elif found is not None:
        yield found
        phone = phone_behind(value) if found.field == "reporter" else ""
        if phone:
            yield replace(found, field="reporter_contact", text=phone)


def _stacked(lines: Sequence[str]) -> frozenset[int]:
    """The lines of a form whose cells stand below each other: a label alone, its value on the next line."""
    labels = [bool((named := field_of_label(line.strip())) and named[1]) for line in lines]
    found = [index for index, label in enumerate(labels[:-1])
             if label and lines[index + 1].strip() and not labels[index + 1]]
    return frozenset(found) if len(found) >= _FEWEST_STACKED else frozenset()


def _finding(label: str, value: str, sent: date, where: str) -> Found | None:
    """What a label and its value say; None for a label that names no field, or a value that says nothing yet."""
    named = field_of_label(label)
    if named is None or not value.strip() or value.strip() in _COLUMN_WORDS:
        return None
    field, exact = named
    source = f"{label.strip()}：{value.strip()}"[:160]
    if is_pending(field, value):
        return None
    typed = value_under(label, field, value, sent)
    if typed is not None:
        return Found(field, typed, source, where, certain=exact)
    if field == "wants_8d" or (not exact and says_no_number(field, value)):
        return None  # 8D报告：12月3日前提交 is read as the sentence it is; NG：渗漏 counts nothing
    told = without_note(field, value, sent) or with_unit(label, field, value.strip())[:80]
    return Found(field, told, source, where, certain=False)


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    """(label, value) of one line; a line of table cells is read cell by cell."""
    if "\t" in line or len(line) > _LONGEST_LINE:
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
    """The line cut before each further label that the ledger knows, so that free text with a colon stays whole."""
    pieces, start, label_ends = [], 0, 0
    for match in _FURTHER_LABEL.finditer(line):
        cut = match.end()
        label, colon, _ = _split(line[cut:])
        before = line[start:cut]
        other_name = match[0].strip() in {"/", "／"} and not _COLON.search(before)
        inside = cut < label_ends or other_name or is_label(without_item_number(before) + label)
        if colon and not inside and is_label(label):
            pieces.append(line[start:cut])
            start, label_ends = cut, cut + len(label)
    return [*pieces, line[start:]]


def _split(piece: str) -> tuple[str, bool, str]:
    match = _COLON.search(piece)
    if match is None:
        return piece, False, ""
    value = piece[match.end():].strip(" \t|;；，,/／（(")
    while value.endswith((")", "）")) and _OPENED.search(value) is None:  # its opening bracket went with the last cut
        value = value[:-1].strip(" ;；，,")
    return without_item_number(piece[: match.start()]).strip(), True, value


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
