"""kesu archive verify: whether an archive is whole and unchanged; needs neither configuration nor journal."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.output import busy, say, say_json

_SHOWN = 50


def run(arguments: argparse.Namespace) -> int:
    """0 whole and unchanged, 1 faults were found, 2 the folder is no archive; reads only."""
    from pipeline.archive.bag import read_info
    from pipeline.archive.verification import verify_bag

    root = Path(arguments.dir)
    with busy("核对中"):
        found = verify_bag(root)
    if arguments.json:
        say_json({"dir": str(root), "files": found.files, "bytes": found.size, "faults": list(found.faults)})
        return 1 if found.faults else 0
    info = read_info(root)
    about = info.get("External-Description", "")
    if about:
        say(f"{info.get('External-Identifier', root.name)}：{about}（{info.get('Bagging-Date', '日期不明')} 制作）")
    for fault in found.faults[:_SHOWN]:
        say(f"✗ {fault}")
    if len(found.faults) > _SHOWN:
        say(f"…另有 {len(found.faults) - _SHOWN} 处")
    size = f"{found.files} 个文件，{found.size / 1e6:,.1f} MB"
    if found.faults:
        say(f"核对不通过：{len(found.faults)} 处与交出时不同（已读 {size}）。请向制作方索取原件，或用备份替换。")
        return 1
    say(f"核对通过：{size}，与交出时完全一致，没有缺少，没有多出。")
    return 0
