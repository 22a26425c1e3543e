"""What the rules say of one complaint, sentence by sentence, with the places where each sentence is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, Flag, auto


class Topic(Enum):
    """What a remark is about; the value heads it on the board and in the digest."""

    CHECK = "核对"
    REGISTRATION = "登公共台账"
    RECURRENCE = "复发"
    RESTART = "重新启动"
    DISPATCH = "派人"
    MEETING = "会议"
    CAUSES = "原因"
    ACTIONS = "措施"
    REPORT = "8D评分"
    CLOSURE = "关闭"


class Shown(Flag):
    """Where a remark is shown; the board shows all of them."""

    BOARD = auto()
    CELL = auto()    # 系统校验: needs correcting in the row, or a proposal that a person carries out there
    DIGEST = auto()  # once, to the engineer


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence; ``key`` stays the same within the case as long as nothing but time has passed.

    ``can_wait``: a line of a digest that goes anyway; it calls for none of its own.
    """

    topic: Topic
    key: str
    sentence: str
    shown: Shown = Shown.BOARD
    can_wait: bool = False
