"""All faults in the tags of a template at once, each with its place and what to do; texts of mails are checked here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from jinja2 import TemplateError, nodes

from pipeline.documents.fault import TemplateFault, quoted
from pipeline.documents.sandbox import TemplateSandbox, fault_of

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_STATEMENT = re.compile(r"\{%-?\s*(?:(?:tr|tc|p|r)\s+)?(.*?)-?%\}")
_SET = re.compile(r"set\s+(\w+)\s*=(.*)")
_MACRO = re.compile(r"macro\s+(\w+)\s*\(([\w\s,]*)\)")
_WITH = re.compile(r"(\w+)\s*=(?!=)")
_LEFT = re.compile(r"\{\{|\}\}|\{%|%\}")
_UNSEEN = re.compile(r"\{#.*?#\}|\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}")
_RICH = re.compile(r"(?:r|p|tr|tc)\s+[\w.]+\s*")
_QUOTES = str.maketrans("“”‘’", "\"\"''")  # Word makes them while people type; the engine takes them back
_ALWAYS = frozenset({"extras", "range"})
_OF_DICTS = frozenset({"items", "keys", "values", "get"})
_ENDS = {"endfor": "for", "endif": "if", "endmacro": "macro", "endwith": "with", "endfilter": "filter",
         "endblock": "block"}
_CELL_MARKS = frozenset({"cellbg", "colspan", "hm", "vm"})  # docxtpl's own: colour and joining of cells
_FIELDS = "可用字段见 kesu templates fields"


def check_text(
    name: str, content: bytes, example: Mapping[str, Any], environment: TemplateSandbox
) -> list[TemplateFault]:
    """The faults of a mail text, its lines as places."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [TemplateFault(name, "", "", "不是 UTF-8 编码", "请在记事本中另存为 UTF-8")]
    checker = TagChecker(name, example, environment)
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


