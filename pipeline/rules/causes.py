"""Checks on the causes of occurrence and escape and on what is done about them (process step 8); findings only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.rules.cause_actions import find_action_faults, valid_actions
from pipeline.rules.cause_wording import (
    asked_about,
    blames_a_person,
    closeness,
    folded,
    is_answer,
    is_reproduced,
    likeness,
    names_a_subject,
)
from pipeline.rules.stage import Stage, stage_of
from pipeline.rules.verification import effect_of
from pipeline.rules.why_chain import Chain, Link, chain_of
from schemas.case import Case
from schemas.causes import CauseFault, CauseSetting, Finding, Severity
from schemas.follow_up import Effect
from schemas.rows import Why
from schemas.values import CausePath, Liability

#: Here the cause lies outside the plant: whys are wanted only where the customer insists.
_ELSEWHERE = frozenset({Liability.CUSTOMER, Liability.LOGISTICS, Liability.NO_FAULT})


def find_cause_faults(
    case: Case, setting: CauseSetting | None = None, *, full_8d: bool = True, extra_whys: Sequence[Why] = ()
) -> tuple[Finding, ...]:
    """Everything about causes that a customer would reject (不符) or ask about (提示), in reading order.

    ``full_8d``: without it (客诉处理单) a typed 发生原因 or 流出原因 stands for its chain. ``extra_whys`` are those
    typed in the 8D. Nothing is asked before its time: a missing chain from 分析 on, actions from 整改 on; nothing at
    all for 不成立, 作废, 合并 and what is no quality complaint. Source: DOMAIN step 8 and "What customers reject".
    """
    setting = setting or CauseSetting()
    stage = stage_of(case)
    if stage is None:
        return ()
    chains = {path: chain_of(case, path, extra_whys) for path in CausePath}
    found = list(_without_path(case))
    for chain in chains.values():
        found += _typing_faults(chain, setting)
        if stage >= Stage.ANALYSIS:
            found += _depth_faults(case, chain, setting, full_8d)
    found += _same_chains(chains)
    found += find_action_faults(case, chains, setting, planned=stage >= Stage.MEASURES)
    return tuple(found)


def cause_of(case: Case, path: CausePath) -> str:
    """The conclusion that stands in 发生原因 or 流出原因, "" when none."""
    complaint = case.complaint
    text = complaint.occurrence_cause if path is CausePath.OCCURRENCE else complaint.escape_cause
    return text or ""


def is_cause_verified(case: Case) -> bool:
    """Whether the failure was reproduced, or an action against it proved effective."""
    complaint = case.complaint
    if (complaint.reproduced or 0) > 0 or is_reproduced(complaint.reproduction):
        return True
    return any(effect_of(row.record.verified) is Effect.EFFECTIVE for row in valid_actions(case))


def _finding(
    fault: CauseFault, path: CausePath, sentence: str, step: int | None = None, severity: Severity = Severity.FAULT
) -> Finding:
    place = path.value if step is None else f"{path.value}{step}"
    return Finding(fault, f"{fault.value}:{place}", sentence, severity)


def _without_path(case: Case) -> Iterator[Finding]:
    for row in case.rows.whys:
        if row.record.path is None and (row.record.question or row.record.answer):
            yield Finding(
                CauseFault.NO_PATH, f"{CauseFault.NO_PATH.value}:{row.place.row}",
                f"“{row.place.sheet}”第{row.place.row}行没有写明路径，未计入原因链；请在“路径”填 发生 或 流出。",
                Severity.HINT,
            )


def _typing_faults(chain: Chain, setting: CauseSetting) -> Iterator[Finding]:
    """What is wrong with the links as they stand, however far the analysis has come."""
    yield from _gaps(chain)
    yield from _repetitions(chain, setting)
    yield from _circles(chain, setting)
    yield from _jumps(chain, setting)
    for step in chain.differing:
        sentence = f"{chain.path.value}链第{step}问，台账与8D中的答不一样；请核实后改成一致，在此之前以台账为准。"
        yield _finding(CauseFault.SOURCES_DIFFER, chain.path, sentence, step, Severity.HINT)


def _gaps(chain: Chain) -> Iterator[Finding]:
    name = chain.path.value
    typed = [link.typed_step for link in chain.links]
    steps = sorted({step for step in typed if step is not None})
    for step in steps:
        if typed.count(step) > 1:
            yield _finding(CauseFault.DOUBLE_STEP, chain.path,
                           f"{name}链有{typed.count(step)}行都写着第{step}问；请更正“第几问”。", step, Severity.HINT)
    if None not in typed and steps:  # rows without a number could be any step
        for step in range(1, steps[-1]):
            if step not in steps:
                yield _finding(CauseFault.MISSING_STEP, chain.path, f"{name}链缺第{step}问；请补上问和答。", step)
    if not chain.answered:
        return  # nothing was answered: that is the missing chain
    for link in chain.links:
        if not link.is_answered:
            step = chain.step(link)
            sentence = f"{name}链第{step}问没有答（{link.where}）；请填查实的结果，查不出时写明已查了什么。"
            yield _finding(CauseFault.MISSING_STEP, chain.path, sentence, step)


def _repetitions(chain: Chain, setting: CauseSetting) -> Iterator[Finding]:
    asked: list[tuple[str, Link]] = []
    for link in chain.links:
        question = asked_about(link.question)
        if not question:
            continue  # a bare 为什么 asks about the answer above it
        earlier = next((other for text, other in asked if likeness(text, question) >= setting.same_wording), None)
        asked.append((question, link))
        if earlier is not None:
            step = chain.step(link)
            sentence = (f"{chain.path.value}链第{step}问与第{chain.step(earlier)}问问的是同一件事（{link.where}）；"
                        "请接着上一答往下问。")
            yield _finding(CauseFault.REPEATED, chain.path, sentence, step)


def _circles(chain: Chain, setting: CauseSetting) -> Iterator[Finding]:
    """An answer that an earlier answer has given already, or that only says again what was asked."""
    links = chain.answered
    for position, link in enumerate(links):
        answer = folded(link.answer)
        repeated = next((o for o in links[:position] if likeness(o.answer, answer) >= setting.same_wording), None)
        questions = [other for other in links[: position + 1] if asked_about(other.question)]
        asked = next((o for o in questions if likeness(asked_about(o.question), answer) >= setting.same_wording), None)
        if repeated is None and asked is None:
            continue
        step, name = chain.step(link), chain.path.value
        if repeated is not None:
            told = f"第{step}问的答又回到了第{chain.step(repeated)}问的答"
        else:
            told = f"第{step}问的答只是重复了第{chain.step(asked or link)}问所问的事"
        sentence = f"{name}链{told}（{link.where}）；请写出再往下一层的原因，附查证依据。"
        yield _finding(CauseFault.CIRCULAR, chain.path, sentence, step)


def _jumps(chain: Chain, setting: CauseSetting) -> Iterator[Finding]:
    for before, link in zip(chain.links, chain.links[1:], strict=False):
        question = asked_about(link.question)
        if not names_a_subject(question) or not before.is_answered:
            continue
        if closeness(question, (before.answer,)) < setting.continued_wording:
            step = chain.step(link)
            sentence = (f"{chain.path.value}链第{step}问看不出是接着第{chain.step(before)}问的答问的（{link.where}）；"
                        "请确认中间是否少了一问。")
            yield _finding(CauseFault.JUMP, chain.path, sentence, step, Severity.HINT)


def _depth_faults(case: Case, chain: Chain, setting: CauseSetting, full_8d: bool) -> Iterator[Finding]:
    """What only shows once the analysis is meant to be complete: no chain, a person blamed, too few whys."""
    path, links, conclusion = chain.path, chain.answered, cause_of(case, chain.path)
    if not links:
        if full_8d or not is_answer(conclusion):
            yield _missing_chain(case, path, is_answer(conclusion), full_8d)
    elif blames_a_person(links[-1].answer, setting):
        sentence = (f"{path.value}链停在“{links[-1].answer}”（{links[-1].where}），"
                    "没有问制度、工装、方法上为什么允许它发生；请再往下问。")
        yield _finding(CauseFault.OPERATOR, path, sentence, chain.step(links[-1]))
    if blames_a_person(conclusion, setting):
        place = case.place
        sentence = (f"“{place.sheet}”第{place.row}行的{path.value}原因写成“{conclusion}”，这是人的失误，不是根本原因；"
                    "请改写为允许它发生的制度、工装或方法上的原因。")
        yield _finding(CauseFault.OPERATOR, path, sentence)
    if 0 < len(links) < setting.whys and full_8d and not is_cause_verified(case):
        sentence = (f"{path.value}链只有{len(links)}问，原因也还没有验证；请确认是否已问到根本，"
                    "故障再现或措施验证有效后不再提示。")
        yield _finding(CauseFault.FEW, path, sentence, severity=Severity.HINT)


def _missing_chain(case: Case, path: CausePath, has_conclusion: bool, full_8d: bool) -> Finding:
    meaning = "为什么会产生" if path is CausePath.OCCURRENCE else "为什么没有拦住、流到了客户处"
    liability = case.complaint.liability
    if liability in _ELSEWHERE:
        sentence = f"没有{path.value}链；责任判定为{liability.value}，客户仍要求说明时请在“原因分析”补上{meaning}。"
        return _finding(CauseFault.NO_CHAIN, path, sentence, severity=Severity.HINT)
    if not full_8d:
        sentence = f"还没有写{path.value}原因；请在台账的{path.value}原因写明{meaning}。"
        return _finding(CauseFault.NO_CHAIN, path, sentence, severity=Severity.HINT)
    known = f"，台账里只有{path.value}原因的结论" if has_conclusion else ""
    sentence = f"没有{path.value}链{known}；请在“原因分析”用 路径={path.value} 逐问逐答写出{meaning}。"
    return _finding(CauseFault.NO_CHAIN, path, sentence)


def _same_chains(chains: dict[CausePath, Chain]) -> Iterator[Finding]:
    occurrence = {folded(link.answer) for link in chains[CausePath.OCCURRENCE].answered}
    escape = [folded(link.answer) for link in chains[CausePath.ESCAPE].answered]
    if escape and all(answer in occurrence for answer in escape):
        sentence = "流出链的答与发生链相同；请另外说明检验、监控在哪一步本应发现而没有发现，为什么。"
        yield _finding(CauseFault.SAME_CHAINS, CausePath.ESCAPE, sentence)
