"""Reads and judges mails as a pass would, without a plant, and checks what must hold for any mail whatsoever."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime

from pipeline.filing import named_files
from pipeline.intake.mail_reader import MimeMailReader
from pipeline.rules.intake_judgement import Reception, judge
from pipeline.rules.intake_proposal import evidence_of, row_values, typed_row
from pipeline.rules.intake_senders import Senders
from pipeline.rules.intake_thread import Threads
from schemas.case import Directory
from schemas.incoming import IncomingMail
from schemas.intake import IntakeSetting, Verdict
from schemas.rows import Contact
from tests.intake_corpus import KNOWN, PEOPLE

NOW = datetime.fromisoformat("2026-11-26T09:00:00+08:00")
_RESERVED = {"con", "prn", "aux", "nul"}


def reception(known: Iterable[str] = ()) -> Reception:
    """The corpus' customers in the address book, its colleagues in 通讯录."""
    book = {who.customer: {"senders": [address]} for _, address, who in PEOPLE.values() if who.customer}
    setting = IntakeSetting.model_validate({"address_book": book})
    contacts = {
        name: Contact(name=name, department=who.source, position=f"{who.source}工程师", mail=address, scope=who.scope)
        for name, address, who in PEOPLE.values() if who.colleague
    }
    senders = Senders(setting, Directory(contacts))
    return Reception(setting, senders, Threads((), {}, (), ()), KNOWN, "kesu@example.com", set(known), NOW, first=False)


def verdict_of(raw: bytes, desk: Reception) -> Verdict:
    """The verdict on one mail; raises ``AssertionError`` for anything that no mail may cause."""
    mail = MimeMailReader().read("m", raw)
    check_mail(mail, raw)
    judgement = judge(mail, desk, 0)
    for index, row in enumerate(judgement.rows):
        texts = typed_row(row, "", mail, index)
        for text in (*texts.values(), evidence_of(row)):
            assert is_clean(text), text
        row_values(texts, NOW.date())
    assert bool(judgement.rows) == (judgement.verdict is Verdict.ROW)
    assert judgement.reason
    return judgement.verdict


def check_mail(mail: IncomingMail, raw: bytes) -> None:
    """What a reader promises: clean texts, an identity, and files with names that are safe everywhere."""
    assert len(mail.digest) == 32
    for text in (mail.sender, mail.sender_name, mail.subject, mail.text, mail.damage, *mail.notes):
        assert is_clean(text), text
    names = [name for name, _ in named_files(mail, mail.digest, raw, NOW)]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert len(name) <= 90, name
        assert not set(name) & set('\\/:*?"<>|\x00'), name
        assert name.strip(" .") == name, name
        assert name.partition(".")[0].casefold() not in _RESERVED, name


def is_clean(text: str) -> bool:
    """No control, bidi or surrogate characters beside tab and line feed."""
    return not any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t" for char in text) and not (
        set(text) & {"\u202e", "\u202d", "\u200b", "\ufeff"}
    )

