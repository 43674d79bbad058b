"""What people ask for on paper, and what they get."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.commands.stage import REF, Stage, holding, opened

if TYPE_CHECKING:
    from collections.abc import Callable

CHAIR = "voorzitter"
OTHER = "Z-2026-020"


def met() -> Stage:
    """A case whose meeting of an hour ago left actions, a decision and a next date."""
    stage = holding(opened(), "leerplicht: school bellen, vrijdag 12:00", "GI: plan maken, 13 maart")
    stage.hear(CHAIR, '!overleg start "afspraken herijken"')
    stage.hear(CHAIR, "!aanwezig allen behalve onderwijs")
    stage.hear(CHAIR, "!actie wijkagent: langsgaan, morgen")
    stage.hear(CHAIR, "ja")
    stage.hear(CHAIR, "!vervallen A2 overgenomen door het wijkteam")
    stage.hear(CHAIR, "!besluit plan bijstellen, reden: nieuwe school")
    stage.hear(CHAIR, "!overleg stop, volgend overleg 16 maart 10:00")
    stage.now += timedelta(hours=1)
    return stage


def report() -> Stage:
    stage = opened()
    stage.say("leerplicht", "!verslag")
    stage.say("leerplicht", "!verslag agenda")
    stage.say(CHAIR, "!overleg start kort")
    stage.say("leerplicht", "!verslag")
    stage.note("na een overleg")
    later = met()
    stage.transcript += [""]
    later.transcript = stage.transcript
    later.say("leerplicht", "!verslag")
    later.say("leerplicht", "!report")
    for form in ("pdf", "markdown", "json", "agenda", "PDF.", "md"):
        later.say("leerplicht", f"!verslag {form}")
    later.say("leerplicht", "!verslag prive")
    later.say("leerplicht", "!verslag pdf privé")
    later.say("leerplicht", "!report private calendar")
    later.say("leerplicht", "!verslag A3")
    later.say("leerplicht", "!verslag pdf json")
    later.say("leerplicht", f"!verslag {OTHER}")
    later.note("in het gesprek met de bot alleen")
    later.say("leerplicht", "verslag json", direct=True)
    later.say("leerplicht", "verslag prive", direct=True)
    opened(OTHER, (("voorzitter", "voorzitter"), ("leerplicht", "leerplicht")), stage=later)
    later.say("leerplicht", "verslag pdf", direct=True)
    later.say("leerplicht", REF, direct=True)
    later.say("leerplicht", f"verslag {OTHER} pdf", direct=True)
    later.say("gi", f"verslag {OTHER}", direct=True)
    later.say("passant", "verslag", direct=True)
    later.say("passant", "!verslag")
    return later


def timeline() -> Stage:
    stage = opened()
    stage.say("gi", "!tijdlijn")
    holding(stage, "GI: plan maken, vrijdag")
    stage.say("gi", "!tijdlijn")
    stage.say("gi", "!timeline private")
    stage.say("gi", "!tijdlijn pdf")
    stage.say("gi", "tijdlijn", direct=True)
    stage.say("gi", f"tijdlijn {OTHER}", direct=True)
    stage.say("passant", "tijdlijn", direct=True)
    return stage


DOCUMENTS: dict[str, Callable[[], Stage]] = {"verslag": report, "tijdlijn": timeline}
