"""Whether a complaint is an earlier one come back: same part or product, alike in wording, break point considered.

Process step 11: a problem that comes back after closing means that the cause was not found or the measures were not
verified enough. Parts made before the break point are a containment leak, not a recurrence; unknown dates are asked
for. Everything here is a proposal; a person sets 重新启动 on the earlier case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from pipeline.rules.defect_wording import are_different_failures, are_opposite, folded, most_alike
from pipeline.rules.state import is_dismissed, is_open, is_quality
from schemas.case import Case
from schemas.follow_up import Recurrence, RecurrenceKind, RecurrenceSetting
from schemas.rows import Complaint
from schemas.values import Status
from schemas.values.text import half_width

_LINKED = 101  # a person named the earlier complaint: above anything that wording can reach
_SHOWN = 3  # more proposals for one complaint would bury the one that matters


def _key(text: str | None) -> str:
    return "".join(half_width(text or "").casefold().replace("-", "").split())


def _part_key(complaint: Complaint) -> str:
    part = _key(complaint.part_number)
    return f"part {part}" if part else ""


def _class_key(complaint: Complaint) -> str:
    product, failure = _key(complaint.product), _key(complaint.failure_class)
    return f"product {product}|{failure}" if product and failure else ""


@dataclass(slots=True)
class _Group:
    """Complaints of one part, or of one product and failure class, with their descriptions ready to compare.

    ``version`` counts the changes; ``_alike`` keeps what was found alike as long as the descriptions stay.
    """

    cases: dict[str, Case] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    version: int = 0
    _alike: dict[tuple[str, int], Mapping[str, int]] = field(default_factory=dict)

    def put(self, case: Case) -> None:
        """Add a case, or bring it up to date."""
        description = folded(case.complaint.phenomenon or "")
        if self.descriptions.get(case.case_id) != description:
            self.descriptions[case.case_id] = description
            self._alike.clear()
        self.cases[case.case_id] = case
        self.version += 1

    def take_out(self, case_id: str) -> None:
        """Remove a case that belongs here no longer."""
        del self.cases[case_id], self.descriptions[case_id]
        self._alike.clear()
        self.version += 1

    def alike(self, phenomenon: str, similar: int) -> Mapping[str, int]:
        """Likeness by case id of those whose description is similar."""
        found = self._alike.get((phenomenon, similar))
        if found is None:
            ids = tuple(self.descriptions)
            scores = most_alike(phenomenon, tuple(self.descriptions.values()), similar)
            found = self._alike[phenomenon, similar] = {ids[index]: score for index, score in scores.items()}
        return found


class EarlierCases:
    """All complaints of a site, found again by part, by product with failure class, and by number.

    So one search looks at the complaints of one part and not at the whole ledger. ``see`` brings it up to date with
    the cases of a pass; one that is the same object as before costs nothing.
    """

    def __init__(self, cases: Iterable[Case] = ()) -> None:
        self._groups: defaultdict[str, _Group] = defaultdict(_Group)
        self._by_number: defaultdict[str, dict[str, Case]] = defaultdict(dict)
        self._seen: dict[str, Case] = {}
        self.see(cases)

    def see(self, cases: Iterable[Case]) -> None:
        """Take these for all the complaints there are; rows without an identity are no earlier complaint."""
        before, self._seen = self._seen, {}
        for case in cases:
            if not case.case_id:
                continue
            earlier = before.pop(case.case_id, None)
            self._seen[case.case_id] = case
            if earlier is not case:
                self._replace(earlier, case)
        for gone in before.values():
            self._replace(gone, None)

    def _replace(self, earlier: Case | None, case: Case | None) -> None:
        if earlier is not None and case is not None and _comparable(earlier) == _comparable(case):
            return
        old_keys, keys = _keys_of(earlier), _keys_of(case)
        if earlier is not None:
            self._by_number[earlier.number].pop(earlier.case_id, None)
            for key in old_keys - keys:
                self._groups[key].take_out(earlier.case_id)
        if case is not None and _counts(case):
            if case.number:
                self._by_number[case.number][case.case_id] = case
            for key in keys:
                self._groups[key].put(case)

    def _linked(self, later: Case) -> Case | None:
        """The complaint that a person named as the earlier one; of several rows the one seen first."""
        named = self._by_number.get(later.complaint.related or "", {})
        return min(named.values(), key=lambda case: (case.first_seen, case.case_id), default=None)

    def token(self, later: Case) -> object:
        """Equal as long as everything is that ``alike`` tells of a case."""
        groups = (self._groups.get(key) for key in (_part_key(later.complaint), _class_key(later.complaint)))
        linked = self._linked(later)
        return (
            tuple(group and group.version for group in groups), linked and (linked.case_id, _comparable(linked))
        )

    def alike(self, later: Case, setting: RecurrenceSetting) -> Iterator[tuple[Case, int, str]]:
        """Cases that may be the same failure, with likeness and why; each case once."""
        complaint, told = later.complaint, set[str]()
        linked = self._linked(later)
        if linked is not None:
            told.add(linked.case_id)
            yield linked, _LINKED, f"本单的关联客诉编号写的是{linked.number}"
        for key, why in (
            (_part_key(complaint), f"同一产品编号{complaint.part_number}"),
            (_class_key(complaint), f"同一产品{complaint.product}、同一失效类别{complaint.failure_class}"),
        ):
            group = self._groups.get(key) if key else None
            if group is None or not complaint.phenomenon:
                continue
            for case_id, score in group.alike(complaint.phenomenon, setting.similar).items():
                earlier = group.cases[case_id]
                if earlier.case_id not in told and not _tells_apart(complaint, earlier.complaint):
                    told.add(earlier.case_id)
                    yield earlier, score, f"{why}，不良现象相似（{score}分）"


def _counts(case: Case) -> bool:
    complaint = case.complaint
    return not is_dismissed(complaint) and is_quality(complaint) and complaint.received is not None


def _keys_of(case: Case | None) -> frozenset[str]:
    """The groups that a case belongs to."""
    if case is None or not _counts(case):
        return frozenset()
    return frozenset(filter(None, (_part_key(case.complaint), _class_key(case.complaint))))


def _comparable(case: Case) -> tuple[object, ...]:
    """All of a case that is looked at here."""
    return case.complaint, case.number, case.name, case.case_id, case.first_seen


def _tells_apart(one: Complaint, other: Complaint) -> bool:
    """Whether the wording is alike but the failure is another; people's own 失效类别 wins over our word list."""
    first, second = one.phenomenon or "", other.phenomenon or ""
    if are_opposite(first, second):
        return True
    same_class = bool(one.failure_class) and _key(one.failure_class) == _key(other.failure_class)
    return not same_class and are_different_failures(first, second)


