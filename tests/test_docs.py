"""The documents say what the code does: their tables are drawn from it, their examples are what the bot said.

CASUSBOT_UPDATE_GOLDEN=1 draws the tables anew; an example that changed is corrected by hand.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

import bot.operator.init
import bot.store.errors  # noqa: F401 - errors count once their module is known
from bot import cli
from bot.core.text import Language
from bot.errors import CasusbotError
from bot.settings.configuration import schema
from commands.catalogue import COMMANDS
from commands.help.reference import rights, table
from tests import docs_pictures
from tests.docs_rooms import rooms_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("deploy/*.md")])
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?:\]\(|src=\")([^)\"\s]+)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(
    r"(?:bot|commands|config|deploy|docs|locks|tests|LICENSES)/[\w./'-]*|[\w-]+\.(?:toml|yml|md)|run"
)
_MODULE = re.compile(r"(?:bot|commands)(?:\.[a-z_]+)+")
_QUOTE = re.compile(r"^<!-- uit (\S+) -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LEFT_OUT = "[…]"


# Tables and diagrams that are drawn from the code


def settings(rules: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """A row for every key of the configuration, under the name that the faults give it."""
    for name, rule in rules["properties"].items():
        needed = "ja" if name in rules.get("required", ()) else "nee"
        yield f"| `{above}{name}` | {needed} | {rule['description']} |"
        if "properties" in rule:
            yield from settings(rule, f"{above}{name}.")
        if isinstance(of_each := rule.get("additionalProperties"), dict):
            yield from settings(of_each, f"{above}{name}.<label>.")


def settings_table() -> str:
    return "\n".join(["| sleutel | verplicht | betekenis |", "| --- | --- | --- |", *settings(schema())])


@pytest.mark.parametrize(
    ("page", "name", "drawn"),
    [
        ("docs/handleiding.md", "opdrachten", lambda: table(COMMANDS, Language.NL)),
        ("docs/beheer.md", "instellingen", settings_table),
        ("docs/privacy/wie-mag-wat.md", "rechten", lambda: rights(COMMANDS, Language.NL)),
        ("docs/architecture.md", "rooms", rooms_table),
    ],
    ids=["every command", "every key of the configuration", "every right", "every room and its files"],
)
def test_what_the_code_can_do_is_never_missing_from_the_docs(page: str, name: str, drawn: Any) -> None:
    path = ROOT / page
    before, start, rest = path.read_text("utf-8").partition(f"<!-- {name} -->\n")
    found, end, after = rest.partition(f"<!-- /{name} -->\n")
    assert start, f"{page} has no place for {name}"
    assert end, f"the place for {name} in {page} does not end"
    expected = f"{drawn().strip()}\n"
    if os.environ.get("CASUSBOT_UPDATE_GOLDEN") == "1":
        path.write_text(before + start + expected + end + after, "utf-8")
    else:
        assert found == expected


# What an operator meets


def every_error(error: type[CasusbotError] = CasusbotError) -> Iterator[type[CasusbotError]]:
    yield error
    for below in error.__subclasses__():
        yield from every_error(below)


@pytest.mark.parametrize("error", list(every_error()), ids=lambda error: error.__name__)
def test_no_error_leaves_its_reader_without_an_explanation(error: type[CasusbotError]) -> None:
    manual = (DOCS / "beheer.md").read_text("utf-8")
    assert f"\n| {error.exit_code} | " in manual
    assert error().message in " ".join(manual.split())


def subcommands(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The commands that an operator can type: those that have no subcommands of their own."""
    nested = [action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not nested:
        yield parser.prog
    for choices in nested:
        for below in choices.values():
            yield from subcommands(below)


@pytest.mark.parametrize("name", list(subcommands(cli._parser())))
def test_every_subcommand_stands_in_the_manual_of_the_operator(name: str) -> None:
    assert name in (DOCS / "beheer.md").read_text("utf-8")


# What a page points at


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken_links(page: Path) -> list[str]:
    def leads_nowhere(link: str) -> bool:
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        if not target.exists():
            return True
        return bool(anchor) and anchor not in {slug(h) for h in _HEADING.findall(target.read_text("utf-8"))}

    links = _LINK.findall(_FENCE.sub("", page.read_text("utf-8")))
    return [link for link in links if "://" not in link and leads_nowhere(link)]


def missing_files(page: Path) -> list[str]:
    """Files, folders and modules of this project that the page names and that do not exist."""
    named = {code.removeprefix("./").partition("::")[0] for code in _CODE.findall(page.read_text("utf-8"))}
    paths = {name: ROOT / name for name in named if _PATH.fullmatch(name)}
    modules = {name: ROOT / name.replace(".", "/") for name in named if _MODULE.fullmatch(name)}
    return sorted(
        [name for name, path in paths.items() if not path.exists()]
        + [name for name, path in modules.items() if not (path.is_dir() or path.with_suffix(".py").exists())]
    )


@each_page
def test_no_link_leads_nowhere(page: Path) -> None:
    assert broken_links(page) == []


@each_page
def test_no_page_names_a_file_that_is_not_there(page: Path) -> None:
    assert missing_files(page) == []


def test_the_search_finds_what_leads_nowhere(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A b\n[x](gone.md) [y](#a-b) [z](#c) `bot/gone.py` `bot.gone` `bot.running.app` `./run` `a/b`\n"
    )
    assert broken_links(page) == ["gone.md", "#c"]
    assert missing_files(page) == ["bot.gone", "bot/gone.py"]


@each_page
def test_no_page_names_a_task_that_run_does_not_know(page: Path) -> None:
    shown = subprocess.run([ROOT / "run", "help"], capture_output=True, text=True, check=True).stdout
    known = set(re.findall(r"^\./run ([a-z]+)", shown, re.MULTILINE)) | {"help"}
    assert set(re.findall(r"\./run ([a-z]+)", page.read_text("utf-8"))) <= known


# Examples


def bare(text: str) -> str:
    """The words alone: a page may wrap a line that is long."""
    return " ".join(text.split())


def quotes() -> list[Any]:
    found = [(page, *quote) for page in PAGES for quote in _QUOTE.findall(page.read_text("utf-8"))]
    return [pytest.param(*it, id=f"{it[0].name} {n} from {it[1]}") for n, it in enumerate(found, 1)]


@pytest.mark.parametrize(("page", "source", "shown"), quotes())
def test_an_example_is_what_the_bot_really_says(page: Path, source: str, shown: str) -> None:
    said, place = bare((ROOT / source).read_text("utf-8")), 0
    for part in shown.split(LEFT_OUT):
        place = said.find(bare(part), place)
        assert place >= 0, f"{source} no longer says: {part}"


# Pictures


@pytest.mark.parametrize("name", list(docs_pictures.PICTURES))
def test_a_picture_shows_what_the_bot_says_now(name: str) -> None:
    if os.environ.get("CASUSBOT_UPDATE_GOLDEN") == "1":
        docs_pictures.draw(name)
    known = json.loads(docs_pictures.SUMS.read_text("utf-8"))
    assert known.get(name) == docs_pictures.checksum(name), "draw it anew with CASUSBOT_UPDATE_GOLDEN=1"
    assert (docs_pictures.FOLDER / f"{name}.png").stat().st_size < docs_pictures.MOST_BYTES


def test_no_picture_is_left_that_nobody_draws() -> None:
    assert {path.stem for path in docs_pictures.FOLDER.glob("*.png")} == docs_pictures.PICTURES.keys()
    assert json.loads(docs_pictures.SUMS.read_text("utf-8")).keys() == docs_pictures.PICTURES.keys()


@pytest.mark.parametrize("name", list(docs_pictures.PICTURES))
def test_who_cannot_see_a_picture_is_told_what_it_shows(name: str) -> None:
    manual = (DOCS / "handleiding.md").read_text("utf-8")
    [words] = re.findall(rf"<img src=\"pictures/{name}\.png\"[^>]* alt=\"([^\"]+)\"", manual)
    assert len(words.split()) >= 15


def test_the_picture_can_be_drawn_and_tells_who_cannot_see_it_what_it_shows() -> None:
    picture = ET.parse(DOCS / "flow.svg").getroot()
    svg = "{http://www.w3.org/2000/svg}"
    assert [child.tag for child in picture][:2] == [f"{svg}title", f"{svg}desc"]
    assert picture.get("viewBox")
