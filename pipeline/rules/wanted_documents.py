"""Which documents a managed case should have by now: 8D or 处理单, notice and minutes of each meeting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.rules.completeness import questions_text
from pipeline.rules.history import History
from pipeline.rules.restart import eight_d_version
from pipeline.rules.state import is_dismissed
from schemas.case import Case
from schemas.decisions import Decisions
from schemas.effects import Effect, EffectKey, EffectState, digest_of
from schemas.payloads import WriteDocument
from schemas.ports import Documents
from schemas.values import MeetingState

ANSWERED = "目前没有需要再向客户询问的问题。"
_NOTICE_STATES = frozenset({MeetingState.CONFIRMED, MeetingState.MOVED})
_MINUTES_STATES = frozenset({MeetingState.HELD, MeetingState.SIGNED})


def version_of(case: Case) -> int | None:
    """The version of the 8D as a document of its own: from the second on, the one before stays as it is."""
    version = eight_d_version(case.complaint)
    return version if version > 1 else None


def wanted_kinds(case: Case, decisions: Decisions) -> Iterator[tuple[str, int | None]]:
    """(kind, round) of every document the case should have; a meeting without a time has no notice yet.

    An 8D has two versions: one that may go to the customer, and one with what stays within the plant.
    """
    if decisions.form is not None and decisions.form.full_8d:
        yield from (("eight_d", version_of(case)), ("eight_d_internal", version_of(case)))
    elif decisions.form is not None:
        yield "slip", None
    for row in case.rows.meetings:
        meeting = row.record
        if meeting.round is None:
            continue
        if meeting.state in _NOTICE_STATES and meeting.time is not None and not is_dismissed(case.complaint):
            yield "notice", meeting.round
        if meeting.state in _MINUTES_STATES:
            yield "minutes", meeting.round


def _is_final(case: Case, kind: str, round_number: int | None, history: History) -> bool:
    """Signed minutes say what was signed: once written they are not brought up to date."""
    signed = any(
        row.record.round == round_number and row.record.state is MeetingState.SIGNED for row in case.rows.meetings
    )
    return kind == "minutes" and signed and history.is_settled("doc.minutes", case.number, f"{round_number}")


def _inquiry(case: Case, decisions: Decisions, documents: Documents, history: History) -> Iterator[Effect]:
    """The missing answers as a message ready to send (process step 3); once all are there it says so."""
    kind = "doc.inquiry"
    message = questions_text(case, decisions.questions)
    if not message and history.latest(kind, case.number) is None:
        return
    context = {"message": message or ANSWERED}
    inputs = digest_of(context)
    key = history.revised(kind, case.number, "", inputs)
    if key is not None:
        file_name = documents.file_name("inquiry", None)
        payload = WriteDocument(case.case_id, "inquiry", case.folder, file_name, context)
        yield Effect(key, f"{case.number} {file_name}", inputs, payload, case.case_id)


def wanted_documents(case: Case, decisions: Decisions, documents: Documents, history: History) -> Iterator[Effect]:
    """Effects for documents that are missing or whose declared inputs have changed."""
    yield from _inquiry(case, decisions, documents, history)
    for kind, round_number in dict.fromkeys(wanted_kinds(case, decisions)):
        if _is_final(case, kind, round_number, history):
            continue
        context = documents.context(kind, case, decisions, round_number)
        inputs = digest_of(context)
        key = history.revised(f"doc.{kind}", case.number, f"{round_number or ''}", inputs)
        if key is None or _only_form_is_new(case, decisions, documents, history, key, context):
            continue
        file_name = documents.file_name(kind, round_number, case.complaint.customer)
        payload = WriteDocument(case.case_id, kind, case.folder, file_name, context)
        yield Effect(key, f"{case.number} {file_name}", inputs, payload, case.case_id)


def _only_form_is_new(
    case: Case, decisions: Decisions, documents: Documents, history: History, key: EffectKey,
    context: Mapping[str, object],
) -> bool:
    """Whether a closed case would be drafted anew for nothing but a form that its customer brought in later."""
    before = history.latest(key.kind, case.number, key.occasion)
    if before is None or case.complaint.closed is None or "form" not in context:
        return False
    kind, round_number = key.kind.removeprefix("doc."), int(key.occasion) if key.occasion else None
    plain = documents.context(kind, case, decisions, round_number, own_form=False)
    return digest_of(plain) == before.inputs


def gone_documents(
    case: Case, decisions: Decisions, documents: Documents, history: History, *, folder_there: bool
) -> Iterator[str]:
    """A sentence on each paper of ours that a person deleted or moved away (decision 2026-11-26-deleted-papers).

    Deleting is a person's will: nothing is made again before its inputs change, and nobody is left to wonder.
    """
    if not history.is_settled("folder", case.number):
        return
    if not folder_there:
        yield "资料夹已不在公共盘上（被删除、移走或改名）。若非有意，请从备份恢复；台账有改动时会重新建立"
        return
    there = {name.casefold() for name in case.files.own} if case.files else set()
    for kind, round_number in dict.fromkeys(wanted_kinds(case, decisions)) if case.files else ():
        record = history.latest(f"doc.{kind}", case.number, f"{round_number or ''}")
        outcome = record.outcome if record and record.state is EffectState.DONE else None
        name = documents.file_name(kind, round_number, case.complaint.customer)
        if outcome and outcome.path == f"{case.folder}/{name}" and name.casefold() not in there:
            yield f"{name} 已不在资料夹里（被删除、移走或改名）。若非有意，请从备份恢复；台账有改动时会重新生成"
