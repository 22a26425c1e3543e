"""The written story: loads the YAML acts beside this module and checks their form."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Scalar: TypeAlias = str | int | float | bool | None
RawCells: TypeAlias = dict[str, Scalar]
RawRow: TypeAlias = list[Scalar]
RawRows: TypeAlias = list[RawRow]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    typed: str = Field(pattern=r"^\d \d\d:\d\d$")  # number of the story day, time of the pass it precedes
    wrong: dict[str, str] = Field(default_factory=dict, alias="矛盾")
    unreadable: dict[str, str] = Field(default_factory=dict, alias="读不出")


class WrittenPaper(BaseModel):
    """A standardising document that somebody files: its name with ending, its table from the heading row on."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: str = Field(alias="文件", pattern=r"\.(xlsx|docx)$")
    rows: RawRows = Field(alias="表", min_length=2)


class Turn(_Written):
    """What people add to one complaint before one pass; row lists follow the sheet's columns from left to right."""

    cells: RawCells = Field(default_factory=dict, alias="set")
    containments: RawRows = Field(default_factory=list, alias="围堵")
    change_points: RawRows = Field(default_factory=list, alias="变化点")
    occurrence: RawRows = Field(default_factory=list, alias="发生")
    escape: RawRows = Field(default_factory=list, alias="流出")
    actions: RawRows = Field(default_factory=list, alias="措施")
    meetings: RawRows = Field(default_factory=list, alias="会议")
    callbacks: RawRows = Field(default_factory=list, alias="回访")
    changed_actions: dict[int, RawCells] = Field(default_factory=dict, alias="改措施")
    changed_meetings: dict[int, RawCells] = Field(default_factory=dict, alias="改会议")
    report: str = Field(default="", alias="改报告")
    picture: str = Field(default="", alias="图片")
    papers: list[WrittenPaper] = Field(default_factory=list, alias="固化")
    hide: bool = False


class WrittenCase(_Written):
    """One complaint of the story: the row as first typed, and what follows."""

    case: str
    row: RawCells
    into: str = ""
    then: list[Turn] = Field(default_factory=list)


class WrittenRows(_Written):
    """Rows that belong to no complaint of the story: contacts, pre-numbered blanks, rows gone astray."""

    rows: str
    cells: list[RawCells]


class WrittenColumn(_Written):
    """A column of the plant's own."""

    column: str
    sheet: str
    formula: str = ""


class WrittenNote(_Written):
    """A merged remark beside a sheet's table."""

    note: str
    sheet: str


Entry: TypeAlias = WrittenCase | WrittenRows | WrittenColumn | WrittenNote

_ENTRIES: TypeAdapter[list[Entry]] = TypeAdapter(list[Entry])
_ROWS: TypeAdapter[RawRows] = TypeAdapter(RawRows)
_ACTS = ("opening", "act_1", "act_2", "act_3", "act_4")


def _load(name: str) -> object:
    from ruamel.yaml import YAML

    text = (resources.files("pipeline.demo") / "story" / f"{name}.yaml").read_text(encoding="utf-8")
    loaded: object = YAML(typ="safe", pure=True).load(text)
    return loaded


@cache
def load_entries() -> tuple[Entry, ...]:
    """All entries of the story in the order in which they are told; read once.

    Raises pydantic.ValidationError when an act does not have the expected form.
    """
    return tuple(entry for act in _ACTS for entry in _ENTRIES.validate_python(_load(act)))


@cache
def load_contacts() -> tuple[RawRow, ...]:
    """The rows of 通讯录, columns in the order of the sheet; read once."""
    return tuple(_ROWS.validate_python(_load("contacts")))
