"""月末归档: which complaints a month's archive holds, what each lacks; from the table ``archives.yaml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from pipeline.plan import Plan
from pipeline.rules.hand_over_papers import expected_papers, internal_papers, lacking_in_folder
from schemas.case import CaseFiles
from schemas.effects import Effect
from schemas.payloads import AddSupplement, MakeArchive, SendMail
from schemas.settings import LedgerSetting
from schemas.workbook import WorkbookReading
from tests.spec.decision_cases import case_like, decisions_on
from tests.spec.ledger_tables import CONTACTS, LEDGER, complaint, ledger
from tests.spec.memory_plant import DOCUMENTS, QUIET, SETTINGS, Plant
from tests.spec.rule_tables import load, row_id

RULE = load("archives")
Row = dict[str, Any]
MEASURE = {"客诉编号": "KS-1", "措施内容": "修模", "责任人": "罗文斌"}
MARKETING = {"姓名": "沈佳", "部门": "营销部", "岗位": "资料员", "邮箱": "shen@example.com"}


def reading_of(given: Row) -> WorkbookReading:
    """A ledger of one registered complaint with the given cells, measures and meetings."""
    cells = {name: value for name, value in given.items() if name not in {"措施", "会议", "台账", "另一件"}}
    row = complaint(**{"客诉编号": "KS-1", "状态": "调查", "信息来源": "营销部", "客户要求8D": "是",
                       "接诉时间": "2026-11-05 08:00", **QUIET, **cells})
    second = {"客诉编号": "KS-2", "信息来源": "营销部", **QUIET}
    others = [complaint(**{**second, **more}) for more in given.get("另一件", ())]
    return ledger(
        [row, *others], 通讯录=[*CONTACTS, MARKETING], 措施跟踪=[{**MEASURE, **more} for more in given.get("措施", ())],
        会议=[{"客诉编号": "KS-1", "时间": "2026-11-09 10:00", **more} for more in given.get("会议", ())],
    )


def month_end(given: Row) -> Plan:
    """The pass at 17:00 on the month-end day over one complaint."""
    personal = given.get("台账") == "个人"
    kind = LedgerSetting(file=LEDGER, kind="personal", owner="周启航") if personal else LedgerSetting(file=LEDGER)
    plant = Plant(settings=SETTINGS.model_copy(update={"ledgers": (kind,)}))
    reading = reading_of(given)
    plant.see(reading, "2026-11-20T10:00")
    plant.see(reading, "2026-11-20T10:20")
    plant.see(reading, "2026-11-30T09:00")
    return plant.see(reading, "2026-11-30T17:00")


def orders(planned: Plan) -> list[MakeArchive]:
    return [effect.payload for effect in planned.effects if isinstance(effect.payload, MakeArchive)]


@pytest.mark.parametrize("row", RULE.rows("哪些客诉进 2026-11 的归档"), ids=row_id)
def test_what_belongs_in(row: Row) -> None:
    found = orders(month_end(row["给"]))
    assert [case.number for order in found for case in order.cases] == (["KS-1"] if row["得"] == "归档" else [])


@pytest.mark.parametrize("row", RULE.rows("缺什么，谁欠"), ids=row_id)
def test_what_is_missing(row: Row) -> None:
    (order,) = orders(month_end(row["给"]))
    (case,) = order.cases
    assert [f"{owing.what} {owing.person}" for owing in case.owing] == row["得"]["台账"]
    assert [f"{expected.what} {expected.person}" for expected in case.expected] == row["得"]["应有"]


def test_the_archive_is_planned_after_the_papers_that_belong_in_and_once() -> None:
    planned = month_end({"状态": "调查"})
    kinds = [effect.key.kind for effect in planned.effects]
    assert kinds.count("archive") == 1
    assert kinds.index("archive") > max((at for at, kind in enumerate(kinds) if kind.startswith("doc.")), default=-1)
    assert not [effect for effect in planned.effects if isinstance(effect.payload, SendMail)
                and effect.key.kind == "mail.hand_over"]  # only what was made is handed over


def _said(effect: Effect) -> str:
    match effect.payload:
        case MakeArchive():
            return f"归档 {effect.payload.period}"
        case AddSupplement():
            numbers = "、".join(case.number for case in effect.payload.cases)
            return f"补充 {effect.key.subject} {effect.key.occasion}：{numbers}"
        case SendMail(kind="hand_over"):
            kind = "补充" if effect.payload.context["supplement"] else "归档"
            zipped = f"，压缩包 {name}" if (name := effect.payload.context["zip"]) else ""
            return f"{kind}移交 {effect.payload.context['name']} → {effect.key.subject}{zipped}"
        case _:
            return ""


def course(steps: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """By time of the pass, the archives, supplements and hand-over mails of it; a step keeps the cells before it."""
    plant, given, found = Plant(), Row(), {}
    for step in steps:
        setting = plant.settings.month_end.model_copy(update=step.get("参数", {}))
        plant.settings = plant.settings.model_copy(update={"month_end": setting})
        given |= step.get("行", {})
        planned = plant.see(reading_of(given), step["时"])
        found[step["时"]] = [said for effect in planned.effects if (said := _said(effect))]
    return {time: said for time, said in found.items() if said}


@pytest.mark.parametrize("row", RULE.rows("以后的周报日和移交"), ids=row_id)
def test_what_comes_after_the_archive(row: Row) -> None:
    assert course(row["给"]) == row["得"]


@pytest.mark.parametrize("row", RULE.rows("资料夹里应有什么，缺什么"), ids=row_id)
def test_what_a_folder_has_to_hold(row: Row) -> None:
    given = row["给"]
    cells = {"信息来源": "营销部", "客户要求8D": "是", **given.get("台账", {})}
    case = case_like(cells, {"会议": given.get("会议", ())})
    lying = given.get("夹中", {})
    files = CaseFiles(*(tuple(lying.get(place, ())) for place in ("", "附件", "固化文件")))
    found = lacking_in_folder(replace(case, files=files), decisions_on(case), DOCUMENTS)
    assert [f"{lack.what}（{lack.person or '—'}）" for lack in found] == row["得"]


def test_a_folder_that_was_not_looked_into_lacks_nothing() -> None:
    case = case_like({"信息来源": "营销部"})
    assert lacking_in_folder(case, decisions_on(case), DOCUMENTS) == ()


def test_every_version_of_the_internal_8d_stays_within_the_plant() -> None:
    patterns = [internal_papers(case_like({"重开次数": times}), DOCUMENTS) for times in (0, 1, 2)]
    assert patterns == [
        ("8D内部版*",), ("8D内部版*", "8D内部版-第2版*"), ("8D内部版*", "8D内部版-第2版*", "8D内部版-第3版*"),
    ]


def test_papers_lie_in_the_folder_or_any_below_in_capital_letters_too() -> None:
    case = case_like({"信息来源": "营销部", "客户要求8D": "是"})
    report, photos = expected_papers(case, decisions_on(case), DOCUMENTS)
    assert report.patterns == ("8D报告*", "*/8D报告*", "*8D*", "*/*8D*")
    assert all(photos.is_among([name]) for name in ("a.JPG", "附件/x/b.jpeg", "附件/照片.TIFF"))
