"""来信登记: which mails count, what is read from them and what follows, from ``intake.yaml``, ``intake_read.yaml``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipeline.rules.intake_days import DAY, day_in, relative_day, with_absolute_day
from pipeline.rules.intake_items import complaint_items
from pipeline.rules.intake_judgement import judge, received_at
from pipeline.rules.intake_labels import field_of_heading, field_of_label
from pipeline.rules.intake_proposal import engineer_for, evidence_of, row_values, typed_row
from pipeline.rules.intake_rows import proposed_rows
from pipeline.rules.intake_senders import Senders
from pipeline.rules.intake_stops import line_stop_in
from pipeline.rules.intake_value import readable, value_under
from pipeline.rules.wanted_intake import left_alone
from schemas.case import Directory
from schemas.intake import Acquaintance, Correspondent, Found, IgnoredMail, IntakeSetting, ProposedRow, Verdict
from schemas.rows import Contact
from tests.intake_corpus import KNOWN, PEOPLE, author_of
from tests.intake_verdicts import NOW
from tests.spec.intake_plant import FIELDS, HEADINGS, WRITERS, IntakePlant, letter, told
from tests.spec.ledger_tables import at
from tests.spec.rule_tables import load, row_id
from tests.spec.test_intake_judgement import desk

READ, RULE = load("intake_read"), load("intake")
SENT = date(2026, 11, 26)
Row = dict[str, Any]
VERDICTS = {
    Verdict.ROW: "登记", Verdict.REPLY: "归入 ", Verdict.DUPLICATE: "重复", Verdict.IGNORED: "不登记",
    Verdict.QUARANTINED: "放一边", Verdict.HELD: "留待明天",
}


@pytest.mark.parametrize("row", READ.rows("一封信读成什么"), ids=row_id)
def test_what_is_read_from_a_letter(row: Row) -> None:
    mail = letter(row["给"])
    person = WRITERS[row["给"].get("发", "客户")]
    who = PEOPLE[person][2] if isinstance(person, str) else Correspondent(person[0], "远嵘新能源")
    rows = proposed_rows(mail, who, KNOWN, at("2026-11-26T08:10"), author_of(mail))
    lines = [told(found) for found in rows]
    assert (lines[0] if len(lines) == 1 else [f"第{n}行 {line}" for n, found in enumerate(lines, 1) for line in found]
            ) == row["得"]


@pytest.mark.parametrize("row", READ.rows("说停线的句子"), ids=row_id)
def test_what_sentences_say_of_a_line_that_stops(row: Row) -> None:
    said = [f"{found.text}（{'确定' if found.certain else '待核对'}）" for found in line_stop_in(row["给"])]
    assert (said or ["没有说"]) == [row["得"]]


@pytest.mark.parametrize("row", READ.rows("日子的说法（来信日 2026-11-26，周四）"), ids=row_id)
def test_days_as_letters_say_them(row: Row) -> None:
    text = row["给"]
    whole, typed = relative_day(text, SENT), with_absolute_day(text, SENT)
    told: Row = {"整格": str(whole)} if whole else {}
    if typed != text:
        told["写成"] = typed
    within = [str(day_in(match, SENT) or "没有这一天") for match in DAY.finditer(text)]
    assert {**told, **({"句中": "、".join(within)} if within else {})} == row["得"]


@pytest.mark.parametrize("row", READ.rows("信里的叫法是哪一栏"), ids=row_id)
def test_which_column_a_label_means(row: Row) -> None:
    named = {"信里": field_of_label(row["给"]), "表头": field_of_heading(row["给"])}
    assert {place: _column(found) for place, found in named.items()} == row["得"]


def _column(found: tuple[str, bool] | None) -> str:
    return f"{HEADINGS[found[0]]}（{'确定' if found[1] else '待核对'}）" if found else "不认"


@pytest.mark.parametrize("row", READ.rows("分条写的是几件客诉"), ids=row_id)
def test_how_many_complaints_a_numbered_list_seems_to_hold(row: Row) -> None:
    assert (list(complaint_items(row["给"], SENT)[0]) or "不分") == row["得"]


@pytest.mark.parametrize("row", READ.rows("信里的各种叫法"), ids=row_id)
def test_every_word_for_a_column(row: Row) -> None:
    meant: Row = {}
    for word in row["给"]:
        found = _column(field_of_label(word)), _column(field_of_heading(word))
        meant.setdefault(found[0] if found[0] == found[1] else f"信里{found[0]}，表头{found[1]}", []).append(word)
    assert meant == row["得"]


@pytest.mark.parametrize("row", READ.rows("能不能直接填入这一格"), ids=row_id)
def test_what_can_stand_in_a_cell(row: Row) -> None:
    (heading, text), = row["给"].items()
    assert (readable(FIELDS[heading], text, SENT) or "不能") == row["得"]


def test_a_share_in_a_workbook_may_be_shown_as_another() -> None:
    shares = [("不良率(%)", "0.005"), ("不良率(%)", "3"), ("不良率", "0.03")]
    assert [value_under(label, "rate", text, SENT, shown=False) for label, text in shares] == [None, "3%", "0.03"]


def _found(heading: str, text: str, *, certain: bool) -> Found:
    return Found(FIELDS[heading], text, f"{heading}：{text}", "标签行", certain=certain)


@pytest.mark.parametrize("row", READ.rows("写进台账的一行"), ids=row_id)
def test_how_a_proposed_row_is_typed(row: Row) -> None:
    given = row["给"]
    sure, unsure = given.get("确定", {}).items(), given.get("待核对", {}).items()
    found = [_found(*cell, certain=True) for cell in sure] + [_found(*cell, certain=False) for cell in unsure]
    proposed = ProposedRow(tuple(found), tuple(_found(*cell, certain=True) for cell in given.get("存疑", ())),
                           given.get("分条", 0))
    texts = typed_row(proposed, given.get("工程师", ""), letter(given), given.get("序", 0))
    values = row_values(texts, SENT)
    cells = [f"{HEADINGS[name]}={getattr(value, 'value', value)}" for name, value in values.items()]
    assert [*cells, evidence_of(proposed)] == row["得"]


@pytest.mark.parametrize("row", RULE.rows("来信算不算客诉"), ids=row_id)
def test_what_becomes_of_a_mail(row: Row) -> None:
    given = row["给"]
    found = judge(letter(given), desk(first=given.get("第一次", False), known=tuple(given.get("来过", ()))),
                  given.get("今天已来", 0))
    to = found.number or (f"来信 {found.belongs_to}" if found.belongs_to else "")
    assert f"{VERDICTS[found.verdict]}{to}：{found.reason}" == row["得"]


@pytest.mark.parametrize("row", RULE.rows("发件人是谁"), ids=row_id)
def test_who_a_sender_is(row: Row) -> None:
    given = row["给"]
    setting = IntakeSetting.model_validate(given.get("设置", {}))
    contacts = {name: Contact(name=name, **cells)
                for name, cells in given.get("通讯录", {}).items()}
    who = Senders(setting, Directory(contacts)).of(given["地址"], "署名")
    assert (_who(who) if who else "陌生人") == row["得"]


def _who(who: Correspondent) -> str:
    return f"{'同事' if who.colleague else '外部'} {who.name} {who.customer or '—'} {who.source} {who.scope or '—'}"


@pytest.mark.parametrize("row", RULE.rows("来信以后"), ids=row_id)
def test_what_follows_from_letters_and_dropped_files(row: Row) -> None:
    given = row["给"]
    plant = IntakePlant(given.get("台账", ()), without_note=given.get("无备注栏", False), **given.get("设置", {}))
    assert [f"{step['时']} {line}" for step in given["各轮"] for line in plant.arrive(step)] == row["得"]


def test_long_texts_are_cut_with_a_mark() -> None:
    found = [Found(FIELDS[name], text, text, "标签行", certain=sure) for name, text, sure in (
        ("客户诉求", "换" * 430, True), ("不良批次", "A" * 400, False), ("不良数量", "B" * 90, False),
    )]
    proposed = ProposedRow(tuple(found))
    note, evidence = typed_row(proposed, "", letter({"主题": "长" * 200}), 0)["note"], evidence_of(proposed)
    assert (len(note), note[-1], len(evidence), evidence[-1]) == (480, "…", 420, "…")
    short = ProposedRow((Found(FIELDS["不良批次"], "A", "A", "标签行", certain=False),))
    for subject in range(400, 470):
        note = typed_row(short, "", letter({"主题": "长" * subject}), 0)["note"]
        assert note.endswith("…") == (len(note) == 480 and "（“A”）" not in note)


def test_mails_left_alone_are_looked_at_again_under_other_settings() -> None:
    senders = [Senders(IntakeSetting(per_sender_day=days), Directory({})) for days in (20, 21)]
    ignored = {f"m{n}": IgnoredMail(f"m{n}", who.digest, "", "") for n, who in enumerate(senders)}
    assert left_alone(ignored, senders[0]) == {"m0"}


@pytest.mark.parametrize("row", RULE.rows("由谁负责"), ids=row_id)
def test_who_gets_the_row(row: Row) -> None:
    given = row["给"]
    cells = (("客户", given["客户"]), ("产品编号", given.get("零件号", "")))
    proposed = ProposedRow(tuple(_found(*cell, certain=True) for cell in cells))
    who = Correspondent(given.get("同事", given.get("外部", "")), colleague="同事" in given)
    contacts = {name: Contact(name=name, **facts) for name, facts in given.get("通讯录", {}).items()}
    setting = IntakeSetting.model_validate(given.get("设置", {}))
    known = Acquaintance({}, (), given.get("上次", {}))
    assert (engineer_for(proposed, who, known, setting, Directory(contacts)) or "空着") == row["得"]


@pytest.mark.parametrize("row", RULE.rows("来信算什么时候收到"), ids=row_id)
def test_when_a_mail_counts_as_received(row: Row) -> None:
    mail = replace(letter({}), sent=at(row["给"]) if row["给"] else None)
    assert f"{received_at(mail, NOW):%Y-%m-%d %H:%M:%S}" == row["得"]


def test_a_day_without_a_year_is_the_nearest_one() -> None:
    days = {text: day_in(match, date(2027, 1, 5)) for text in ("12月28日", "1月4日", "6月1日")
            if (match := DAY.search(text))}
    assert days == {"12月28日": date(2026, 12, 28), "1月4日": date(2027, 1, 4), "6月1日": date(2027, 6, 1)}


def test_values_are_typed_as_the_ledger_holds_them() -> None:
    values = row_values({"defects": "3", "d8_due": "2026-12-05", "lot": "A1", "daily_usage": "若干"}, SENT)
    assert values == {"defects": 3, "d8_due": date(2026, 12, 5), "lot": "A1", "daily_usage": "若干"}


def test_colleagues_who_come_or_go_are_another_list_of_senders() -> None:
    some = Directory({"甲": Contact(name="甲", mail="a@example.com")})
    assert Senders(IntakeSetting(), some).digest != Senders(IntakeSetting(), Directory({})).digest
