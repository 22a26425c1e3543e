"""kesu templates call-sheet: the blank 客诉信息收集表, a Word form to print and a workbook to fill in and send back."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.output import say
from schemas.ports import Documents

#: Where people find blank forms on the share.
BLANK_FORMS = "空白表单"


def write_forms(documents: Documents, folder: Path) -> list[Path]:
    """Write the blank call sheet below ``folder`` and return the files; a file somebody keeps there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in documents.blank_forms("call_sheet").items():
        target = folder / name
        if not target.exists():
            target.write_bytes(content)
            written.append(target)
    return written


def run(arguments: argparse.Namespace) -> int:
    """0; writes into ``--into``, else into the share of ``--config``, else into the present folder."""
    from pipeline.app import documents_of, resolve
    from pipeline.configuration import load_settings
    from pipeline.documents.gateway import TemplateDocuments

    if arguments.config:
        config = Path(arguments.config)
        settings = load_settings(config)
        documents, folder = documents_of(settings, config), resolve(config, settings.share) / BLANK_FORMS
    else:
        documents, folder = TemplateDocuments(), Path()
    if arguments.into:
        folder = Path(arguments.into)
    written = write_forms(documents, folder)
    for path in written:
        say(f"已写出 {path}")
    if not written:
        say(f"{folder} 中已有空白的客诉信息收集表，未改动。需要新的请先改名或删除旧的。")
        return 0
    say("docx 可打印后边问边写；xlsx（或 docx）填好后作为附件发给客诉邮箱，或放进公共盘“待归属”文件夹，即登记。")
    return 0
