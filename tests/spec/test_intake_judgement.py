"""Which mails count, table in → verdict out: who sent it, what it says about itself, and what it answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pipeline.rules.intake_judgement import Judgement, Reception, judge
from pipeline.rules.intake_thread import Threads
from schemas.effects import EffectKey, EffectRecord, EffectState
from schemas.incoming import CallSheet, IncomingMail
from schemas.intake import KnownMail, Verdict
from tests.intake_verdicts import NOW, reception

SENT = datetime.fromisoformat("2026-11-26T08:10:00+08:00")
CUSTOMER, COLLEAGUE, STRANGER = "lujingyi@yuanrong.example.com", "tianye@example.com", "x@elsewhere.example"
TEXT = "零件号：CW-2217\n不良现象：接头渗漏"
OURS = EffectKey("一厂", "mail.release", "KS-202611-007", "注塑车间")
CAME = KnownMail("d1", "1", "came@x", "s", NOW, SENT, Verdict.ROW, "", "渗漏", rows=({"customer": "远嵘新能源"},))


def threads() -> Threads:
    """One numbered complaint, one mail of ours about it, one mail that came in and has no number yet."""
    record = EffectRecord(OURS, EffectState.DONE, "", "", "c7", NOW, NOW, 1, None)
    return Threads(["KS-202611-007", "KS-202611-0071"], {"c7": "KS-202611-007"}, [record], [CAME])


def desk(*, first: bool = False, known: tuple[str, ...] = ()) -> Reception:
    return replace(reception(known), threads=threads(), first=first)


def mail(**facts: object) -> IncomingMail:
    """A customer's complaint with other facts on top."""
    usual = IncomingMail("m", "d0", sender=CUSTOMER, sender_name="卢静宜", subject="渗漏", sent=SENT, text=TEXT)
    return replace(usual, **facts)  # type: ignore[arg-type]  # the table below names fields of IncomingMail


CASES: list[tuple[str, dict[str, object], Verdict]] = [
    ("a customer of the address book", {}, Verdict.ROW),
    ("an address below a known one's domain only", {"sender": f"a.{CUSTOMER}"}, Verdict.IGNORED),
    ("a stranger", {"sender": STRANGER}, Verdict.IGNORED),
    ("a stranger with a number in the subject", {"sender": STRANGER, "subject": "KS-202611-007"}, Verdict.IGNORED),
    ("a colleague about a complaint", {"sender": COLLEAGUE, "subject": "客诉：渗漏"}, Verdict.ROW),
    ("a colleague about lunch", {"sender": COLLEAGUE, "subject": "聚餐"}, Verdict.IGNORED),
    ("a colleague with a call sheet", {"sender": COLLEAGUE, "subject": "表", "call_sheets": (
        CallSheet({"customer": "远嵘新能源"}, "a.xlsx"),)}, Verdict.ROW),
    ("an absence note", {"automatic": "自动回复"}, Verdict.IGNORED),
    ("a mail of our own", {"own_key": "00"}, Verdict.IGNORED),
    ("from our own address", {"sender": "kesu@example.com"}, Verdict.IGNORED),
    ("damaged, from a customer", {"damage": "邮件已加密，无法识读"}, Verdict.QUARANTINED),
    ("damaged, from a stranger", {"damage": "x", "sender": STRANGER}, Verdict.IGNORED),
    ("no sender that could be read", {"sender": "", "damage": "不是一封完整的邮件（没有发件人）"}, Verdict.QUARANTINED),
    ("the number in the subject", {"subject": "[KS-202611-007] 补充"}, Verdict.REPLY),
    ("full-width number", {"subject": "ＫＳ－２０２６１１－００７ 补充"}, Verdict.REPLY),
    ("two numbers in the subject", {"subject": "KS-202611-007 和 KS-202611-0071"}, Verdict.ROW),
    ("an unknown number in the subject", {"subject": "KS-209901-001"}, Verdict.ROW),
    ("an answer to a mail of ours", {"references": (f"kesu.{OURS.digest}@example.com",)}, Verdict.REPLY),
    ("an answer to a mail that came in", {"references": ("came@x",)}, Verdict.REPLY),
    ("an answer to something else that says nothing", {"subject": "回复：样件", "text": "收到，谢谢"}, Verdict.IGNORED),
    ("an answer to something else with a defect", {"subject": "回复：样件"}, Verdict.ROW),
]


@pytest.mark.parametrize(("facts", "verdict"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_verdicts(facts: dict[str, object], verdict: Verdict) -> None:
    found = judge(mail(**facts), desk(), 0)
    assert (found.verdict, bool(found.reason)) == (verdict, True), found.reason


def test_replies_name_their_complaint_or_the_mail_they_answer() -> None:
    numbered = judge(mail(subject="回复：[KS-202611-0071]"), desk(), 0)
    assert (numbered.number, numbered.belongs_to) == ("KS-202611-0071", "")
    awaited = judge(mail(references=("came@x",)), desk(), 0)
    assert (awaited.number, awaited.belongs_to) == ("", "d1")


def test_the_same_mail_again_and_too_many_of_a_day() -> None:
    assert judge(mail(), desk(known=("d0",)), 0).verdict is Verdict.DUPLICATE
    assert judge(mail(), desk(), 20) == Judgement(Verdict.HELD, "该发件人今天的来信已达 20 封")


def test_mails_from_before_the_first_look_are_history() -> None:
    old = mail(sent=NOW - timedelta(days=2))
    assert judge(old, desk(first=True), 0).verdict is Verdict.IGNORED
    assert judge(old, desk(first=False), 0).verdict is Verdict.ROW
    assert judge(mail(), desk(first=True), 0).verdict is Verdict.ROW
