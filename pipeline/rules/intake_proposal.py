"""A row as it is proposed to people: typed texts by field, what is doubtful in words, and who looks after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum

from pipeline.rules.intake_labels import FIELDS
from schemas.case import Directory
from schemas.cell_value import value_of
from schemas.incoming import CallSheet, IncomingMail
from schemas.intake import Acquaintance, Correspondent, Found, IntakeSetting, KnownPart, ProposedRow
from schemas.payloads import RowValue
from schemas.rows import Complaint
from schemas.values import Moment, Status
from schemas.values.text import half_width
from schemas.workbook import WorkbookReading

UNSURE = "（待核对）"
_NOTE_LIMIT, _EVIDENCE_LIMIT = 480, 420
#: Texts that may stand in their cell with the mark; dates, numbers and identifiers wait in 备注.
_MARKED_IN_CELL = frozenset({"phenomenon", "product", "customer", "customer_site", "customer_request"})
_OBVIOUS = frozenset({"received", "source"})


def marker(digest: str, index: int) -> str:
    """What ties a row in the ledger to the mail it came from; stands in 备注."""
    return f"来信#{digest[:8]}-{index + 1}"


def acquaintance_of(readings: Iterable[WorkbookReading], setting: IntakeSetting) -> Acquaintance:
    """Part numbers, customers and engineers as the ledgers' rows know them; later rows win."""
    parts: dict[str, KnownPart] = {}
    customers = dict.fromkeys(setting.address_book)
    engineers: dict[str, str] = {}
    for reading in readings:
        for row in reading.complaints:
            complaint = row.record
            if complaint.part_number:
                part = KnownPart(complaint.part_number, complaint.product or "")
                parts[half_width(complaint.part_number).casefold()] = part
            if complaint.customer and not complaint.customer.endswith(UNSURE):
                customers.setdefault(complaint.customer)
                if complaint.engineer:
                    engineers[complaint.customer] = complaint.engineer
                    engineers[f"{complaint.customer}\t{complaint.part_number or ''}"] = complaint.engineer
    return Acquaintance(parts, tuple(customers), engineers)


def engineer_for(
    row: ProposedRow, who: Correspondent, known: Acquaintance, setting: IntakeSetting, directory: Directory
) -> str:
    """Who gets the row: config.yaml, else the 质量工程师 whose scope names the customer, else who had it last."""
    customer = row.text_of("customer")
    addressed = setting.address_book.get(customer)
    if addressed is not None and addressed.engineer:
        return addressed.engineer
    own = directory.contacts.get(who.name) if who.colleague else None
    if own is not None and "质量工程师" in f"{own.position or ''}{own.role or ''}":
        return who.name
    scoped = [contact.name for contact in directory.contacts.values()
              if customer and customer in (contact.scope or "")
              and "质量工程师" in f"{contact.position or ''}{contact.role or ''}" and contact.name]
    if len(scoped) == 1:
        return scoped[0]
    last = known.engineers.get(f"{customer}\t{row.text_of('part_number')}") or known.engineers.get(customer)
    return last or setting.engineer


def typed_row(row: ProposedRow, engineer: str, mail: IncomingMail, number: int) -> Mapping[str, str]:
    """The texts of a new row by field; ``number`` is its place in the mail, from 0."""
    texts = {"status": Status.UNCONFIRMED.value}
    doubtful = list(row.doubts)
    for item in row.found:
        if item.certain:
            texts[item.field] = item.text
        elif item.field in _MARKED_IN_CELL:
            texts[item.field] = f"{item.text}{UNSURE}"
        else:
            doubtful.append(item)
    if engineer:
        texts["engineer"] = engineer
    said = "、".join(dict.fromkeys(_doubt(item) for item in doubtful))
    who = mail.sender_name or mail.sender
    note = f"{marker(mail.digest, number)} {who}：{mail.subject}" + _asked(row) + (f"；待核对：{said}" if said else "")
    texts["note"] = note if len(note) <= _NOTE_LIMIT else note[: _NOTE_LIMIT - 1] + "…"
    return texts


def _asked(row: ProposedRow) -> str:
    """The question that a mail with a numbered list of complaints leaves to the engineer."""
    if not row.items:
        return ""
    return f"；来信分条写了 {row.items} 项不良，可能是几件客诉：请核对，如是几件，请另加行分别登记"


def _doubt(item: Found) -> str:
    return f"{FIELDS[item.field].column.heading} {item.text}（“{item.source[:60]}”）"


def evidence_of(row: ProposedRow) -> str:
    """The words each value was read from, for the engineer who confirms the row."""
    lines = [f"{FIELDS[item.field].column.heading}←“{item.source}”" for item in row.found
             if item.certain and item.field not in _OBVIOUS]
    asked = _asked(row).removeprefix("；")
    text = (f"{asked}。" if asked else "") + "来信中的依据（核对后请改状态）：" + "；".join(lines)
    return text if len(text) <= _EVIDENCE_LIMIT else text[: _EVIDENCE_LIMIT - 1] + "…"


def sheet_row(sheet: CallSheet, engineer: str, digest: str, number: int, received: str) -> Mapping[str, str]:
    """The row of a call sheet: every answer as it was typed, nothing added but status, receipt and origin.

    ``digest`` is that of the mail or of the dropped file, ``number`` the sheet's place in it, from 0.
    """
    texts = {"status": Status.UNCONFIRMED.value, "received": received, **sheet.answers}
    if engineer:
        texts.setdefault("engineer", engineer)
    own = texts.get("note", "")
    origin = f"{marker(digest, number)} {sheet.source}"
    texts["note"] = f"{origin}；{own}" if own else origin
    return texts


def row_values(texts: Mapping[str, str], today: date) -> dict[str, RowValue]:
    """The texts as the ledger's own values, so that dates and numbers become dates and numbers; others stay text."""
    values: dict[str, RowValue] = {}
    for field, text in texts.items():
        value = value_of(Complaint, field, text, today)
        # what cannot be read stays as it was typed, and the row says so
        values[field] = value if isinstance(value, str | int | float | bool | date | Moment | Enum) else text
    return values


def belongs_by_note(note: str | None, digests: Sequence[str]) -> tuple[str, int] | None:
    """(digest, index) of the mail whose mark stands in a row's 备注."""
    if not note or "来信#" not in note:
        return None
    short, _, index = note.partition("来信#")[2][:12].partition("-")
    number = "".join(character for character in index[:3] if character.isdigit())
    digest = next((digest for digest in digests if digest[:8] == short), "")
    return (digest, int(number) - 1) if digest and number else None