def _is_earlier(earlier: Complaint, later: Complaint) -> bool:
    if earlier.received is None or later.received is None:
        return False
    if earlier.received.known and later.received.known:
        return earlier.received < later.received
    return earlier.received.day < later.received.day


@dataclass(frozen=True, slots=True)
class _Made:
    """Whether the parts were made before or after the break point: kind, what tells so, what to fill in."""

    kind: RecurrenceKind
    fact: str
    ask: str = ""


def _by_production(produced: date, point: date, lot: str, *, same_lot: bool, first_lot: bool) -> _Made:
    after = produced >= point
    if (after and same_lot and not first_lot) or (not after and first_lot):
        clash = "原案的不良批次" if after else "断点批次"
        fact = f"生产日期{produced}与断点日期{point}、批次{lot}（{clash}）相矛盾"
        return _Made(RecurrenceKind.ASK, fact, "正确的生产日期或不良批次")
    if after:
        return _Made(RecurrenceKind.RECURRENCE, f"生产日期{produced}不早于断点日期{point}")
    return _Made(RecurrenceKind.LEAK, f"生产日期{produced}早于断点日期{point}")


def _by_lot(lot: str, *, same_lot: bool, first_lot: bool) -> _Made | None:
    if same_lot and first_lot:
        return _Made(RecurrenceKind.ASK, f"批次{lot}在原案中既是不良批次又是断点批次", "原案正确的断点批次")
    if first_lot:
        return _Made(RecurrenceKind.RECURRENCE, f"不良批次{lot}就是断点批次")
    if same_lot:
        return _Made(RecurrenceKind.LEAK, f"不良批次{lot}与原案相同，为断点前产品")
    return None


