"""每日摘要: what is news to whom, when a digest goes out and what calls for one; from the table ``digest.yaml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from schemas.payloads import SendMail
from schemas.workbook import Issue, WorkbookReading
from tests.spec.ledger_tables import CONTACTS, complaint, ledger
from tests.spec.memory_plant import QUIET, SETTINGS, Plant
from tests.spec.rule_tables import load, row_id

RULE = load("digest")
Row = dict[str, Any]
SHEETS = {"措施": "措施跟踪", "会议": "会议"}
SECTIONS = {"weekly": "周报", "new": "新", "duties": "到期", "problems": "问题", "drafts": "草稿", "pending": "其他"}


def reading_of(given: Mapping[str, Any]) -> WorkbookReading:
    """The ledger of a step: complaint KS-1 unless 行 says otherwise, its other sheets with that number."""
    rows = given.get("行", [{}])
    cells = [complaint(**{"客诉编号": "KS-1", "接诉时间": "2026-11-23 14:50", **QUIET, **row}) for row in rows]
    filled = [{name: value for name, value in row.items() if value is not None} for row in cells]
    sheets: Row = {
        title: [{"客诉编号": "KS-1", **row} for row in given[name]] for name, title in SHEETS.items() if name in given
    }
    contacts = [{**contact, **given.get("通讯录", {}).get(contact["姓名"], {})} for contact in CONTACTS]
    reading = ledger(filled, 通讯录=contacts, **sheets)
    if "没读懂" not in given:
        return reading
    (first, *others) = reading.sheets[0].rows
    issue = Issue(first.place.sheet, f"R{first.place.row}", "defects", given["没读懂"], "不是件数")
    sheet = replace(reading.sheets[0], rows=(replace(first, issues=(issue,)), *others))
    return replace(reading, sheets=(sheet, *reading.sheets[1:]))


def _line(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return str(entry)
    if "lines" in entry:
        return f"{entry['label']}：{'；'.join(entry['lines'])}"
    return " ".join(str(value) for value in entry.values())


def told(mail: SendMail) -> Row:
    """The sections of a digest that say something."""
    return {
        word: [_line(entry) for entry in mail.context[name]] for name, word in SECTIONS.items() if mail.context[name]
    }


def course(steps: Sequence[Mapping[str, Any]], *, digest: bool = True) -> dict[str, dict[str, Row]]:
    """By time of the pass and person, what the digests say; a step keeps what the one before had."""
    plant = Plant(settings=SETTINGS.model_copy(update={
        "mail": SETTINGS.mail.model_copy(update={"digest": digest, "overdue": False}),
    }))
    found: dict[str, dict[str, Row]] = {}
    given: Row = {}
    for step in steps:
        given = {**given, **step}
        plant.people_wrote = set(step.get("改过的文件", ()))
        planned = plant.see(reading_of(given), given["时"])
        mails = {
            effect.key.subject: effect.payload for effect in planned.effects
            if isinstance(effect.payload, SendMail) and effect.payload.kind == "digest"
        }
        found[given["时"]] = {person: told(mail) for person, mail in mails.items()}
    return found


@pytest.mark.parametrize("row", [row for table in RULE.tables for row in table.rows], ids=row_id)
def test_who_is_told_what_and_when(row: Row) -> None:
    found = course(row["给"], digest=not any("关掉" in step for step in row["给"]))
    expected = row["得"]
    sent = {time: people for time, people in found.items() if people}
    assert {time: sorted(people) for time, people in sent.items()} == {
        time: sorted(people) for time, people in expected.items()
    }
    for time, people in expected.items():
        for person, sections in people.items():
            lines = sent[time][person]
            assert {word: len(said) for word, said in lines.items()} == {
                word: len(words) for word, words in sections.items()
            }, (time, person, lines)
            for word, words in sections.items():
                assert all(part in line for part, line in zip(words, lines[word], strict=True)), lines[word]
