"""kesu init: an empty plant - configuration, ledger template, editable templates, folders, a rehearsal journal."""

from __future__ import annotations

import argparse
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from pipeline.commands.call_sheet import BLANK_FORMS, write_forms
from pipeline.commands.clock import moment
from pipeline.commands.output import own_command, say, typed_path
from schemas.errors import KesuError

_NOT_FOR_PLANTS = frozenset({"config.yaml", "__pycache__"})
FOLDERS = ("share/客诉资料", "share/品质例会", "share/归档", "share/待归属", "mail/inbox", "mail/outbox", "state")


class AlreadyInitialised(KesuError):
    """The folder holds a plant already; nothing of it is touched."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} 已经存在，为避免覆盖，本次不做任何改动。请换一个目录，或直接使用现有配置。")


def copy_templates(source: Traversable, target: Path) -> None:
    """Copy the packaged templates for editing; files that are there already stay as they are."""
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        if entry.name in _NOT_FOR_PLANTS or entry.name.endswith(".py"):
            continue
        if entry.is_dir():
            copy_templates(entry, target / entry.name)
        elif not (target / entry.name).exists():
            (target / entry.name).write_bytes(entry.read_bytes())


def make_plant(root: Path, now_text: str | None, config_text: str | None = None) -> Path:
    """Make the empty plant under ``root``; returns the configuration's path. Raises ``AlreadyInitialised``."""
    from pipeline.app import documents_of, open_site
    from pipeline.configuration import load_settings
    from pipeline.ledger.blank import write_blank_ledger

    config = root / "config.yaml"
    if config.exists():
        raise AlreadyInitialised(config)
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    packaged = resources.files("templates")
    text = config_text or packaged.joinpath("config.yaml").read_text(encoding="utf-8")
    copy_templates(packaged, root / "templates")
    config.write_text(text, encoding="utf-8")
    settings = load_settings(config)
    ledger = root / settings.share / settings.ledgers[0].file
    if not ledger.exists():
        write_blank_ledger(ledger, moment(now_text, settings.zone))
    write_forms(documents_of(settings, config), root / settings.share / BLANK_FORMS)
    with open_site(config, moment(now_text)):
        pass  # makes the rehearsal journal and marks the share as ours
    return config


def run(arguments: argparse.Namespace) -> int:
    """0 when the plant was made; 2 when one is there already."""
    root = Path(arguments.dir)
    config = make_plant(root, arguments.now)
    say(f"已建立：{root}")
    say(f"  配置   {config}")
    say(f"  台账   {root / 'share' / '客诉台账.xlsx'}")
    say(f"  模板   {root / 'templates'}（可在 Word 中编辑）")
    say(f"  表单   {root / 'share' / BLANK_FORMS}（客诉信息收集表：打印或填写）")
    say("接下来：")
    say(f"  1. 按注释修改 {config}，在台账“通讯录”中登记同事；已有台账可直接换上（文件名写进配置）；")
    say(f"  2. 演练：{own_command()} run -c {typed_path(config)}（只写 .eml 文件，不发邮件）；")
    say("     第一轮时台账里已有的行算作存量，只列出、不处理；之后新录入的行才编号、建资料夹；")
    say(f"  3. 正式启用：{own_command()} go-live -c {typed_path(config)}")
    return 0
