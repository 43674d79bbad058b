"""Our Matrix layer against what people have on their screen: matrix-js-sdk with its Rust crypto.

Every Node process costs a second and some memory, so those who only talk are shared by the whole module.
"""

from __future__ import annotations

import asyncio
import os
import select
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core.effects import EndPoll, Loudness, Say, SendPoll, ToPerson
from bot.core.text import Language, Message
from bot.matrix import account, polls
from bot.matrix.crypto import Undecryptable
from bot.matrix.homeserver import Homeserver as Api
from bot.matrix.homeserver import segment
from bot.matrix.identity import Identity
from bot.matrix.outbox import content_of
from bot.matrix.rooms import creation
from bot.matrix.secret_storage import (
    DEFAULT_KEY,
    KEY_DESCRIPTION,
    MASTER,
    SELF_SIGNING,
    USER_SIGNING,
    RecoveryKey,
    default_key_id,
    new_recovery_key,
    open_identity,
)
from bot.matrix.trust import Origin
from tests.interop.conftest import PASSWORD
from tests.interop.real_client import RealClientError
from tests.synapse.person import HOPELESS, new_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.interop.conftest import Door
    from tests.interop.real_client import Isolation, RealClient, Verification
    from tests.interop.real_client import Message as Seen
    from tests.synapse.person import Heard, Person

pytestmark = pytest.mark.asyncio(loop_scope="module")

both_modes = pytest.mark.parametrize(
    "isolation", ["all", "signed"], ids=["with every device", "insecure devices excluded"]
)


async def our_room(ours: Person, *guests: RealClient) -> str:
    """A room as the bot makes them, with everybody in it."""
    users = {guest.user_id for guest in guests}
    body = creation(None, new_id(), invite=users)
    room_id = str((await ours.homeserver.post("/v3/createRoom", body))["room_id"])
    for guest in guests:
        await guest.accept_invite(room_id)
    for guest in guests:
        await guest.meet(room_id, ours.user_id, *users)

    async def all_there() -> bool:
        return users < (await ours.rooms()).get(room_id, set())

    await ours.sync_until(all_there, what=f"{users} in {room_id}")
    return room_id


async def heard(ours: Person, event_id: str) -> Heard:
    message: Heard = await ours.until(
        lambda all_heard: next((h for h in all_heard if h.event_id == event_id), None), what=event_id
    )
    return message


async def origin(ours: Person, room_id: str, event_id: str) -> Origin:
    """Where our layer says that a message comes from."""
    event = await ours.homeserver.get(f"/v3/rooms/{segment(room_id)}/event/{segment(event_id)}")
    opened = ours.crypto.open(room_id, event)
    return await ours.keyring.origin_of(event["sender"], opened)


async def unreadable(client: RealClient, event_id: str) -> Seen:
    def failed(_: object) -> Seen | None:
        message = client.messages.get(event_id)
        return message if message and message.failure else None

    return await client.until(failed, what=f"{event_id} to fail")


# -- two people with Element: the harness itself ---------------------------------------------------


@both_modes
async def test_two_people_talk_without_a_warning(
    chair: RealClient, partner: RealClient, isolation: Isolation
) -> None:
    await chair.isolate(isolation)
    await partner.isolate(isolation)
    room_id = await chair.create_room(invite=[partner.user_id])
    await partner.accept_invite(room_id)
    await chair.meet(room_id, partner.user_id)
    question = await partner.read(await chair.send(room_id, "Wie belt?"))
    answer = await chair.read(await partner.send(room_id, "Ik.", reply_to=question.event_id))
    for message, sender, body in ((question, chair, "Wie belt?"), (answer, partner, "Ik.")):
        assert (message.sender, message.body, message.encrypted) == (sender.user_id, body, True)
        assert (message.shield, message.shield_reason) == ("NONE", None)
    assert answer.in_reply_to == question.event_id


async def test_a_client_that_is_gone_says_so_at_once_instead_of_at_the_deadline(door: Door) -> None:
    client = await door.client("afwezig")
    client._process.kill()
    with pytest.raises(RealClientError, match="gone"):
        await client.until(lambda messages: messages, what="what will never come")


HOLDS_A_CLIENT = """
import asyncio
from tests.interop.real_client import NODE, SCRIPT

async def hold():
    client = await asyncio.create_subprocess_exec(NODE, SCRIPT, stdin=asyncio.subprocess.PIPE)
    print(client.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(hold())
"""


