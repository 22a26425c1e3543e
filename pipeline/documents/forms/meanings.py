"""The lexicon as vocabularies: sections, fields, columns, printed rows and ways, each asked for one label at a time."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from pipeline.documents.forms.label import (
    CONTAINED,
    HINTS,
    all_hints,
    asked,
    asks_why,
    by_language,
    d_number,
    folded,
    has_han,
    pieces,
)
from pipeline.documents.forms.lexicon import GENERIC, NOT_OURS, Lexicon, Reading, Vocabulary, packaged_lexicon
from pipeline.documents.forms.parties import CUSTOMER, SUPPLIER, party
from pipeline.documents.forms.questions import packaged_questions

HEAD = "head"
_HEADING, _EXACT, _OTHER_LANGUAGE = 0.9, 0.95, 0.97
_HALF, _DIFFER, _RIVAL_MARGIN = 0.75, 0.85, 0.06
_PERHAPS, _TOLD = 0.78, 0.8
_SAID = 0.6  # enough where the number says the same
_DIGITS = "123456789一二三四五六七八九①②③④⑤⑥⑦⑧⑨"
_COUNTED = re.compile(rf"(.+?)\s*(?:no\.?|#|第)?\s*[(（]?([{_DIGITS}])[)）]?", re.IGNORECASE)
_JOINED = re.compile(r"[/／&及和、|｜\n]|\band\b")
_BESIDE_A_NAME = re.compile("日期|时间|签字|签名|签章|date|signature|sign|日付|datum|unterschrift")
_AT_CUSTOMER, _MEASURE = "客户产线", "措施"
_SYSTEM_NUMBER = re.compile(r"[A-Z]{2,6}\s?(?:单号|编号|号码|号|(?:No|NO|Nr|ID|Id)\.?)[\s:：]*")
_NUMBERS = frozenset({"number", "customer_ref"})
_POST = re.compile(
    r"经理|主管|部长|总监|厂长|主任|科长|班组长|課長|部長|\b(?:manager|director|supervisor)\b|leiter(?:in)?\b",
    re.IGNORECASE,
)
_HOW_MANY = {"defects", "rate", "lot_size"}


@dataclass(frozen=True, slots=True)
class FieldReading:
    """What a single label means: the field, how sure, and how near the next meaning comes."""

    field: str
    score: float
    margin: float


class Meanings:
    """Answers what a label means in its part of the form."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        canon = self._canon = lexicon.canon()
        words = {name: (*field.words, *field.perhaps) for name, field in lexicon.fields.items()}
        told = [name for name, field in lexicon.fields.items() if field.long]
        terse = [name for name, field in lexicon.fields.items() if field.kind != "text"]
        others = {NOT_OURS: lexicon.not_ours, GENERIC: lexicon.generic}
        self._fields = Vocabulary({**words, **others}, canon, told, terse, alone=True)
        self._told = {name: frozenset(map(folded, field.words)) for name, field in lexicon.fields.items()}
        self._perhaps = Vocabulary({name: field.perhaps for name, field in lexicon.fields.items()}, canon)
        self._sections = Vocabulary(lexicon.sections, canon)
        self._ways = Vocabulary(lexicon.ways, canon)
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
        if best is not None and best.score >= _HEADING:
            return best.target, best.score
        return "", 0.0

    def part_told(self, label: str) -> str:
        """The part that a label names in a word of its own: 纠正措施; not 措施 or 对策, said of every measure."""
        return "" if self._canon.of(folded(label)) == self._canon.of(_MEASURE) else self.section(label)[0]

    def parts_said(self, label: str) -> set[str]:
        """All parts that a heading names; those that it may name where it names none for certain."""
        readings = self._sections.readings(label)
        certain = {reading.target for reading in readings if reading.score >= _HEADING}
        return certain or {reading.target for reading in readings if reading.score >= _SAID}

    def heading_words(self, label: str) -> str:
        """The part that the words of a heading name, its number aside; "" when they name none."""
        best = next(iter(self._sections.readings(label)), None)
        return best.target if best is not None and best.score >= _SAID else ""

    def field(self, label: str, section: str) -> FieldReading | None:
        """The field that a label asks for; None when it asks for something that the ledger does not hold."""
        found = self._field(label, section)
        if found is None:
            return None
        field, told = self._qualified(label, found.field)
        if not told or self._only_perhaps(label, field) or self._halves_differ(label, found.field):
            return FieldReading(field, min(found.score, _PERHAPS), 0.0)
        return FieldReading(field, found.score, found.margin)

    def named(self, label: str) -> str:
        """The field that a label names in full, wherever it stands; "" for none, for several, and for what is not ours.
        """
        told = [reading.target for reading in self._fields.readings(label) if reading.score >= _EXACT]
        return told[0] if len(told) == 1 and told[0] != GENERIC else ""

    def question(self, label: str) -> str:
        """The field, or fields joined with +, that a label asks for as a question; "" for none."""
        return packaged_questions().field(label)

    def _qualified(self, label: str, field: str) -> tuple[str, bool]:
        """The field where a label says more of it, and whether its words say so exactly: whose number it is (``8D No.
        (assigned by us)`` is the customer's), which of the two causes (``Root cause (why made)``).
        """
        if field == "number" and party(label) is CUSTOMER:
            return "customer_ref", False
        way = self.way(label) if field == "root_cause" else ""
        if not way:
            return field, True
        exact = (self._ways.readings(hint) for hint in all_hints(label))
        return f"{way}_cause", any(best[0].target == way and best[0].score >= _EXACT for best in exact if best)

    def _halves_differ(self, label: str, field: str) -> bool:
        """Whether one half of a label in two European languages, a line each, does not mean what the other does: it
        may turn the meaning (Wagen-Nr. over Car no.).
        """
        lines = [line for line in asked(label).split("\n") if line.strip()]
        if len(lines) != 2 or has_han(lines[0]) or has_han(lines[1]):
            return False
        return any(field not in {reading.target for reading in self._fields.readings(line)} for line in lines)

    def _field(self, label: str, section: str) -> FieldReading | None:
        """The same, words of ``perhaps`` counted in full: 检验数 alone may be anything, 缺陷数/检验数 is clear."""
        readings = self._fields.readings(label)
        ours = [self._placed(reading, section) for reading in readings if reading.target not in {NOT_OURS, GENERIC}]
        ours.sort(key=lambda reading: -reading.score)
        other = max((reading.score for reading in readings if reading.target == NOT_OURS), default=0.0)
        vague = max((reading.score for reading in readings if reading.target == GENERIC), default=0.0)
        if section == HEAD and not ours and _SYSTEM_NUMBER.fullmatch(asked(label)):
            return FieldReading("customer_ref", 0.72, 0.72)  # the customer's own system gives the number: QIS单号
        if _POST.search(label):  # who holds a post signs; what is told or counted is somebody else's
            ours = [reading for reading in ours if reading.score >= _EXACT or self._is_person(reading.target)]
        if not ours or ours[0].score <= other:
            return None
        if ours[0].score < _OTHER_LANGUAGE and vague >= ours[0].score:
            return None
        best = ours[0]
        if self._languages_differ(label):
            return FieldReading(best.target, min(best.score, _DIFFER), 0.0)
        rival = max([other, *(reading.score for reading in ours[1:])])
        return FieldReading(best.target, best.score, best.score - rival)

    def _is_told(self, label: str) -> bool:
        """Whether a label as a whole is a word of the lexicon, as it stands there."""
        return any(folded(asked(label)) in words for words in self._told.values())

    def _is_person(self, field: str) -> bool:
        return self.lexicon.fields[field].kind == "person"

    def _only_perhaps(self, label: str, field: str) -> bool:
        """Whether a label is one of the words that mean a field often but not always (检查数量: the lot, or a part)."""
        if self._told[field].intersection(pieces(label)):
            return False
        return any(reading.target == field and reading.score >= _TOLD for reading in self._perhaps.readings(label))

    def _languages_differ(self, label: str) -> bool:
        """Whether the two languages of a label, each by itself, ask for different things."""
        best = [next(iter(self._fields.readings(half)), None) for half in by_language(label) if half]
        told = {reading.target for reading in best if reading is not None and reading.score >= _HALF}
        return len(told) > 1

    def knows(self, label: str) -> bool:
        """Whether a label is a word of the trade at all, ours or not."""
        best = (next(iter(words.readings(label)), None) for words in (self._fields, self._sections, self._ways))
        return any(reading is not None and reading.score >= _HEADING for reading in best) or bool(d_number(label))

    def _placed(self, reading: Reading, section: str) -> Reading:
        within = self.lexicon.fields[reading.target].within
        return reading if not within or section in within else Reading(reading.target, reading.score * 0.8)

    def several(self, label: str, section: str) -> str:
        """Two values that one label asks for, such as ``零件名称/零件号``: their fields joined with +; else ""."""
        parts = [part for part in _JOINED.split(asked(label)) if part.strip()]
        if not 2 <= len(parts) <= 3 or len({has_han(part) for part in parts}) > 1:
            return ""
        if len(parts) > 1 and _BESIDE_A_NAME.fullmatch(folded(parts[-1])):
            signed = self.field(parts[0], section)
            if signed is not None and signed.score >= _EXACT and self._is_person(signed.field):
                return signed.field  # 审核/日期: the name is ours, the day of signing is not
        names = []
        for index, part in enumerate(parts):
            reading = self._part(part, parts[index - 1] if index else "", section)
            if reading is None:
                return ""
            names.append(reading.field)
        names = [name for name in names if name != "version" or len(names) == 1]  # of the part, not of the report
        if self._is_told(label) and len({folded(part)[-1:] for part in parts}) < 2:
            return ""  # 主要原因/次要原因: which of two, one answer
        if len(set(names)) < 2:
            return "" if self._only_perhaps(label, names[0]) else names[0]
        return "five_w.how_many" if set(names) <= _HOW_MANY else "+".join(dict.fromkeys(names))

    def half_read(self, label: str) -> bool:
        """Whether a Chinese label asks for several values of which not all are known: ``不良数量/来料数量``."""
        parts = [part for part in _JOINED.split(asked(label)) if has_han(part)]
        return len(parts) > 1

    def _part(self, part: str, before: str, section: str) -> FieldReading | None:
        """One of several values; ``编号`` behind ``零件名称/`` is the part's number: it borrows what came before."""
        reading = self._field(part, section)
        if reading is not None and reading.score >= _EXACT:
            return reading
        before = before.strip(" :：")
        gap = "" if has_han(part) else " "
        borrowed = (f"{before[:end].strip()}{gap}{part.strip()}" for end in range(len(before), 1, -1))
        found = (self._field(text, section) for text in borrowed)
        return next((reading for reading in found if reading is not None and reading.score >= _EXACT), None)

    def is_action(self, label: str) -> bool:
        """Whether a label asks for a measure, without saying which; its part of the form does."""
        return any(item.target == "content" and item.score >= _EXACT for item in self.column("corrective", label))

    def list_named(self, label: str, section: str) -> str:
        """The list of measures that a heading names itself, such as deployment by 横向展开; "" for none."""
        reading = self.field(label, section)
        name = reading.field.removesuffix("_text") if reading is not None and reading.score >= _OTHER_LANGUAGE else ""
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
        known = any(item.target == "content" and item.score >= _OTHER_LANGUAGE for item in stem)  # 方案1 is a choice
        return (found[1], str(_DIGITS.index(found[2]) % 9 + 1)) if found and known else None

    def column(self, table: str, label: str) -> list[Reading]:
        """The columns of a table that a heading may mean, best first."""
        readings = self._columns[table].readings(label)
        other = max((item.score for item in self._fields.readings(label) if item.target == NOT_OURS), default=0.0)
        return [item if item.score >= other else Reading(item.target, item.score * 0.8) for item in readings]

    def column_beside(self, table: str, label: str) -> str:
        """The column that a heading means where another heading has its first meaning; "" for none."""
        return next((item.target for item in self._beside[table].readings(label) if item.score >= _EXACT), "")

    def row(self, table: str, label: str) -> Reading | None:
        """The printed row of a table that a label names."""
        known = self._rows.get(table)
        best = next(iter(known.readings(label)), None) if known else None
        if table != "containments" or (best is not None and best.score >= _EXACT):
            return best
        return self._place_of(label) or best

    def _place_of(self, label: str) -> Reading | None:
        """A place named by its owner: 贵司成品仓 is our stock of finished goods, 我司仓库 one of the customer's."""
        label = label.strip()
        theirs, ours = CUSTOMER.match(label), SUPPLIER.match(label)
        if theirs and not ours:
            label = f"客户{label[theirs.end() :]}"
        place = next(iter(self._rows["containments"].readings(label[ours.end() if ours else 0 :])), None)
        if place is None or place.score < _TOLD or bool(ours) == (place.target == _AT_CUSTOMER):
            return None
        return Reading(place.target, _EXACT) if ours or theirs else None

    def own_leg(self, label: str) -> str:
        """The way that a label asks about itself: 原因（流出）, root cause (why made); not 原因（制造部填）."""
        best = next(iter(self._ways.readings(CONTAINED.sub(" ", label))), None)
        told = asks_why(label) or (best is not None and best.score >= _HEADING)
        return self.way(label if told else HINTS.sub(" ", label))

    def of_place(self, label: str) -> str:
        """A number of one place that a label asks for, such as 供方成品库存不良数; "" for other labels."""
        text = folded(label)
        for end in range(len(text) - 1, 1, -1) if has_han(text) else ():
            place = self.row("containments", text[:end])
            column = next(iter(self.column("containments", text[end:])), None)
            if place is None or column is None or min(place.score, column.score) < _EXACT:
                continue
            if self.lexicon.lists["containments"].columns[column.target].kind == "number":
                return f"containments[{place.target}].{column.target}"
        return ""

    def way(self, label: str) -> str:
        """``occurrence`` or ``escape`` when a heading tells which of the two it is about; "" for neither or both."""
        label = CONTAINED.sub(" ", label)
        parts = [part for part in _JOINED.split(label) if part.strip()]
        if len(parts) > 1 and any(self._is_any_cause(part) for part in parts):
            return ""  # root cause and escape point: both
        best = self._ways.readings(label)
        if best and best[0].score >= _HEADING and (len(best) == 1 or best[1].score < _HEADING):
            return best[0].target
        text = " ".join((folded(label), *pieces(label)))
        found = {
            way for way, words in self.lexicon.ways.items() for word in words
            if len(folded(word)) > 1 and folded(word) in text
        }
        return found.pop() if len(found) == 1 else ""

    def _is_any_cause(self, label: str) -> bool:
        """Whether a part of a label speaks of causes without saying of which: ``verify root cause``."""
        text = folded(label)
        told = any(folded(word) in text for words in self.lexicon.ways.values() for word in words)
        return not told and any(folded(word) in text for word in self.lexicon.fields["root_cause"].words)

    def is_leg(self, label: str) -> bool:
        """Whether a heading asks for the causes of one of the two ways: 流出要因, 为什么会流到客户."""
        reading = self.field(label, "D4")
        cause = reading is not None and reading.field.endswith("_cause") and reading.score >= _SAID
        return bool(self.way(label)) and (cause or asks_why(label))

    def step(self, label: str) -> str:
        """The number of a why that a label such as ``Why 3`` names, "" for none."""
        reading = self.row("occurrence_whys", label)
        return reading.target if reading is not None and reading.score >= _HEADING else ""


def sure_of(reading: FieldReading) -> float:
    """The score of a reading, less where another meaning comes near."""
    return reading.score * (0.97 if reading.margin >= _RIVAL_MARGIN else 0.78)


@functools.cache
def packaged_meanings() -> Meanings:
    """The packaged lexicon, compiled once."""
    return Meanings(packaged_lexicon())
