"""Plan a pass: from what was observed, the journal's memory and the time to the effects that make up the difference."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from pipeline.plan.actions import act, archives, cells, intake, rounds
from pipeline.plan.deck import deck
from pipeline.plan.judgement import judge
from pipeline.plan.sightings import find, next_case_id
from pipeline.plan.work import Pass, Plan, Snapshot
from pipeline.rules.baseline import baseline_summaries
from pipeline.rules.case_mails import CaseMails
from pipeline.rules.cases import directory_of
from pipeline.rules.history import History
from pipeline.rules.numbering import Numbering
from pipeline.rules.registration import origins
from pipeline.workdays import Workdays
from schemas.memory import Memory
from schemas.ports import Documents
from schemas.settings import Settings

__all__ = ["Plan", "Snapshot", "plan"]


def _refused(memory: Memory) -> defaultdict[str, set[str]]:
    """By ledger, the cells that cannot be patched, so that they are not tried every pass."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for key in memory.effects:
        if key.kind == "refused":
            found[key.subject].add(key.occasion)
    return found


def plan(
    snapshot: Snapshot, memory: Memory, settings: Settings, documents: Documents, calendar: Workdays, now: datetime,
    asked: str = "", month: str = "",
) -> Plan:
    """Everything that should exist by ``now`` (aware) and does not yet. Pure: no file, network or clock inside.

    ``asked`` is the 客诉编号 somebody wants explained: it gets advice whatever its standing; ``month`` the one whose
    archive somebody asks for.
    """
    history = History(settings.site, memory.effects)
    directory = directory_of(snapshot.readings)
    mails = CaseMails(directory, settings, history, calendar, now, memory.told)
    work = Pass(
        snapshot, memory, settings, documents, calendar, now, history, directory, mails, asked,
        origins(memory.cases.values()), _refused(memory), month,
    )
    seen = set(memory.numbers) | set(snapshot.folders)
    for reading in snapshot.readings:
        seen.update(reading.prenumbered())
        seen.update(row.record.number for row in reading.complaints if row.record.number)
    numbering = Numbering(settings.numbering, seen)
    first_id = next_case_id(memory)
    result = work.plan
    result.numbers |= seen
    for reading in snapshot.readings:
        first_id = find(work, reading, numbering, first_id)
    judge(work)
    act(work)
    result.pending = work.mails.pending
    result.effects.extend(work.mails.effects)
    result.effects.extend(baseline_summaries(result.cases, memory.seen_ledgers, directory, history))
    result.effects.extend(archives(work))
    result.effects.extend(rounds(work))
    result.effects.extend(deck(work))
    result.effects.extend(cells(work))
    result.effects.extend(intake(work))
    return result
