"""Who gets which document, where it goes, and what is asked for when the machine cannot draw it."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core.effects import Effects, FileKind, OpenDirect, Say, SendFile, SendWeeks, ToPerson, ToRoom
from bot.core.records.people import Person
from bot.documents.drawing import draw
from tests.commands.documents import OTHER, met
from tests.commands.stage import REF, Stage, opened, user
from tests.commands.test_registry import said

if TYPE_CHECKING:
    from bot.core.effects import Outgoing


def files(effects: Effects) -> list[SendFile]:
    return [out for out in effects.send if isinstance(out, SendFile)]


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("!verslag pdf", FileKind.PDF),
        ("!verslag markdown", FileKind.MARKDOWN),
        ("!verslag json", FileKind.JSON),
        ("!verslag agenda", FileKind.CALENDAR),
        ("!report calendar", FileKind.CALENDAR),
        ("!tijdlijn", FileKind.TIMELINE),
    ],
)
@pytest.mark.parametrize("private", [False, True], ids=["in the room", "to the asker alone"])
def test_every_file_that_is_promised_can_be_drawn(typed: str, kind: FileKind, private: bool) -> None:
    stage = met()
    effects = stage.hear("leerplicht", f"{typed} prive" if private else typed)
    [wanted] = files(effects)
    assert (wanted.kind, wanted.ref, wanted.reader) == (kind, REF, user("leerplicht"))
    assert wanted.to == (ToPerson(user("leerplicht")) if private else ToRoom(stage.room()))
    assert draw(wanted, stage.file()).content


def test_what_is_asked_in_private_is_not_shown_in_the_room() -> None:
    effects = met().hear("leerplicht", "!verslag prive")
    [in_room] = [out for out in effects.send if isinstance(out, Say) and isinstance(out.to, ToRoom)]
    [alone] = [out for out in effects.send if isinstance(out, Say) and isinstance(out.to, ToPerson)]
    assert len(in_room.message.lines) == 1
    assert "Afsprakenlijst" in alone.message.lines[0]
    assert alone.in_reply_to is None, "the question is in another room"


def test_somebody_without_a_chat_of_their_own_gets_one() -> None:
    stage = met()
    stage.apply(Effects(keep=(Person(user("leerplicht")),)))
    sent: list[Outgoing] = list(stage.hear("leerplicht", "!verslag pdf prive").send)
    assert OpenDirect(user("leerplicht")) in sent


def test_a_coordinator_who_has_no_seat_reads_no_agreements() -> None:
    stage = met()
    (seat,) = [p for p in stage.file().participants if p.user_id == user("coordinator")]
    stage.apply(Effects(keep=(replace(seat, left_at=stage.now),)))
    effects = stage.hear("coordinator", f"verslag {REF}", room=stage.direct("coordinator"))
    assert "niet als casus van jou" in said(effects)
    assert not files(effects)


@pytest.mark.parametrize("typed", ["!verslag pdf", "!tijdlijn"])
def test_without_typst_the_bot_says_so_and_what_can_be_had(
    typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    effects = met().hear("leerplicht", typed)
    assert not files(effects)
    assert "!verslag" in said(effects)
    assert "beheerder" in said(effects)


def picture(stage: Stage, name: str) -> list[SendWeeks]:
    effects = stage.hear(name, "weekbericht beeld", room=stage.direct(name))
    return [out for out in effects.send if isinstance(out, SendWeeks)]


def test_only_a_coordinator_sees_the_picture_of_the_region() -> None:
    stage = met()
    [shown] = picture(stage, "coordinator")
    assert shown.to == ToRoom(stage.direct("coordinator"))
    assert draw(shown, None).content
    assert not [name for name in ("voorzitter", "procesregisseur", "leerplicht") if picture(stage, name)]


def test_the_picture_of_the_region_is_not_shown_in_the_room_of_a_case() -> None:
    effects = met().hear("coordinator", "!weekbericht beeld")
    assert not [out for out in effects.send if isinstance(out, SendWeeks)]


def test_without_typst_a_coordinator_is_told_to_ask_for_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    stage = met()
    effects = stage.hear("coordinator", "weekbericht beeld", room=stage.direct("coordinator"))
    assert not picture(stage, "coordinator")
    assert "!weekbericht nu" in said(effects)


@pytest.mark.parametrize("form", ["", " markdown", " json", " agenda"])
def test_without_typst_everything_else_still_works(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    effects = met().hear("leerplicht", f"!verslag{form}")
    assert files(effects) or "Afsprakenlijst" in said(effects)


def test_which_case_is_asked_and_the_answer_finishes_the_command() -> None:
    stage = opened(OTHER, (("leerplicht", "leerplicht"),), stage=met())
    room = stage.direct("leerplicht")
    assert not files(stage.hear("leerplicht", "verslag agenda prive", room=room))
    [wanted] = files(stage.hear("leerplicht", REF.lower(), room=room))
    assert (wanted.kind, wanted.ref) == (FileKind.CALENDAR, REF)


def test_the_list_of_the_meeting_is_the_same_at_its_end_and_later() -> None:
    def listed(stage: Stage, typed: str) -> list[str]:
        lines = said(stage.hear("voorzitter", typed)).splitlines()
        return [line for line in lines if not line.startswith("Volgend overleg")]

    stage = met()
    stage.hear("voorzitter", "!overleg start nog eens")
    assert listed(stage, "!overleg stop, volgend overleg 20 maart") == listed(stage, "!verslag")
