"""A case goes to a region without a bot: a person there reads the proposal and types the steps in the shared room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.records.actions import ActionState
from bot.core.records.handovers import HandoverState
from bot.matrix.account import shown_master_key
from tests.synapse.homeserver import Homeserver
from tests.synapse.regions import THEIRS
from tests.synapse.test_federation import REF, SEATS, kept
from tests.synapse.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.synapse.person import Heard, Person

STEPS = (
    ("!overdracht ontvangen", "heeft de overdracht"),
    ("!overdracht gesprek 10 december 2027", "Overdrachtsgesprek met regio Elders"),
    ("!overdracht accepteer", "Overgedragen: A1"),
    ("!overdracht gesprek gevoerd", "is gevoerd"),
    ("!overdracht afgerond", "is afgerond"),
)


async def hears(person: Person, bot: str, told: str) -> Heard:
    def said(heard: list[Heard]) -> Heard | None:
        return next((h for h in heard if h.sender == bot and told in h.body), None)

    found: Heard = await person.until(said, what=f"hearing: {told}")
    return found


async def test_a_person_of_a_region_without_a_bot_takes_a_case_over_by_typing(tmp_path: Path) -> None:
    with Homeserver.federating() as here, Homeserver.federating() as there:
        ours, theirs = World(here, tmp_path / "ours"), World(there, tmp_path / "theirs")
        ours.folder.mkdir()
        try:
            await ours.settle(tuple(SEATS))
            theirs.register("coordinator")
            contact = await theirs.arrives("coordinator")
            fingerprint = await shown_master_key(contact.homeserver, contact.user_id)
            ours.configure(
                f'regions:\n  {THEIRS}: {{contact: "{contact.user_id}", fingerprint: "{fingerprint}"}}\n'
            )
            ours.start()
            case = await ours.case_room(REF, SEATS)
            await ours.ask(
                "voorzitter", case, "!actie leerplicht: verzuim uitvragen, uiterlijk 15 december 2027"
            )
            await ours.ask("voorzitter", case, f"!overdracht naar {THEIRS} reden gezin is verhuisd")
            await ours.ask("voorzitter", case, "ja")
            letter = await hears(contact, ours.bot_id, f"Overdracht van {REF}")
            assert "verzuim uitvragen" in letter.body
            for typed, told in STEPS:
                event_id = await contact.say(letter.room_id, typed)
                thanks = await hears(contact, ours.bot_id, "Dank je")
                assert thanks.in_reply_to == event_id
                contact.heard.clear()
                await hears(ours.people["voorzitter"], ours.bot_id, told)
            assert ours.stop() == 0
            handover, actions = await kept(ours)
        finally:
            await ours.close()
            await theirs.close()
    assert handover.state is HandoverState.COMPLETED
    assert actions[0].state is ActionState.HANDED_OVER
