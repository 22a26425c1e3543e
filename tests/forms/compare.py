"""A proposal beside the truth of its form: what is right, what is missed, and what is wrong although it looks sure."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.documents.forms.proposal import CONFIDENT, FormProposal
from pipeline.ooxml.cells import CellRange, reference
from tests.forms.foreign_form import ForeignForm


@dataclass(slots=True)
class Score:
    """Counts over the boxes that ask for something of ours, and lines for people."""

    asked: int = 0
    right: int = 0
    sure_right: int = 0
    wrong_sure: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Sum up."""
        self.asked += other.asked
        self.right += other.right
        self.sure_right += other.sure_right
        self.wrong_sure += other.wrong_sure
        self.missed += other.missed


def proposed(found: FormProposal, first: str = "") -> dict[str, tuple[str, float]]:
    """Place of each proposed box → (address, confidence); several fields within one box are joined with ``+``.

    A place is the box's first cell, behind the name of its page unless that is ``first``.
    """
    boxes: dict[str, list[tuple[str, float]]] = {}
    for cell in found.cells:
        boxes.setdefault(_first(cell.area, cell.sheet, first), []).append((cell.address, cell.confidence))
    for table in found.tables:
        for column in table.columns:
            place = _first(column.area, table.sheet, first)
            boxes.setdefault(place, []).append((f"{table.table}.{column.column}", column.confidence))
    for tick in found.ticks:
        joined = "; ".join(sorted(address for _, address in tick.options))
        boxes.setdefault(_first(tick.area, tick.sheet, first), []).append((joined, tick.confidence))
    return {
        place: ("+".join(address for address, _ in items), min(confidence for _, confidence in items))
        for place, items in boxes.items()
    }


def _first(area: str, sheet: str, first: str) -> str:
    box = CellRange.parse(area)
    if sheet.startswith("正文"):
        return f"P{box.top}"
    return f"{'' if sheet == first else f'{sheet}!'}{reference(box.top, box.left)}"


def _part_of(address: str, truth: frozenset[str]) -> bool:
    """Whether some of the lines within one box were understood and none wrongly: incomplete, not wrong."""
    return any(set(address.split("+")) < set(whole.split("+")) for whole in truth)


def compare(form: ForeignForm, found: FormProposal) -> Score:
    """The score of one form."""
    offers, score = proposed(found, form.pages[0][0]), Score()
    for place, truth in form.truth.items():
        address, confidence = offers.pop(place, ("", 0.0))
        ours = truth - {""}
        if ours:
            score.asked += 1
        if address in truth and ours:
            score.right += 1
            score.sure_right += confidence >= CONFIDENT
        elif address and confidence >= CONFIDENT and address not in truth and not _part_of(address, truth):
            score.wrong_sure.append(f"{form.name} {place}: {address} ({confidence:.2f}) instead of {sorted(truth)}")
        if ours and address not in truth:
            score.missed.append(f"{form.name} {place}: {address or '-'} ({confidence:.2f}) instead of {sorted(truth)}")
    for place, (address, confidence) in offers.items():
        if confidence >= CONFIDENT:
            score.wrong_sure.append(f"{form.name} {place}: {address} ({confidence:.2f}) where nothing is asked")
    return score
