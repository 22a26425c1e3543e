"""The failures of decks: a template that lacks what is drawn on, a file that is no presentation."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.errors import KesuError

#: How layouts and placeholders get their names.
REMEDY = (
    "请在 PowerPoint 的“视图 → 幻灯片母版”中补上：版式用“重命名版式”改名，占位符在“开始 → 选择 → 选择窗格”中改名"
)


class DeckTemplateFault(KesuError):
    """The deck's template lacks named layouts or placeholders, or its body is too small; ``faults`` lists each."""

    def __init__(self, template: str, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"例会模板 {template}：{'；'.join(faults)}。{REMEDY}。")


class DeckUnreadable(KesuError):
    """A file under a deck's name that cannot be opened as a presentation."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} 不是能打开的 PowerPoint 文件（可能有密码、未保存完整或是别的格式）。文件保持不动；"
            "请用 PowerPoint 或 WPS 另存为 .pptx 后再试。"
        )
