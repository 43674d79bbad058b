"""Every expression of the program: what is compiled, where, and whether it is searched for or matched at one place."""

from __future__ import annotations

import ast
import importlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from bot.core.guard import WordList

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CALLS = frozenset({"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"})
AT_ONE_PLACE = frozenset({"match", "fullmatch"})


@dataclass(frozen=True, slots=True)
class Expression:
    where: str
    pattern: re.Pattern[str]
    searches: bool
    """Whether a match may begin anywhere."""
    whole: bool
    """Whether it must reach to the end of the text."""


class _Value(str):
    """Stands for a name of a caller: what a local variable holds is known only when it runs."""

    __slots__ = ()

    def __getattr__(self, name: str) -> _Value:
        return _Value("waarde")


class _Names(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        if name == "sets":
            return _sets()
        if name in __builtins__:
            return __builtins__[name]
        return _Value("waarde")


@cache
def _sets() -> Any:
    return WordList.from_mapping(yaml.safe_load((ROOT / "config" / "guard.yaml").read_text("utf-8"))).sets


@cache
def sources() -> dict[str, ast.Module]:
    files = sorted(path for room in ("bot", "commands") for path in (ROOT / room).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in files}


def expressions() -> Iterator[Expression]:
    """All of them, in the order of the files."""
    used = _uses()
    for path, tree in sources().items():
        names = _named(tree)
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=call)) if call in CALLS:
                    how = used.get(_key(path, names.get(node, "")), {"?"}) if call == "compile" else {call}
                    searches, whole = not how <= AT_ONE_PLACE, "fullmatch" in how
                    yield Expression(f"{path}:{node.lineno}", _pattern(path, node), searches, whole)


def _named(tree: ast.Module) -> dict[ast.expr, str]:
    """The name of each expression that has one."""
    found: dict[ast.expr, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value):
                found[value] = name
            case ast.Assign(targets=[ast.Attribute(attr=name)], value=ast.expr() as value):
                found[value] = name
            case ast.AnnAssign(
                target=ast.Name(id=name) | ast.Attribute(attr=name), value=ast.expr() as value
            ):
                found[value] = name
    return found


def _uses() -> dict[str, set[str]]:
    """What is done with each name. One of a module alone is that of its file; two others share the worse."""
    found: dict[str, set[str]] = {}
    for path, tree in sources().items():
        taken = {
            id(node.value): node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in CALLS | {"pattern"}
        }
        for node in ast.walk(tree):
            match node:
                case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name, ctx=ast.Load()):
                    found.setdefault(_key(path, name), set()).add(taken.get(id(node), "?"))
    return {key: how - {"pattern"} for key, how in found.items()}


def _key(path: str, name: str) -> str:
    return f"{path}:{name}" if name.startswith("_") else name


def held() -> Iterator[Expression]:
    """Those that modules hold in some table, whatever made them."""
    for path in sources():
        waiting: list[Any] = [
            value for name, value in vars(_module(path)).items() if not name.startswith("__")
        ]
        for value in waiting:
            if isinstance(value, re.Pattern):
                yield Expression(path, value, searches=True, whole=True)
            elif isinstance(value, tuple | list | set | frozenset):
                waiting += [part for part in value if isinstance(part, tuple | re.Pattern)]
            elif isinstance(value, dict):
                waiting += [part for part in value.values() if isinstance(part, tuple | re.Pattern)]


def _module(path: str) -> Any:
    return importlib.import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))


def _pattern(path: str, call: ast.Call) -> re.Pattern[str]:
    names = _Names(vars(_module(path)))
    given = call.args[1:2] if isinstance(call.func, ast.Attribute) and call.func.attr == "compile" else []
    flags = [*given, *(keyword.value for keyword in call.keywords if keyword.arg == "flags")]
    if (
        not flags
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"match", "search", "fullmatch"}
    ):
        flags = call.args[2:3]
    text = eval(compile(ast.Expression(call.args[0]), path, "eval"), {}, names)
    number = eval(compile(ast.Expression(flags[0]), path, "eval"), {}, names) if flags else 0
    return (
        re.compile(text.decode("latin-1"), number | re.ASCII)
        if isinstance(text, bytes)
        else re.compile(text, number)
    )
