"""Finds the ledger table on a sheet nobody prepared: which rows are its headings, and which kind of sheet it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.ledger import wording
from pipeline.ledger.headings import HeadingMap, HeadingPath, Vocabulary, map_headings
from pipeline.ledger.workbook_process import RawSheet, Span
from schemas.rows import SheetKind

SEARCHED_ROWS = 40        # titles, notes and statistics may stand above a table
_DEEPEST_BLOCK = 3         # heading rows on top of each other
_PROMISING = 6             # rows looked at closely
_TITLE_SHARE = 0.6         # a merged text over this share of the columns is a title, not a group

_STATISTICS = re.compile(
    r"占比|累计|排名|合计|小计|总计|同比|环比|平均|件数$|月份$|目标值|趋势|比率|^\d{1,2}月|^一月|^q[1-4]$|柏拉图"
)
_SUBJECT = re.compile(r"客诉|投诉|抱怨|客户|顾客|客怨|售后|complaint", re.IGNORECASE)
#: Complaints of the plant itself against its suppliers, and defects found in-house: the same words, another matter.
_OTHER_SIDE = re.compile(r"供应商|供方|来料|进料|进货|内部|制程|过程|scar|iqc|首件|巡检", re.IGNORECASE)
_NAME_HINTS: Mapping[SheetKind, re.Pattern[str]] = {
    SheetKind.COMPLAINTS: re.compile(r"客诉|投诉|抱怨|台账|台帐|客怨|8d|complaint|claim", re.IGNORECASE),
    SheetKind.CONTAINMENTS: re.compile(r"围堵|遏制|排查|封存|containment", re.IGNORECASE),
    SheetKind.CHANGE_POINTS: re.compile(r"变化点|变更|4m|5m|6m", re.IGNORECASE),
    SheetKind.WHYS: re.compile(r"原因|why|5w", re.IGNORECASE),
    SheetKind.ACTIONS: re.compile(r"措施|对策|整改|行动|改善|action", re.IGNORECASE),
    SheetKind.MEETINGS: re.compile(r"会议|例会|评审|meeting", re.IGNORECASE),
    SheetKind.CALLBACKS: re.compile(r"回访|跟踪回访|跟进"),
    SheetKind.CONTACTS: re.compile(r"通讯录|通信录|联系人|人员|contact", re.IGNORECASE),
}
_HINT_WEIGHT = 1.5


@dataclass(frozen=True, slots=True)
class Block:
    """Heading rows ``top`` to ``bottom`` (0-based, both included)."""

    top: int
    bottom: int


@dataclass(frozen=True)
class Table:
    """A ledger table found on a sheet; ``paths`` holds every heading column, mapped or not."""

    kind: SheetKind
    block: Block
    paths: Mapping[int, HeadingPath]
    headings: HeadingMap


def heading_text(value: object) -> str:
    """A cell as heading text; numbers and dates are none."""
    return value if isinstance(value, str) and value.strip() else ""


class _Grid:
    """The top of a sheet with merged headings spread over the cells they cover."""

    def __init__(self, sheet: RawSheet) -> None:
        self.sheet = sheet
        self.height = min(len(sheet.cells), SEARCHED_ROWS)
        self.width = max((len(row) for row in sheet.cells[: self.height]), default=0)
        self.spans: dict[tuple[int, int], Span] = {}
        for span in sheet.merged:
            if span.top < self.height:
                for row in range(span.top, min(span.bottom + 1, self.height)):
                    for column in range(span.left, min(span.right + 1, self.width)):
                        self.spans[row, column] = span

    def text(self, row: int, column: int) -> str:
        """The heading text over a cell, merged ranges spread; blank for a title over most columns."""
        span = self.spans.get((row, column))
        if span is None:
            return heading_text(self.sheet.at(row, column))
        if span.right - span.left + 1 > max(3, self.width * _TITLE_SHARE):
            return ""
        return heading_text(self.sheet.at(span.top, span.left))

    def filled(self, row: int) -> list[int]:
        """Columns with something in this row itself (covered cells of a merge have nothing)."""
        cells = self.sheet.cells[row]
        return [column for column, value in enumerate(cells) if value != "" and str(value).strip()]

    def cuts_a_merge(self, block: Block) -> bool:
        """Whether a merged cell lies partly inside the block, partly below or above it."""
        for column in range(self.width):
            above, below = self.spans.get((block.top, column)), self.spans.get((block.bottom, column))
            if above and above.top < block.top and above.right - above.left < self.width * _TITLE_SHARE:
                return True
            if below and below.bottom > block.bottom and self.text(block.bottom, column):
                return True
        return False

    def paths(self, block: Block) -> dict[int, HeadingPath]:
        """The heading of every column over the block's rows."""
        found: dict[int, HeadingPath] = {}
        loose_groups = self._loose_groups(block)
        for column in range(self.width):
            texts = list(dict.fromkeys(
                text for row in range(block.top, block.bottom + 1) if (text := self.text(row, column))
            ))
            if not texts:
                continue
            loose = loose_groups.get(column, "")
            if len(texts) == 1 and loose:
                found[column] = HeadingPath((loose,), texts[0], loose=True)
            else:
                found[column] = HeadingPath(tuple(texts[:-1]), texts[-1])
        return found

    def _loose_groups(self, block: Block) -> dict[int, str]:
        """Group texts carried to the right where a plant centred them over columns without merging."""
        if block.top == block.bottom or any((block.top, column) in self.spans for column in range(self.width)):
            return {}
        carried, groups = "", {}
        for column in range(self.width):
            here = self.text(block.top, column)
            carried = here or carried
            if carried and not here and self.text(block.bottom, column):
                groups[column] = carried
        return groups


