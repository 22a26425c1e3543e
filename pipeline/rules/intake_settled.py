"""Of all that was found for a field the one finding that stands, or rivals and none: certain ones have to agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from pipeline.rules.intake_labels import field_of_label
from pipeline.rules.intake_parts import product_alone
from schemas.cell_value import value_of
from schemas.intake import Acquaintance, Found, ProposedRow
from schemas.rows import Complaint
from schemas.values.text import half_width


def settled(found: Iterable[Found], known: Acquaintance, sent: date, subject: str) -> ProposedRow:
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
    if "d8_due" in chosen and "wants_8d" not in by_field:  # who sets a day for it wants it
        chosen["wants_8d"] = replace(chosen["d8_due"], field="wants_8d", text="是", certain=False)
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
    """The product that earlier rows name for the number; a product typed with its number loses the number."""
    number = chosen.get("part_number")
    part = known.parts.get(half_width(number.text).casefold()) if number else None
    if number is None or part is None:
        return
    named = chosen.get("product")
    if named is not None:
        alone = product_alone(named.text, part)
        if alone:
            chosen["product"] = replace(named, text=alone)
        else:
            del chosen["product"]
    if part.product and "product" not in chosen:
        words = f"{part.number} 在以往台账中是 {part.product}"
        chosen["product"] = Found("product", part.product, words, "以往台账", number.certain)
