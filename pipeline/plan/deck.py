"""The weekly deck among the effects of a pass."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.plan.work import Pass
from pipeline.rules.deck_items import DeckMatter
from pipeline.rules.wanted_deck import DeckFacts, wanted_deck
from schemas.effects import Effect


def deck(work: Pass) -> Iterator[Effect]:
    """The deck of the shared ledgers, when one may be written now."""
    shared = work.settings.shared_ledgers
    matters = [
        DeckMatter(case, work.plan.decisions[handle], work.plan.advice.get(handle))
        for case in work.plan.cases if case.ledger in shared
        for handle in (case.handle,)
    ]
    facts = DeckFacts(matters, work.snapshot.readings, work.memory.meetings)
    yield from wanted_deck(facts, work.calendar, work.settings, work.history, work.now)
