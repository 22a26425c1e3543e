"""Equal templates are parsed, compiled and checked once in a test process and its forks, by their content.

Of a small plant's pass that is more than half. Nothing else is spared: what a pass reads, decides and writes is real.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy, deepcopy
from io import IOBase
from pathlib import Path
from typing import Any

import jinja2
import pytest
from ruamel.yaml import YAML

from pipeline.documents import engine, word_check


def remember_templates(patch: pytest.MonkeyPatch) -> None:
    """Let every pass take over what an earlier one, or one before the fork, made of the same template."""
    _remember(patch, engine, "_compile", lambda name, content, names: (name, content, repr(names)))
    _remember(patch, word_check, "check_word", lambda name, content, *more: (name, content, repr(more)), copy)
    _remember(patch, jinja2.Environment, "compile", _source_and_dialect)
    _remember(patch, YAML, "load", lambda self, text: (text, *self.typ, self.pure), deepcopy)


def _source_and_dialect(environment: jinja2.Environment, source: str, *more: Any, **named: Any) -> Hashable:
    """A template's text, and all by which an environment turns it into other code."""
    return (
        source, more, tuple(named.items()), type(environment), environment.autoescape, environment.finalize,
        environment.trim_blocks, environment.lstrip_blocks, environment.keep_trailing_newline, environment.optimized,
        environment.block_start_string, environment.variable_start_string, environment.comment_start_string,
        environment.line_statement_prefix, tuple(environment.extensions),
    )


def _remember(
    patch: pytest.MonkeyPatch, owner: Any, name: str, key: Callable[..., Hashable],
    given: Callable[[Any], Any] = lambda made: made,
) -> None:
    """Let ``owner``'s function give again what it gave for the same ``key`` of its arguments."""
    made: dict[Hashable, Any] = {}
    make = getattr(owner, name)

    def remembering(*arguments: Any, **named: Any) -> Any:
        assert not any(isinstance(part, Path | IOBase) for part in arguments), "content that may change unseen"
        known = key(*arguments, **named)
        if known not in made:
            made[known] = make(*arguments, **named)
        return given(made[known])

    patch.setattr(owner, name, remembering)
