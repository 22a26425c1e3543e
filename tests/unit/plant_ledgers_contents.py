"""Plants whose words, dates and other sheets mislead: own vocabularies, look-alikes, copies, plain mistakes."""

from __future__ import annotations

from tests.unit.plant_ledgers import PEOPLE, PlantLedger, Rows, Truth, basics, day, heads, one_of

COMPLAINTS = "客诉台账"


def whole_book() -> PlantLedger:
    """Cover, statistics, 8D跟踪, measures, and supplier and in-house sheets with the same words."""
    rows: Rows = [
        heads(
            "客诉编号 投诉日期 客户名称 产品名称 产品图号 问题描述 不良数量 跟进人 投诉类别 "
            "是否需8D 8D回复期限 8D提交日期 客户满意度 结案日期 状态"
        )
    ]
    tracking: Rows = [["8D报告跟踪表"], heads("序号 客诉编号 客户 问题简述 D1 D2 D3 D4 8D负责人")]
    for i in range(6):
        customer, *_, what, _ = basics(i)
        rows.append(
            [
                f"FY-{i:03}",
                day(i),
                *basics(i),
                one_of(PEOPLE, i),
                one_of(("外观", "尺寸", "功能"), i),
                "√" if i % 2 else "/",
                day(i + 1),
                day(i + 1),
                "满意",
                day(i + 3) if i < 4 else None,
                "已结案" if i < 4 else "措施实施中",
            ]
        )
        tracking.append([i + 1, f"FY-{i:03}", customer, what, "√", "√", "√", "", one_of(PEOPLE, i)])
    measures: Rows = [
        ["整改措施跟踪表"],
        heads("序号 客诉编号 整改措施 责任部门 责任人 计划完成时间 实际完成时间 完成情况"),
        [1, "FY-000", "修模", "技术部", "张伟明", day(2), day(2), "已完成"],
    ]
    supplier: Rows = [
        heads("日期 供应商 物料名称 物料编码 不良现象 不良数量 批次 状态"),
        [day(1), "某橡塑", "O型圈", "W1", "毛边", 3, "L1", "关闭"],
    ]
    scar: Rows = [
        ["对供应商投诉台账"],
        heads("SCAR编号 投诉日期 供应商名称 物料名称 不良现象 不良数量 状态"),
        ["S1", day(1), "某橡塑", "O型圈", "毛边", 3, "关闭"],
    ]
    inside: Rows = [
        heads("日期 班次 产品名称 工序 不良现象 不良数量 责任人"),
        [day(1), "白", "水管", "注塑", "缺料", 1, "张"],
    ]
    form: Rows = [
        ["8D报告"],
        ["客户", "东岳汽车", "", "编号", "8D-01"],
        ["产品名称", "水管", "", "零件号", "P1"],
        heads("姓名 部门 职务 电话"),
        ["张伟明", "品质部", "组长", "8001"],
        ["李晓琴", "技术部", "组员", "8002"],
        ["不良数量", 3, "", "批次", "L1"],
    ]
    statistics: Rows = [
        ["客户投诉统计"],
        heads("月份 客户 产品名称 投诉件数 不良数量 已关闭 关闭率"),
        ["1月", "东岳汽车", "水管", 2, 5, 1, 0.5],
    ]
    sheets: dict[str, Rows] = {
        "封面": [["客诉管理台账"], ["文件编号", "QR-028"]],
        "统计": statistics,
        "台账": rows,
        "8D跟踪": tracking,
        "整改跟踪": measures,
        "来料不良": supplier,
        "供应商投诉": scar,
        "内部不良": inside,
        "8D-01": form,
    }
    columns = (
        "number received customer product part_number phenomenon defects engineer failure_class "
        "wants_8d d8_due d8_sent - "
        "closed status"
    )
    actions = "action_number number content department person due done -"
    return PlantLedger(
        "whole_book", sheets, {"台账": Truth(COMPLAINTS, 1, 6, columns), "整改跟踪": Truth("措施跟踪", 2, 1, actions)}
    )


