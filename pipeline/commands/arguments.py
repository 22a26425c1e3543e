"""A command line read by argparse that speaks Chinese: headings of its help, and one sentence for a wrong line."""

from __future__ import annotations

import argparse
import re
from typing import Any, NoReturn

#: argparse's own sentences (Python 3.11 to 3.14) and ours; what none matches is shown as it is.
_SENTENCES = (
    (re.compile(r"the following arguments are required: (.+)"), r"缺少 \1"),
    (re.compile(r"argument (.+?): invalid choice: '?(.*?)'? \(choose from (.+)\)"), r"“\2”不是\1，可选 \3"),
    (re.compile(r"unrecognized arguments: (.+)"), r"不认识 \1"),
    (re.compile(r"argument (.+?): expected (?:one|at least one|\d+) arguments?"), r"\1 后面缺少内容"),
    (re.compile(r"argument (.+?): invalid int value: '(.*)'"), r"\1 应为整数，现为“\2”"),
    (re.compile(r"argument (.+?): ignored explicit argument '(.*)'"), r"\1 后面不能有“\2”"),
    (re.compile(r"ambiguous option: (\S+) could match (.+)"), r"\1 不完整，可能是 \2"),
)


def in_chinese(message: str) -> str:
    """argparse's message as a Chinese phrase without a full stop."""
    for pattern, ours in _SENTENCES:
        if found := pattern.fullmatch(message):
            return found.expand(ours).replace("'", "").replace(", ", "、")
    return message


class CommandLine(argparse.ArgumentParser):
    """As its parent; sub-commands are of this class too."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**{**named, "add_help": False})
        self._positionals.title, self._optionals.title = "内容", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这段说明")

    def format_usage(self) -> str:
        """The line of usage with its Chinese heading."""
        return super().format_usage().replace("usage: ", "用法：", 1)

    def format_help(self) -> str:
        """The help with its Chinese headings."""
        return super().format_help().replace("usage: ", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        """One sentence on stderr, exit code 2."""
        self.exit(2, f"{self.prog}：{in_chinese(message)}。用法见 {self.prog} --help。\n")
