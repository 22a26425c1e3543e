"""The board page: content, escaping, links, equal bytes."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from pipeline.documents.board_page import relative_href, render_board
from schemas.board import BoardCase, BoardDuty, BoardEvent, BoardProblem, BoardView, LedgerAge, Tally

TEMPLATES = Path(__file__).parents[2] / "templates"
EMPTY = BoardView(
    site="试验工厂",
    day=date(2026, 11, 23),
    ledgers=(),
    alerts=(),
    by_engineer=(),
    by_department=(),
    cases=(),
    duties=(),
    problems=(),
    hints=(),
    events=(),
)
CASE = BoardCase(
    number="KS-202611-001",
    customer="华拓汽车",
    product="接头",
    phenomenon="脱落",
    level="严重",
    level_reasons=("功能失效",),
    status="调查",
    standing="已纳入",
    engineer="周启明",
    department="装配车间",
    received="2026-11-20 09:10",
    age_days=3,
    link="客诉资料/2026/KS-202611-001 华拓汽车 接头",
    next_step="填写变化点",
)


class Outline(HTMLParser):
    """Elements with their attributes, and the text a reader sees."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._hidden = ""
        self.feed(page.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self._hidden = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))

    def values(self, tag: str, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for name, attrs in self.elements if name == tag and attribute in attrs]


def example() -> BoardView:
    return TypeAdapter(BoardView).validate_json((TEMPLATES / "board" / "example.json").read_bytes())


def drawn(view: BoardView) -> Outline:
    return Outline(render_board(view, [TEMPLATES]))


def test_equal_views_give_equal_bytes_and_a_changed_view_others() -> None:
    assert render_board(example(), [TEMPLATES]) == render_board(example(), [TEMPLATES])
    assert render_board(example(), [TEMPLATES]) != render_board(replace(example(), closed_count=114), [TEMPLATES])


def test_every_text_of_the_example_stands_on_the_page() -> None:
    view = example()
    text = drawn(view).text
    wanted = [view.site, *view.alerts, *view.hints]
    for case in (*view.cases, *view.baseline):
        wanted += [case.number, case.customer, case.product, case.phenomenon, case.status, case.engineer, case.received]
    for case in view.cases:
        wanted += [case.level, case.department, case.next_step, *case.level_reasons]
        wanted += [*case.overdue, *case.waiting, *case.notes]
        wanted += [title for title, _ in case.documents]
    wanted += [part for duty in view.duties for part in (duty.label, duty.what, duty.person, duty.due.isoformat())]
    wanted += [part for problem in view.problems for part in (problem.place, problem.value, problem.message)]
    wanted += [event.text for event in view.events]
    wanted += [part for ledger in view.ledgers for part in (ledger.name, ledger.reason, ledger.waiting_to_write)]
    assert [part for part in wanted if part not in text] == []


def test_links_are_relative_and_percent_encoded() -> None:
    case = replace(CASE, link="客诉资料/2026/KS-1 甲#?%&", documents=(("8D报告", "客诉资料/a b.docx"),))
    hrefs = drawn(replace(EMPTY, cases=(case,))).values("a", "href")
    assert "%E5%AE%A2%E8%AF%89%E8%B5%84%E6%96%99/2026/KS-1%20%E7%94%B2%23%3F%25%26" in hrefs
    assert "%E5%AE%A2%E8%AF%89%E8%B5%84%E6%96%99/a%20b.docx" in hrefs


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "http://elsewhere.example/x",
        "file:///etc",
        "C:/x",
        "C:\\x",
        "//server/share",
        "/etc/x",
        "\\\\server\\share",
        "a\\..\\b",
        "a/\u202excod.exe",
        "a\nb",
        "   ",
    ],
)
def test_a_link_that_could_leave_the_share_is_refused_and_said(link: str) -> None:
    assert relative_href(link) is None
    outline = drawn(replace(EMPTY, cases=(replace(CASE, link=link, documents=(("报告", link),)),)))
    folders = [href for href in outline.values("a", "href") if not href.startswith("#")]
    assert folders == []
    assert outline.text.count("链接无效") == 2


NASTY = "<script>document.title='跑了'</script>\"'`&amp;{{ view }}<img src=x onerror=alert(1)>"


def nasty_view() -> BoardView:
    case = replace(
        CASE,
        number=NASTY,
        customer=NASTY,
        product=NASTY,
        phenomenon=NASTY,
        level=NASTY,
        level_reasons=(NASTY,),
        status=NASTY,
        standing=NASTY,
        engineer=NASTY,
        department=NASTY,
        received=NASTY,
        next_step=NASTY,
        overdue=(NASTY,) * 4,
        waiting=(NASTY,),
        documents=((NASTY, "a"),),
        notes=(NASTY,),
    )
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    return BoardView(
        site=NASTY,
        day=date(2026, 11, 23),
        ledgers=(LedgerAge(NASTY, at, at, NASTY, NASTY),),
        alerts=(NASTY,),
        by_engineer=(Tally(NASTY, 1, 1, 1),),
        by_department=(Tally(NASTY, 1, 1, 1), Tally("别的", 0, 0, 0)),
        cases=(case,),
        duties=(BoardDuty(NASTY, NASTY, NASTY, NASTY, date(2026, 11, 20), 3, "a"),),
        problems=(BoardProblem(NASTY, NASTY, NASTY, NASTY),),
        hints=(NASTY,),
        events=(BoardEvent(at, NASTY, "a"),),
        baseline=(case,),
    )


