"""Specification tables that a quality engineer can read: loaded for the tests, and written out as docs/rules.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from schemas.settings import LedgerSetting, Settings

TABLES = Path(__file__).with_name("tables")


@dataclass(frozen=True)
class Table:
    """One table of a rule: a name and rows; each row has 情形, 给 (what stands there) and 得 (what is decided)."""

    name: str
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class RuleTables:
    """A rule as ``tables/<name>.yaml`` tells it: title, process step, code, configuration keys, text, tables."""

    title: str
    step: str
    code: str
    keys: tuple[str, ...]
    text: str
    tables: tuple[Table, ...]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The rows of one table, for ``pytest.mark.parametrize``."""
        return [row for table in self.tables if table.name == name for row in table.rows]


def load(name: str) -> RuleTables:
    """The rule of ``tables/<name>.yaml``."""
    raw = YAML(typ="safe").load((TABLES / f"{name}.yaml").read_text(encoding="utf-8"))
    tables = tuple(Table(table["名称"], tuple(table["行"])) for table in raw["表"])
    return RuleTables(raw["规则"], raw["流程步骤"], raw["代码"], tuple(raw.get("参数", ())), raw["说明"], tables)


def row_id(row: dict[str, Any]) -> str:
    """A row's name in the test report."""
    return str(row["情形"])


def default_of(key: str) -> object:
    """The default of a configuration key such as ``clocks.d3_hours``."""
    settings = Settings(version=1, site="默认", ledgers=(LedgerSetting(file="客诉台账.xlsx"),))
    return reduce(getattr, key.split("."), settings)


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return "；".join(f"{key}={_cell(item)}" for key, item in value.items()) or "—"
    if isinstance(value, list | tuple):
        return "、".join(_cell(item) for item in value) or "无"
    text = "是" if value is True else "否" if value is False else "无" if value is None else str(value)
    return text.replace("|", "\\|").replace("\n", " ")


def as_markdown(rule: RuleTables) -> str:
    """One rule as a section of docs/rules.md."""
    lines = [f"## {rule.title}", "", rule.text.strip(), "", f"流程步骤：{rule.step} · 代码：`{rule.code}`", ""]
    if rule.keys:
        lines += ["| 参数(config.yaml) | 默认 |", "| --- | --- |"]
        lines += [f"| `{key}` | {_cell(default_of(key))} |" for key in rule.keys] + [""]
    for table in rule.tables:
        lines += [f"**{table.name}**", "", "| 情形 | 给 | 得 |", "| --- | --- | --- |"]
        lines += [f"| {_cell(row['情形'])} | {_cell(row['给'])} | {_cell(row['得'])} |" for row in table.rows] + [""]
    return "\n".join(lines)


def whole_document() -> str:
    """docs/rules.md: every rule that has a table, in the order of the process steps."""
    names = sorted(path.stem for path in TABLES.glob("*.yaml"))
    rules = sorted((load(name) for name in names), key=lambda rule: (_first_step(rule.step), rule.title))
    opening = [
        "# 规则", "",
        "本页由 `tests/spec/tables/` 中的规格表生成（`python -m tests.spec.rule_tables`），每一行都是一项自动测试。",
        "一件客诉的判定与理由：`kesu explain 客诉编号 -c config.yaml`。", "",
    ]
    return "\n".join([*opening, *(as_markdown(rule) for rule in rules)]).rstrip() + "\n"


def _first_step(step: str) -> int:
    digits = re.search(r"\d+", step)
    return int(digits.group()) if digits else 99


if __name__ == "__main__":
    Path(__file__).parents[2].joinpath("docs", "rules.md").write_text(whole_document(), encoding="utf-8")
