"""The one summary per owner of what stood in a ledger before the software came (DOMAIN "Going live never floods")."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pipeline.rules.history import History
from pipeline.rules.state import is_open
from schemas.case import Case, Directory, Standing
from schemas.effects import Effect, digest_of
from schemas.payloads import SendMail

_HOW = (
    "这些客诉在启用前已在台账中，系统只列出，不编号、不建资料夹、不发提醒。",
    "需要纳入管理的，请在该行“纳入管理”列填“是”。",
)


def baseline_summaries(
    cases: Sequence[Case], seen_ledgers: Collection[str], directory: Directory, history: History
) -> Iterator[Effect]:
    """One mail per engineer with open baseline rows, once; nothing else is said of these rows."""
    owned: dict[str, list[Case]] = {}
    for case in cases:
        if case.standing is Standing.BASELINE and is_open(case.complaint) and case.complaint.engineer:
            owned.setdefault(case.complaint.engineer, []).append(case)
    for person, theirs in sorted(owned.items()):
        address = directory.mail_of(person)
        key = history.once("mail.baseline", person)
        first = any(case.ledger not in seen_ledgers for case in theirs)
        begun = history.latest("mail.baseline", person) is not None  # by a first pass that could not send
        if address is None or key is None or not (first or begun):
            continue
        rows = [
            {"label": case.label, "status": case.complaint.status.value if case.complaint.status else "",
             "received": str(case.complaint.received or ""), "problems": len(case.issues)}
            for case in theirs
        ]
        context = {"person": person, "rows": rows, "how": list(_HOW)}
        ids = tuple(case.case_id for case in theirs)
        payload = SendMail("baseline", (address,), (), context, (), ids)
        yield Effect(key, f"上线清单 {person}", digest_of(context), payload)
