"""States as plants really write them: 进行中70%, 已完成 3/15, 1-待确认, 8D已提交,待客户确认."""

from __future__ import annotations

import re
from collections.abc import Callable

Known = Callable[[str], str | None]

_ENUMERATOR = re.compile(r"^[(\[]?\d{1,2}[)\]]?[-.、:]?(?=[^\d%./年月\-d])")  # not the 8 of 8D
_BRACKETED = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_DATE = r"(?:(?:20)?\d{2}[年./-])?\d{1,2}[月./-]\d{1,2}[日号]?"
_DATE_BEHIND, _DATE_BEFORE = re.compile(rf"[-:,;于@]*{_DATE}$"), re.compile(rf"^{_DATE}[-:,;]*")
_PERCENT = re.compile(r"(\d{1,3})(?:\.\d+)?%")
_STEP = re.compile(
    r"^(?:d([1-8])|([358])d)(?:报告|阶段)?(?:已|正在)?(?:完成|提交|回复|发送|提供|进行|实施|制定)?(?:中|了)?$"
)
_WAITING = re.compile(r"^等?待.{0,8}(?:关闭|验收|认可|验证|批准|结案)(?:\d+批次?)?$")
_ASKING = re.compile(r"^(?:等?待|等).{0,8}(?:确认|回复|答复|反馈|判定|分析|提供|寄回|返回|样件)$")
_UNFINISHED = re.compile(r"待|未|不|但|需|再|重|复发|暂")
#: The state after a step of the 8D, as the least it can mean.
_AFTER_STEP = {"1": "调查", "2": "调查", "3": "调查", "4": "分析", "5": "整改", "6": "整改", "7": "跟踪", "8": "跟踪"}


def state_in(word: str, known: Known) -> str | None:
    """The standard state that a folded phrase speaks of, or ``None`` when it stays open what is meant.

    ``word`` is lower case without blanks; ``known`` gives the state of a single word. Claims the least progress that
    the phrase allows: "已完成70%" is not finished, "关闭(未验证)" is nothing that can be relied on.
    """
    word = _ENUMERATOR.sub("", word) or word
    inner = [found for found in _BRACKETED.findall(word) if found]
    for remark in inner:
        if remark[0] in "待未等":
            return _clause(remark, known)
    word = _BRACKETED.sub("", word)
    if percent := _PERCENT.search(word):
        return _with_progress(_PERCENT.sub("", word).strip("-:,;约"), int(percent[1]), known)
    return _clauses(_DATE_BEFORE.sub("", _DATE_BEHIND.sub("", word)).strip("-:,;"), known)


def _with_progress(word: str, percent: int, known: Known) -> str | None:
    state = _clauses(word, known) if word else None
    if word and word not in {"完成", "已完成", "进度", "完成率"} and state is None:
        return None
    if percent > 100:
        return None
    if percent == 100:
        return "关闭" if not word else state or "关闭"
    return state if state not in {None, "关闭"} else "调查" if percent else "待确认"


def _clauses(word: str, known: Known) -> str | None:
    """The last clause decides (8D已提交,待客户确认); an earlier one only when nothing after it is left undone."""
    clauses = [clause for clause in re.split(r"[,;。、/→]+", word) if clause]
    for number, clause in reversed(list(enumerate(clauses))):
        if state := _clause(clause, known):
            return state
        if _UNFINISHED.search(clause) or number == 0:
            return None
    return None


def _clause(clause: str, known: Known) -> str | None:
    if state := known(clause):
        return state
    if clause[0] in "未没" and (known(clause[1:]) or known(f"已{clause[1:]}")):
        return "调查"
    if step := _STEP.match(clause):
        return _AFTER_STEP[step[1] or step[2]]
    if _WAITING.match(clause):
        return "跟踪"
    under_way = clause.endswith("中") and 3 <= len(clause) <= 6  # 处置中, 评审中
    return "调查" if under_way or _ASKING.match(clause) else None
