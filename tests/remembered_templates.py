"""Equal templates are compiled and checked once a test process: many passes run in it, while a command has its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pipeline.documents import engine, word_check
from pipeline.documents.engine import WordTemplate
from pipeline.documents.fault import TemplateFault
from pipeline.documents.field_names import FieldNames

_compile, _check = engine._compile, word_check.check_word
_compiled: dict[tuple[str, bytes, str], WordTemplate] = {}
_checked: dict[tuple[str, bytes, str], list[TemplateFault]] = {}


def _compiled_once(name: str, content: bytes, names: FieldNames | None) -> WordTemplate:
    key = name, content, repr(names)
    if key not in _compiled:
        _compiled[key] = _compile(name, content, names)
    return _compiled[key]


def _checked_once(
    name: str, content: bytes, example: Mapping[str, Any], names: FieldNames | None = None
) -> list[TemplateFault]:
    key = name, content, repr((example, names))
    if key not in _checked:
        _checked[key] = _check(name, content, example, names)
    return list(_checked[key])


@cache
def remember_templates() -> None:
    """From now on a template with the same name, content, example and fields gives what it gave before."""
    engine._compile = _compiled_once
    word_check.check_word = _checked_once
