"""期间总结: what a review counts, from the table ``period_review.yaml``."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.pareto import pareto
from pipeline.rules.period import PeriodUnreadable, period_of
from pipeline.rules.period_review import review
from pipeline.workdays import Workdays
from schemas.review import UNNAMED, Review, pareto_message
from tests.spec.ledger_tables import CONTACTS, at, complaint, ledger
from tests.spec.memory_plant import Plant
from tests.spec.rule_tables import load, row_id

RULE = load("period_review")
NOW = "2026-12-10T10:00"
Row = dict[str, Any]


def reviewed(rows: list[Row], period: str = "2026-11") -> Review:
    usual = {"状态": "调查", "紧急措施": "换批"}
    cells = [{"客诉编号": f"KS-{number}", **usual, **row} for number, row in enumerate(rows, 1)]
    planned = Plant().see_only(ledger([complaint(**row) for row in cells], 通讯录=CONTACTS), NOW)
    cases = [(case, planned.decisions[case.handle]) for case in planned.cases]
    return review(cases, "测试厂", period_of(period), Workdays(), at(NOW))


def shown(found: Review) -> Row:
    told: Row = {"接诉": found.received, "关闭": found.closed, "期末未关闭": found.open_at_end}
    if found.days_to_close:
        told["结案天数"] = list(found.days_to_close)
    if found.repeats:
        told["重复"] = [f"{entry.part} {entry.failure} {len(entry.numbers)}次" for entry in found.repeats]
    if found.cost:
        told["费用"] = found.cost
        told["滚动"] = found.rolled[0][-1]
    if found.lessons:
        told["经验教训"] = [text for _, _, text in found.lessons]
    for line in found.punctuality:
        if line.clock == "8D" and line.due:
            told["8D"] = f"到期{line.due} 按时{line.in_time} 迟交{line.late} 逾期未交{line.open_late}"
    return told


@pytest.mark.parametrize("row", RULE.rows("期间的写法"), ids=row_id)
def test_how_a_period_is_written(row: Row) -> None:
    if row["得"] == "无法识别":
        with pytest.raises(PeriodUnreadable, match="2026Q4"):
            period_of(str(row["给"]))
        return
    period = period_of(str(row["给"]))
    assert f"{period.first} 至 {period.last}" == row["得"]


@pytest.mark.parametrize("row", RULE.rows("2026-11 的计数"), ids=row_id)
def test_what_is_counted(row: Row) -> None:
    found = shown(reviewed(row["给"]))
    if "8D" not in row["得"]:
        found.pop("8D", None)
    assert found == row["得"]


def test_the_trend_covers_a_year_and_the_table_has_one_row_a_complaint() -> None:
    found = reviewed([{"接诉时间": "2026-11-05 08:00"}, {"接诉时间": "2026-01-05 08:00"}], "2026H2")
    assert [line.month for line in found.trend][::11] == ["2026-01", "2026-12"]
    assert sum(line.received for line in found.trend) == 2
    assert [entry.number for entry in found.cases] == ["KS-1", "KS-2"]
    assert found.cases[1].cells["滚动次数"] == 47  # 48 Fridays' weeks less the week of the Spring Festival


@given(st.lists(st.one_of(st.none(), st.text("甲乙丙丁戊己庚辛壬癸子丑寅 ", max_size=3)), max_size=60))
def test_a_pareto_counts_everything_once_and_ends_at_the_whole(names: list[str | None]) -> None:
    shares = pareto(names)
    assert sum(share.count for share in shares) == len(names)
    assert len(shares) <= 10
    if shares:
        assert abs(shares[-1].cumulated - 1) < 1e-9
        blank = any(not (name or "").strip() for name in names)
        assert len(shares) == 10 or blank == (UNNAMED in {share.name for share in shares})


@pytest.mark.parametrize(("names", "said"), [
    (["泄漏", "泄漏", "异响"], "失效类别以“泄漏”最多：2 件，占 67%"),
    (["泄漏", "异响", None, None, None], "失效类别以“异响”“泄漏”最多：各 1 件"),
    (["甲", "乙", "丙", "丁"], "失效类别没有集中：最多的 4 项各 1 件"),
    ([None], "台账没有填写失效类别"),
    ([], "失效类别：期内没有客诉"),
])
def test_a_pareto_names_the_most_frequent_and_no_first_among_equals(names: list[str | None], said: str) -> None:
    assert pareto_message(pareto(names), "失效类别") == said
