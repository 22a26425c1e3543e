"""kesu templates adopt: a customer's empty 8D form becomes that customer's template, with a person deciding doubts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.commands.clock import moment
from pipeline.commands.output import say, say_json
from schemas.errors import KesuError

if TYPE_CHECKING:
    from pipeline.documents.forms.adoption import Adoption
    from pipeline.documents.forms.proposal import CellProposal

KIND = "eight_d"


class NoTemplatesFolder(KesuError):
    """Nobody said where the plant's templates lie."""

    def __init__(self, config: str) -> None:
        where = f"{config} 中没有填写 templates" if config else "没有指明工厂"
        super().__init__(f"{where}，不知道模板放在哪里。请用 -c 指明 config.yaml（其中 templates 填模板文件夹）。")


def run(arguments: argparse.Namespace) -> int:
    """0 written; 1 only shown, since questions are open and nobody was there to answer them."""
    from pipeline.documents.forms.adoption import adopt, trial_fill, write_template

    folder = _folder(arguments.config)
    sample = Path(arguments.sample) if arguments.sample else None
    adoption = adopt(Path(arguments.form), arguments.customer, sample)
    if arguments.json:
        say_json(_as_json(adoption))
    else:
        _show(adoption)
    talks = sys.stdin.isatty() and not arguments.json
    if not arguments.yes and not talks:
        if not arguments.json:
            say("以上为建议，尚未写入。加 --yes 只采用有把握的部分；在终端里运行则逐项询问。")
        return 1
    taken = adoption.sure if arguments.yes else [*adoption.sure, *_asked(adoption)]
    files = write_template(adoption, taken, folder)
    filled = trial_fill(adoption, files, moment(None))  # says now, and not at the next complaint, what does not work
    if arguments.preview:
        Path(arguments.preview).write_bytes(filled)
    if not arguments.json:
        _told(adoption, files, arguments.preview)
    return 0


def _folder(config: str | None) -> Path:
    from pipeline.app import resolve
    from pipeline.configuration import load_settings

    if config is None and not Path("config.yaml").is_file():
        raise NoTemplatesFolder("")
    path = Path(config or "config.yaml")
    settings = load_settings(path)
    if not settings.templates:
        raise NoTemplatesFolder(str(path))
    return resolve(path, settings.templates) / KIND


def _show(adoption: Adoption) -> None:
    from pipeline.documents.forms.meanings import packaged_meanings
    from pipeline.documents.forms.write_map import name_of

    lexicon = packaged_meanings().lexicon
    say(f"表样 {adoption.form.name} → 客户“{adoption.customer}”")
    for remark in adoption.found.remarks:
        say(f"  · {remark}")
    say(f"有把握 {len(adoption.sure)} 格、表格 {adoption.columns} 列：")
    for cell in adoption.sure:
        say(f"  {_line(cell)}")
    for table in adoption.found.tables:
        names = "、".join(
            f"{lexicon.lists[table.table].columns[column.column].name}{'' if column.sure else '（待确认）'}"
            for column in table.columns
        )
        say(f"  {table.sheet} 第 {table.rows[0]}–{table.rows[-1]} 行 {lexicon.lists[table.table].name}：{names}")
    for tick in adoption.found.ticks:
        options = "、".join(f"{option}（{name_of(address + '.', lexicon)}）" for option, address in tick.options)
        say(f"  {tick.sheet}!{tick.area} 勾选：{options}")
    if adoption.doubtful:
        say(f"需要确认 {len(adoption.doubtful)} 格：")
        for cell in adoption.doubtful:
            say(f"  ? {_line(cell)}")
    if adoption.found.unread:
        say(f"不认得的栏目 {len(adoption.found.unread)} 格（在终端里运行时逐项询问，否则留给人填）：")
        say("  " + "、".join(f"{cell.sheet}!{_first(cell)}“{_short(cell.label)}”" for cell in adoption.found.unread))
    if adoption.found.open:
        say(f"台账没有对应内容、留给人填 {len(adoption.found.open)} 格：")
        say("  " + "、".join(f"{cell.sheet}!{_first(cell)}“{_short(cell.label)}”" for cell in adoption.found.open))


