"""kesu adopt: take over a share whose journal was lost, restored or on another PC; starts with a baseline."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipeline.commands.output import own_command, say, typed_path


def run(arguments: argparse.Namespace) -> int:
    """0 after explaining, or after the share was claimed; nothing is sent or numbered by adopting itself."""
    from pipeline.app import adopt_share, adoption_state

    config = Path(arguments.config)
    for line in adoption_state(config):
        say(line)
    if not arguments.yes:
        say("以上仅为说明，什么也没有改变。确认另一台已停用后，请加 --yes 接管。")
        return 0
    mode = adopt_share(config)
    say(f"已接管（{'演练' if mode == 'rehearsal' else '正式'}）。")
    say("第一轮只登记存量：现有编号和资料夹照旧，除每人一封清单外不发信。")
    command, path = own_command(), typed_path(config)
    say(f"接着运行：{command} once -c {path} 或 {command} run -c {path}")
    return 0
