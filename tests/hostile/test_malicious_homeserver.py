"""Somebody who owns the homeserver tries what they can: nothing leaks, nothing is carried out, the bot goes on.

All against one bot on a real homeserver, with a proxy between them that lies. Every test leaves a bot that works:
each ends with an ordinary command.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from bot.matrix.canonical import encode_base64, sign, with_signature
from bot.matrix.homeserver import segment
from bot.matrix.identity import Identity
from tests.hostile.proxy import Proxy, every_event
from tests.matrix.people import device, device_object
from tests.synapse.person import HOPELESS, Person, new_id
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.synapse.homeserver import Homeserver
    from tests.synapse.person import Heard

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANARY = "spookbericht"
FORGED = f"!actie leerplicht: {CANARY}, uiterlijk 15 december 2027"


@dataclass
class Scene:
    """A bot behind the liar, a case room with a chair and a partner, and somebody who does not belong there."""

    world: World
    proxy: Proxy
    room_id: str
    ghost: Person

    @property
    def chair(self) -> Person:
        return self.world.people["voorzitter"]

    @property
    def partner(self) -> Person:
        return self.world.people["leerplicht"]

    async def ask(self, text: str = "!acties", *, name: str = "voorzitter") -> Heard:
        return await self.world.ask(name, self.room_id, text)

    async def works(self) -> None:
        """An ordinary command of both people is carried out, and nothing of the attack was."""
        for name in ("voorzitter", "leerplicht"):
            assert CANARY not in (await self.ask(name=name)).body

    async def elsewhere(self) -> None:
        """An ordinary command in another room is answered: whatever came before it has been handled and sent."""
        chat = await self.world.direct_chat("coordinator")
        for _ in range(2):
            await self.world.ask("coordinator", chat, "!hulp")

    def heard_by_chair(self, words: str) -> list[Heard]:
        return [h for h in self.chair.heard if words in h.body and h.sender == self.world.bot_id]

    def logged(self, words: str) -> bool:
        return words in self.world.log.read_text()

    async def encrypted(self, person: Person, words: str) -> dict[str, Any]:
        """What a message of this person looks like on the server, without being sent there."""
        await person.say(self.room_id, "goedemorgen")  # shares the session
        content = person.crypto.seal(self.room_id, "m.room.message", {"msgtype": "m.text", "body": words})
        return event_of(person, "m.room.encrypted", content)


def event_of(person: Person, kind: str, content: dict[str, Any], **more: Any) -> dict[str, Any]:
    event = {"type": kind, "sender": person.user_id, "content": content, "event_id": f"${new_id()}"}
    return {**event, "origin_server_ts": int(time.time() * 1000), **more}


def setting(person: Person, kind: str, content: dict[str, Any]) -> dict[str, Any]:
    return event_of(person, kind, content, state_key="")


def membership(person: Person, value: str) -> dict[str, Any]:
    return event_of(person, "m.room.member", {"membership": value}, state_key=person.user_id)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(homeserver: Homeserver, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    world = await World.build(homeserver, tmp_path_factory.mktemp("wereld"), ("voorzitter", "leerplicht"))
    proxy = Proxy(homeserver.url)
    await proxy.start()
    try:
        world.config.write_text(world.config.read_text().replace(homeserver.url, proxy.url))
        world.start()
        seats = {"voorzitter": "voorzitter", "leerplicht": "leerplicht"}
        room_id = await world.case_room("Z-2026-201", seats)
        world.register("spook")
        yield Scene(world, proxy, room_id, await world.arrives("spook"))
    finally:
        await world.close()
        await proxy.stop()


# Who said it


async def test_a_message_under_another_name_is_not_carried_out(stage: Scene) -> None:
    event = await stage.encrypted(stage.partner, FORGED)
    await stage.proxy.show(stage.room_id, {**event, "sender": stage.chair.user_id})
    await stage.works()
    assert stage.logged("unknown_device")


async def test_a_message_of_somebody_outside_under_the_name_of_the_chair_is_not_carried_out(
    stage: Scene,
) -> None:
    """The outsider sends the bot a room key and has the homeserver put the chair's name on what it carries."""
    ghost = stage.ghost
    session = ghost.crypto.outbound(stage.room_id, frozenset(), max_age=timedelta(days=7), max_messages=100)
    bot = (await ghost.keyring.verdicts([stage.world.bot_id]))[stage.world.bot_id].recipients
    refused = stage.world.log.read_text().count("unknown_device")
    await ghost.keyring._open_channels(bot)
    keys = [(one, ghost.crypto.room_key_for(one, stage.room_id, session)) for one in bot]
    await ghost.keyring._send_to_devices(keys)
    for sender in (ghost, stage.chair):
        content = ghost.crypto.seal(stage.room_id, "m.room.message", {"msgtype": "m.text", "body": FORGED})
        await stage.proxy.show(stage.room_id, event_of(sender, "m.room.encrypted", content))
    await stage.works()
    # It was read, as the bot had its key, and refused for whose key that is.
    assert stage.world.log.read_text().count("unknown_device") == refused + 1


