"""What the checks of the cause analysis found, and how an 8D stands with a reviewer at the customer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from pydantic import Field

from schemas.section import Section


class CauseSetting(Section):
    """What the checks of the why chains go by; similarities are rapidfuzz ratios from 0 to 100."""

    whys: int = Field(default=5, ge=1, le=9)
    same_wording: int = Field(default=92, ge=50, le=100)       # two whys that say the same
    copied_wording: int = Field(default=85, ge=50, le=100)     # a result that only repeats the plan
    answered_wording: int = Field(default=50, ge=0, le=100)    # an action answers a cause
    continued_wording: int = Field(default=20, ge=0, le=100)   # a question takes up the answer before it
    operator_words: tuple[str, ...] = (
        "失误", "误操作", "人为错误", "疏忽", "疏漏", "责任心", "粗心", "大意", "马虎", "未按作业", "没按作业",
        "没有按作业", "未按标准", "没按标准", "未按要求", "没按要求", "未按规定", "没按规定", "未按工艺",
        "未按sop", "未按wi", "违规操作", "违章", "忘记", "未注意", "没注意", "意识不强", "意识薄弱", "意识差",
        "意识不足", "不熟练",
    )
    #: Beside an operator's error these say what in the system allowed it: then the chain does not stop at the person.
    system_words: tuple[str, ...] = (
        "未规定", "没有规定", "无规定", "未定义", "没有定义", "未明确", "没有明确", "无防错", "没有防错", "未防错",
        "无防呆", "没有防呆", "未防呆", "无报警", "没有报警", "无联锁", "没有联锁", "未联锁", "未纳入", "没有纳入",
        "未列入", "没有列入", "未评估", "没有评估", "未更新", "没有更新", "没有锁", "未锁定", "没有标准", "无标准",
        "没有要求", "无要求",
    )
    people_words: tuple[str, ...] = (
        "培训", "教育", "宣导", "宣贯", "宣讲", "考核", "处罚", "罚款", "扣罚", "批评", "警告", "提醒", "强调",
        "叮嘱", "意识", "责任心", "班前会", "早会", "学习", "签到", "考试", "上岗", "加强管理", "加强监督",
        "加强巡检", "加强检查", "加强自检", "加强检验",
    )


class AcceptanceSetting(Section):
    """What a reviewer expects of an 8D, where it is a number."""

    phenomenon_characters: int = Field(default=6, ge=1)   # a shorter 不良现象 describes nothing
    prevention_characters: int = Field(default=16, ge=1)  # D7 shorter than this is one sentence


class Severity(StrEnum):
    """Whether a finding is a hint or something a customer rejects."""

    HINT = "提示"
    FAULT = "不符"


class CauseFault(Enum):
    """The kinds of finding on causes; the value is what people read."""

    NO_PATH = "未写路径"
    NO_CHAIN = "原因链缺失"
    MISSING_STEP = "缺问或缺答"
    DOUBLE_STEP = "第几问重复"
    SOURCES_DIFFER = "台账与8D不一致"
    REPEATED = "重复提问"
    CIRCULAR = "循环论证"
    JUMP = "问答不衔接"
    SAME_CHAINS = "流出照抄发生"
    OPERATOR = "停在人的失误"
    FEW = "不足五问"
    NO_ACTION = "原因无措施"
    PEOPLE_ONLY = "只有培训"
    COPIED = "验证照抄措施"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding on the causes or their actions: never an edit, never a guess of the cause.

    ``key`` is stable within the case while the fault lasts; ``sentence`` names the place and the remedy.
    """

    fault: CauseFault
    key: str
    sentence: str
    severity: Severity


class EightDStep(Enum):
    """The steps of the 8D report."""

    D0 = "D0 问题征兆与紧急响应"
    D1 = "D1 成立小组"
    D2 = "D2 问题描述"
    D3 = "D3 临时遏制措施"
    D4 = "D4 根本原因与流出原因"
    D5 = "D5 永久纠正措施"
    D6 = "D6 实施与确认"
    D7 = "D7 预防再发生"
    D8 = "D8 结案确认"


@dataclass(frozen=True, slots=True)
class StepScore:
    """One D: 2 acceptable, 1 with remarks, 0 rejected, None not due yet (未到); ``remarks`` as a reviewer writes."""

    step: EightDStep
    points: int | None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The acceptance score of one 8D; ``note`` says why nothing is scored when no step has points."""

    steps: tuple[StepScore, ...]
    note: str = ""

    @property
    def total(self) -> int:
        """The points of the steps that are due."""
        return sum(score.points or 0 for score in self.steps)

    @property
    def possible(self) -> int:
        """The most that the steps due by now can reach."""
        return 2 * sum(score.points is not None for score in self.steps)

    @property
    def lowest(self) -> tuple[StepScore, ...]:
        """The weakest steps, in order; empty when nothing is below 2."""
        worst = min((score.points for score in self.steps if score.points is not None), default=2)
        return tuple(score for score in self.steps if score.points == worst) if worst < 2 else ()

    def points(self, step: EightDStep) -> int | None:
        """The points of one step, None when it is not due."""
        return next((score.points for score in self.steps if score.step is step), None)
