"""What the call sheet (客诉信息收集表) asks, in the order of a call: field, label, how to ask, how it is typed."""

from __future__ import annotations

from dataclasses import dataclass

#: Call manners of the process text (steps 1 and 2), printed on top of both forms.
MANNERS = (
    "电话24小时畅通，及时接听；确实无法立即接听的，事后立即回拨。",
    "接起先说“您好”，语速稍慢，用普通话。",
    "先听后问：让客户把抱怨和不满说完，不打断、不辩解、不当场判定责任，逐一记录。",
    "问到的信息当场复述确认；客户说不清的写“不详”，不要猜，请驻线到现场确认，必要时工程师出差。",
    "有停线、甩车风险的立即报上级；接诉后半小时内要有初步的紧急措施。",
)

YES_NO = ("是", "否")
SOURCES = ("电话", "邮件", "平台", "出差现场", "驻线", "营销部", "微信", "其他")
PROBLEM_TYPES = ("质量问题", "技术对接", "要货交付")


@dataclass(frozen=True)
class Asked:
    """One question: ledger ``field`` and heading, the words to ask with, ``choices`` to pick from, ``form`` of entry.

    ``form`` is text, id (never turned into a number), number, rate, day or moment; ``lines`` is the height to write in.
    """

    field: str
    heading: str
    ask: str
    form: str = "text"
    choices: tuple[str, ...] = ()
    lines: int = 1


GROUPS: tuple[tuple[str, tuple[Asked, ...]], ...] = (
    ("一、来电", (
        Asked("received", "接诉时间", "日期和时刻，如 2026-11-26 09:30", "moment"),
        Asked("source", "信息来源", "从哪个渠道得知", choices=SOURCES),
        Asked("engineer", "质量工程师", "由谁负责跟进（记录人）"),
        Asked("problem_type", "问题类型", "是质量问题、技术对接还是要货交付？", choices=PROBLEM_TYPES),
        Asked("customer_request", "客户诉求", "请问需要我司配合做哪些工作？", lines=2),
        Asked("customer_ref", "客户投诉单号", "平台或客户自己的单号，没有可不填", "id"),
    )),
    ("二、客户", (
        Asked("customer", "客户", "请问贵公司名称？"),
        Asked("customer_site", "客户基地", "请问问题发生在哪个基地（厂区）？"),
        Asked("reporter", "反馈人", "请问怎么称呼您？"),
        Asked("reporter_contact", "联系方式", "请留一个方便联系的电话或邮箱。", "id"),
        Asked("reporter_department", "部门科室", "请问您在哪个部门（科室）？"),
        Asked("reporter_position", "职务", "请问您的职务是？"),
        Asked("reporter_duty", "负责工作", "请问您负责哪方面的工作？"),
    )),
    ("三、产品与数量", (
        Asked("product", "产品名称", "请问是哪个产品？"),
        Asked("part_number", "产品编号", "请看标签上的零件号。", "id"),
        Asked("project", "车型/项目", "请问用在哪个车型（项目）？"),
        Asked("lot", "不良批次", "请看标签上的批次号，多个批次用顿号隔开。", "id"),
        Asked("produced", "生产日期", "请看标签上的生产日期。", "day"),
        Asked("mould_cavity", "模具号/穴号", "请看产品上的模具号、穴号标记。", "id"),
        Asked("defects", "不良数量", "请问目前发现不良多少件？", "number"),
        Asked("lot_size", "批量数", "请问该批共检查或使用了多少件？", "number"),
        Asked("rate", "不良率", "客户给出比例时填写，例如 0.6%", "rate"),
    )),
    ("四、不良现象与安装", (
        Asked("phenomenon", "不良现象", "请描述在哪个工位、什么情况下、哪个部位、什么现象；请发照片或视频。", lines=3),
        Asked("failure_class", "失效类别", "难装、脱落、泄漏、断裂、尺寸、外观、混料等"),
        Asked("functional_failure", "功能失效", "请问产品是否已不能使用？", choices=YES_NO),
        Asked("installation", "安装方式", "请问现场如何装配（人工、机器或工装）？"),
        Asked("hole_diameter", "安装孔径", "请提供安装孔径的实测尺寸。"),
        Asked("tube_diameter", "管径", "请提供所配管子的管径实测尺寸。"),
    )),
    ("五、用量与风险", (
        Asked("daily_usage", "客户日用量", "请问该产品每天用量是多少？", "number"),
        Asked("good_stock", "客户良品库存", "请问现场良品库存还有多少件？", "number"),
        Asked("line_stop", "停线/甩车风险", "请问目前是否影响贵司正常生产？", choices=YES_NO),
        Asked("wants_8d", "客户要求8D", "请问是否需要8D报告？", choices=YES_NO),
    )),
    ("六、紧急处理", (
        Asked("containment", "紧急措施", "驻线返工、中转库换批、库存返工、紧急补货等", lines=2),
        Asked("contained_at", "紧急措施时间", "措施下达的日期和时刻", "moment"),
        Asked("note", "备注", "其他需要记下的情况", lines=2),
    )),
)
