"""Which mails count, beside the table 来信算不算客诉: what a reply names, repetitions, and history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.rules.intake_judgement import Judgement, Reception, judge
from pipeline.rules.intake_thread import Threads
from schemas.effects import EffectKey, EffectRecord, EffectState
from schemas.incoming import IncomingMail, PassedOn
from schemas.intake import KnownMail, Verdict
from tests.intake_verdicts import NOW, reception

SENT = datetime.fromisoformat("2026-11-26T08:10:00+08:00")
CUSTOMER, COLLEAGUE, STRANGER = "lujingyi@yuanrong.example.com", "tianye@example.com", "x@elsewhere.example"
TEXT = "零件号：CW-2217\n不良现象：接头渗漏"
OURS = EffectKey("一厂", "mail.release", "KS-202611-007", "注塑车间")
OTHER = EffectKey("一厂", "doc.notice", "KS-202611-007", "1")
CAME = KnownMail("d1", "1", "came@x", "s", NOW, SENT, Verdict.ROW, "", "渗漏", rows=({"customer": "远嵘新能源"},))


NUMBERED = replace(CAME, digest="d2", message_id="numbered@x", numbers=("KS-202611-0071",))
BOTH = replace(CAME, digest="d3", message_id="both@x", numbers=("KS-202611-007", "KS-202611-0071"), rows=({}, {}))


def threads() -> Threads:
    """Numbered complaints, a mail and a paper of ours on one, mails that came in with no number, one, or two."""
    records = [EffectRecord(key, EffectState.DONE, "", "", "c7", NOW, NOW, 1, None) for key in (OURS, OTHER)]
    numbers = ["KS-202611-007", "KS-202611-0071", "K-01", "KS-12"]
    return Threads(numbers, {"c7": "KS-202611-007"}, records, [CAME, NUMBERED, BOTH])


def desk(*, first: bool = False, known: tuple[str, ...] = ()) -> Reception:
    return replace(reception(known), threads=threads(), first=first)


def mail(**facts: object) -> IncomingMail:
    """A customer's complaint with other facts on top."""
    usual = IncomingMail("m", "d0", sender=CUSTOMER, sender_name="卢静宜", subject="渗漏", sent=SENT, text=TEXT)
    return replace(usual, **facts)  # type: ignore[arg-type]  # the table below names fields of IncomingMail


def test_replies_name_their_complaint_or_the_mail_they_answer() -> None:
    numbered = judge(mail(subject="回复：[KS-202611-0071]"), desk(), 0)
    assert (numbered.number, numbered.belongs_to) == ("KS-202611-0071", "")
    awaited = judge(mail(references=("came@x",)), desk(), 0)
    assert (awaited.number, awaited.belongs_to) == ("", "d1")


def test_a_mail_passed_on_is_of_the_customer_who_wrote_it() -> None:
    passed = mail(sender=COLLEAGUE, subject="FW: 客诉", passed_on=PassedOn("卢静宜", CUSTOMER, TEXT))
    rows = judge(passed, desk(), 0).rows
    assert [(item.text, item.certain) for item in rows[0].found if item.field in {"customer", "reporter"}] == [
        ("远嵘新能源", True), ("卢静宜", True),
    ]


def test_the_same_mail_again_and_too_many_of_a_day() -> None:
    assert judge(mail(), desk(known=("d0",)), 0).verdict is Verdict.DUPLICATE
    assert judge(mail(), desk(), 20) == Judgement(Verdict.HELD, "该发件人今天的来信已达 20 封")


def test_mails_from_before_the_first_look_are_history() -> None:
    old = mail(sent=NOW - timedelta(days=2))
    assert judge(old, desk(first=True), 0).verdict is Verdict.IGNORED
    assert judge(old, desk(first=False), 0).verdict is Verdict.ROW
    assert judge(mail(), desk(first=True), 0).verdict is Verdict.ROW
