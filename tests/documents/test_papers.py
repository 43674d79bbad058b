"""The papers are complete: every table, column, message and file of the program is in them, and nobody's name."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, get_args

import pytest
from markdown_it import MarkdownIt
from pypdf import PdfReader

from bot import cli
from bot.core.effects import Outgoing
from bot.core.protocols import Flow, Protocol
from bot.core.records.cases import Function
from bot.core.records.retention import Terms
from bot.core.region import Controller
from bot.core.text import Text
from bot.documents.papers import papers
from bot.documents.papers.annex import _FUNCTIONS as FUNCTIONS
from bot.documents.papers.hops import FILES, INCOMING, OUTGOING
from bot.documents.papers.kept import CLASSES, TABLES, WITHIN
from bot.documents.papers.paper import MISSING, Paper, markdown
from bot.matrix.inbox import KEPT_TYPES, STATE_TYPES
from bot.matrix.polls import RESPONSES
from bot.matrix.verification import REQUEST
from bot.operator import papers as papers_cli
from bot.settings.configuration import load
from bot.store.columns import Holds
from tests.documents.test_pages import tags
from tests.golden import TESTS, check

if TYPE_CHECKING:
    from pathlib import Path

    from bot.documents.papers.facts import Facts

EXAMPLE = TESTS.parent / "config" / "casusbot.example.yaml"
TODAY = date(2026, 3, 2)
ROOM_KEYS = {"m.room_key", "m.room_key.withheld"}
"""What `Crypto.receive` takes from device to device."""


@cache
def facts() -> Facts:
    return papers_cli.facts_of(load(EXAMPLE), TODAY, "1.2.3")


def paper(name: str, of: Facts | None = None) -> Paper:
    return next(one for one in papers(of or facts()) if one.name == name)


@cache
def drawn() -> dict[str, bytes]:
    return papers_cli.drawn(facts(), with_pdf=True)


NAMES = [one.name for one in papers(facts())]
each_paper = pytest.mark.parametrize("name", NAMES)


@each_paper
def test_a_paper_reads_as_it_was_approved(name: str) -> None:
    check(f"documents/golden/papers/{name}.md", markdown(paper(name)))


# Nothing is left out


def test_no_table_of_the_store_is_missing_from_the_papers() -> None:
    """A new one fails here: say in bot/documents/papers/kept.py what it holds, what for, and until when."""
    assert set(TABLES) == set(papers_cli.tables())


def test_no_type_of_message_leaves_without_standing_in_the_papers() -> None:
    """A new one fails here: say in bot/documents/papers/hops.py what travels and how it is protected."""
    assert set(OUTGOING) == set(get_args(Outgoing))


def test_no_type_of_event_comes_in_without_standing_in_the_papers() -> None:
    assert set(INCOMING) == KEPT_TYPES | STATE_TYPES | RESPONSES | {REQUEST} | ROOM_KEYS


def test_no_class_of_column_and_no_function_is_without_words() -> None:
    assert set(CLASSES) == {str(holds) for holds in Holds}
    assert set(FUNCTIONS) == {str(function) for function in Function}


def test_every_table_and_column_stands_in_the_annex() -> None:
    rows = {
        row[0]: row[2] for section in paper("dpia-bijlage").sections for row in section.rows if len(row) == 4
    }
    for table, columns in papers_cli.tables().items():
        assert set(columns) <= set(re.findall(r"\w+", rows[table])), table


def test_every_table_message_and_file_stands_in_the_flows() -> None:
    first = {row[0] for section in paper("gegevensstromen").sections for row in section.rows}
    assert first >= {*TABLES, *INCOMING, *FILES, *(kind.__name__ for kind in get_args(Outgoing))}


def test_every_file_that_the_operator_is_told_of_stands_in_the_flows() -> None:
    manual = (TESTS.parent / "docs" / "beheer.md").read_text("utf-8")
    listed = manual.partition("## Bestanden en rechten")[2].partition("\n## ")[0]
    named = {
        name
        for row in re.findall(r"^\| (.+?) \|", listed, re.MULTILINE)
        for name in re.findall(r"`([\w.-]+)`", row)
    }
    assert len(named) > 5
    assert {
        name for name in named if not any(name in file or name.startswith("keys.db") for file in FILES)
    } == set()


def test_every_column_with_an_account_is_told_to_the_works_council() -> None:
    rows = {
        row[0]: row[3]
        for section in paper("ondernemingsraad").sections
        for row in section.rows
        if len(row) == 5
    }
    for table, columns in papers_cli.tables().items():
        for name, holds in columns.items():
            if holds == Holds.PERSON:
                assert name in re.findall(r"\w+", rows[table]), f"{table}.{name}"


def test_a_column_that_is_gone_is_not_told_to_the_works_council() -> None:
    assert {f"{table}.{name}" for table, columns in papers_cli.tables().items() for name in columns} >= WITHIN


# Nobody's name, no secret, honest


@each_paper
def test_no_account_and_no_path_of_the_configuration_is_in_a_paper(name: str) -> None:
    configuration, words = load(EXAMPLE), markdown(paper(name)).replace("\\", "")
    region = configuration.region
    users = {
        *region.coordinators,
        *region.contact_points,
        *filter(None, region.address_book.values()),
        configuration.user,
    }
    assert len(users) > 4
    for hidden in (*users, str(configuration.key_file), str(configuration.data)):
        assert hidden not in words


def test_who_adopted_a_protocol_is_not_named() -> None:
    adopted = Protocol(
        "uit-beeld", Flow.OUT_OF_SIGHT, Text("Uit beeld", "Out of sight"), "mevrouw Jansen", TODAY
    )
    known = facts()
    words = markdown(
        paper("dpia-bijlage", replace(known, region=replace(known.region, protocols={"uit-beeld": adopted})))
    )
    assert "Jansen" not in words
    assert "| Uit beeld | maandag 2 maart 2026 |" in words


@each_paper
def test_what_the_controller_left_open_is_said_and_listed(name: str) -> None:
    known = facts()
    bare = replace(known, region=replace(known.region, controller=Controller(), contact_points=frozenset()))
    tasks = paper(name, bare).sections[-1].tasks
    for key in ("controller.name", "controller.contact", "contact_point", "protocollen", "retention"):
        assert any(key in task for task in tasks)
    chosen = replace(known, region=replace(known.region, retention=Terms(closed=12)))
    for key in ("controller", "contact_point", "retention"):
        assert not any(key in task for task in paper(name, chosen).sections[-1].tasks)


def test_a_register_without_a_controller_says_so() -> None:
    known = facts()
    bare = replace(known, region=replace(known.region, controller=Controller()))
    assert f"| Verwerkingsverantwoordelijke, of wie dat samen zijn | {MISSING} |" in markdown(
        paper("verwerkingsregister", bare)
    )


@each_paper
def test_every_row_has_a_cell_for_every_column(name: str) -> None:
    for section in paper(name).sections:
        assert {len(row) for row in section.rows} <= {len(section.columns)}
        assert len(section.shares) in {0, len(section.columns)}
        assert all(cell for row in section.rows for cell in row)


@each_paper
def test_a_reader_of_markdown_sees_the_same_tables(name: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown(paper(name)))
    kinds = [token.type for token in tokens]
    sections = paper(name).sections
    assert kinds.count("table_open") == sum(bool(section.rows) for section in sections)
    assert kinds.count("td_open") == sum(len(row) for section in sections for row in section.rows)


# PDF


@each_paper
def test_a_screen_reader_can_follow_a_paper(name: str) -> None:
    found = PdfReader(BytesIO(drawn()[f"{name}.pdf"]), strict=True)
    root: Any = found.trailer["/Root"]
    assert root["/Lang"] == "nl"
    assert root["/MarkInfo"]["/Marked"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert found.metadata
    assert paper(name).title in str(found.metadata.title)
    words = re.sub(r"\s", "", "".join(page.extract_text() for page in found.pages)).replace("\u00ad", "")
    for section in paper(name).sections:
        assert re.sub(r"\s", "", section.title) in words
    structure = tags(root["/StructTreeRoot"])
    sections = paper(name).sections
    assert [tag for tag in structure if tag.startswith("/H")] == ["/H1", *["/H2"] * len(sections)]
    assert structure.count("/TH") == sum(len(section.columns) for section in sections)
    assert structure.count("/TD") == sum(len(row) for section in sections for row in section.rows)


def test_the_same_facts_are_the_same_files() -> None:
    assert papers_cli.drawn(facts(), with_pdf=True) == drawn()


# The command


def run(to: Path) -> int:
    return cli.main(["papers", "--config", str(EXAMPLE), "--to", str(to)])


def test_the_command_writes_four_papers_in_two_forms(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "papieren") == 0
    written = {path.name for path in (tmp_path / "papieren").iterdir()}
    assert written == {f"{name}.{form}" for name in NAMES for form in ("md", "pdf")}
    assert "NOG IN TE VULLEN" in capsys.readouterr().out


def test_what_somebody_filled_in_is_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "dpia-bijlage.md"
    mine.write_text("ingevuld")
    assert run(tmp_path) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["dpia-bijlage.md"]
    assert mine.read_text() == "ingevuld"
    assert "wordt niet overschreven" in capsys.readouterr().err


def test_a_place_that_is_no_folder_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bestand").write_text("")
    assert run(tmp_path / "bestand") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_without_typst_there_is_markdown_and_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    assert run(tmp_path) == 0
    assert {path.suffix for path in tmp_path.iterdir()} == {".md"}
    assert "locks/documents.txt" in capsys.readouterr().err
