"""Issues of one kind taken together, so that a person reads one sentence instead of three hundred."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.workbook import Issue

_QUOTED = re.compile(r'^".*?" (?=\S)', re.DOTALL)
_NUMBERS = re.compile(r"[0-9][0-9.,:%\-]*")
_NAMED = re.compile(r"没有 .*?,请在通讯录补一行")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class IssueGroup:
    """Issues of one sheet and field whose sentences differ only in values; in the order they were found."""

    issues: tuple[Issue, ...]

    def __str__(self) -> str:
        first = self.issues[0]
        if len(self.issues) == 1:
            return str(first) if first.sheet else first.message
        cells = "、".join(f"{issue.cell}“{short(issue.value)}”" if issue.value else issue.cell
                         for issue in self.issues[:_SHOWN])
        more = "等" if len(self.issues) > _SHOWN else "共"
        return f"{first.sheet}!{cells} {more} {len(self.issues)} 处：{sentence(first)}"


def short(value: str, limit: int = 16) -> str:
    """A cell's text on one line, cut to ``limit`` characters."""
    line = " ".join(value.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def sentence(issue: Issue) -> str:
    """The message without the value quoted in front of it."""
    return _QUOTED.sub("", issue.message)


def _kind(issue: Issue) -> tuple[str, str, str]:
    return issue.sheet, issue.field, _NUMBERS.sub("#", _NAMED.sub("", sentence(issue)))


def grouped(issues: Iterable[Issue]) -> tuple[IssueGroup, ...]:
    """The issues by kind, kinds in the order of their first issue; nothing is left out."""
    groups: dict[tuple[str, str, str], list[Issue]] = {}
    for issue in issues:
        groups.setdefault(_kind(issue), []).append(issue)
    return tuple(IssueGroup(tuple(group)) for group in groups.values())
