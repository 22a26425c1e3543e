"""kesu templates fields: every field a template can show, with its meaning and an example."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.output import say


def run(arguments: argparse.Namespace) -> int:
    """0 with the list."""
    from pipeline.app import template_folders
    from pipeline.documents.template_survey import WORD_KINDS, field_lines

    folders = template_folders(Path(arguments.config) if arguments.config else None)
    for kind in (arguments.kind,) if arguments.kind else WORD_KINDS:
        sheet = folders.sheet(kind)
        say(f"\n{sheet.title}（{kind}）：{sheet.made}")
        rows = ""
        for line in field_lines(folders, kind):
            if line.rows != rows:
                rows = line.rows
                name, _, loop = rows.partition(":")
                say(f"  {name}，每行一项：上一行写 {{%tr {loop} %}}，下一行写 {{%tr endfor %}}")
            example = f"  例：{line.example}" if line.example else ""
            say(f"  {'  ' if rows else ''}{line.tag}  {line.name}{example}")
    return 0
