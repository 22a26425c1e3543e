"""Small changes to Python source, one at a time: what a tester's table should notice.

Texts are not changed, since wording is looked at by people; annotations, decorators and defaults are not either.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}
_CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Change = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed place: the function that holds it ("" at module level), line, statement before and after.

    ``tree`` is the whole changed module, ``statement`` the changed top-level statement.
    """

    module: str
    holder: str
    line: int
    before: str
    after: str
    tree: ast.Module
    statement: ast.stmt


def _negated(test: ast.expr) -> ast.expr:
    return ast.copy_location(ast.UnaryOp(ast.Not(), test), test)


def _set(node: ast.AST, name: str, value: object) -> Change:
    return lambda: setattr(node, name, value)


def _put(items: list[ast.AST], index: int, value: ast.AST) -> Change:
    return lambda: items.__setitem__(index, ast.copy_location(value, items[index]))


def _compare(operators: list[ast.cmpop], index: int, new: ast.cmpop) -> Change:
    return lambda: operators.__setitem__(index, new)


def _of_expression(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare():
            for index, operator in enumerate(node.ops):
                yield _compare(node.ops, index, _COMPARED[type(operator)]())
        case ast.BoolOp():
            yield _set(node, "op", ast.And() if isinstance(node.op, ast.Or) else ast.Or())
        case ast.UnaryOp(op=ast.Not()):
            yield _set(node, "operand", _negated(node.operand))
        case ast.BinOp() if type(node.op) in _CALCULATED:
            yield _set(node, "op", _CALCULATED[type(node.op)]())
        case ast.Constant(value=bool()):
            yield _set(node, "value", not node.value)
        case ast.Constant(value=int() | float() as number):
            yield _set(node, "value", number + 1)
        case ast.Set() | ast.Tuple() | ast.List() if len(node.elts) > 1:
            if isinstance(node, ast.Set) or not isinstance(node.ctx, ast.Store):
                yield from (_drop(node.elts, index) for index in range(len(node.elts)))


def _drop(items: list[ast.expr], index: int) -> Change:
    return lambda: items.__delitem__(index)


def _of_flow(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.If() | ast.While() | ast.IfExp() if not isinstance(node.test, ast.Compare | ast.UnaryOp):
            yield _set(node, "test", _negated(node.test))
        case ast.comprehension():
            for index, test in enumerate(node.ifs):
                if not isinstance(test, ast.Compare | ast.UnaryOp):
                    yield _put(node.ifs, index, _negated(test))  # type: ignore[arg-type]  # a list of expressions
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield _set(node, "value", ast.copy_location(ast.Constant(None), value))
    for name in ("body", "orelse"):
        statements = getattr(node, name, None)
        if isinstance(statements, list):
            for index, statement in enumerate(statements):
                if _can_go(statement):
                    yield _put(statements, index, ast.Pass())


def _can_go(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return not isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.AugAssign | ast.Continue | ast.Break)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes whose change is a change of behaviour, in a fixed order."""
    yield node
    skipped = {"annotation", "returns", "decorator_list", "args", "type_params"}
    if isinstance(node, ast.Call | ast.Lambda):
        skipped = set()
    for name, value in ast.iter_fields(node):
        if name in skipped:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _inside(child)


def _holders(tree: ast.Module) -> Iterator[tuple[str, int, ast.stmt]]:
    """Functions and methods by dotted name, and plain assignments at module level under "", with their place."""
    for index, statement in enumerate(tree.body):
        if isinstance(statement, _FUNCTIONS):
            yield statement.name, index, statement
        elif isinstance(statement, ast.ClassDef):
            for member in statement.body:
                if isinstance(member, _FUNCTIONS):
                    yield f"{statement.name}.{member.name}", index, member
        elif isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            yield "", index, statement


def _changes(holder: ast.stmt) -> Iterator[tuple[ast.AST, Change]]:
    for node in _inside(holder):
        for change in (*_of_expression(node), *_of_flow(node)):
            yield node, change


def _shown(holder: ast.stmt, line: int) -> str:
    """The smallest statement of ``holder`` that holds the line, on one line."""
    found = [
        node for node in ast.walk(holder)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    smallest = min(found, key=lambda node: (node.end_lineno or 0) - node.lineno, default=holder)
    return " ".join(ast.unparse(smallest).split())[:200]


def mutants_of(module: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of the source; equal source gives equal mutants."""
    for name, index, original in _holders(ast.parse(source)):
        for number, (node, _) in enumerate(_changes(original)):
            tree = ast.parse(source)
            _, _, holder = next(entry for entry in _holders(tree) if entry[:2] == (name, index))
            line = getattr(node, "lineno", holder.lineno)
            before = _shown(holder, line)
            changes = list(_changes(holder))
            changes[number][1]()
            ast.fix_missing_locations(tree)
            yield Mutant(module, name, line, before, _shown(holder, line), tree, tree.body[index])
