"""What is asked of the customer, and who should go and look: the decisions of process step 3 and their settings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from pydantic import Field, field_validator

from schemas.decisions import Question
from schemas.rows import Complaint
from schemas.section import Section
from schemas.values import Level

#: Heading of the question for pictures, which stand in the case folder and not in a column.
PHOTOS = "不良照片或视频"
_HEADINGS = frozenset(field.column.heading for field in Complaint.fields())
_PLACE = ("安装方式", "安装孔径", "管径")
_ORIGIN = ("生产日期", "模具号/穴号")


def _known(headings: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [heading for heading in headings if heading not in _HEADINGS]
    if unknown:
        raise ValueError(f"客诉台账没有“{'、'.join(unknown)}”这一列，请写台账的标准列名")
    return headings


class FailureQuestions(Section):
    """What one class of failure asks on top: the words it is known by, and the ledger columns needed."""

    words: tuple[str, ...] = Field(min_length=1)
    ask: tuple[str, ...]

    @field_validator("ask")
    @classmethod
    def _columns(cls, headings: tuple[str, ...]) -> tuple[str, ...]:
        return _known(headings)


_FAILURES = (
    FailureQuestions(
        words=("难装", "装不进", "装不上", "插不进", "装配困难", "安装困难", "装配力大", "插入力大"), ask=_PLACE
    ),
    FailureQuestions(words=("脱落", "松脱", "脱开", "松动", "掉落", "拔脱"), ask=("安装方式", "管径")),
    FailureQuestions(words=("泄漏", "泄露", "渗漏", "漏水", "漏液", "漏气", "漏油", "渗水"), ask=("安装方式", "管径")),
    FailureQuestions(words=("断裂", "开裂", "破裂", "裂纹"), ask=("安装方式", *_ORIGIN)),
    FailureQuestions(words=("尺寸", "超差", "偏大", "偏小", "变形"), ask=("安装孔径", "管径", *_ORIGIN)),
    FailureQuestions(words=("外观", "划伤", "色差", "毛刺", "飞边", "缺料", "缩水", "气泡"), ask=_ORIGIN),
    FailureQuestions(words=("混料", "错装", "漏装", "短装", "标识", "包装"), ask=("生产日期",)),
)


class InquirySetting(Section):
    """Questions by class of failure, matched in 失效类别 and 不良现象; every matching class counts."""

    failures: tuple[FailureQuestions, ...] = _FAILURES


class DispatchSetting(Section):
    """When somebody should go to the customer; hours run by the calendar from 接诉时间."""

    resident_after_hours: float = Field(default=4, ge=0)
    travel_after_hours: float = Field(default=24, ge=0)
    at_once_from: Level = Level.URGENT
    key_facts: tuple[str, ...] = ("产品编号", "不良现象", "不良数量", "不良批次", *_PLACE)

    @field_validator("key_facts")
    @classmethod
    def _columns(cls, headings: tuple[str, ...]) -> tuple[str, ...]:
        return _known(headings)


class Addressee(Enum):
    """Who answers the questions; the channel decides."""

    CUSTOMER = "客户"
    RESIDENT = "驻线"
    MARKETING = "营销部"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The answers still missing, who is asked, and why what is asked."""

    questions: tuple[Question, ...]
    addressee: Addressee
    reasons: tuple[str, ...]


class Trip(Enum):
    """Who goes."""

    RESIDENT = "驻线前往"
    TRAVEL = "出差"


@dataclass(frozen=True, slots=True)
class DispatchProposal:
    """Somebody should go and look; ``person`` is empty when 通讯录 names nobody. A human decides."""

    trip: Trip
    person: str
    contact: str
    missing: tuple[str, ...]
    reasons: tuple[str, ...]