async def test_a_command_that_is_delivered_again_as_a_new_event_is_carried_out_once(stage: Scene) -> None:
    event_id = await stage.chair.say(
        stage.room_id, "!actie leerplicht: eenmaal bellen, uiterlijk 15 december 2027"
    )
    await stage.world.reply_to("voorzitter", event_id)
    path = f"/v3/rooms/{segment(stage.room_id)}/event/{segment(event_id)}"
    event = await stage.chair.homeserver.get(path)
    for _ in range(3):
        await stage.proxy.show(stage.room_id, {**event, "event_id": f"${new_id()}"})
    assert (await stage.ask()).body.count("eenmaal bellen") == 1
    await stage.works()


async def test_a_message_from_another_room_is_not_carried_out_here(stage: Scene) -> None:
    chat = await stage.world.direct_chat("coordinator")
    coordinator = stage.world.people["coordinator"]
    event_id = await coordinator.say(chat, FORGED)
    await stage.world.reply_to("coordinator", event_id)
    event = await coordinator.homeserver.get(f"/v3/rooms/{segment(chat)}/event/{segment(event_id)}")
    await stage.proxy.show(stage.room_id, {**event, "event_id": f"${new_id()}"})
    await stage.works()


async def test_a_made_up_reaction_or_redaction_agrees_to_nothing_and_takes_nothing_away(stage: Scene) -> None:
    asked = await stage.chair.say(
        stage.room_id, "!actie leerplicht: blijft staan, uiterlijk 15 december 2027"
    )
    answer = await stage.world.reply_to("voorzitter", asked)
    relation = {"rel_type": "m.annotation", "event_id": answer.event_id, "key": "\N{WHITE HEAVY CHECK MARK}"}
    await stage.proxy.show(
        stage.room_id,
        event_of(stage.partner, "m.reaction", {"m.relates_to": relation}),
        event_of(stage.chair, "m.room.redaction", {"redacts": asked}, redacts=asked),
        event_of(stage.chair, "m.room.redaction", {"redacts": answer.event_id}, redacts=answer.event_id),
    )
    assert "blijft staan" in (await stage.ask()).body
    await stage.works()


# Who may read it


async def test_a_ghost_member_gets_no_key_and_is_announced_once(stage: Scene) -> None:
    await stage.proxy.show(stage.room_id, membership(stage.ghost, "join"))
    await stage.proxy.show(stage.room_id, membership(stage.ghost, "join"))
    await stage.works()
    assert stage.ghost.user_id not in {user for user, _ in stage.proxy.key_recipients}
    announced = [
        h for h in stage.chair.heard if stage.ghost.user_id in h.body and h.sender == stage.world.bot_id
    ]
    assert len(announced) == 1
    await stage.proxy.show(stage.room_id, membership(stage.ghost, "leave"))