def own_vocabulary() -> PlantLedger:
    """A carmaker's list: FMEA ratings as 严重度, 0公里/三包 as the origin, states as sentences."""
    states = ("已关闭(2026.3.1)", "8D已提交,待客户确认", "D5已提交", "监控中", "延期", "未整改")
    rows: Rows = [
        ["供应商问题沟通跟踪表"],
        heads("发布日期 客户 零件名称 零件号 故障描述 故障数 问题来源 严重度 我方责任人 当前状态 索赔金额(元)"),
    ]
    for i, state in enumerate(states):
        rows.append(
            [
                day(i),
                *basics(i),
                one_of(("0公里", "三包", "路试"), i),
                one_of("8796", i),
                one_of(PEOPLE, i),
                state,
                i * 100,
            ]
        )
    truth = Truth(
        COMPLAINTS,
        2,
        6,
        "received customer product part_number phenomenon defects - level engineer status cost",
        frozenset({"H2"}),
        {
            (3, "status"): "关闭",
            (4, "status"): "跟踪",
            (5, "status"): "整改",
            (6, "status"): "跟踪",
            (7, "status"): "调查",
            (8, "status"): "调查",
        },
    )
    return PlantLedger("own_vocabulary", {"问题跟踪": rows}, {"问题跟踪": truth})


def dates_without_years() -> PlantLedger:
    """Last year's sheet: its days belong to its year, and due days follow the receipt across New Year."""
    rows: Rows = [
        ["2025年度客户抱怨一览"],
        heads("客诉编号 反馈日期 客户 产品 料号 缺陷描述 缺陷数量 生产日期 要求完成日期 关闭日期 进度"),
    ]
    typed = (
        ("3月5日", "2.20", "3/19", "3月18日"),
        ("12.20", "12.1", "1月8日", "1/6"),
        ("0305", "", "", ""),
        ("3月初", "", "", ""),
    )
    for i, (received, made, due, closed) in enumerate(typed):
        rows.append(
            [f"Z{i}", received, *basics(i), made, due, closed, one_of(("100%", "已完成", "50%", "进行中80%"), i)]
        )
    truth = Truth(
        COMPLAINTS,
        2,
        4,
        "number received customer product part_number phenomenon defects produced close_due closed status",
        frozenset({"B5", "B6"}),
        {
            (3, "received"): "2025-03-05",
            (3, "closed"): "2025-03-18",
            (4, "received"): "2025-12-20",
            (4, "produced"): "2025-12-01",
            (4, "close_due"): "2026-01-08",
            (4, "closed"): "2026-01-06",
            (3, "status"): "关闭",
            (5, "status"): "调查",
        },
    )
    return PlantLedger("dates_without_years", {"抱怨一览": rows}, {"抱怨一览": truth})


def copies() -> PlantLedger:
    """A backup and an extract of the same ledger, lists and delivery records beside it."""
    rows: Rows = [heads("编号 日期 客户 产品 零件号 问题描述 不良数 QE 状态")]
    rows += [[f"26-{i:02}", day(i), *basics(i), one_of(PEOPLE, i), "closed" if i < 5 else "open"] for i in range(8)]
    shipped: Rows = [heads("日期 客户 产品名称 零件号 批次 出货数量"), [day(1), "东岳汽车", "水管", "P1", "L1", 500]]
    lists: Rows = [heads("状态 等级 客户"), ["open", "A", "东岳汽车"], ["closed", "B", "华远汽车"]]
    truth = Truth(COMPLAINTS, 1, 8, "number received customer product part_number phenomenon defects engineer status")
    return PlantLedger(
        "copies",
        {"客诉": rows, "客诉 (2)": rows[:8], "未关闭": [rows[0], *rows[6:]], "数据源": lists, "出货": shipped},
        {"客诉": truth},
    )


