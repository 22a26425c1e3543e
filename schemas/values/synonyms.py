"""The words plants use for the members of each vocabulary, folded as ``parse_choice`` compares them."""

from __future__ import annotations

from collections.abc import Mapping


def _table(*lines: tuple[str, str]) -> Mapping[str, str]:
    return {word: standard for standard, words in lines for word in words.split()}


_STATUS = _table(
    ("待确认", "未处理 新建 新增 new 未确认 待处理 待受理 待接收 未开始 新客诉 草稿"),
    # Words that only say "not finished" mean the first working state: it claims the least progress.
    # 是/否 come from ledgers whose column is headed 是否关闭.
    ("调查", "调查中 处理中 进行中 处理 进行 open opened opening ongoing 跟进 跟进中 推进中 inprogress wip 受理 已受理 "
             "现状调查 未关闭 未结案 未完成 未关 已确认 否 n no × on-going in-progress 正在处理 处理当中 持续改善 "
             "延期 逾期 超期 已延期 已逾期 已超期 超时 overdue delay delayed 待回复"),
    ("分析", "分析中 原因分析 原因分析中 分析原因"),
    ("整改", "整改中 改善 改善中 措施 措施制定 制定措施 措施实施 措施实施中 对策 对策中 对策实施 实施中"),
    ("跟踪", "跟踪中 项目跟踪 验证 验证中 待验证 效果验证 效果确认 观察 观察中 待关闭 待结案 监控 监控中 "
             "已整改 已落实 落实 已改善 已实施 实施完成 整改完成 "
             "持续跟踪 已回复 已提交 待客户确认 客户已认可 效果跟踪 monitoring verification"),
    ("关闭", "已关闭 关 已关 结案 已结案 完成 已完成 完结 已完结 结束 已结束 闭环 已闭环 "
             "已解决 解决 处理完成 处理完毕 已处理完成 完毕 闭合 已闭合 销案 已销案 关单 已关单 "
             "closed close done completed "
             "ok finished 是 y yes √ ✓"),
    ("暂停", "已暂停 暂停中 暂缓 挂起 hold onhold paused"),
    ("重新启动", "重启 已重启 重开 重新打开 再启动 重新开启 reopen reopened"),
    ("不成立", "投诉不成立 客诉不成立 不属实 不受理 非质量问题 无责 已判不成立 判定不成立"),
    ("作废", "已作废 取消 已取消 撤销 已撤销 客户撤诉 cancelled canceled cancel void"),
    ("合并", "已合并 并案 合并处理 merged"),
)
_LEVEL = _table(
    ("一般", "一般客诉 一般问题 普通 轻微 中 低 次要 minor low medium normal c c级 c类 iii级 三级 轻"),
    ("严重", "严重客诉 严重问题 重大 重大客诉 较重 主要 重要 高 major high serious 较急 b b级 b类 ii级 二级"),
    ("紧急", "紧急客诉 非常紧急 特急 加急 急 很急 特别严重 致命 特别重大 urgent critical a a级 a类 i级 一级 s s级"),
)
_PROBLEM_TYPE = _table(
    ("质量问题", "质量 品质 品质问题 质量投诉 质量类 质量客诉 不良 quality"),
    ("技术对接", "技术 技术问题 技术支持 技术类 技术交流 technical"),
    ("要货交付", "要货 交付 交付问题 交货 物料交付 催货 缺货 交付类 delivery"),
)
_SOURCE = _table(
    ("电话", "来电 手机 电话反馈 客户来电 客户电话 tel phone call"),
    ("邮件", "邮箱 电子邮件 客户邮件 email e-mail mail outlook"),
    ("平台", "客户平台 系统 客户系统 供应商平台 网站 门户 portal qms srm 8d平台"),
    ("出差现场", "出差 现场 客户现场 走访 客户走访 拜访 onsite"),
    ("驻线", "驻厂 驻点 驻外 驻场 驻线员 驻线人员 驻线工程师 驻厂人员 驻厂工程师 驻点工程师"),
    ("营销部", "营销 销售 销售部 市场部 市场 业务 业务部 营销部门 sales marketing"),
    ("微信", "微信群 企业微信 企微 wechat weixin"),
    ("其他", "其它 别的 other others"),
)
_VERDICT = _table(
    ("排除", "已排除 否 无影响 无关 不相关 非原因 不是 n no × ruledout excluded"),
    ("确认", "已确认 是 有影响 相关 成立 是原因 y yes √ ✓ confirmed"),
)
_CAUSE_PATH = _table(
    ("发生", "发生原因 产生 产生原因 制造 制造原因 产生源 occurrence occur why发生 发生源"),
    ("流出", "流出原因 流出源 检出 未检出 漏检 检验 流出面 escape outflow 逃逸 不可探测"),
)
_ACTION_KIND = _table(
    ("临时", "临时措施 临时对策 围堵 围堵措施 遏制 遏制措施 紧急措施 短期 短期措施 短期对策 "
             "应急 应急措施 interim containment ica d3"),
    ("长期", "长期措施 长期对策 永久 永久措施 永久对策 根本对策 永久纠正措施 permanent pca d5"),
    ("纠正预防", "纠正 预防 纠正措施 预防措施 纠正预防措施 纠正与预防 纠正和预防 纠正/预防 "
                 "capa corrective preventive d7"),
    ("防呆", "防错 防呆措施 防错措施 防呆防错 防错防呆 防呆/防错 防错/防呆 pokayoke poka-yoke errorproofing"),
    ("水平展开", "横向展开 水平展开措施 横展 举一反三 推广 水平推广 horizontal yokoten"),
)
_REVIEW = _table(
    ("通过", "已通过 同意 可行 合格 批准 认可 ok pass passed approved √ ✓ 是 y yes"),
    ("质疑", "有疑问 疑问 需补充 存疑 修改 需修改 待修改 query question"),
    ("驳回", "不通过 未通过 不同意 否决 退回 拒绝 不可行 ng reject rejected × 否 n no"),
)
_MEETING_STATE = _table(
    ("提议", "拟定 建议 待确认 草稿 计划 计划中 未确认 proposed"),
    ("已确认", "确认 已通知 待召开 未召开 已安排 confirmed"),
    ("改期", "已改期 延期 已延期 推迟 变更 moved postponed"),
    ("取消", "已取消 作废 不开 cancelled canceled"),
    ("已召开", "召开 已开 已开会 已完成 完成 已结束 held done"),
    ("纪要已签", "已签 纪要已签字 已签字 已签署 纪要签字 纪要已签署 签字完成 signed"),
)
_LIABILITY = _table(
    ("我司", "我司责任 我方责任 我方 本公司 本司 我公司 内部 公司 公司内部 自责 我厂 本厂 ours us"),
    ("供应商", "供方 分供方 外协 供应商责任 供方责任 二级供应商 supplier"),
    ("客户", "客户责任 客户端 顾客 主机厂 用户 用户责任 用户使用不当 客户使用不当 使用不当 主机厂责任 customer"),
    ("物流", "运输 物流责任 物流运输 承运商 logistics"),
    ("无故障", "无责 无不良 未发现问题 正常 合格 ntf nff nofault"),
    ("待定", "待确认 未定 待判定 未判定 判定中 调查中 tbd"),
)
_CAUSE_RANK = _table(
    ("主因", "主要 主要原因 主 根本原因 main primary"),
    ("次因", "次要 次要原因 次 一般原因 secondary"),
)
_FACTOR = _table(
    ("人", "人员 人因 人为 作业员 man people manpower"),
    ("机", "机器 设备 设备工装 工装 模具 机械 machine equipment"),
    ("料", "材料 物料 原材料 原料 来料 material"),
    ("法", "方法 工艺 作业方法 工艺方法 method process"),
    ("环", "环境 environment"),
    ("测", "测量 检测 检验 量具 测试 measurement measure"),
)

SYNONYMS: Mapping[str, Mapping[str, str]] = {
    "Status": _STATUS,
    "Level": _LEVEL,
    "ProblemType": _PROBLEM_TYPE,
    "Source": _SOURCE,
    "Verdict": _VERDICT,
    "CausePath": _CAUSE_PATH,
    "ActionKind": _ACTION_KIND,
    "Review": _REVIEW,
    "MeetingState": _MEETING_STATE,
    "Liability": _LIABILITY,
    "CauseRank": _CAUSE_RANK,
    "FactorM": _FACTOR,
}
