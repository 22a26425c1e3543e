"""What can be wrong with a customer's form or its map, one class each, in words for the person who handles it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.documents.fault import TemplateFault
from schemas.errors import KesuError


class FormMissing(KesuError):
    """There is no file where the command looks for a form."""

    def __init__(self, path: str) -> None:
        super().__init__(f"找不到表样 {path}。请检查路径和文件名。")


class FormUnreadable(KesuError):
    """A form of a kind that cannot be read, or without anything to read."""

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(f"表样 {name} 无法使用：{reason}。{remedy}。")


class FormExists(KesuError):
    """The customer has a form already; a person decides which one goes."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} 已经存在，本次不覆盖。确要换成新表样，请先把旧的移走或改名，再重新运行。")


class TwoForms(TemplateFault):
    """A customer with more than one form: which of them counts cannot be known."""

    def __init__(self, customer: str, names: Sequence[str]) -> None:
        super().__init__(
            f"eight_d/{customer}", "", "", f"同一客户有 {len(names)} 份表样（{'、'.join(names)}）",
            "请只保留一份，其余移走或改名",
        )


class FormGone(TemplateFault):
    """The customer's form was taken away between planning and writing."""

    def __init__(self, customer: str, name: str) -> None:
        super().__init__(
            f"eight_d/{name}", "", "", f"客户“{customer}”的表样已不在模板文件夹中",
            "下一轮改用通用 8D；若是误删，请恢复该文件",
        )


class MapMissing(TemplateFault):
    """A customer's workbook without the map that says which cell takes what."""

    def __init__(self, form: str, expected: str) -> None:
        super().__init__(
            form, "", "", f"缺少对照表 {expected}", "请用 kesu templates adopt 重新生成，或从备份恢复该文件"
        )


class MapFault(TemplateFault):
    """A line of the map that cannot be understood."""

    def __init__(self, name: str, place: str, reason: str, remedy: str) -> None:
        super().__init__(name, place, "", reason, remedy)
