"""All faults of a template at once, each with its place and what to do; nothing is rendered for people here."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from jinja2 import TemplateError, nodes
from lxml import etree

from pipeline.documents.fault import TemplateFault, quoted
from pipeline.documents.filling import W
from pipeline.documents.sandbox import TemplateSandbox, fault_of, word_environment

_PARTS = re.compile(r"word/(document\d*|header\d*|footer\d*)\.xml")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_STATEMENT = re.compile(r"\{%-?\s*(?:(?:tr|tc|p|r)\s+)?(.*?)-?%\}")
_LOOP = re.compile(r"for\s+(\w+(?:\s*,\s*\w+)*)\s+in\s+(.+)")
_SET = re.compile(r"set\s+(\w+)\s*=(.*)")
_MACRO = re.compile(r"macro\s+(\w+)\s*\(([\w\s,]*)\)")
_LEFT = re.compile(r"\{\{|\}\}|\{%|%\}")
_ALWAYS = frozenset({"loop", "extras", "range"})
_ENDS = {"endfor": "for", "endif": "if", "endmacro": "macro"}
_FIELDS = "可用字段见 kesu templates fields"


def check_word(name: str, content: bytes, example: Mapping[str, Any]) -> list[TemplateFault]:
    """The faults of a Word template whose tags are filled from contexts like ``example``; [] when there is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            trees = [etree.fromstring(package.read(part), parser)
                     for part in package.namelist() if _PARTS.fullmatch(part)]
    except (zipfile.BadZipFile, KeyError, ValueError, etree.XMLSyntaxError):
        return [TemplateFault(name, "", "", "不是有效的 Word 文档", "请在 Word 或 WPS 中另存为 .docx")]
    checker = _Checker(name, example, word_environment())
    for tree in trees:
        for paragraph in tree.iter(f"{W}p"):
            checker.paragraph(_own_text(paragraph), torn=_is_torn(paragraph))
        checker.end_of_part()
    return checker.faults


