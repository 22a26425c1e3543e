"""The registration rule ①–⑤: what belongs on the shared ledger and in Friday's meeting (process step 12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC

from pipeline.rules.severity import is_large_rate
from pipeline.rules.state import is_dismissed
from schemas.case import Case, Standing
from schemas.decisions import LevelDecision
from schemas.memory import KnownCase
from schemas.remembered import RememberedCases
from schemas.rows import Complaint
from schemas.settings import LevelSetting
from schemas.values import Level, Source


def registration_reasons(complaint: Complaint, level: LevelDecision, setting: LevelSetting) -> tuple[str, ...]:
    """The reasons for registration in the order of the rule; empty when none holds.

    What was dismissed (不成立, 作废, 合并) is shown no more: there is nothing left to register.
    """
    if is_dismissed(complaint):
        return ()
    reasons = []
    if complaint.source is Source.MARKETING:
        reasons.append("①由营销部反馈（高层已知晓）")
    if complaint.management_knows and is_large_rate(complaint, setting):
        reasons.append("②不良率较大且影响较大（高层已知晓）")
    if (complaint.cost or 0) > 0:
        reasons.append("③产生退货、返工、请人跟线等费用")
    if complaint.source is Source.RESIDENT:
        reasons.append("④驻线书面反馈")
    if level.level in {Level.SERIOUS, Level.URGENT}:
        reasons.append(f"⑤等级为{level.level.value}")
    return tuple(reasons)


_CLAIM_NOTHING = frozenset({Standing.BASELINE, Standing.AMBIGUOUS})


def registered_elsewhere(cases: Iterable[Case], shared: Collection[str]) -> frozenset[str]:
    """The numbers that stand on a shared ledger: the row there is the truth, a personal row of that number gives way.

    ``shared`` names the shared ledgers. A number that only the journal knows yet does not count: the row must carry it.
    """
    return frozenset(
        case.complaint.number for case in cases if case.ledger in shared and case.complaint.number
    )


def contested(
    rows: Iterable[tuple[Case, KnownCase]], shared: Collection[str], registered: Collection[str]
) -> dict[str, str]:
    """By case id, the ledger of the same kind on which another complaint had its number before (DESIGN, identity).

    Engineers who number their own ledgers arrive at one number twice; taken for one complaint the two would share a
    folder and rewrite each other's papers with every pass. The row that was seen first keeps the number. Copies of a
    ``registered`` complaint give way to the shared row together.
    """
    claims: defaultdict[tuple[bool, str], list[tuple[Case, KnownCase]]] = defaultdict(list)
    for case, known in rows:
        if case.number and case.standing not in _CLAIM_NOTHING:
            claims[case.ledger in shared, case.number].append((case, known))
    found: dict[str, str] = {}
    for (is_shared, number), claim in claims.items():
        if len(claim) == 1:
            continue
        claim.sort(key=lambda row: (row[1].first_seen, row[1].case_id))
        holder = claim[0][0]
        for case, _ in claim:
            copy = not is_shared and number in registered and _is_copy(case, holder)
            if holder.ledger != case.ledger and not copy:
                found[case.case_id] = holder.ledger
    return found


def _is_copy(case: Case, other: Case) -> bool:
    one, two = case.complaint, other.complaint
    return (one.customer, one.phenomenon) == (two.customer, two.phenomenon)


def origin_of(number: str, cases: RememberedCases) -> KnownCase | None:
    """The row under which a complaint was first seen: a registered one keeps what was done for it there."""
    return min(cases.with_number(number), key=lambda case: (case.first_seen, case.case_id), default=None)


def origin_name(known: KnownCase) -> str:
    """The identity of a row from first sight on, also before it has a number.

    Case ids start again after a journal was lost; with the time of first sight no old alert stands for a new one.
    """
    return f"{known.case_id}@{known.first_seen.astimezone(UTC):%Y%m%dT%H%M%S}"
