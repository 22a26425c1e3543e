"""What a column holds decides where its heading alone does not: other vocabularies, symbols, traffic lights."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.ledger import wording
from pipeline.ledger.filled import is_blank
from pipeline.ledger.headings import Confidence, HeadingMap, HeadingPath, Match, Vocabulary
from pipeline.ledger.workbook_process import Cell, RawSheet
from schemas.columns import SheetField, SheetRow
from schemas.rows import SheetKind
from schemas.values import ProblemType, Source, Status, ValueProblem, parse_choice, parse_status
from schemas.workbook import Issue, Row

#: Fields whose words plants use for something else as well, their vocabulary, and the field meant then.
_TWO_MEANINGS: Mapping[str, tuple[type[ProblemType] | type[Source], str]] = {
    "problem_type": (ProblemType, "failure_class"), "source": (Source, ""),
}
_MAY_BE_STATUS = re.compile(r"情况$|结果$|进展$|进度$|完成|落实|关闭|状态$|status", re.IGNORECASE)
_NOT_STATUS = re.compile(r"验证|检验|测试|试验|围堵|日期|时间|措施|对策|原因|率$|满意|8d|d[1-8]", re.IGNORECASE)
_CLOSING_WORD = re.compile(r"关|结|闭|销|clos", re.IGNORECASE)
_FOREIGN_SHARE, _FEWEST = 0.6, 5   # a column is in another vocabulary from this share and number of cells on
_FITTING_SHARE = 0.75
_SHOWN_WORDS = 6
_LEGEND = re.compile(r"([^\w\s\u3400-\u9fff,;。、::=(){}\[\]()-])\s*[::=-]?\s*([\u3400-\u9fff]{2,5})")


def _texts(sheet: RawSheet, column: int, first: int) -> Iterator[tuple[int, Cell]]:
    for row in range(first, len(sheet.cells)):
        value = sheet.at(row, column)
        if not is_blank(value):
            yield row, value


def _speaks(enum: type[ProblemType] | type[Source], value: Cell) -> bool:
    try:
        parse_choice(enum, value)
    except ValueProblem:
        return False
    return True


def by_contents(
    sheet: RawSheet, first: int, headings: HeadingMap, vocabulary: Vocabulary, paths: Mapping[int, HeadingPath]
) -> HeadingMap:
    """The heading map without aliases and guesses that the cells below contradict.

    问题分类 over 外观, 尺寸 is the 失效类别, 来源 over 0公里, 售后 nobody's; 完成日期 filled in open complaints is
    the day an action was done, not the closing day; 完成情况 full of states is the 状态 where no other column is.
    Standard headings are never reinterpreted.
    """
    confidence, columns = dict(headings.confidence), dict(headings.columns)
    for column, match in headings.confidence.items():
        if match.confidence is Confidence.EXACT or columns.get(match.field) != column:
            continue
        values = [value for _, value in _texts(sheet, column, first)]
        if match.field in _TWO_MEANINGS and values:
            enum, instead = _TWO_MEANINGS[match.field]
            if sum(1 for value in values if not _speaks(enum, value)) * 2 > len(values):
                del confidence[column], columns[match.field]
                if instead in vocabulary.fields and instead not in columns:
                    confidence[column] = Match(instead, match.confidence, match.score)
                    columns[instead] = column
        elif match.field == "closed" and _filled_while_open(sheet, column, first, columns.get("status")):
            del confidence[column], columns["closed"]
    if vocabulary.kind is SheetKind.COMPLAINTS and "status" not in columns:
        found = next((column for column, path in paths.items()
                      if column not in confidence and _holds_states(sheet, column, first, path)), None)
        if found is not None:
            columns["status"], confidence[found] = found, Match("status", Confidence.ALIAS, 60.0)
    return HeadingMap(columns, confidence)


def _holds_states(sheet: RawSheet, column: int, first: int, path: HeadingPath) -> bool:
    """Whether a column such as 完成情况 or 结果 says where each complaint stands, nearly throughout."""
    title = wording.normal("".join((*path.groups, path.text)))
    if not _MAY_BE_STATUS.search(wording.plain(path.text)) or _NOT_STATUS.search(title):
        return False
    values = [value for _, value in _texts(sheet, column, first) if isinstance(value, str)]
    return len(values) >= 3 and sum(1 for value in values if _status(value)) >= len(values) * _FITTING_SHARE


def _filled_while_open(sheet: RawSheet, column: int, first: int, status: int | None) -> bool:
    above = " ".join(str(sheet.at(row, column)) for row in range(first))
    if status is None or _CLOSING_WORD.search(above):
        return False
    days = [row for row, _ in _texts(sheet, column, first) if not is_blank(sheet.at(row, status))]
    still_open = sum(1 for row in days if _is_open(sheet.at(row, status)))
    return still_open >= 2 and still_open * 4 >= len(days)


def _status(value: Cell) -> Status | None:
    try:
        entry = parse_status(value)
    except ValueProblem:
        return None
    return entry[0] if entry else None


def _is_open(value: Cell) -> bool:
    return _status(value) in {
        Status.UNCONFIRMED, Status.INVESTIGATING, Status.ANALYSING, Status.CORRECTING, Status.TRACKING}


def status_words(sheet: RawSheet, column: int, first: int) -> Mapping[str, str]:
    """How this sheet's 状态 column is to be read where a cell alone would mislead: by cell text, what it says.

    Symbols are read by the sheet's own legend (●已关闭 ○进行中); beside R and G, a Y is yellow and no yes.
    """
    used = {str(value).strip() for _, value in _texts(sheet, column, first)}
    symbols = {word for word in used if len(word) == 1 and not word.isalnum()}
    words: dict[str, str] = {}
    if symbols:
        for row in sheet.cells:
            for value in row:
                if isinstance(value, str):
                    pairs = dict(_LEGEND.findall(value))
                    words |= {symbol: pairs[symbol] for symbol in symbols & set(pairs)}
    if {"R", "G"} & {word.upper() for word in used}:
        words |= {word: "黄" for word in used if word.upper() == "Y"}
    return words


def foreign_columns(
    rows: Sequence[Row[SheetRow]], fields: Mapping[str, SheetField], heading_cells: Mapping[str, str], sheet: str
) -> tuple[tuple[Row[SheetRow], ...], tuple[Issue, ...]]:
    """Rows without the issues of columns that are kept in words of the plant's own, and one issue for each such column.

    ``heading_cells`` gives the A1 reference of each field's heading.
    """
    closed = {name for name, field in fields.items() if field.kind.name in {"choice", "yes_no"}}
    unread = Counter(issue.field for row in rows for issue in row.issues if issue.field in closed)
    filled = Counter(name for row in rows for name in unread.keys() & row.typed.keys()) if unread else Counter[str]()
    foreign = [name for name, count in unread.items() if count >= _FEWEST and count >= filled[name] * _FOREIGN_SHARE]
    if not foreign:
        return tuple(rows), ()
    issues = tuple(_column_issue(rows, fields[name], heading_cells[name], sheet, unread[name]) for name in foreign)
    cleared = tuple(replace(row, issues=tuple(issue for issue in row.issues if issue.field not in foreign))
                    for row in rows)
    return cleared, issues


def _column_issue(rows: Sequence[Row[SheetRow]], field: SheetField, cell: str, sheet: str, count: int) -> Issue:
    words = Counter(issue.value for row in rows for issue in row.issues if issue.field == field.name)
    shown = "、".join(word for word, _ in words.most_common(_SHOWN_WORDS)) + ("…" if len(words) > _SHOWN_WORDS else "")
    allowed = "、".join(field.kind.choices) or "是、否"
    unknown = "这些行按关闭日期判断是否已结束" if field.name == "status" else "这些行按未填处理"
    return Issue(sheet, cell, field.name, shown,
                 f"本列 {count} 格用的是系统不认识的写法，{unknown}；请改用：{allowed}")
