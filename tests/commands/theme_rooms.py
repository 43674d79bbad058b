"""What is said in theme rooms, for the golden conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.commands.stage import Stage, opened, scene, user

if TYPE_CHECKING:
    from collections.abc import Callable

THEME = "T-2026-001"


@scene
def themed() -> Stage:
    """A theme room with a chair and a partner."""
    stage = Stage()
    stage.direct("coordinator")
    stage.hear(
        "coordinator", f'thema nieuw {THEME} onderwerp "verzuim en zorg"', room=stage.direct("coordinator")
    )
    stage.hear("coordinator", f"!deelnemer {user('voorzitter')} voorzitter", room=stage.room(THEME))
    stage.hear("voorzitter", f"!deelnemer {user('leerplicht')} leerplicht", room=stage.room(THEME))
    return stage


def theme_new() -> Stage:
    stage = opened()
    stage.say("coordinator", f'thema nieuw {THEME} onderwerp "verzuim en zorg"', direct=True)
    stage.say("coordinator", f'thema nieuw {THEME} onderwerp "nog een keer"', direct=True)
    stage.say("coordinator", "thema nieuw verzuim", direct=True)
    stage.say("coordinator", "thema nieuw T-2026-002", direct=True)
    stage.say("coordinator", 'thema nieuw T-2026-002 onderwerp "lessen uit Z-2026-014"', direct=True)
    stage.say("coordinator", 'theme new T-2026-003 subject "schools and care"', direct=True)
    stage.say("coordinator", '!thema nieuw T-2026-004 onderwerp "wonen"')
    return stage


def theme_status() -> Stage:
    stage = themed()
    room = stage.room(THEME)
    stage.say("voorzitter", "!thema", room=room)
    stage.say("voorzitter", "!thema status actief", room=room)
    stage.say("voorzitter", "!actie leerplicht: lessen uit Z-2026-014 delen, over 2 weken", room=room)
    stage.say("voorzitter", "!actie leerplicht: bespreken wie verslaafd is, over 2 weken", room=room)
    stage.say("voorzitter", "!actie leerplicht: handreiking verzuim rondsturen, over 2 weken", room=room)
    stage.say("voorzitter", "!opschalen we komen niet verder", room=room)
    stage.say("voorzitter", "!thema status afgesloten", room=room)
    stage.say("leerplicht", "klaar A1 naar de school van Z-2026-014 gestuurd", direct=True)
    stage.say("leerplicht", "klaar A1", direct=True)
    stage.say("voorzitter", "!thema status afgesloten", room=room)
    stage.say("voorzitter", "!thema status eenmalig", room=room)
    stage.say("voorzitter", "!theme status active", room=room)
    stage.say("leerplicht", "!thema status afgesloten", room=room)
    stage.note("in de ruimte van een casus")
    opened(stage=stage)
    stage.say("voorzitter", "!thema status actief")
    return stage


THEMES: dict[str, Callable[[], Stage]] = {"thema nieuw": theme_new, "thema status": theme_status}
