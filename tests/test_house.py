"""What import-linter cannot see of the house rules."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
CODE = sorted(path for folder in ("bot", "commands") for path in (ROOT / folder).rglob("*.py"))
PURE = [
    path
    for path in CODE
    if any(path.is_relative_to(ROOT / room) for room in ("bot/core", "bot/documents", "commands"))
]
CLOCK = {"now", "utcnow", "today"}


def readings_of_the_clock(source: str) -> list[int]:
    """The lines of `datetime.now(...)`, `date.today()` and their kin, whatever the module is called."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK
    ]


@pytest.mark.parametrize("path", PURE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_rule_never_reads_the_clock_itself(path: Path) -> None:
    assert readings_of_the_clock(path.read_text()) == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [("x = dt.datetime.now(UTC)", [1]), ("\ndate.today()", [2]), ("request.now\nnow(x)", [])],
    ids=["the clock", "the calendar", "a moment that was handed in"],
)
def test_the_search_for_the_clock_finds_it(source: str, lines: list[int]) -> None:
    assert readings_of_the_clock(source) == lines


def made(kind: str, source: str) -> list[int]:
    """The lines of `Action(...)` and `actions.Action(...)`. The store makes a row by its type, without naming that."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == kind
    ]


@pytest.mark.parametrize("kind", ["Action", "Decision"])
def test_an_action_and_a_decision_are_made_in_one_place_so_that_none_lacks_what_the_others_have(
    kind: str,
) -> None:
    assert where(lambda source: made(kind, source)) == ["bot/core/casefile.py"]


def numbered_on(source: str) -> list[int]:
    """The lines that add one to a number or to the highest of several."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)
        for one, number in ((node.left, node.right), (node.right, node.left))
        if ast.unparse(one) == "1" and re.search(r"\bnumber\b", ast.unparse(number))
    ]


def test_what_comes_next_is_numbered_in_one_place_so_that_no_two_get_the_same_number() -> None:
    # A destruction is counted where the case goes: no rule has all of them at hand.
    assert where(numbered_on) == ["bot/core/casefile.py", "bot/store/destroying.py"]


def where(found: Callable[[str], list[int]]) -> list[str]:
    """The files in which something is found, once for each time."""
    return [str(path.relative_to(ROOT)) for path in CODE for _ in found(path.read_text())]


@pytest.mark.parametrize(
    ("found", "source"),
    [
        (partial(made, "Action"), "x = actions.Action(1)"),
        (numbered_on, "x = max(a.number for a in actions) + 1"),
        (numbered_on, "x = last.number + 1 if last else 1"),
        (numbered_on, "x = 1 + max({a.number for a in actions} | changed.keys())"),
    ],
)
def test_the_search_for_a_second_maker_finds_it(found: Callable[[str], list[int]], source: str) -> None:
    assert found(source) == [1]


def test_the_task_script_says_what_it_can_do_and_refuses_the_rest() -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([ROOT / "run", *arguments], capture_output=True, text=True, check=False)

    assert run().stdout == run("help").stdout
    unknown = run("tset")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr == run("help").stdout


@pytest.mark.parametrize("lock", ["runtime", "documents", "dev"])
def test_a_lock_file_pins_what_is_downloaded_and_not_from_where(lock: str) -> None:
    text = (ROOT / "locks" / f"{lock}.txt").read_text()
    assert "://" not in text
    assert "--index" not in text
    pins = [line for line in text.splitlines() if line and line[0] not in " #"]
    assert pins
    assert all(" \\" in pin and "==" in pin for pin in pins)


def versions(lock: str) -> dict[str, str]:
    lines = (ROOT / "locks" / lock).read_text().splitlines()
    pins = (line.split(";")[0].strip(" \\").split("==") for line in lines if line and line[0] not in " #")
    return {name: version for name, version in pins}  # noqa: C416 - the pairs are lists


@pytest.mark.parametrize("lock", ["runtime.txt", "documents.txt"])
def test_what_is_installed_at_a_house_is_what_was_tested(lock: str) -> None:
    tested, installed = versions("dev.txt"), versions(lock)
    assert {name: tested.get(name) for name in installed} == installed


def test_a_house_with_pictures_and_pages_has_the_rest_too() -> None:
    without, complete = versions("runtime.txt"), versions("documents.txt")
    assert complete.items() - without.items() == {("typst", complete["typst"])}
    assert without.items() <= complete.items()
