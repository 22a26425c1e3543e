"""The map beside a customer's workbook (客户.对照表.yaml): which cell takes which field; read strictly."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from functools import partial

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipeline.documents.forms.address import Addresses, BoxText, UnknownAddress
from pipeline.documents.forms.faults import MapFault
from pipeline.documents.forms.form_context import SUMMARIES
from pipeline.documents.forms.lexicon import Lexicon, packaged_lexicon
from pipeline.ooxml.cells import CellRange, column_index

MAP_SUFFIX = ".对照表.yaml"
MAP_VERSION = 1
PHOTOS = "photos"  # the cells that take the pictures themselves
_TICK = re.compile(r"(\w+)\[([^\]]+)\]")
#: Fields of the 8D's context that no label of the lexicon asks for, yet a person may put into a map.
_MORE = frozenset({
    "number", "version", "draft", "extras", "customer_site", "plant", "shift", "sample", "trials", "reproduced",
    *SUMMARIES,
})


class TableRows(BaseModel):
    """Rows of the form that take a list; ``rows`` gives the first sheet row of each line, ``columns`` its columns."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sheet: str = Field(alias="工作表")
    table: str = Field(alias="列表")
    rows: tuple[int, ...] = Field(alias="行", min_length=1)
    columns: dict[str, str] = Field(alias="列", min_length=1)

    @field_validator("rows", mode="before")
    @classmethod
    def _spread(cls, told: object) -> object:
        """8-12 is 8, 9, 10, 11, 12; a list is taken as it stands."""
        if isinstance(told, int):
            return (told,)
        found = re.fullmatch(r"\s*(\d{1,5})\s*-\s*(\d{1,5})\s*", told) if isinstance(told, str) else None
        if found is None:
            return told
        first, last = int(found[1]), int(found[2])
        if not 0 < first <= last < first + 500:
            raise ValueError("行应写成 8-12 这样，后一个数不小于前一个")
        return tuple(range(first, last + 1))


class Ticks(BaseModel):
    """A cell with tick marks; each option is ticked when its row of the list says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cell: str = Field(alias="单元格")
    options: dict[str, str] = Field(alias="选项", min_length=1)


class FormMap(BaseModel):
    """The map as it stands in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(alias="版本")
    cells: dict[str, str] = Field(alias="单元格", default_factory=dict)
    tables: tuple[TableRows, ...] = Field(alias="表格", default=())
    ticks: tuple[Ticks, ...] = Field(alias="勾选", default=())


