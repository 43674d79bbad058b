"""What people say around an inquiry: asking, answering, not providing, taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.records.inquiries import InquiryState
from tests.commands.stage import Stage, holding, opened

if TYPE_CHECKING:
    from collections.abc import Callable

CHAIR = "voorzitter"
ASKED = '!navraag Veilig Thuis "bekend in een andere regio?"'


def asked(stage: Stage, line: str = ASKED, name: str = "leerplicht", *, said: bool = False) -> Stage:
    """The stage with an inquiry that was asked; its guide as short as it gets."""
    speak = stage.say if said else stage.hear
    speak(name, line, room=stage.room())
    for answer in ("zicht op veiligheid", "1", "nee", "nee, geen contact gekregen"):
        speak(name, answer, room=stage.direct(name))
    assert stage.file().inquiries[-1].state is InquiryState.ASKED
    return stage


def ask() -> Stage:
    stage = opened()
    stage.say("leerplicht", ASKED)
    stage.say("leerplicht", "zicht op veiligheid", direct=True)
    stage.say("leerplicht", "misschien", direct=True)
    stage.say("leerplicht", "1", direct=True)
    stage.say("leerplicht", "ik denk het niet", direct=True)
    stage.say("leerplicht", "nee", direct=True)
    stage.say("leerplicht", "weet niet", direct=True)
    stage.say("leerplicht", "nee", direct=True)
    stage.say("leerplicht", "geen contact gekregen", direct=True)
    stage.say("leerplicht", "!navraag N1")
    stage.say("veiligthuis", "!navraag N1")
    stage.say("veiligthuis", "N1", direct=True)
    stage.note("van de politie en de ggz wordt alleen bewaard dat er gedeeld is")
    stage.say("gi", "navraag wijkagent is er iets te delen over de woning?", direct=True)
    stage.say("gi", "zelfde", direct=True)
    stage.say("gi", "anders: convenant van deze regio", direct=True)
    stage.say("gi", "ja", direct=True)
    stage.say("gi", "is er iets te delen over overlast?", direct=True)
    stage.say("gi", "nee", direct=True)
    stage.say("gi", "ja", direct=True)
    stage.note("wie niet in de casus zit, wordt gebeld")
    stage.say(CHAIR, '!navraag schuldhulp "loopt er een regeling?"')
    stage.say(CHAIR, "nee")
    stage.say(CHAIR, '!navraag schuldhulp "loopt er een regeling?"')
    stage.say(CHAIR, "ja")
    for answer in ("zelfde", "3", "nee", "ja"):
        stage.say(CHAIR, answer, direct=True)
    stage.note("niet zeker van de grondslag")
    stage.say("leerplicht", '!inquiry GI "known in another region?"')
    stage.say("leerplicht", "a view of safety", direct=True)
    stage.say("leerplicht", "not sure", direct=True)
    stage.say("leerplicht", "!inquiry N4")
    stage.say("leerplicht", "consent that the person freely gave", direct=True)
    stage.say("leerplicht", "no", direct=True)
    stage.say("leerplicht", "no, no contact", direct=True)
    stage.note("wat niet kan")
    stage.say("leerplicht", "!navraag")
    stage.say("leerplicht", '!navraag Veilig Thius "bekend?"')
    stage.say("leerplicht", '!navraag tante Bep "bekend?"')
    stage.say("leerplicht", '!navraag leerplicht "bekend?"')
    stage.say("leerplicht", '!navraag Veilig Thuis "bekend? en sinds wanneer?"')
    stage.say("leerplicht", '!navraag Veilig Thuis "welke diagnose is er gesteld?"')
    stage.say("leerplicht", '!navraag wijkagent "heeft vader antecedenten?"')
    stage.say("leerplicht", '!navraag Veilig Thuis "ken je Jan Jansen?"')
    stage.say("leerplicht", "!navraag N9")
    stage.say("leerplicht", ASKED)
    stage.say("leerplicht", "hij is verslaafd aan drugs", direct=True)
    stage.say("passant", ASKED)
    stage.say("coordinator", 'navraag Z-2026-099 Veilig Thuis "bekend?"', direct=True)
    return stage


def answer() -> Stage:
    stage = asked(opened())
    stage.say("veiligthuis", "!antwoord N1")
    stage.say("veiligthuis", "!antwoord N1 bekend, al jaren in begeleiding")
    stage.say("veiligthuis", "!antwoord N1 ja natuurlijk")
    stage.say("leerplicht", "!antwoord N1 bekend")
    stage.say("wijkagent", "!antwoord N1 namens Veilig Thuis bekend")
    stage.say("veiligthuis", "niet bekend", direct=True)
    stage.note("later anders")
    stage.say("veiligthuis", "antwoord N1 herkend", direct=True)
    asked(stage)
    stage.note("met één tik")
    stage.tap("veiligthuis", stage.poll("veiligthuis", "A2"), 4)
    asked(stage)
    stage.note("niet verstrekt heeft geen reden nodig")
    stage.say("veiligthuis", "!antwoord N3 niet verstrekt, we zijn nog in gesprek met moeder")
    asked(stage)
    stage.note("gedeeld in het eigen systeem")
    stage.say("veiligthuis", "gedeeld volgende week", direct=True)
    stage.say("veiligthuis", "gedeeld vandaag", direct=True)
    asked(stage, '!navraag wijkagent "is er iets te delen over de woning?"')
    stage.note("van de politie geen bekend of niet bekend")
    stage.say("wijkagent", "!antwoord N5 bekend")
    stage.say("wijkagent", "!antwoord N5 gedeeld 28 februari")
    asked(stage)
    stage.note("namens")
    stage.say("leerplicht", "!antwoord N6 namens Veilig Thuis weet niet")
    asked(stage, '!navraag GI "bekend in een andere regio?"')
    stage.say(CHAIR, "!answer N7 on behalf of GI not known")
    asked(stage, '!navraag GI "bekend in een andere regio?"')
    stage.say("gi", "!answer N8 not provided")
    stage.note("twee navragen, en wat niet kan")
    asked(asked(stage))
    stage.say("veiligthuis", "bekend", direct=True)
    stage.say("veiligthuis", "N9 bekend", direct=True)
    stage.say("leerplicht", "!navraag intrekken N10")
    stage.say("veiligthuis", "!antwoord N10 bekend")
    stage.say("veiligthuis", "!antwoord N77 bekend")
    stage.say("leerplicht", ASKED)
    stage.say("veiligthuis", "!antwoord N11 bekend")
    stage.say("passant", "!antwoord N1 bekend")
    return stage


def list_them() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!navragen")
    asked(asked(stage), '!navraag wijkagent "is er iets te delen over de woning?"')
    stage.hear("veiligthuis", "!antwoord N1 niet verstrekt")
    stage.hear("leerplicht", ASKED)
    stage.say(CHAIR, "!navragen")
    stage.say("leerplicht", "navragen", direct=True)
    stage.say("wijkagent", "inquiries", direct=True)
    stage.say("onderwijs", "navragen", direct=True)
    stage.say(CHAIR, "!casus status")
    return stage


def withdraw() -> Stage:
    stage = asked(opened())
    stage.say("gi", "!navraag intrekken N1")
    stage.say("leerplicht", "!navraag intrekken")
    stage.say("leerplicht", "!navraag intrekken N1")
    stage.say("veiligthuis", "!navragen")
    asked(stage)
    stage.say(CHAIR, "!inquiry withdraw N2")
    asked(stage)
    stage.hear("veiligthuis", "!antwoord N3 niet bekend")
    stage.say("leerplicht", "navraag intrekken N3", direct=True)
    stage.hear("leerplicht", ASKED)
    stage.say("leerplicht", "navraag intrekken N4", direct=True)
    stage.say("leerplicht", "zicht op veiligheid", direct=True)
    return stage


def its_action() -> Stage:
    """The action of an inquiry is an ordinary one, except that only the inquiry ends it."""
    stage = asked(opened())
    stage.say("veiligthuis", "!acties")
    stage.say("veiligthuis", "!klaar A1")
    stage.say("veiligthuis", "!niet uitgevoerd A1 geen capaciteit")
    stage.say(CHAIR, "!vervallen A1 niet meer nodig")
    stage.say(CHAIR, "!toewijzen A1 GI")
    stage.say("gi", "!overnemen A1")
    stage.say(CHAIR, "!wijzig A1 GI")
    stage.say(CHAIR, "!wijzig A1 vrijdag")
    stage.say("veiligthuis", "!oke A1")
    stage.say("veiligthuis", "wat A1", direct=True)
    stage.say("leerplicht", "!wat A1")
    stage.say("veiligthuis", "!vast A1 beroepsgeheim")
    stage.say("veiligthuis", "!acties")
    return stage


def corrected() -> Stage:
    """Undoing, editing, removing."""
    stage = opened()
    stage.hear(CHAIR, "!overleg start afspraken herijken")
    stage.say("leerplicht", ASKED)
    draft = stage.last
    stage.say("leerplicht", '!navraag Veilig Thuis "bekend in Limburg?"', edits=draft)
    stage.say("leerplicht", "!herstel")
    asked(stage)
    stage.say("leerplicht", "!herstel")
    stage.say("leerplicht", "!navraag N2")
    stage.hear("veiligthuis", "!antwoord N2 bekend")
    stage.say("veiligthuis", "!herstel")
    stage.say("veiligthuis", "!antwoord N2 niet bekend")
    stage.say("gi", "!wis N2")
    stage.say(CHAIR, "!wis N2")
    stage.say(CHAIR, "!navraag N2")
    stage.say(CHAIR, "!wis N7")
    asked(holding(stage, "GI: plan maken, vrijdag"))
    stage.say(CHAIR, "!overleg stop, volgend overleg 16 maart 10:00")
    return stage


INQUIRIES: dict[str, Callable[[], Stage]] = {
    "navraag": ask,
    "antwoord": answer,
    "navragen": list_them,
    "navraag intrekken": withdraw,
}
TALKS: dict[str, Callable[[], Stage]] = {
    "navraag-actie": its_action,
    "navraag-verbeteren": corrected,
}
