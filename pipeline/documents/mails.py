"""Mail texts: subject, plain text and HTML of a mail kind from its folder below templates/mails."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Template, TemplateError

from pipeline.documents.fault import TemplateFault
from pipeline.documents.folders import TemplateFolders
from pipeline.documents.last_good import LastGood
from pipeline.documents.sandbox import (
    RUN_ERRORS,
    TemplateSandbox,
    all_names,
    fault_line,
    fault_of,
    html_environment,
    text_environment,
)
from pipeline.documents.template_check import check_text, read_example

SUBJECT, TEXT, HTML = "subject.txt", "text.txt", "body.html"

#: The mail kinds that come with the package.
MAIL_KINDS = (
    "release", "meeting", "meeting_outside", "uninvited", "minutes", "digest", "line_stop", "containment", "escalation",
    "penalty", "baseline", "overdue", "hand_over", "alarm",
)


@dataclass(frozen=True)
class _TextTemplate:
    name: str
    template: Template
    lines: tuple[str, ...]

    def render(self, context: Mapping[str, Any]) -> str:
        try:
            return self.template.render(context)
        except (TemplateError, *RUN_ERRORS) as error:
            place = _place(self.lines, fault_line(error, self.name))
            raise fault_of(error, self.name, place, all_names(context)) from error


def check_mail(
    name: str, content: bytes, example: Mapping[str, Any], environment: TemplateSandbox
) -> list[TemplateFault]:
    """The faults of a text template; one in which no tag is wrong is rendered with its example besides."""
    found = check_text(name, content, example, environment)
    if not found:
        try:
            _compile(name, content, environment).render(example)
        except TemplateFault as fault:
            return [fault]
    return found


class MailTexts:
    """Renders mails; a template is compiled again when its content changes, and stood in for while it is broken."""

    def __init__(self, folders: TemplateFolders, last_good: LastGood) -> None:
        self._folders, self._last_good = folders, last_good
        self._text, self._html = text_environment(), html_environment()
        self._compiled: dict[str, tuple[bytes, _TextTemplate]] = {}

    def render(self, kind: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
        """Subject (one line), plain text and HTML. Raises ``TemplateFault`` with the file and line."""
        subject = self._template(self._text, "mails", kind, SUBJECT).render(context)
        html = self._template(self._html, "mails", kind, HTML).render(context)
        return " ".join(subject.split()), self.text(context, "mails", kind, TEXT), html.strip() + "\n"

    def text(self, context: Mapping[str, Any], *parts: str) -> str:
        """A plain text from the template file at ``parts``. Raises ``TemplateFault`` with the file and line."""
        return self._template(self._text, *parts).render(context).strip() + "\n"

    def _template(self, environment: TemplateSandbox, *parts: str) -> _TextTemplate:
        name, content = self._sound(environment, *parts)
        digest = hashlib.blake2b(content, digest_size=16).digest()
        known = self._compiled.get(name)
        if known is None or known[0] != digest:
            known = (digest, _compile(name, content, environment))
            self._compiled[name] = known
        return known[1]


    def _sound(self, environment: TemplateSandbox, *parts: str) -> tuple[str, bytes]:
        """The plant's own text, or what stands in for it: an alert does not wait until somebody mends a tag."""
        name, content = self._folders.read(*parts)
        packaged = self._folders.packaged(*parts)
        if packaged == content:
            return name, content

        def check() -> list[TemplateFault]:
            try:
                example = read_example(self._folders.read(*parts[:-1], "example.json")[1])
            except (TemplateFault, ValueError):
                return []  # without an example nothing is known of the fields; rendering says what is wrong
            return check_mail(name, content, example, environment)

        return name, self._last_good.choose("/".join(parts), content, check, packaged=packaged)


def _compile(name: str, content: bytes, environment: TemplateSandbox) -> _TextTemplate:
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TemplateFault(name, "", "", "不是 UTF-8 编码", "请在记事本中另存为 UTF-8") from error
    lines = tuple(source.splitlines())
    try:
        code = environment.compile(source, name, name)
    except TemplateError as error:
        raise fault_of(error, name, _place(lines, fault_line(error, name)), ()) from error
    return _TextTemplate(name, Template.from_code(environment, code, environment.make_globals(None)), lines)


def _place(lines: tuple[str, ...], line: int | None) -> str:
    if line is None or not 0 < line <= len(lines):
        return ""
    return f"第{line}行“{lines[line - 1].strip()[:60]}”"
