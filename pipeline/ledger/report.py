"""What ``kesu check`` shows of a reading: JSON for programs, Chinese text for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemas.columns import NEVER_GUESSED, SheetRow
from schemas.issue_groups import IssueGroup, grouped, sentence, short
from schemas.rows import MODELS
from schemas.workbook import Issue, SheetReading, WorkbookReading

_FIRST_CELLS = 5


def as_json(reading: WorkbookReading) -> dict[str, Any]:
    """The report of issue 2: sheets with their heading maps, issues by cell, and hints."""
    return {
        "ledger": reading.ledger,
        "sheets": [
            {
                "name": sheet.name,
                "heading_row": sheet.heading_row,
                "rows": len(sheet.rows) + sheet.continued,
                "mapped": dict(sheet.mapped),
                "guessed": dict(sheet.guessed),
                "unmapped": list(sheet.unmapped),
            }
            for sheet in reading.sheets
        ],
        "issues": [
            {"sheet": issue.sheet, "cell": issue.cell, "field": issue.field, "value": issue.value,
             "message": issue.message}
            for issue in reading.issues
        ],
        "hints": list(reading.hints),
    }


def as_text(reading: WorkbookReading) -> str:
    """The same for people, sheet by sheet: how the headings were understood, then the problems by cell."""
    lines = [f"台账 {reading.ledger}（保存于 {reading.saved:%Y-%m-%d %H:%M}）"]
    if reading.stale_because:
        lines.append(f"  注意：目前文件无法读取，以下为上次读取的内容。{reading.stale_because}")
    for sheet in reading.sheets:
        lines += ["", *_sheet_lines(sheet, [issue for issue in reading.issues if issue.sheet == sheet.name])]
    names = {sheet.name for sheet in reading.sheets}
    others = grouped(issue for issue in reading.issues if issue.sheet not in names)
    if others:
        lines += ["", "其他问题：", *(f"  {group}" for group in others)]
    if reading.hints:
        lines += ["", "提示：", *(f"  {hint}" for hint in reading.hints)]
    lines += ["", f"共 {len(reading.issues)} 处问题。" if reading.issues else "没有发现问题。"]
    return "\n".join(lines)


def _sheet_lines(sheet: SheetReading[SheetRow], issues: list[Issue]) -> Iterator[str]:
    blanks = f"，预编号空行 {len(sheet.prenumbered)} 行" if sheet.prenumbered else ""
    yield (f"工作表“{sheet.name}”→ {sheet.kind.value}：标题在第 {sheet.heading_row} 行，"
           f"已填 {len(sheet.rows) + sheet.continued} 行{blanks}")
    fields = {field.name: field for field in MODELS[sheet.kind].fields()}
    exact = [_one_line(title) for title in sheet.mapped if title in sheet.exact]
    if exact:
        yield f"  完全一致（{len(exact)}）：{'、'.join(exact)}"
    aliases = [f"{_one_line(title)} = {fields[name].column.heading}"
               for title, name in sheet.mapped.items() if title not in sheet.exact]
    if aliases:
        yield f"  别名（{len(aliases)}）：{';'.join(aliases)}"
    if sheet.guessed:
        guesses = [f"{_one_line(title)} ≈ {fields[name].column.heading}"
                   + ("（未采用）" if fields[name].kind.name in NEVER_GUESSED else "")
                   for title, name in sheet.guessed.items()]
        yield f"  猜测（{len(guesses)}，请核对）：{';'.join(guesses)}"
    if sheet.unmapped:
        yield f"  未对应（{len(sheet.unmapped)}，原样保留）：{'、'.join(_one_line(title) for title in sheet.unmapped)}"
    core = [fields[name].column.heading for name in sheet.missing if fields[name].column.core]
    if core:
        yield f"  缺少核心列（{len(core)}）：{'、'.join(core)}"
    if issues:
        yield f"  问题（{len(issues)}）："
        yield from (f"    {_group_line(sheet, group)}" for group in grouped(issues))


def _heading_of(sheet: SheetReading[SheetRow], issue: Issue) -> str:
    titles = {name: title for title, name in (*sheet.guessed.items(), *sheet.mapped.items())}
    return _one_line(titles.get(issue.field, ""))


def _group_line(sheet: SheetReading[SheetRow], group: IssueGroup) -> str:
    """One sentence a kind of problem: the cell, or the first cells and how many there are."""
    first, count = group.issues[0], len(group.issues)
    heading = _heading_of(sheet, first)
    if count == 1:
        return f"{first.cell or '整张表'} {heading}{_value(first)}：{first.message}"
    cells = "、".join(f"{issue.cell}{_value(issue)}" for issue in group.issues[:_FIRST_CELLS])
    more = " 等" if count > _FIRST_CELLS else ""
    return f"{heading} {count} 处（{cells}{more}）：{sentence(first)}"


def _value(issue: Issue) -> str:
    return f" “{short(issue.value, 30)}”" if issue.value else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
