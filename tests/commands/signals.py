"""Conversations about signals: in a case, without one, and how a worry that was shared is found again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.effects import Effects
from bot.core.records.people import Person
from tests.commands.stage import REF, Stage, opened, user

if TYPE_CHECKING:
    from collections.abc import Callable

CHAIR = "voorzitter"


def signal() -> Stage:
    stage = opened()
    stage.say("leerplicht", "!signaal")
    stage.hear("wijkagent", "!signaal vrijdag niemand thuis aangetroffen")
    stage.say("leerplicht", "!signaal gezin van het kamp, die gaan altijd weg in het voorjaar")
    stage.say("leerplicht", "!signaal vorig jaar in april drie weken afwezig, daarna teruggekomen")
    stage.say("leerplicht", "wijkagent, vrijdag")
    stage.say(CHAIR, "ja")
    stage.say("gi", "!signaal uitbuiting: gisteren met steeds andere volwassenen in de auto gezien")
    stage.say("gi", "mag later")
    stage.say(CHAIR, "!signal absence: on 24 February the youngest was reported ill again")
    stage.say(CHAIR, "wijkagent")
    stage.say(CHAIR, "maandag 9 maart")
    stage.note("stappen: wat er was, blijft staan")
    stage.say("wijkagent", "!signaal S2 onderzocht: bij langsgaan bleek de woning leeg")
    stage.say("wijkagent", "!signaal S2 buren zagen op 1 maart een volle auto vertrekken")
    stage.say("wijkagent", "!signaal S2 besproken")
    stage.say(CHAIR, "!signaal S2 doorlopend")
    stage.say(CHAIR, "!signaal S2 besproken samen met school en GI")
    stage.say(CHAIR, "!signaal S2 aanpak")
    stage.say(CHAIR, "wekelijks contact door school")
    stage.say(CHAIR, "!signaal S2 aanpak wekelijks contact door school")
    stage.say(CHAIR, "!signaal S2 doorlopend: leerplicht houdt het in het oog")
    stage.say("leerplicht", "!signaal S2")
    stage.note("niet te toetsen is geen einde")
    stage.say("gi", "!signaal S3 niet te toetsen")
    stage.say("gi", "!signaal S3 niet te toetsen: huisbezoek als er weer contact is, door GI, over 4 weken")
    stage.say(CHAIR, "ja")
    stage.say("gi", "!signaal S3")
    stage.note("niets doen is een besluit")
    stage.say("gi", "!signaal S1 niets doen, reden: school is in gesprek")
    stage.say(CHAIR, "!signaal S1 niets doen, reden: school is in gesprek, opnieuw kijken 16 maart")
    stage.say(CHAIR, "!signal S1")
    stage.say("gi", "!signaal S9")
    stage.say("passant", "!signaal S1")
    return stage


def parked() -> Stage:
    """Without a case, and the question that it must answer: why did nothing follow?"""
    stage = opened()
    stage.say("leerplicht", "signaal vanochtend kwam een kind alleen en zonder jas op school", direct=True)
    stage.say("leerplicht", "wijkagent, maandag 16 maart", direct=True)
    stage.say("leerplicht", "signaal S1 niet te toetsen", direct=True)
    stage.say("leerplicht", "als ouders op gesprek komen", direct=True)
    stage.say("leerplicht", "onderwijs", direct=True)
    stage.say("leerplicht", "30 maart", direct=True)
    stage.say("coordinator", "signaal S1", direct=True)
    stage.say("coordinator", "signaal S1 niets doen", direct=True)
    stage.say("coordinator", "school voert eerst zelf het gesprek", direct=True)
    stage.say("coordinator", "over 4 weken", direct=True)
    stage.say("leerplicht", "signal S1", direct=True)
    stage.say("gi", "signaal S1", direct=True)
    stage.say("leerplicht", "!signaal S1")
    stage.note("iemand zonder rol")
    stage.apply(Effects(keep=(Person(user("nieuw"), direct_room=stage.direct("nieuw")),)))
    stage.say("nieuw", "signaal gisteren veel onrust in de straat", direct=True)
    stage.note("een casus mag ervoor")
    stage.say("leerplicht", f"signaal {REF} gisteren weer niet op school", direct=True)
    stage.say("leerplicht", "signaal Z-2026-099 gisteren weer niet op school", direct=True)
    return stage


def listed() -> Stage:
    stage = opened()
    stage.say("gi", "!signalen")
    stage.hear("leerplicht", "!signaal vrijdag niet op school")
    stage.hear("gi", "!signaal op 24 februari de deur niet opengedaan")
    stage.say("gi", "!signalen")
    stage.say("gi", "!signals")
    stage.say("gi", "signalen", direct=True)
    stage.hear("leerplicht", "signaal gisteren onrust in de straat", room=stage.direct("leerplicht"))
    for number in range(6):
        stage.hear("gi", f"signaal voorval {number} gisteren", room=stage.direct("gi"))
    stage.say("leerplicht", "signalen", direct=True)
    stage.say("coordinator", "signals", direct=True)
    return stage


def triage() -> Stage:
    stage = opened()
    stage.say("gi", "!signaal triage")
    stage.hear("leerplicht", "!signaal vrijdag niet op school")
    stage.say("leerplicht", "!signaal triage S1")
    stage.say(CHAIR, "!signaal triage S1")
    stage.say(CHAIR, "even kijken hoor")
    stage.say(CHAIR, "1, 2: problemen thuis en op school, school alleen komt er niet uit")
    stage.say(CHAIR, "!signaal triage S1 1 en 7: veel problemen")
    stage.say(CHAIR, "!signaal triage S1 1, 3")
    stage.say(CHAIR, "!signal triage S1 none: school settles it with the parents")
    stage.say(CHAIR, "!signaal S1")
    return stage


def link() -> Stage:
    stage = opened()
    stage.hear("leerplicht", "signaal gisteren onrust in de straat", room=stage.direct("leerplicht"))
    stage.hear("onderwijs", "signaal vandaag drie kinderen niet op school", room=stage.direct("onderwijs"))
    stage.hear("wijkagent", "signaal gisteren een leegstaande woning gezien", room=stage.direct("wijkagent"))
    stage.say("leerplicht", "signaal koppel", direct=True)
    stage.say("leerplicht", f"signaal koppel S2 {REF}", direct=True)
    stage.say("leerplicht", "signaal koppel S1 Z-2026-099", direct=True)
    stage.say("leerplicht", f"signaal koppel S1 {REF}", direct=True)
    stage.say("leerplicht", f"signaal koppel S1 {REF}", direct=True)
    stage.say("onderwijs", "!signaal koppel S2")
    stage.say("gi", "!signaal S2")
    stage.note(
        "de coördinator koppelt; wie het deelde, heeft geen plaats meer in de casus en ziet toch hoe ver het is"
    )
    stage.hear(CHAIR, "!deelnemer weg wijkagent")
    stage.say("coordinator", "!signal link S3")
    stage.say(CHAIR, "!signaal S3 onderzocht: de woning is weer bewoond")
    stage.say("wijkagent", "signaal S3", direct=True)
    stage.say("wijkagent", "signaal S3 ik weet nog iets", direct=True)
    return stage


def corrected() -> Stage:
    """`wis` and `herstel` of signals."""
    stage = opened()
    stage.hear(CHAIR, "!overleg start afspraken herijken")
    stage.say("leerplicht", "!signaal vrijdag niet op school")
    stage.say("leerplicht", "!signaal S1 donderdag ook niet")
    stage.say("leerplicht", "!herstel")
    stage.say("leerplicht", "!signaal S1")
    stage.say("leerplicht", "!signaal donderdag en vrijdag niet op school", edits="$event2")
    stage.hear("wijkagent", "signaal gisteren onrust in de straat", room=stage.direct("wijkagent"))
    stage.say("wijkagent", "!signaal koppel S2")
    stage.say("wijkagent", "!herstel")
    stage.say("wijkagent", "signaal S2", direct=True)
    stage.say("wijkagent", "wis S2", direct=True)
    stage.say("wijkagent", "wis S2", direct=True)
    stage.say("wijkagent", "wis A1", direct=True)
    stage.say("gi", "!wis S1")
    stage.say("leerplicht", "!wis S1")
    stage.say("gi", "!signaal S1")
    stage.say("leerplicht", "!overleg stop")
    stage.hear("gi", "!signaal gisteren de deur niet opengedaan")
    stage.say(CHAIR, "!overleg stop")
    stage.now += timedelta(days=7)
    stage.say(CHAIR, '!overleg start "verder kijken"')
    return stage


SIGNALS: dict[str, Callable[[], Stage]] = {
    "signaal": signal,
    "signalen": listed,
    "signaal triage": triage,
    "signaal koppel": link,
}
SIGNAL_TALKS: dict[str, Callable[[], Stage]] = {
    "signaal-zonder-casus": parked,
    "signaal-gecorrigeerd": corrected,
}
