"""The example meeting of the field, typed on what people have on their screen; and what they tap, edit and take back.

The days are far ahead: the bot reads the real clock, and "vrijdag" is another day every week.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.interop.real_client import RealClient
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.interop.real_client import Message
    from tests.synapse.homeserver import Homeserver

pytestmark = pytest.mark.asyncio(loop_scope="module")

REF = "Z-2026-314"
TYPING = {
    "voorzitter": "voorzitter",
    "wijkagent": "wijkagent",
    "woningcorporatie": "woningcorporatie",
    "GI": "GI",
}
"""Who is at the table with a client, and in which role."""
ABSENT = ("leerplicht", "burgerzaken", "onderwijs")


class Table:
    """Everybody with their client in the room of the case."""

    def __init__(self, world: World, room_id: str, people: dict[str, RealClient]) -> None:
        self.world = world
        self.room_id = room_id
        self.people = people

    async def say(self, name: str, text: str, *lines: str, **options: str) -> Message:
        """Somebody types; the bot's answer must hold these lines."""
        event_id = await self.people[name].send(self.room_id, text, **options)
        answer = await self.answer(event_id, name)
        for line in lines:
            assert line in (answer.body or ""), f"{text!r} was answered with {answer.body!r}"
        return answer

    async def answer(self, event_id: str, name: str) -> Message:
        return await self.people[name].until(
            lambda messages: next(
                (m for m in messages if self._of_bot(m) and m.in_reply_to == event_id and m.body), None
            ),
            what=f"an answer to {event_id}",
        )

    async def talk(self, name: str, text: str) -> str:
        return await self.people[name].send(self.room_id, text)

    def _of_bot(self, message: Message) -> bool:
        return message.sender == self.world.bot_id


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def table(homeserver: Homeserver, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Table]:
    world = World(homeserver, tmp_path_factory.mktemp("example"))
    await world.settle((), extra=(*TYPING, *ABSENT))
    people: dict[str, RealClient] = {}
    try:
        for name in TYPING:
            user, password = world.user_id(name), world.passwords[name]
            people[name] = await RealClient.arrive(homeserver.url, user, password)
        world.start()
        room_id = await world.case_room(REF, {})
        for name, role in {**TYPING, **dict.fromkeys(ABSENT, "")}.items():
            await world.ask("coordinator", room_id, f"!deelnemer {world.user_id(name)} {role or name}")
        for client in people.values():
            await client.accept_invite(room_id)
        everybody = {client.user_id for client in people.values()}
        for client in people.values():
            await client.meet(room_id, world.bot_id, *(everybody - {client.user_id}))
        yield Table(world, room_id, people)
    finally:
        for client in people.values():
            await client.close()
        await world.close()


async def test_a_complete_meeting_at_the_speed_of_the_conversation(table: Table) -> None:
    say, talk = table.say, table.talk
    await say(
        "voorzitter", "!actie wijkagent: langsgaan, uiterlijk 1 december 2027", "A1 wijkagent: langsgaan."
    )
    await say(
        "voorzitter",
        "!actie woningcorporatie: passende woning zoeken, 2 december 2027",
        "A2 woningcorporatie",
    )
    await say(
        "voorzitter",
        '!overleg start "afspraken herijken na schoolverzuim"',
        f"Overleg {REF} gestart",
        "Vertrouwelijk: deel alleen wat nodig is voor het doel. Geen namen, BSN of afkomst.",
        "Openstaand: A1 wijkagent",
    )
    await say(
        "voorzitter",
        "!agenda vorige acties; beeldvorming; besluiten; wie informeert",
        "Agenda: 1) vorige acties 2) beeldvorming 3) besluiten 4) wie informeert. Nu: 1.",
    )
    await say("voorzitter", "!aanwezig allen behalve onderwijs", "Niet aanwezig: onderwijs.")
    await say("wijkagent", "!klaar A1 twee keer langs geweest, deur niet opengedaan", "A1 gereed.")
    await say("woningcorporatie", "!vast A2 wachtlijst passende woning", "A2 staat vast: wachtlijst.")
    await say("woningcorporatie", "16 december 2027", "A2 opnieuw bekijken: donderdag 16 december 2027.")
    await say("voorzitter", "!agenda volgende", "Nu: 2) beeldvorming.")
    ordinary = [
        await talk("GI", "de jongste is al 8 dagen niet op school, vage afmelding"),
        await talk("woningcorporatie", "woning lijkt leeg"),
    ]
    await say("voorzitter", "!agenda volgende", "Nu: 3) besluiten.")
    await say(
        "voorzitter",
        "!actie leerplicht: verzuimoverzicht en afmelding uitvragen, uiterlijk 10 december 2027 12:00",
        "A3 leerplicht: verzuimoverzicht en afmelding uitvragen.",
        "Termijn: vrijdag 10 december 2027, 12:00. Klopt dit? (ja / wijzig)",
    )
    await talk("voorzitter", "ja")
    await say("GI", "!actie GI: veiligheidsplan bijwerken, volgende vrijdag", "bedoel je")
    await say(
        "GI",
        "17 december 2027",
        "A4 GI: veiligheidsplan bijwerken.",
        "vrijdag 17 december 2027. Voorzitter, akkoord?",
    )
    await say("voorzitter", "ja", "A4 is afgesproken.")
    await say(
        "voorzitter",
        "!besluit gezinsgesprek plannen, reden: 8 dagen niet op school, geen contact",
        "B1 vastgelegd: gezinsgesprek plannen.",
    )
    await say("voorzitter", "!agenda volgende", "Nu: 4) wie informeert.")
    await say(
        "voorzitter",
        "!actie GI: ouders informeren over dit overleg zodra er contact is",
        "Ik heb geen datum.",
    )
    await say(
        "voorzitter", "20 december 2027", "A5 GI: ouders informeren", "Kijkdatum: maandag 20 december 2027."
    )
    closing = await say(
        "voorzitter",
        "!overleg stop, volgend overleg 20 december 2027 10:00",
        f"Afsprakenlijst {REF}",
        "Besluiten: B1 gezinsgesprek plannen.",
        "A3 leerplicht vr 10/12 12:00 · A4 GI vr 17/12 · A5 GI ma 20/12",
        "Volgend overleg: maandag 20 december 2027, 10:00.",
    )
    for client in table.people.values():
        seen = await client.read(closing.event_id)
        assert (seen.body, seen.msgtype, seen.shield) == (closing.body, "m.notice", "NONE")
    answered = {m.in_reply_to for m in table.people["voorzitter"].messages.values() if table._of_bot(m)}
    assert not answered & set(ordinary), "ordinary talk gets no answer"