def _promising_rows(grid: _Grid, vocabularies: Sequence[Vocabulary]) -> list[int]:
    """Rows whose texts are known words, the best first (the earlier of equals)."""
    scores: dict[int, int] = {}
    for row in range(grid.height):
        columns = grid.filled(row)
        if len(columns) < 2:
            continue
        texts = [text for column in columns if (text := heading_text(grid.sheet.at(row, column)))]
        hits = max(sum(1 for text in texts if vocabulary.known(text)) for vocabulary in vocabularies)
        if hits:
            scores[row] = hits
    return sorted(scores, key=lambda row: (-scores[row], row))[:_PROMISING]


def _blocks(grid: _Grid, rows: Sequence[int]) -> Iterator[Block]:
    """Blocks that contain a promising row, the shallow ones first; none splits a merged heading."""
    seen: set[Block] = set()
    for depth in range(1, _DEEPEST_BLOCK + 1):
        for row in rows:
            for top in range(max(0, row - depth + 1), row + 1):
                block = Block(top, top + depth - 1)
                if block in seen or block.bottom >= grid.height or grid.cuts_a_merge(block):
                    continue
                seen.add(block)
                yield block


def _has_subheadings_below(grid: _Grid, block: Block) -> bool:
    """Whether the row under the block only subdivides headings that are merged sideways."""
    row = block.bottom + 1
    if row >= grid.height:
        return False
    columns = grid.filled(row)
    if len(columns) < 2:
        return False
    for column in columns:
        span = grid.spans.get((block.bottom, column))
        wide = span is not None and span.left < span.right <= grid.width * _TITLE_SHARE + span.left
        if not wide or not heading_text(grid.sheet.at(row, column)) or (row, column) in grid.spans:
            return False
    return True


def _is_other_side(grid: _Grid, block: Block, headings: HeadingMap) -> bool:
    """Whether name or title speak of suppliers or in-house defects, and no column names a customer."""
    fields = {match.field for match in headings.confidence.values()}
    titles = " ".join([grid.sheet.name, *_texts_above(grid, block)])
    return "customer" not in fields and bool(_OTHER_SIDE.search(titles)) and "客户" not in titles


def _looks_like_a_form(grid: _Grid, block: Block, vocabulary: Vocabulary, paths: Mapping[int, HeadingPath]) -> bool:
    """A form (8D page, slip) has further labels around; a ledger has data there, or the same headings again."""
    headings = {wording.plain(path.text) for path in paths.values()}
    labels = 0
    for row in range(max(0, block.top - 6), min(block.bottom + 7, grid.height)):
        if block.top <= row <= block.bottom:
            continue
        texts = [text for column in grid.filled(row) if (text := heading_text(grid.sheet.at(row, column)))]
        known = [text for text in texts if wording.plain(text) not in headings and len(text) > 2
                 and vocabulary.known(text)]
        labels += len(known) if len(known) > 1 else 0
    return labels >= 4