@dataclass
class TagChecker:
    """Goes through a template's paragraphs in order, with the loops and conditions that are open."""

    name: str
    example: Mapping[str, Any]
    environment: TemplateSandbox
    chinese: Mapping[str, str] = field(default_factory=dict)  # what fields are called → their identifiers
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
        text = _UNSEEN.sub("", text)
        rest = _TAG.sub("", text)
        for mark in _LEFT.findall(rest):
            if mark != "}}":  # "}}" alone can be text
                remedy = "请写成 {{ 字段 }} 或 {% 语句 %}，开始和结束在同一段内"
                self._add(where, "", f"多余或没有成对的 {mark}", remedy)
                break
        for tag in _TAG.findall(text):
            words = tag.translate(_QUOTES)
            if tag.startswith("{%"):
                self._statement(words, where)
            elif _RICH.fullmatch(words[2:-2]):
                plain = words[2:-2].split()[-1]
                remedy = f"请写成 {{{{ {plain} }}}}"
                self._add(f"{where}的标签 {tag}", plain, "富文本和子文档的标签在这里没有内容", remedy)
            else:
                self._expression(words[2:-2].removeprefix("-").removesuffix("-"), tag, where)

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
        elif first == "for":
            self._loop(words, tag, where)
        elif found_set := _SET.match(words):
            self._expression(found_set[2], tag, where)
            self._own.add(found_set[1])
        elif macro := _MACRO.match(words):
            self._open.append(("macro", where))
            self._own |= {macro[1], *(name.strip() for name in macro[2].split(","))}
        elif first in {"if", "elif"}:
            if first == "if":
                self._open.append(("if", where))
            self._expression(words[len(first) :], tag, where)
        elif first in {"with", "filter", "block"}:
            self._open.append((first, where))
            self._own |= set(_WITH.findall(words))
        elif first != "else" and first not in _CELL_MARKS:
            near = get_close_matches(first, ("for", "endfor", "if", "endif", "else", "elif"), n=1)
            hint = f"是否应为 {near[0]}?" if near else ""
            self._add(where, first, f"不认识的语句 {tag}", f"{hint}模板只用 for、if、else 和它们的结束标签")

    def _loop(self, words: str, tag: str, where: str) -> None:
        self._open.append(("for", where))
        tree = self._parsed(f"{{% {words} %}}{{% endfor %}}", tag, where)
        loop = next(tree.find_all(nodes.For), None) if tree else None
        if loop is None:
            self._variables.append(("", None))
            return
        over = nodes.Output([loop.iter])
        self._paths_of(over, tag, where)
        first = next(_paths(over), ())
        targets = [loop.target, *loop.target.find_all(nodes.Name)]
        names = ",".join(node.name for node in targets if isinstance(node, nodes.Name))
        self._variables.append((names, self._first_row(first)))
        if loop.test is not None:
            self._paths_of(nodes.Output([loop.test]), tag, where)

    def _close(self, word: str, where: str) -> None:
        if self._open and self._open[-1][0] == _ENDS[word]:
            self._open.pop()
            if word == "endfor" and self._variables:
                self._variables.pop()
            return
        self._add(where, word, f"多余的 {word}", f"前面没有还开着的 {_ENDS[word]}；请删除它，或补上开始标签")

    def _expression(self, words: str, tag: str, where: str) -> None:
        tree = self._parsed(f"{{{{ {words} }}}}", tag, where)
        if tree is not None:
            self._paths_of(tree, tag, where)

    def _parsed(self, source: str, tag: str, where: str) -> nodes.Template | None:
        """A single tag understood, None when it cannot be; what is wrong is noted."""
        try:
            tree = self.environment.parse(source)
            self.environment.compile(self.environment.parse(source), self.name, self.name)
        except RecursionError:
            self._add(where, "", "标签过长或括号套得过深", "请删除这个标签，分成几个简单的标签")
            return None
        except (TemplateError, AssertionError) as error:
            caught = error if isinstance(error, TemplateError) else ValueError(str(error))
            self.faults.append(fault_of(caught, self.name, f"{where}的标签 {tag}", ()))
            return None
        return tree

    def _paths_of(self, tree: nodes.Node, tag: str, where: str) -> None:
        for path in _paths(tree):
            self._path(path, tag, where)
        self._own |= {
            asked.node.name for asked in tree.find_all(nodes.Test)
            if asked.name == "defined" and isinstance(asked.node, nodes.Name)
        }

    def _path(self, path: tuple[str, ...], tag: str, where: str) -> None:
        if any(part.startswith("_") for part in path):
            remedy = "请删除这个标签，只保留取值、判断和循环"
            self._add(f"{where}的标签 {tag}", path[-1], "模板试图执行程序代码，已拒绝", remedy)
            return
        scope = next((row for names, row in reversed(self._variables) if path[0] in names.split(",")), self)
        if scope is self:
            known = self.example.keys() | _ALWAYS
            if path[0] in self._own or (path[0] == "loop" and self._variables):
                return
            if path[0] not in known:
                self._unknown(path[0], self.example.keys(), tag, where)
                return
            scope = self.example.get(path[0])
        value = scope
        for part in path[1:] if path[0] not in _ALWAYS else ():
            if not isinstance(value, Mapping) or part in _OF_DICTS - value.keys():
                return  # a method of text or of rows, or nothing is known of them
            if part not in value:
                self._unknown(part, value.keys(), tag, where)
                return
            value = value[part]

    def _unknown(self, name: str, known: Iterable[str], tag: str, where: str) -> None:
        meant = {word: path for word, path in self.chinese.items() if path.split(".")[0] in known}
        words = get_close_matches(name, sorted(meant), n=1, cutoff=0.6)
        near = [meant[word] for word in words] or get_close_matches(name, sorted(known), n=1, cutoff=0.5)
        hint = f"是否应为 {near[0]}?" if near else ""
        self._add(f"{where}的标签 {tag}", name, f"没有名为 {name} 的字段", f"{hint}{_FIELDS}")

    def _first_row(self, path: tuple[str, ...]) -> object:
        """The example's first row of what a loop goes over, None when nothing is known of it."""
        value: object = self.example
        for names, row in reversed(self._variables):
            if path and path[0] in names.split(","):
                value = {path[0]: row}
                break
        for part in path:
            value = value.get(part) if isinstance(value, Mapping) else None
        return value[0] if isinstance(value, list) and value else None

    def _add(self, place: str, variable: str, reason: str, remedy: str) -> None:
        self.faults.append(TemplateFault(self.name, place, variable, reason, remedy))


def _paths(tree: nodes.Node) -> Iterator[tuple[str, ...]]:
    """The dotted names of an expression, each once and as long as it is written; ``row['due']`` is ``row.due``.

    A name that is only asked for (``is defined``, ``default``) may be absent.
    """
    inner: set[int] = set()
    access = (nodes.Getattr, nodes.Getitem, nodes.Name)
    for asked in tree.find_all((nodes.Test, nodes.Filter)):
        if asked.name in {"defined", "undefined", "default", "d"} and asked.node is not None:
            inner |= {id(node) for node in (asked.node, *asked.node.find_all(access))}
    for node in tree.find_all(access):
        if id(node) in inner:
            continue
        parts: list[str] = []
        current: nodes.Node = node
        while (part := _part(current)) is not None:
            parts.insert(0, part)
            current = current.node  # type: ignore[attr-defined]  # both kinds of access have it
            inner.add(id(current))
        if isinstance(current, nodes.Name):
            yield (current.name, *parts)
        elif any(part.startswith("_") for part in parts):
            yield ("", *parts)


def _part(node: nodes.Node) -> str | None:
    """The name by which an access goes one step deeper, None for a position or something worked out."""
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        return node.arg.value
    return None