def test_nothing_from_a_cell_becomes_markup() -> None:
    harmless = nasty_view()
    outline = drawn(harmless)
    tags = [tag for tag, _ in outline.elements]
    assert tags.count("script") == 1
    assert "img" not in tags
    assert not any(name.startswith("on") for _, attrs in outline.elements for name in attrs)
    assert NASTY in outline.values("tr", "data-engineer")
    assert re.sub(r"\s+", " ", NASTY) in outline.text


def test_control_and_bidi_characters_and_lone_surrogates_are_dropped() -> None:
    alert = "甲\u202e乙\u2066丙\x00丁\x1b戊\ud800己"
    view = replace(EMPTY, alerts=(alert,), by_engineer=(Tally("\ud800", 1, 0, 0),))
    assert "甲乙丙丁戊己" in drawn(view).text


def test_the_policy_allows_our_script_by_its_hash_and_no_other_source() -> None:
    page = render_board(example(), [TEMPLATES])
    outline = Outline(page)
    policy = next(attrs["content"] or "" for _, attrs in outline.elements if "http-equiv" in attrs)
    script = re.search(r"<script>(.*?)</script>", page.decode("utf-8"), re.DOTALL)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script.group(1).encode("utf-8")).digest()).decode("ascii")
    assert policy.startswith("default-src 'none';")
    assert f"script-src 'sha256-{digest}'" in policy
    assert outline.values("link", "href") == []
    assert not any("src" in attrs for _, attrs in outline.elements)
    assert "url(" not in page.decode("utf-8")


def test_an_empty_board_is_kind() -> None:
    text = drawn(EMPTY).text
    for sentence in ("没有逾期事项", "没有未关闭的客诉", "台账里没有读不懂", "还没有动态", "还没有台账"):
        assert sentence in text
    assert "演练" not in text


def test_only_upcoming_duties_say_that_nothing_is_overdue() -> None:
    duty = BoardDuty("KS-1 甲", "8D", "周启明", "品质部", date(2026, 11, 25), -2, "")
    text = drawn(replace(EMPTY, duties=(duty,))).text
    assert "没有逾期事项 · 1 项将到期" in text
    assert "还有 2 天" in text


def test_rehearsal_is_said_and_a_missing_case_number_too() -> None:
    case = replace(CASE, number="", standing="填写中", age_days=None)
    text = drawn(replace(EMPTY, rehearsal=True, cases=(case,))).text
    assert "没有向任何人实际发出" in text
    assert "未编号" in text
    assert "填写中" in text


def test_a_duty_is_filtered_with_the_engineer_who_owns_its_case() -> None:
    duty = BoardDuty(f"{CASE.number} 华拓汽车 接头", "措施 C1", "罗建安", "注塑车间", date(2026, 11, 20), 3, CASE.link)
    outline = drawn(replace(EMPTY, cases=(CASE,), duties=(duty,)))
    rows = [attrs for _, attrs in outline.elements if "data-person" in attrs]
    found = [(row["data-engineer"], row["data-person"], row["data-level"]) for row in rows]
    assert found == [("周启明", "罗建安", "严重")]


def test_without_script_a_tally_leads_to_the_first_case_of_that_person() -> None:
    other = replace(CASE, number="KS-2", engineer="林晓舟")
    view = replace(EMPTY, cases=(CASE, other), by_engineer=(Tally("林晓舟", 1, 0, 0), Tally("无案", 0, 0, 0)))
    outline = drawn(view)
    filters = [attrs for tag, attrs in outline.elements if tag == "a" and "data-filter" in attrs]
    named = [attrs for attrs in filters if str(attrs["data-filter"]).startswith("engineer:")]
    assert [link["href"] for link in named] == ["#c2"]
    assert {"c1", "c2"} <= set(outline.values("tr", "id"))


def test_an_address_of_ours_leads_to_something_on_the_page() -> None:
    outline = drawn(example())
    ids = {attrs["id"] for _, attrs in outline.elements if "id" in attrs}
    inside = [href[1:] for href in outline.values("a", "href") if href.startswith("#")]
    inside = [target for target in inside if not target.startswith("filter=")]
    assert [target for target in inside if target not in ids] == []
    assert all(scope in {"col", "row"} for scope in outline.values("th", "scope"))
    assert len(outline.values("th", "scope")) == sum(1 for tag, _ in outline.elements if tag == "th")


def test_two_thousand_open_cases_stay_a_page_of_a_few_megabytes() -> None:
    view = example()
    many = tuple(replace(view.cases[index % 25], number=f"KS-2026-{index:04d}") for index in range(2000))
    page = render_board(replace(view, cases=many), [TEMPLATES])
    assert page.count(b'<tr id="c') == 2000
    assert len(page) < 5_000_000
