"""Text that no reader should ever see: tags of a template, Python's words for nothing, error values of formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TAGS = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_NOTHING = re.compile(r"(?<![A-Za-z0-9_])(?:None|nan|NaN|NaT|undefined|null|Undefined)(?![A-Za-z0-9_])")
_ERRORS = re.compile(r"#(?:REF!|NAME\?|VALUE!|DIV/0!|N/A|NULL!|NUM!)|#{4,}")
_OBJECTS = re.compile(r"<[\w.]+ object at 0x|\bdatetime\.(?:date|datetime)\(|Traceback \(most recent|\ue000|\ufffd")


def leftovers(text: str) -> Iterator[str]:
    """Each leftover in ``text`` with a little of what stands around it."""
    for pattern in (_TAGS, _NOTHING, _ERRORS, _OBJECTS):
        found = pattern.search(text)
        if found:
            start = max(0, found.start() - 12)
            yield " ".join(text[start : found.end() + 12].split()) or found[0]
