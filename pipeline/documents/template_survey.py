"""Every template of a plant checked, and every field listed: what kesu templates check and fields say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.documents.board_page import check_board
from pipeline.documents.fault import TemplateFault
from pipeline.documents.folders import TemplateFolders
from pipeline.documents.forms.form_check import check_forms
from pipeline.documents.mails import HTML, MAIL_KINDS, SUBJECT, TEXT, check_mail
from pipeline.documents.sandbox import html_environment, text_environment
from pipeline.documents.template_check import read_example
from pipeline.documents.word_check import check_kind

MAIL_FILES = (SUBJECT, TEXT, HTML)
#: The Word kinds there are, in the order in which people meet them.
WORD_KINDS = ("eight_d", "eight_d_internal", "slip", "notice", "minutes", "penalty")


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field for people: how it is written, its name, an example; ``rows`` names the loop it belongs to."""

    kind: str
    tag: str
    name: str
    example: str
    rows: str = ""


def survey(folders: TemplateFolders) -> list[TemplateFault]:
    """All faults of all templates, documents first, then forms, deck, texts, mails and board; [] for none."""
    found: list[TemplateFault] = []
    for kind in WORD_KINDS:
        try:
            folders.sheet(kind)
            found += check_kind(folders, kind)
        except TemplateFault as fault:
            found.append(fault)
    found += check_forms(folders, "eight_d")
    found += _deck_faults(folders)
    texts = [("inquiry", "template.txt"), *(("mails", kind, file) for kind in MAIL_KINDS for file in MAIL_FILES)]
    for parts in texts:
        environment = html_environment() if parts[-1] == HTML else text_environment()
        try:
            found += check_mail(*folders.read(*parts), _example(folders, *parts[:-1]), environment)
        except TemplateFault as fault:
            found.append(fault)
    found += check_board(folders.folders)
    return found


def _deck_faults(folders: TemplateFolders) -> Iterator[TemplateFault]:
    """What the weekly deck's template lacks, each a fault of its own."""
    from pipeline.documents.deck.fault import REMEDY, DeckTemplateFault, DeckUnreadable
    from pipeline.documents.deck.template import FILES, check_template  # python-pptx costs a tenth of a second

    name, content = folders.read_first(*FILES)
    try:
        check_template(name, content)
    except DeckTemplateFault as fault:
        yield from (TemplateFault(name, "", "", sentence, REMEDY) for sentence in fault.faults)
    except DeckUnreadable:
        yield TemplateFault(name, "", "", "不是能打开的 PowerPoint 文件", "请在 PowerPoint 或 WPS 中另存为 .pptx")


def _example(folders: TemplateFolders, *parts: str) -> dict[str, Any]:
    name, content = folders.read(*parts, "example.json")
    try:
        return read_example(content)
    except ValueError as error:
        raise TemplateFault(name, "", "", "不是有效的 JSON 文件", "请从软件自带的模板中复制一份回来") from error


def field_lines(folders: TemplateFolders, kind: str) -> Iterator[FieldLine]:
    """The fields of a kind with meaning and example; raises ``TemplateFault``."""
    names, example = folders.names(kind), _example(folders, kind)
    for path, name in names.fields.items():
        value: object = example
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        yield FieldLine(kind, f"{{{{ {path} }}}}", name, _short(value))
    for rows, row in names.rows.items():
        listed = example.get(rows) or [{}]
        for path, name in row.fields.items():
            shown = next((entry[path] for entry in listed if entry.get(path)), "")
            yield FieldLine(kind, f"{{{{ row.{path} }}}}", name, _short(shown), f"{row.name}:for row in {rows}")


def _short(value: object) -> str:
    text = "、".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    line = " ".join(text.split())
    return line if len(line) <= 30 else f"{line[:30]}…"


def as_json(faults: list[TemplateFault]) -> str:
    """The faults for a program."""
    entries = [
        {"template": fault.template, "place": fault.place, "name": fault.variable, "message": str(fault)}
        for fault in faults
    ]
    return json.dumps(entries, ensure_ascii=False, indent=1)
