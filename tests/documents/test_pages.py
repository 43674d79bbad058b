"""What typst draws: an accessible page and a picture for a phone, the same bytes every time."""

from __future__ import annotations

import struct
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.core.records.actions import ActionState
from bot.core.text import Language
from bot.documents.agreements import agreement_list
from bot.documents.sheet import sheet
from bot.documents.timeline import MOST_ROWS, MOST_TICKS, Timeline, timeline
from bot.documents.typesetting import pdf, timeline_png
from tests.documents.cases import ACTIONS, FILE, NOW, SECRET, TODAY, action, with_text
from tests.golden import check

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile

LANGUAGES = pytest.mark.parametrize("language", Language)


def drawn(file: CaseFile = FILE, language: Language = Language.NL) -> bytes:
    agreements = agreement_list(file, file.meetings[0])
    return pdf(sheet(agreements, language), agreements.as_of)


def read(page: bytes) -> PdfReader:
    return PdfReader(BytesIO(page), strict=True)


def tags(node: Any) -> list[str]:
    """The structure that a screen reader follows, in its order."""
    node = node.get_object()
    if isinstance(node, list):
        return [tag for child in node for tag in tags(child)]
    if not hasattr(node, "get"):
        return []
    own = [str(node["/S"])] if "/S" in node else []
    return own + (tags(node["/K"]) if "/K" in node else [])


# The page


@LANGUAGES
def test_a_screen_reader_gets_title_language_and_structure(language: Language) -> None:
    found = read(drawn(language=language))
    root: Any = found.trailer["/Root"]
    assert root["/Lang"] == language.value
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert found.metadata
    assert "Z-2026-014" in str(found.metadata.title)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()


def test_headings_come_in_order_and_the_table_has_a_header_row() -> None:
    found = tags(read(drawn()).trailer["/Root"]["/StructTreeRoot"])
    assert [tag for tag in found if tag.startswith("/H")] == ["/H1", "/H2", "/H2"]
    assert found.count("/TH") == 4
    assert found.count("/TD") == 4 * 5


def test_the_page_says_what_was_agreed_and_who_it_is_for() -> None:
    words = " ".join(read(drawn()).pages[0].extract_text().split())
    for said in (
        "Afsprakenlijst Z-2026-014",
        "Geleid door voorzitter",
        "Niet aanwezig onderwijs",
        "B1 protocol starten kanarie. Reden: geen contact kanarie.",
        "A4 leerplicht verzuimoverzicht uitvragen",
        "vast (wachtlijst), kijkdatum maandag 16 maart 2026",
        "Niet uitgevoerd A8 onderwijs",
        "Volgend overleg maandag 16 maart 2026, 10:00",
        "Deel deze lijst niet verder",
    ):
        assert said in words


def test_a_normal_meeting_fits_one_page() -> None:
    """Ten actions of two lines, four decisions with their reasons."""
    long = "verzuimoverzicht uitvragen bij school en daarna bespreken wat er nodig is"
    busy = replace(
        FILE,
        actions=tuple(action(n, "woningcorporatie", long, date(2026, 9, 16)) for n in range(1, 11)),
        decisions=tuple(replace(FILE.decisions[0], number=n) for n in range(1, 5)),
    )
    assert len(read(drawn(busy)).pages) == 1


def test_a_long_list_goes_on_with_its_header_row_on_every_page() -> None:
    many = replace(FILE, actions=tuple(action(n, "GI", "plan bijwerken", TODAY) for n in range(1, 81)))
    pages = read(drawn(many)).pages
    assert len(pages) > 1
    assert all("Uiterlijk" in page.extract_text() for page in pages[:-1])


def test_the_same_list_is_the_same_file() -> None:
    assert drawn() == drawn()


def test_fonts_of_the_machine_do_not_matter() -> None:
    """Every font in the file is one that typst brings, embedded."""
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in read(drawn()).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert all(name.startswith("Libertinus") for name in fonts)


@pytest.mark.parametrize(
    "typed",
    [
        "emoji ✅ 😀",
        "nul\0",
        "漢字",
        "مرحبا",
        "\U000f0000",
        "#eval(1) $x$ *b* `c` @d <e>",
        "\u202eomgekeerd",
        "x" * 140,
    ],
    ids=[
        "emoji",
        "a control",
        "another script",
        "right to left",
        "private use",
        "typst markup",
        "an override",
        "one word",
    ],
)
def test_no_text_can_keep_a_page_from_being_drawn(typed: str) -> None:
    assert len(read(drawn(with_text(typed))).pages) >= 1


def test_what_is_too_long_for_a_word_does_not_run_off_the_page() -> None:
    lines = read(drawn(with_text("x" * 140))).pages[0].extract_text().splitlines()
    assert max(line.count("x") for line in lines) < 100


def test_typst_markup_is_shown_as_typed() -> None:
    words = read(drawn(with_text("#eval(1) *b*"))).pages[0].extract_text()
    assert "#eval(1) *b*" in words


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_every_character_that_a_text_can_hold_can_be_drawn(typed: str) -> None:
    drawn(with_text(typed))