async def test_a_killed_test_run_leaves_no_client_behind() -> None:
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDS_A_CLIENT, stdout=asyncio.subprocess.PIPE
    )
    assert run.stdout is not None
    client = os.pidfd_open(int(await run.stdout.readline()))
    try:
        run.kill()
        await run.wait()
        ended, _, _ = await asyncio.to_thread(select.select, [client], [], [], HOPELESS)
        assert ended
    finally:
        os.close(client)


# -- our Matrix layer and Element ------------------------------------------------------------------


@both_modes
async def test_what_our_layer_says_carries_no_warning_and_what_it_hears_is_trusted(
    chair: RealClient, ours: Person, isolation: Isolation
) -> None:
    await chair.isolate(isolation)
    room_id = await our_room(ours, chair)
    said = await chair.read(await ours.say(room_id, "Genoteerd."))
    assert (said.body, said.shield, said.shield_reason) == ("Genoteerd.", "NONE", None)
    answered = await heard(ours, await chair.send(room_id, "!help", reply_to=said.event_id))
    assert (answered.sender, answered.body, answered.in_reply_to) == (chair.user_id, "!help", said.event_id)
    assert await origin(ours, room_id, answered.event_id) is Origin.TRUSTED
    status = await chair.device_status(ours.user_id, ours.crypto.machine.device_id)
    assert status is not None
    assert status.signed_by_owner


async def test_an_unsigned_sender_is_marked_red_and_shut_out_of_secure_clients(
    door: Door, chair: RealClient
) -> None:
    unsigned = await door.person("ongetekend", signed=False)
    await chair.isolate("all")
    room_id = await our_room(unsigned, chair)
    marked = await chair.read(await unsigned.say(room_id, "Genoteerd."))
    assert (marked.shield, marked.shield_reason) == ("RED", "UNSIGNED_DEVICE")
    assert (await heard(unsigned, await chair.send(room_id, "Wie ben je?"))).body == "Wie ben je?"

    await chair.isolate("signed")
    refused = await unreadable(chair, await unsigned.say(room_id, "Nog iets."))
    assert (refused.failure, refused.body) == ("UNSIGNED_SENDER_DEVICE", None)
    secret = await chair.send(room_id, "Dit is niet voor jou.")
    await unsigned.sync(wait=0)  # a key would have been sent before the message was
    with pytest.raises(Undecryptable):
        await origin(unsigned, room_id, secret)


async def test_a_device_gets_no_key_and_no_trust_until_its_owner_signs_it(door: Door, ours: Person) -> None:
    phone = await door.client("wijkagent")
    room_id = await our_room(ours, phone)
    laptop = await door.device(phone.user_id)
    unsigned = await heard(ours, await laptop.send(room_id, "!help"))
    assert await origin(ours, room_id, unsigned.event_id) is Origin.UNSIGNED_DEVICE
    closed = await unreadable(laptop, await ours.say(room_id, "Alleen voor de telefoon."))
    assert closed.failure == "MEGOLM_UNKNOWN_INBOUND_SESSION_ID"
    assert phone.recovery_key is not None
    await laptop.recover(phone.recovery_key)
    signed = await heard(ours, await laptop.send(room_id, "!help"))
    assert await origin(ours, room_id, signed.event_id) is Origin.TRUSTED
    assert (await laptop.read(await ours.say(room_id, "Nu voor allebei."))).shield == "NONE"


# -- everything that people can do in a room -------------------------------------------------------


async def test_every_kind_of_message_reaches_our_layer_as_it_was_meant(
    chair: RealClient, ours: Person
) -> None:
    await chair.isolate("signed")
    room_id = await our_room(ours, chair)
    root = await chair.send(room_id, "Overleg van vandaag")
    reply = await heard(ours, await chair.send(room_id, "Ja.", reply_to=root))
    assert reply.in_reply_to == root
    threaded = await heard(ours, await chair.send(room_id, "Los punt.", thread=root))
    assert threaded.content["m.relates_to"]["rel_type"] == "m.thread"
    edited = await heard(ours, await chair.send(room_id, "Overleg van gisteren", edit=root))
    assert edited.content["m.relates_to"] == {"rel_type": "m.replace", "event_id": root}
    assert edited.content["m.new_content"]["body"] == "Overleg van gisteren"
    addressed = await heard(ours, await chair.send(room_id, "Help eens", mentions=[ours.user_id]))
    assert addressed.content["m.mentions"] == {"user_ids": [ours.user_id]}
    file = await heard(ours, await chair.send_file(room_id, "plan.txt", b"Een plan.", "text/plain"))
    assert file.content["file"]["url"].startswith("mxc://")
    assert file.content["info"] == {"mimetype": "text/plain", "size": 9}


