"""The small changes that a test should notice: found in a module's source, made one at a time.

What cannot matter is left alone: wordings, strings, annotations, decorators, asserts, what a `raise` says.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import CodeType

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COMBINED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SKIPPED_FIELDS = frozenset({"annotation", "returns", "decorator_list", "keys", "bases", "type_params"})
_MOST = 120
"""Characters of a change in words."""
_SKIPPED = (ast.Assert, ast.JoinedStr, ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a module: the name that is defined there, and the outermost function around it."""

    name: str | None = None
    function: tuple[str, int] | None = None
    """Its qualified name and the first line of its code; None for what runs when the module is imported."""
    within: str = ""
    in_table: bool = False


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: `holder.field` becomes `value`. A test must run one of `lines` to see it."""

    tree: ast.Module
    place: Place
    line: int
    lines: frozenset[int]
    change: str
    holder: ast.AST
    field: str
    value: Any

    def compiled(self, path: str) -> CodeType:
        kept = getattr(self.holder, self.field)
        setattr(self.holder, self.field, self.value)
        try:
            return compile(self.tree, path, "exec")
        finally:
            setattr(self.holder, self.field, kept)

    def undone(self) -> Mutant:
        """The module as it is, in the place of this change."""
        return replace(self, change="nothing", value=getattr(self.holder, self.field))


def mutants(source: str) -> tuple[Mutant, ...]:
    tree = ast.parse(source)
    return tuple(_Search(tree, source).within(tree, Place(), 0))


@dataclass(frozen=True, slots=True)
class _Search:
    tree: ast.Module
    source: str

    def within(self, node: ast.AST, place: Place, statement: int) -> Iterator[Mutant]:
        for field, value in ast.iter_fields(node):
            if field in _SKIPPED_FIELDS or isinstance(node, ast.Raise | ast.MatchValue):
                continue
            if isinstance(node, ast.Subscript) and isinstance(value, ast.Tuple):
                continue  # what a type holds: 'Table[State, Step]'
            children = value if isinstance(value, list) else [value]
            for n, child in enumerate(children):
                if not isinstance(child, ast.AST) or _is_skipped(child):
                    continue
                at = child.lineno if isinstance(child, ast.stmt | ast.pattern) else statement
                here = _place(node, field, child, place)
                for change, new, shown in _changes(child, here, self):
                    left = [new] if isinstance(new, ast.AST) else []
                    found = [*value[:n], *left, *value[n + 1 :]] if isinstance(value, list) else new
                    yield self._mutant(here, at, shown, change, (node, field, found))
                yield from self.within(child, here, at)

    def _mutant(
        self, place: Place, at: int, node: ast.AST, change: str, made: tuple[ast.AST, str, Any]
    ) -> Mutant:
        first = getattr(node, "lineno", at)
        last = getattr(node, "end_lineno", first)
        lines = frozenset({at, *range(first, last + 1)})
        said = " ".join(change.split())
        if len(said) > _MOST:
            said = f"{said[: _MOST // 2]} … {said[-_MOST // 2 :]}"
        return Mutant(self.tree, place, first, lines, said, *made)

    def others(self, member: ast.Attribute) -> list[ast.Attribute]:
        """The other members of an enumeration that this module speaks of, those after `member` first."""
        base = ast.unparse(member.value)
        names = sorted(
            {
                n.attr
                for n in ast.walk(self.tree)
                if isinstance(n, ast.Attribute) and n.attr.isupper() and ast.unparse(n.value) == base
            }
        )
        at = names.index(member.attr)
        return [_like(member, attr=name) for name in (*names[at + 1 :], *names[:at])]


def _place(node: ast.AST, field: str, child: ast.AST, place: Place) -> Place:
    if place.function:
        return place
    if isinstance(node, ast.ClassDef):
        place = replace(place, within=f"{node.name}.")
    if isinstance(child, ast.FunctionDef | ast.ClassDef):
        return replace(place, name=place.name or child.name)
    match node:
        case ast.FunctionDef() if field == "body":
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            return replace(place, function=(place.within + node.name, first))
        case ast.Tuple() | ast.List():
            return replace(place, in_table=True)
        case ast.Module():
            target = child.targets[0] if isinstance(child, ast.Assign) else getattr(child, "target", None)
            return replace(place, name=target.id if isinstance(target, ast.Name) else None)
        case _:
            return place


def _is_skipped(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="Text")):
            return True
        case ast.Dict(values=[ast.Call(func=ast.Name(id="Text")), *_]):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name == "__all__" or (isinstance(value, ast.BinOp) and _is_union(value))
        case ast.Expr(value=ast.Constant()):
            return True
        case _:
            return isinstance(node, _SKIPPED)


_Change = tuple[str, ast.AST | None, ast.AST]
"""What may become of a node, in words and as a node, and the part of it that changes; None takes the node away."""


def _is_union(node: ast.expr) -> bool:
    """Whether it says which types something may have: 'Say | Join'. Constants are joined in capitals."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitOr) and _is_union(node.left) and _is_union(node.right)
    return isinstance(node, ast.Name) and not node.id.isupper()


