"""kesu try: read any plant's ledger, write drafts, a board page and a summary into a folder of their own."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.files.atomic import write_if_changed
from pipeline.files.placed import place
from pipeline.files.system_faults import plain_sentence
from pipeline.plan.case_folder import SUBFOLDERS, folder_for
from pipeline.rules.advise import Around, advise
from pipeline.rules.board_view import BoardMatter, BoardState, board_view
from pipeline.rules.cases import case_of, children_of, columns_of, directory_of, kept_fields
from pipeline.rules.decide import decide
from pipeline.rules.deck_items import DeckMatter
from pipeline.rules.deck_view import DeckWeek, deck_view
from pipeline.rules.identity import Sighting, identify
from pipeline.rules.runs import coming_week
from pipeline.rules.state import is_open
from pipeline.rules.wanted_deck import deck_name, last_meeting
from pipeline.rules.wanted_documents import wanted_kinds
from pipeline.share import FolderShare
from pipeline.workdays import Workdays
from schemas.advice import Advice
from schemas.case import Case, Standing
from schemas.decisions import Decisions, Lateness
from schemas.deck import DeckView
from schemas.effects import Effect, EffectKey, EffectRecord, EffectState
from schemas.errors import KesuError
from schemas.issue_groups import grouped
from schemas.payloads import WriteDocument
from schemas.ports import Documents
from schemas.remembered import RememberedEffects
from schemas.rows import Complaint
from schemas.settings import Settings
from schemas.values import ValueProblem, parse_people
from schemas.values.traditional import simplified
from schemas.workbook import Row, WorkbookReading

#: Headings of the person whom a one-sheet log names beside a complaint, where it has no 质量工程师.
_FOLLOWER = re.compile(r"责任人|负责人|担当|承办人|经办人|跟进|owner|champion|responsible$", re.IGNORECASE)
_NOT_FOLLOWER = re.compile(r"客户|验证|审核|批准|部门|审批")
_SHEET_NAME_SHOWN = 12
_DECK_PAGES = 40  # complaints with pages in the deck of a trial


@dataclass(frozen=True, slots=True)
class TrialMatter:
    """One complaint of the ledger with its decisions and the folder its drafts go to."""

    case: Case
    decisions: Decisions
    advice: Advice | None = None


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a trial made: drafts, the board page, the deck's path in the folder, and what failed, in words."""

    matters: tuple[TrialMatter, ...]
    drafts: int
    board: Path
    failures: tuple[str, ...]
    deck: str = ""


def _named(sighting: Sighting, sheets: int) -> str:
    """The number, else the row; the sheet is named only where the ledger has several."""
    place = sighting.row.place
    row = f"第{place.row}行" if sheets < 2 else f"{place.sheet[:_SHEET_NAME_SHOWN]}第{place.row}行"
    return sighting.known.number or row


def _is_enough(complaint: Complaint, kept: frozenset[str]) -> bool:
    """Whether a draft is worth writing: the phenomenon, and of day, customer and product what this ledger keeps."""
    product = complaint.product or complaint.part_number
    there = {"received": complaint.received, "customer": complaint.customer, "product": product}
    columns = kept | ({"product"} if "part_number" in kept else frozenset())
    return complaint.phenomenon is not None and all(value for name, value in there.items() if name in columns)


def _follower(row: Row[Complaint]) -> str:
    """Who follows the complaint up: 质量工程师, else the 责任人 that a one-sheet log keeps; "" when nobody is named."""
    if row.record.engineer:
        return row.record.engineer
    for heading, text in row.extras.items():
        plain = simplified(heading)
        if _FOLLOWER.search(plain) and not _NOT_FOLLOWER.search(plain):
            try:
                names = parse_people(text)
            except ValueProblem:
                continue
            if names:
                return names[0]
    return ""


def _with_follower(matter: TrialMatter) -> BoardMatter:
    """The matter for board and overdue list: what nobody is named for is shown under the 责任人 of its row."""
    name = _follower(matter.case.rows.complaint)
    if not name or matter.case.complaint.engineer:
        return BoardMatter(matter.case, matter.decisions)
    row = matter.case.rows.complaint
    shown = replace(row, record=row.record.model_copy(update={"engineer": name}))
    duties = tuple(duty if duty.person else replace(duty, person=name) for duty in matter.decisions.duties)
    case = replace(matter.case, rows=replace(matter.case.rows, complaint=shown))
    return BoardMatter(case, replace(matter.decisions, duties=duties))