async def test_what_is_not_plain_talk_reaches_other_people(chair: RealClient, partner: RealClient) -> None:
    await chair.isolate("signed")
    room_id = await chair.create_room(invite=[partner.user_id])
    await partner.accept_invite(room_id)
    await chair.meet(room_id, partner.user_id)
    file = await partner.read(await chair.send_file(room_id, "plan.txt", b"Een plan.", "text/plain"))
    assert await partner.open_file(file) == b"Een plan."
    liked = await chair.read(await partner.react(room_id, file.event_id, "👍"))
    assert liked.relation == {"rel_type": "m.annotation", "event_id": file.event_id, "key": "👍"}
    poll = await partner.read(await chair.poll_start(room_id, "Wanneer?", ["maandag", "dinsdag"]))
    answers = poll.content["org.matrix.msc3381.poll.start"]["answers"]
    vote = await chair.read(await partner.poll_vote(room_id, poll.event_id, [answers[1]["id"]]))
    assert vote.content["org.matrix.msc3381.poll.response"] == {"answers": [answers[1]["id"]]}
    assert vote.relation == {"rel_type": "m.reference", "event_id": poll.event_id}
    taken_back = await partner.read(await chair.redact(room_id, file.event_id, "verkeerd bestand"))
    assert taken_back.redacts == file.event_id


async def test_only_a_reminder_rings_at_somebody_with_element(chair: RealClient, ours: Person) -> None:
    room_id, to = await our_room(ours, chair), ToPerson(chair.user_id)
    question = SendPoll(to, "Z-1 · A1 · vandaag", ("klaar", "later"), "poll:Z-1:1", Language.NL)
    quiet, loud = Message.of("A1 is aan de beurt."), Loudness.NUDGE
    sent = {
        "a reminder": (polls.START, polls.started(replace(question, loudness=loud))),
        "a list": ("m.room.message", content_of(Say(to, Message.of("Z-1 · A1"), loudness=loud))),
        "its words": ("m.room.message", content_of(Say(to, quiet))),
        "answers to what was asked": (polls.START, polls.started(question)),
    }
    rings, first = {}, ""
    for what, (kind, content) in sent.items():
        shown = await chair.read(await ours.send(room_id, kind, content))
        first, rings[what] = first or shown.event_id, shown.rings
    end = polls.ended(EndPoll(to, question.key, "Z-1 · A1"), first)
    rings["its end"] = (await chair.read(await ours.send(room_id, polls.END, end))).rings
    assert [what for what, rung in rings.items() if rung] == ["a reminder", "a list"]


# -- identities ------------------------------------------------------------------------------------


def is_(phase: str, verification_id: str) -> Callable[[Verification], bool]:
    return lambda v: (v.verification_id, v.phase) == (verification_id, phase)


async def ask_to_compare(
    asks: RealClient, answers: RealClient, *, room_id: str | None = None, device: str | None = None
) -> str:
    """As far as seven emoji on both screens."""
    flow = await asks.request_verification(answers.user_id, room_id=room_id, device=device)
    request = await answers.verification(is_("requested", flow), what="the request")
    assert (request.user_id, request.room_id) == (asks.user_id, room_id)
    await answers.accept_verification(flow)
    await asks.verification(is_("ready", flow), what="the acceptance")
    await asks.compare_emoji(flow)
    seen = [
        await client.verification(lambda v: v.verification_id == flow and v.emoji is not None, what="emoji")
        for client in (asks, answers)
    ]
    assert seen[0].emoji == seen[1].emoji
    assert len(seen[0].emoji or ()) == 7
    return flow


async def verified(client: RealClient, other: RealClient) -> None:
    """Wait for the signature, which is uploaded after both are done."""

    def marked(_: object) -> bool:
        status = client.users.get(other.user_id)
        return status is not None and status.verified

    await client.until(marked, what=f"{other.user_id} to be verified")


