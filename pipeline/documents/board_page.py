"""Draws the board page 客诉看板.html: one self-contained file, equal bytes for an equal view."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import BaseLoader, Environment, TemplateError, TemplateSyntaxError
from markupsafe import Markup
from pydantic import TypeAdapter

from pipeline.documents.fault import TemplateFault
from pipeline.documents.folders import TemplateFolders, packaged_templates
from pipeline.documents.sandbox import RUN_ERRORS, clean, fault_line, fault_of, html_environment
from schemas.board import BoardCase, BoardDuty, BoardView

PAGE, PARTS, STYLE, SCRIPT = "board/board.html", "board/parts.html", "board/board.css", "board/board.js"
LEVELS = ("紧急", "严重", "一般")
STEPS = ("待确认", "调查", "分析", "整改", "跟踪")
NOBODY = "未指定"  # the name under which tallies count cases without engineer or department

_SCHEME = re.compile(r"[^/]*:")


def render_board(view: BoardView, template_folders: Sequence[Path | Traversable]) -> bytes:
    """Draw ``view`` as a UTF-8 HTML page.

    ``template_folders`` are roots that hold ``board/``; the first that has a file wins, so a plant's own copy of one
    file goes with the packaged rest. Links in the view are plain relative paths (``/`` separated, not yet
    percent-encoded); one that is absolute or has a scheme is drawn as text. Times are shown in the zone they carry.
    No clock is read. Raises ``TemplateFault``.
    """
    environment, loader = _drawing_board(tuple(template_folders))
    script = _inline(loader.text(SCRIPT), SCRIPT)
    context = {
        "view": view,
        "style": _inline(loader.text(STYLE), STYLE),
        "script": script,
        "script_hash": _csp_hash(script),
        **_figures(view),
    }
    try:
        page = environment.get_template(PAGE).render(context)
    except (TemplateError, *RUN_ERRORS) as error:
        name, place = loader.place_of(error)
        raise fault_of(error, name, place, context) from error
    return page.encode("utf-8")


def check_board(template_folders: Sequence[Path | Traversable]) -> list[TemplateFault]:
    """The faults of the board's files: what is wrong in each, else what drawing the example shows."""
    environment, loader = _drawing_board(tuple(template_folders))
    found: list[TemplateFault] = []
    for name in (PAGE, PARTS, STYLE, SCRIPT):
        try:
            text = loader.text(name)
            if name in (STYLE, SCRIPT):
                _inline(text, name)
            else:
                environment.compile(text, name, name)
        except TemplateFault as fault:
            found.append(fault)
        except TemplateError as error:
            found.append(fault_of(error, *loader.place_of(error), ()))
    if not found:
        example = packaged_templates().joinpath("board", "example.json").read_bytes()
        try:
            render_board(TypeAdapter(BoardView).validate_json(example), template_folders)
        except TemplateFault as fault:
            found.append(fault)
    return found


@lru_cache(maxsize=4)
def _drawing_board(folders: tuple[Path | Traversable, ...]) -> tuple[Environment, _BoardLoader]:
    """The environment of some folders, kept because compiling costs more than drawing; a file edited since counts."""
    loader = _BoardLoader(TemplateFolders(folders))
    environment = html_environment()
    environment.loader = loader
    environment.filters |= {"href": relative_href, "fragment": _fragment, "minute": _minute}
    return environment, loader


def relative_href(link: str) -> str | None:
    r"""Percent-encode a relative path for ``href``; None when it could leave the share.

    Refused: a scheme or drive (``:`` in the first segment), a leading ``/``, any ``\`` (browsers read it as ``/``),
    control and bidi characters. All but ``/`` and unreserved characters is encoded, ``?`` ``#`` ``%`` too, so what is
    returned can only be a path.
    """
    if clean(link) != link or not link.strip() or link.startswith("/") or _SCHEME.match(link):
        return None
    return None if "\\" in link or "\n" in link else quote(link, safe="/")


class _BoardLoader(BaseLoader):
    """Templates of the board by name; remembers which file a name was read from, to say where a fault is."""

    def __init__(self, folders: TemplateFolders) -> None:
        self._folders = folders
        self._shown: dict[str, str] = {}

    def text(self, name: str) -> str:
        r"""One file's text, newlines as ``\n``: that is how a browser hashes a script."""
        shown, content = self._folders.read(*name.split("/"))
        self._shown[name] = shown
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise TemplateFault(shown, "", "", "文件编码不是 UTF-8", "请用记事本另存为 UTF-8 编码") from error
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool] | None]:
        """Jinja's way in; the name serves as file name, which the traceback then carries."""
        text = self.text(template)
        return text, template, lambda: self.text(template) == text

    def place_of(self, error: Exception) -> tuple[str, str]:
        """File and line of a fault: the innermost template that was being rendered, or the one with the wrong tag."""
        if isinstance(error, TemplateSyntaxError):
            return self._shown.get(error.name or "", PAGE), f"第 {error.lineno} 行"
        for name in sorted(self._shown, key=PAGE.__eq__):  # the page itself calls the others: it comes last
            if line := fault_line(error, name):
                return self._shown[name], f"第 {line} 行"
        return self._shown.get(PAGE, PAGE), ""


def _fragment(value: str) -> str:
    return quote(clean(value), safe="")


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


def _inline(text: str, name: str) -> Markup:
    """Text for the inside of ``<style>`` or ``<script>``, which know no escapes."""
    if found := re.search(r"</(style|script)|<!--", text, re.IGNORECASE):
        raise TemplateFault(name, "", "", f"不能含有 {found.group()}", "请删除这段文字,或改用软件自带的文件")
    return Markup(text)  # noqa: S704 - a template file, checked above; nothing from a ledger is in it


def _csp_hash(script: str) -> str:
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


def _figures(view: BoardView) -> Mapping[str, Any]:
    """What the page counts or looks up, so that the template only draws."""
    by_level = Counter(case.level for case in view.cases)
    by_number = {case.number: case for case in view.cases if case.number}
    anchors: dict[tuple[str, str], str] = {}
    for index, case in enumerate(view.cases, start=1):
        anchors.setdefault(("engineer", case.engineer or NOBODY), f"c{index}")
        anchors.setdefault(("department", case.department or NOBODY), f"c{index}")
    return {
        "levels": [(level, by_level[level]) for level in LEVELS if by_level[level]],
        "overdue_cases": sum(1 for case in view.cases if case.overdue),
        "waiting_cases": sum(1 for case in view.cases if case.waiting),
        "anchors": anchors,
        "steps": STEPS,
        "nobody": NOBODY,
        "duties": [(duty, _case_of(duty, by_number)) for duty in view.duties],
        "late_duties": sum(1 for duty in view.duties if duty.days_late > 0),
    }


def _case_of(duty: BoardDuty, by_number: Mapping[str, BoardCase]) -> BoardCase | None:
    """The open complaint a duty belongs to: its label begins with the number (``Case.label``)."""
    return by_number.get(duty.label.partition(" ")[0])
