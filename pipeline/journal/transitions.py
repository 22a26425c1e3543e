"""How an effect moves between its states: pure, and the same for every journal.

pending → sending → done is the way; pending may go straight to done where starting means nothing (a number).
A failure leads back to pending (certainly not done) or to uncertain. Uncertain is left by a person's decision or by a
trace only: to done (it was found, or is not to be sent), or back to pending (it was certainly not sent, or shall be
sent again).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pipeline.journal.errors import EffectSettled
from schemas.effects import Effect, EffectRecord, EffectState, Outcome


def intended(effect: Effect, now: datetime) -> EffectRecord:
    """The record of a new intent."""
    return EffectRecord(
        key=effect.key, state=EffectState.INTENDED, title=effect.title, inputs=effect.inputs, case_id=effect.case_id,
        intended=now, finished=None, attempts=0, outcome=None,
    )


def intended_again(record: EffectRecord, effect: Effect) -> EffectRecord:
    """A known effect as it stands; only a pending one takes the newer title and inputs.

    A pending effect is performed with what is known now, so it must be remembered with these inputs: else the next
    pass would see them as a change and send a second mail.
    """
    if record.state is not EffectState.INTENDED:
        return record
    return replace(record, title=effect.title, inputs=effect.inputs)


def started(record: EffectRecord) -> EffectRecord:
    """One more attempt begins; raises ``EffectSettled`` when it is done or uncertain."""
    if record.state in {EffectState.DONE, EffectState.UNCERTAIN}:
        raise EffectSettled(record.key, record.state)
    return replace(record, state=EffectState.RUNNING, attempts=record.attempts + 1)


def finished(record: EffectRecord, outcome: Outcome, now: datetime) -> EffectRecord:
    """Done; the same outcome once more changes nothing, another one raises ``EffectSettled``."""
    if record.state is EffectState.DONE:
        if record.outcome == outcome:
            return record
        raise EffectSettled(record.key, record.state)
    return replace(record, state=EffectState.DONE, finished=now, outcome=outcome, error="")


def failed(record: EffectRecord, error: str, now: datetime, *, uncertain: bool) -> EffectRecord:
    """Back to pending, or uncertain, at ``finished``; what is done stays done (``EffectSettled``)."""
    if record.state is EffectState.DONE:
        raise EffectSettled(record.key, record.state)
    state = EffectState.UNCERTAIN if uncertain else EffectState.INTENDED
    return replace(record, state=state, finished=now, error=error)


def doubted(record: EffectRecord, error: str, now: datetime) -> EffectRecord:
    """Started and without a known outcome, as of ``finished``; raises ``EffectSettled`` when it is settled."""
    if record.state in {EffectState.DONE, EffectState.UNCERTAIN}:
        raise EffectSettled(record.key, record.state)
    return replace(record, state=EffectState.RUNNING, finished=now, error=error)


def reopened(record: EffectRecord) -> EffectRecord:
    """A person wants another try of what is uncertain; raises ``EffectSettled`` for what is done."""
    if record.state is EffectState.DONE:
        raise EffectSettled(record.key, record.state)
    return replace(record, state=EffectState.INTENDED, attempts=0, error="")


def state_word(kind: str, state: EffectState) -> str:
    """The state as listings and the database spell it: a mail that is done reads ``sent``."""
    return "sent" if state is EffectState.DONE and kind.startswith("mail.") else state.value


def state_of(word: str) -> EffectState:
    """The state behind a word of ``state_word``."""
    return EffectState.DONE if word == "sent" else EffectState(word)
