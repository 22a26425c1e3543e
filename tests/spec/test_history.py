"""Which key a wanted effect gets: once per occasion, again with changed inputs, never while its outcome is unknown."""

from __future__ import annotations

import pytest

from pipeline.rules.history import History
from schemas.effects import Effect, EffectKey, Outcome
from schemas.payloads import MarkRound
from tests.memory_journal import MemoryJournal
from tests.spec.ledger_tables import at

NOW = at("2026-11-26T09:00")


def journal(*states: tuple[str, str]) -> MemoryJournal:
    """A journal with the revisions of one effect, oldest first: (what became of it, its inputs)."""
    kept = MemoryJournal("厂")
    for revision, (state, inputs) in enumerate(states):
        effect = Effect(EffectKey("厂", "doc.slip", "KS-1", "1", revision), "处理单", inputs, MarkRound())
        kept.intend(effect, NOW)
        if state == "进行中":
            kept.start(effect.key, NOW)
        elif state == "完成":
            kept.finish(effect.key, Outcome("处理单"), NOW)
        elif state == "不明":
            kept.start(effect.key, NOW)
            kept.fail(effect.key, "没有回音", NOW, uncertain=True)
    return kept


def history(*states: tuple[str, str]) -> History:
    return History("厂", journal(*states).memory().effects)


# what became of the revisions      key of once   key of revised with inputs b
TABLE = [
    ((), 0, 0),
    ((("打算", "a"),), 0, 0),
    ((("进行中", "a"),), 0, 0),
    ((("完成", "a"),), None, 1),
    ((("不明", "a"),), None, 1),
    ((("完成", "b"),), None, None),
    ((("不明", "b"),), None, None),
    ((("完成", "a"), ("完成", "c")), None, 2),
    ((("完成", "a"), ("打算", "c")), 1, 1),
]


@pytest.mark.parametrize(("states", "once", "revised"), TABLE)
def test_the_key_of_what_is_wanted(
    states: tuple[tuple[str, str], ...], once: int | None, revised: int | None
) -> None:
    found = history(*states)
    keys = found.once("doc.slip", "KS-1", "1"), found.revised("doc.slip", "KS-1", "1", "b")
    expected = (None if revision is None else EffectKey("厂", "doc.slip", "KS-1", "1", revision)
                for revision in (once, revised))
    assert keys == tuple(expected)


def test_the_newest_revision_counts_in_whatever_order_the_journal_gives_them() -> None:
    effects = journal(("完成", "a"), ("打算", "b")).memory().effects
    for order in (list(effects), list(effects)[::-1]):
        latest = History("厂", {key: effects[key] for key in order}).latest("doc.slip", "KS-1", "1")
        assert latest is not None
        assert (latest.key.revision, latest.inputs) == (1, "b")


def test_another_occasion_subject_or_kind_is_another_matter() -> None:
    found = history(("完成", "a"))
    assert found.once("doc.slip", "KS-1", "2") == EffectKey("厂", "doc.slip", "KS-1", "2")
    assert found.once("doc.slip", "KS-2", "1") == EffectKey("厂", "doc.slip", "KS-2", "1")
    assert found.once("doc.notice", "KS-1", "1") == EffectKey("厂", "doc.notice", "KS-1", "1")
    assert found.occasions("doc.slip") == {"1"}
    assert [record.key.subject for record in found.of_kind("doc.slip")] == ["KS-1"]
    assert (found.of_kind("doc.notice"), found.occasions("doc.notice")) == ((), frozenset())


@pytest.mark.parametrize(("state", "settled"), [("打算", False), ("进行中", False), ("完成", True), ("不明", True)])
def test_what_is_settled_is_not_unfinished(state: str, settled: bool) -> None:
    found = history((state, "a"))
    assert found.is_settled("doc.slip", "KS-1", "1") is settled
    assert found.has_unfinished("doc.slip", "1") is not settled
    assert not found.has_unfinished("doc.slip", "2")
    assert not found.has_unfinished("doc.notice", "1")
