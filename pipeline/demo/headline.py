"""What people did before a pass, as one Chinese line for the timeline: the news first, the routine counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeline.demo.edits import (
    COMPLAINTS,
    AppendRow,
    AttachPicture,
    Edit,
    FilePaper,
    RewordReport,
    SetCells,
)
from schemas.rows import SheetKind

_NAMED = 4  # more names than these are counted
_ROUTINE = "更新进展"
_MEETINGS = SheetKind.MEETINGS.value
_MEETING_WORDS = {"已确认": "定下会议", "改期": "会议改期", "取消": "会议取消", "已召开": "会议已开"}


def headline(edits: Sequence[Edit], names: Mapping[str, str]) -> str:
    """One line over ``edits``, naming cases by ``names`` (story key to customer, product); "" for no edits.

    A case that some news named is not told again among the routine.
    """
    parts, told = [], set[str]()
    for word, cases in _news(edits):
        fresh = [case for case in dict.fromkeys(cases) if word != _ROUTINE or case not in told]
        told |= set(fresh)
        if fresh:
            parts.append(f"{word}：{_listed([names.get(case, case) for case in fresh])}")
    added = Counter(edit.sheet for edit in edits if isinstance(edit, AppendRow) and edit.sheet != COMPLAINTS)
    if routine := "、".join(f"{sheet} {count} 行" for sheet, count in added.items()):
        parts.append(f"填写{routine}")
    if blanks := sum(1 for edit in edits if isinstance(edit, AppendRow) and _is_blank(edit)):
        parts.append(f"预留编号 {blanks} 个")
    return "；".join(parts)


def _is_blank(edit: AppendRow) -> bool:
    return edit.sheet == COMPLAINTS and not edit.case


def _news(edits: Sequence[Edit]) -> Iterator[tuple[str, list[str]]]:
    """What is told by name, as a word and story keys (or file names); the routine last."""
    rows = [edit for edit in edits if isinstance(edit, AppendRow | SetCells) and edit.case]
    complaints = [edit for edit in rows if edit.sheet == COMPLAINTS]
    changed = [edit for edit in complaints if isinstance(edit, SetCells)]
    yield "登记客诉", [edit.case for edit in complaints if isinstance(edit, AppendRow)]
    yield "紧急措施已定", [edit.case for edit in changed if "紧急措施时间" in edit.cells]
    yield "发送=是", [edit.case for edit in changed if edit.cells.get("发送") == "是"]
    yield "改写8D报告", [edit.case for edit in edits if isinstance(edit, RewordReport)]
    for state, word in _MEETING_WORDS.items():
        yield word, [edit.case for edit in rows if edit.sheet == _MEETINGS and edit.cells.get("状态") == state]
    yield "重新启动", [edit.case for edit in changed if edit.cells.get("状态") == "重新启动"]
    yield "关闭", [edit.case for edit in changed if "关闭日期" in edit.cells]
    yield "放入照片", [edit.case for edit in edits if isinstance(edit, AttachPicture)]
    yield "存入固化文件", [edit.name for edit in edits if isinstance(edit, FilePaper)]
    yield _ROUTINE, [edit.case for edit in changed]


def _listed(words: Sequence[str]) -> str:
    shown = "、".join(words[:_NAMED])
    return f"{shown} 等 {len(words)} 项" if len(words) > _NAMED else shown
