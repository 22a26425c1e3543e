"""What labels on forms mean: the packaged word list, and the best readings of a label by it."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field
from rapidfuzz import fuzz

from pipeline.documents.forms.canonical import Canon
from pipeline.documents.forms.label import folded, has_han, hints, pieces
from schemas.values.traditional import simplified

NOT_OURS, GENERIC = "", "?"
_REMEMBERED = 4_000
_ASIDE = 0.9  # in brackets it says for whom: 编制（供应商）, 索赔编号（客户）
_WHOSE = frozenset({NOT_OURS, GENERIC, "customer"})
_SURE, _SAME, _LONE, _NEARLY, _CLOSE_HAN, _CLOSE_LATIN = 1.0, 0.95, 0.8, 0.88, 74.0, 84.0
_LEAST = 1 / 3  # a label may end like a word, but has to be about it (推广至其他料号 is no 料号)
_FAR = 0.3  # shared by so few signs, words of one group may have parted: 客户反馈 is no 用户抱怨
_UNLIKE = 0.8  # at most, for a label with a word nobody knows: it may turn the meaning round (旧零件号)


class FieldWords(BaseModel):
    """One value: its name for people, its kind, where its label alone means it, and the words of its labels; those of
    ``perhaps`` are asked about. ``beside`` are words of a column's heading that mean it where another heading has taken
    their first meaning: 完成日期 beside 计划日期.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: str = "text"
    words: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    within: tuple[str, ...] = Field(default=(), alias="in")
    long: bool = False
    section: str = ""


