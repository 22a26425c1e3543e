"""Matches heading texts to model fields: standard word, alias, synonym, then close match, each with its confidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache

from rapidfuzz import fuzz

from pipeline.ledger import wording
from schemas.columns import NEVER_GUESSED, SheetField
from schemas.rows import MODELS, SheetKind

Aliases = Mapping[str, Sequence[str]]
MAX_HEADING = 60           # characters; longer texts are notes
_CLOSE_ENOUGH = 75.0       # one wrong character in a word of four
_CLEARLY_BETTER = 4.0      # lead over the next field that a close match needs
_SHORTEST_GUESS = 3        # characters; two-character words differ by one character from too many others
_SHORTEST_LATIN_GUESS = 5
#: General words that look like a field's word and mean whoever or whatever the plant likes.
_NEVER_GUESSED_WORDS = frozenset({
    "责任人", "发现日期", "预防措施", "负责人", "部门负责人", "担当", "客户代码", "客户编码",
})

#: Words too general to be trusted alone under a group heading that gives them another meaning.
_GENERIC = frozenset({
    "日期", "时间", "编号", "名称", "数量", "状态", "结果", "类型", "类别", "等级", "原因", "措施", "对策", "部门",
    "说明", "备注", "完成日期", "完成时间", "实际完成日期", "实际完成时间", "计划完成日期", "计划完成时间",
    "要求完成日期", "要求完成时间", "截止日期", "要求日", "提交日", "工序", "工厂", "职务", "来源", "费用", "总数",
    "描述", "进度", "审核", "验证", "地点", "no", "date", "qty", "level", "status", "产品", "批次", "项目", "科室",
    "职位", "登记日期", "责任人", "问题", "现象", "主题", "异常", "issue", "problem", "defect", "description", "part",
    "product", "closed", "duedate", "remarks", "quantity", "department", "plant",
    "结论", "批量", "工艺", "库存", "不良",
})
_NEUTRAL_GROUP = re.compile(
    r"^(?:基本|基础|客诉|投诉|抱怨|产品|客户|不良|问题|反馈|接诉|受理|登记|异常|质量|台账|事件|发生)*"
    r"(?:信息|情况|内容|资料|概况|登记|记录|描述|台账|栏)?$"
)
_STAGE = re.compile(r"措施|对策|整改|改善|行动|处置|回访")
_GROUP_FILLER = re.compile(r"信息|情况|内容|资料|概况|报告|栏$|阶段|节点|管理|部分")


class Confidence(IntEnum):
    """How sure a match is; a guess is reported, and never used for dates or numbers."""

    GUESS = 1
    ALIAS = 2
    EXACT = 3


@dataclass(frozen=True, slots=True)
class Match:
    """A field that a heading may stand for; ``score`` orders matches of all confidences."""

    field: str
    confidence: Confidence
    score: float


@dataclass(frozen=True, slots=True)
class HeadingPath:
    """One column's heading: the group texts above it, outermost first, and the lowest text.

    ``loose`` marks a group that is only supposed to reach this column (nothing is merged in its row).
    """

    groups: tuple[str, ...]
    text: str
    loose: bool = False

    @lru_cache(maxsize=20_000)  # noqa: B019 - small values, met again in every pass over the same ledger
    def texts(self) -> tuple[str, ...]:
        """The spellings to look up, the fullest first."""
        lowest, found = self.text, []
        if self.groups:
            joined = "".join(self.groups)
            found += [joined + lowest, self.groups[-1] + lowest, self.groups[0] + lowest]
            found.append(_GROUP_FILLER.sub("", self.groups[-1]) + lowest)
        if self._stands_alone(lowest):
            found.append(lowest)
        return tuple(dict.fromkeys(found))

    def _stands_alone(self, lowest: str) -> bool:
        core = wording.plain(lowest)
        groups = [name for group in self.groups if (name := wording.plain(group))]
        if self.loose or all(_NEUTRAL_GROUP.match(group) for group in groups):
            return True
        if all(group in core and group != core for group in groups):
            return True  # 关闭 over 关闭日期: the group says nothing new
        return core not in _GENERIC and not _speaks_of_a_stage(self.groups, core)


def _alternatives(text: str) -> list[str]:
    """The parts of a heading that names several things (none when it names one)."""
    parts = [part for part in re.split(r"[/、|或及和&]", text) if part.strip()]
    return parts if len(parts) > 1 else []


def _speaks_of_a_stage(groups: tuple[str, ...], core: str) -> bool:
    """Dates and persons under 长期措施, D3, 验证 ... belong to that stage, not to the complaint."""
    staged = any(wording.qualifiers(group) - {"客户", "发生"} or _STAGE.search(group) for group in groups)
    return staged and wording.tail(core) in {"date", "person", "state", "outcome", "department", "number"}


class Vocabulary:
    """All words of one sheet kind: its standard headings, built-in aliases, and those of config.yaml."""

    def __init__(self, kind: SheetKind, aliases: Aliases | None = None) -> None:
        self.kind = kind
        self.fields: dict[str, SheetField] = {field.name: field for field in MODELS[kind].fields()}
        self._known: dict[str, Match] = {}
        self._canonical: dict[str, set[str]] = {}
        self._met: dict[str, Match | None] = {}
        own = aliases or {}
        for name, field in self.fields.items():
            self._add(field.column.heading, Match(name, Confidence.EXACT, 100.0))
        for name, field in self.fields.items():
            for word in (*own.get(name, ()), *own.get(field.column.heading, ())):
                self._known[wording.plain(word)] = Match(name, Confidence.ALIAS, 95.0)
        for name, field in self.fields.items():
            for rank, word in enumerate(field.column.aliases):
                self._add(word, Match(name, Confidence.ALIAS, 90.0 - min(rank, 15)))

    def _add(self, word: str, match: Match) -> None:
        core = wording.plain(word)
        self._known.setdefault(core, match)
        self._canonical.setdefault(wording.canonical(core), set()).add(match.field)

    @cached_property
    def _guessable(self) -> tuple[tuple[str, str], ...]:
        """(plain word, field) for close matches."""
        pairs = ((core, match.field) for core, match in self._known.items() if not self.fields[match.field].column.ours)
        return tuple((core, name) for core, name in pairs if len(core) >= _SHORTEST_GUESS)

    def known(self, text: str) -> Match | None:
        """The field of a heading by standard word, alias or synonym."""
        if len(text) > MAX_HEADING:
            return None
        if text not in self._met:
            self._met[text] = self._find(text)
        return self._met[text]

    def _find(self, text: str) -> Match | None:
        forms = wording.variants(text)
        for step, core in enumerate(forms):
            if match := self._known.get(core):
                return Match(match.field, match.confidence, match.score - 0.2 * step)
        for step, core in enumerate(forms):
            fields = self._canonical.get(wording.canonical(core), set())
            if len(fields) == 1 and len(core) > 1:
                return Match(next(iter(fields)), Confidence.ALIAS, 70.0 - step)
        return self._one_of_alternatives(text)

    def _one_of_alternatives(self, text: str) -> Match | None:
        """客户/主机厂: alternatives that all mean the same field."""
        found = [self.known(part) for part in _alternatives(text)]
        if not found or found[0] is None or any(match is None or match.field != found[0].field for match in found):
            return None
        return Match(found[0].field, Confidence.ALIAS, 68.0)

    def guess(self, text: str) -> Match | None:
        """The field of a heading by close match, when one field clearly fits best."""
        if len(text) > MAX_HEADING:
            return None
        together = {match.field for part in _alternatives(text) if (match := self.known(part))}
        if len(together) > 1:  # 产品名称/图号 in one column reads as the product; other pairs are nobody's
            return Match("product", Confidence.GUESS, 40.0) if together == {"product", "part_number"} else None
        best: dict[str, float] = {}
        for core in wording.variants(text):
            shortest = _SHORTEST_LATIN_GUESS if core.isascii() else _SHORTEST_GUESS
            if len(core) < shortest or core in _NEVER_GUESSED_WORDS:
                continue
            for word, name in self._guessable:
                score = max(fuzz.ratio(core, word), fuzz.ratio(wording.stripped(core), wording.stripped(word)) - 2)
                if score >= _CLOSE_ENOUGH and wording.may_mean_the_same(wording.stripped(core), wording.stripped(word)):
                    best[name] = max(best.get(name, 0.0), score)
        ranked = sorted(best.items(), key=lambda item: -item[1])
        if not ranked or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _CLEARLY_BETTER):
            return None
        return Match(ranked[0][0], Confidence.GUESS, ranked[0][1] / 2)

    def match(self, path: HeadingPath) -> Match | None:
        """The best known field of a column's heading, tried from its fullest spelling to its lowest text."""
        for text in path.texts():
            if match := self.known(text):
                return match
        return None


