"""How alike two descriptions of a defect are, across the words that plants use for the same failure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from schemas.values.traditional import simplified

#: Words for one failure; the first stands for all. Only what a technician would call the same thing.
_FAILURES = (
    "泄漏 渗漏 漏水 漏液 漏气 漏油 渗水 渗油 渗气 渗液 进水",
    "开裂 断裂 破裂 裂纹 裂缝 断开 折断 断掉 裂开",
    "脱落 脱开 脱出 掉落 松脱 脱离 弹出",
    "难装 装不上 装不进 插不进 插不上 装配困难 插入困难 装不到位 插入力大 插入力偏大",
    "飞边 毛刺 披锋",
    "异响 异音 哨音 噪音",
    "划伤 划痕 刮伤 擦伤",
    "缺料 短射 未充满",
    "变形 翘曲 弯曲",
    "生锈 锈蚀 锈斑",
)
_STANDARD = {word: line.split()[0] for line in _FAILURES for word in line.split()}
_FAILURE = re.compile("|".join(sorted(map(re.escape, _STANDARD), key=len, reverse=True)))
_FILLER = re.compile(
    r"再次(?:发生|出现)?|又(?:发生|出现)?|发现|客户|顾客|反馈|投诉|出现|存在|发生|个别|部分|现场|总装|线边|问题|不良|装配时|以及"
    r"|断点[前后]|批次为?"
)
_OPPOSITES = (
    ("偏大", "偏小"), ("偏长", "偏短"), ("过长", "过短"), ("偏紧", "偏松"), ("过紧", "过松"), ("偏高", "偏低"),
    ("偏厚", "偏薄"), ("偏重", "偏轻"), ("漏装", "多装"), ("漏贴", "贴错"),
)
_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z]+")


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", simplified(text)).casefold().split())


def folded(phenomenon: str) -> str:
    """A description as blank-separated tokens to compare: pairs of characters, failure words as one token each.

    Figures are left out: the same leak is measured differently each time.
    """
    text = _FILLER.sub(" ", _plain(phenomenon))
    tokens: list[str] = []
    end = 0
    for match in _FAILURE.finditer(text):
        tokens += _pairs(text[end:match.start()])
        tokens.append(f"<{_STANDARD[match[0]]}>")
        end = match.end()
    tokens += _pairs(text[end:])
    return " ".join(tokens)


def _pairs(text: str) -> list[str]:
    found: list[str] = []
    for run in _RUNS.findall(text):
        single = len(run) == 1 or run.isascii()
        found += [run] if single else [run[start:start + 2] for start in range(len(run) - 1)]
    return found


def are_opposite(one: str, other: str) -> bool:
    """Whether one says the reverse of the other (偏大 and 偏小): alike in wording, another failure."""
    first, second = _plain(one), _plain(other)
    return any(
        (left in first and right in second and left not in second and right not in first)
        or (right in first and left in second and right not in second and left not in first)
        for left, right in _OPPOSITES
    )


def _failures(text: str) -> frozenset[str]:
    return frozenset(_STANDARD[match[0]] for match in _FAILURE.finditer(_plain(text)))


def are_different_failures(one: str, other: str) -> bool:
    """Whether both name failures and none is common: a joint that leaks and the same joint that is hard to fit."""
    first, second = _failures(one), _failures(other)
    return bool(first and second) and not first & second


def most_alike(description: str, folded_others: Sequence[str], cutoff: int) -> dict[int, int]:
    """Positions in ``folded_others`` (texts from ``folded``) at least ``cutoff`` alike (0–100), with the figure."""
    from rapidfuzz import fuzz, process

    query = folded(description)
    if not query:
        return {}
    found = process.extract(query, folded_others, scorer=fuzz.token_set_ratio, score_cutoff=cutoff, limit=None)
    return {index: round(score) for text, score, index in found if text}
