"""kesu templates check: every fault of every template at once, with place and remedy; writes nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.output import say


def run(arguments: argparse.Namespace) -> int:
    """0 when all templates are sound, 1 with their faults."""
    from pipeline.app import template_folders
    from pipeline.documents.template_survey import as_json, survey

    faults = survey(template_folders(Path(arguments.config) if arguments.config else None))
    if arguments.json:
        say(as_json(faults))
        return 1 if faults else 0
    for fault in faults:
        say(f"✗ {fault}")
    say(f"共 {len(faults)} 处要改。" if faults else "全部模板都没有问题。")
    return 1 if faults else 0