@dataclass(frozen=True)
class HeadingMap:
    """How one sheet's headings were understood: field of each column in use, and what was only guessed."""

    columns: Mapping[str, int]
    confidence: Mapping[int, Match]

    @property
    def strength(self) -> float:
        """Weight of the sure matches, for telling sheet kinds apart."""
        return sum(1.0 if match.confidence is Confidence.EXACT else 0.8
                   for match in self.confidence.values() if match.confidence > Confidence.GUESS)


def map_headings(vocabulary: Vocabulary, paths: Mapping[int, HeadingPath], *, guess: bool = True,
                 barred: Iterable[int] = ()) -> HeadingMap:
    """Give each column at most one field and each field at most one column, the best match winning.

    ``barred`` columns are left unmapped. A guess for a date or number gets no entry in ``columns``.
    """
    shut = frozenset(barred)
    proposals = [(match, column) for column, path in paths.items()
                 if column not in shut and (match := vocabulary.match(path))]
    chosen = _assign(proposals, {}, {})
    if guess:
        taken = {match.field for match in chosen.values()}
        guesses = [(match, column) for column, path in paths.items()
                   if column not in chosen and column not in shut and (match := vocabulary.guess(path.texts()[0]
                                                                       if path.texts() else path.text))
                   and match.field not in taken]
        chosen = _assign(guesses, chosen, dict.fromkeys(taken, 0))
    columns = {
        match.field: column for column, match in chosen.items()
        if match.confidence > Confidence.GUESS or vocabulary.fields[match.field].kind.name not in NEVER_GUESSED
    }
    return HeadingMap(columns, chosen)


def _assign(proposals: list[tuple[Match, int]], chosen: Mapping[int, Match], taken: dict[str, int]) -> dict[int, Match]:
    result = dict(chosen)
    for match, column in sorted(proposals, key=lambda item: (-item[0].score, item[1])):
        if match.field not in taken:
            taken[match.field] = column
            result[column] = match
    return result