def _made_when(earlier: Complaint, later: Complaint) -> _Made:
    """From break point, day of production and lots; a lot that was complained of before was made before any measure."""
    same_lot = bool(later.lot) and _key(later.lot) == _key(earlier.lot)
    first_lot = bool(later.lot) and _key(later.lot) == _key(earlier.break_point_lot)
    point, lot = earlier.break_point_day, later.lot or ""
    if point is not None and later.produced is not None:
        return _by_production(later.produced, point, lot, same_lot=same_lot, first_lot=first_lot)
    if told := _by_lot(lot, same_lot=same_lot, first_lot=first_lot):
        return told
    if point is None:
        return _Made(RecurrenceKind.ASK, "原案的断点日期未填", "原案的断点日期")
    if later.received is not None and later.received.day < point:
        return _Made(RecurrenceKind.LEAK, f"接诉{later.received.day}早于断点日期{point}，产品必为断点前制造")
    return _Made(RecurrenceKind.ASK, f"生产日期未填，分不清在断点日期{point}之前还是之后", "本单的生产日期")


def _came_after(earlier: Complaint, later: Complaint, kind: RecurrenceKind) -> bool:
    """Whether the earlier case was closed, or had its break point, when the later complaint came."""
    if earlier.break_point_day is not None:
        return True
    if is_open(earlier) or later.received is None:
        return False
    closed_before = earlier.closed is None or earlier.closed <= later.received.day
    return closed_before or kind is RecurrenceKind.LEAK


def _sentence(kind: RecurrenceKind, later: Case, earlier: Case, ask: str) -> str:
    if kind is RecurrenceKind.RECURRENCE and is_open(earlier.complaint):
        return f"{earlier.name}断点后的产品又有相似不良：若确认，请在{earlier.name}上补充分析和措施，更新断点日期"
    if kind is RecurrenceKind.RECURRENCE:
        return (
            f"疑似{earlier.name}复发：若确认，请把{earlier.name}的状态改为 重新启动，填写重开次数和检讨原因；"
            f"{later.name}保留自己的编号和时限"
        )
    if kind is RecurrenceKind.LEAK:
        return f"疑似{earlier.name}断点前的产品流出（围堵漏出），不按复发处理：请核对{earlier.name}的围堵范围和数量"
    return f"与{earlier.name}相似，暂不能判断是复发还是断点前产品：请补填{ask}"


def _is_settled(earlier: Case, later: Case) -> bool:
    """Already acted upon: the earlier case stands as 重新启动, or was restarted and the two name each other."""
    if earlier.complaint.status is Status.RESTARTED:
        return True
    linked = later.complaint.related == earlier.number or earlier.complaint.related == later.number
    return bool(earlier.number) and linked and (earlier.complaint.restarts or 0) > 0


def find_recurrences(case: Case, earlier: EarlierCases, setting: RecurrenceSetting) -> tuple[Recurrence, ...]:
    """What ``case`` may be a recurrence or containment leak of, newest first, at most three; proposals only.

    Silent for dismissed and non-quality complaints, for the same complaint in another ledger, and where the earlier
    case was restarted already.
    """
    complaint = case.complaint
    if is_dismissed(complaint) or not is_quality(complaint):
        return ()
    found: list[tuple[bool, int, Recurrence]] = []
    for other, score, why in earlier.alike(case, setting):
        same = other.case_id == case.case_id or (bool(case.number) and other.number == case.number)
        if same or not _is_earlier(other.complaint, complaint) or _is_settled(other, case):
            continue
        made = _made_when(other.complaint, complaint)
        if not _came_after(other.complaint, complaint, made.kind):
            continue
        received = other.complaint.received
        found.append((score < _LINKED, -received.day.toordinal() if received else 0, Recurrence(
            made.kind, case.case_id, case.name, other.case_id, other.name, min(score, 100),
            _sentence(made.kind, case, other, made.ask), (why, made.fact), (made.ask,) if made.ask else (),
        )))
    found.sort(key=lambda entry: (*entry[:2], entry[2].earlier_id))
    return tuple(entry for *_, entry in found[:_SHOWN])