def matters_of(
    reading: WorkbookReading, settings: Settings, calendar: Workdays, now: datetime
) -> Iterator[TrialMatter]:
    """Every complaint row as a case, decided as of ``now``; nothing is numbered."""
    found = identify(reading, {}, now, timedelta(0), 1, baseline=False)
    children, kept, directory = children_of(reading), kept_fields(reading), directory_of([reading])
    columns = columns_of(reading)
    taken: Counter[str] = Counter()
    sheets = len({row.place.sheet for row in reading.complaints})
    for sighting in found.sightings:
        case = case_of(sighting, sighting.known.number, "", children, reading.ledger)
        enough = _is_enough(case.complaint, kept[case.place.sheet])
        standing = Standing.MANAGED if enough else Standing.HALF_TYPED
        name = _named(sighting, sheets)
        folder = folder_for(name, case, settings)
        taken[folder.lower()] += 1
        if taken[folder.lower()] > 1:
            folder = f"{folder} ({taken[folder.lower()]})"  # two rows of one number: neither draft replaces the other
        case = replace(case, case_id=case.case_id or name, standing=standing, folder=folder, number=case.number or name)
        decisions = decide(case, kept[case.place.sheet], directory, settings, calendar, now)
        advice = None
        if decisions.is_open:
            around = Around(columns, kept[case.place.sheet])
            advice = advise(case, decisions, around, directory, settings, now)
        yield TrialMatter(case, decisions, advice)


def _draft_effects(matters: Iterable[TrialMatter], documents: Documents) -> Iterator[Effect]:
    for matter in matters:
        case = matter.case
        if not is_open(case.complaint) or case.standing is not Standing.MANAGED:
            continue
        for kind, round_number in dict.fromkeys(wanted_kinds(case, matter.decisions)):
            on_paper = replace(case, number=case.complaint.number or "")  # a row number is no 客诉编号
            context = documents.context(kind, on_paper, matter.decisions, round_number)
            name = documents.file_name(kind, round_number, on_paper.complaint.customer)
            key = EffectKey("try", f"doc.{kind}", case.case_id, f"{round_number or ''}")
            payload = WriteDocument(case.case_id, kind, case.folder, name, context)
            yield Effect(key, f"{case.number} {name}", "", payload, case.case_id)


