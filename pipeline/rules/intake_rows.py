"""Which rows a mail proposes: findings of all kinds put together, one a field, nothing guessed taken for certain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from pipeline.rules.intake_items import complaint_items
from pipeline.rules.intake_labels import field_of_label
from pipeline.rules.intake_lines import labelled
from pipeline.rules.intake_people import from_sender
from pipeline.rules.intake_prose import guessed, line_stop_in, names_defect, parts_in, sentences
from pipeline.rules.intake_tables import complaint_rows, labelled_cells, typed_tables
from schemas.cell_value import value_of
from schemas.incoming import IncomingMail
from schemas.intake import Acquaintance, Correspondent, Found, ProposedRow
from schemas.rows import Complaint
from schemas.values.text import half_width

_PREFIX = re.compile(
    r"^\s*(?:(?:回复|答复|转发|re|fw|fwd|答覆|轉寄)\s*[:：]\s*|【[^】]{1,12}】\s*|\[[^\]]{1,12}\]\s*)+", re.IGNORECASE
)
_SIGNATURE_LABELS = re.compile(r"^(?:电话|手机|手机号|tel\.?|mobile|phone|联络电话)：", re.IGNORECASE)
#: Fields of the sender and of the mail as a whole, which hold for every row of a table.
_COMMON = frozenset({
    "customer", "customer_site", "reporter", "reporter_contact", "reporter_department", "reporter_position",
    "reporter_duty", "source",
})


def proposed_rows(
    mail: IncomingMail, who: Correspondent, known: Acquaintance, received: datetime
) -> tuple[ProposedRow, ...]:
    """The complaints of a mail, at least one; ``received`` (aware, the plant's zone) is when it reached us.

    A table with several complaints gives one row each; anything else one row. Where two readings of a field differ
    neither is certain and both are kept in ``doubts``. A letter that numbers several complaints in its prose gives one
    row that asks: only what stands outside the list is certain, ``items`` says how many there seem to be.
    """
    sent = received.date()
    rows = [row for table in mail.tables or typed_tables(mail.text) for row in complaint_rows(table, sent)]
    common = [*_from_correspondent(mail, who, received), *_mentions(mail, who, known)]
    if len(rows) > 1:
        said = [found for found in _letter(mail, who, sent) if found.field in _COMMON]
        return tuple(_settled([*row, *said, *common], known, sent, "") for row in rows)
    letter = [*(rows[0] if rows else ()), *_letter(mail, who, sent)]
    said = [*letter, *_part_mentions(mail, known), *_prose(mail, sent)]
    items, outside = complaint_items(mail.text, sent)
    if items:
        alone = replace(mail, text=outside)
        for_all = [*(rows[0] if rows else ()), *_letter(alone, who, sent), *_part_mentions(alone, known)]
        said = [_held_for_all(item, for_all) for item in said]
    row = _settled([*said, *common], known, sent, _PREFIX.sub("", mail.subject).strip())
    return (replace(row, items=len(items)),)


def _held_for_all(item: Found, for_all: Sequence[Found]) -> Found:
    """A finding of a letter with several complaints: certain only where it stands outside the list, or is about the
    sender, or says that the line stops, which alerts whichever complaint stops it."""
    if item in for_all or item.field in _COMMON or item.field == "line_stop":
        return item
    return replace(item, certain=False)


def _letter(mail: IncomingMail, who: Correspondent, sent: date) -> list[Found]:
    found = [*labelled(mail.text, sent)]
    for table in mail.tables:
        if not complaint_rows(table, sent):
            found += labelled_cells(table, sent)
    if who.colleague:  # the telephone under a colleague's letter is the colleague's
        found = [item for item in found if not _SIGNATURE_LABELS.match(item.source)]
    return found


def _from_correspondent(mail: IncomingMail, who: Correspondent, received: datetime) -> list[Found]:
    address = mail.sender
    moment = f"{received:%Y-%m-%d %H:%M}"
    found = [Found("received", moment, f"邮件时间 {moment}", "发件人", certain=True),
             Found("source", who.source, f"{who.name} <{address}>", "发件人", certain=True)]
    if who.customer:
        found.append(Found("customer", who.customer, f"发件人 {address}", "发件人", certain=True))
    return [*found, *from_sender(who, address, mail.text)]


def _mentions(mail: IncomingMail, who: Correspondent, known: Acquaintance) -> list[Found]:
    """The customer a colleague's letter speaks of, by name, or by the colleague's own scope."""
    if who.customer:
        return []
    text = f"{mail.subject}\n{mail.text}"
    named = [customer for customer in known.customers if customer and customer in text]
    if len(named) == 1:
        return [Found("customer", named[0], named[0], "正文", certain=False)]
    scoped = [customer for customer in known.customers if customer and customer in who.scope]
    if len(scoped) == 1:
        return [Found("customer", scoped[0], f"{who.name}负责 {who.scope}"[:80], "通讯录", certain=False)]
    return []


def _part_mentions(mail: IncomingMail, known: Acquaintance) -> list[Found]:
    parts = parts_in(f"{mail.subject}\n{mail.text}", known.parts)
    if len(parts) == 1:
        return [Found("part_number", parts[0].number, parts[0].number, "正文", certain=True)]
    wrong = {part for sentence in sentences(mail.text) if names_defect(sentence)
             for part in parts_in(sentence, known.parts)}
    if len(wrong) == 1:  # the others are in stock, planned, or asked about
        (part,) = wrong
        return [Found("part_number", part.number, part.number, "正文", certain=False)]
    return [Found("part_number", part.number, part.number, "正文", certain=False) for part in parts]


def _prose(mail: IncomingMail, sent: date) -> list[Found]:
    text = f"{mail.subject}\n{mail.text}"
    stopped = line_stop_in(text)
    return [*guessed(text, sent), *([stopped] if stopped else [])]


def _settled(found: Iterable[Found], known: Acquaintance, sent: date, subject: str) -> ProposedRow:
    """One finding a field: the certain ones agree or none of them is certain; guesses only where nothing is certain."""
    by_field: dict[str, list[Found]] = {}
    for item in found:
        by_field.setdefault(item.field, []).append(item)
    chosen: dict[str, Found] = {}
    doubts: list[Found] = []
    for field, items in by_field.items():
        best, rivals = _agreed(field, items, sent)
        doubts += rivals
        if best is not None:
            chosen[field] = best
    _add_product(chosen, known)
    if "phenomenon" not in chosen and subject:
        chosen["phenomenon"] = Found("phenomenon", subject[:120], subject[:120], "主题", certain=False)
    return ProposedRow(tuple(chosen.values()), tuple(doubts))


#: Findings about the sender stand behind what the letter itself says.
_BEHIND = ("发件人", "签名", "通讯录")


def _agreed(field: str, items: list[Found], sent: date) -> tuple[Found | None, list[Found]]:
    certain = [item for item in items if item.certain]
    said = [item for item in certain if item.where not in _BEHIND] or certain
    unreadable = [item for item in items if not item.certain and _under_the_label(field, item)]
    if said and unreadable:
        return None, [*said, *unreadable]
    if said:
        values = {_same(field, item.text, sent) for item in said}
        return (said[0], []) if len(values) == 1 else (None, said)
    values = {_same(field, item.text, sent) for item in items}
    return (items[0], []) if len(values) == 1 else (None, items)


def _under_the_label(field: str, item: Found) -> bool:
    """Whether an uncertain finding stood under a label of the field: a rival even though the ledger cannot read it."""
    label, colon, _ = item.source.partition("：")
    return item.where in {"标签行", "表格"} and bool(colon) and field_of_label(label) == (field, True)


def _same(field: str, text: str, sent: date) -> object:
    value = value_of(Complaint, field, text, sent)
    return half_width(str(value)).casefold() if isinstance(value, str) else value if value is not None else text


def _add_product(chosen: dict[str, Found], known: Acquaintance) -> None:
    """Number as earlier rows spell it, and the product they name for it."""
    number = chosen.get("part_number")
    if number is None or not number.certain:
        return
    part = known.parts.get(half_width(number.text).casefold())
    if part is None:
        return
    named = chosen.get("product")
    if named is not None and part.number.casefold() in named.text.casefold():  # 产品：卡扣 KC-318
        rest = re.sub(re.escape(part.number), "", named.text, flags=re.IGNORECASE).strip(" ()（）-—，,、/")
        if rest:
            chosen["product"] = replace(named, text=rest)
        else:
            del chosen["product"]
    chosen["part_number"] = Found("part_number", part.number, number.source, number.where, certain=True)
    if part.product and "product" not in chosen:
        words = f"{part.number} 在以往台账中是 {part.product}"
        chosen["product"] = Found("product", part.product, words, "以往台账", certain=True)
