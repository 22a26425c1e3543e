"""Second step: what cases mean for one another, before each is planned by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from pipeline.plan.work import Found, Pass
from pipeline.rules.recurrence import EarlierCases, find_recurrences
from pipeline.rules.registration import contested, origin_name, registered_elsewhere
from pipeline.rules.state import is_current
from schemas.case import Case, Standing
from schemas.follow_up import Recurrence, RecurrenceKind


@dataclass
class Likenesses:
    """The search for recurrences, kept from pass to pass: a complaint is looked up again when its group changed."""

    earlier: EarlierCases = field(default_factory=EarlierCases)
    found: dict[str, tuple[object, tuple[Recurrence, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Related:
    """What other complaints say of one: what it may repeat, and the later ones (name and day) that repeat it."""

    recurrences: tuple[Recurrence, ...]
    recurred: Mapping[str, date]


def settle_claims(work: Pass) -> None:
    """A personal row that stands on the shared ledger by now gives way to it; of two rows with one number the later."""
    if len(work.settings.ledgers) < 2:
        return  # both take two ledgers
    shared = work.settings.shared_ledgers
    registered = registered_elsewhere((entry.case for entry in work.found), shared) | _registered_before(work)
    taken = contested(((entry.case, entry.known) for entry in work.found), shared, registered)
    for index, entry in enumerate(work.found):
        if entry.case.case_id in taken:
            work.found[index] = _set_aside(entry, taken[entry.case.case_id])
        elif entry.case.ledger not in shared and entry.case.number in registered:
            work.found[index] = replace(entry, case=replace(entry.case, standing=Standing.REGISTERED))


def _registered_before(work: Pass) -> frozenset[str]:
    """Numbers on a shared ledger that cannot be read now and has no last good reading: its rows still stand there."""
    read = {reading.ledger for reading in work.snapshot.readings}
    return frozenset(
        known.number
        for name in work.settings.shared_ledgers if name not in read
        for known in work.memory.cases.of_ledger(name).values() if known.in_file and not known.vanished
    )


def _set_aside(entry: Found, holder: str) -> Found:
    """A row whose number another ledger's complaint has waits for a person; the number is not remembered as its own."""
    remedy = "若是另一件客诉，请改正本行编号；若是同一件，请只留一行"
    return Found(
        replace(entry.case, standing=Standing.AMBIGUOUS, origin=origin_name(entry.known)),
        replace(entry.known, number=""),
        f"编号 {entry.case.number} 在 {holder} 中已有，本行暂不处理：{remedy}",
        entry.repeats,
    )


def _to_advise(work: Pass) -> list[Case]:
    """Every managed complaint that is current, and the one asked for; history is left alone."""
    today = work.now.date()
    return [
        entry.case for entry in work.found
        if (entry.case.standing is Standing.MANAGED and is_current(entry.case.complaint, today))
        or (work.asked and entry.case.number == work.asked)
    ]


def _recurrences(work: Pass, current: Iterable[Case], likenesses: Likenesses) -> dict[str, tuple[Recurrence, ...]]:
    """What each current complaint may be a recurrence of, by handle; all rows of the site count as earlier ones."""
    earlier, before = likenesses.earlier, likenesses.found
    earlier.see(entry.case for entry in work.found if entry.case.standing is not Standing.REGISTERED)
    likenesses.found = {}
    for case in current:
        token = (case.complaint, case.number, case.name, earlier.token(case))
        known = before.get(case.handle)
        if known is None or known[0] != token:
            setting = work.settings.for_customer(case.complaint.customer).recurrence
            known = (token, find_recurrences(case, earlier, setting))
        likenesses.found[case.handle] = known
    return {handle: found for handle, (_, found) in likenesses.found.items()}


def relate(work: Pass, likenesses: Likenesses) -> Mapping[str, Related]:
    """By handle of every complaint that is to be advised on, what others have to do with it."""
    current = _to_advise(work)
    recurrences = _recurrences(work, current, likenesses)
    recurred: defaultdict[str, dict[str, date]] = defaultdict(dict)
    for case in current:
        received = case.complaint.received
        for found in recurrences[case.handle]:
            if found.kind is RecurrenceKind.RECURRENCE and received is not None:
                recurred[found.earlier_id][case.name] = received.day
    return {
        case.handle: Related(recurrences[case.handle], recurred.get(case.case_id, {})) for case in current
    }