def _changes(node: ast.AST, place: Place, search: _Search) -> Iterator[_Change]:
    match node:
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp() | ast.BinOp() | ast.Call() | ast.Constant():
            for new in _expressions(node):
                yield f"{ast.unparse(node)} → {ast.unparse(new)}", new, node
        case ast.IfExp():
            yield f"always {ast.unparse(node.body)}", node.body, node
            yield f"always {ast.unparse(node.orelse)}", node.orelse, node
        case ast.Dict():
            yield from _entries(node, search)
        case ast.Set():
            yield from _members(node, search)
        case ast.Tuple() | ast.List() if place.name and not (place.function or place.in_table):
            yield from _members(node, search)
        case ast.comprehension():
            for n, test in enumerate(node.ifs):
                yield f"without: if {ast.unparse(test)}", _like(node, ifs=_without(node.ifs, n)), test
        case _:
            yield from _statements(node)


def _expressions(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare():
            for n, op in enumerate(node.ops):
                for other in _COMPARED[type(op)]:
                    yield _like(node, ops=[*node.ops[:n], other(), *node.ops[n + 1 :]])
        case ast.BoolOp():
            for n in range(len(node.values)):
                left = _without(node.values, n)
                yield left[0] if len(left) == 1 else _like(node, values=left)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.BinOp():
            texts = (ast.JoinedStr, ast.Constant)
            spoken = any(isinstance(n, texts) and _is_text(n) for n in (node.left, node.right))
            if type(node.op) in _COMBINED and not spoken:
                yield _like(node, op=_COMBINED[type(node.op)]())
                yield node.left
        case ast.Call(func=ast.Name(id=name)) if name in _CALLED:
            yield _like(node, func=_like(node.func, id=_CALLED[name]))
        case ast.Call(func=ast.Name(id="replace")):
            for n, _ in enumerate(node.keywords):
                yield _like(node, keywords=_without(node.keywords, n))
        case ast.Constant(value=bool()):
            yield _like(node, value=not node.value)
        case ast.Constant(value=int(number)):
            yield _like(node, value=number + 1)
            yield _like(node, value=number - 1)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _entries(node: ast.Dict, search: _Search) -> Iterator[_Change]:
    for n, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
        said = ast.unparse(key) if key else f"**{ast.unparse(value)}"
        less = _like(node, keys=_without(node.keys, n), values=_without(node.values, n))
        yield f"without: {said}", less, key or value
        if key and isinstance(value, ast.Attribute) and value.attr.isupper():
            for other in search.others(value)[:1]:
                new = _like(node, values=[*node.values[:n], other, *node.values[n + 1 :]])
                yield f"{said}: {ast.unparse(value)} → {ast.unparse(other)}", new, key


def _members(node: ast.Set | ast.Tuple | ast.List, search: _Search) -> Iterator[_Change]:
    for n, element in enumerate(node.elts):
        less = _like(node, elts=_without(node.elts, n))
        yield f"without: {ast.unparse(element)}", less if less.elts else _empty(node), element
    members = {e.attr: e for e in node.elts if isinstance(e, ast.Attribute) and e.attr.isupper()}
    if isinstance(node, ast.Set) and members:
        more = [other for other in search.others([*members.values()][-1]) if other.attr not in members]
        for other in more[:1]:
            yield f"with: {ast.unparse(other)}", _like(node, elts=[*node.elts, other]), node


def _statements(node: ast.AST) -> Iterator[_Change]:
    match node:
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield f"return {ast.unparse(value)} → None", _like(node, value=None), node
        case ast.If():
            yield f"never: if {ast.unparse(node.test)}", _like(node, test=_false(node.test)), node.test
        case ast.match_case():
            pattern, guard = node.pattern, node.guard
            anything = isinstance(pattern, ast.MatchAs) and pattern.pattern is None
            if guard and not anything:
                yield f"without: if {ast.unparse(guard)}", _like(node, guard=None), pattern
            if guard or not anything:
                yield f"never: case {ast.unparse(pattern)}", _like(node, guard=_false(pattern)), pattern
        case ast.MatchOr():
            for n, pattern in enumerate(node.patterns):
                left = _without(node.patterns, n)
                new = left[0] if len(left) == 1 else _like(node, patterns=left)
                yield f"without: case {ast.unparse(pattern)}", new, pattern
        case ast.Continue() | ast.Raise() | ast.AugAssign() | ast.Expr(value=ast.Call()):
            yield f"without: {ast.unparse(node)}", ast.copy_location(ast.Pass(), node), node


def _without(values: Iterable[Any], n: int) -> list[Any]:
    return [value for i, value in enumerate(values) if i != n]


def _like(node: Any, **fields: Any) -> Any:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _false(node: ast.expr | ast.pattern) -> ast.expr:
    return ast.copy_location(ast.Constant(value=False), node)


def _empty(node: ast.expr) -> ast.expr:
    """No set literal is empty."""
    made = ast.parse("()" if not isinstance(node, ast.Set) else "set()", mode="eval").body
    return ast.fix_missing_locations(ast.copy_location(made, node))