class ListWords(BaseModel):
    """One table: the parts of a form it stands in, its columns, and the rows that a form may have printed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    sections: tuple[str, ...]
    key: str
    needs: tuple[str, ...] = ()
    columns: dict[str, FieldWords]
    rows: dict[str, tuple[str, ...]]


class Lexicon(BaseModel):
    """The word list as it stands in lexicon.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sections: dict[str, tuple[str, ...]]
    fields: dict[str, FieldWords]
    lists: dict[str, ListWords]
    not_ours: tuple[str, ...]
    generic: tuple[str, ...]
    ways: dict[str, tuple[str, ...]]
    marks: dict[str, str]
    same: dict[str, tuple[str, ...]]
    ends: dict[str, tuple[str, ...]]
    tokens: dict[str, tuple[str, ...]]
    filler: tuple[str, ...]

    def canon(self) -> Canon:
        """What rewrites labels so that those that say the same compare equal."""
        return Canon(self.same, self.ends, self.tokens, self.filler)


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a label and how well it fits, 0 to 1."""

    target: str
    score: float


class Vocabulary:
    """Words by what they mean, ready to be asked for labels."""

    def __init__(
        self, words: Mapping[str, Iterable[str]], canon: Canon, told: Collection[str] | None = None,
        terse: Collection[str] = (), *, alone: bool = False,
    ) -> None:
        """``told``: the meanings that are told in sentences (all of them, when None); ``terse``: names, days, counts.

        The former stay what they are with 情况 or 描述 behind them; 客户描述 is no customer, 验证情况 nobody's name.
        ``alone``: labels stand by themselves; beside other headings of a list synonyms are trusted.
        """
        self._terse, self._alone = frozenset(terse), alone
        self._canon = canon
        self._told = None if told is None else frozenset(told)
        self._exact: dict[str, list[str]] = {}
        self._same: dict[str, list[str]] = {}
        self._spelt: dict[str, list[str]] = {}  # canonical form -> the words told
        for target, texts in words.items():
            for word in filter(None, map(folded, texts)):  # a mere number (d3) is read apart and says nothing here
                self._spelt.setdefault(canon.of(word), []).append(word)
                for index, key in ((self._exact, word), (self._same, canon.of(word))):
                    known = index.setdefault(key, [])
                    if target not in known:
                        known.append(target)
        self._words = [word for word in self._same if len(word) > 1]
        self._asked: dict[str, list[Reading]] = {}  # a form repeats its labels, and several questions are asked of each

    def readings(self, label: str) -> list[Reading]:
        """Meanings of a label, best first; several languages of one label count together."""
        known = self._asked.get(label)
        if known is None:
            if len(self._asked) >= _REMEMBERED:
                self._asked.clear()
            known = self._asked[label] = self._read(label)
        return known

    def _read(self, label: str) -> list[Reading]:
        best: dict[str, float] = {}
        aside = {folded(hint) for hint in hints(label)}
        for position, piece in enumerate(pieces(label)):
            for target, score in self._of(piece).items():
                said_for_whom = piece in aside and target in _WHOSE
                weight = _ASIDE if said_for_whom else 1.0 if position == 0 else 0.98
                best[target] = max(best.get(target, 0.0), score * weight)
        return sorted((Reading(*item) for item in best.items()), key=lambda reading: -reading.score)

    def _of(self, piece: str) -> dict[str, float]:
        exact = self._exact.get(piece)
        if exact:
            return dict.fromkeys(exact, _SURE)
        canonical = self._canon.of(piece)
        same = self._same.get(canonical)
        if same:
            lone = not has_han(piece) and " " not in canonical  # one English word may mean much
            far = self._alone and has_han(piece) and _shared(piece, self._spelt[canonical]) < _FAR
            return dict.fromkeys(same, _LONE if lone else _UNLIKE if far else _SAME)
        shorter = self._same.get(self._canon.shorter(canonical))
        found = {
            target: _NEARLY if self._told is None or target in self._told else _UNLIKE - 0.1
            for target in shorter or () if target not in self._terse
        }
        for word in self._words:
            score = _similar(canonical, word)
            if score:
                for target in self._same[word]:
                    found[target] = max(found.get(target, 0.0), score)
        return found


def _shared(piece: str, words: Iterable[str]) -> float:
    """The part of its signs that a label shares with the word nearest to it."""
    signs = {*simplified(piece)}
    return max(len(signs & {*simplified(word)}) / max(len(signs), len({*word})) for word in words)


def _similar(piece: str, word: str) -> float:
    """How near a canonical reading comes to a word, 0 when it does not; a label is about what it ends with."""
    if has_han(piece) != has_han(word) or len(word) < 2:
        return 0.0
    if not has_han(piece):
        return _similar_latin(piece, word)
    share = len(word) / len(piece)
    if _LEAST <= share < 1 and piece.endswith(word):
        return min(_UNLIKE, 0.55 + 0.4 * share)
    if 0.4 < share < 1 and len(word) >= 4 and _within(word, piece):
        return min(_UNLIKE, 0.5 + 0.4 * share)
    ratio = fuzz.ratio(piece, word)
    return min(_UNLIKE, ratio / 100 * 0.9) if ratio >= _CLOSE_HAN else 0.0


def _similar_latin(piece: str, word: str) -> float:
    tokens, own = piece.split(), word.split()
    shared = len({*tokens} & {*own}) / len({*tokens} | {*own})
    if shared >= 0.6 and len(own) > 1:
        return min(_UNLIKE, 0.45 + 0.5 * shared)
    if len(tokens) != len(own) or len(word) < 5:
        return 0.0
    ratio = min(fuzz.ratio(*pair) for pair in zip(tokens, own, strict=True))  # a slip of the pen in any word
    return min(_UNLIKE, ratio / 100 * 0.92) if ratio >= _CLOSE_LATIN else 0.0  # or another word (reproduction)


def _within(word: str, piece: str) -> bool:
    """Whether the characters of a word stand in a label in their order, others between them."""
    rest = iter(piece)
    return all(char in rest for char in word)


@functools.cache
def packaged_lexicon() -> Lexicon:
    """The word list that comes with the package."""
    from ruamel.yaml import YAML

    text = files("pipeline.documents.forms").joinpath("lexicon.yaml").read_text(encoding="utf-8")
    return Lexicon.model_validate(YAML(typ="safe").load(text))