def days_of_measures() -> PlantLedger:
    """完成日期 beside the measures is filled in open complaints too: the day of the measure, not of the closing."""
    rows: Rows = [heads("客诉编号 客诉时间 客户 产品名称 图号 不良描述 不良数 对策 担当 完成日期 状态")]
    for i in range(6):
        state = "推进中" if i % 2 else "结案"
        rows.append([f"D{i}", day(i), *basics(i), "更换螺杆", one_of(PEOPLE, i), day(i + 1), state])
    columns = "number received customer product part_number phenomenon defects lasting_actions - - status"
    return PlantLedger("days_of_measures", {"客诉": rows}, {"客诉": Truth(COMPLAINTS, 1, 6, columns)})


def short_list() -> PlantLedger:
    """Six columns; 结果 says where a complaint stands."""
    rows: Rows = [heads("日期 客户 问题 处理 负责人 结果")]
    for i, state in enumerate(("OK", "已解决", "跟进中", "等客户回复")):
        customer, *_, what, _ = basics(i)
        rows.append([f"{i + 1}月{i + 1}日", customer, what, "返工", "李晓琴", state])
    truth = Truth(
        COMPLAINTS,
        1,
        4,
        "received customer phenomenon - - status",
        reads={(2, "received"): "2026-01-01", (3, "status"): "关闭", (5, "status"): "调查"},
    )
    return PlantLedger("short_list", {"客诉": rows}, {"客诉": truth})


def plain_mistakes() -> PlantLedger:
    """A tidy ledger with wrong cells: each is found, and nothing else is."""
    rows: Rows = [
        heads(
            "客诉编号 投诉日期 客户名称 产品名称 零件号 问题描述 不良数量 批次数量 "
            "不良率 D3提交日期 结案日期 结案状态 责任工程师"
        )
    ]
    rows += [
        [f"A{i:03}", day(i), *basics(i), 100, (i % 5 + 1) / 100, day(i + 1), day(i + 3), "已结案", one_of(PEOPLE, i)]
        for i in range(12)
    ]
    wrong = {
        "G3": 200,
        "I4": 0.5,
        "J5": day(0, "2026-01-01"),
        "A6": "A001",
        "B7": "2026-02-30",
        "L8": "未结案",
        "K9": "#REF!",
        "G10": "很多",
        "L11": "随便",
    }
    for cell, value in wrong.items():
        rows[int(cell[1:]) - 1][ord(cell[0]) - 65] = value
    truth = Truth(
        COMPLAINTS,
        1,
        12,
        "number received customer product part_number phenomenon defects lot_size rate d3_sent closed status engineer",
        frozenset(wrong),
    )
    return PlantLedger("plain_mistakes", {"Sheet1": rows}, {"Sheet1": truth})


def people_as_written() -> PlantLedger:
    """Names with telephone number, title or department behind them; 张工 is nobody in 通讯录."""
    names = ("张伟明13800001111", "李晓琴工程师", "王志强(品质)", "陈静、张伟明", "张工")
    rows: Rows = [heads("客诉编号 接诉时间 客户 产品名称 零件号 不良现象 不良数量 质量工程师 状态")]
    rows += [[f"C{i}", day(i), *basics(i), name, "整改"] for i, name in enumerate(names)]
    directory: Rows = [["部门通讯录"], heads("序号 姓名 部门 职务 手机 邮箱 直接领导")]
    directory += [
        [i + 1, name, "品质部", "质量工程师", f"1380000111{i}", f"q{i}@example.com", "王志强"]
        for i, name in enumerate(PEOPLE)
    ]
    columns = "number received customer product part_number phenomenon defects engineer status"
    return PlantLedger(
        "people_as_written",
        {"客诉台账": rows, "通讯录": directory},
        {
            "客诉台账": Truth(COMPLAINTS, 1, 5, columns, frozenset({"H6"})),
            "通讯录": Truth("通讯录", 2, 4, "- name department position phone mail superior"),
        },
    )
