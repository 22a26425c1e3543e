"""The lexicon as vocabularies: sections, fields, columns, printed rows and ways, each asked for one label at a time."""

from __future__ import annotations

import functools
import re

from pipeline.documents.forms.field_meanings import EXACT, HEADING, OTHER_LANGUAGE, TOLD, FieldMeanings
from pipeline.documents.forms.label import asks_why, d_number, folded, has_han, pieces
from pipeline.documents.forms.lexicon import NOT_OURS, Lexicon, Reading, Vocabulary, packaged_lexicon
from pipeline.documents.forms.parties import CUSTOMER, SUPPLIER

_SAID = 0.6  # enough where the number says the same
_DIGITS = "123456789一二三四五六七八九①②③④⑤⑥⑦⑧⑨"
_COUNTED = re.compile(rf"(.+?)\s*(?:no\.?|#|第)?\s*[(（]?([{_DIGITS}])[)）]?", re.IGNORECASE)
_AT_CUSTOMER, _MEASURE, _LASTING = "客户产线", "措施", "永久"


class Meanings(FieldMeanings):
    """Answers what a label means in its part of the form."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__(lexicon)
        canon = self._canon
        self._sections = Vocabulary(lexicon.sections, canon)
        self._columns: dict[str, Vocabulary] = {}
        for name, table in lexicon.lists.items():
            alike = next((other for other in self._columns if lexicon.lists[other].columns == table.columns), None)
            columns = {column: words.words for column, words in table.columns.items()}
            self._columns[name] = self._columns[alike] if alike else Vocabulary(columns, canon)
        self._beside = {
            name: Vocabulary({column: words.beside for column, words in table.columns.items()}, canon)
            for name, table in lexicon.lists.items()
        }
        self._rows = {name: Vocabulary(table.rows, canon) for name, table in lexicon.lists.items() if table.rows}

    def section(self, label: str) -> tuple[str, float]:
        """The part of the form that a heading opens (D0 … D8), with a score; "" when it is no heading."""
        number = d_number(label)
        best = next(iter(self._sections.readings(label)), None)
        if number:
            return number, 1.0
        if best is not None and best.score >= HEADING:
            return best.target, best.score
        return "", 0.0

    def part_told(self, label: str) -> str:
        """The part that a label names in a word of its own: 纠正措施; not 措施 or 对策, said of every measure."""
        return "" if self._canon.of(folded(label)) == self._canon.of(_MEASURE) else self.section(label)[0]

    def parts_said(self, label: str) -> set[str]:
        """All parts that a heading names; those that it may name where it names none for certain."""
        readings = self._sections.readings(label)
        certain = {reading.target for reading in readings if reading.score >= HEADING}
        return certain or {reading.target for reading in readings if reading.score >= _SAID}

    def heading_words(self, label: str) -> str:
        """The part that the words of a heading name, its number aside; "" when they name none."""
        best = next(iter(self._sections.readings(label)), None)
        return best.target if best is not None and best.score >= _SAID else ""

    def knows(self, label: str) -> bool:
        """Whether a label is a word of the trade at all, ours or not."""
        best = (next(iter(words.readings(label)), None) for words in (self._fields, self._sections, self._ways))
        return any(reading is not None and reading.score >= HEADING for reading in best) or bool(d_number(label))

    def is_action(self, label: str) -> bool:
        """Whether a label asks for a measure, without saying which; its part of the form does."""
        return any(item.target == "content" and item.score >= EXACT for item in self.column("corrective", label))

    def is_lasting(self, label: str) -> bool:
        """Whether a label says that a measure is meant to last (恒久対策), so that it is none of the interim ones."""
        return any(_LASTING in self._canon.of(piece) for piece in pieces(label))

    def list_named(self, label: str, section: str) -> str:
        """The list of measures that a heading names itself, such as deployment by 横向展开; "" for none."""
        reading = self.field(label, section)
        name = reading.field.removesuffix("_text") if reading is not None and reading.score >= OTHER_LANGUAGE else ""
        return name if name in self.lexicon.lists else ""

    def list_of(self, label: str, section: str) -> str:
        """The list that a measure belongs to, by its own words or by its part of the form; "" where neither tells."""
        part = self.part_told(label) or section
        lists = self.lexicon.lists.items()
        of_part = (name for name, table in lists if "content" in table.needs and table.sections[0] == part)
        return self.list_named(label, section) or next(of_part, "")

    def counted(self, label: str) -> tuple[str, str] | None:
        """A measure and its number, such as 措施1 or Action 2; None for other labels."""
        found = _COUNTED.fullmatch(label.strip(" \n:："))
        stem = self.column("corrective", found[1]) if found else []
        known = any(item.target == "content" and item.score >= OTHER_LANGUAGE for item in stem)  # 方案1 is a choice
        return (found[1], str(_DIGITS.index(found[2]) % 9 + 1)) if found and known else None

    def column(self, table: str, label: str) -> list[Reading]:
        """The columns of a table that a heading may mean, best first."""
        readings = self._columns[table].readings(label)
        other = max((item.score for item in self._fields.readings(label) if item.target == NOT_OURS), default=0.0)
        return [item if item.score >= other else Reading(item.target, item.score * 0.8) for item in readings]

    def column_beside(self, table: str, label: str) -> str:
        """The column that a heading means where another heading has its first meaning; "" for none."""
        return next((item.target for item in self._beside[table].readings(label) if item.score >= EXACT), "")

    def row(self, table: str, label: str) -> Reading | None:
        """The printed row of a table that a label names."""
        known = self._rows.get(table)
        best = next(iter(known.readings(label)), None) if known else None
        if table != "containments" or (best is not None and best.score >= EXACT):
            return best
        return self._place_of(label) or best

    def _place_of(self, label: str) -> Reading | None:
        """A place named by its owner: 贵司成品仓 is our stock of finished goods, 我司仓库 one of the customer's."""
        label = label.strip()
        theirs, ours = CUSTOMER.match(label), SUPPLIER.match(label)
        if theirs and not ours:
            label = f"客户{label[theirs.end() :]}"
        place = next(iter(self._rows["containments"].readings(label[ours.end() if ours else 0 :])), None)
        if place is None or place.score < TOLD or bool(ours) == (place.target == _AT_CUSTOMER):
            return None
        return Reading(place.target, EXACT) if ours or theirs else None

    def of_place(self, label: str) -> str:
        """A number of one place that a label asks for, such as 供方成品库存不良数; "" for other labels."""
        text = folded(label)
        for end in range(len(text) - 1, 1, -1) if has_han(text) else ():
            place = self.row("containments", text[:end])
            column = next(iter(self.column("containments", text[end:])), None)
            if place is None or column is None or min(place.score, column.score) < EXACT:
                continue
            if self.lexicon.lists["containments"].columns[column.target].kind == "number":
                return f"containments[{place.target}].{column.target}"
        return ""

    def is_leg(self, label: str) -> bool:
        """Whether a heading asks for the causes of one of the two ways: 流出要因, 为什么会流到客户."""
        reading = self.field(label, "D4")
        cause = reading is not None and reading.field.endswith("_cause") and reading.score >= _SAID
        return bool(self.way(label)) and (cause or asks_why(label))

    def step(self, label: str) -> str:
        """The number of a why that a label such as ``Why 3`` names, "" for none."""
        reading = self.row("occurrence_whys", label)
        return reading.target if reading is not None and reading.score >= HEADING else ""


@functools.cache
def packaged_meanings() -> Meanings:
    """The packaged lexicon, compiled once."""
    return Meanings(packaged_lexicon())
