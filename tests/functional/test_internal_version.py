"""Two versions of an 8D: what stays within the plant never stands in the customer's, nor in the month's archive."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.archive.sources import sources_of
from pipeline.documents.gateway import TemplateDocuments
from pipeline.rules.archives import archived_case
from schemas.case import Case
from schemas.decisions import TeamMember
from schemas.report import Disagreement
from schemas.values import Review
from tests.functional import documents_cases as cases
from tests.functional import saved_documents as saved
from tests.functional.plant_folder import COMPLAINTS, complaint, empty_plant

#: What a plant would not like to read in a customer's hands, by where it stands in the case.
SECRETS = {
    "cost": "8888元", "note": "客户SQE好说话", "lesson": "教训甲", "review_reason": "检讨乙", "level": "原因丙",
    "phone": "138-1234-5678", "rejected": "驳回的措施", "queried": "质疑的措施", "unreviewed": "还没审的措施",
    "disagreement": "文件中为“丁”",
}



def secretive() -> tuple[Case, object]:
    case, decisions = cases.full()
    told = case.complaint.model_copy(update={
        "cost": 8888.0, "note": SECRETS["note"], "lesson": SECRETS["lesson"], "review_reason": SECRETS["review_reason"],
    })
    first = case.rows.actions[0]
    actions = tuple(
        replace(first, record=first.record.model_copy(
            update={"action_number": f"X{number}", "content": SECRETS[name], "review": review}
        )) for number, (name, review) in enumerate(
            (("rejected", Review.REJECTED), ("queried", Review.QUERIED), ("unreviewed", None))
        )
    )
    rows = replace(case.rows, complaint=replace(case.rows.complaint, record=told), actions=case.rows.actions + actions)
    level = replace(decisions.level, reasons=(SECRETS["level"],))
    team = (*decisions.team, TeamMember("宋一鸣", "品质部", "检验员", SECRETS["phone"], "检验"))
    spoken = (Disagreement("8D报告.docx", "不良批次", "丙", "丁"),)
    return replace(case, rows=rows, disagreements=spoken), replace(decisions, level=level, team=team)


def words(kind: str) -> str:
    documents = TemplateDocuments()
    case, decisions = secretive()
    content = documents.render(kind, documents.context(kind, case, decisions, None), cases.NOW)  # type: ignore[arg-type]  # cases of tests
    return "".join(cases.words_of(content))


@pytest.mark.parametrize("secret", SECRETS)
def test_what_stays_within_the_plant_stands_in_the_internal_version_only(secret: str) -> None:
    assert SECRETS[secret] not in words("eight_d")
    assert SECRETS[secret] in words("eight_d_internal")


def test_measures_that_passed_stand_in_both_and_all_do_where_nobody_reviews() -> None:
    assert "密封垫每月更换" in words("eight_d")
    assert "密封垫每月更换" in words("eight_d_internal")
    case, decisions = cases.full()
    open_ones = tuple(
        replace(row, record=row.record.model_copy(update={"review": None})) for row in case.rows.actions
    )
    documents = TemplateDocuments()
    for kept, shown in ((False, True), (True, False)):
        unreviewed = replace(case, rows=replace(case.rows, actions=open_ones, reviewed=kept))
        rows = documents.context("eight_d", unreviewed, decisions, None)["corrective"]
        assert any("密封垫" in row["content"] for row in rows) is shown


def test_both_are_drafted_and_what_is_typed_into_the_customers_shows_in_the_internal(tmp_path: Path) -> None:
    plant = empty_plant(tmp_path / "plant")
    plant.type(COMPLAINTS, complaint(客户要求8D="是", 状态="分析", 不良数量=3, 备注="内部话"))
    plant.settled()
    report = next((plant.share / "客诉资料").rglob("8D报告.docx"))
    internal = report.with_name("8D内部版.docx")
    assert "内部话" not in "".join(cases.words_of(report.read_bytes()))
    assert "内部话" in "".join(cases.words_of(internal.read_bytes()))
    report.write_bytes(saved.like_word(saved.type_over(report.read_bytes(), occurrence_cause="顶针磨损产生飞边")))
    plant.once("08:30")
    found = TemplateDocuments().read_back("eight_d_internal", internal.read_bytes())
    assert found["occurrence_cause"] == "顶针磨损产生飞边"
    internal.write_bytes(saved.like_word(saved.type_over(internal.read_bytes(), escape_cause="首检漏测，内部知道就好")))
    plant.once("08:40")
    assert "内部知道就好" not in "".join(cases.words_of(report.read_bytes()))
    assert "内部知道就好" in "".join(cases.words_of(internal.read_bytes()))


def test_the_internal_version_is_kept_out_of_the_archive(tmp_path: Path) -> None:
    case, decisions = cases.full()
    folder = tmp_path / "KS"
    folder.mkdir()
    for name in ("8D报告.docx", "8D内部版.docx", "8D内部版(新草稿 20261126-0830).docx"):
        (folder / name).write_bytes(b"x")
    patterns = archived_case(case, decisions, TemplateDocuments()).internal
    found, left = sources_of(folder, "data/KS", patterns)
    assert [source.path.name for source in found] == ["8D报告.docx"]
    assert len(left) == 2