@pytest.mark.parametrize("in_a_room", [True, False], ids=["in a room", "from device to device"])
async def test_people_who_see_the_same_emoji_have_verified_each_other(door: Door, in_a_room: bool) -> None:
    asks, answers = await door.client("voorzitter"), await door.client("reclassering")
    room_id = await asks.create_room(invite=[answers.user_id])
    await answers.accept_invite(room_id)
    await asks.meet(room_id, answers.user_id)
    where = {"room_id": room_id} if in_a_room else {"device": answers.device_id}
    assert not (await asks.user_status(answers.user_id)).verified
    flow = await ask_to_compare(asks, answers, **where)
    await asks.emoji_match(flow)
    await answers.emoji_match(flow)
    for client, other in ((asks, answers), (answers, asks)):
        await client.verification(is_("done", flow), what="the end")
        await verified(client, other)


async def test_other_emoji_or_a_refusal_verify_nobody(chair: RealClient, partner: RealClient) -> None:
    room_id = await chair.create_room(invite=[partner.user_id])
    await partner.accept_invite(room_id)
    await chair.meet(room_id, partner.user_id)
    differing = await ask_to_compare(partner, chair, room_id=room_id)
    await partner.emoji_differ(differing)
    stopped = await chair.verification(is_("cancelled", differing), what="the end")
    assert stopped.cancellation == "m.mismatched_sas"
    refused = await chair.request_verification(partner.user_id, room_id=room_id)
    await partner.verification(is_("requested", refused), what="the request")
    await partner.cancel_verification(refused)
    assert (await chair.verification(is_("cancelled", refused), what="the end")).cancellation == "m.user"
    assert not (await chair.user_status(partner.user_id)).verified


async def test_a_person_whose_identity_was_reset_gets_nothing_and_commands_nothing(
    door: Door, chair: RealClient, ours: Person
) -> None:
    await chair.isolate("all")
    somebody = await door.client("wijkagent")
    room_id = await our_room(ours, chair, somebody)
    before = await heard(ours, await somebody.send(room_id, "!help"))
    assert await origin(ours, room_id, before.event_id) is Origin.TRUSTED
    await ours.say(room_id, "Genoteerd.")

    await somebody.reset_identity()
    after = await heard(ours, await somebody.send(room_id, "!help"))
    assert await origin(ours, room_id, after.event_id) is Origin.IDENTITY_CHANGED
    kept = await ours.say(room_id, "Niet voor wie zich niet meer bewijst.")
    assert (await chair.read(kept)).shield == "NONE"
    assert (await unreadable(somebody, kept)).failure == "MEGOLM_UNKNOWN_INBOUND_SESSION_ID"
    await chair.until(lambda _: chair.users[somebody.user_id].needs_user_approval, what="the alarm")


async def test_a_recovery_key_of_ours_lets_element_sign_a_device_of_the_bots_account(
    door: Door,
) -> None:
    bot = await door.person("casusbot", signed=False)
    identity = Identity.create(bot.user_id, os.urandom)
    assert bot.homeserver.access_token is not None
    ours = account.Account(bot.user_id, bot.crypto.machine.device_id, bot.homeserver.access_token)
    await account.publish(bot.homeserver, ours, bot.crypto, identity, password=None)
    key = new_recovery_key(os.urandom)
    await account.keep_in_secret_storage(bot.homeserver, identity, key, os.urandom)

    element = await door.device(bot.user_id)
    await element.recover(key.text())
    for device in (ours.device_id, element.device_id):
        status = await element.device_status(bot.user_id, device)
        assert status is not None
        assert status.signed_by_owner
        assert status.verified


async def test_a_recovery_key_that_element_made_opens_with_us(door: Door) -> None:
    element = await door.client("casusbot")
    assert element.recovery_key is not None
    elsewhere = Api(element.url)
    try:
        await account.log_in(elsewhere, element.user_id, PASSWORD)
        folder = f"/v3/user/{segment(element.user_id)}/account_data"
        default = await elsewhere.get(f"{folder}/{DEFAULT_KEY}")
        kinds = (KEY_DESCRIPTION + default_key_id(default), MASTER, SELF_SIGNING, USER_SIGNING)
        stored = {kind: await elsewhere.get(f"{folder}/{kind}") for kind in kinds}
        opened = open_identity(
            element.user_id, {DEFAULT_KEY: default, **stored}, RecoveryKey.parse(element.recovery_key)
        )
        assert opened.master_key == await account.shown_master_key(elsewhere, element.user_id)
    finally:
        await elsewhere.close()