def _line(cell: CellProposal) -> str:
    from pipeline.documents.forms.meanings import packaged_meanings
    from pipeline.documents.forms.write_map import name_of

    lexicon = packaged_meanings().lexicon
    names = "、".join(name_of(address, lexicon) for address in cell.address.split("+"))
    sample = f"，样表填的是“{_short(cell.sample)}”" if cell.sample else ""
    what = f"{names}（{cell.address}，把握 {cell.confidence:.0%}{sample}）"
    return f"{cell.sheet}!{_first(cell)}“{_short(cell.label)}” → {what}"


def _first(cell: CellProposal) -> str:
    return cell.area.partition(":")[0]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 24 else f"{line[:24]}…"


def _asked(adoption: Adoption) -> list[CellProposal]:
    """Ask about every doubtful box at the terminal, and about those whose label is in words nobody told us."""
    say("逐项确认：回车=采用，n=不填，或输入字段名（如 customer_ref 或 客户投诉单号）。")
    found = [_decided(cell, _line(cell), cell.address) for cell in adoption.doubtful]
    if adoption.found.unread:
        say("不认得的栏目：回车=不填，或输入字段名（全部字段名：kesu templates fields eight_d）。")
    found += [
        _decided(cell, f"{cell.sheet}!{_first(cell)}“{_short(cell.label)}”", "") for cell in adoption.found.unread
    ]
    return [cell for cell in found if cell is not None]


def _decided(cell: CellProposal, question: str, usual: str) -> CellProposal | None:
    """One box as a person decides: return takes the ``usual`` field, n none, a field's name that one."""
    from pipeline.documents.forms.address import UnknownAddress
    from pipeline.documents.forms.form_map import known_addresses

    while True:
        answer = input(f"{question} ? ").strip()
        if answer.lower() in {"n", "no", "否"} or not (answer or usual):
            return None
        try:
            address = known_addresses().address(answer).mark if answer else usual
        except UnknownAddress as error:
            near = f"，是否应为 {error.near}" if error.near else ""
            say(f"  没有名为 {error.name} 的字段{near}。")
            continue
        return replace(cell, address=address)


def _told(adoption: Adoption, files: Sequence[Path], preview: str | None) -> None:
    for path in files:
        say(f"已写出 {path}")
    if preview:
        say(f"试填样张 {preview}（内容为自带示例，请打开核对）")
    how = "直接在 Word 中修改标签" if files[0].suffix == ".docx" else f"修改 {files[-1].name}"
    say(f"下一轮起，客户“{adoption.customer}”的 8D 用这张表。要改哪一格填什么：{how}。")


def _as_json(adoption: Adoption) -> dict[str, object]:
    def cell(item: CellProposal) -> dict[str, object]:
        return {"sheet": item.sheet, "cell": item.area, "field": item.address, "label": item.label,
                "confidence": round(item.confidence, 3), "sure": item.sure, "sample": item.sample}

    return {
        "form": adoption.form.name, "customer": adoption.customer,
        "cells": [cell(item) for item in adoption.found.cells],
        "tables": [
            {"sheet": table.sheet, "list": table.table, "rows": list(table.rows), "columns": [
                {"cells": column.area, "field": column.column, "label": column.label, "sure": column.sure,
                 "confidence": round(column.confidence, 3)} for column in table.columns
            ]} for table in adoption.found.tables
        ],
        "ticks": [{"sheet": tick.sheet, "cell": tick.area, "options": dict(tick.options), "sure": tick.sure,
                   "confidence": tick.confidence} for tick in adoption.found.ticks],
        "unknown": [cell(item) for item in adoption.found.unread],
        "not_ours": [cell(item) for item in adoption.found.open], "remarks": adoption.found.remarks,
    }
