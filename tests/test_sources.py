"""docs/bronnen.md keeps its word: every point of the two founding documents, with commands and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.core.guard import Kept
from bot.settings.resources import load_guard
from commands.catalogue import COMMANDS
from commands.conversation.parsing import Invocation, Listener, parse

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "bronnen.md").read_text("utf-8")
ROWS = [re.split(r" *\| *", line.strip("| ")) for line in PAGE.splitlines() if re.match(r"\| [AB]\d", line)]
UNMET = ("*nog open*", "*bewust niet*")
"""How a row says that the bot does not do this, yet or ever."""
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])


def shown_by(row: list[str]) -> list[str]:
    return re.findall(r"`(tests/[^`]+)`", row[3] if len(row) > 3 else "")


def test_no_point_of_the_founding_documents_is_left_out() -> None:
    assert [row[0] for row in ROWS] == [f"{source}{n}" for source in "AB" for n in range(1, 28)]


@each_row
def test_a_point_is_shown_by_a_test_or_said_to_be_unmet(row: list[str]) -> None:
    assert shown_by(row) or any(word in row[2] for word in UNMET)


@each_row
def test_every_command_that_is_named_can_be_typed(row: list[str]) -> None:
    listener = Listener("@casusbot:voorbeeld.nl", "casusbot")
    for typed in re.findall(r"`(![^`]+)`", row[2]):
        assert isinstance(parse(typed, listener, COMMANDS), Invocation), typed


@each_row
def test_every_test_that_is_named_exists(row: list[str]) -> None:
    for named in shown_by(row):
        path, _, function = named.partition("::")
        assert (ROOT / path).is_file(), named
        assert not function or f"def {function}(" in (ROOT / path).read_text("utf-8"), named


@each_row
def test_no_row_says_what_the_guard_would_refuse(row: list[str]) -> None:
    for cell in row[1:3]:
        assert isinstance(load_guard().keep(cell.replace("`", ""), max_length=1000), Kept)


CITED = re.compile(r"\bdomain,? (?:sections? )?(\d\.\d+|[ABL]\d+)\b")


def test_every_place_in_the_domain_that_a_comment_cites_can_be_looked_up() -> None:
    text = "".join((ROOT / "docs" / name).read_text("utf-8") for name in ("domein.md", "bronnen.md"))
    known = set(re.findall(r"^### (\d\.\d)|^\| ([ABL]\d+) \|", text, re.MULTILINE))
    places = {section or row for section, row in known}
    files = [path for folder in ("bot", "commands", "config") for path in (ROOT / folder).rglob("*.*")]
    cited = {
        place
        for path in files
        if path.suffix in {".py", ".yaml", ".typ", ".sql"}
        for place in CITED.findall(path.read_text("utf-8"))
    }
    assert cited
    assert cited <= places
