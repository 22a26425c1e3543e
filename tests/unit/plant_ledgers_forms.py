"""Plants whose sheets are laid out in their own ways: bands, split days, several rows a complaint, languages."""

from __future__ import annotations

from tests.unit.plant_ledgers import PEOPLE, PlantLedger, Rows, Truth, basics, day, heads, one_of

COMPLAINTS = "客诉台账"


def one_sheet_log() -> PlantLedger:
    """Title, 编制/审核 line, 序号 first, OPEN/CLOSE, 责任人 instead of an engineer."""
    rows: Rows = [
        ["2026年客户投诉台账"],
        ["编制:李晓琴", "", "", "审核:王志强"],
        heads(
            "序号 客诉日期 客户名称 产品名称 零件号 问题描述 不良数 "
            "责任人 原因分析 临时措施 长期措施 计划完成时间 实际完成时间 状态"
        ),
    ]
    for i in range(8):
        closed = i % 2 == 0
        rows.append(
            [
                i + 1,
                day(i),
                *basics(i),
                one_of(PEOPLE, i),
                "模具磨损",
                "全检库存",
                "更换镶件",
                day(i + 1),
                day(i + 1) if closed else None,
                one_of(("CLOSE", "OPEN", "Closed", "on-going"), i),
            ]
        )
    rows += [["合计", *[None] * 5, 24], ["注:红色为逾期未关闭"], ["红色底纹表示超期未关闭的客诉"]]
    truth = Truth(
        COMPLAINTS,
        3,
        8,
        "- received customer product part_number phenomenon defects - occurrence_cause "
        "interim_actions lasting_actions close_due closed status",
        reads={(4, "status"): "关闭", (5, "status"): "调查"},
    )
    return PlantLedger("one_sheet_log", {"2026年客诉台账(最新)": rows}, {"2026年客诉台账(最新)": truth})


def two_bands() -> PlantLedger:
    """Two heading rows whose bands give 内容, 日期 and 对策 their meaning."""
    rows: Rows = [
        ["客户投诉汇总表"],
        ["序号", "编号", "客户信息", "", "产品信息", "", "不良信息", "", "D3", "", "D4", "", "D5", "", "结案", ""],
        [
            "",
            "",
            "客户",
            "基地",
            "品名",
            "图号",
            "不良现象",
            "不良数量",
            "要求日期",
            "完成日期",
            "发生原因",
            "流出原因",
            "对策",
            "责任人",
            "状态",
            "结案日期",
        ],
    ]
    for i in range(6):
        customer, product, part, what, pieces = basics(i)
        rows.append(
            [
                i + 1,
                f"TS26{i + 1:03}",
                customer,
                "一厂",
                product,
                part,
                what,
                pieces,
                day(i),
                day(i),
                "参数漂移",
                "漏检",
                "改模",
                one_of(PEOPLE, i),
                "已结案" if i < 4 else "整改中",
                day(i + 2) if i < 4 else None,
            ]
        )
    bands = ("A1:P1", "A2:A3", "B2:B3", "C2:D2", "E2:F2", "G2:H2", "I2:J2", "K2:L2", "M2:N2", "O2:P2")
    truth = Truth(
        COMPLAINTS,
        3,
        6,
        "- number customer customer_site product part_number phenomenon defects d3_due d3_sent "
        "occurrence_cause escape_cause lasting_actions - status closed",
    )
    return PlantLedger("two_bands", {"客户投诉汇总": rows}, {"客户投诉汇总": truth}, {"客户投诉汇总": bands})


def split_days() -> PlantLedger:
    """A sheet a month, 月 and 日 in columns of their own, 完成情况 instead of a state."""
    sheets: dict[str, Rows] = {}
    truths = {}
    states = ("已完成", "已完成 1/28", "进行中70%", "未完成", "已完成(待验证)")
    for month in (1, 2, 12):
        rows: Rows = [heads("月 日 客户 产品 不良内容 处理方式 责任单位 完成情况")]
        for i, state in enumerate(states):
            customer, product, _, what, _ = basics(i)
            rows.append([month, i * 4 + 2, customer, product, what, "换货", "装配车间", state])
        sheets[f"2025年{month}月"] = [*rows, ["合计", "", "", "", "", 21]]
        truths[f"2025年{month}月"] = Truth(
            COMPLAINTS,
            1,
            5,
            "received received customer product phenomenon - department status",
            reads={
                (2, "received"): f"2025-{month:02}-02",
                (3, "status"): "关闭",
                (4, "status"): "调查",
                (6, "status"): "跟踪",
            },
        )
    return PlantLedger("split_days", sheets, truths)


