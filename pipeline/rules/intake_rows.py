"""Which rows a mail proposes: findings of all kinds put together, one a field, nothing guessed taken for certain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from pipeline.rules.intake_answers import answered, without_answers
from pipeline.rules.intake_apart import told_apart
from pipeline.rules.intake_blocks import COMMON, Block, Blocks, blocks_in, blocks_of
from pipeline.rules.intake_defects import names_defect, says_fine, sentences
from pipeline.rules.intake_items import complaint_items
from pipeline.rules.intake_lines import labelled
from pipeline.rules.intake_parts import parts_in, recognised
from pipeline.rules.intake_people import from_author, from_sender, is_outside
from pipeline.rules.intake_prose import guessed
from pipeline.rules.intake_settled import settled
from pipeline.rules.intake_stops import line_stop_in
from pipeline.rules.intake_tables import complaint_rows, labelled_cells, lists_parts, typed_tables
from schemas.incoming import IncomingMail
from schemas.intake import Acquaintance, Correspondent, Found, ProposedRow

_PREFIX = re.compile(
    r"^\s*(?:(?:回复|答复|转发?|re|fw|fwd|答覆|轉寄)\s*[:：]\s*|【[^】]{1,12}】\s*|\[[^\]]{1,12}\]\s*)+", re.IGNORECASE
)
_ANSWERED = re.compile(r"^(?:\s*(?:回复|答复|转发?|re|fw|fwd|答覆|回覆|轉寄)\s*[:：])+\s*", re.IGNORECASE)
_LONG_GAP = re.compile(r"(\s{60})\s+")  # says nothing, and makes every search for blanks slow
_SIGNATURE_LABELS = re.compile(r"^(?:电话|手机|手机号|tel\.?|mobile|mob\.?|phone|联络电话)：", re.IGNORECASE)
#: What a letter asks for all the complaints in it, where it says so outside of them.
_ASKED_FOR_ALL = frozenset({"wants_8d", "d3_due", "d8_due", "line_stop"})


def proposed_rows(
    mail: IncomingMail, who: Correspondent, known: Acquaintance, received: datetime, author: Correspondent | None = None
) -> tuple[ProposedRow, ...]:
    """The complaints of a mail, at least one; ``received`` (aware, the plant's zone) is when it reached us.

    ``author`` is who the address book says wrote the mail passed on. A table with several complaints, several blocks
    of labelled lines, and paragraphs that are plainly one complaint each give a row each; anything else one row. Where
    two readings of a field differ neither is certain and both are kept in ``doubts``. A letter that numbers several
    complaints less plainly gives one row that asks: only what stands outside the list is certain, ``items`` says how
    many there seem to be.
    """
    sent = received.date()
    mail = replace(mail, text=_LONG_GAP.sub(r"\1", mail.text))
    letter = _recognised(_letter(mail, who, author, sent), known)
    common = [*_from_correspondent(mail, who, received, author), *_mentions(mail, who, known)]
    rows = [_recognised(row, known) for row in _table_rows(mail, sent)]
    blocks = _several(mail, rows, known, sent)
    if not blocks.complaints:
        return (_one(mail, [*(rows[0] if rows else ()), *letter], common, known, sent),)
    taken = {(item.field, item.source) for block in blocks.complaints for item in block.found}
    beside = [item for item in letter if (item.field, item.source) not in taken]
    for_all = [*_for_each(beside, blocks.outside, sent), *common]
    return tuple(settled([*_of_block(block, known, sent), *for_all], known, sent, "") for block in blocks.complaints)


def _recognised(found: Iterable[Found], known: Acquaintance) -> tuple[Found, ...]:
    """Part numbers and customers as earlier rows spell them, 启岳汽车临江基地 is 启岳汽车; names alone."""
    spelled = (_known_customer(item, known.customers) for item in recognised(found, known.parts))
    return tuple(_without_house(item, known.customers) for item in spelled)


def _without_house(item: Found, customers: Iterable[str]) -> Found:
    """A reporter's name without the customer that stands before it, in full or in short: 启岳 宋立群."""
    house, _, name = item.text.partition(" ")
    named = item.field == "reporter" and len(house) > 1 and name
    return replace(item, text=name) if named and any(known.startswith(house) for known in customers) else item


def _known_customer(item: Found, customers: Iterable[str]) -> Found:
    named = [customer for customer in customers if customer and customer in item.text]
    if item.field != "customer" or len(named) != 1:
        return item
    return replace(item, text=named[0], certain=item.certain and item.text.startswith(named[0]))


def _table_rows(mail: IncomingMail, sent: date) -> list[tuple[Found, ...]]:
    rows = [row for table in mail.tables for row in complaint_rows(table, sent)]
    return rows or [row for table in typed_tables(mail.text) for row in complaint_rows(table, sent)]


def _several(mail: IncomingMail, rows: Sequence[tuple[Found, ...]], known: Acquaintance, sent: date) -> Blocks:
    """The complaints of a mail that holds more than one, and the lines beside all of them."""
    beside_tables = "\n".join(line for line in mail.text.split("\n") if "\t" not in line) if mail.tables else ""
    if len(rows) > 1:
        return Blocks(tuple(Block(row, "") for row in rows), beside_tables)
    if rows:
        return Blocks()
    typed = blocks_of(mail.text, sent)
    if typed.complaints or not mail.tables:
        return typed if typed.complaints else told_apart(mail.text, known.parts, sent)
    return Blocks(blocks_in(mail.tables, sent).complaints, beside_tables)


def _one(mail: IncomingMail, letter: list[Found], common: list[Found], known: Acquaintance, sent: date) -> ProposedRow:
    """The row of a mail that seems to hold one complaint, or numbers several in its prose."""
    text = f"{_ANSWERED.sub('', mail.subject)}\n{mail.text}"
    said = [*letter, *_part_mentions(text, known), *guessed(text, sent), *answered(mail.text, mail.history, sent)]
    said += line_stop_in(text)
    items, outside = complaint_items(without_answers(mail.text, mail.history), sent)
    if items:
        labels = {(item.field, item.source) for item in labelled(outside, sent)}
        beside = [item for item in letter if item.where == "表格" or (item.field, item.source) in labels]
        beside += _part_mentions(f"{mail.subject}\n{outside}", known)
        said = [_held_for_all(item, beside) for item in said]
    row = settled([*said, *common], known, sent, _PREFIX.sub("", mail.subject).strip())
    return replace(row, items=len(items))


def _of_block(block: Block, known: Acquaintance, sent: date) -> Iterator[Found]:
    """One complaint of several: what its own labels and lines say."""
    yield from _recognised(block.found, known)
    yield from _part_mentions(block.text, known)
    yield from guessed(block.text, sent)
    yield from line_stop_in(block.text)


def _for_each(said: Sequence[Found], text: str, sent: date) -> Iterator[Found]:
    """What is said beside several complaints, for each: for certain who reports, in doubt what is asked of all."""
    for item in said:
        if item.field in COMMON:
            yield item
        elif item.field in _ASKED_FOR_ALL:
            yield replace(item, certain=False)
    for item in (*guessed(text, sent), *line_stop_in(text)):
        if item.field in _ASKED_FOR_ALL:
            yield replace(item, certain=False)


def _held_for_all(item: Found, for_all: Sequence[Found]) -> Found:
    """A finding of a letter with several complaints: certain only where it stands outside the list, or is about the
    sender, or says that the line stops, which alerts whichever complaint stops it."""
    if item in for_all or item.field in COMMON or item.field == "line_stop":
        return item
    return replace(item, certain=False)


def _letter(mail: IncomingMail, who: Correspondent, author: Correspondent | None, sent: date) -> list[Found]:
    """What the labels of a letter say. A telephone under a colleague's letter is the colleague's, not the customer's,
    unless somebody of outside signs with it in the mail passed on."""
    found = [*labelled(mail.text, sent)]
    for table in mail.tables:
        if not lists_parts(table, sent):
            found += [item for _, item in labelled_cells(table, sent)]
    if not who.colleague:
        return found
    signed = {item.source for item in labelled(mail.passed_on.text, sent)} if mail.passed_on else set()
    theirs = signed if is_outside(mail, author) else set()
    return [_by_colleague(item, certain=bool(author and author.customer)) for item in found
            if not _SIGNATURE_LABELS.match(item.source) or item.source in theirs]


def _by_colleague(item: Found, *, certain: bool) -> Found:
    """A number of a complaint that a colleague writes may be ours; a signature passed on counts as its writer does."""
    if item.field == "customer_ref" or (_SIGNATURE_LABELS.match(item.source) and not certain):
        return replace(item, certain=False)
    return item


def _from_correspondent(
    mail: IncomingMail, who: Correspondent, received: datetime, author: Correspondent | None
) -> list[Found]:
    address = mail.sender
    moment = f"{received:%Y-%m-%d %H:%M}"
    found = [Found("received", moment, f"邮件时间 {moment}", "发件人", certain=True),
             Found("source", who.source, f"{who.name} <{address}>", "发件人", certain=True)]
    if who.customer:
        found.append(Found("customer", who.customer, f"发件人 {address}", "发件人", certain=True))
    passed = from_author(mail, author) if who.colleague else ()
    return [*found, *from_sender(who, address, mail.text), *passed]


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


def _part_mentions(text: str, known: Acquaintance) -> list[Found]:
    """Known part numbers in a text: one alone is certain; of several the one that is wrong, or all, are in doubt."""
    parts = parts_in(text, known.parts)
    if len(parts) == 1:
        return [_mention(parts[0].number, certain=True)]
    told = [(sentence, parts_in(sentence, known.parts)) for sentence in sentences(text)]
    wrong = {part for sentence, named in told if names_defect(sentence) for part in named}
    fine = {part for sentence, named in told if says_fine(sentence) for part in named}
    left = wrong or set(parts) - fine
    if len(left) == 1:  # the others are in stock, planned, asked about, or nothing is wrong with them
        return [_mention(left.pop().number, certain=False)]
    return [_mention(part.number, certain=False) for part in parts]


def _mention(number: str, *, certain: bool) -> Found:
    return Found("part_number", number, number, "正文", certain)
