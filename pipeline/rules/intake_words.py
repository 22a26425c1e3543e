"""The words by which letters name a ledger field, beside the ledger's own headings and aliases."""

from __future__ import annotations

from collections.abc import Iterable


def _joined(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    """Every word of one list before every word of another."""
    behind = tuple(second)
    return tuple(f"{one} {other}".strip() for one in first for other in behind)


def _both_ways(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    """The same in either order: English forms write Rejected Qty and Qty rejected."""
    return (*_joined(first, second), *_joined(second, first))


_COUNTED = ("qty", "quantity", "pcs")
_NO = ("no", "number", "id", "#")
_WRONG = ("不良", "不良品", "不良件", "不合格", "不合格品", "缺陷", "缺陷件", "异常", "异常件", "故障", "故障件",
          "失效", "失效件", "问题件", "不具合", "ng", "ng品", "nok", "发生")
_PIECE = ("产品", "零件", "部件", "零部件", "部品", "物料", "配件", "故障件", "不良件", "问题件", "失效件")
_DUE = ("due", "due date", "due on", "deadline", "required by", "截止", "截止日", "截止日期", "截止时间", "期限",
        "要求日期", "要求时间", "回复期限", "答复期限", "回答期限", "提交期限", "完成期限", "回复截止日期",
        "提交截止日期", "回复截止时间", "提交截止时间", "节点", "节点日期", "节点时间")

#: Fields that a mail from outside never decides: ours, people's, or later steps of the process.
NOT_FROM_MAIL = frozenset({
    "number", "engineer", "department", "status", "level", "liability", "supplier", "process", "occurrence_cause",
    "escape_cause", "cause_rank", "reproduction_trials", "reproduced", "reproduction", "d3_sent", "d5_sent", "d8_sent",
    "closed", "interim_actions", "lasting_actions", "paused_because", "customer_agreed_day", "related", "lead_or_part",
    "restarts", "review_reason", "lesson", "take_in", "release", "note", "feedback", "folder_link", "break_point_day",
    "break_point_lot", "containment", "contained_at", "close_due", "plant", "management_knows",
})
#: Words of the ledger that mean something else, or anything, in a letter.
NOT_IN_LETTERS = frozenset({
    "日期", "时间", "date", "发生日期", "登记日期", "受理日期", "受理时间", "发布日期", "发起日期", "开单日期",
    "立案日期", "提报日期", "通报日期", "申报日期", "issue date", "open date", "date opened", "no.", "编号", "单号",
    "主题", "类型", "名称", "来源", "工厂", "plant", "part", "product", "description", "issue", "lot", "说明",
    "诉求", "基地", "科室", "联系人电话",
})
#: Labels of who receives or carries goods: the name and telephone behind them are no reporter's.
CARRIERS = (
    *_joined(("收货", "送货", "发货", "提货", "取货", "取件", "收件", "寄件", "寄送", "邮寄", "退货", "物流", "交货"),
             ("人", "方", "地址", "地点", "联系人", "信息", "单位", "电话", "人电话", "联系电话")),
    "司机", "司机电话", "承运人", "仓管员", "仓库联系人", "deliver to", "ship to", "delivery address", "consignee",
    "shipping address", "receiver", "driver",
)
MORE: dict[str, tuple[str, ...]] = {
    "part_number": ("型号", "规格型号", "item no", "part no", "part #", "item number", "material number", "article no",
                    "article number", "drawing no", "drawing number", "客户图号", "客户件号", "品番", "故障件号",
                    "不良件号",
                    *_joined(_PIECE, ("编号", "图号", "件号", "料号", "代号", "代码", "编码", "型号", "品番"))),
    "product": ("零件", "部件", "物料", "故障件", *_joined(_PIECE, ("名称", "品名", "名")), "material name",
                "material description", "item name", "item description", "article"),
    "phenomenon": ("问题内容", "质量问题", "缺陷", "问题点", "不良项目", "failure", "failure symptom", "symptom",
                   "nonconformity", "nonconformance", "fault description", "fault", "defect details",
                   "problem details", "问题标题", "退货原因", "拒收原因", "reason for complaint", "complaint reason",
                   *_joined((*_WRONG, "问题", "质量问题", "投诉", "抱怨"), (
                       "现象", "内容", "情况", "描述", "说明", "详情", "状况", "现象描述", "情况描述", "内容描述",
                       "详细描述"))),
    "defects": (*_joined(_WRONG, ("数", "数量", "件数", "个数", "总数", "总数量")), "不良件", "发生数", "发生件数",
                "number of defects", "no of defects", "nok parts", "defective parts", "rejected parts", "ng parts",
                *_both_ways(("rejected", "reject", "defective", "defect", "nok", "not ok", "ng", "failed",
                             "nonconforming", "faulty", "complained", "complaint"), _COUNTED)),
    "lot": ("lot no", "batch no", "batch number", "batch code", "lot code", "batch id", *_joined(
        ("", "产品", "零件", "生产", "制造", "来料", "到货", "供货", "不良", "不良品", "问题", "涉及", "故障件"),
        ("批次", "批号", "批次号", "批次号码", "批次编号"))),
    "lot_size": ("批次总数", "批次数", "总数量", "抽查数", "抽检数", "抽检总数", "抽查数量", "总投入", "总投入数",
                 "已查数", "已检数", "本批数量",
                 *_joined(("来料", "到货", "送货", "交货", "供货", "投入", "检查", "检验"), (
                     "数", "数量", "总数", "总数量", "件数")), "lot size", "batch size",
                 *_both_ways(("delivered", "delivery", "received", "shipped", "lot", "batch", "gr"), _COUNTED)),
    "customer_ref": ("客户编号", "文号", "发文字号", "ncr编号", "ncr号", "qn号", "qn编号",
                     "客户投诉编号", "our reference", "our ref",
                     *_joined(("complaint", "claim", "notification", "qn", "ncr", "ncmr", "ticket", "case", "report",
                               "reference", "ref"), _NO),
                     *_joined(("投诉", "抱怨", "通知", "通知单", "质量通知单", "索赔", "异常", "异常单", "不合格",
                               "不合格品", "不合格单", "不良单", "反馈单", "质量反馈单", "联络单", "案件", "检验",
                               "检验单", "函", "函件", "联络函", "反馈函", "索赔函", "通知书", "联络书", "发文",
                               "退货", "退货单", "退货通知", "退货通知单"),
                              ("单号", "编号", "号"))),
    "reporter_contact": ("电话", "手机", "手机号", "tel", "mobile", "phone", "联系方法", "联络电话", "mob", "telephone",
                         "cell", "phone no", "phone number", "tel no", "contact no", "contact number"),
    "reporter": ("客户反馈人员", "联络人", "contact", "contact person", "reported by", "issued by", "报告人", "提出人",
                 "反馈者", "对接人", "签发人", "质量联系人", "来电人", "致电人", "来电者"),
    "received": ("date of complaint", *_joined(("来电", "来函", "通话", "接电"), ("时间", "日期")), "客户反馈时间",
                 "投诉接收时间", "客户反馈日", "反馈日", "投诉日", "客诉日", "来函日", "接诉日"),
    "project": ("使用车型", "配套车型", "搭载车型", "vehicle model", "car model"),
    "produced": ("date of manufacture", "manufacturing date", "date of production", "mfg date"),
    "mould_cavity": ("mould no", "mold no", "cavity no", "cavity"),
    "rate": (*_joined(_WRONG, ("率", "比例", "比率", "占比", "ppm")), "ppm值", "reject rate", "rejection rate",
             "ng rate", "failure rate"),
    "cost": (*_joined(("索赔", "索赔金额", "费用", "费用金额", "扣款", "赔偿"), ("合计", "总计", "总额", "金额合计")),
             "扣款金额", "claim amount", "claimed amount", "claimed cost", "claimed costs", "claim cost"),
    "failure_class": ("defect type", "defect category", "failure type"),
    "customer_request": (*_joined(("我方", "我司", "我部", "客户方"), ("诉求", "要求")), "customer request",
                         "requested action", "requested actions"),
    "daily_usage": ("每日用量", "日均用量", "每天用量", "daily usage", "daily consumption"),
    "good_stock": ("现场库存", "良品数量", "线边库存"),
    "d3_due": _joined(("d3", "3d", "围堵措施", "临时措施", "containment", "containment action",
                       "interim action", "暂定对策", "暂定措施"), _DUE),
    "d5_due": _joined(("d5", "5d", "d4-d5", "d4/d5", "原因分析"), _DUE),
    "safety_part": ("safety part", "safety critical", "safety relevance", *_joined(("", "is part", "part"), (
                        "safety relevant", "safety related")), "安规件",
                    *_joined(("是否", "是否为", "是否属"), ("安全件", "法规件", "安全法规件", "安规件", "安全相关"))),
    "d8_due": ("8d报告提交日期", "8d报告要求日期", *_joined(("8d", "8d report", "8d报告"), _DUE)),
    "wants_8d": ("8d报告要求", *_joined(("", "是否", "是否需", "是否需要", "是否要求", "是否提交", "是否出具", "需要",
                                      "要求"), ("8d报告",)),
                 *_joined(("需要", "要求", "是否提交", "是否出具"), ("8d",)),
                 *_joined(("8d", "8d report"), ("", "required", "requested", "needed", "request", "requirement"))),
    "line_stop": ("是否影响生产停线", "是否有停线风险", "停线/甩车", "停线与否", "停线情况",
                  *_joined(("是否", "有无", "有否"), ("停线", "停产", "断线", "甩车", "停线风险")),
                  *_joined(("是否造成", "是否导致", "是否引起"), ("停线", "停产", "断线", "甩车")),
                  *_joined(("line", "production"), ("stop", "stopped", "stoppage", "down", "interrupted", "risk"))),
}
#: Labels that name nothing of ours and end the value before them.
OTHER_LABELS = (
    "传真", "fax", "fax no", "电传", "邮箱", "电子邮箱", "电邮", "邮件", "邮件地址", "e-mail", "email", "mail", "邮编",
    "地址", "公司地址", "address", "网址", "web", "website", "www", "微信号", "wechat", "qq", "qq号", "分机", "ext",
    "发生日", "发生工程", "确认", "承认", "判定", "处置", "disposition",
    "单位", "计量单位", "unit",
)
#: Labels whose words fit more than one field: the value is proposed, never taken for certain.
LOOSE = {
    "部门": "reporter_department", "数量": "defects", "问题": "phenomenon", "现象": "phenomenon", "qty": "defects",
    "quantity": "defects", "件数": "defects", "问题简述": "phenomenon", "描述": "phenomenon",
    **dict.fromkeys(("填写人", "填表人", "检验员", "作成", "作成者", "制单人", "经办人", "发出人"), "reporter"),
    "发生地点": "customer_site", "使用地点": "customer_site", "ng": "defects", "nok": "defects",
    "notification": "customer_ref", "报告编号": "customer_ref", "问题编号": "customer_ref",
    **dict.fromkeys(("checked", "inspected", "delivered"), "lot_size"),
    **dict.fromkeys(("抽检数量", "抽样数量", "抽样数", "sample size", "total qty", "total quantity", *_both_ways(
        ("checked", "inspected", "inspection", "sample", "sampled", "tested", "sorted"), _COUNTED)), "lot_size"),
}
TABLE_ONLY = {"日期": "received", "时间": "received", "数量": "defects", "名称": "product", "问题": "phenomenon",
              "现象": "phenomenon", "主题": "phenomenon", "型号": "part_number",
              **dict.fromkeys(("rejected", "rejects", "defective", "不良", "不合格"), "defects"),
              **dict.fromkeys(("投入", "来料", "到货", "检验", "抽检", "检查"), "lot_size")}
#: Headings that count anything, among those for what is wrong.
COUNTS_ANYTHING = frozenset({"数量", "qty", "quantity"})
