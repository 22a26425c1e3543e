"""A memory that grew with what was written equals one read as a whole, whatever was written and by whomever."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.journal.errors import CaseAlreadyNumbered, EffectSettled
from pipeline.journal.opening import open_journal
from pipeline.journal.store import SqlJournal
from schemas import remembered
from schemas.deck import ShownItem
from schemas.effects import Effect, EffectKey, EffectState, Outcome
from schemas.errors import NumberTaken
from schemas.intake import IgnoredMail, KnownMail, Verdict
from schemas.memory import KnownCase, Memory, TrackedValue
from schemas.payloads import MarkRound

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
CASES, SUBJECTS = 12, 8


def _case(chance: random.Random) -> KnownCase:
    case_id = f"c{chance.randint(1, CASES):06d}"
    ledger = "客诉台账.xlsx" if int(case_id[1:]) % 3 else "个人.xlsx"
    number = chance.choice(("", f"KS-{case_id}"))
    return KnownCase(case_id, ledger, number, "客诉台账", chance.randint(2, 9), "f", ("a",) * 8, NOW, NOW, True, False)


class Hand:
    """Writes one random thing after the other into a journal."""

    def __init__(self, journal: SqlJournal, chance: random.Random) -> None:
        self.journal, self.chance, self.now = journal, chance, NOW
        self.ways: list[Callable[[], object]] = [
            self._record_cases, self._trails, self._mail, self._meeting, self._reserve, self._unreadable,
            self._complete, *[self._effect] * 6,
        ]

    def write(self) -> None:
        """One thing more, at a later moment."""
        self.now += timedelta(seconds=7)
        # the journal refuses what its contract refuses; its memory must not suffer by it
        with suppress(EffectSettled, NumberTaken, CaseAlreadyNumbered):
            self.chance.choice(self.ways)()

    def _record_cases(self) -> None:
        cases = {case.case_id: case for case in (_case(self.chance) for _ in range(2))}
        self.journal.record_cases(list(cases.values()), {f"P-{self.chance.randint(1, 5)}"}, self.now)

    def _trails(self) -> None:
        seen = [TrackedValue(f"c{self.chance.randint(1, CASES):06d}", "状态", self.chance.choice("甲乙丙"))]
        self.journal.record_trails(seen, self.now)

    def _mail(self) -> None:
        digest = str(self.chance.randint(1, 4))
        reason = self.chance.choice("甲乙")
        mail = KnownMail(digest, f"{digest}.eml", "a@b", "s", NOW, NOW, Verdict.REPLY, reason, "渗漏")
        self.journal.record_mails([mail], [IgnoredMail("x", self.chance.choice("甲乙"), "广告", "")], self.now)

    def _meeting(self) -> None:
        shown = ShownItem(f"c{self.chance.randint(1, CASES):06d}", "KS-1", 1, {})
        self.journal.record_meeting(f"2026-W{self.chance.randint(40, 48)}", [shown])

    def _reserve(self) -> None:
        self.journal.record_cases([replace(_case(self.chance), case_id="c000003", ledger="个人.xlsx")], (), self.now)
        self.journal.reserve_number("c000003", f"KS-2026-{self.chance.randint(1, 3)}", self.now)

    def _unreadable(self) -> None:
        self.journal.note_unreadable(self.chance.choice(([], ["个人.xlsx"])), self.now)

    def _complete(self) -> None:
        self.journal.complete_pass(self.now, [self.chance.choice(("客诉台账.xlsx", "个人.xlsx"))])

    def _effect(self) -> None:
        kind = self.chance.choice(("doc.eight_d", "mail.release", "refused"))
        key = EffectKey("厂", kind, f"KS-{self.chance.randint(1, SUBJECTS)}", "", self.chance.randint(0, 1))
        self.journal.intend(Effect(key, "标题", "i", MarkRound(), f"c{self.chance.randint(1, CASES):06d}"), self.now)
        match self.chance.randint(0, 4):
            case 0:
                self.journal.start(key, self.now)
            case 1:
                self.journal.fail(key, self.chance.choice(("断网", "")), self.now, uncertain=self.chance.random() < 0.5)
            case 2:
                self.journal.doubt(key, "不明", self.now)
            case _:
                told = [("周启航", str(self.chance.randint(1, 9)))]
                self.journal.finish(key, Outcome("好"), self.now, told)


def _answers(memory: Memory) -> object:
    """Everything a pass may ask of a memory, in order where order counts."""
    effects, cases = memory.effects, memory.cases
    kinds = sorted({key.kind for key in effects})
    ids = [f"c{number:06d}" for number in range(CASES + 1)]
    return (
        list(effects.items()), effects.done, list(effects.to_look_at()), list(effects.newest_done()),
        [(kind, sorted(effects.names(kind)), [effects.latest(name) for name in sorted(effects.names(kind))])
         for kind in kinds],
        [effects.of_case(case_id) for case_id in ids],
        dict(cases), cases.last_id, cases.numbers_not_in_file(),
        [dict(cases.of_ledger(name)) for name in ("客诉台账.xlsx", "个人.xlsx")],
        [sorted(case.case_id for case in cases.with_number(number)) for number in sorted(memory.numbers)],
        len(effects), len(cases), len(memory.numbers), len(memory.told),
        set(memory.numbers), set(memory.told), dict(memory.trails), memory.seen_ledgers,
        dict(memory.unreadable_since), dict(memory.mails), dict(memory.ignored), dict(memory.meetings),
    )


@pytest.mark.parametrize("seed", range(2))
def test_a_memory_that_grew_equals_one_read_as_a_whole(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "_FEWEST_APART", 6)  # so that what is kept apart is taken in now and then
    monkeypatch.setattr(remembered, "_NEWEST", 5)
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secrets
    journal = open_journal(tmp_path / "journal.db", site="厂", create="rehearsal")
    another = open_journal(tmp_path / "journal.db", site="厂")
    states: set[EffectState] = set()
    for step in range(60):
        hand = another if chance.random() < 0.1 else journal  # now and then another process writes
        Hand(hand, chance).write()
        if chance.random() < 0.5:
            fresh = open_journal(tmp_path / "journal.db", site="厂")
            assert _answers(journal.memory()) == _answers(fresh.memory()), step
            assert journal.progress == fresh.progress
            assert journal.memory() is journal.memory(), "an unchanged journal gives the same object"
            fresh.close()
            states |= {record.state for record in journal.memory().effects.values()}
    assert states == set(EffectState), "the walk has been everywhere"
    another.close()
    journal.close()
