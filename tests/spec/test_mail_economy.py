"""A rehearsed month of an ordinary plant: how many mails a person gets in a week (DOMAIN "Who hears what, when")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from pipeline.workdays import Workdays
from schemas.case import CaseFiles
from schemas.payloads import SendMail
from schemas.workbook import WorkbookReading
from tests.spec.ledger_tables import ZONE, ledger
from tests.spec.memory_plant import SETTINGS, Plant

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 29)  # four weeks
WEEKS = 4
GOAL = 3.0  # mails per person and week, on average
PASSES = (time(8, 20), time(8, 40), time(9, 10), time(15, 10))
ENGINEERS = ("周启航", "苏映雪", "孟凡", "丁小满", "贺兰", "严立")
ROLES = ("车间主任", "班组长", "检验班组长")
STAFF = {
    "注塑车间": ("罗文斌", "段鹏飞", "彭小满"), "装配车间": ("付国栋", "姜海", "卢燕"),
    "挤出车间": ("雷鸣", "康宁", "邹洁"), "采购部": ("石磊", "龚雪", "万佳"),
}
DEPARTMENTS = tuple(STAFF)
CALENDAR = Workdays()


def contacts() -> list[dict[str, object]]:
    """Six engineers under a quality manager, four departments with head, leader and inspector."""
    people: list[dict[str, object]] = [
        {"姓名": "韩立川", "部门": "品质部", "岗位": "品质经理", "邮箱": "m0@example.com", "直属上级": "程远山"},
        {"姓名": "程远山", "部门": "总经办", "岗位": "副总", "角色": "高层", "邮箱": "m1@example.com"},
    ]
    people += [
        {"姓名": name, "部门": "品质部", "岗位": "质量工程师", "邮箱": f"e{index}@example.com", "直属上级": "韩立川"}
        for index, name in enumerate(ENGINEERS)
    ]
    people += [
        {"姓名": name, "部门": unit, "岗位": role, "直属上级": "程远山", "邮箱": f"{unit_index}{index}@example.com"}
        for unit_index, unit in enumerate(DEPARTMENTS)
        for index, (name, role) in enumerate(zip(STAFF[unit], ROLES, strict=True))
    ]
    return people


def received() -> Iterator[tuple[int, date]]:
    """Two complaints a working day: 500 a year, 83 for each engineer (DOMAIN "Sizes": 60 to 100)."""
    number, day = 0, FIRST
    while day <= LAST:
        if CALENDAR.is_workday(day):
            for _ in range(2):
                number += 1
                yield number, day
        day += timedelta(days=1)


COMPLAINTS = tuple(received())
_COURSE = ((0, "待确认"), (1, "调查"), (3, "分析"), (5, "整改"), (9, "跟踪"), (20, "关闭"))  # working days → 状态


def complaint_row(number: int, day: date, today: date) -> dict[str, object]:
    """The complaint as its engineer keeps it: every fifth serious, every tenth late with its 8D."""
    age = CALENDAR.count_between(day, today)
    serious, late = number % 5 == 0, number % 10 == 0
    row: dict[str, object] = {
        "客诉编号": f"KS-202611-{number:03d}", "接诉时间": f"{day} 10:00", "客户": f"客户{number % 7}",
        "产品名称": f"产品{number % 11}", "产品编号": f"P-{number:04d}", "不良现象": f"第{number}种外观不良",
        "不良数量": 3, "不良批次": f"C{number:04d}", "批量数": 2000, "客户日用量": 200, "客户良品库存": 900,
        "质量工程师": ENGINEERS[number % 6], "责任部门": DEPARTMENTS[number % 4], "紧急措施": "换批",
        "紧急措施时间": f"{day} 10:20", "状态": next(status for after, status in reversed(_COURSE) if age >= after),
    }
    if serious:
        row |= {"功能失效": "是", "D3提交日": str(day), "8D要求日": str(CALENDAR.add(day, 10))}
        row |= {"D4-D5提交日": str(CALENDAR.add(day, 4))} if age >= 4 else {}
        row |= {"8D提交日": str(CALENDAR.add(day, 10))} if age >= 10 and not late else {}
    return row


def action_rows(number: int, day: date, today: date) -> Iterator[dict[str, object]]:
    """Two measures from 整改 on; one in ten is not done in time."""
    unit = DEPARTMENTS[number % 4]
    for index in range(2) if CALENDAR.count_between(day, today) >= 5 else ():
        due = CALENDAR.add(day, 8 + index)
        done = today >= due and number % 10 != index
        yield {
            "客诉编号": f"KS-202611-{number:03d}", "措施编号": f"C{index + 1}", "措施类别": "长期",
            "措施内容": f"措施{number}-{index}", "责任部门": unit, "责任人": STAFF[unit][1], "审核结论": "通过",
            "计划完成日": str(due), **({"实际完成日": str(due)} if done else {}),
        }


def meeting_rows(number: int, day: date, today: date) -> Iterator[dict[str, object]]:
    """A meeting for every serious complaint, on the fourth working day."""
    age = CALENDAR.count_between(day, today)
    if number % 5 == 0 and age >= 2:
        unit = DEPARTMENTS[number % 4]
        state = "纪要已签" if age >= 5 else "已召开" if age >= 4 else "已确认"
        yield {
            "客诉编号": f"KS-202611-{number:03d}", "第几次": 1, "状态": state, "结论": "按措施执行",
            "时间": f"{CALENDAR.add(day, 3)} 14:00", "应到": f"{STAFF[unit][0]}、{STAFF[unit][2]}",
        }


def ledger_on(today: date) -> WorkbookReading:
    seen = [entry for entry in COMPLAINTS if entry[1] <= today]
    return ledger(
        [complaint_row(number, day, today) for number, day in seen], today=today, 通讯录=contacts(),
        措施跟踪=[row for number, day in seen for row in action_rows(number, day, today)],
        会议=[row for number, day in seen for row in meeting_rows(number, day, today)],
    )


def mails_of_the_month() -> tuple[Counter[str], Counter[str]]:
    """How many mails each address got (copies count), and how many of each kind."""
    plant, people, kinds = Plant(settings=SETTINGS), Counter[str](), Counter[str]()
    plant.files = CaseFiles(attachments=("现场照片.jpg",))
    day = FIRST
    while day <= LAST:
        reading = ledger_on(day)
        for moment in PASSES if CALENDAR.is_workday(day) else ():
            planned = plant.see(reading, datetime.combine(day, moment, ZONE).isoformat()[:16])
            for effect in planned.effects:
                if isinstance(effect.payload, SendMail):
                    people.update((*effect.payload.to, *effect.payload.cc))
                    kinds[effect.payload.kind] += len(effect.payload.to) + len(effect.payload.cc)
        day += timedelta(days=1)
    return people, kinds


def test_an_ordinary_month_stays_within_three_mails_a_person_and_week() -> None:
    people, kinds = mails_of_the_month()
    average = sum(people.values()) / len(people) / WEEKS
    print(f"mails per person and week: {average:.2f}; {len(people)} people; {dict(kinds)}; {dict(people)}")
    assert {"digest", "release", "meeting", "minutes", "escalation", "overdue"} <= kinds.keys()
    assert average <= GOAL, (average, kinds, people)
