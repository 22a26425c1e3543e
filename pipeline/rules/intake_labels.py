"""The words by which mails name a ledger field: the ledger's own headings and aliases, and what letters add."""

from __future__ import annotations

import re

from schemas.columns import SheetField
from schemas.rows import Complaint
from schemas.values.text import half_width
from schemas.values.traditional import simplified

#: Fields that a mail from outside never decides: ours, people's, or later steps of the process.
_NOT_FROM_MAIL = frozenset({
    "number", "engineer", "department", "status", "level", "liability", "supplier", "process", "occurrence_cause",
    "escape_cause", "cause_rank", "reproduction_trials", "reproduced", "reproduction", "d3_sent", "d5_sent", "d8_sent",
    "closed", "interim_actions", "lasting_actions", "paused_because", "customer_agreed_day", "related", "lead_or_part",
    "restarts", "review_reason", "lesson", "take_in", "release", "note", "feedback", "folder_link", "break_point_day",
    "break_point_lot", "containment", "contained_at", "close_due", "plant", "management_knows",
})
#: Words of the ledger that mean something else, or anything, in a letter.
_NOT_IN_LETTERS = frozenset({
    "日期", "时间", "date", "发生日期", "登记日期", "受理日期", "受理时间", "发布日期", "发起日期", "开单日期",
    "立案日期", "提报日期", "通报日期", "申报日期", "issue date", "open date", "date opened", "no.", "编号", "单号",
    "主题", "类型", "名称", "来源", "工厂", "plant", "part", "product", "description", "issue", "lot", "说明",
    "诉求", "基地", "科室", "联系人电话",
})
_MORE = {
    "part_number": ("物料编号", "产品件号", "产品图号", "型号", "规格型号", "零件代号", "item no.", "part no",
                    "故障件图号", "故障件号", "故障件代码"),
    "product": ("零件", "部件", "部件名称", "产品品名", "零部件名称", "物料", "故障件名称", "故障件"),
    "phenomenon": ("不良情况", "问题内容", "缺陷现象", "失效现象", "异常现象", "异常内容", "异常描述", "故障描述",
                   "质量问题", "缺陷", "问题点", "不良项目"),
    "defects": ("不合格件数", "不良个数", "不良品数", "不良品数量", "缺陷数", "问题件数", "异常数", "不良件", "ng数量"),
    "lot": ("批次号码", "产品批号", "来料批次", "lot no", "batch no"),
    "lot_size": ("批次总数", "检查数量", "送货数量", "总数量", "到货数量", "投入数量", "批次数", "来料总数",
                 "抽查数", "抽检数", "来料数", "检验数量", "检验数", "抽检总数", "总投入", "总投入数"),
    "customer_ref": ("客户投诉编号", "客户编号", "ncr编号", "ncr no.", "ncr号", "通知单号", "索赔单号"),
    "reporter_contact": ("电话", "手机", "手机号", "tel", "tel.", "mobile", "phone", "联系方法", "联络电话"),
    "reporter": ("客户反馈人员", "联络人", "contact"),
    "received": ("客户反馈时间", "投诉接收时间"),
    "project": ("使用车型", "配套车型", "搭载车型"),
    "daily_usage": ("每日用量", "日均用量", "每天用量"),
    "good_stock": ("现场库存", "良品数量", "线边库存"),
    "d3_due": ("d3回复期限", "3d回复期限", "d3提交期限", "d3截止日期", "围堵措施回复期限"),
    "d8_due": ("8d回复期限", "8d提交期限", "8d报告提交日期", "8d报告要求日期"),
    "wants_8d": ("需要8d", "8d报告要求", "是否需要8d报告", "是否提交8d"),
    "line_stop": ("是否影响生产停线", "是否有停线风险", "停线/甩车"),
}
#: Labels whose words fit more than one field: the value is proposed, never taken for certain.
_LOOSE = {
    "部门": "reporter_department", "数量": "defects", "问题": "phenomenon", "现象": "phenomenon", "qty": "defects",
    "quantity": "defects", "问题简述": "phenomenon", "描述": "phenomenon",
    "发生地点": "customer_site", "使用地点": "customer_site",
}
_TABLE_ONLY = {"日期": "received", "时间": "received", "数量": "defects", "名称": "product", "问题": "phenomenon",
               "现象": "phenomenon", "主题": "phenomenon", "型号": "part_number"}

_ITEM = re.compile(
    r"^\s*(?:[(（\[【]?(?:\d{1,2}|[一二三四五六七八九十]{1,2}|[a-z])[)）\].】、．]+)?[\s\-•·●▪■◆*※>]*", re.IGNORECASE
)
_UNIT = re.compile(r"[(（][^()（）]{0,8}[)）]$")


def folded(label: str) -> str:
    """A label as it is compared: half-width, simplified, without numbering, brackets, blanks and units."""
    text = simplified(half_width(label).casefold())
    text = _UNIT.sub("", text.strip(" *【】[]「」『』:：").strip())
    return "".join(text.split())


FIELDS: dict[str, SheetField] = {field.name: field for field in Complaint.fields()}


def _vocabulary() -> dict[str, str]:
    words: dict[str, str] = {}
    banned = {folded(word) for word in _NOT_IN_LETTERS}
    for name, field in FIELDS.items():
        if name in _NOT_FROM_MAIL:
            continue
        for word in (field.column.heading, *field.column.aliases, *_MORE.get(name, ())):
            key = folded(word)
            if key not in banned and key not in _LOOSE:
                words.setdefault(key, name)
    return words


_WORDS = _vocabulary()
_LONGEST = max(len(word) for word in (*_WORDS, *_LOOSE))


def field_of_label(label: str) -> tuple[str, bool] | None:
    """(field, whether the label leaves no choice) of a line's label; None for words that name no field."""
    if len(label) > _LONGEST + 12:
        return None
    key = folded(_ITEM.sub("", label, count=1)) or folded(label)
    for word in (key, folded(label)):
        if word in _WORDS:
            return _WORDS[word], True
        if word in _LOOSE:
            return _LOOSE[word], False
    return None


def field_of_heading(heading: str) -> tuple[str, bool] | None:
    """The same for a column of a table, whose words may be shorter since their neighbours explain them."""
    found = field_of_label(heading)
    if found is not None:
        return found[0], True
    name = _TABLE_ONLY.get(folded(heading), "")
    return (name, True) if name else None


def without_item_number(line: str) -> str:
    """A line without the numbering or bullet in front."""
    return _ITEM.sub("", line, count=1)
