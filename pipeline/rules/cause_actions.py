"""Whether every cause has an action that changes something, and every result says more than its plan (step 9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.rules.cause_wording import (
    acts_on_people_only,
    asked_about,
    closeness,
    folded,
    is_answer,
    likeness,
)
from pipeline.rules.why_chain import Chain
from schemas.case import Case
from schemas.causes import CauseFault, CauseSetting, Finding, Severity
from schemas.rows import Action
from schemas.values import ActionKind, CausePath, Review
from schemas.workbook import Row

#: 临时 only contains, 水平展开 serves other parts: neither answers this cause.
_NOT_AGAINST_THE_CAUSE = frozenset({ActionKind.INTERIM, ActionKind.HORIZONTAL})
_MAY_BE_PREVENTIVE = frozenset({ActionKind.CORRECTIVE, ActionKind.ERROR_PROOFING})


def valid_actions(case: Case) -> tuple[Row[Action], ...]:
    """The actions with content that were not rejected; a rejected one never counts (process step 9)."""
    return tuple(
        row for row in case.rows.actions if row.record.review is not Review.REJECTED and is_answer(row.record.content)
    )


def lasting_actions(case: Case) -> tuple[Row[Action], ...]:
    """The valid actions that are meant against a cause; without 措施类别 an action counts as lasting.

    纠正预防 and 防呆 without 对应原因 keep the like from happening (D7) and are not taken for an answer to the cause.
    """
    return tuple(row for row in valid_actions(case) if _is_against_a_cause(row.record))


def _is_against_a_cause(action: Action) -> bool:
    if action.kind in _MAY_BE_PREVENTIVE:
        return is_answer(action.cause)
    return action.kind not in _NOT_AGAINST_THE_CAUSE


def action_name(row: Row[Action]) -> str:
    """How people find an action: its number, else its sheet and row."""
    number = row.record.action_number
    return f"措施{number}" if number else f"“{row.place.sheet}”第{row.place.row}行"


def named(rows: list[Row[Action]]) -> str:
    """Several actions by name, the fourth and later ones counted."""
    shown = "、".join(action_name(row) for row in rows[:3])
    return shown if len(rows) <= 3 else f"{shown}等{len(rows)}条"


def _causes(case: Case, chain: Chain) -> tuple[str, ...]:
    """The words in which one path speaks of its causes: answers, the questions that take them up, the conclusion."""
    complaint = case.complaint
    own = complaint.occurrence_cause if chain.path is CausePath.OCCURRENCE else complaint.escape_cause
    taken_up = (asked_about(link.question) for link in chain.links[1:])  # the first asks about the defect itself
    return (*(link.answer for link in chain.answered), *taken_up, *([own] if own and is_answer(own) else []))


def _answered_paths(
    action: Action, causes: Mapping[CausePath, tuple[str, ...]], setting: CauseSetting
) -> frozenset[CausePath]:
    """The path whose causes the action speaks of; both when it fits both equally, none when neither.

    对应原因 decides where it fits; 措施内容 counts where 对应原因 is blank or in other words.
    """
    cause = folded(action.cause or "")
    spoken = {path for path in CausePath if cause.removesuffix("原因") == path.value}
    if spoken:
        return frozenset(spoken)
    content = (action.content or "",)
    answered = {path: closeness(action.cause or "", texts) for path, texts in causes.items()}
    mentioned = {path: max((closeness(text, content) for text in texts), default=0.0) for path, texts in causes.items()}
    for scores in (answered, mentioned):
        best = max(scores.values(), default=0.0)
        if best >= setting.answered_wording:
            return frozenset(path for path, score in scores.items() if score == best)
    return frozenset()


def find_action_faults(
    case: Case, chains: Mapping[CausePath, Chain], setting: CauseSetting, *, planned: bool
) -> Iterator[Finding]:
    """Causes without an action, causes with nothing but training (both once ``planned``), results copied from plans.

    A path without a chain is not examined: there is no cause yet that an action could answer.
    """
    if planned:
        yield from _unanswered_causes(case, chains, setting)
    yield from _copied_results(case, setting)


def _unanswered_causes(
    case: Case, chains: Mapping[CausePath, Chain], setting: CauseSetting
) -> Iterator[Finding]:
    rows = lasting_actions(case)
    text = case.complaint.lasting_actions
    if not rows:
        if acts_on_people_only(text, setting):
            yield _people_only("全部", f"台账的长期措施“{text}”")
        return  # no lasting action at all is for the 8D score to say; free text names no cause
    if all(acts_on_people_only(row.record.content, setting) for row in rows):
        yield _people_only("全部", named(list(rows)))
        return
    causes = {path: _causes(case, chain) for path, chain in chains.items()}
    for path, chain in chains.items():
        if not chain.answered:
            continue
        answering = [row for row in rows if path in _answered_paths(row.record, causes, setting)]
        if not answering:
            sentence = (f"{path.value}原因没有措施：没有一条长期、纠正预防或防呆措施与{path.value}链相符；"
                        f"请补措施，或把“对应原因”写成与{path.value}链一致的话。")
            yield Finding(CauseFault.NO_ACTION, f"{CauseFault.NO_ACTION.value}:{path.value}", sentence, Severity.FAULT)
        elif all(acts_on_people_only(row.record.content, setting) for row in answering):
            yield _people_only(path.value, named(answering))


def _people_only(place: str, actions: str) -> Finding:
    cause = "所有原因" if place == "全部" else f"{place}原因"
    sentence = f"针对{cause}只有培训、教育或考核（{actions}）；请增加改变工装、方法或控制方式的措施，最好防呆。"
    return Finding(CauseFault.PEOPLE_ONLY, f"{CauseFault.PEOPLE_ONLY.value}:{place}", sentence, Severity.FAULT)


def _copied_results(case: Case, setting: CauseSetting) -> Iterator[Finding]:
    for row in valid_actions(case):
        action = row.record
        for heading, text in (("验证结果", action.verified), ("证据", action.evidence)):
            if text and likeness(text, action.content or "") >= setting.copied_wording:
                sentence = (f"{action_name(row)}的{heading}照抄了措施内容；"
                            "请写实际做了什么、看到什么数据（D6不能照抄D5）。")
                key = f"{CauseFault.COPIED.value}:{action.action_number or row.place.row}"
                yield Finding(CauseFault.COPIED, key, sentence, Severity.FAULT)
                break
