"""Hostile or senseless length: what a stranger may send is read in time that grows with it, not with its square."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from pipeline.intake.quotation import passed_on, split_quotation
from pipeline.rules.intake_rows import proposed_rows
from schemas.incoming import IncomingMail
from tests.intake_corpus import KNOWN, PEOPLE, SENT

MAIL = IncomingMail("m", "d", sender=PEOPLE["lu"][1], sender_name="卢静宜", subject="渗漏", sent=SENT)
_SECONDS = 6.0  # a square of these lengths takes longer by far


@pytest.mark.parametrize("text", [
    "a: ", "a / ", "3件，", "8D,", "a. B", "(", "不良3件(", "CW-2217 ", "\t", " ", "3件中", "导致", " \n",
])
def test_a_letter_of_one_thing_many_times(text: str) -> None:
    started = time.process_time()
    proposed_rows(replace(MAIL, text=text * 8_000), PEOPLE["lu"][2], KNOWN, SENT)
    assert time.process_time() - started < _SECONDS


@pytest.mark.parametrize("line", ["", "From: a", "To: a", "在"])
def test_a_history_of_one_line_many_times(line: str) -> None:
    started = time.process_time()
    history = f"{line}\n" * 50_000
    split_quotation(history)
    passed_on(history)
    assert time.process_time() - started < _SECONDS
