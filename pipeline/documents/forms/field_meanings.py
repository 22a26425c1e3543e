"""What the label of a single box asks for: one field of the lexicon, or several, with what makes that doubtful."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.documents.forms.label import (
    CONTAINED,
    HINTS,
    all_hints,
    asked,
    asks_why,
    by_language,
    folded,
    has_han,
    pieces,
)
from pipeline.documents.forms.lexicon import GENERIC, NOT_OURS, Lexicon, Reading, Vocabulary
from pipeline.documents.forms.parties import CUSTOMER, party
from pipeline.documents.forms.questions import packaged_questions

HEAD = "head"
HEADING, EXACT, OTHER_LANGUAGE, TOLD = 0.9, 0.95, 0.97, 0.8
_HALF, _DIFFER, _PERHAPS, _RIVAL_MARGIN = 0.75, 0.85, 0.78, 0.06
_JOINED = re.compile(r"[/／&及和、|｜\n]|\band\b")
_BESIDE_A_NAME = re.compile("日期|时间|签字|签名|签章|date|signature|sign|日付|datum|unterschrift")
_SYSTEM_NUMBER = re.compile(r"[A-Z]{2,6}\s?(?:单号|编号|号码|号|(?:No|NO|Nr|ID|Id)\.?)[\s:：]*")
_NUMBERS = frozenset({"number", "customer_ref"})
_HOW_MANY = {"defects", "rate", "lot_size"}
_POST = re.compile(
    r"经理|主管|部长|总监|厂长|主任|科长|班组长|課長|部長|\b(?:manager|director|supervisor)\b|leiter(?:in)?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FieldReading:
    """What a single label means: the field, how sure, and how near the next meaning comes."""

    field: str
    score: float
    margin: float


def sure_of(reading: FieldReading) -> float:
    """The score of a reading, less where another meaning comes near."""
    return reading.score * (0.97 if reading.margin >= _RIVAL_MARGIN else 0.78)


class FieldMeanings:
    """Answers what the label of a single box asks for in its part of the form."""

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
        self._ways = Vocabulary(lexicon.ways, canon)

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
        told = [reading.target for reading in self._fields.readings(label) if reading.score >= EXACT]
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
        return f"{way}_cause", any(best[0].target == way and best[0].score >= EXACT for best in exact if best)

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
            ours = [reading for reading in ours if reading.score >= EXACT or self._is_person(reading.target)]
        if not ours or ours[0].score <= other:
            return None
        if ours[0].score < OTHER_LANGUAGE and vague >= ours[0].score:
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
        return any(reading.target == field and reading.score >= TOLD for reading in self._perhaps.readings(label))

    def _languages_differ(self, label: str) -> bool:
        """Whether the two languages of a label, each by itself, ask for different things."""
        best = [next(iter(self._fields.readings(half)), None) for half in by_language(label) if half]
        told = {reading.target for reading in best if reading is not None and reading.score >= _HALF}
        return len(told) > 1

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
            if signed is not None and signed.score >= EXACT and self._is_person(signed.field):
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
        if reading is not None and reading.score >= EXACT:
            return reading
        before = before.strip(" :：")
        gap = "" if has_han(part) else " "
        borrowed = (f"{before[:end].strip()}{gap}{part.strip()}" for end in range(len(before), 1, -1))
        found = (self._field(text, section) for text in borrowed)
        return next((reading for reading in found if reading is not None and reading.score >= EXACT), None)

    def own_leg(self, label: str) -> str:
        """The way that a label asks about itself: 原因（流出）, root cause (why made); not 原因（制造部填）."""
        best = next(iter(self._ways.readings(CONTAINED.sub(" ", label))), None)
        told = asks_why(label) or (best is not None and best.score >= HEADING)
        return self.way(label if told else HINTS.sub(" ", label))

    def way(self, label: str) -> str:
        """``occurrence`` or ``escape`` when a heading tells which of the two it is about; "" for neither or both."""
        label = CONTAINED.sub(" ", label)
        parts = [part for part in _JOINED.split(label) if part.strip()]
        if len(parts) > 1 and any(self._is_any_cause(part) for part in parts):
            return ""  # root cause and escape point: both
        best = self._ways.readings(label)
        if best and best[0].score >= HEADING and (len(best) == 1 or best[1].score < HEADING):
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