class Written:
    """What an earlier trial wrote, by path, so that its own drafts may be replaced and edited ones stay."""

    def __init__(self, into: Path) -> None:
        self._file = into / ".kesu-try.json"
        try:
            self.hashes: dict[str, str] = dict(json.loads(self._file.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError):
            self.hashes = {}  # a first trial, or a damaged list: every file there counts as a person's

    def save(self) -> None:
        """Write the list; idempotent."""
        write_if_changed(self._file, json.dumps(self.hashes, ensure_ascii=False, indent=0).encode("utf-8"))


def _write(effect: Effect, documents: Documents, share: FolderShare, written: Written, now: datetime) -> EffectRecord:
    payload = effect.payload
    if not isinstance(payload, WriteDocument):
        raise TypeError(f"a trial writes documents only, not {type(payload).__name__}")
    share.make_folder(payload.folder, SUBFOLDERS)
    content = documents.render(payload.kind, payload.context, now)
    last = written.hashes.get(f"{payload.folder}/{payload.file_name}")
    outcome = share.place(payload.folder, payload.file_name, content, last, f"{now:%Y%m%d-%H%M}")
    if not outcome.beside:
        written.hashes[outcome.path] = outcome.sha256
    return EffectRecord(
        effect.key, EffectState.DONE, effect.title, "", effect.case_id, now, now, 1, outcome
    )


def _deck(
    matters: Sequence[TrialMatter], reading: WorkbookReading, settings: Settings, calendar: Workdays, now: datetime
) -> tuple[str, DeckView] | None:
    """File name and content of the deck for the coming meeting; None when the calendar has none.

    Nobody is told anything by a trial, so rows that a plant would first have to release are shown as well.
    """
    times = coming_week(now, calendar, settings)
    if times is None:
        return None
    shown = [
        DeckMatter(
            replace(matter.case, standing=Standing.MANAGED), replace(matter.decisions, released=True), matter.advice
        )
        for matter in matters
    ]
    before = last_meeting(times.period, "", calendar)
    week = DeckWeek(times.period, times.meeting, before, settings.company, settings.site, most_pages=_DECK_PAGES)
    return deck_name(times.period), deck_view(shown, {}, week, now)[0]


def _write_deck(
    name: str, view: DeckView, documents: Documents, share: FolderShare, written: Written, now: datetime
) -> str:
    """Write the deck as drafts are written: one that a person edited stays, ours goes beside it. Returns its path."""
    made = documents.render_deck(view, None, (), share.read, now)
    placed = place(share.root / name, made.content, written.hashes.get(name), f"{now:%Y%m%d-%H%M}")
    if not placed.beside:
        written.hashes[name] = placed.sha256
    return placed.path.name


def run_trial(
    reading: WorkbookReading, into: Path, settings: Settings, documents: Documents, calendar: Workdays, now: datetime,
    progress: Callable[[list[Effect]], Iterable[Effect]] = lambda effects: effects,
) -> TrialResult:
    """Write drafts of the open complaints and the board page into ``into``; the ledger itself is never touched.

    Run again, unchanged drafts stay as they are and drafts that a person edited are kept. ``progress`` may wrap the
    list of drafts to show how far the writing has come.
    """
    share = FolderShare(into, settings.cases_folder)
    matters = tuple(matters_of(reading, settings, calendar, now))
    effects = list(_draft_effects(matters, documents))
    written = Written(into)
    records, failures = [], []
    for effect in progress(effects):
        try:
            records.append(_write(effect, documents, share, written, now))
        except (KesuError, OSError) as error:
            text = plain_sentence(error) if isinstance(error, OSError) else str(error)
            failures.append(f"{effect.title}:{text}")
    board_matters = [_with_follower(matter) for matter in matters]
    made = RememberedEffects({record.key: record for record in records})
    state = BoardState(reading.ledger, [reading], {}, made.of_case, (), (), (), False, {})
    view = board_view(board_matters, state, now)
    deck = ""
    planned = _deck(matters, reading, settings, calendar, now) if matters else None
    if planned is not None:
        try:
            deck = _write_deck(*planned, documents, share, written, now)
        except (KesuError, OSError) as error:
            failures.append(f"例会周报:{plain_sentence(error) if isinstance(error, OSError) else error}")
    written.save()
    board = into / settings.board
    into.mkdir(parents=True, exist_ok=True)
    write_if_changed(board, documents.render_board(view))
    return TrialResult(matters, len(records), board, tuple(failures), deck)


def summary_lines(result: TrialResult, reading: WorkbookReading, limit: int = 15) -> Iterator[str]:
    """The trial in words: what was found, who has what overdue, and last what could not be read."""
    running = [matter for matter in result.matters if is_open(matter.case.complaint)]
    yield f"客诉 {len(result.matters)} 件，其中未关闭 {len(running)} 件；生成草稿 {result.drafts} 份。"
    if not result.matters:
        yield from (f"{group}" for group in grouped(reading.issues))
        return
    owed: dict[str, list[str]] = {}
    for matter in running:
        for duty in _with_follower(matter).decisions.duties:
            if duty.lateness is Lateness.OVERDUE:
                line = f"{duty.case_label} {duty.what}（逾期 {duty.days_late} 天）"
                owed.setdefault(duty.person or "（未填责任人）", []).append(line)
    yield ""
    yield "逾期事项（按人）：" if owed else "没有逾期事项。"
    for person, lines in sorted(owed.items(), key=lambda item: -len(item[1])):
        yield f"  {person}：{len(lines)} 项"
        yield from (f"    {line}" for line in lines[:3])
        if len(lines) > 3:
            yield f"    …另有 {len(lines) - 3} 项，见看板"
    yield ""
    yield f"看板：{result.board}"
    if result.deck:
        yield f"例会周报：{result.board.parent / result.deck}"
    yield from (f"未能生成：{failure}" for failure in result.failures[:limit])
    yield ""
    groups = grouped(reading.issues)
    yield f"读不懂或有矛盾的地方 {len(reading.issues)} 处：" if groups else "没有读不懂的单元格。"
    yield from (f"  {group}" for group in groups[:limit])
    if rest := sum(len(group.issues) for group in groups[limit:]):
        yield f"  …另有 {rest} 处；全部请看 kesu check 的结果或看板。"
    yield from (f"提示：{hint}" for hint in reading.hints)

