"""保留期: which mails may be deleted after their time, from ``retention.yaml``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pipeline.rules.history import History
from pipeline.rules.retention import mails_past, needed_by
from pipeline.rules.wanted_dropped import DROPPED
from pipeline.rules.wanted_intake import FILE, ROW, TAKE
from schemas.effects import EffectKey, EffectRecord, EffectState, digest_of
from schemas.intake import KnownMail, Verdict
from schemas.memory import KnownCase
from tests.memory_journal import MemoryJournal
from tests.spec.deck_pages import matters
from tests.spec.ledger_tables import LEDGER, at
from tests.spec.rule_tables import load, row_id

RULE = load("retention")
NOW = at("2026-11-26T10:00")
SITE = "测试厂"
DIGEST = "a1" * 16
VERDICTS = {"登记": Verdict.ROW, "归入": Verdict.REPLY, "信息收集表": Verdict.SHEET, "放一边": Verdict.QUARANTINED}


def mail(given: dict[str, Any], digest: str = DIGEST) -> KnownMail:
    taken = NOW - timedelta(days=given.get("天前", 400), seconds=given.get("又几秒", 0))
    return KnownMail(
        digest, f"m-{digest[:4]}", "", "", taken, taken, VERDICTS[given.get("判", "登记")], "", "渗漏",
        rows=({},) * given.get("行数", 1), numbers=tuple(given.get("编号", ())), belongs_to=given.get("答", ""),
    )


def done(given: dict[str, Any]) -> dict[EffectKey, EffectRecord]:
    """The effects of the mail that are finished; 做完 names what is, everything by default."""
    known = mail(given)
    keys = {"移开": EffectKey(SITE, TAKE, known.digest), **{
        f"第{place + 1}行": EffectKey(SITE, ROW, known.digest, str(place + 1)) for place in range(len(known.rows))
    }}
    for number in known.numbers:
        keys[f"存入{number}"] = EffectKey(SITE, FILE, number, known.digest)
        keys[f"归入{number}"] = EffectKey(SITE, DROPPED, number, digest_of(known.mail_id))
    wanted = given.get("做完", list(keys))
    return {key: EffectRecord(key, EffectState.DONE, "", "", "", NOW, NOW, 1, None)
            for name, key in keys.items() if name in wanted}


def gone(number: str, days: int | None) -> KnownCase:
    """A complaint whose row is not in the ledger: seen missing some days ago, or never (None)."""
    vanished = NOW - timedelta(days=days) if days is not None else None
    return KnownCase(f"c{number[-1]}9", LEDGER, number, "客诉台账", 9, "", (), NOW, NOW, managed=True, baseline=False,
                     vanished=vanished)


@pytest.mark.parametrize("row", RULE.rows("一年以前的来信"), ids=row_id)
def test_which_mails_are_past_their_time(row: dict[str, Any]) -> None:
    given = row["给"]
    mails = {DIGEST: mail(given)}
    if "它的补充" in given:
        mails["b2" * 16] = mail({"判": "归入", "答": DIGEST, "行数": 0, **given["它的补充"]}, "b2" * 16)
    cases = [matter.case for matter in matters(given.get("台账", ()))]
    journal = MemoryJournal(SITE)
    journal.record_mails(list(mails.values()), [], NOW)
    journal.record_cases([gone(number, days) for number, days in given.get("台账里不见了", {}).items()], (), NOW)
    needed = needed_by(cases, journal.memory(), NOW)
    past = mails_past(journal.memory(), History(SITE, done(given)), needed, NOW, given.get("保留天数", 365))
    found = {entry.digest for entry in past}
    assert ("可删" if DIGEST in found else "保留") + ("，补充可删" if "b2" * 16 in found else "") == row["得"]