def check_text(
    name: str, content: bytes, example: Mapping[str, Any], environment: TemplateSandbox
) -> list[TemplateFault]:
    """The faults of a mail text, its lines as places."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [TemplateFault(name, "", "", "不是 UTF-8 编码", "请在记事本中另存为 UTF-8")]
    checker = _Checker(name, example, environment)
    for number, line in enumerate(text.splitlines(), start=1):
        checker.paragraph(line, place=f"第{number}行{quoted(line).removesuffix('处')}" if line.strip() else "")
    checker.end_of_part()
    return checker.faults


def read_example(content: bytes) -> dict[str, Any]:
    """example.json of a kind; raises ValueError when it is no JSON object."""
    loaded = json.loads(content.decode("utf-8"))
    if not isinstance(loaded, dict):
        raise ValueError("example.json")  # noqa: TRY004 - its content is wrong, not the caller's argument
    return loaded


def _own_text(paragraph: etree._Element) -> str:
    return "".join(text.text or "" for text in paragraph.iter(f"{W}t"))


def _is_torn(paragraph: etree._Element) -> bool:
    """Whether a tag runs over a link or a tracked change: part of its letters then stands in another element."""
    for tag in _TAG.finditer(_own_text(paragraph)):
        at, owners = 0, set()
        for text in paragraph.iter(f"{W}t"):
            length = len(text.text or "")
            run = text.getparent()
            if at < tag.end() and at + length > tag.start() and run is not None:
                owners.add(id(run.getparent()))
            at += length
        if len(owners) > 1:
            return True
    return False


@dataclass
class _Checker:
    """Goes through a template's paragraphs in order, with the loops and conditions that are open."""

    name: str
    example: Mapping[str, Any]
    environment: TemplateSandbox
    faults: list[TemplateFault] = field(default_factory=list)
    _open: list[tuple[str, str]] = field(default_factory=list)
    _variables: list[tuple[str, object]] = field(default_factory=list)
    _own: set[str] = field(default_factory=set)  # what the template names itself: set and macro

    def paragraph(self, text: str, *, torn: bool = False, place: str = "") -> None:
        """One paragraph or line."""
        where = place or quoted(text)
        if torn:
            self._add(where, "", "标签的一部分在超链接或修订里", "请接受修订、取消超链接，再整个重打这个标签")
            return
        rest = _TAG.sub("", text)
        for mark in _LEFT.findall(rest):
            if mark != "}}":  # "}}" alone can be text
                remedy = "请写成 {{ 字段 }} 或 {% 语句 %}，开始和结束在同一段内"
                self._add(where, "", f"多余或没有成对的 {mark}", remedy)
                break
        for tag in _TAG.findall(text):
            if tag.startswith("{%"):
                self._statement(tag, where)
            else:
                self._expression(tag[2:-2].removeprefix("-").removesuffix("-"), tag, where)

    def end_of_part(self) -> None:
        """What is still open at the end has no end."""
        for opened, where in self._open:
            remedy = f"请在内容之后另起一行（段）写 {{% end{opened} %}}"
            self._add(where, "", f"{opened} 没有对应的 end{opened}", remedy)
        self._open.clear()
        self._variables.clear()

    def _statement(self, tag: str, where: str) -> None:
        found = _STATEMENT.fullmatch(tag)
        words = found.group(1).strip() if found else ""
        first = words.split(" ", 1)[0]
        if first in _ENDS:
            self._close(first, where)
        elif first == "for" and (loop := _LOOP.match(words)):
            self._open.append(("for", where))
            self._expression(loop[2], tag, where)
            self._variables.append((loop[1], self._first_row(loop[2].strip())))
        elif found_set := _SET.match(words):
            self._expression(found_set[2], tag, where)
            self._own.add(found_set[1])
        elif macro := _MACRO.match(words):
            self._open.append(("macro", where))
            self._own |= {macro[1], *(name.strip() for name in macro[2].split(","))}
        elif first == "if":
            self._open.append(("if", where))
            self._expression(words[2:], tag, where)
        elif first == "elif":
            self._expression(words[4:], tag, where)
        elif first != "else":
            near = get_close_matches(first, ("for", "endfor", "if", "endif", "else", "elif"), n=1)
            hint = f"是否应为 {near[0]}?" if near else ""
            self._add(where, first, f"不认识的语句 {tag}", f"{hint}模板只用 for、if、else 和它们的结束标签")

    def _close(self, word: str, where: str) -> None:
        if self._open and self._open[-1][0] == _ENDS[word]:
            self._open.pop()
            if word == "endfor" and self._variables:
                self._variables.pop()
            return
        self._add(where, word, f"多余的 {word}", f"前面没有还开着的 {_ENDS[word]}；请删除它，或补上开始标签")

    def _expression(self, words: str, tag: str, where: str) -> None:
        try:
            tree = self.environment.parse(f"{{{{ {words} }}}}")
            self.environment.compile(tree, self.name, self.name)
        except (TemplateError, AssertionError) as error:
            caught = error if isinstance(error, TemplateError) else ValueError(str(error))
            self.faults.append(fault_of(caught, self.name, f"{where}的标签 {tag}", ()))
            return
        for path in _paths(tree):
            self._path(path, tag, where)

    def _path(self, path: tuple[str, ...], tag: str, where: str) -> None:
        if any(part.startswith("_") for part in path):
            remedy = "请删除这个标签，只保留取值、判断和循环"
            self._add(f"{where}的标签 {tag}", path[-1], "模板试图执行程序代码，已拒绝", remedy)
            return
        scope = next((row for names, row in reversed(self._variables) if path[0] in re.split(r"\s*,\s*", names)), self)
        if scope is self:
            if path[0] in self._own:
                return
            known: Iterable[str] = self.example.keys() | _ALWAYS
            value: object = self.example.get(path[0])
            if path[0] not in known:
                self._unknown(path[0], known, tag, where)
                return
        else:
            value = scope
        for part in path[1:] if path[0] not in _ALWAYS else ():
            if not isinstance(value, Mapping):
                return  # a method of text, or nothing is known of the rows
            if part not in value:
                self._unknown(part, value.keys(), tag, where)
                return
            value = value[part]

    def _unknown(self, name: str, known: Iterable[str], tag: str, where: str) -> None:
        near = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
        hint = f"是否应为 {near[0]}?" if near else ""
        self._add(f"{where}的标签 {tag}", name, f"没有名为 {name} 的字段", f"{hint}{_FIELDS}")

    def _first_row(self, path: str) -> object:
        value: object = self.example
        for variable, row in reversed(self._variables):
            if path.split(".", maxsplit=1)[0] == variable:
                value = {variable: row}
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value[0] if isinstance(value, list) and value else None

    def _add(self, place: str, variable: str, reason: str, remedy: str) -> None:
        self.faults.append(TemplateFault(self.name, place, variable, reason, remedy))


def _paths(tree: nodes.Template) -> Iterator[tuple[str, ...]]:
    """The dotted names of an expression, each once and as long as it is written."""
    inner: set[int] = set()
    for node in tree.find_all((nodes.Getattr, nodes.Name)):
        if id(node) in inner:
            continue
        parts: list[str] = []
        current: nodes.Node = node
        while isinstance(current, nodes.Getattr):
            parts.insert(0, current.attr)
            current = current.node
            inner.add(id(current))
        if isinstance(current, nodes.Name):
            yield (current.name, *parts)
        elif any(part.startswith("_") for part in parts):
            yield ("", *parts)
