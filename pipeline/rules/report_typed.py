"""What people typed into a case's documents: it counts where the ledger is silent, and is shown where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipeline.rules.cause_wording import is_answer
from pipeline.rules.restart import eight_d_version
from schemas.case import Case
from schemas.decisions import Decisions
from schemas.ports import Documents
from schemas.report import Disagreement, DocumentReading
from schemas.rows import Why
from schemas.values import CausePath

REPORT, INTERNAL = "eight_d", "eight_d_internal"
_WHYS = {CausePath.OCCURRENCE: "occurrence_whys", CausePath.ESCAPE: "escape_whys"}


def with_documents(
    case: Case, decisions: Decisions, documents: Documents, seen: Mapping[str, DocumentReading]
) -> Case:
    """The case with what stands in its documents, and where these differ from the ledger. Raises ``TemplateFault``."""
    readings: list[DocumentReading] = []
    found: list[Disagreement] = []
    for kind, round_number in _documents_of(case):
        reading = seen.get(f"{case.folder}/{documents.file_name(kind, round_number, case.complaint.customer)}")
        if reading is not None:
            context = documents.context(kind, case, decisions, round_number)
            reading = documents.understood(reading, context)
            readings.append(reading)
            found += _differing(documents, reading, context)
    return replace(case, reports=tuple(readings), disagreements=tuple(found))


def _documents_of(case: Case) -> Iterator[tuple[str, int | None]]:
    version = eight_d_version(case.complaint)
    again = version if version > 1 else None
    yield from ((REPORT, again), (INTERNAL, again), ("slip", None))
    rounds = (row.record.round for row in case.rows.meetings if row.record.round is not None)
    yield from (("minutes", number) for number in dict.fromkeys(rounds))


def _differing(
    documents: Documents, reading: DocumentReading, context: Mapping[str, Any]
) -> Iterator[Disagreement]:
    """Fields that a person changed and that the ledger fills otherwise; a blank in the ledger is no disagreement."""
    name = reading.path.rsplit("/", 1)[-1]
    ledger = documents.fields(reading.kind, context)
    for field in sorted(reading.typed):
        ours, theirs = ledger.get(field, ""), reading.fields.get(field, "")
        if ours and " ".join(ours.split()) != " ".join(theirs.split()):
            yield Disagreement(name, documents.field_name(reading.kind, field), ours, theirs)


def report_of(case: Case) -> Mapping[str, str]:
    """What people typed into the case's 8D, by field, blanks left out; the customer's version before the internal."""
    typed = {reading.kind: reading.typed_texts for reading in case.reports}
    return {**typed.get(INTERNAL, {}), **typed.get(REPORT, {})}


def whys_in_report(case: Case) -> tuple[Why, ...]:
    """The whys that people typed into the 8D, in order; the number of the why is the row's key."""
    typed, whys = report_of(case), []
    for path, rows in _WHYS.items():
        steps = sorted({field.split("/")[1] for field in typed if field.startswith(f"{rows}/")}, key=_in_order)
        for step in steps:
            question, answer = (typed.get(f"{rows}/{step}/{part}") for part in ("question", "answer"))
            number = int(step) if step.isdecimal() else None
            whys.append(Why(path=path, step=number, question=question, answer=answer))
    return tuple(whys)


def _in_order(step: str) -> tuple[int, str]:
    return (int(step) if step.isdecimal() else 99, step)


def paths_in_report(case: Case) -> frozenset[CausePath]:
    """The paths for which at least one why was answered in the 8D."""
    return frozenset(why.path for why in whys_in_report(case) if why.path is not None and is_answer(why.answer))