async def test_an_edited_command_is_offered_and_a_removed_one_asked_about(table: Table) -> None:
    chair = table.people["voorzitter"]
    typed = await chair.send(table.room_id, "!actie GI: school bellen, 10 december 2027")
    await table.answer(typed, "voorzitter")
    edit = "!actie GI: school en ouders bellen, 10 december 2027"
    await table.say("voorzitter", edit, "Wordt GI: school en ouders bellen", edit=typed)
    await table.say("voorzitter", "ja", "Gewijzigd.")
    await chair.redact(table.room_id, typed)
    await chair.until(
        lambda messages: next((m for m in messages if "blijft staan" in (m.body or "")), None),
        what="a question about the removed command",
    )


async def test_what_is_wiped_disappears_from_every_screen(table: Table) -> None:
    partner = table.people["GI"]
    shown = await table.say("voorzitter", "!actie GI: kanarie zoeken, 10 december 2027", "kanarie zoeken")
    listed = await table.say("GI", "!acties", "kanarie zoeken")
    number = (shown.body or "").split()[0]
    await table.say("voorzitter", f"!wis {number}", "de tekst is weg")
    gone = {shown.event_id, listed.event_id}
    await partner.until(
        lambda messages: gone <= {m.redacts for m in messages}, what="the bot taking its messages back"
    )
    await table.say("GI", "!acties", "(gewist)")


async def test_a_vote_is_tapped_and_counted_by_role(table: Table) -> None:
    opened = await table.say(
        "voorzitter", '!stemming "Nu opschalen?" ja; nee; later', "Stemming 1: Nu opschalen?"
    )
    taps = {"GI": "0", "wijkagent": "1", "woningcorporatie": "0"}
    for name, answer in taps.items():
        poll = await table.people[name].until(
            lambda messages: next((m for m in messages if m.type.endswith("poll.start")), None),
            what="the poll",
        )
        assert poll.encrypted
        assert not poll.rings
        assert opened.body is not None
        assert "opschalen" not in str(poll.content), "what a phone announces holds nothing of the case"
        await table.people[name].poll_vote(table.room_id, poll.event_id, [answer])
    await table.people["GI"].poll_vote(table.room_id, poll.event_id, ["2"])
    await table.say("voorzitter", "!stemming sluit", "ja: 1 · nee: 1 · later: 1.", "Gestemd: ")


async def test_a_structured_command_needs_no_prefix_where_its_words_agree(table: Table) -> None:
    extra = {"org.matrix.msc4391.command": {"command": "acties", "arguments": {}}}
    chair = table.people["voorzitter"]
    event_id = await chair.send(table.room_id, "acties", mentions=[table.world.bot_id], extra=extra)
    answer = await table.answer(event_id, "voorzitter")
    assert "Acties" in (answer.body or "")


async def test_a_proposal_outside_the_meeting_is_agreed_with_one_tap(table: Table) -> None:
    chair = table.people["voorzitter"]
    chat = await chair.until(
        lambda _: next((r for r, who in chair.members.items() if who.get(chair.user_id) == "invite"), None),
        what="an invitation to a chat with the bot",
    )
    await chair.accept_invite(chat)
    await chair.meet(chat, table.world.bot_id)
    proposal = await table.say("GI", "!actie GI: verslag sturen, 10 december 2027", "Voorzitter, akkoord?")
    number = (proposal.body or "").split()[0]
    poll = await chair.until(
        lambda messages: next(
            (m for m in messages if m.room_id == chat and m.type.endswith("poll.start")), None
        ),
        what="the question to the chair",
    )
    assert "verslag" not in str(poll.content), "what a phone announces holds nothing of the case"
    assert not poll.rings
    await chair.poll_vote(chat, poll.event_id, ["0"])
    agreed = f"{number} is afgesproken."
    for room_id in (chat, table.room_id):
        await chair.until(
            lambda messages, room_id=room_id: next(
                (m for m in messages if m.room_id == room_id and m.body == agreed), None
            ),
            what=f"{agreed} in {room_id}",
        )