def measures_in_rows() -> PlantLedger:
    """One complaint over several rows: below merged cells, and below blank ones."""
    titles = heads("客诉编号 投诉日期 客户 产品名称 不良现象 整改措施 计划完成日期 状态")
    merged_rows, blank_rows = [titles], [list(titles)]
    for i in range(3):
        customer, product, _, what, _ = basics(i)
        head: list[object] = [day(i), customer, product, what]
        merged_rows += [[f"M{i}", *head, "全检库存", day(i + 1), "已关闭"], [None] * 5 + ["修改作业指导书", day(i + 2)]]
        blank_rows += [[f"B{i}", *head, "全检库存", day(i + 1), "已关闭"], [None] * 5 + ["追加检具", day(i + 2), None]]
    cells = [f"{letter}{row}:{letter}{row + 1}" for letter in "ABCDEH" for row in (2, 4, 6)]
    columns = "number received customer product phenomenon lasting_actions close_due status"
    truth = Truth(
        COMPLAINTS,
        1,
        6,
        columns,
        reads={
            (2, "lasting_actions"): "全检库存\n修改作业指导书",
            (2, "close_due"): f"{day(2):%Y-%m-%d}",
            (3, "number"): "no row",
        },
    )
    unmerged = Truth(
        COMPLAINTS, 1, 6, columns, reads={(4, "lasting_actions"): "全检库存\n追加检具", (5, "number"): "no row"}
    )
    return PlantLedger(
        "measures_in_rows",
        {"客诉一": merged_rows, "客诉二": blank_rows},
        {"客诉一": truth, "客诉二": unmerged},
        {"客诉一": cells},
    )


def traditional() -> PlantLedger:
    """Traditional characters, as in plants with a mother house in Taiwan."""
    rows: Rows = [
        heads(
            "項次 客訴編號 客訴日期 客戶 品名 料號 不良現象 不良數 責任單位 "
            "發生原因 暫時對策 永久對策 結案日期 狀態 備註"
        )
    ]
    for i in range(5):
        rows.append(
            [
                i + 1,
                f"CAR-{i}",
                day(i),
                *basics(i),
                "製造部",
                "模具磨損",
                "全檢",
                "修模",
                day(i + 1) if i < 3 else None,
                "已結案" if i < 3 else "處理中",
                "",
            ]
        )
    truth = Truth(
        COMPLAINTS,
        1,
        5,
        "- number received customer product part_number phenomenon defects department "
        "occurrence_cause interim_actions lasting_actions closed status note",
        reads={(2, "status"): "关闭", (6, "status"): "调查", (2, "department"): "製造部"},
    )
    return PlantLedger("traditional", {"客訴一覽表": rows}, {"客訴一覽表": truth})


def english() -> PlantLedger:
    """A joint venture's log in English; R/Y/G is a traffic light, so Y is no yes."""
    rows: Rows = [
        ["Customer complaints 2026"],
        [
            "Item",
            "Date received",
            "Customer",
            "Part description",
            "Part number",
            "Issue description",
            "Qty NOK",
            "Batch",
            "3D due",
            "3D sent",
            "8D due date",
            "8D submitted",
            "Close date",
            "Status (R/Y/G)",
            "Remarks",
        ],
    ]
    for i in range(6):
        rows.append(
            [
                i + 1,
                day(i),
                *basics(i),
                "B1",
                day(i),
                day(i),
                day(i + 1),
                day(i + 1),
                day(i + 2) if i < 3 else None,
                one_of(("G", "G", "G", "R", "Y", "Y"), i),
                "",
            ]
        )
    truth = Truth(
        COMPLAINTS,
        2,
        6,
        "- received customer product part_number phenomenon defects lot d3_due d3_sent d8_due d8_sent "
        "closed status note",
        frozenset({"N2"}),
        {(7, "status"): "None"},
    )
    return PlantLedger("english", {"2026": rows}, {"2026": truth})


def bilingual() -> PlantLedger:
    """Two languages in one heading cell; states as symbols that a legend below the table explains."""
    rows: Rows = [
        [
            "Complaint Date\n投诉日期",
            "Customer\n客户",
            "Part Name\n零件名称",
            "Part No.\n零件号",
            "Problem Description\n问题描述",
            "Defect Qty\n不良数量",
            "Root Cause\n根本原因",
            "Corrective Action\n纠正措施",
            "Due Date\n截止日期",
            "Status\n状态",
        ]
    ]
    for i in range(6):
        rows.append([day(i), *basics(i), "", "", day(i + 1), one_of(("●", "○", "◐"), i)])
    rows += [[], ["图例:●已关闭 ○未开始 ◐进行中"]]
    truth = Truth(
        COMPLAINTS,
        1,
        6,
        "received customer product part_number phenomenon defects occurrence_cause lasting_actions close_due status",
        reads={(2, "status"): "关闭", (3, "status"): "待确认", (4, "status"): "调查"},
    )
    return PlantLedger("bilingual", {"Complaint Log": rows}, {"Complaint Log": truth})