def test_every_character_that_is_passed_on_has_a_glyph() -> None:
    assert drawn(with_text("".join(map(chr, range(0x20, 0x2300)))))
    letters = "áéíóúàèëïöüçñøåßğşłčžĳ αβγ жшю – — ‘’ “” … € → ≤"
    assert letters.split(maxsplit=1)[0] in read(drawn(with_text(letters))).pages[0].extract_text()


# The picture: its values


def of(*actions: Any, today: date = TODAY, language: Language = Language.NL) -> Timeline:
    return timeline(replace(FILE, actions=actions), today, language)


@LANGUAGES
def test_the_words_of_the_picture(language: Language) -> None:
    check(f"documents/golden/timeline-{language}.txt", "\n".join(of(*ACTIONS, language=language).words))


def test_the_words_say_everything_that_the_picture_shows() -> None:
    found = of(*ACTIONS)
    for bar, line in zip(found.bars, found.words[1:], strict=True):
        assert line.startswith(f"{bar.id} {bar.holder}: {bar.state}, ")


def test_neither_picture_nor_words_hold_what_people_typed() -> None:
    assert SECRET not in repr(of(*ACTIONS))


def test_bars_stand_in_time() -> None:
    first, second = of(
        action(1, "GI", "a", date(2026, 3, 7)),
        action(2, "GI", "b", date(2026, 3, 12)),
        today=date(2026, 3, 2),
    ).bars
    assert (first.start, first.end, second.end) == (0, 0.5, 1)


def test_only_a_blocked_action_waits_for_its_day() -> None:
    blocked = action(2, "GI", "x", TODAY, ActionState.BLOCKED, look_back=TODAY + timedelta(days=9))
    assert [bar.look_back for bar in of(blocked, replace(blocked, state=ActionState.DONE)).bars] == [1, None]


DAYS = st.dates(date(2025, 1, 1), date(2031, 12, 31))


@given(st.lists(st.tuples(DAYS, DAYS, DAYS), min_size=1, max_size=8), DAYS)
def test_nothing_falls_off_the_picture(days: list[tuple[date, date, date]], today: date) -> None:
    actions = [
        action(n, "GI", "x", due, ActionState.BLOCKED, look_back=look, created_at=NOW.replace(year=made.year))
        for n, (made, due, look) in enumerate(days, 1)
    ]
    found = of(*actions, today=today)
    places = [place for bar in found.bars for place in (bar.start, bar.end, bar.look_back or 0)]
    assert all(
        0 <= place <= 1 for place in [*places, found.today.place, *(tick.place for tick in found.ticks)]
    )
    assert all(bar.start <= bar.end for bar in found.bars)
    assert 1 <= len(found.ticks) <= MOST_TICKS + 1
    assert all(a.place < b.place for a, b in pairwise(found.ticks))


def test_where_there_is_too_much_what_still_has_to_be_done_stays() -> None:
    done = [action(n, "GI", "x", TODAY, ActionState.DONE) for n in range(1, 21)]
    running = [action(n, "GI", "x", TODAY) for n in range(21, 36)]
    found = of(*done, *running)
    assert [bar.id for bar in found.bars] == [f"A{n}" for n in range(36 - MOST_ROWS, 36)]
    assert found.words[-1] == "Niet getekend: 15 afgeronde of latere acties."


def test_another_year_is_told() -> None:
    assert "2027" in of(action(1, "GI", "x", date(2027, 1, 4))).bars[0].dates


# The picture: its pixels


def test_the_picture_is_as_wide_as_a_phone_likes_and_the_same_every_time() -> None:
    png = timeline_png(of(*ACTIONS))
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    assert width == 800
    assert 700 < height < 2400
    assert len(png) < 400_000
    assert timeline_png(of(*ACTIONS)) == png


@pytest.mark.parametrize("state", ActionState)
def test_every_state_can_be_drawn(state: ActionState) -> None:
    look_back = TODAY + timedelta(days=3) if state is ActionState.BLOCKED else None
    assert timeline_png(of(action(1, "GI", "x", TODAY, state, look_back=look_back)))


def test_two_states_have_two_patterns_besides_their_words() -> None:
    drawings = set()
    for state in ActionState:
        found = of(action(1, "GI", "x", TODAY, state))
        drawings.add(timeline_png(replace(found, bars=(replace(found.bars[0], state=""),))))
    assert len(drawings) == len(ActionState)


def test_drawing_leaves_nothing_on_the_disk(tmp_path: Any) -> None:
    """In a process of its own, with a home and a temporary folder that must stay empty."""
    code = "from tests.documents.test_pages import *\nassert drawn()\nassert timeline_png(of(*ACTIONS))"
    places = {name: str(tmp_path) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME")}
    subprocess.run(
        [sys.executable, "-B", "-c", code],
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": ":".join(sys.path), **places},
    )
    assert list(tmp_path.iterdir()) == []
