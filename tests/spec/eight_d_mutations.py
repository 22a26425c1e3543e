"""Ways to spoil a good 8D, each named after what a customer would reject, with the D that has to fall."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.spec.good_eight_ds import Cells, EightD

_BLAMED = "操作员失误，责任心不强"
_LASTING = {"长期"}
_PREVENTIVE = {"纠正预防", "防呆", "水平展开"}
_DOCUMENTS = re.compile(r"供应商[DP]?FMEA|[DP]?FMEA[-A-Z0-9 ]*|控制计划[-A-Z0-9 ]*|CP-[-A-Z0-9]+")


@dataclass(frozen=True)
class Mutation:
    """One way to spoil an 8D: the D that falls, for which stages it makes sense, and what is done to the rows."""

    name: str
    step: str
    spoil: Callable[[EightD], None]
    when: Callable[[EightD], bool] = lambda report: True


def _blank(rows: Iterable[Cells], *headings: str) -> None:
    for row in rows:
        for heading in headings:
            row.pop(heading, None)


def _of(report: EightD, kinds: set[str]) -> list[Cells]:
    return [row for row in report.sheets["措施跟踪"] if row["措施类别"] in kinds]


def _against_causes(report: EightD) -> list[Cells]:
    return [row for row in report.sheets["措施跟踪"] if row["措施类别"] != "临时" and row.get("对应原因")]


def _no_response(report: EightD) -> None:
    _blank([report.complaint], "紧急措施", "紧急措施时间")


def _no_response_time(report: EightD) -> None:
    _blank([report.complaint], "紧急措施时间")


def _no_decider(report: EightD) -> None:
    unit = report.complaint["责任部门"]
    report.people = [row for row in report.people if not (row["部门"] == unit and row["角色"] == "部门负责人")]


def _no_inspector(report: EightD) -> None:
    report.people = [row for row in report.people if row["岗位"] != "检验班组长"]


def _decider_stayed_away(report: EightD) -> None:
    report.sheets["会议"] = [{"客诉编号": "KS-1", "第几次": 1, "状态": "已召开", "时间": "2026-11-20 14:00",
                             "应到": "周启航、苏衡", "实到": "周启航、苏衡", "结论": "继续分析"}]


def _no_data(report: EightD) -> None:
    _blank([report.complaint], "不良数量", "不良率", "批量数")


def _no_lot(report: EightD) -> None:
    _blank([report.complaint], "不良批次", "客户基地")


def _vague(report: EightD) -> None:
    report.complaint["不良现象"] = "不良"


def _no_containment(report: EightD) -> None:
    report.sheets["围堵"] = []


def _no_quantities(report: EightD) -> None:
    _blank(report.sheets["围堵"], "数量", "已检", "不良")


def _no_containment_results(report: EightD) -> None:
    _blank(report.sheets["围堵"], "已检", "不良", "处置")


def _only_at_home(report: EightD) -> None:
    report.sheets["围堵"] = [row for row in report.sheets["围堵"] if row["地点"] in {"成品库", "半成品"}]


def _drop_chain(path: str) -> Callable[[EightD], None]:
    def spoil(report: EightD) -> None:
        report.sheets["原因分析"] = [row for row in report.sheets["原因分析"] if row["路径"] != path]

    return spoil


def _blame(path: str) -> Callable[[EightD], None]:
    def spoil(report: EightD) -> None:
        links = report.chain(path)
        last = links[-1]
        report.sheets["原因分析"].append(
            {**last, "第几问": len(links) + 1, "问": f"为什么{last['答']}", "答": _BLAMED}
        )

    return spoil


def _blame_in_cell(report: EightD) -> None:
    report.complaint["发生原因"] = _BLAMED


def _circle(report: EightD) -> None:
    links = report.chain("发生")
    report.sheets["原因分析"].append(
        {**links[-1], "第几问": len(links) + 1, "问": f"为什么{links[-1]['答']}", "答": links[0]["答"]}
    )


def _ask_again(report: EightD) -> None:
    links = report.chain("流出")
    report.sheets["原因分析"].append({**links[-1], "第几问": len(links) + 1, "答": "此前没有人核对过"})


def _skip_a_why(report: EightD) -> None:
    report.chain("发生")[1].pop("答")


def _same_chains(report: EightD) -> None:
    occurrence = report.chain("发生")
    _drop_chain("流出")(report)
    report.sheets["原因分析"] += [{**row, "路径": "流出"} for row in occurrence]


def _training_only(report: EightD) -> None:
    for row in _of(report, _LASTING):
        row["措施内容"] = f"对{row['责任部门']}操作员进行培训，考核合格后上岗"


def _all_rejected(report: EightD) -> None:
    for row in _against_causes(report):
        row["审核结论"] = "驳回"


def _no_action_for_escape(report: EightD) -> None:
    gone = _of(report, _LASTING)[-1]  # every 8D lists the one against the escape last
    report.sheets["措施跟踪"].remove(gone)
    lots = {heading: value for heading, value in gone.items() if heading.startswith("验证批次")}
    _against_causes(report)[0].update(lots)  # the lots were delivered all the same


def _no_causes_named(report: EightD) -> None:
    _blank(_of(report, _LASTING), "对应原因")


def _nobody_owns(report: EightD) -> None:
    _blank(_of(report, _LASTING), "责任人")


def _copied(report: EightD) -> None:
    for row in report.sheets["措施跟踪"]:
        if row.get("验证结果"):
            row["验证结果"] = f"{row['措施内容']}。"


def _no_check(report: EightD) -> None:
    _blank(report.sheets["措施跟踪"], "验证结果", "验证人", "验证批次1", "验证批次2", "验证批次3")


def _ineffective(report: EightD) -> None:
    for row in _against_causes(report):
        row["验证结果"] = "无效，断点后仍有不良"


def _not_done(report: EightD) -> None:
    _blank(_against_causes(report), "实际完成日")


def _no_break_point(report: EightD) -> None:
    _blank([report.complaint], "断点日期", "断点批次")


def _no_lots(report: EightD) -> None:
    _blank(report.sheets["措施跟踪"], "验证批次2", "验证批次3")


def _documents_untouched(report: EightD) -> None:
    report.documents = []
    for row in report.sheets["措施跟踪"]:
        for heading in ("措施内容", "证据"):
            if heading in row:
                row[heading] = _DOCUMENTS.sub("相关文件", str(row[heading]))


def _pfmea_untouched(report: EightD) -> None:
    report.documents = [name for name in report.documents if "FMEA" not in name]
    for row in report.sheets["措施跟踪"]:
        for heading in ("措施内容", "证据"):
            if heading in row:
                row[heading] = re.sub(r"[DP]?FMEA", "文件", str(row[heading]))


def _one_sentence(report: EightD) -> None:
    report.documents = []
    kept = [row for row in report.sheets["措施跟踪"] if row["措施类别"] not in _PREVENTIVE or row.get("对应原因")]
    for row in kept:
        if row["措施类别"] in _PREVENTIVE:
            row["措施类别"] = "长期"  # still answers its cause, but prevents nothing
    report.sheets["措施跟踪"] = [
        *kept, {"客诉编号": "KS-1", "措施类别": "水平展开", "措施内容": "举一反三，加强管理", "审核结论": "通过"},
    ]


def _no_call_back(report: EightD) -> None:
    report.sheets["跟踪回访"] = []


def _recurred(report: EightD) -> None:
    report.sheets["跟踪回访"][-1]["是否复发"] = "是"


def _never_sent(report: EightD) -> None:
    _blank([report.complaint], "8D提交日")


def _tracked(report: EightD) -> bool:
    return report.is_tracked


def _prevents_in_every_way(report: EightD) -> bool:
    kinds = {str(row["措施类别"]) for row in report.sheets["措施跟踪"]}
    return report.is_tracked and kinds.issuperset(_PREVENTIVE)


def _closed(report: EightD) -> bool:
    return report.is_closed


MUTATIONS = (
    Mutation("没有紧急措施", "D0", _no_response),
    Mutation("紧急措施没有时间", "D0", _no_response_time),
    Mutation("小组没有决策人", "D1", _no_decider),
    Mutation("小组没有检验班组长", "D1", _no_inspector),
    Mutation("决策人没有到会", "D1", _decider_stayed_away),
    Mutation("D2没有数据", "D2", _no_data),
    Mutation("D2没有批次和地点", "D2", _no_lot),
    Mutation("D2只写不良", "D2", _vague),
    Mutation("删去围堵", "D3", _no_containment),
    Mutation("围堵没有数量", "D3", _no_quantities),
    Mutation("围堵没有结果", "D3", _no_containment_results),
    Mutation("只围堵厂内", "D3", _only_at_home),
    Mutation("删去发生链", "D4", _drop_chain("发生")),
    Mutation("删去流出链", "D4", _drop_chain("流出")),
    Mutation("发生链停在操作员失误", "D4", _blame("发生")),
    Mutation("流出链停在操作员失误", "D4", _blame("流出")),
    Mutation("发生原因写成操作员失误", "D4", _blame_in_cell),
    Mutation("发生链循环", "D4", _circle),
    Mutation("流出链重复提问", "D4", _ask_again),
    Mutation("发生链缺一答", "D4", _skip_a_why),
    Mutation("流出链照抄发生链", "D4", _same_chains),
    Mutation("只有培训", "D5", _training_only),
    Mutation("流出原因没有措施", "D5", _no_action_for_escape),
    Mutation("措施不写对应原因", "D5", _no_causes_named),
    Mutation("措施没有责任人", "D5", _nobody_owns),
    Mutation("措施全部驳回", "D5", _all_rejected, lambda report: not report.is_tracked),
    Mutation("D6照抄D5", "D6", _copied, _tracked),
    Mutation("没有效果验证", "D6", _no_check, _tracked),
    Mutation("验证无效", "D6", _ineffective, _tracked),
    Mutation("措施没有完成", "D6", _not_done, _tracked),
    Mutation("没有断点", "D6", _no_break_point, _tracked),
    Mutation("没有三批验证", "D6", _no_lots, _closed),
    Mutation("PFMEA和控制计划都没动", "D7", _documents_untouched, _tracked),
    Mutation("PFMEA没动", "D7", _pfmea_untouched, _prevents_in_every_way),
    Mutation("D7只有一句话", "D7", _one_sentence, _tracked),
    Mutation("没有回访", "D8", _no_call_back, _closed),
    Mutation("回访复发", "D8", _recurred, _closed),
    Mutation("没有提交8D", "D8", _never_sent, _closed),
)
