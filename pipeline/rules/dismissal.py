"""What 不成立, 作废 and 合并至 need instead of causes and actions: reason, evidence, approver (DOMAIN "States").

The ledger has no columns of their own for these, so they are looked for where plants write them: 备注 and 检讨原因
("批准:姓名", "证据:…", the rest is the reason), columns of the plant's own whose heading says 批准, 证据 or 原因,
发生原因 (reason) and 故障再现结论 (evidence). For 合并 and for a double entry the other complaint is the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from schemas.case import Case
from schemas.values import Status, parse_status
from schemas.values.text import half_width, plain_text

_CLAUSES = re.compile(r"[;,。\n]+")
_LABELLED = re.compile(r"(?:批准|审批|核准)人?\s*:\s*(?P<name>[^\s;,。、:()]{2,20})")
_BY = re.compile(r"[经由](?P<name>[\u4e00-\u9fff·]{2,8}?)(?:批准|核准|审批)")
_NOT_OURS = re.compile(r"客户|顾客|主机厂|对方|待|未")
_EVIDENCE = re.compile(
    r"证据|依据|附件|邮件|照片|图片|报告|记录|截图|视频|录像|书面|签字|比对|回函|复测|复检|检测|确认函"
)
_NO_EVIDENCE = re.compile(
    r"(?:证据|依据|附件):?(?:待|暂?无|不足|没有)[^;,。]*|(?:无|没有|缺少?|补充?)[^;,。]{0,2}(?:证据|依据)"
)
_APPROVAL = re.compile(r"批准|审批|核准")


def _texts(case: Case) -> tuple[str, ...]:
    complaint = case.complaint
    typed = (complaint.note, complaint.review_reason)
    return tuple(half_width(text) for text in typed if text and plain_text(text))


def _own_columns(case: Case, word: str) -> tuple[str, ...]:
    extras = case.rows.complaint.extras
    return tuple(text for heading, text in extras.items() if word in heading and plain_text(text))


def approver_of(case: Case) -> str | None:
    """Who approved 不成立, 作废, 合并 or 暂停, as written; a customer's consent is no approval of ours."""
    for text in (*_texts(case), half_width(case.complaint.paused_because or "")):
        for match in (*_LABELLED.finditer(text), *_BY.finditer(text)):
            if plain_text(match["name"]) and not _NOT_OURS.search(match["name"]):
                return match["name"]
    return next(iter((*_own_columns(case, "批准"), *_own_columns(case, "审批"))), None)


def _has_reason(case: Case) -> bool:
    clauses = (clause.strip() for text in _texts(case) for clause in _CLAUSES.split(text))
    stated = any(
        clause and not _APPROVAL.search(clause) and not clause.startswith(("证据", "依据", "附件"))
        for clause in clauses
    )
    cause = plain_text(case.complaint.occurrence_cause)
    return stated or cause is not None or bool(_own_columns(case, "原因"))


def merged_into(case: Case) -> str | None:
    """The number of the complaint that goes on: from 合并至 KS-…, else 关联客诉编号."""
    if case.complaint.status is not Status.MERGED:
        return None
    entry = parse_status(case.rows.complaint.typed.get("status"))
    return (entry[1] if entry else None) or case.complaint.related


def _has_evidence(case: Case) -> bool:
    complaint = case.complaint
    return (
        any(_EVIDENCE.search(_NO_EVIDENCE.sub("", text)) for text in _texts(case))
        or plain_text(complaint.reproduction) is not None
        or complaint.related is not None
        or merged_into(case) is not None
        or bool(_own_columns(case, "证据"))
    )


def dismissal_faults(case: Case, known: Container[str] | None) -> Iterator[str]:
    """What is missing on a complaint that stands as 不成立, 作废 or 合并; ``known``: numbers that exist."""
    status = case.complaint.status
    if status is Status.MERGED:
        target = merged_into(case)
        if target is None:
            yield "状态为合并，没有写合并到哪一件：请写成 合并至 KS-…，或填写关联客诉编号"
        elif target == case.number:
            yield f"不能合并到自己（{target}）：请更正目标编号"
        elif known is not None and target not in known:
            yield f"合并的目标 {target} 不在台账中：请更正目标编号"
    if not _has_reason(case):
        yield f"状态为{status}，没有写原因：请写在备注或检讨原因中"
    if status is not Status.MERGED and not _has_evidence(case):
        yield f"状态为{status}，没有写证据：请在备注中写 证据：复测报告、照片或邮件的名称"
    if approver_of(case) is None:
        yield f"状态为{status}，没有批准人：请在备注中写 批准：姓名"