@pytest.mark.parametrize("signed", [False, True], ids=["that nobody signed", "signed by another identity"])
async def test_a_ghost_device_of_a_member_gets_no_key(stage: Scene, signed: bool) -> None:
    name, user = f"SPOOK{signed}", stage.partner.user_id
    made_up = Identity.create(user, os.urandom)
    theirs = device(name, 77 + signed, signed_by_owner=signed)
    one_time_key = {"key": encode_base64(os.urandom(32))}
    claimed = with_signature(one_time_key, user, name, sign(theirs.seed, one_time_key))

    def lie(answer: dict[str, Any]) -> None:
        if user in answer["device_keys"]:
            answer["device_keys"][user][name] = device_object(made_up, theirs)

    stage.proxy.lies["query"] = lie
    stage.proxy.lies["claim"] = lambda answer: (
        answer["one_time_keys"].setdefault(user, {}).update({name: {"signed_curve25519:AAAA": claimed}})
    )
    await stage.proxy.devices_changed(user)
    await stage.works()
    stage.proxy.lies.clear()
    await stage.proxy.devices_changed(user)
    assert name not in {found for _, found in stage.proxy.key_recipients}
    assert user in {owner for owner, _ in stage.proxy.key_recipients}


async def test_another_identity_for_a_member_gets_nothing_said_and_gives_no_orders(stage: Scene) -> None:
    user = stage.partner.user_id
    made_up = Identity.create(user, os.urandom)
    shown = device_object(made_up, device("GESTOLEN", 79))
    keys = made_up.device_signing_upload("GESTOLEN", lambda _: "")

    def lie(answer: dict[str, Any]) -> None:
        if user in answer["device_keys"]:
            answer["device_keys"][user]["GESTOLEN"] = shown
            answer["master_keys"][user] = keys["master_key"]
            answer["self_signing_keys"][user] = keys["self_signing_key"]

    stage.proxy.lies["query"] = lie
    await stage.proxy.devices_changed(user)
    before = len(stage.proxy.sent)
    event_id = await stage.partner.say(stage.room_id, FORGED)
    assert CANARY not in (await stage.ask()).body
    recipients = [
        r for sent in stage.proxy.sent[before:] if "sendToDevice" in sent.path for r in sent.body["messages"]
    ]
    assert user not in recipients
    assert "GESTOLEN" not in {found for _, found in stage.proxy.key_recipients}
    assert not any(h.in_reply_to == event_id for h in stage.chair.heard)
    assert stage.logged("an identity has changed")
    del stage.proxy.lies["query"]
    await stage.proxy.devices_changed(user)
    await stage.works()


@pytest.mark.parametrize("content", [{}, {"algorithm": "m.olm.none"}], ids=["gone", "of another kind"])
async def test_nothing_is_said_in_a_room_whose_encryption_seems_to_be(
    stage: Scene, content: dict[str, Any]
) -> None:
    path = f"/v3/rooms/{segment(stage.room_id)}/state/m.room.encryption/"
    truth = await stage.chair.homeserver.get(path)
    told = len(stage.heard_by_chair("De beveiliging van"))
    await stage.proxy.show(stage.room_id, setting(stage.chair, "m.room.encryption", content))
    before = len(stage.proxy.sent)
    event_id = await stage.chair.say(stage.room_id, "!acties")
    await stage.chair.until(
        lambda _: len(stage.heard_by_chair("De beveiliging van")) > told, what="the warning"
    )
    await stage.elsewhere()
    assert [s.path for s in stage.proxy.sent[before:] if "send" in s.path and stage.room_id in s.path] == []
    assert stage.logged("the protection of a room was weakened: m.room.encryption")
    await stage.proxy.show(stage.room_id, setting(stage.chair, "m.room.encryption", truth))
    # What was asked meanwhile is answered as soon as it may be.
    await stage.world.reply_to("voorzitter", event_id)
    await stage.works()


# What it says


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("!" * 65_536, id="64 KiB of exclamation marks"),
        pytest.param(f"!actie leerplicht: {'1 ' * 32_000}, uiterlijk morgen", id="64 KiB of numbers"),
        pytest.param("!besluit \x00besproken\x00, reden: \x00", id="NUL"),
        pytest.param("!klaar \u202e1A\u202c \u2066A1\u2069", id="right-to-left overrides"),
        pytest.param("\u200b" * 30_000, id="invisible characters"),
        pytest.param("> " * 30_000 + "\n\nja", id="a quotation without end"),
    ],
)
async def test_a_message_of_any_size_and_kind_holds_nothing_up(stage: Scene, words: str) -> None:
    event = await stage.encrypted(stage.chair, words)
    await stage.proxy.show(stage.room_id, event)
    await stage.works()


