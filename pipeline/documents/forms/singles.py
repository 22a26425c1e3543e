"""Single answers of a form: a label, the box on its right, below it or within it, and the field it asks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipeline.documents.forms.doubts import crossed, is_of_other_party
from pipeline.documents.forms.field_meanings import HEAD, FieldReading, sure_of
from pipeline.documents.forms.grid import Box, Grid
from pipeline.documents.forms.inside_boxes import lines_within
from pipeline.documents.forms.label import INSIDE, asked, d_number, folded, is_sentence
from pipeline.documents.forms.meanings import Meanings
from pipeline.documents.forms.parts import UNKNOWN, Heading, Parts
from pipeline.documents.forms.proposal import CellProposal
from pipeline.documents.forms.row_heads import with_neighbour
from pipeline.documents.forms.ticks import has_marks

_LONGEST_LABEL = 90
_EXACT, _CROSSED, _NEAR = 0.95, 0.8, 0.85
_QUESTION = 0.72  # a question is understood by words that stand in it: asked about
_TEAM = frozenset({"D1", HEAD})
_WHYS = {"occurrence": "occurrence_whys", "escape": "escape_whys", "": "occurrence_whys"}
#: What a part asks for when its heading stands over one big box.
_PART_FIELDS = {
    "D0": "response", "D1": "team_text", "D2": "phenomenon", "D3": "containment_text", "D4": "root_cause",
    "D5": "corrective_text", "D6": "implemented_text", "D7": "prevention_text", "D8": "recognition",
}
_SIGNED = frozenset({"prepared_by", "reviewed_by", "approved_by"})
#: A heading's word beside a single box: it may ask for one aspect of its part only.
_ASPECT = 0.78
#: The parts in which something is done; an action asked for elsewhere opens a part of its own.
_ACTED = frozenset({"D0", "D3", "D5", "D6", "D7"})
_INTERIM = frozenset({"D0", "D3"})
_ANY_MEASURE = "D5"  # its words (对策, countermeasure) are said of every measure, those of D3 and D7 are not


class SingleReader:
    """Finds the single answers of a grid among the boxes that no table has taken."""

    def __init__(self, grid: Grid, parts: Parts, meanings: Meanings, used: Collection[Box]) -> None:
        self.grid, self.parts, self.meanings = grid, parts, meanings
        self.used = set(used)
        self.cells: list[CellProposal] = []
        self.open: list[CellProposal] = []
        self.unread: list[CellProposal] = []
        self.unknown = 0  # labels with a box whose words are none of the trade
        self.worded = 0  # others of everyday language, understood as questions
        self._over = {row for row in range(1, grid.rows + 1) if self._labels_over(row)}
        self._signatures = {row for row in range(1, grid.rows + 1) if self._signed(row)}

    def read(self) -> None:
        """Fill ``cells`` (with their confidence), ``open`` (what the ledger does not hold) and ``unread`` (no words of
        the trade).
        """
        labels = [box for box in self.grid.labels() if box not in self.used and not box.fixed]
        rows = [[box for box in labels if box.row == row] for row in range(2, self.grid.rows + 1)]
        for row in rows:
            if self._signed(row[0].row if row else 0):
                self._strip(row)
        plain = [box for box in labels if not self._heads(box)]
        for box in plain:
            if box not in self.used:
                self._label(box)
        for row in rows:
            self._strip(row)

    def _strip(self, labels: Sequence[Box]) -> None:
        """A row of labels below their boxes, as under signatures: each has a blank box of its width above it, and no
        other.
        """
        over = [self.grid.at(box.row - 1, box.column) for box in labels]
        pairs = [(box, above) for box, above in zip(labels, over, strict=True) if above is not None]
        if len(pairs) < 2 or not all(self._lies_under(box, above) for box, above in pairs):
            return
        readings = [self.meanings.field(box.text, "D8") for box in labels]
        signed = sum(reading is not None and reading.field in _SIGNED for reading in readings)
        for (box, above), reading in zip(pairs, readings, strict=True):
            if reading is not None:
                self._take(above, reading.field, box.text, sure_of(reading) * (0.95 if signed > 1 else _ASPECT))

    def _lies_under(self, box: Box, above: Box) -> bool:
        blank = above.blank and above not in self.used and self._answerable(above)
        return blank and (above.column, above.right) == (box.column, box.right) and self._answer(box)[0] is None

    def _heads(self, box: Box) -> bool:
        """Whether a box is a heading over (or beside) something; a heading with a colon may hold its answer itself."""
        heading = self.parts.heading(box)
        if heading is None:
            return False
        return self._heading(heading) or INSIDE.search(box.text) is None

    def _labels_over(self, row: int) -> bool:
        """Whether a row is labels whose boxes lie below them."""
        labels = [box for box in self.grid.row_of(row) if box.text and box not in self.used]
        if len(labels) < 2:
            return False
        beside = sum((right := self.grid.right_of(box)) is not None and right.blank for box in labels)
        below = sum((under := self.grid.below(box)) is not None and under.blank for box in labels)
        return below * 2 > len(labels) and beside * 2 < len(labels)

    def _signed(self, row: int) -> bool:
        """Whether a row asks for the signatures under a form, whatever part it follows."""
        readings = [self.meanings.field(box.text, "D8") for box in self.grid.row_of(row) if box.text]
        return len({reading.field for reading in readings if reading is not None} & _SIGNED) > 1

    def _heading(self, heading: Heading) -> bool:
        """Take the big box that a heading stands over; False when there is none."""
        box = heading.box
        right, under = self.grid.right_of(box), self._below(box)
        lone = right is not None and right.blank and self._answerable(right) and (under is None or not under.blank)
        if heading.beside or lone:
            under = right
        if under is None or not under.blank or under in self.used:
            return False
        if under is right and under.row != box.row:
            return False
        if under is not right and (under.width * 10 < box.width * 6 or not self._answerable(under)):
            return False
        if under is not right and right is not None and right.row == box.row and has_marks(right.text):
            return False  # its answer is ticked beside it
        reading = self.meanings.field(box.text, heading.section)
        field = _PART_FIELDS[heading.section]
        if reading is not None and reading.score >= _EXACT and self._may_fill(reading.field, heading.section):
            field = reading.field
        way = self.meanings.way(box.text) if heading.section == "D4" else ""
        self._take(under, f"{way}_cause" if way else field, box.text, self._opens(heading, reading))
        return True

    def _may_fill(self, field: str, section: str) -> bool:
        """Whether a field may take the box under the heading of a part: a text, and no other part's measures (应急处理
        in D3 is contained there).
        """
        told = self.meanings.lexicon.fields[field]
        return told.long and (told.section == section or not {told.section, section} <= _ACTED)

    def _opens(self, heading: Heading, reading: FieldReading | None) -> float:
        """How sure the box of a heading is; D2 before words nobody knows (D2 Photograph) is one sign only."""
        words = folded(heading.box.text)
        section = self.meanings.heading_words(heading.box.text)
        way = heading.section == "D4" and self.meanings.way(heading.box.text)
        field = "" if reading is None else reading.field
        own = not field or self.meanings.lexicon.fields[field].section == heading.section
        if reading is not None and reading.score >= _EXACT and not own and field not in _PART_FIELDS.values():
            return _ASPECT  # D0 Symptom: the number and the words say two things
        told = not words or way or section == heading.section or (field and own)
        return 0.93 if told else _ASPECT

    def _label(self, box: Box) -> None:
        segments = list(INSIDE.finditer(box.text))
        step = self.meanings.step(box.text)
        target, factor = self._answer(box)
        if step and target is not None:
            self._why(box, step, target)
        elif target is not None and len(segments) <= 1:
            self._outside(box, target, factor)
        elif segments:
            within = lines_within(self.grid.name, box, self._section(box), self.meanings)
            self.cells += within
            self.used.update([box] if within else [])

    def _section(self, box: Box) -> str:
        """The part a label asks in: its own when it opens one, else the one it lies in."""
        if box.row in self._signatures:
            return "D8"
        heading = self.parts.heading(box)
        return heading.section if heading is not None else self.parts.section(box)

    def _why(self, box: Box, step: str, target: Box) -> None:
        way = self.parts.way(box)
        if self.parts.section(box) in {"D4", HEAD} or (way and way == self.parts.leg(box)):
            self._take(target, f"{_WHYS[way]}[{step}].answer", box.text, 0.92 if way else 0.7)

    def _outside(self, box: Box, target: Box, factor: float) -> None:
        if len(asked(box.text)) > _LONGEST_LABEL:
            return
        section = self._section(box)
        found = self._asked_for(box.text, section)
        if target.row == box.row:
            found = with_neighbour(self.grid, box, section, self.meanings) or found
        if found is not None:
            self.worded += found[1] == _QUESTION
            factor *= self._led(box, found[0]) * (0.8 if is_of_other_party(self.grid, box, found[0]) else 1.0)
            self._take(target, self._of_leg(box, found[0]), box.text, found[1] * factor)
            return
        known = self.meanings.knows(box.text)
        self.unknown += not known
        reading = self.meanings.field(box.text, section)
        if reading is not None:
            if self.meanings.half_read(box.text) or is_of_other_party(self.grid, box, reading.field):
                factor *= 0.8
            factor *= self._led(box, reading.field)
            self._take(target, self._of_leg(box, reading.field), box.text, sure_of(reading) * factor)
        elif self._answerable(target):
            (self.open if known else self.unread).append(CellProposal(self.grid.name, target.area, "", box.text, 0.0))

    def _of_leg(self, box: Box, field: str) -> str:
        """The cause that a label asks for where it or its part of the form is about one of the two only."""
        leg = self._leg_told(box) or ("occurrence" if self._is_beside_escape(box) else "")
        return f"{leg}_cause" if leg and field == "root_cause" else field

    def _leg_told(self, box: Box) -> str:
        return self.meanings.own_leg(box.text) or self.parts.leg(box)

    def _is_beside_escape(self, box: Box) -> bool:
        """Whether a cause of which nothing tells the leg stands in a row with that of the escape: it is the other."""
        beside = {self.meanings.own_leg(other.text) for other in self.grid.row_of(box.row)}
        return "escape" in beside and not self._leg_told(box)

    def _led(self, box: Box, field: str) -> float:
        """Less for a cause, or another part's text, behind a heading that says nothing to us."""
        lost = self.parts.section(box) == UNKNOWN and not self.parts.leg(box) and not d_number(box.text)
        no_leg = field == "root_cause" and (self.parts.is_of_no_leg(box) or self._is_beside_escape(box))
        return _ASPECT if no_leg or (lost and field in _PART_FIELDS.values()) else 1.0

    def _asked_for(self, label: str, section: str) -> tuple[str, float] | None:
        """What a label asks for that is not simply one field: several values, a part's text, somebody of the team."""
        several = self.meanings.several(label, section)
        if several:
            return several, 0.9
        reading = self.meanings.field(label, section)
        if reading is not None and reading.score >= _EXACT:
            return None
        if reading is None or reading.score < _NEAR:
            worded = self._worded(label)
            if worded is not None:
                return worded
        of_another = self.meanings.section(label)[0] not in {"", _ANY_MEASURE, section} or (
            section in _INTERIM and self.meanings.is_lasting(label))
        if section in _ACTED and self.meanings.is_action(label) and not of_another:
            return _PART_FIELDS[section], 0.85
        named = self._part_named(label, reading)
        role = self.meanings.row("team", label)
        if named is None and reading is None and role is not None and role.score >= _EXACT:
            return f"team[{role.target}].name", 0.9 if section in _TEAM else _ASPECT
        return named

    def _worded(self, label: str) -> tuple[str, float] | None:
        """What the words of a question, or a place with a quantity, ask for; a person is asked about both."""
        question, place = self.meanings.question(label), self.meanings.of_place(label)
        return (question, _QUESTION) if question else (place, _ASPECT) if place else None

    def _part_named(self, label: str, reading: FieldReading | None) -> tuple[str, float] | None:
        """What a label asks for that reads like the heading of another part, and how sure that is."""
        opened, score = self.meanings.section(label)
        if score < _EXACT or (reading is not None and reading.score >= score):
            return None
        own = self.meanings.field(label, opened)
        if own is not None and own.score >= _EXACT and self.meanings.lexicon.fields[own.field].section == opened:
            return own.field, 0.9
        return _PART_FIELDS[opened], 0.9 if d_number(label) else _ASPECT

    def _answer(self, box: Box) -> tuple[Box | None, float]:
        """The box that answers a label, and how sure its place is."""
        right, below = self.grid.right_of(box), self._below(box)
        beside = right is not None and right.blank and right not in self.used and right.row == box.row
        under = below is not None and below.blank and below not in self.used and below.column == box.column
        if beside and right is not None and self._unlike(right):
            beside = not under
        if beside and under and (box.row in self._over or self._over_its_box(box, below, right)):
            beside = False
        if beside and right is not None:
            doubt = _CROSSED if crossed(self.grid, right) else 1.0
            return right, doubt if self._answerable(right) else 0.8
        if under:
            beside_it = self.grid.left_of(below) if below is not None else None
            claimed = beside_it is not None and bool(beside_it.text.strip()) and beside_it.row == box.bottom + 1
            sure = (0.97 if below is not None and self._answerable(below) else 0.75) * self._company(box)
            return below, sure * (_CROSSED if claimed else 1.0)
        return None, 0.0

    def _below(self, box: Box) -> Box | None:
        """The box below a label; a sentence between the two, which tells what to write, is passed over."""
        below = self.grid.below(box)
        told = below is not None and below.text and (below.column, below.right) == (box.column, box.right)
        return self.grid.below(below) if below is not None and told and is_sentence(below.text) else below

    def _company(self, box: Box) -> float:
        """Less for a label in a row of labels that mostly say nothing to us: likely the heading of a column."""
        others = [item for item in self.grid.row_of(box.row) if item.text and item is not box]
        section = self._section(box)
        known = sum((found := self.meanings.field(item.text, section)) is not None and found.score >= _EXACT
                    for item in others)
        return 0.8 if len(others) > 1 and known * 2 < len(others) else 1.0

    def _over_its_box(self, box: Box, below: Box | None, right: Box | None) -> bool:
        if below is None or right is None:
            return False
        return box.width > 1 and below.width == box.width and (right.width == 1 or not self._answerable(right))

    def _unlike(self, right: Box) -> bool:
        return self.grid.frames and not right.framed

    def _answerable(self, box: Box) -> bool:
        return bool(box.framed) or not self.grid.frames

    def _take(self, target: Box, address: str, label: str, confidence: float) -> None:
        self.used.add(target)
        text = " ".join(label.split())
        self.cells.append(CellProposal(self.grid.name, target.area, address, text, round(min(confidence, 0.99), 3)))
