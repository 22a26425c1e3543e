"""What is decided after measures are taken: state of actions, closure, recurrence, restart, penalty proposal."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from pydantic import Field, model_validator

from schemas.rows import SheetKind
from schemas.section import Section
from schemas.values import ActionKind, CausePath, Status


class EffectivenessSetting(Section):
    """When measures count as effective: days without recurrence and delivered lots after the break point."""

    days: int = Field(default=30, ge=0)
    lots: int = Field(default=3, ge=0, le=3)  # 措施跟踪 has the columns 验证批次1–3


class RecurrenceSetting(Section):
    """How alike two descriptions of a defect must be (0–100) to propose a recurrence."""

    similar: int = Field(default=60, ge=1, le=100)


class PenaltySetting(Section):
    """The proposal of a penalty on a department; off until a plant switches it on and names its own clauses."""

    enabled: bool = False
    late_days: int = Field(default=1, ge=1)  # calendar days past 计划完成日
    clause_late: str = ""
    clause_ineffective: str = ""

    @model_validator(mode="after")
    def _cites_a_clause(self) -> PenaltySetting:
        if self.enabled and not (self.clause_late.strip() or self.clause_ineffective.strip()):
            raise ValueError("处罚建议已打开，但没有依据：请在 clause_late 或 clause_ineffective 中写明本厂规定的条款")
        return self


class Effect(Enum):
    """What 验证结果 says of an action's effect."""

    BLANK = "未验证"
    PENDING = "验证中"
    EFFECTIVE = "有效"
    INEFFECTIVE = "无效"
    UNCLEAR = "看不出"


class Mark(Enum):
    """One thing to be said of an action."""

    REJECTED = "已驳回"
    REPLACED = "已由其他措施代替"
    QUERIED = "被质疑"
    UNREVIEWED = "未审核"
    UNDATED = "无计划日"
    OVERDUE = "逾期"
    DUE_SOON = "即将到期"
    DONE = "已完成"
    DONE_AHEAD = "完成日在将来"
    UNVERIFIED = "完成未验证"
    VERIFY_OVERDUE = "验证逾期"
    INEFFECTIVE = "验证无效"
    UNCLEAR = "验证结果看不出"
    EFFECTIVE = "验证有效"


@dataclass(frozen=True, slots=True)
class ActionState:
    """One action as it stands; ``days_late`` in calendar days (None while no date runs).

    ``said`` gives a sentence for people to each mark that has one; some count days, so they differ from day to day.
    """

    key: str
    name: str
    department: str
    person: str
    kind: ActionKind | None
    marks: frozenset[Mark]
    days_late: int | None
    postponed: int
    said: tuple[tuple[Mark, str], ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that is said of the action."""
        return tuple(sentence for _, sentence in self.said)


@dataclass(frozen=True, slots=True)
class ActionReview:
    """All actions of a complaint, which of the five categories stand, and what is to be said beyond single actions."""

    actions: tuple[ActionState, ...]
    present: tuple[ActionKind, ...]
    missing: tuple[ActionKind, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What closing depends on besides the case's own rows.

    ``standards`` are the file names in 固化文件/, None when the folder could not be seen. ``columns`` gives the fields
    of each sheet that the ledger has: what a plant does not keep is never demanded; None takes all as kept.
    ``restarted`` is the day a pass first saw 重新启动; ``recurred`` the complaints (number → day received) found to be
    recurrences of this one; ``whys_in_report`` the paths whose whys stand in the 8D; ``known`` the 客诉编号 that
    exist, None when not looked up.
    """

    standards: tuple[str, ...] | None = None
    columns: Mapping[SheetKind, frozenset[str]] | None = None
    restarted: date | None = None
    recurred: Mapping[str, date] = field(default_factory=dict)
    whys_in_report: frozenset[CausePath] = frozenset()
    known: Container[str] | None = None

    def keeps(self, kind: SheetKind, *names: str) -> bool:
        """Whether the ledger has a sheet of this kind, and all these fields in it."""
        return self.columns is None or (kind in self.columns and self.columns[kind].issuperset(names))


class GateKind(Enum):
    """Which demands closing has to meet."""

    FULL = "8D"
    SLIP = "客诉处理单"
    ROUTED = "非质量问题"
    DISMISSED = "不成立、作废或合并"


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a complaint may be closed, and each thing that is missing, as a sentence with its remedy.

    ``unchecked`` names what the ledger has no column for; ``on_closing`` what to type in the act of closing;
    ``closed_too_early`` that it stands as ended although something is missing.
    """

    kind: GateKind
    allowed: bool
    missing: tuple[str, ...]
    unchecked: tuple[str, ...]
    on_closing: tuple[str, ...]
    closed_too_early: bool


class RecurrenceKind(Enum):
    """What a similar later complaint is, as far as the break point tells."""

    RECURRENCE = "复发"
    LEAK = "围堵漏出"
    ASK = "待判断"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A proposal: complaint ``number`` (the later one) looks like ``earlier`` again; ``similar`` is 0–100.

    ``sentence`` tells what to do, ``reasons`` what was found, ``ask`` what to fill in where the kind is ASK.
    """

    kind: RecurrenceKind
    case_id: str
    number: str
    earlier_id: str
    earlier: str
    similar: int
    sentence: str
    reasons: tuple[str, ...]
    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restart:
    """A restarted case: ``times`` restarted, hence ``version`` of the 8D; ``working`` is the status rules go by.

    ``since`` is the day of the restart, None when nothing tells it; ``old`` and ``new`` are the keys of the actions
    done before it and of all others, ``undated`` of those which cannot be told; ``missing`` sentences.
    """

    times: int
    version: int
    working: Status | None
    since: date | None
    old: tuple[str, ...]
    new: tuple[str, ...]
    undated: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PenaltyProposal:
    """处罚建议 on a department, never on a person; ``audience`` are the only people who may see it."""

    case_id: str
    action: str
    department: str
    reasons: tuple[str, ...]
    clauses: tuple[str, ...]
    audience: tuple[str, ...]
    sentence: str
