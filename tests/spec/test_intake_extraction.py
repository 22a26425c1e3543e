"""What is read from complaint mails: every program, every labelled field, and nothing claimed that is not so."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.intake_corpus import PEOPLE, Score, entries, read, rows_of, score

CORPUS, HELD_OUT = "complaint_mails.yaml", "held_out_mails.yaml"
SECOND, THIRD = "second_held_out_mails.yaml", "third_held_out_mails.yaml"
FOURTH, FIFTH = "fourth_held_out_mails.yaml", "fifth_held_out_mails.yaml"
SIXTH, SEVENTH, EIGHTH = (f"{which}_held_out_mails.yaml" for which in ("sixth", "seventh", "eighth"))
MAILS = [*entries(CORPUS), *entries(HELD_OUT)]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("entry", MAILS, ids=lambda entry: str(entry["id"]))
def test_subject_name_and_words_are_as_written(entry: dict[str, Any]) -> None:
    mail = read(entry)
    name, address, _ = PEOPLE[entry["by"]]
    assert (mail.damage, mail.subject, mail.sender_name, mail.sender) == ("", entry["subject"], name, address)
    cells = [str(cell) for row in entry.get("table", ()) for cell in row]
    written = [*str(entry["text"]).split("\n"), *cells]
    said = squeezed(mail.text)
    assert [line for line in written if squeezed(line) not in said] == []
    if "answered" in entry and not re.match("转发|FW", str(entry["subject"])):
        assert [line for line in entry["answered"] if squeezed(str(line)) in said] == []
        assert all(squeezed(str(line)) in squeezed(mail.history) for line in entry["answered"])


def shown(found: Score, name: str) -> None:
    """Print the figures (pytest -s shows them)."""
    print(f"\n{name}", *found.table(), sep="\n")


def test_there_are_enough_mails_of_every_program() -> None:
    programs = {entry["program"] for entry in entries(CORPUS)}
    assert len(entries(CORPUS)) >= 60
    assert programs == {"qq", "foxmail", "netease", "outlook", "phone", "raw_gbk"}


@pytest.mark.parametrize(("name", "precision", "recall"), [
    (CORPUS, 0.99, 0.99), (HELD_OUT, 0.98, 0.92), (SECOND, 0.97, 0.95), (THIRD, 0.98, 0.97),
    (FOURTH, 0.99, 0.98), (FIFTH, 0.98, 0.97), (SIXTH, 0.98, 0.97), (SEVENTH, 0.98, 0.97), (EIGHTH, 0.98, 0.93),
])
def test_precision_and_recall_with_nothing_confidently_wrong(name: str, precision: float, recall: float) -> None:
    found = score(name)
    shown(found, name)
    assert found.confidently_wrong == []
    assert found.right.total() >= precision * found.found.total(), found.wrong
    assert found.right.total() >= recall * found.truths.total(), found.missed


def test_every_value_has_the_words_it_was_read_from() -> None:
    for entry in MAILS:
        mail = read(entry)
        place = squeezed(f"{mail.subject}{mail.text}") + "".join(
            squeezed(cell) for table in mail.tables for row in table.rows for cell in row
        )
        for row in rows_of(entry, mail):
            for item in row.found:
                if item.where in {"正文", "主题"}:
                    assert squeezed(item.source) in place, (entry["id"], item)
                assert item.source, (entry["id"], item)