class CheckedMap:
    """A map line by line: cells as places, values as addresses; ``faults`` are the lines that were not understood."""

    def __init__(self, name: str, form_map: FormMap, lexicon: Lexicon) -> None:
        self.name, self.map = name, form_map
        self.faults: list[MapFault] = []
        self._addresses = known_addresses()
        if form_map.version != MAP_VERSION:
            remedy = f"请写成 {MAP_VERSION}，或升级软件"
            self.faults.append(MapFault(name, "版本", f"版本 {form_map.version} 不认识", remedy))
        self.cells: dict[tuple[str, int, int], BoxText] = {}
        self.photos: list[tuple[str, CellRange]] = []
        self.ticks: list[tuple[tuple[str, int, int], dict[str, tuple[str, str]]]] = []
        lines: list[Callable[[], None]] = [
            *(partial(self._cell, cell, told) for cell, told in form_map.cells.items()),
            *(partial(self._check_table, table, lexicon) for table in form_map.tables),
            *(partial(self._tick, item, lexicon) for item in form_map.ticks),
        ]
        for understand in lines:
            try:
                understand()
            except MapFault as fault:
                self.faults.append(fault)

    def _cell(self, cell: str, told: str) -> None:
        try:
            box = self._addresses.parse(told)
        except UnknownAddress as error:
            raise _unknown(self.name, cell, error) from error
        if box.plain and [address.name for address in box.addresses] == [PHOTOS]:
            self.photos.append(area_of(self.name, cell))
        else:
            self.cells[place_of(self.name, cell)] = box

    def _tick(self, item: Ticks, lexicon: Lexicon) -> None:
        self.ticks.append((place_of(self.name, item.cell), dict(self._conditions(item, lexicon))))

    def _check_table(self, table: TableRows, lexicon: Lexicon) -> None:
        place = f"表格“{table.table}”"
        words = lexicon.lists.get(table.table)
        if words is None:
            names = "、".join(lexicon.lists)
            raise MapFault(self.name, place, f"没有名为 {table.table} 的列表", f"可用的列表：{names}")
        for letters, column in table.columns.items():
            if column not in words.columns:
                names = "、".join(words.columns)
                raise MapFault(self.name, place, f"列表 {table.table} 没有 {column} 这一列", f"可用的列：{names}")
            try:
                column_index(letters)
            except ValueError as error:
                raise MapFault(self.name, place, f"{letters} 不是列号", "请写成 B、C、AA 这样的列号") from error

    def _conditions(self, ticks: Ticks, lexicon: Lexicon) -> Iterator[tuple[str, tuple[str, str]]]:
        for option, told in ticks.options.items():
            found = _TICK.fullmatch(told.strip())
            if found is None or found[1] not in lexicon.lists or found[2] not in lexicon.lists[found[1]].rows:
                remedy = "请写成 containments[客户产线] 或 change_points[人] 这样"
                raise MapFault(self.name, ticks.cell, f"选项“{option}”的条件 {told} 无法识别", remedy)
            yield option, (found[1], found[2])


def place_of(name: str, cell: str) -> tuple[str, int, int]:
    """(sheet, row from 1, column from 0) of ``8D!B3``; raises MapFault."""
    sheet, area = area_of(name, cell)
    return sheet, area.top, area.left


def area_of(name: str, cell: str) -> tuple[str, CellRange]:
    """Sheet and cells of ``8D!B3:D9``; raises MapFault."""
    sheet, mark, reference = cell.rpartition("!")
    try:
        area = CellRange.parse(reference)
    except ValueError as error:
        raise MapFault(name, cell, "不是单元格地址", "请写成 工作表!B3 这样") from error
    if not mark or not sheet:
        raise MapFault(name, cell, "没有写工作表", "请写成 工作表!B3 这样")
    return sheet.strip("'"), area


def read_map(name: str, content: bytes) -> CheckedMap:
    """The map of a form; raises MapFault with the first line that is wrong and what to do."""
    found = look_at_map(name, content)
    if found.faults:
        raise found.faults[0]
    return found


def look_at_map(name: str, content: bytes) -> CheckedMap:
    """The map of a form with all its faults; raises MapFault for one that is no map at all."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        told = YAML(typ="safe").load(content.decode("utf-8-sig"))
        return CheckedMap(name, FormMap.model_validate(told), packaged_lexicon())
    except (YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"第 {mark.line + 1} 行" if mark else ""
        remedy = "请检查缩进（用空格）、冒号后的空格和引号，以 UTF-8 保存"
        raise MapFault(name, place, "不是有效的 YAML", remedy) from error
    except ValidationError as error:
        places = "、".join(".".join(str(part) for part in item["loc"]) or "整个文件" for item in error.errors())
        raise MapFault(name, places, "写法不正确", "请对照 kesu templates adopt 生成的对照表修改") from error


def _unknown(name: str, cell: str, error: UnknownAddress) -> MapFault:
    near = f"是否应为 {error.near}？" if error.near else ""
    return MapFault(name, cell, f"没有名为 {error.name} 的字段", f"{near}可用的字段见模板文件夹中的 README.md")


@functools.cache
def known_addresses() -> Addresses:
    """The names that a map may use."""
    lexicon = packaged_lexicon()
    return Addresses(lexicon, _MORE)
