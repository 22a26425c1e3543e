"""The page of one complaint: problem, what changed, containment, causes, actions, 8D score, next step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import zip_longest

from pipeline.rules.action_facts import is_done, needs_verification
from pipeline.rules.deck_flow import flow_of
from pipeline.rules.deck_items import DeckItem, may_close
from pipeline.rules.deck_sources import sources_of
from pipeline.rules.deck_wording import (
    LEVEL_TONES,
    NOTHING,
    cell,
    customer_of,
    number,
    product_of,
    quantities,
    short_day,
    short_moment,
)
from pipeline.rules.verification import effect_of
from schemas.case import ATTACHMENTS, Case
from schemas.deck import Block, Figure, ItemSlide, Photo, TableBlock, TableCell, TableColumn, TextBlock, Tone
from schemas.follow_up import Effect
from schemas.rows import Action
from schemas.values import CausePath, Review

PHOTOS = 4
_PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp")
_CONTAINED = (
    TableColumn("地点", 1.5), TableColumn("数量", 0.8, centred=True), TableColumn("已检", 0.8, centred=True),
    TableColumn("不良", 0.7, centred=True), TableColumn("处置", 2), TableColumn("负责人", 1), TableColumn("完成", 1.25),
)
_ACTIONS = (
    TableColumn("编号", 0.6, centred=True), TableColumn("类别", 0.8, centred=True), TableColumn("措施内容", 4.2),
    TableColumn("责任", 1.4), TableColumn("计划", 0.8, centred=True), TableColumn("完成", 0.8, centred=True),
    TableColumn("情况", 1.3, centred=True),
)
_WHYS = (TableColumn("问", 0.4, centred=True), TableColumn("为什么发生", 3), TableColumn("为什么流出", 3))
_REMARKS = 3  # of the 8D's weakest steps


def _facts(item: DeckItem, today: date) -> tuple[Figure, ...]:
    case, decisions = item.matter.case, item.matter.decisions
    complaint = case.complaint
    facts = [
        Figure("等级", decisions.level.level.value, LEVEL_TONES[decisions.level.level]),
        Figure("状态", complaint.status.value if complaint.status else NOTHING),
        Figure("例会", item.rollover if item.times else "首次"),
        Figure("质量工程师", complaint.engineer or "未指定"),
        Figure("责任部门", complaint.department or "未指定"),
        _age(item, today),
    ]
    if item.overdue:
        facts.append(Figure("最长逾期", f"{max(duty.days_late for duty in item.overdue)}天", Tone.BAD))
    if (advice := item.matter.advice) is not None and advice.acceptance.possible:
        score = advice.acceptance
        tone = Tone.GOOD if score.total == score.possible else Tone.WARN
        facts.append(Figure("8D评分", f"{score.total}/{score.possible}", tone))
    return tuple(facts)


def _age(item: DeckItem, today: date) -> Figure:
    received, closed = item.matter.case.complaint.received, item.matter.case.complaint.closed
    if received is None:
        return Figure("接诉", NOTHING)
    days = ((closed or today if item.closed else today) - received.day).days
    return Figure("接诉到关闭" if item.closed else "接诉至今", f"{days}天" if days else "当天")


def _problem(case: Case, today: date) -> TextBlock:
    complaint = case.complaint
    made = [
        (complaint.lot, "批次"), (short_day(complaint.produced, today) if complaint.produced else None, "生产"),
        (complaint.mould_cavity, "模具/穴号"), (complaint.customer_site, "客户基地"),
        (complaint.failure_class, "失效类别"),
    ]
    words = [complaint.phenomenon or "不良现象未填写", quantities(complaint)]
    words.append("　".join(f"{name} {value}" for value, name in made if value))
    if complaint.customer_request:
        words.append(f"客户诉求：{complaint.customer_request}")
    return TextBlock("问题描述", tuple(word for word in words if word))


def _news(item: DeckItem) -> Iterator[TextBlock]:
    decisions = item.matter.decisions
    told = list(item.changes) or ["首次上会" if not item.times else "台账无变化"]
    if item.times == 0 and decisions.registration:
        told.append(f"上会理由：{'；'.join(decisions.registration)}")
    yield TextBlock("与上次例会比", tuple(told))
    if item.overdue:
        late = tuple(f"{duty.what}（{duty.person or '责任人未填'}，{duty.days_late}天）" for duty in item.overdue)
        yield TextBlock("逾期", late, Tone.BAD)


def _containment(case: Case, today: date) -> Iterator[Block]:
    complaint = case.complaint
    told = [text for text in (complaint.containment, complaint.interim_actions) if text]
    if told:
        yield TextBlock("紧急措施与围堵", tuple(told))
    if case.rows.containments:
        rows = tuple(
            (cell(entry.place or ""), cell(number(entry.quantity)), cell(number(entry.checked)),
             cell(number(entry.defects), Tone.BAD if entry.defects else Tone.PLAIN), cell(entry.disposition or ""),
             cell(entry.person or ""), cell(short_moment(entry.done, today)))
            for entry in (row.record for row in case.rows.containments)
        )
        yield TableBlock("" if told else "围堵", _CONTAINED, rows)


def _causes(case: Case) -> Iterator[Block]:
    chains = [case.rows.chain(path) for path in (CausePath.OCCURRENCE, CausePath.ESCAPE)]
    if any(chains):
        rows = tuple(
            (cell(f"{step}", bold=True), *(cell(_asked(why.question, why.answer) if why else "") for why in pair))
            for step, pair in enumerate(zip_longest(*chains), 1)
        )
        yield TableBlock("原因分析（5-Why）", _WHYS, rows)
    complaint = case.complaint
    told = [
        f"{name}：{text}" for name, text in (
            ("发生原因", complaint.occurrence_cause), ("流出原因", complaint.escape_cause),
            ("故障再现", complaint.reproduction),
        ) if text
    ]
    if told:
        yield TextBlock("" if any(chains) else "原因分析", tuple(told))


def _asked(question: str | None, answer: str | None) -> str:
    return "\n".join(f"{word}：{text}" for word, text in (("问", question), ("答", answer)) if text)


def action_status(action: Action, today: date) -> TableCell:
    """How a measure stands, in its colour."""
    if action.review is Review.REJECTED:
        return cell("已驳回", Tone.BAD, bold=True)
    if is_done(action, today):
        effect = effect_of(action.verified)
        if effect is Effect.INEFFECTIVE:
            return cell("验证无效", Tone.BAD, bold=True)
        if effect is Effect.EFFECTIVE:
            return cell("有效", Tone.GOOD)
        return cell("待验证", Tone.WARN) if needs_verification(action) else cell("已完成", Tone.GOOD)
    if action.due is None:
        return cell("无计划日", Tone.WARN)
    late = (today - action.due).days
    return cell(f"逾期{late}天", Tone.BAD, bold=True) if late > 0 else cell("进行中")


def _measures(case: Case, today: date) -> Iterator[Block]:
    if not case.rows.actions:
        if case.complaint.lasting_actions:
            yield TextBlock("措施", (case.complaint.lasting_actions,))
        return
    rows = tuple(
        (cell(action.action_number or ""), cell(action.kind.value if action.kind else ""), cell(action.content or ""),
         cell(" ".join(word for word in (action.department, action.person) if word)),
         cell(short_day(action.due, today)), cell(short_day(action.done, today)), action_status(action, today))
        for action in (row.record for row in case.rows.actions)
    )
    yield TableBlock("措施与进度", _ACTIONS, rows)


def _score(item: DeckItem) -> Iterator[Block]:
    advice = item.matter.advice
    if advice is None or not advice.acceptance.possible:
        return
    remarks = [remark for score in advice.acceptance.lowest for remark in score.remarks]
    if remarks:
        total = f"{advice.acceptance.total}/{advice.acceptance.possible}"
        more = (f"另有 {len(remarks) - _REMARKS} 条",) if len(remarks) > _REMARKS else ()
        yield TextBlock(f"8D 评分 {total}，失分最多处", (*remarks[:_REMARKS], *more))


def _next(item: DeckItem, today: date) -> TextBlock:
    decisions, advice = item.matter.decisions, item.matter.advice
    told = [
        f"{short_day(duty.due, today)} {duty.what}（{duty.person or '责任人未填'}）"
        for duty in sorted(decisions.duties, key=lambda duty: duty.due) if duty.days_late <= 0
    ]
    if advice is not None and may_close(item):
        told.append("关闭条件已满足，可以关闭")
    if decisions.questions:
        told.append(f"待补充：{'、'.join(question.heading for question in decisions.questions)}")
    told += decisions.findings
    quiet = "已关闭" if item.closed else "先完成逾期事项" if item.overdue else "近期没有到期事项"
    return TextBlock("下一步", tuple(told) or (quiet,))


def is_picture(name: str) -> bool:
    """Whether a file of 附件 can be shown on a slide, by its name."""
    return name.lower().endswith(_PICTURES) and not name.startswith((".", "~"))


def _photos(item: DeckItem) -> tuple[tuple[Photo, ...], str]:
    case = item.matter.case
    pictures = [name for name in (case.files.attachments if case.files else ()) if is_picture(name)]
    shown = tuple(Photo(f"{case.folder}/{ATTACHMENTS}/{name}", name.rpartition(".")[0]) for name in pictures[:PHOTOS])
    rest = len(pictures) - len(shown)
    return shown, f"另有照片 {rest} 张，见资料夹" if rest else ""


def item_slide(item: DeckItem, today: date) -> ItemSlide:
    """The complaint's slide, as data."""
    case = item.matter.case
    complaint = case.complaint
    photos, note = _photos(item)
    title = f"{case.name} {customer_of(complaint)} {product_of(complaint)}"
    if complaint.phenomenon:
        title += f"：{complaint.phenomenon}"
    parts = {
        "紧急措施与围堵": tuple(_containment(case, today)), "原因分析": tuple(_causes(case)),
        "措施": tuple(_measures(case, today)),
    }
    blank = [name for name, told in parts.items() if not told]
    missing = (TextBlock("", (f"尚未填写：{'、'.join(blank)}",), Tone.QUIET),) if blank else ()
    blocks = (*(block for told in parts.values() for block in told), *missing, *_score(item))
    return ItemSlide(
        f"item/{case.case_id}", title, _facts(item, today), flow_of(item, today), _problem(case, today),
        (*_news(item), _next(item, today)), blocks, photos, note, sources_of(case, photos),
    )
