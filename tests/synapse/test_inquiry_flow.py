"""An inquiry from the question to "not provided", on a real homeserver, with the bot killed on the way."""

from __future__ import annotations

import sys
from datetime import date, time
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from bot.core.dates.calendar import at_local, next_working_day
from bot.core.records.actions import ActionState
from bot.core.records.inquiries import InquiryAnswer, InquiryState
from bot.matrix import polls
from bot.store.database import Database
from tests.synapse.clocked import set_clock
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.core.casefile import CaseFile
    from tests.synapse.homeserver import Homeserver
    from tests.synapse.person import Heard

REF = "Z-2026-501"
PARTNER = "veiligthuis"
SEATS = {"voorzitter": "voorzitter", "leerplicht": "leerplicht", PARTNER: "Veilig Thuis"}
MONDAY = date(2026, 3, 16)
OPENS = time(9)
ANSWERED = ": niet verstrekt. Dat is een volledig antwoord. Ik vraag er niet meer naar."
QUESTION = "bekend in een andere regio?"


@pytest.fixture
async def world(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[World]:
    built = await World.build(homeserver, tmp_path, tuple(SEATS))
    built.command = (sys.executable, "-m", "tests.synapse.clocked")
    try:
        yield built
    finally:
        await built.close()


def working_days(after: date) -> Iterator[date]:
    while True:
        after = next_working_day(after)
        yield after


async def asked(world: World, room_id: str) -> None:
    """Leerplicht asks, guided in their own chat; the bot is killed between two of its questions."""
    chat = await world.direct_chat("leerplicht")
    asker = world.people["leerplicht"]
    begun = await world.ask("leerplicht", room_id, f'!navraag Veilig Thuis "{QUESTION}"')
    assert "gaat nog niet weg" in begun.body
    await asker.until(
        lambda heard: [h for h in heard if h.room_id == chat and "Waarvoor" in h.body],
        what="the first question",
    )
    assert "grondslag" in (await world.ask("leerplicht", chat, "zicht op veiligheid")).body
    event_id = await asker.say(chat, "1")
    world.kill()
    world.start()
    assert "met minder" in (await world.reply_to("leerplicht", event_id)).body
    assert "betrokkene" in (await world.ask("leerplicht", chat, "nee")).body
    sent = await world.ask("leerplicht", chat, "nee, geen contact gekregen")
    assert sent.body.startswith("N1 is gesteld")


def open_polls(world: World, chat: str) -> list[Heard]:
    return [h for h in world.people[PARTNER].heard if h.room_id == chat and polls.START in h.content]


async def another_poll(world: World, chat: str, than: int) -> Heard:
    found: list[Heard] = await world.people[PARTNER].until(
        lambda _: open_polls(world, chat)[than:], what="the answers to tap"
    )
    return found[-1]


async def stored(world: World) -> CaseFile:
    """What the stopped bot has in its encrypted file."""
    key = bytes.fromhex((world.folder / "key").read_text())
    async with await Database.open(world.data / "casusbot.db", key, create=False) as database:
        file = await database.read(lambda t: t.case_file(REF))
    assert file is not None
    return file


async def test_a_partner_that_may_not_tell_says_so_with_one_tap_and_is_asked_no_more(world: World) -> None:
    set_clock(world.config, at_local(MONDAY, time(10)))
    world.start()
    room_id = await world.case_room(REF, SEATS)
    chat = await world.direct_chat(PARTNER)
    await asked(world, room_id)

    poll = await another_poll(world, chat, 0)
    assert poll.body.startswith(f"{REF} · A1 · "), "what a phone announces holds nothing of the case"
    assert any(QUESTION in h.body and "Jij bepaalt" in h.body for h in world.people[PARTNER].heard)

    due = list(islice(working_days(MONDAY), 2))[-1]
    world.kill()
    set_clock(world.config, at_local(due, OPENS))
    world.start()
    poll = await another_poll(world, chat, 1)
    assert poll.rings, "an inquiry is reminded of like any action"

    await world.people[PARTNER].tap(poll, "niet verstrekt")
    world.kill()
    world.start()

    def answers(heard: list[Heard]) -> list[Heard]:
        return [h for h in heard if h.room_id == room_id and ANSWERED in h.body]

    await world.people["leerplicht"].until(answers, what="the answer")
    # Another action of the same partner shows that reminders do go on.
    await world.ask("voorzitter", room_id, "!actie Veilig Thuis: plan bespreken, uiterlijk 20 maart 2026")
    await world.ask(PARTNER, chat, "!help")  # whatever was on its way has arrived before the answer
    before = len(world.people[PARTNER].heard)
    for day in islice(working_days(due), 8):
        world.kill()
        set_clock(world.config, at_local(day, OPENS))
        world.start()
        await world.ask("voorzitter", room_id, "!acties")
    await world.ask(PARTNER, chat, "!acties")
    later = [h for h in world.people[PARTNER].heard[before:] if h.room_id == chat and not h.in_reply_to]
    assert any(h.rings and "A2" in h.body for h in later)
    assert [h.body for h in later if "A1" in h.body or "N1" in h.body] == []
    assert len(answers(world.people["leerplicht"].heard)) == 1

    world.kill()
    file = await stored(world)
    [inquiry], action = file.inquiries, file.action(1)
    assert (inquiry.state, inquiry.answer) == (InquiryState.ANSWERED, InquiryAnswer.NOT_PROVIDED)
    assert (inquiry.purpose, inquiry.basis, inquiry.minimal) == ("zicht op veiligheid", "wgs", True)
    assert (inquiry.informed, inquiry.uninformed) == (False, "geen contact gekregen")
    assert action is not None
    assert (action.state, action.nudge_at) == (ActionState.DONE, None)
