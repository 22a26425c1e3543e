"""The environment in which templates run: sandboxed, strict about names, escaping, and free of unprintable text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from types import TracebackType
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from pipeline.documents.fault import TemplateFault

#: Stands for a missing value until the document is put together; a private-use character, cleaned from all input.
BLANK = "\ue000"
#: What people read in its place.
BLANK_WORD = "待填写"
#: Stands in the header of a report until somebody has approved it.
DRAFT = "草稿 DRAFT"

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000\ue001\ufffe\uffff]"
)
_UNDEFINED_NAME = re.compile(r"'([^']+)' is undefined|has no attribute '([^']+)'|no element '?([^']+?)'?$")
_UNFINISHED = "Unexpected end of template"
_LONGEST_REPETITION = 10_000

#: What an expression in a template can raise besides Jinja's own errors.
RUN_ERRORS = (ArithmeticError, TypeError, ValueError, LookupError, AttributeError, RecursionError)


def clean(text: str) -> str:
    """Text without control characters, bidi controls, lone surrogates and our own mark; line ends become ``\\n``."""
    if text.isprintable():
        return text  # nothing of the pattern is printable; most values are, and the pattern costs ten times as much
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


class TemplateSandbox(ImmutableSandboxedEnvironment):
    """Jinja2 that neither runs code nor multiplies text without bound."""

    intercepted_binops = frozenset(("*", "**"))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse powers and long repetitions: one short expression could fill the memory."""
        sizes = [len(side) for side in (left, right) if isinstance(side, str | list | tuple)]
        counts = [side for side in (left, right) if isinstance(side, int)]
        if operator == "**" or (sizes and counts and sizes[0] * counts[0] > _LONGEST_REPETITION):
            raise SecurityError(f"{operator} is not allowed here")
        return super().call_binop(context, operator, left, right)


def _for_word(value: object) -> object:
    if type(value) is str:  # nearly all values, a thousand in a report
        return clean(value) if value else BLANK
    if isinstance(value, Undefined | Markup):
        return value  # an undefined name raises when it is turned into text; markup is blank on purpose
    if value is None or value == "":
        return BLANK
    return clean(str(value))


def _for_mail(value: object) -> object:
    if isinstance(value, Undefined | Markup):
        return value
    return "" if value is None else clean(str(value))


def _optional(value: object) -> object:
    """The filter ``optional``: a missing value leaves its place empty instead of 待填写."""
    if isinstance(value, Undefined):
        return value
    return Markup("") if value is None or value == "" else value


def _environment(*, autoescape: bool, word: bool) -> TemplateSandbox:
    environment = TemplateSandbox(
        autoescape=autoescape,
        undefined=StrictUndefined,
        finalize=_for_word if word else _for_mail,
        trim_blocks=not word,
        lstrip_blocks=not word,
        keep_trailing_newline=False,
    )
    safe_range = environment.globals["range"]
    environment.globals.clear()  # no lipsum, cycler, joiner: nobody needs them, and less can go wrong
    environment.globals["range"] = safe_range
    environment.filters["optional"] = _optional
    return environment


def word_environment() -> TemplateSandbox:
    """For Word templates: escapes XML and marks missing values."""
    return _environment(autoescape=True, word=True)


def text_environment() -> TemplateSandbox:
    """For subjects and plain mail texts."""
    return _environment(autoescape=False, word=False)


def html_environment() -> TemplateSandbox:
    """For HTML mail texts: escapes everything."""
    return _environment(autoescape=True, word=False)


def fault_line(error: BaseException, name: str) -> int | None:
    """The template line (from 1) on which ``error`` was raised; Jinja2 puts template lines into the traceback."""
    if isinstance(error, TemplateSyntaxError):
        return unclosed_line(error.source or "") if _UNFINISHED in str(error.message) else error.lineno
    line = None
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == name:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def unclosed_line(source: str) -> int | None:
    """The line of the last ``for`` or ``if`` without an end; Jinja2 itself only names the end of the file."""
    opened: list[int] = []
    for found in re.finditer(r"\{%[-+]?\s*(for|if|endfor|endif)\b", source):
        if not found.group(1).startswith("end"):
            opened.append(source.count("\n", 0, found.start()) + 1)
        elif opened:
            opened.pop()
    return opened[-1] if opened else None


def fault_of(error: Exception, template: str, place: str, names: Iterable[str]) -> TemplateFault:
    """Say in Chinese what is wrong; ``names`` are the names a context offers, for "did you mean"."""
    if isinstance(error, SecurityError):
        reason, remedy = "模板试图执行程序代码，已拒绝", "请删除这个标签，只保留取值、判断和循环"
        return TemplateFault(template, place, "", reason, remedy)
    if isinstance(error, UndefinedError):
        found = _UNDEFINED_NAME.search(str(error))
        variable = next((group for group in found.groups() if group), "") if found else ""
        near = get_close_matches(variable, sorted(set(names)), n=1) if variable else []
        remedy = f"是否应为 {near[0]}?" if near else ""
        return TemplateFault(
            template, place, variable, f"没有名为 {variable or '(空)'} 的字段",
            f"{remedy}可用字段见模板文件夹中的 README.md",
        )
    if isinstance(error, TemplateSyntaxError):
        reason = f"标签写法有误({_syntax_words(error.message or '')})"
        return TemplateFault(template, place, "", reason, "请检查括号、百分号是否成对，循环和判断是否有结束标签")
    return TemplateFault(template, place, "", f"标签计算出错({error})", "请检查该标签中的运算与筛选")


def _syntax_words(message: str) -> str:
    if _UNFINISHED in message:
        return "for 或 if 没有对应的 endfor、endif"
    if found := re.search(r"unknown tag '([^']+)'", message):
        tag = found.group(1)
        return f"多余的 {tag}" if tag.startswith("end") else f"不认识的标签 {tag}"
    if found := re.search(r"No filter named '([^']+)'", message):
        return f"没有名为 {found.group(1)} 的筛选"
    return f"Jinja2: {message}"


def all_names(value: object) -> Iterator[str]:
    """Every key in a context, at any depth."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from all_names(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from all_names(inner)
