"""Labels said in other words: synonyms replaced by one of them, so that unseen wordings compare equal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.documents.forms.label import has_han
from schemas.values.traditional import simplified

#: Characters that Japanese writes differently from simplified Chinese, as far as forms use them.
_JAPANESE = (
    "発发 対对 処处 製制 実实 験验 証证 図图 種种 産产 単单 様样 続续 済济 査查 価价 営营 読读 変变 総总 権权 歳岁 "
    "負负 稱称 績绩 執执 補补 詳详 細细 區区 識识 與与 為为 個个 陳陈 廣广 帶带 儲储 "
    "歴历 転转 効效 帰归 鋳铸 観观 気气 検检 顕显 収收 抜拔 仮假 応应 継继 銭钱 鉄铁 楽乐 択择 沢泽 訳译 録录 断断 戻退"
)
_SIMPLIFIED = str.maketrans({pair[0]: pair[1] for pair in _JAPANESE.split()})
_PARTICLES = re.compile("[的之の了被所]|涉及|有关|相关|具体|主要")
_ADDED = re.compile("(?:情况|内容|结果|事项|说明|信息|记录|描述|方案|计划|表)$")
_WEAK = frozenset({"part"})


class Canon:
    """Rewrites a folded label with the first of each group of words that say the same."""

    def __init__(
        self, same: Mapping[str, Sequence[str]], ends: Mapping[str, Sequence[str]],
        tokens: Mapping[str, Sequence[str]], filler: Sequence[str],
    ) -> None:
        self._same = self._pairs(same)
        self._ends = self._pairs(ends)
        self._tokens = {word: first for first, words in tokens.items() for word in words}
        self._filler = frozenset(filler)
        known = sorted(self._same, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, known)))

    def _pairs(self, groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
        return {_plain(word): _plain(first) for first, words in groups.items() for word in (first, *words)}

    def of(self, reading: str) -> str:
        """The canonical form: equal for labels that say the same."""
        if has_han(reading):
            return self._han(reading)
        words = [self._tokens.get(word, word) for word in reading.split() if word not in self._filler]
        kept = [word for word in words if word not in _WEAK] if len(set(words)) > 2 else words
        return " ".join(sorted(set(kept))) or reading

    def shorter(self, canonical: str) -> str:
        """The canonical form without a word that adds nothing (情况, 记录 …), "" when there is none."""
        kept = _ADDED.sub("", canonical) if has_han(canonical) else ""
        return kept if len(kept) > 1 and kept != canonical else ""

    def _han(self, reading: str) -> str:
        text = self._pattern.sub(lambda found: self._same[found[0]], _plain(reading))
        for length in range(min(4, len(text) - 1), 0, -1):
            ending = self._ends.get(text[-length:])
            if ending is not None:
                return text[:-length] + ending
        return text


def _plain(text: str) -> str:
    return _PARTICLES.sub("", simplified(text).translate(_SIMPLIFIED))
