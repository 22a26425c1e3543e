"""Records to database rows and back: times as UTC ISO text of fixed width (so that text order is time order)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from pipeline.journal.transitions import state_of, state_word
from schemas.effects import Effect, EffectKey, EffectRecord, EffectState, Outcome, digest_of
from schemas.memory import KnownCase
from schemas.payloads import SendMail

#: The columns of an effect that ``effect_from`` reads, in its order.
EFFECT_COLUMNS = (
    "site", "kind", "subject", "occasion", "revision", "state", "title", "inputs", "case_id", "intended_at",
    "finished_at", "attempts", "outcome", "error",
)
#: The columns of a case that ``case_from`` reads, in its order: the fields of ``KnownCase``.
CASE_COLUMNS = (
    "case_id", "ledger", "number", "sheet", "row", "fingerprint", "content", "first_seen", "changed", "managed",
    "baseline", "folder", "vanished", "in_file",
)

_STATES = {word: state_of(word) for word in [*(state.value for state in EffectState), "sent"]}


def time_text(moment: datetime) -> str:
    """UTC ISO text, microseconds always; raises ``ValueError`` for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("the journal keeps aware times only")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def time_from(text: str) -> datetime:
    """The aware time of ``time_text``."""
    return datetime.fromisoformat(text)


def case_row(case: KnownCase) -> tuple[Any, ...]:
    """The values of ``CASE_COLUMNS``."""
    return (
        case.case_id, case.ledger, case.number, case.sheet, case.row, case.fingerprint,
        json.dumps(case.content, ensure_ascii=False), time_text(case.first_seen), time_text(case.changed),
        int(case.managed), int(case.baseline), case.folder, case.vanished and time_text(case.vanished),
        int(case.in_file),
    )


def case_from(row: Sequence[Any]) -> KnownCase:
    """The case of a row of ``CASE_COLUMNS``."""
    (case_id, ledger, number, sheet, place, fingerprint, content, first_seen, changed, managed, baseline, folder,
     vanished, in_file) = row
    return KnownCase(
        case_id, ledger, number, sheet, place, fingerprint, tuple(json.loads(content)), time_from(first_seen),
        time_from(changed), bool(managed), bool(baseline), folder, time_from(vanished) if vanished else None,
        bool(in_file),
    )


def key_columns(key: EffectKey) -> dict[str, Any]:
    """The columns under the UNIQUE constraint."""
    return {
        "site": key.site, "kind": key.kind, "subject": key.subject, "occasion": key.occasion,
        "revision": key.revision,
    }


def effect_columns(record: EffectRecord) -> dict[str, Any]:
    """The values of ``EFFECT_COLUMNS`` by name."""
    outcome = record.outcome
    return {
        **key_columns(record.key),
        "state": state_word(record.key.kind, record.state), "title": record.title, "inputs": record.inputs,
        "case_id": record.case_id, "intended_at": time_text(record.intended),
        "finished_at": time_text(record.finished) if record.finished else None, "attempts": record.attempts,
        "outcome": json.dumps(asdict(outcome), ensure_ascii=False) if outcome else None, "error": record.error,
    }


def effect_from(row: Sequence[Any]) -> EffectRecord:
    """The record of a row of ``EFFECT_COLUMNS``."""
    (site, kind, subject, occasion, revision, state, title, inputs, case_id, intended, finished, attempts, outcome,
     error) = row
    return EffectRecord(
        EffectKey(site, kind, subject, occasion, revision), _STATES[state], title, inputs, case_id,
        time_from(intended), time_from(finished) if finished else None, attempts,
        _outcome(outcome) if outcome else None, error,
    )


def _outcome(text: str) -> Outcome:
    kept = json.loads(text)
    kept["files"] = tuple((path, checksum) for path, checksum in kept.get("files", ()))
    return Outcome(**kept)


def recipient_columns(effect: Effect) -> Mapping[str, Any]:
    """How many people a mail goes to and a digest of who; nothing that names them. Empty for other effects."""
    payload = effect.payload
    if not isinstance(payload, SendMail):
        return {}
    people = sorted({*payload.to, *payload.cc})
    return {"recipients": len(people), "recipients_digest": digest_of(people)}


def cases_of(effect: Effect) -> tuple[str, ...]:
    """The cases whose history an effect belongs to."""
    named = effect.payload.case_ids if isinstance(effect.payload, SendMail) else ()
    return tuple(sorted({case_id for case_id in (effect.case_id, *named) if case_id}))
