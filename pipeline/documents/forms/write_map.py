"""Writes what was understood of a workbook as a map that plant people read and edit: a reason beside every line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from pipeline.documents.forms.form_map import MAP_VERSION, PHOTOS
from pipeline.documents.forms.lexicon import Lexicon
from pipeline.documents.forms.proposal import CellProposal, ColumnProposal, FormProposal, TableProposal, TickProposal
from pipeline.documents.sandbox import clean
from pipeline.ooxml.cells import CellRange, column_letters, reference

_HEAD = """# {customer}的 8D 表样对照表：左边是表样里的单元格，右边是填进去的内容。
# 由 kesu templates adopt 生成，可以直接修改，保存后下一轮生效（以 UTF-8 保存，缩进用空格）。
# · 右边写字段名；也可以写一段文字，其中的 {{{{ 字段 }}}} 会换成内容。
# · 固定行写成 列表[行名].列，例如 containments[客户产线].quantity。
# · photos（照片）前面写整片格子，例如 8D!C7:D12：附件里的照片按这片格子的大小摆放。
# · “待确认”里的各行没有生效：核对后去掉前面的 #，移到“单元格”下面。
# · 没有列出的格子保持空白，由人填写。
版本: {version}
"""


def map_text(customer: str, proposal: FormProposal, lexicon: Lexicon, taken: Sequence[CellProposal]) -> str:
    """The map with the ``taken`` cells, the sure tables and tick boxes; the rest stands there as comments."""
    lines = [_HEAD.format(customer=_short(customer), version=MAP_VERSION)]
    lines.append("单元格:" if taken else "单元格: {}")
    lines += [f"  {_cell_line(group, lexicon)}" for group in _boxes(taken)]
    kept = {(cell.sheet, cell.area, cell.span) for cell in taken}
    waiting = [cell for cell in proposal.cells if (cell.sheet, cell.area, cell.span) not in kept]
    if waiting or proposal.open or proposal.unread:
        lines += ["", "# 待确认（把握不足，未生效）:"]
        lines += [f"#  {_cell_line(group, lexicon)}" for group in _boxes(waiting)]
        left = [*((cell, "不认得的栏目") for cell in proposal.unread
                  if (cell.sheet, cell.area, cell.span) not in kept),
                *((cell, "台账没有对应的字段") for cell in proposal.open)]
        lines += [f"#  {_quoted(_place(cell))}:        # “{_short(cell.label)}”，{why}" for cell, why in left]
    lines += ["", *_tables(proposal.tables, lexicon), *_ticks([tick for tick in proposal.ticks if tick.sure])]
    return "\n".join(lines).rstrip() + "\n"


def tag_of(cell: CellProposal) -> str:
    """What goes into the box: the address alone, or fields in ``{{ }}`` where there are several."""
    names = cell.address.split("+")
    return names[0] if len(names) == 1 and not cell.inside else " / ".join(f"{{{{ {name} }}}}" for name in names)


def _boxes(cells: Sequence[CellProposal]) -> list[list[CellProposal]]:
    """Cells by box, in order."""
    by_box: dict[tuple[str, str], list[CellProposal]] = {}
    for cell in cells:
        by_box.setdefault((cell.sheet, cell.area), []).append(cell)
    return list(by_box.values())


def _right_side(group: Sequence[CellProposal]) -> str:
    """The right side of a line: the address, or the box's own text with every answer put into its place."""
    if not group[0].inside:
        return tag_of(group[0])
    text = group[0].inside
    for cell in sorted(group, key=lambda item: -item.span[0]):
        rest = text[cell.span[1] :]
        gap = "  " if rest and not rest.startswith((" ", "\n")) else ""
        text = f"{text[: cell.span[0]]}{cell.lead}{tag_of(cell)}{gap}{rest}"
    return text


def _cell_line(group: Sequence[CellProposal], lexicon: Lexicon) -> str:
    names = "、".join(name_of(address, lexicon) for cell in group for address in cell.address.split("+"))
    labels = "、".join(_short(cell.label) for cell in group)
    sample = f"，样表填的是“{_short(group[0].sample)}”" if group[0].sample else ""
    why = f"# {names} ← “{labels}”，把握 {min(cell.confidence for cell in group):.0%}{sample}"
    value = _right_side(group)
    return f"{_quoted(_place(group[0]))}: {value if _safe(value) else _quoted(value)}    {why}"


def name_of(address: str, lexicon: Lexicon) -> str:
    """An address in Chinese: 客户投诉单号, 围堵·客户产线·数量."""
    if address == "draft":
        return "草稿标记（批准后消失）"
    if address in lexicon.fields:
        return lexicon.fields[address].name
    table, mark, rest = address.partition("[")
    if not mark or table not in lexicon.lists:
        return address
    row, _, column = rest.partition("].")
    words = lexicon.lists[table]
    return f"{words.name}·{row}·{words.columns[column].name if column in words.columns else column}"


def _tables(tables: Sequence[TableProposal], lexicon: Lexicon) -> Iterator[str]:
    kept = [(table, [column for column in table.columns if column.sure]) for table in tables]
    kept = [(table, columns) for table, columns in kept if columns]
    yield "表格:" if kept else "表格: []"
    for table, columns in kept:
        words = lexicon.lists[table.table]
        yield f"- 工作表: {_quoted(table.sheet)}"
        yield f"  列表: {table.table}    # {words.name}"
        yield f"  行: {_rows(table.rows)}"
        yield "  列:"
        for column in columns:
            yield f"    {_letters(column)}: {_column_line(column, lexicon, table.table)}"
        for column in table.columns:
            if not column.sure:
                yield f"#   {_letters(column)}: {_column_line(column, lexicon, table.table)}"
    yield ""


def _column_line(column: ColumnProposal, lexicon: Lexicon, table: str) -> str:
    name = lexicon.lists[table].columns[column.column].name
    told = f'"{column.column}"' if column.column in {"yes", "no"} else column.column
    return f"{told}    # {name} ← “{_short(column.label)}”，把握 {column.confidence:.0%}"


def _ticks(ticks: Sequence[TickProposal]) -> Iterator[str]:
    yield "勾选:" if ticks else "勾选: []"
    for tick in ticks:
        yield f"- 单元格: {_quoted(f'{tick.sheet}!{_first(tick.area)}')}    # 把握 {tick.confidence:.0%}"
        yield "  选项:"
        for option, condition in tick.options:
            yield f"    {_quoted(option)}: {condition}"


def _rows(rows: Sequence[int]) -> str:
    if list(rows) == list(range(rows[0], rows[-1] + 1)):
        return f"{rows[0]}-{rows[-1]}" if len(rows) > 1 else f"[{rows[0]}]"
    return "[" + ", ".join(map(str, rows)) + "]"


def _letters(column: ColumnProposal) -> str:
    return column_letters(CellRange.parse(column.area).left)


def _place(cell: CellProposal) -> str:
    """A box by its first cell; the place of photos by its whole area, which they fill."""
    return f"{cell.sheet}!{cell.area if cell.address == PHOTOS else _first(cell.area)}"


def _first(area: str) -> str:
    box = CellRange.parse(area)
    return reference(box.top, box.left)


def _safe(value: str) -> bool:
    return all(char.isalnum() or char in "._" for char in value) and value.isascii()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a YAML string, whatever stands in it


def _short(text: str) -> str:
    line = " ".join(clean(text).split())
    return line if len(line) <= 40 else f"{line[:40]}…"
