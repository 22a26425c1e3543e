"""The vocabularies, their synonyms, and 是/否."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import pytest

from schemas.values import (
    ActionKind,
    CausePath,
    CauseRank,
    FactorM,
    Level,
    Liability,
    MeetingState,
    ProblemType,
    Review,
    Source,
    Status,
    ValueProblem,
    Verdict,
    parse_choice,
    parse_status,
    parse_yes_no,
)
from schemas.values.synonyms import SYNONYMS

VOCABULARIES: list[type[StrEnum]] = [
    ActionKind, CausePath, CauseRank, FactorM, Level, Liability, MeetingState, ProblemType, Review, Source, Status,
    Verdict,
]


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_word_and_every_synonym_is_understood_whatever_its_width_and_blanks(vocabulary: type[StrEnum]) -> None:
    for member in vocabulary:
        assert parse_choice(vocabulary, f" {member.value}。") is member
        assert parse_choice(vocabulary, member) is member
    for word, standard in SYNONYMS[vocabulary.__name__].items():
        wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in word.upper())
        assert parse_choice(vocabulary, wide) is vocabulary(standard), word


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_no_synonym_shadows_a_word(vocabulary: type[StrEnum]) -> None:
    assert not set(SYNONYMS[vocabulary.__name__]) & {member.value for member in vocabulary}


@pytest.mark.parametrize(
    ("vocabulary", "typed", "member"),
    [
        (Level, "重大", Level.SERIOUS), (Level, "特急", Level.URGENT), (Level, "中", Level.NORMAL),
        (Level, "A级", Level.URGENT), (Level, "Ⅱ级", Level.SERIOUS), (Level, "待定", None),
        (Liability, "待确认", Liability.UNDECIDED), (Liability, "供方", Liability.SUPPLIER), (Liability, "无", None),
        (ActionKind, "临时对策", ActionKind.INTERIM), (ActionKind, "防错", ActionKind.ERROR_PROOFING),
        (Review, "OK", Review.PASSED), (Review, "不通过", Review.REJECTED), (Review, "待审核", None),
        (Source, "驻厂", Source.RESIDENT), (Source, "E-mail", Source.MAIL), (FactorM, "设备", FactorM.MACHINE),
        (Level, "/", None), (Level, "", None),
    ],
)
def test_words_of_plants(vocabulary: type[StrEnum], typed: str, member: StrEnum | None) -> None:
    assert parse_choice(vocabulary, typed) is member


@pytest.mark.parametrize("typed", ["很高", 3, True, date(2026, 3, 5)])
def test_an_unknown_word_lists_the_allowed_ones(typed: object) -> None:
    with pytest.raises(ValueProblem, match="一般、严重、紧急"):
        parse_choice(Level, typed)


@pytest.mark.parametrize(
    ("typed", "status", "target"),
    [
        ("已关闭", Status.CLOSED, None), ("结案", Status.CLOSED, None), ("Closed", Status.CLOSED, None),
        ("OK", Status.CLOSED, None), ("处理中", Status.INVESTIGATING, None), ("Open", Status.INVESTIGATING, None),
        ("In Progress", Status.INVESTIGATING, None), ("未关闭", Status.INVESTIGATING, None),
        ("未处理", Status.UNCONFIRMED, None), ("新建", Status.UNCONFIRMED, None), ("重启", Status.RESTARTED, None),
        ("合并至 KS-202611-003", Status.MERGED, "KS-202611-003"),
        ("合并到：ＫＳ－２０２６１１－００３。", Status.MERGED, "KS-202611-003"),
        ("已合并(KS-202611-003)", Status.MERGED, "KS-202611-003"),
        ("并入KS—202611—003", Status.MERGED, "KS-202611-003"),
        ("合并至", Status.MERGED, None), ("合并处理", Status.MERGED, None), (Status.MERGED, Status.MERGED, None),
    ],
)
def test_status(typed: object, status: Status, target: str | None) -> None:
    assert parse_status(typed) == (status, target)


def test_blank_or_unknown_status() -> None:
    assert parse_status("") is None
    assert parse_status(None) is None
    for typed in ("合并至KS-1、KS-2", "差不多了", 3):
        with pytest.raises(ValueProblem, match="待确认、调查"):
            parse_status(typed)


@pytest.mark.parametrize(
    ("meaning", "typed"),
    [
        (True, ["是", "有", "Y", "ｙｅｓ", "TRUE", 1, 1.0, "1", "√", "✓", "对", "需要", True]),
        (False, ["否", "无", "N", "no", "false", 0, 0.0, "0", "×", "X", "不是", "没有", "不 需要", False]),
        (None, [None, "", "/", "—", "未知", "待确认"]),
    ],
)
def test_yes_no(meaning: bool | None, typed: list[object]) -> None:
    assert {repr(value): parse_yes_no(value) for value in typed} == {repr(value): meaning for value in typed}


@pytest.mark.parametrize("typed", ["可能", 2, 0.5, date(2026, 3, 5)])
def test_neither_yes_nor_no(typed: object) -> None:
    with pytest.raises(ValueProblem, match="请填写 是 或 否"):
        parse_yes_no(typed)
