"""Labels that are questions (是谁发现的？ Why was it missed?): the field whose words stand in them."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from pipeline.documents.forms.label import all_hints, asked, folded, has_han
from schemas.values.traditional import simplified

_MARK = re.compile(r"[?？]\s*$")
_HAN = re.compile("谁|什么|哪|几|多少|怎么|怎样|如何|为何|何时|何处|何以|吗|会不会|有没有|是否|能否|可否")
_LATIN = re.compile(
    r"(?:who|what|when|where|why|how|which|did|does|do|could|can|was|were|is|are|has|have|since|from)\b|w(?:er|as|ann|arum|ie|elche[rs]?)\b"
)
_OTHER_TIME = re.compile(r"上一?次|以前|之前|下一?次|\b(?:previous|before|next|last time)\b", re.IGNORECASE)
_PARTS = re.compile(r"[,，、；;]|[?？](?=.)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words that must stand in a question, one of each group, and words that must not."""

    groups: tuple[tuple[str, ...], ...]
    barred: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Pattern:
        """``a|b & c & !d``."""
        terms = [term.strip() for term in text.split("&")]
        words = [tuple(word.strip() for word in term.lstrip("!").split("|")) for term in terms]
        groups = tuple(group for term, group in zip(terms, words, strict=True) if not term.startswith("!"))
        barred = [word for term, group in zip(terms, words, strict=True) if term.startswith("!") for word in group]
        return cls(groups, tuple(barred))

    def weight(self, question: str) -> int:
        """How many characters of a question its words account for; 0 when it does not fit."""
        if any(_found(word, question) for word in self.barred):
            return 0
        best = [max((len(word) for word in group if _found(word, question)), default=0) for group in self.groups]
        return sum(best) if all(best) else 0


class Questions:
    """The patterns of every field, asked for one label at a time."""

    def __init__(self, patterns: Mapping[str, Sequence[str]]) -> None:
        self._patterns = [(field, Pattern.of(text)) for field, texts in patterns.items() for text in texts]

    def field(self, label: str) -> str:
        """The field that a question asks for, several joined with +; "" for a label that is none, or asks for other
        things too.
        """
        asking = (text for text in (asked(label), *all_hints(label)) if is_question(text))
        return next((field for field in map(self._whole, asking) if field), "")

    def _whole(self, label: str) -> str:
        """The field of one question, or of the several that it is made of."""
        found = [self._one(part) for part in _PARTS.split(label) if part.strip()]
        return "+".join(dict.fromkeys(found)) if all(found) else self._one(label)

    def _one(self, label: str) -> str:
        if _OTHER_TIME.search(label):
            return ""
        text = simplified(folded(label))
        weights: dict[str, int] = {}
        for field, pattern in self._patterns:
            weights[field] = max(weights.get(field, 0), pattern.weight(text))
        most = max(weights.values())
        best = [field for field, weight in weights.items() if weight == most]
        return best[0] if most and len(best) == 1 else ""


def is_question(label: str) -> bool:
    """Whether a label is a question: it ends like one, or begins with (Chinese: holds) a word that asks."""
    if _MARK.search(label):
        return True
    return _HAN.search(simplified(label)) is not None or _LATIN.match(folded(label)) is not None


def _found(word: str, question: str) -> bool:
    if has_han(word):
        return word in question
    ending = r"\w*" if word.endswith("*") else ""
    return re.search(rf"(?<!\w){re.escape(word.rstrip('*'))}{ending}(?!\w)", question) is not None


@functools.cache
def packaged_questions() -> Questions:
    """The questions that come with the package."""
    from ruamel.yaml import YAML

    text = files("pipeline.documents.forms").joinpath("questions.yaml").read_text(encoding="utf-8")
    return Questions(YAML(typ="safe").load(text))