def _stands_in_a_report(grid: _Grid, block: Block, complaints: Vocabulary) -> bool:
    """Whether a list of names is the team of an 8D page: labels of a complaint stand around it."""
    labels = set()
    for row in range(max(0, block.top - 8), min(block.bottom + 20, grid.height)):
        if row != block.bottom:
            texts = (heading_text(grid.sheet.at(row, column)) for column in grid.filled(row))
            matches = (complaints.known(text) for text in texts if text)
            labels |= {match.field for match in matches if match and match.field != "engineer"}  # that is a 岗位
    return len(labels) >= 4


def _is_kind(  # noqa: PLR0911 - one case a kind reads as the table it is
    kind: SheetKind, fields: frozenset[str], hinted: bool, subject: bool, statistics: int
) -> bool:
    """Whether the surely mapped fields make a sheet of this kind; two words in common are not enough."""
    match kind:
        case SheetKind.COMPLAINTS:
            anchors = len(fields & {"number", "received", "phenomenon"})
            facts = len(fields & {"customer", "product", "part_number", "defects", "lot", "engineer", "department",
                                  "status", "level"})
            enough = (
                (anchors >= 2 and len(fields) >= 3) or ("phenomenon" in fields and facts >= 2)
                or (anchors == 1 and facts >= 3 and hinted)
            )
            plainly_statistics = statistics >= 2 and statistics * 3 >= len(fields)
            return enough and (subject or "customer" in fields) and not plainly_statistics
        case SheetKind.CONTACTS:
            return "name" in fields and len(fields) >= 3 and bool(fields & {"mail", "phone"})
        case SheetKind.ACTIONS:
            return "content" in fields and bool(fields & {"due", "done"}) and bool(fields & {"person", "department"})
        case SheetKind.CONTAINMENTS:
            return {"number", "place"} <= fields and len(fields) >= 4
        case SheetKind.CHANGE_POINTS:
            return {"number", "factor"} <= fields and bool(fields & {"change", "impact", "verdict"})
        case SheetKind.WHYS:
            return "number" in fields and bool(fields & {"path", "step"}) and bool(fields & {"question", "answer"})
        case SheetKind.MEETINGS:
            return "number" in fields and bool(fields & {"time", "round"}) and len(fields) >= 4 and bool(
                fields & {"chair", "invited", "conclusion", "meeting_number", "attended"})
        case SheetKind.CALLBACKS:
            return {"number", "day"} <= fields and len(fields) >= 3 and (
                hinted or bool(fields & {"recurred", "next_day"}))


def find_table(sheet: RawSheet, vocabularies: Mapping[SheetKind, Vocabulary]) -> Table | None:
    """The ledger table of a sheet, or None for covers, notes, statistics, forms and lists of choices."""
    grid = _Grid(sheet)
    rows = _promising_rows(grid, list(vocabularies.values()))
    best: tuple[float, Table] | None = None
    for block in _blocks(grid, rows):
        paths = grid.paths(block)
        if len(paths) < 2 or _has_subheadings_below(grid, block):
            continue
        context = " ".join([sheet.name, *(path.text for path in paths.values()), *_texts_above(grid, block)])
        for kind, vocabulary in vocabularies.items():
            headings = map_headings(vocabulary, paths, guess=False)
            hinted = bool(_NAME_HINTS[kind].search(sheet.name))
            if kind is SheetKind.COMPLAINTS and _is_other_side(grid, block, headings):
                continue
            statistics = sum(1 for path in paths.values() if _STATISTICS.search(wording.plain(path.text)))
            fields = frozenset(match.field for match in headings.confidence.values())
            if not _is_kind(kind, fields, hinted, bool(_SUBJECT.search(context)), statistics):
                continue
            score = headings.strength + (_HINT_WEIGHT if hinted else 0.0)
            if kind is SheetKind.CONTACTS and _stands_in_a_report(grid, block, vocabularies[SheetKind.COMPLAINTS]):
                continue
            if (best is None or score > best[0]) and not _looks_like_a_form(grid, block, vocabulary, paths):
                best = (score, Table(kind, block, paths, headings))
    return best[1] if best else None


def _texts_above(grid: _Grid, block: Block) -> Iterator[str]:
    for row in range(block.top):
        yield from (text for column in grid.filled(row) if (text := heading_text(grid.sheet.at(row, column))))
