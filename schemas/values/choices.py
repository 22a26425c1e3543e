"""The closed vocabularies of the ledger, and the words plants use for them."""

from __future__ import annotations

import re
from enum import Enum, StrEnum
from typing import TypeVar

from schemas.values.problem import ValueProblem
from schemas.values.status_text import state_in
from schemas.values.synonyms import SYNONYMS
from schemas.values.text import clean_text, half_width, parse_id, plain_text
from schemas.values.traditional import simplified

Choice = TypeVar("Choice", bound=Enum)


class Status(StrEnum):
    """Where a complaint stands (DOMAIN "States"); written by people only."""

    UNCONFIRMED = "待确认"
    INVESTIGATING = "调查"
    ANALYSING = "分析"
    CORRECTING = "整改"
    TRACKING = "跟踪"
    CLOSED = "关闭"
    PAUSED = "暂停"
    RESTARTED = "重新启动"
    UNFOUNDED = "不成立"
    VOID = "作废"
    MERGED = "合并"


class Level(StrEnum):
    """客诉等级, from mild to urgent."""

    NORMAL = "一般"
    SERIOUS = "严重"
    URGENT = "紧急"


class ProblemType(StrEnum):
    """What the customer needs; only quality goes on to an 8D."""

    QUALITY = "质量问题"
    TECHNICAL = "技术对接"
    DELIVERY = "要货交付"


class Source(StrEnum):
    """The channel through which a complaint came in."""

    PHONE = "电话"
    MAIL = "邮件"
    PORTAL = "平台"
    ON_SITE = "出差现场"
    RESIDENT = "驻线"
    MARKETING = "营销部"
    WECHAT = "微信"
    OTHER = "其他"


class Verdict(StrEnum):
    """The finding on one change point."""

    RULED_OUT = "排除"
    CONFIRMED = "确认"


class CausePath(StrEnum):
    """Which why-chain: how the defect occurred, or how it escaped."""

    OCCURRENCE = "发生"
    ESCAPE = "流出"


class ActionKind(StrEnum):
    """措施类别."""

    INTERIM = "临时"
    LONG_TERM = "长期"
    CORRECTIVE = "纠正预防"
    ERROR_PROOFING = "防呆"
    HORIZONTAL = "水平展开"


class Review(StrEnum):
    """The engineer's finding on a proposed action."""

    PASSED = "通过"
    QUERIED = "质疑"
    REJECTED = "驳回"


class MeetingState(StrEnum):
    """Where a meeting stands, from proposal to signed minutes."""

    PROPOSED = "提议"
    CONFIRMED = "已确认"
    MOVED = "改期"
    CANCELLED = "取消"
    HELD = "已召开"
    SIGNED = "纪要已签"


class Liability(StrEnum):
    """责任判定."""

    OURS = "我司"
    SUPPLIER = "供应商"
    CUSTOMER = "客户"
    LOGISTICS = "物流"
    NO_FAULT = "无故障"
    UNDECIDED = "待定"


class CauseRank(StrEnum):
    """Main causes are told from secondary ones."""

    MAIN = "主因"
    SECONDARY = "次因"


class FactorM(StrEnum):
    """The six factors in which change points are looked for."""

    MAN = "人"
    MACHINE = "机"
    MATERIAL = "料"
    METHOD = "法"
    ENVIRONMENT = "环"
    MEASUREMENT = "测"


_YES = frozenset("是 有 对 y yes true t 1 √ ✓ ✔ ☑ ■ 需要 需 要 已 是的 会 ok ○ 〇 v".split())  # noqa: SIM905 - a word list reads better than a list of literals
_NO = frozenset("否 无 不 n no false f 0 × x ✗ ✘ ☒ □ ☐ 不是 没有 不需要 无需 不要 不会 未 没 非 暂无".split())  # noqa: SIM905 - as above
_MERGED_INTO = re.compile(
    r"已?(?:合并|并案|并)\s*(?:至|到|入|于|进)?\s*[:(]?\s*(?P<target>[A-Za-z0-9][-A-Za-z0-9_/\s\u2010-\u2015]*)?[)。.]*"
)


def _word(typed: str) -> str:
    return simplified("".join(half_width(typed).casefold().split())).strip("。.,;:!·")


def _member(enum: type[Choice], word: str) -> Choice | None:
    """The member that a folded word names, by its own word or a synonym."""
    for member in enum:
        if word == str(member.value).casefold():
            return member
    standard = SYNONYMS.get(enum.__name__, {}).get(word)
    return enum(standard) if standard else None


def parse_choice(enum: type[Choice], value: object) -> Choice | None:
    """The member of ``enum`` that ``value`` names, by its word or a synonym; blank is ``None``.

    Raises ``ValueProblem`` that lists the allowed words. For a status, which may name a target, use ``parse_status``.
    """
    if isinstance(value, enum):
        return value
    typed = clean_text(value)
    if typed is None:
        return None
    # Vocabulary first: 待确认 and 待定 are members of some vocabularies and blanks in the others.
    if member := _member(enum, _word(typed)):
        return member
    if plain_text(typed) is None:
        return None
    allowed = "、".join(str(member.value) for member in enum)
    raise ValueProblem(typed, "不在可选项中", f"请填写:{allowed}")


def parse_status(value: object) -> tuple[Status, str | None] | None:
    """A status, with the number of the complaint it was merged into: "合并至 KS-202611-003".

    The target is ``None`` for every other status and when none was typed. Raises ``ValueProblem``.
    """
    if not isinstance(value, Status) and isinstance(value, str):
        text = plain_text(value)
        if text and (match := _MERGED_INTO.fullmatch(text)):
            return Status.MERGED, parse_id(match["target"] or "")
    try:
        status = parse_choice(Status, value)
    except ValueProblem:
        status = _status_in_words(value)
        if status is None:
            raise
    return None if status is None else (status, None)


def _status_in_words(value: object) -> Status | None:
    def known(word: str) -> str | None:
        member = _member(Status, word)
        return member.value if member else None

    standard = state_in(_word(clean_text(value) or ""), known)
    return Status(standard) if standard else None


def parse_yes_no(value: object) -> bool | None:
    """是/否 in the words plants use, TRUE/FALSE cells, 1/0. "无" is no; words such as 未知 are blank."""
    if isinstance(value, bool):
        return value
    typed = clean_text(value)
    if typed is None:
        return None
    word = _word(typed)
    if word in _YES:
        return True
    if word in _NO:
        return False
    if plain_text(typed) is None:
        return None
    raise ValueProblem(typed, "看不出是或否", "请填写 是 或 否")