@pytest.mark.parametrize("milliseconds", [0, -(10**15), 253_402_300_799_999, 10**30, "gisteren", None])
async def test_a_made_up_time_is_no_basis_for_a_deadline(stage: Scene, milliseconds: object) -> None:
    event = await stage.encrypted(stage.chair, f"!actie leerplicht: {CANARY}, uiterlijk morgen")
    await stage.proxy.show(stage.room_id, {**event, "origin_server_ts": milliseconds})
    await stage.works()


async def test_a_message_that_is_kept_back_is_not_carried_out_and_the_next_one_is(stage: Scene) -> None:
    def lie(answer: dict[str, Any]) -> None:
        for event in every_event(answer):
            if event["sender"] == stage.chair.user_id:
                event["type"] = "nl.voorbeeld.weg"

    stage.proxy.lies["sync"] = lie
    await stage.chair.say(stage.room_id, FORGED)
    await stage.proxy.tell(lambda _: None)
    del stage.proxy.lies["sync"]
    await stage.works()


# Keys


async def test_somebody_new_is_understood_after_all_one_time_keys_were_claimed(stage: Scene) -> None:
    bot = stage.world.bot_id
    (device_id,) = (await stage.ghost.homeserver.post("/v3/keys/query", {"device_keys": {bot: []}}))[
        "device_keys"
    ][bot]
    wanted = {"one_time_keys": {bot: {device_id: "signed_curve25519"}}}
    names: set[str] = set()
    for _ in range(120):
        answer = await stage.ghost.homeserver.post("/v3/keys/claim", wanted)
        (name,) = answer["one_time_keys"][bot][device_id]
        if name in names:
            break  # the same again: it is the fallback key
        names.add(name)
    stage.world.register("wijkagent")
    await stage.world.arrives("wijkagent")
    await stage.ask(f"!deelnemer {stage.world.user_id('wijkagent')} wijkagent")
    await stage.world.joins("wijkagent", stage.room_id)
    await stage.ask(name="wijkagent")
    await stage.works()


# The bot itself


async def test_a_ghost_device_of_the_bot_is_an_alarm(stage: Scene) -> None:
    bot = stage.world.bot_id
    ghost = device_object(Identity.create(bot, os.urandom), device("NACHTSPOOK", 80))

    def lie(answer: dict[str, Any]) -> None:
        if bot in answer["device_keys"]:
            answer["device_keys"][bot]["NACHTSPOOK"] = ghost

    stage.proxy.lies["query"] = lie
    await stage.proxy.devices_changed(bot)
    await stage.proxy.tell(lambda _: None)
    await stage.works()
    del stage.proxy.lies["query"]
    assert stage.logged("ALARM")
    assert stage.logged("NACHTSPOOK")
    assert "NACHTSPOOK" not in {found for _, found in stage.proxy.key_recipients}


async def test_another_identity_for_the_bot_stops_it_with_a_code_of_its_own(stage: Scene) -> None:
    bot = stage.world.bot_id
    made_up = Identity.create(bot, os.urandom).device_signing_upload("X", lambda _: "")

    def lie(answer: dict[str, Any]) -> None:
        if bot in answer.get("master_keys", {}):
            answer["master_keys"][bot] = made_up["master_key"]

    stage.proxy.lies["query"] = lie
    stage.proxy._to_tell.append(
        (lambda answer: answer.setdefault("device_lists", {}).update(changed=[bot]), asyncio.Event())
    )
    assert stage.world._process is not None
    assert await asyncio.to_thread(stage.world._process.wait, HOPELESS) == 5
    assert stage.logged("hoofdsleutel")
    del stage.proxy.lies["query"]
    stage.world.start()
    await stage.works()


async def test_no_word_left_the_bot_without_encryption(stage: Scene) -> None:
    kinds = {sent.path[sent.path.index("send") + 1] for sent in stage.proxy.sent if "send" in sent.path}
    assert kinds <= {"m.room.encrypted", "m.reaction"}
