"""What stands in our cells of a row, and by what a row without a number is known, case by case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.rules.history import History
from pipeline.rules.row_content import RowDigests, minimum_fingerprint, row_name
from pipeline.rules.wanted_cells import feedback_text, refusal_inputs, row_edits, wanted_cells
from pipeline.rules.wanted_pictures import wanted_pictures
from schemas.case import Case, Standing
from schemas.effects import EffectKey, EffectRecord, EffectState
from schemas.payloads import CellEdit, FilePicture, WriteCells
from schemas.remarks import Remark, Shown, Topic
from schemas.workbook import Issue, LedgerPicture
from tests.spec.decision_cases import case_like
from tests.spec.ledger_tables import LEDGER, at, complaint, ledger

NOW = at("2026-11-26T09:00")
READING = ledger([complaint()])
COLUMNS = {"number": 0, "feedback": 50, "folder_link": 51}
EDIT = CellEdit("客诉台账", 3, 50, "feedback", "", "请补充")


def remark(sentence: str, shown: Shown = Shown.CELL) -> Remark:
    return Remark(Topic.CHECK, sentence, sentence, shown)


def with_issues(case: Case, *issues: Issue) -> Case:
    return replace(case, rows=replace(case.rows, complaint=replace(case.rows.complaint, issues=issues)))


def test_feedback_says_what_to_correct_first_the_note_then_the_cells_then_the_remarks() -> None:
    many, blank = Issue("客诉台账", "G3", "defects", "很多", "请填数字"), Issue("客诉台账", "H3", "lot", "", "请填写")
    remarks = [remark("甲"), remark("乙", Shown.BOARD), remark("丙", Shown.CELL | Shown.DIGEST)]
    said = feedback_text(with_issues(case_like({}), many, blank), remarks, "来信的依据")
    assert said.split("\n") == ["来信的依据", "G3“很多”：请填数字", "H3:请填写", "甲", "丙"]
    assert feedback_text(case_like({}), (), "") == ""


def test_a_half_typed_row_is_told_what_makes_it_a_complaint() -> None:
    half = replace(case_like({}), standing=Standing.HALF_TYPED)
    assert feedback_text(half, (), "") == "填写中：接诉时间、客户、产品、不良现象齐全后自动编号"


@pytest.mark.parametrize(("length", "ends"), [(500, "长"), (501, "…其余见看板")])
def test_a_long_feedback_sends_people_to_the_board(length: int, ends: str) -> None:
    said = feedback_text(case_like({}), [remark("长" * length)], "")
    assert (len(said), said.endswith(ends)) == (500 if ends == "长" else 498, True)


def edits(case: Case, feedback: str | None = None, link: str = "", *, without: str = "", refused: tuple[str, ...] = (),
          ) -> list[tuple[str, str, str | None]]:
    columns = {name: column for name, column in COLUMNS.items() if name != without}
    return [(edit.field, edit.text, edit.link) for edit in row_edits(case, columns, feedback, link, refused)]


def test_only_cells_that_differ_are_written() -> None:
    typed = case_like({"系统校验": "请 补充", "资料链接": "打开 KS-1"})
    row = case_like({}).rows.complaint
    without_number = replace(row, typed={name: text for name, text in row.typed.items() if name != "number"})
    blank = replace(case_like({}), rows=replace(case_like({}).rows, complaint=without_number))
    assert edits(typed, "请  补充", "file:///x") == []  # the number stands there, and blanks make no difference
    assert edits(typed, "改", "file:///x") == [("feedback", "改", None)]
    assert edits(blank, "请补充") == [("feedback", "请补充", None), ("number", "KS-1", None)]
    assert edits(replace(blank, number=""), "请补充") == [("feedback", "请补充", None)]
    assert edits(blank, None, "file:///x") == [("number", "KS-1", None), ("folder_link", "打开 KS-1", "file:///x")]
    assert edits(blank, "请补充", without="feedback") == [("number", "KS-1", None)]
    assert edits(typed, "") == [("feedback", "", None)]  # nothing to say any more


def test_a_refused_cell_is_tried_again_only_with_another_text() -> None:
    case = case_like({})
    (edit,) = row_edits(case, COLUMNS, "请补充", "", ())
    assert edits(case, "请补充", refused=(refusal_inputs(edit),)) == []
    assert edits(case, "请再补充", refused=(refusal_inputs(edit),)) == [("feedback", "请再补充", None)]
    moved = [replace(edit, sheet="别的表"), replace(edit, row=9), replace(edit, column=9), replace(edit, text="x")]
    assert len({refusal_inputs(other) for other in (edit, *moved)}) == 5


def written(before: list[CellEdit], now: list[CellEdit], *, revision: int = 0) -> tuple[int, str] | None:
    """Revision and title of the effect for ``now`` after ``before`` was written."""
    first = wanted_cells(READING, before, History("测试厂", {}))
    records = {}
    if first is not None:
        key = replace(first.key, revision=revision)
        records[key] = EffectRecord(key, EffectState.DONE, "", first.inputs, "", NOW, NOW, 1, None)
    effect = wanted_cells(READING, now, History("测试厂", records))
    if effect is None:
        return None
    assert isinstance(effect.payload, WriteCells)
    assert (effect.payload.ledger, effect.payload.sha256, list(effect.payload.edits)) == (LEDGER, READING.sha256, now)
    return effect.key.revision, effect.title


def test_all_cells_of_a_ledger_are_one_effect_and_the_same_again_a_further_one() -> None:
    assert written([], []) is None
    assert written([], [EDIT, replace(EDIT, row=4)]) == (0, f"台账 {LEDGER} 写入 2 格")
    assert written([EDIT], [EDIT], revision=6) == (7, f"台账 {LEDGER} 写入 1 格")  # somebody put the old text back
    elsewhere, lower = replace(EDIT, sheet="别的表"), replace(EDIT, row=4)
    others = [elsewhere, lower, replace(EDIT, field="number"), replace(EDIT, text="改")]
    assert [written([EDIT], [other], revision=6) for other in others] == [(7, f"台账 {LEDGER} 写入 1 格")] * 4
    effects = [wanted_cells(READING, [edit], History("测试厂", {})) for edit in (EDIT, *others)]
    assert len({effect.inputs for effect in effects if effect}) == 5


def test_a_row_without_a_number_is_known_by_what_was_typed_and_not_by_its_place() -> None:
    (row,) = ledger([complaint(产品编号="CW-1")]).complaints
    names = {row_name(LEDGER, row), row_name("别的.xlsx", row)}
    for heading, text in {"接诉时间": "2026-11-25", "客户": "别家", "产品名称": "水管", "产品编号": "CW-2",
                          "不良现象": "异响"}.items():
        names.add(row_name(LEDGER, ledger([complaint(**{"产品编号": "CW-1", heading: text})]).complaints[0]))
    assert len(names) == 7
    (moved,) = ledger([complaint(产品编号="CW-1", 行=9, 不良数量=3, 备注="x")]).complaints
    assert row_name(LEDGER, moved) == row_name(LEDGER, row)


def test_digests_are_made_anew_only_for_a_row_that_was_read_anew() -> None:
    (row,), (same,), (other,) = (ledger([complaint(不良现象=word)]).complaints for word in ("漏", "漏", "异响"))
    digests = RowDigests()
    first = digests.texts(row)
    assert digests.texts(row) is first
    assert digests.texts(same) == first
    assert digests.texts(same) is not first
    assert digests.texts(other) != first
    assert digests.fingerprint(other) == minimum_fingerprint(other) != minimum_fingerprint(row)
    assert {len(text) for text in first} == {0, 16}


def test_every_picture_is_filed_once() -> None:
    picture = LedgerPicture(LEDGER, "xl/media/image1.JPEG", 0xAB, 12)
    case = case_like({})
    case = replace(case, folder="客诉/KS-1", rows=replace(case.rows, complaint=replace(
        case.rows.complaint, pictures=(picture, picture))))
    (effect,) = wanted_pictures(case, History("测试厂", {}))
    assert effect.payload == FilePicture(case.case_id, picture, "客诉/KS-1/附件", "台账图片-000000ab.jpeg")
    record = EffectRecord(effect.key, EffectState.DONE, "", "", "", NOW, NOW, 1, None)
    assert list(wanted_pictures(case, History("测试厂", {effect.key: record}))) == []
    assert effect.key == EffectKey("测试厂", "ledger.picture", "KS-1", "000000ab-12")
