"""Specification tables that a quality engineer can read: loaded for the tests, and written out as docs/rules.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML

from schemas.settings import CustomerSetting, LedgerSetting, Settings

TABLES = Path(__file__).with_name("tables")
_DEFAULT = re.compile(r"\{([a-z0-9_.]+)\}")  # a default named in a text, so that no number is typed twice
_ONE_LINE = 150  # characters of a list that are still read in one line
_WORDS: dict[bool | str | None, str] = {True: "是", False: "否", None: "无", "": "（空）"}
_FOLD = re.compile(r"(?<=[，。；：、）”]) | (?=[，。；：、（“])|(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_MODULE = re.compile(r"(\w+)\.py")


@dataclass(frozen=True)
class Table:
    """One table of a rule: a name and rows; each row has 情形, 给 (what stands there) and 得 (what is decided)."""

    name: str
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class RuleTables:
    """A rule as ``tables/<name>.yaml`` tells it: title, process step, code, configuration keys, text, tables.

    ``{clocks.d3_hours}`` in the text stands for that key's default, taken from the settings.
    """

    title: str
    step: str
    code: str
    keys: tuple[str, ...]
    text: str
    tables: tuple[Table, ...]

    @property
    def modules(self) -> frozenset[str]:
        """The modules of pipeline/rules whose decisions the tables specify."""
        return frozenset(_MODULE.findall(self.code))

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of one table, for ``pytest.mark.parametrize``."""
        return [row for table in self.tables if table.name == name for row in table.rows]


def load(name: str) -> RuleTables:
    """The rule of ``tables/<name>.yaml``."""
    raw = YAML(typ="safe").load((TABLES / f"{name}.yaml").read_text(encoding="utf-8"))
    tables = tuple(Table(table["名称"], tuple(table["行"])) for table in raw["表"])
    text = _DEFAULT.sub(lambda match: _cell(default_of(match[1])), _FOLD.sub("", raw["说明"]))
    return RuleTables(raw["规则"], raw["流程步骤"], raw["代码"], tuple(raw.get("参数", ())), text, tables)


def all_rules() -> list[RuleTables]:
    """Every rule that has tables."""
    return [load(path.stem) for path in sorted(TABLES.glob("*.yaml"))]


def row_id(row: dict[str, Any]) -> str:
    """A row's name in the test report."""
    return str(row["情形"])


def default_of(key: str) -> object:
    """The default of a configuration key such as ``clocks.d3_hours``."""
    settings = Settings(version=1, site="默认", ledgers=(LedgerSetting(file="客诉台账.xlsx"),))
    return reduce(getattr, key.split("."), settings)


def _within(value: object) -> str:
    """A part of a cell; cells within cells stand in brackets."""
    value = value.model_dump() if isinstance(value, BaseModel) else value
    if not isinstance(value, dict) or not value:
        return _cell(value)
    bracketed = len(value) == 1 and isinstance(next(iter(value.values())), dict)  # name（…） has its own
    return _cell(value) if bracketed else f"（{_cell(value)}）"


def _pair(key: object, value: object) -> str:
    return f"{key}{_within(value)}" if isinstance(value, dict) and value else f"{key}={_within(value)}"


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return "；".join(_pair(key, item) for key, item in value.items()) or "—"
    if isinstance(value, list | tuple):
        return "、".join(_within(item) for item in value) or "无"
    text = _WORDS.get(value, str(value)) if isinstance(value, bool | str | None) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")


def _decided(value: object) -> str:
    """What a row decides; the lines of a page stand one below the other."""
    if isinstance(value, list) and sum(len(str(item)) for item in value) > _ONE_LINE:
        return "<br>".join(map(_within, value))
    return _cell(value)


def _is_customers(key: str) -> bool:
    return key.split(".", maxsplit=1)[0] in CustomerSetting.model_fields


def as_markdown(rule: RuleTables) -> str:
    """One rule as a section of docs/rules.md."""
    lines = [f"## {rule.title}", "", rule.text.strip(), "", f"流程步骤：{rule.step} · 代码：`{rule.code}`", ""]
    if rule.keys:
        lines += ["| 参数（config.yaml） | 默认 | 客户可另定 |", "| --- | --- | --- |"]
        lines += [f"| `{key}` | {_cell(default_of(key))} | {_cell(_is_customers(key))} |" for key in rule.keys] + [""]
    for table in rule.tables:
        lines += [f"**{table.name}**", "", "| 情形 | 给 | 得 |", "| --- | --- | --- |"]
        lines += [f"| {_cell(row['情形'])} | {_cell(row['给'])} | {_decided(row['得'])} |" for row in table.rows] + [""]
    return "\n".join(lines)


def whole_document() -> str:
    """docs/rules.md: every rule that has a table, in the order of the process steps."""
    rules = sorted(all_rules(), key=lambda rule: (_first_step(rule.step), rule.title))
    opening = [
        "# 规则", "",
        "本页由 `tests/spec/tables/` 中的规格表生成（`python -m tests.spec.rule_tables`），每一行都是一项自动测试。",
        "一件客诉的判定与理由：`kesu explain 客诉编号 -c config.yaml`。", "",
        "默认值由每个工厂在自己的 config.yaml 中改；“客户可另定”的，还可写在 `customers` 下该客户名里，",
        "客户的优先，没写的仍按本厂的。", "",
        "| 流程步骤 | 规则 |", "| --- | --- |", *(f"| {rule.step} | {rule.title} |" for rule in rules), "",
    ]
    return "\n".join([*opening, *(as_markdown(rule) for rule in rules)]).rstrip() + "\n"


def _first_step(step: str) -> int:
    digits = re.search(r"\d+", step)
    return int(digits.group()) if digits else 99


if __name__ == "__main__":
    Path(__file__).parents[2].joinpath("docs", "rules.md").write_text(whole_document(), encoding="utf-8")
