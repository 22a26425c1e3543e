"""Reads a whole workbook: every sheet that holds a ledger table, checks across sheets, hints on what is absent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from pipeline.ledger.copies import copies_among
from pipeline.ledger.headings import Aliases, Vocabulary
from pipeline.ledger.reader import KeptRows, SheetReader
from pipeline.ledger.tables import Table, find_table
from pipeline.ledger.workbook_process import RawSheet
from pipeline.ooxml.cells import reference
from schemas.columns import NEVER_GUESSED, SheetRow
from schemas.consistency import find_contradictions
from schemas.rows import MODELS, SheetKind
from schemas.workbook import Issue, SheetReading, WorkbookReading


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """Which file is read: its name in the configuration, its path on the share, content hash and time stamp (aware)."""

    name: str
    path: Path
    sha256: str
    saved: datetime


@lru_cache(maxsize=4)
def _vocabularies(aliases: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[SheetKind, Vocabulary]:
    """The words of every sheet kind; kept, because the same ledger is read over and over."""
    return {kind: Vocabulary(kind, dict(aliases)) for kind in SheetKind}


def read_sheets(
    file: LedgerFile, raw_sheets: Sequence[RawSheet], aliases: Aliases, today: date,
    kept: dict[str, KeptRows] | None = None,
) -> WorkbookReading:
    """Find, read and check every ledger table of a workbook.

    ``aliases`` maps a field's identifier or standard heading to further words; ``today`` gives dates without a year
    their year. ``kept`` holds, by sheet, the rows of the reading before, and afterwards those of this one.
    """
    before, after = dict(kept or {}), {} if kept is None else kept
    after.clear()
    vocabularies = _vocabularies(tuple((name, tuple(words)) for name, words in aliases.items()))
    sheets: list[SheetReading[SheetRow]] = []
    issues: list[Issue] = []
    hints = list(_unknown_aliases(aliases))
    unread: set[str] = set()
    for raw in raw_sheets:
        if raw.refused:
            issues.append(Issue(raw.name, "", "", "", f"工作表未读取：{raw.refused}"))
            unread.add(raw.name)
            continue
        earlier = before.get(raw.name)
        table = (earlier.table_of(raw, vocabularies) if earlier else None) or find_table(raw, vocabularies)
        if table is None:
            continue
        reader = SheetReader(raw, table, vocabularies[table.kind], today, earlier)
        sheet, found = reader.read()
        if reader.kept is not None:
            after[raw.name] = reader.kept
        sheets.append(sheet)
        issues += found
        hints += _uncalculated(raw, table)
        if raw.strays:
            places = "、".join(raw.strays)
            message = f"远离表格的单元格（{places}）未读取，请删除其所在的行或列后保存"
            issues.append(Issue(raw.name, raw.strays[0], "", "", message))
    copies = copies_among(sheets)
    sheets = [sheet for sheet in sheets if sheet.name not in copies]
    issues = [issue for issue in issues if issue.sheet not in copies]
    hints += [f"工作表“{name}”重复登记了“{fuller}”的客诉，未读取" for name, fuller in copies.items()]
    hints += _hints(sheets)
    if not any(sheet.kind is SheetKind.COMPLAINTS for sheet in sheets):
        issues.append(Issue("", "", "", "", "没有找到客诉台账：没有一张工作表的标题行含有接诉时间、客户、不良现象等列。"
                                            "请检查标题行，或在 config.yaml 的 aliases 中写明贵厂的叫法"))
    reading = WorkbookReading(file.name, file.path, file.sha256, file.saved, tuple(sheets), tuple(issues), tuple(hints),
                              unread=frozenset(unread))
    return _with_contradictions(reading, today)


def _uncalculated(raw: RawSheet, table: Table) -> Iterator[str]:
    """One sentence on formulas without a result: other software wrote the file, and Excel has not been at it since."""
    places = sorted(place for place in raw.uncalculated if place[0] > table.block.bottom and place[1] in table.paths)
    if places:
        shown = "、".join(reference(row + 1, column) for row, column in places[:3])
        yield (f"工作表“{raw.name}”有 {len(places)} 个公式还没有计算结果（如 {shown}），暂按未填读取；"
               "请用 Excel 或 WPS 打开后保存一次")


def _with_contradictions(reading: WorkbookReading, today: date) -> WorkbookReading:
    """The reading with contradictions added, to the whole and to the rows they concern."""
    found = find_contradictions(reading, today)
    by_row: defaultdict[tuple[str, int], list[Issue]] = defaultdict(list)
    for issue in found:
        if issue.cell:
            by_row[issue.sheet, int(issue.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))].append(issue)
    sheets = tuple(
        replace(sheet, rows=tuple(
            replace(row, issues=(*row.issues, *extra)) if (extra := by_row.get((sheet.name, row.place.row))) else row
            for row in sheet.rows
        )) for sheet in reading.sheets
    )
    return replace(reading, sheets=sheets, issues=(*reading.issues, *found))


def _unknown_aliases(aliases: Aliases) -> Iterator[str]:
    fields = [field for model in MODELS.values() for field in model.fields()]
    known = {name for field in fields for name in (field.name, field.column.heading)}
    for key in aliases:
        if key not in known:
            yield f"config.yaml 的 aliases 中“{key}”不是已知的列，请改为标准列名（如 不良现象）"


def _hints(sheets: Sequence[SheetReading[SheetRow]]) -> Iterator[str]:
    """One sentence per absence, never one per row."""
    for sheet in sheets:
        if sheet.kind is SheetKind.COMPLAINTS and not sheet.rows:
            yield f"工作表“{sheet.name}”还没有客诉记录"
        fields = {field.name: field for field in MODELS[sheet.kind].fields()}
        unused = [title for title, name in sheet.guessed.items() if fields[name].kind.name in NEVER_GUESSED]
        if unused:
            words = "、".join(f"“{' '.join(title.split())}”（像是 {fields[sheet.guessed[title]].column.heading}）"
                             for title in unused)
            yield f"工作表“{sheet.name}”的列 {words} 只是近似，日期和数字不按猜测读取；请改用标准列名，或写入 aliases"
    yield from _missing_core(sheets)
    ledgers = [sheet for sheet in sheets if sheet.kind is SheetKind.COMPLAINTS]
    if ledgers:
        absent = set.intersection(*(set(sheet.missing) for sheet in ledgers))
        optional = [field.column.heading for field in MODELS[SheetKind.COMPLAINTS].fields()
                    if field.name in absent and not field.column.core and not field.column.ours]
        if optional:
            yield f"客诉台账没有 {len(optional)} 个可选列（如 {'、'.join(optional[:6])}），与之有关的内容留空"
    present = {sheet.kind for sheet in sheets}
    if missing := [kind.value for kind in SheetKind if kind not in present and kind is not SheetKind.COMPLAINTS]:
        yield f"没有这些工作表（可选）：{'、'.join(missing)}"


def _missing_core(sheets: Sequence[SheetReading[SheetRow]]) -> Iterator[str]:
    """Absent core columns; twelve monthly sheets that lack the same ones are one sentence."""
    lacking: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for sheet in sheets:
        fields = {field.name: field for field in MODELS[sheet.kind].fields()}
        if core := tuple(fields[name].column.heading for name in sheet.missing if fields[name].column.core):
            lacking[core].append(f"“{sheet.name}”")
    for core, names in lacking.items():
        shown = "、".join(names[:3]) + (f" 等 {len(names)} 张工作表" if len(names) > 3 else "")
        yield f"工作表{shown}没有这些核心列：{'、'.join(core)}；若用了别的叫法，请写入 config.yaml 的 aliases"
