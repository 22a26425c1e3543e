"""What the 填写说明 sheet of the ledger template says: how to work with the ledger, and how to fill each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.ledger.blank_style import BLUE, BOX, DARK, FONT, GREY, fill, print_setup
from schemas.columns import KindName, SheetField
from schemas.rows import SheetKind

TEMPLATE_VERSION = "1.0"

HOW_TO = (
    "每件客诉在“客诉台账”占一行。接诉时间、客户、产品、不良现象填好并静置 10 分钟后,系统自动编号并建资料文件夹。",
    "蓝色标题为核心列,请尽量填全;灰色标题为可选列,点列标上方的 [+] 展开。整列不用时可以删除,也可以另加自己的列。",
    "“系统校验”“资料链接”由系统填写,请不要手工修改;“系统校验”变为黄色时,按其中的提示更正本行。",
    "编号可以留空由系统给出,也可以先填好;已经给出的编号请不要改动或重复使用。",
    "状态只由人填写:待确认 → 调查 → 分析 → 整改 → 跟踪 → 关闭;另有 暂停、重新启动、不成立、作废、合并至 某编号。",
    "状态为“待确认”时,通知不会发给他人;改为“调查”(或 发送=是)后,责任部门才会收到通知。",
    "其他工作表(围堵、变化点、原因分析、措施跟踪、会议、跟踪回访)每行先选客诉编号,再填内容。",
    "“通讯录”请填姓名、部门、邮箱和直属上级,提醒和通知按它发送。",
    "保存后请关闭文件:文件被打开时系统不会写入,结果先显示在“客诉看板.html”。",
)

_BY_KIND: dict[KindName, tuple[str, str]] = {
    "text": ("文字", ""),
    "id": ("编号,按文本填写", ""),
    "moment": ("日期和时刻", "2026-03-05 14:20"),
    "day": ("日期", "2026-03-05"),
    "quantity": ("整数,不带单位", "50"),
    "rate": ("比率", "3% 或 3000PPM"),
    "money": ("金额,元", "1200"),
    "yes_no": ("是 或 否", "是"),
    "people": ("姓名,多人用顿号分开", "张三、李四"),
    "choice": ("从下拉列表选择", ""),
}
_NOTES: dict[tuple[SheetKind, str], tuple[str, str]] = {
    (SheetKind.COMPLAINTS, "number"): ("可留空,由系统给出;已有编号照填", "KS-202603-001"),
    (SheetKind.COMPLAINTS, "received"): ("接到投诉的日期和时刻,紧急措施从此时起 30 分钟内确定", "2026-03-05 14:20"),
    (SheetKind.COMPLAINTS, "customer"): ("客户简称,同一客户请始终用同一写法", "华远汽车"),
    (SheetKind.COMPLAINTS, "phenomenon"): ("看到的现象,不写推测:在哪里、什么样、何时发现", "装车后接头处渗水"),
    (SheetKind.COMPLAINTS, "lot"): ("不良品所属批次,多个批次用顿号分开", "20260301A"),
    (SheetKind.COMPLAINTS, "engineer"): ("负责本件客诉的质量工程师,须在通讯录中", "张三"),
    (SheetKind.COMPLAINTS, "lot_size"): ("不良批次的总数量,用来核对不良率", "1200"),
    (SheetKind.COMPLAINTS, "failure_class"): ("失效的类别,决定要向客户询问什么", "泄漏、脱落、难装、外观"),
    (SheetKind.COMPLAINTS, "take_in"): ("上线前已有的客诉填 是,纳入提醒和文件", "是"),
    (SheetKind.COMPLAINTS, "release"): ("填 是,立即通知责任部门,不等状态改变", "是"),
    (SheetKind.COMPLAINTS, "lead_or_part"): ("多件合写一份 8D 时:主 或 从", "主"),
    (SheetKind.COMPLAINTS, "feedback"): ("系统填写:本行需要更正或补充的内容", ""),
    (SheetKind.COMPLAINTS, "folder_link"): ("系统填写:点击打开资料文件夹", ""),
    (SheetKind.COMPLAINTS, "reproduction_trials"): ("故障再现共试了几次", "10"),
    (SheetKind.COMPLAINTS, "reproduced"): ("其中再现了几次", "3"),
    (SheetKind.COMPLAINTS, "restarts"): ("关闭后重新启动的次数", "1"),
    (SheetKind.WHYS, "step"): ("1 到 5", "1"),
    (SheetKind.ACTIONS, "action_number"): ("同一客诉内的序号", "1"),
    (SheetKind.MEETINGS, "round"): ("第几次会议", "1"),
    (SheetKind.CONTACTS, "mail"): ("收通知用的邮箱", "zhangsan@example.com"),
    (SheetKind.CONTACTS, "leave"): ("请假起止,期间通知发给代理人", "2026-03-05 至 2026-03-09"),
    (SheetKind.CONTACTS, "role"): ("部门负责人、检验班长、驻线人员等,用于推荐参会人", "部门负责人"),
}


def note_for(kind: SheetKind, field: SheetField) -> tuple[str, str]:
    """How to fill a column and an example, in the words of the plant."""
    if own := _NOTES.get((kind, field.name)):
        return own
    if field.name == "number" and kind is not SheetKind.COMPLAINTS:
        return "所属客诉的编号,从下拉列表选择", "KS-202603-001"
    how, example = _BY_KIND[field.kind.name]
    return how, example or "、".join(field.kind.choices)


def draw_guide(sheet: Worksheet, now: datetime, columns: Mapping[SheetKind, Sequence[SheetField]]) -> None:
    """Write the whole sheet: version, how to work, and every column of every sheet in template order."""
    sheet.sheet_view.showGridLines = False
    for letter, width in zip("ABCDE", (14, 20, 44, 40, 10), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet["A1"] = "客诉台账 填写说明"
    sheet["A1"].font = Font(name=FONT, size=16, bold=True, color=DARK)
    sheet.row_dimensions[1].height = 30
    sheet["A2"] = f"模板版本 {TEMPLATE_VERSION}({now:%Y-%m-%d})"
    sheet["A2"].font = Font(name=FONT, size=9, color=GREY)
    row = 4
    for number, line in enumerate(HOW_TO, 1):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=5)
        cell = sheet.cell(row, 1, f"{number}. {line}")
        cell.font, cell.alignment = Font(name=FONT, size=10), Alignment(wrap_text=True, vertical="center")
        sheet.row_dimensions[row].height = 20
        row += 1
    row += 1
    for kind, fields in columns.items():
        row = _table(sheet, kind, fields, row) + 1
    print_setup(sheet, 1)


def _table(sheet: Worksheet, kind: SheetKind, fields: Sequence[SheetField], row: int) -> int:
    """One sheet's columns explained; returns the row after the table."""
    for column, text in enumerate((kind.value, "列", "怎么填", "示例或可选内容", "要求"), 1):
        cell = sheet.cell(row, column, text)
        cell.font = Font(name=FONT, size=10, bold=True, color="FFFFFF")
        cell.fill, cell.border = fill(BLUE), BOX
        cell.alignment = Alignment(vertical="center")
    row += 1
    for field in fields:
        how, example = note_for(kind, field)
        need = "系统" if field.column.ours else "核心" if field.column.core else "可选"
        for column, text in enumerate((field.column.group, field.column.heading, how, example, need), 1):
            cell = sheet.cell(row, column, text)
            cell.font, cell.border = Font(name=FONT, size=10), BOX
            cell.alignment = Alignment(wrap_text=True, vertical="center")
            cell.number_format = "@"
        sheet.row_dimensions[row].height = 28 if len(example) > 24 or len(how) > 26 else 16
        row += 1
    return row
