"""The rows people keep: one pydantic model per sheet of the ledger workbook, its fields in column order."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from pydantic import BeforeValidator

from schemas.columns import (
    Column,
    Day,
    Id,
    Kind,
    MailAddress,
    Money,
    People,
    PlannedDay,
    Quantity,
    Rate,
    SheetRow,
    Text,
    TimeOfEvent,
    YesNo,
    choice,
)
from schemas.values import (
    ActionKind,
    CausePath,
    CauseRank,
    FactorM,
    Level,
    Liability,
    MeetingState,
    ProblemType,
    Review,
    Source,
    Status,
    Verdict,
    parse_status,
)

C = Column

_SOURCE, _TYPE, _LEVEL, _LIABILITY = choice(Source), choice(ProblemType), choice(Level), choice(Liability)
_RANK, _FACTOR, _VERDICT, _PATH = choice(CauseRank), choice(FactorM), choice(Verdict), choice(CausePath)
_ACTION, _REVIEW, _MEETING = choice(ActionKind), choice(Review), choice(MeetingState)



def _status(value: object) -> Status | None:
    entry = parse_status(value)
    return entry[0] if entry else None  # "合并至 KS-…": the target stays readable in the row's typed text


_STATUS = (BeforeValidator(_status), Kind("choice", tuple(member.value for member in Status)))
_WHO, _PRODUCT, _WHERE, _RISK = "反馈人与客户", "产品与批次", "安装与失效", "风险与等级"
_CAUSE, _CLOCKS, _STEERING = "原因与措施", "要求日与提交日", "管理"


class SheetKind(Enum):
    """The sheets of the workbook; the value is the standard sheet name."""

    COMPLAINTS = "客诉台账"
    CONTAINMENTS = "围堵"
    CHANGE_POINTS = "变化点"
    WHYS = "原因分析"
    ACTIONS = "措施跟踪"
    MEETINGS = "会议"
    CALLBACKS = "跟踪回访"
    CONTACTS = "通讯录"


class Complaint(SheetRow):
    """One customer complaint (客诉台账); the first twelve are the core columns."""

    number: Annotated[Id, C("客诉编号", ("投诉编号", "客诉单号", "客诉号", "投诉单编号", "客户抱怨编号", "案件编号", "8D编号", "编号", "No.", "Complaint No.", "案号", "单号", "8D报告编号", "8D No.", "Complaint Number", "Claim No.", "投诉序号"), core=True)] = None
    received: Annotated[TimeOfEvent, C("接诉时间", ("接诉日期", "投诉日期", "投诉时间", "客诉日期", "客诉时间", "接收日期", "接到投诉时间", "反馈日期", "反馈时间", "发生日期", "受理日期", "受理时间", "登记日期", "日期", "Date", "发布日期", "发起日期", "提出日期", "开单日期", "立案日期", "提报日期", "通报日期", "申报日期", "客户反馈日期", "接到日期", "接报日期", "Complaint Date", "Date Received", "Received Date", "Received", "Issue Date", "Open Date", "Date Opened"), core=True)] = None
    customer: Annotated[Text, C("客户", ("客户名称", "客户简称", "投诉客户", "主机厂", "顾客", "顾客名称", "Customer", "反馈客户", "投诉单位", "反馈单位", "客户单位", "客户名", "OEM", "Customer Name", "Client"), core=True)] = None
    product: Annotated[Text, C("产品名称", ("品名", "零件名称", "产品", "物料名称", "部品名称", "名称", "Part Name", "投诉产品", "不良产品", "物料描述", "涉及产品", "Part Description", "Part", "Product", "Product Name"), core=True)] = None
    part_number: Annotated[Id, C("产品编号", ("零件号", "产品编号(零件号)", "图号", "零件图号", "料号", "物料编码", "物料号", "零件编号", "产品图号", "产品代码", "产品型号", "P/N", "Part No.", "Part Number", "PN", "物料代码", "零部件号", "件号", "Material No."), core=True)] = None
    phenomenon: Annotated[Text, C("不良现象", ("问题描述", "投诉内容", "客诉内容", "不良描述", "故障现象", "问题现象", "不良内容", "缺陷描述", "抱怨内容", "反馈问题", "Problem Description", "现象", "问题", "主题", "异常", "投诉问题", "问题简述", "Issue Description", "Issue", "Problem", "Defect Description", "Defect", "Complaint Description", "Failure Description", "Failure Mode", "Description"), core=True)] = None
    defects: Annotated[Quantity, C("不良数量", ("不良数", "不合格数", "不合格数量", "缺陷数量", "不良件数", "NG数", "故障数量", "Qty", "投诉数量", "异常数量", "问题数量", "NG Qty", "Qty NOK", "NOK Qty", "Defect Qty", "Defect Quantity", "Quantity"), core=True)] = None
    lot: Annotated[Id, C("不良批次", ("批次", "批次号", "生产批次", "批号", "产品批次", "Lot No.", "Batch", "Batch No.", "Lot", "Lot Number", "涉及批次", "问题批次"), core=True)] = None
    engineer: Annotated[Text, C("质量工程师", ("负责工程师", "品质工程师", "责任工程师", "QE", "主担", "跟进人", "处理人", "品质担当", "质量负责人", "我方责任人", "Quality Engineer", "客诉工程师", "CQE", "QE担当", "担当QE", "SQE担当", "质量担当"), core=True)] = None
    department: Annotated[Text, C("责任部门", ("责任单位", "责任车间", "责任科室", "责任归属部门", "Responsible Dept", "Responsible Department", "Department", "责任归口部门"), core=True)] = None
    status: Annotated[Status | None, *_STATUS, C("状态", ("处理状态", "进度", "当前状态", "项目状态", "进展状态", "结案状态", "是否关闭", "是否结案", "Status", "结案情况", "关闭情况", "关闭状态", "Open/Closed", "Open/Close", "是否完成", "是否闭环", "Current Status", "整改状态"), core=True)] = None
    level: Annotated[Level | None, *_LEVEL, C("客诉等级", ("等级", "严重度", "严重程度", "投诉等级", "问题等级", "紧急程度", "Level", "风险等级", "Severity", "Priority", "重要度", "重要程度", "定级", "客诉定级", "缺陷等级", "不良等级"), core=True)] = None

    plant: Annotated[Text, C("生产工厂", ("工厂", "生产基地", "制造工厂"), group=_PRODUCT)] = None
    source: Annotated[Source | None, *_SOURCE, C("信息来源", ("来源", "反馈渠道", "投诉渠道", "信息渠道", "反馈方式", "投诉方式"), group=_WHO)] = None
    problem_type: Annotated[ProblemType | None, *_TYPE, C("问题类型", ("问题分类", "投诉类型", "客诉类型", "类型"), group=_WHO)] = None
    customer_site: Annotated[Text, C("客户基地", ("客户工厂", "基地", "客户厂区", "发生地点", "使用地点", "Customer Plant", "Plant", "客户地点", "客户端地点"), group=_WHO)] = None
    customer_ref: Annotated[Id, C("客户投诉单号", ("客户单号", "客户8D编号", "客户投诉编号", "外部单号"), group=_WHO)] = None
    reporter: Annotated[Text, C("反馈人", ("投诉人", "客户联系人", "联系人", "客户反馈人", "客户担当", "Contact Person"), group=_WHO)] = None
    reporter_position: Annotated[Text, C("职务", ("反馈人职务", "职位"), group=_WHO)] = None
    reporter_department: Annotated[Text, C("部门科室", ("客户部门", "反馈部门", "科室"), group=_WHO)] = None
    reporter_duty: Annotated[Text, C("负责工作", ("反馈人负责工作",), group=_WHO)] = None
    reporter_contact: Annotated[Id, C("联系方式", ("反馈人电话", "联系电话", "客户电话"), group=_WHO)] = None
    customer_request: Annotated[Text, C("客户诉求", ("客户要求", "诉求"), group=_WHO)] = None
    project: Annotated[Text, C("车型/项目", ("车型", "项目", "适用车型", "机种", "车型项目", "Project", "Model", "Vehicle"), group=_PRODUCT)] = None
    produced: Annotated[Day, C("生产日期", ("制造日期", "生产日", "Production Date", "Mfg Date"), group=_PRODUCT)] = None
    mould_cavity: Annotated[Id, C("模具号/穴号", ("模具号", "模号", "穴号", "模穴号", "模具编号"), group=_PRODUCT)] = None
    shift: Annotated[Text, C("班次", ("班别", "生产班次"), group=_PRODUCT)] = None
    lot_size: Annotated[Quantity, C("批量数", ("批量", "批次数量", "来料数量", "交货数量", "总数", "投入数"), group=_PRODUCT)] = None
    rate: Annotated[Rate, C("不良率", ("不良比例", "不合格率", "PPM", "缺陷率", "Defect Rate", "NG率"), group=_PRODUCT)] = None
    daily_usage: Annotated[Quantity, C("客户日用量", ("日用量", "日需求量"), group=_RISK)] = None
    good_stock: Annotated[Quantity, C("客户良品库存", ("良品库存", "客户库存"), group=_RISK)] = None
    installation: Annotated[Text, C("安装方式", ("装配方式",), group=_WHERE)] = None
    hole_diameter: Annotated[Text, C("安装孔径", ("孔径",), group=_WHERE)] = None
    tube_diameter: Annotated[Text, C("管径", (), group=_WHERE)] = None
    failure_class: Annotated[Text, C("失效类别", ("不良类别", "失效模式", "缺陷类别", "不良分类", "缺陷类型", "不良类型"), group=_WHERE)] = None
    line_stop: Annotated[YesNo, C("停线/甩车风险", ("停线风险", "甩车风险", "是否停线", "断线风险", "停线"), group=_RISK)] = None
    functional_failure: Annotated[YesNo, C("功能失效", ("是否功能失效", "功能性失效"), group=_RISK)] = None
    safety_part: Annotated[YesNo, C("安全法规件", ("安全件", "法规件", "安全件/法规件", "是否安全件"), group=_RISK)] = None
    cost: Annotated[Money, C("费用金额", ("费用", "索赔金额", "质量损失", "损失金额", "费用(元)", "索赔费用", "Cost", "赔偿金额", "质量损失金额"), group=_RISK)] = None
    management_knows: Annotated[YesNo, C("高层知晓", ("高层领导知晓",), group=_RISK)] = None
    wants_8d: Annotated[YesNo, C("客户要求8D", ("是否需要8D", "是否8D", "需8D", "是否要求8D"), group=_RISK)] = None
    containment: Annotated[Text, C("紧急措施", ("应急措施", "紧急对策", "围堵措施", "紧急处理"), group=_CAUSE)] = None
    contained_at: Annotated[TimeOfEvent, C("紧急措施时间", ("应急措施时间", "围堵时间"), group=_CAUSE)] = None
    liability: Annotated[Liability | None, *_LIABILITY, C("责任判定", ("责任归属", "责任方", "判责"), group=_CAUSE)] = None
    supplier: Annotated[Text, C("供应商", ("责任供应商", "供方", "Supplier"), group=_CAUSE)] = None
    process: Annotated[Text, C("责任工序", ("问题工序", "工序", "产生工序"), group=_CAUSE)] = None
    occurrence_cause: Annotated[Text, C("发生原因", ("产生原因", "根本原因", "原因分析", "产生根本原因", "原因", "Root Cause", "真因", "根因", "D4原因", "D4原因分析", "D4根本原因", "原因调查", "Occurrence Cause"), group=_CAUSE)] = None
    escape_cause: Annotated[Text, C("流出原因", ("流出根本原因", "漏检原因", "Escape Cause", "Escape Root Cause", "D4流出原因"), group=_CAUSE)] = None
    cause_rank: Annotated[CauseRank | None, *_RANK, C("主因/次因", ("主次因",), group=_CAUSE)] = None
    reproduction_trials: Annotated[Quantity, C("试验次数", ("再现试验次数", "故障再现试验次数"), group=_CAUSE)] = None
    reproduced: Annotated[Quantity, C("再现次数", ("故障再现次数",), group=_CAUSE)] = None
    reproduction: Annotated[Text, C("故障再现结论", ("故障再现", "再现结论"), group=_CAUSE)] = None
    break_point_day: Annotated[Day, C("断点日期", ("断点", "切换日期", "断点时间"), group=_CAUSE)] = None
    break_point_lot: Annotated[Id, C("断点批次", ("切换批次",), group=_CAUSE)] = None
    d3_due: Annotated[PlannedDay, C("D3要求日", ("D3 要求日", "3D要求日", "D3要求日期", "3D Due", "D3 Due", "D3 Due Date", "3D Due Date"), group=_CLOCKS)] = None
    d3_sent: Annotated[TimeOfEvent, C("D3提交日", ("D3 提交日", "3D提交日", "D3提交日期", "D3提交时间", "3D Sent", "D3 Sent", "3D Submitted", "D3 Submitted"), group=_CLOCKS)] = None
    d5_due: Annotated[PlannedDay, C("D4-D5要求日", ("D4/D5要求日", "D5要求日", "5D要求日"), group=_CLOCKS)] = None
    d5_sent: Annotated[Day, C("D4-D5提交日", ("D4/D5提交日", "D5提交日", "5D提交日"), group=_CLOCKS)] = None
    d8_due: Annotated[PlannedDay, C("8D要求日", ("8D要求日期", "8D要求完成日", "8D截止日期", "8D Due", "8D Due Date"), group=_CLOCKS)] = None
    d8_sent: Annotated[Day, C("8D提交日", ("8D提交日期", "8D回复日期", "8D提交时间", "8D完成日期", "8D Sent", "8D Submitted", "8D Submit Date"), group=_CLOCKS)] = None
    close_due: Annotated[PlannedDay, C("要求结案日", ("要求关闭日期", "计划关闭日期", "要求完成日期", "计划完成日期", "计划完成时间", "要求完成时间", "截止日期", "要求结案日期", "Due Date", "Target Date", "预计完成日", "要求整改日期"), group=_CLOCKS)] = None
    closed: Annotated[Day, C("关闭日期", ("结案日期", "关闭时间", "结案时间", "实际关闭日期", "实际完成日期", "完成日期", "Close Date", "Closed Date", "Date Closed", "Completion Date"), group=_CLOCKS)] = None
    interim_actions: Annotated[Text, C("临时措施", ("临时对策", "短期措施", "短期对策", "D3措施", "D3内容", "D3临时措施", "D3围堵措施", "Containment Action", "Interim Action", "暂时措施", "临时处理措施"), group=_CAUSE)] = None
    lasting_actions: Annotated[Text, C("长期措施", ("长期对策", "永久措施", "永久对策", "改善措施", "整改措施", "纠正措施", "改善对策", "对策", "措施", "D5措施", "D5内容", "D5永久措施", "D5长期措施", "Corrective Action", "Permanent Action", "Corrective Actions", "永久性措施", "根本措施", "根本对策", "纠正预防措施", "改进措施"), group=_CAUSE)] = None
    paused_because: Annotated[Text, C("暂停原因", (), group=_STEERING)] = None
    customer_agreed_day: Annotated[PlannedDay, C("客户同意延期日", ("客户同意延期日期", "延期日期"), group=_CLOCKS)] = None
    related: Annotated[Id, C("关联客诉编号", ("关联编号", "关联客诉"), group=_STEERING)] = None
    lead_or_part: Annotated[Text, C("主从", (), group=_STEERING)] = None
    restarts: Annotated[Quantity, C("重开次数", ("重启次数",), group=_STEERING)] = None
    review_reason: Annotated[Text, C("检讨原因", ("检讨",), group=_STEERING)] = None
    sample: Annotated[Text, C("样件", ("样件寄出/收样日", "样件单号", "样品", "样件信息"), group=_PRODUCT)] = None
    lesson: Annotated[Text, C("经验教训", ("经验总结",), group=_STEERING)] = None
    take_in: Annotated[YesNo, C("纳入管理", (), group=_STEERING)] = None
    release: Annotated[YesNo, C("发送", ("是否发送",), group=_STEERING)] = None
    note: Annotated[Text, C("备注", ("说明", "备注说明", "Remark", "Remarks", "Comments", "Comment", "Notes"), group=_STEERING)] = None
    feedback: Annotated[Text, C("系统校验", (), ours=True)] = None
    folder_link: Annotated[Text, C("资料链接", (), ours=True)] = None


class Containment(SheetRow):
    """Containment at one place (围堵): quantity, checked, found, disposition."""

    number: Annotated[Id, C("客诉编号", ("投诉编号", "编号"), core=True)] = None
    place: Annotated[Text, C("地点", ("围堵地点", "位置", "场所", "区域"), core=True)] = None
    quantity: Annotated[Quantity, C("数量", ("围堵数量", "库存数量"))] = None
    checked: Annotated[Quantity, C("已检", ("已检数量", "检查数量", "已检数"))] = None
    defects: Annotated[Quantity, C("不良", ("不良数", "不良数量"))] = None
    disposition: Annotated[Text, C("处置", ("处置方式", "处理方式", "处理结果"))] = None
    person: Annotated[Text, C("负责人", ("责任人", "担当"))] = None
    done: Annotated[TimeOfEvent, C("完成时间", ("完成日期",))] = None


class ChangePoint(SheetRow):
    """One change point of man, machine, material, method, environment or measurement (变化点)."""

    number: Annotated[Id, C("客诉编号", ("投诉编号", "编号"), core=True)] = None
    factor: Annotated[FactorM | None, *_FACTOR, C("人机料法环测", ("因素", "6M", "类别", "要因"), core=True)] = None
    change: Annotated[Text, C("变化内容", ("变化点", "变化点内容", "变更内容"))] = None
    changed: Annotated[TimeOfEvent, C("变化时间", ("变更时间", "变化日期"))] = None
    impact: Annotated[Text, C("影响分析", ("影响", "分析"))] = None
    verdict: Annotated[Verdict | None, *_VERDICT, C("判定", ("判定结果", "结论"))] = None
    evidence: Annotated[Text, C("证据", ("依据", "验证证据"))] = None


class Why(SheetRow):
    """One question and answer of a 5-Why chain (原因分析), for occurrence or escape."""

    number: Annotated[Id, C("客诉编号", ("投诉编号", "编号"), core=True)] = None
    path: Annotated[CausePath | None, *_PATH, C("路径", ("原因路径", "类别", "发生/流出"), core=True)] = None
    step: Annotated[Quantity, C("第几问", ("序号", "问次", "第N问"))] = None
    question: Annotated[Text, C("问", ("为什么", "问题", "提问"))] = None
    answer: Annotated[Text, C("答", ("回答", "原因", "答案"))] = None


class Action(SheetRow):
    """One measure with department, person and date (措施跟踪)."""

    number: Annotated[Id, C("客诉编号", ("投诉编号", "编号"), core=True)] = None
    action_number: Annotated[Id, C("措施编号", ("序号", "措施序号"))] = None
    kind: Annotated[ActionKind | None, *_ACTION, C("措施类别", ("类别", "措施类型", "对策类别"))] = None
    cause: Annotated[Text, C("对应原因", ("针对原因", "原因"))] = None
    content: Annotated[Text, C("措施内容", ("对策内容", "整改措施", "改善措施", "措施", "对策"), core=True)] = None
    department: Annotated[Text, C("责任部门", ("部门", "责任单位"))] = None
    person: Annotated[Text, C("责任人", ("负责人", "担当", "执行人"))] = None
    due: Annotated[PlannedDay, C("计划完成日", ("计划完成日期", "计划日期", "要求完成日", "完成期限", "计划完成时间", "要求完成日期", "截止日期"))] = None
    done: Annotated[Day, C("实际完成日", ("实际完成日期", "完成日期", "实际完成时间", "完成日"))] = None
    review: Annotated[Review | None, *_REVIEW, C("审核结论", ("审核", "审核结果", "评审结论"))] = None
    verify_due: Annotated[PlannedDay, C("计划验证日", ("计划验证日期", "验证计划日"))] = None
    verified: Annotated[Text, C("验证结果", ("效果验证", "验证结论", "验证"))] = None
    verifier: Annotated[Text, C("验证人", ())] = None
    verified_lot_1: Annotated[Id, C("验证批次1", ())] = None
    verified_lot_2: Annotated[Id, C("验证批次2", ())] = None
    verified_lot_3: Annotated[Id, C("验证批次3", ())] = None
    evidence: Annotated[Text, C("证据", ("完成证据", "附件"))] = None


class Meeting(SheetRow):
    """One round of the team meeting on a complaint (会议)."""

    number: Annotated[Id, C("客诉编号", ("投诉编号", "编号"), core=True)] = None
    meeting_number: Annotated[Id, C("会议编号", ("会议号",))] = None
    round: Annotated[Quantity, C("第几次", ("会议次数", "轮次", "次数"))] = None
    state: Annotated[MeetingState | None, *_MEETING, C("状态", ("会议状态",), core=True)] = None
    time: Annotated[TimeOfEvent, C("时间", ("会议时间", "召开时间", "日期"), core=True)] = None
    place: Annotated[Text, C("地点", ("会议地点", "会议室"))] = None
    chair: Annotated[Text, C("主持人", ("主持", "会议主持"))] = None
    invited: Annotated[People, C("应到", ("应到人员", "参会人员", "参会人", "与会人员"))] = ()
    attended: Annotated[People, C("实到", ("实到人员",))] = ()
    materials: Annotated[Text, C("需准备资料", ("准备资料", "资料准备"))] = None
    conclusion: Annotated[Text, C("结论", ("会议结论", "会议决议", "决议"))] = None


class CallBack(SheetRow):
    """One contact with the customer or resident engineer after the measures (跟踪回访)."""

    number: Annotated[Id, C("客诉编号", ("投诉编号", "编号"), core=True)] = None
    day: Annotated[Day, C("日期", ("回访日期", "跟踪日期"), core=True)] = None
    partner: Annotated[Text, C("对象", ("回访对象",))] = None
    usage: Annotated[Text, C("使用情况", ("客户使用情况", "情况"))] = None
    recurred: Annotated[YesNo, C("是否复发", ("复发", "是否再发"))] = None
    next_day: Annotated[PlannedDay, C("下次回访日", ("下次回访日期", "下次跟踪日"))] = None


class Contact(SheetRow):
    """One colleague (通讯录): department, role, mail, superior, delegate, leave."""

    name: Annotated[Text, C("姓名", ("名字", "人员"), core=True)] = None
    department: Annotated[Text, C("部门", ("所属部门", "科室"), core=True)] = None
    position: Annotated[Text, C("岗位", ("职务", "职位"))] = None
    role: Annotated[Text, C("角色", ("职责", "系统角色"))] = None
    scope: Annotated[Text, C("负责工序/客户基地", ("负责工序", "客户基地", "负责范围"))] = None
    mail: Annotated[MailAddress, C("邮箱", ("邮件", "电子邮箱", "E-mail", "Email", "邮箱地址"), core=True)] = None
    phone: Annotated[Id, C("电话", ("手机", "联系电话", "手机号"))] = None
    superior: Annotated[Text, C("直属上级", ("上级", "直接上级", "主管", "直接领导", "直属领导", "上级领导", "领导", "直接主管"))] = None
    delegate: Annotated[Text, C("代理人", ("代理",))] = None
    leave: Annotated[Text, C("请假起止", ("请假", "请假日期", "休假"))] = None
    site: Annotated[Text, C("厂区", ("基地", "工厂", "地点"))] = None
    shift: Annotated[Text, C("班次", ("班别",))] = None


MODELS: dict[SheetKind, type[SheetRow]] = {
    SheetKind.COMPLAINTS: Complaint,
    SheetKind.CONTAINMENTS: Containment,
    SheetKind.CHANGE_POINTS: ChangePoint,
    SheetKind.WHYS: Why,
    SheetKind.ACTIONS: Action,
    SheetKind.MEETINGS: Meeting,
    SheetKind.CALLBACKS: CallBack,
    SheetKind.CONTACTS: Contact,
}
