"""What every journal promises: the SQLite one and the one in memory behave alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.journal.errors import CaseAlreadyNumbered, EffectSettled, EffectUnknown, TimeRunsBackwards
from pipeline.journal.opening import open_journal
from pipeline.journal.store import SqlJournal
from schemas.deck import PageMark, ShownItem
from schemas.effects import Effect, EffectKey, EffectState, Outcome
from schemas.errors import NumberTaken, PassRunning
from schemas.intake import IgnoredMail, KnownMail, Verdict
from schemas.journal_port import Journal
from schemas.memory import KnownCase, TrackedValue, TrailEntry
from schemas.payloads import MakeFolder, SendMail
from tests.memory_journal import MemoryJournal

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
KEY = EffectKey("甲厂", "folder", "c000001")
FOLDER = Effect(KEY, "建立资料夹", "i1", MakeFolder("c000001", "客诉资料/2026/KS-1", ("附件",)), "c000001")
DONE = Outcome("已建立", "客诉资料/2026/KS-1/8D报告.docx", "a" * 64)
CASE = KnownCase(
    "c000001", "客诉台账.xlsx", "", "客诉台账", 3, "f1", ("2026-11-20", "客户甲", "冷却水管"), NOW, NOW, True, False
)


@pytest.fixture(params=["sqlite", "memory"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlJournal | MemoryJournal]:
    if request.param == "memory":
        yield MemoryJournal("甲厂")
        return
    opened = open_journal(tmp_path / "journal.db", site="甲厂", create="rehearsal")
    yield opened
    opened.close()


Both = SqlJournal | MemoryJournal


def test_it_is_the_port(journal: Both) -> None:
    port: Journal = journal
    memory = port.memory()
    assert (memory.site, dict(memory.cases), dict(memory.effects)) == ("甲厂", {}, {})
    assert (memory.seen_ledgers, memory.numbers, memory.told) == (frozenset(), frozenset(), frozenset())


def test_a_case_comes_back_as_it_was_and_changes_are_kept(journal: Both) -> None:
    journal.record_cases([CASE], ["KS-9"], NOW)
    assert journal.memory().cases == {"c000001": CASE}
    changed = replace(CASE, row=4, vanished=LATER, in_file=True, folder="客诉资料/2026/KS-1", number="KS-1")
    journal.record_cases([changed], [], LATER)
    assert journal.memory().cases == {"c000001": changed}
    assert journal.memory().numbers == {"KS-1", "KS-9"}


def test_a_number_belongs_to_one_case_for_good(journal: Both) -> None:
    journal.record_cases([CASE, replace(CASE, case_id="c000002")], [], NOW)
    journal.reserve_number("c000001", "KS-1", NOW)
    journal.reserve_number("c000001", "KS-1", LATER)
    assert journal.memory().cases["c000001"].number == "KS-1"
    with pytest.raises(NumberTaken, match="KS-1"):
        journal.reserve_number("c000002", "KS-1", NOW)
    with pytest.raises(CaseAlreadyNumbered, match="KS-1"):
        journal.reserve_number("c000001", "KS-2", NOW)
    journal.record_cases([CASE], [], LATER)
    assert journal.memory().cases["c000001"].number == "KS-1", "a row read without its number does not lose it"


def test_a_number_seen_without_a_case_goes_to_the_case_that_carries_it(journal: Both) -> None:
    journal.record_cases([], ["KS-1", "KS-2"], NOW)
    journal.reserve_number("c000005", "KS-2", NOW)
    journal.record_cases([replace(CASE, number="KS-1")], [], NOW)
    for number in ("KS-1", "KS-2"):
        with pytest.raises(NumberTaken):
            journal.reserve_number("c000002", number, NOW)


def test_a_number_reserved_before_the_case_is_recorded_is_found_there(journal: Both) -> None:
    journal.reserve_number("c000001", "KS-1", NOW)
    journal.record_cases([CASE], [], NOW)
    assert journal.memory().cases["c000001"].number == "KS-1"


def test_two_rows_may_carry_one_number(journal: Both) -> None:
    shared, personal = replace(CASE, number="KS-1"), replace(CASE, case_id="c000002", number="KS-1", ledger="个人.xlsx")
    journal.record_cases([shared, personal], [], NOW)
    journal.record_cases([replace(personal, number="")], [], LATER)
    assert [case.number for case in journal.memory().cases.values()] == ["KS-1", "KS-1"]


def test_a_trail_keeps_every_change_of_a_value_once(journal: Both) -> None:
    def seen(value: str) -> list[TrackedValue]:
        return [TrackedValue("c000001", "计划完成日 措施:C1", value)]

    for value, when in [("2026-11-20", NOW), ("2026-11-20", LATER), ("2026-11-27", LATER), ("2026-11-20", LATER)]:
        journal.record_trails(seen(value), when)
    expected = (TrailEntry("2026-11-20", NOW), TrailEntry("2026-11-27", LATER), TrailEntry("2026-11-20", LATER))
    assert journal.memory().trails == {("c000001", "计划完成日 措施:C1"): expected}


def test_the_way_of_an_effect(journal: Both) -> None:
    assert journal.intend(FOLDER, NOW).state is EffectState.INTENDED
    journal.start(KEY, NOW)
    running = journal.memory().effects[KEY]
    assert (running.state, running.attempts, running.finished) == (EffectState.RUNNING, 1, None)
    journal.finish(KEY, DONE, LATER, [("周启航", "措施 A1"), ("周启航", "措施 A1")])
    record = journal.memory().effects[KEY]
    assert (record.state, record.outcome, record.finished, record.intended) == (EffectState.DONE, DONE, LATER, NOW)
    assert journal.last_sha256("客诉资料/2026/KS-1/8D报告.docx") == "a" * 64
    assert journal.last_sha256("别处.docx") is None
    assert journal.memory().told == {("周启航", "措施 A1")}


def test_a_known_effect_stands_and_only_a_pending_one_takes_newer_inputs(journal: Both) -> None:
    journal.intend(FOLDER, NOW)
    newer = replace(FOLDER, inputs="i2", title="新标题")
    record = journal.intend(newer, LATER)
    assert (record.inputs, record.title, record.intended) == ("i2", "新标题", NOW)
    journal.start(KEY, LATER)
    assert journal.intend(replace(FOLDER, inputs="i3"), LATER).inputs == "i2"
    journal.finish(KEY, DONE, LATER)
    assert journal.intend(replace(FOLDER, inputs="i4"), LATER) == journal.memory().effects[KEY]
    assert journal.memory().effects[KEY].inputs == "i2"


def test_several_intents_stand_as_each_would_alone(journal: Both) -> None:
    other = replace(FOLDER, key=replace(KEY, subject="c000002"))
    journal.intend(FOLDER, NOW)
    journal.finish(KEY, DONE, NOW)
    journal.intend_all([FOLDER, other], LATER)
    records = journal.intend_all([FOLDER, other], LATER)
    effects = journal.memory().effects
    assert records == [effects[KEY], effects[other.key]]
    assert (effects[KEY].state, effects[KEY].intended) == (EffectState.DONE, NOW)
    assert (effects[other.key].state, effects[other.key].intended) == (EffectState.INTENDED, LATER)


def test_several_outcomes_are_committed_together_or_not_at_all(journal: Both) -> None:
    other = replace(FOLDER, key=replace(KEY, subject="c000002"))
    filed = Outcome("附件 2 个", "客诉资料", files=(("客诉资料/a.jpg", "1" * 64), ("客诉资料/b.jpg", "2" * 64)))
    journal.intend_all([FOLDER, other], NOW)
    with pytest.raises(EffectUnknown):
        journal.finish_all([(KEY, filed), (replace(KEY, subject="c000003"), DONE)], LATER)
    assert journal.memory().effects[KEY].state is EffectState.INTENDED
    assert journal.last_sha256("客诉资料/a.jpg") is None
    for _ in range(2):
        journal.finish_all([(KEY, filed), (other.key, DONE)], LATER)
    effects = journal.memory().effects
    assert [effects[key].state for key in (KEY, other.key)] == [EffectState.DONE] * 2
    assert [journal.last_sha256(path) for path, _ in filed.files] == ["1" * 64, "2" * 64]


def test_a_failure_is_tried_again_and_an_uncertain_one_is_not(journal: Both) -> None:
    journal.intend(FOLDER, NOW)
    journal.start(KEY, NOW)
    journal.fail(KEY, "网络断开", LATER)
    record = journal.memory().effects[KEY]
    assert (record.state, record.error, record.finished) == (EffectState.INTENDED, "网络断开", LATER)
    journal.start(KEY, LATER)
    journal.fail(KEY, "无法确认", LATER, uncertain=True)
    assert journal.memory().effects[KEY].attempts == 2
    with pytest.raises(EffectSettled):
        journal.start(KEY, LATER)
    journal.finish(KEY, DONE, LATER)
    assert journal.memory().effects[KEY].error == ""


def test_what_is_done_is_not_done_again(journal: Both) -> None:
    journal.intend(FOLDER, NOW)
    journal.finish(KEY, DONE, NOW)
    journal.finish(KEY, DONE, LATER)
    assert journal.memory().effects[KEY].finished == NOW
    with pytest.raises(EffectSettled):
        journal.start(KEY, LATER)
    with pytest.raises(EffectSettled):
        journal.finish(KEY, Outcome("别的"), LATER)
    with pytest.raises(EffectSettled):
        journal.fail(KEY, "?", LATER)


def test_nothing_is_done_without_an_intent(journal: Both) -> None:
    with pytest.raises(EffectUnknown):
        journal.start(KEY, NOW)
    with pytest.raises(EffectUnknown):
        journal.finish(KEY, DONE, NOW)
    assert journal.last_sha256(DONE.path) is None


def test_revisions_are_effects_of_their_own(journal: Both) -> None:
    journal.intend(FOLDER, NOW)
    journal.finish(KEY, DONE, NOW)
    again = replace(FOLDER, key=replace(KEY, revision=1))
    assert journal.intend(again, LATER).state is EffectState.INTENDED
    assert len(journal.memory().effects) == 2


def test_the_history_of_a_case_holds_mails_that_name_it(journal: Both) -> None:
    journal.record_cases([replace(CASE, number="KS-1")], [], NOW)
    journal.intend(FOLDER, LATER)
    mail = SendMail("digest", ("a@example.com",), (), {}, case_ids=("c000001", "c000007"))
    digest = EffectKey("甲厂", "mail.digest", "周启航", "2026-11-23")
    journal.intend(Effect(digest, "日报", "i", mail), NOW)
    journal.intend(replace(FOLDER, key=replace(KEY, subject="c000002"), case_id="c000002"), NOW)
    assert [record.key for record in journal.case_history("KS-1")] == [digest, KEY]
    assert journal.case_history("KS-404") == []


def test_fields_written_to_a_document_are_kept_by_digest(journal: Both) -> None:
    journal.record_fields("客诉资料/2026/KS-1/8D报告.docx", {"f1": "a", "f2": "b"})
    journal.record_fields("客诉资料/2026/KS-1/8D报告.docx", {"f2": "c", "f3": "d"})
    assert journal.written_fields("客诉资料/2026/KS-1/8D报告.docx") == {"f1": "a", "f2": "c", "f3": "d"}
    assert journal.written_fields("客诉资料/2026/KS-2/8D报告.docx") == {}


def test_listing_by_state(journal: Both) -> None:
    mail = EffectKey("甲厂", "mail.digest", "周启航")
    journal.intend(Effect(mail, "日报", "i", SendMail("digest", ("a@example.com",), (), {})), NOW)
    journal.intend(FOLDER, LATER)
    assert [record.key for record in journal.listing(EffectState.INTENDED)] == [mail, KEY]
    journal.finish(mail, Outcome("已发"), LATER)
    journal.finish(KEY, DONE, LATER)
    assert [record.key for record in journal.listing(EffectState.DONE)] == [mail, KEY]


def test_a_pass_is_alone_and_remembered(journal: Both) -> None:
    with journal.pass_lock(), pytest.raises(PassRunning), journal.pass_lock():
        pass
    with journal.pass_lock():
        journal.complete_pass(NOW, ["客诉台账.xlsx"])
        journal.complete_pass(NOW, ["客诉台账.xlsx", "个人.xlsx"])
    assert journal.memory().seen_ledgers == {"客诉台账.xlsx", "个人.xlsx"}
    assert journal.last_pass == NOW


def test_a_ledger_is_unreadable_since_the_first_time_until_it_is_read(journal: Both) -> None:
    journal.note_unreadable(["客诉台账.xlsx"], NOW)
    journal.note_unreadable(["客诉台账.xlsx", "50%_个人.xlsx"], LATER)
    assert journal.memory().unreadable_since == {"客诉台账.xlsx": NOW, "50%_个人.xlsx": LATER}
    journal.note_unreadable(["50%_个人.xlsx"], LATER)
    journal.note_unreadable(["客诉台账.xlsx"], LATER)
    assert journal.memory().unreadable_since == {"客诉台账.xlsx": LATER}
    journal.note_unreadable([], LATER)
    assert journal.memory().unreadable_since == {}


def test_rehearsed_time_runs_forward_only(journal: Both) -> None:
    journal.check_time(NOW)
    journal.complete_pass(LATER, [])
    journal.check_time(LATER)
    with pytest.raises(TimeRunsBackwards, match="2026-11-23 00:35"):
        journal.check_time(NOW)


def test_a_memory_taken_does_not_change(journal: Both) -> None:
    before = journal.memory()
    journal.record_cases([CASE], [], NOW)
    journal.intend(FOLDER, NOW)
    assert (dict(before.cases), dict(before.effects)) == ({}, {})


def test_mails_are_remembered_by_digest(journal: Both) -> None:
    mail = KnownMail(
        "d1", "1.eml", "a@b", "s", NOW, NOW, Verdict.ROW, "1 条待确认的客诉", "渗漏", ({"customer": "星河汽车"},),
        ("客户←“x”",),
    )
    left = IgnoredMail("2.eml", "settings", "广告", "不在名单中")
    journal.record_mails([mail], [left], NOW)
    journal.record_mails([mail], [left], NOW)
    assert dict(journal.memory().mails) == {"d1": mail}
    assert dict(journal.memory().ignored) == {"2.eml": left}
    numbered = replace(mail, numbers=("KS-202611-001",), belongs_to="d0")
    again = replace(left, judged_by="other settings")
    journal.record_mails([numbered], [again], NOW)
    assert (journal.memory().mails["d1"], journal.memory().ignored["2.eml"]) == (numbered, again)


def test_an_outcome_remembers_every_file(journal: Both) -> None:
    journal.intend(FOLDER, NOW)
    outcome = Outcome("附件 2 个", files=(("a/一.jpg", "11"), ("a/二.jpg", "22")))
    journal.finish(KEY, outcome, NOW)
    assert journal.memory().effects[KEY].outcome == outcome
    assert (journal.last_sha256("a/一.jpg"), journal.last_sha256("a/二.jpg")) == ("11", "22")


def test_the_pages_of_a_deck_come_back_as_they_were_last_recorded(journal: Both) -> None:
    first = PageMark("item/c1/1", ("d1",), "m1", "i1")
    assert journal.deck_marks("品质例会/W48.pptx") == ()
    journal.record_deck("品质例会/W48.pptx", [first, PageMark("cover/1", ("d2",), "m2", "i2")])
    changed = replace(first, digests=("d1", "d3"), mark="新增 11-26 10:00", present=False)
    journal.record_deck("品质例会/W48.pptx", [changed])
    journal.record_deck("品质例会/W48.pptx", [changed])
    assert journal.deck_marks("品质例会/W48.pptx") == (changed,)
    assert journal.deck_marks("品质例会/W49.pptx") == ()


def test_what_the_latest_meetings_were_shown_is_remembered(journal: Both) -> None:
    for week in (45, 46, 47, 48):
        journal.record_meeting(f"2026-W{week}", [ShownItem("c1", "KS-1", week, {"状态": "调查"})])
    later = ShownItem("c1", "KS-1", 48, {"状态": "分析"})
    journal.record_meeting("2026-W48", [later])
    meetings = journal.memory().meetings
    assert sorted(meetings) == ["2026-W46", "2026-W47", "2026-W48"]
    assert dict(meetings["2026-W48"]) == {"c1": later}
