from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from nio.crypto.attachments import decrypt_attachment

from bot.core.effects import FileKind, Say, SendAudit, SendFile, SendWeeks, ToCase, ToPerson, ToRoom, Week
from bot.core.records.people import Person, Pin, PinState
from bot.core.text import Language, Message
from bot.documents.drawing import NotDrawable, draw
from bot.matrix import attachments
from tests.documents.cases import FILE, LEERPLICHT, REF, SECRET, TODAY
from tests.matrix.fake import Answer, Fault, Partner, bot_on, room_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.transaction import Transaction
    from tests.matrix.fake import Bot, FakeHomeserver

ROOM, CHAT = "!kamer:voorbeeld.nl", "!gesprek:voorbeeld.nl"
MINUTE = timedelta(minutes=1)
KINDS = pytest.mark.parametrize("kind", FileKind)


def wanted(kind: FileKind = FileKind.PDF, **changes: Any) -> SendFile:
    asked = SendFile(ToCase(REF), kind, REF, LEERPLICHT, TODAY, Language.NL, meeting=1, in_reply_to="$vraag")
    return replace(asked, **changes)


@pytest.fixture
async def person(server: FakeHomeserver, bot: Bot, tmp_path: Path) -> AsyncIterator[Partner]:
    """Who asked, in the room of the case and in a direct chat."""
    server.people[LEERPLICHT] = Partner(LEERPLICHT, tmp_path / "leerplicht")

    async def work(transaction: Transaction) -> None:
        for records in (
            (FILE.case,),
            FILE.participants,
            FILE.meetings,
            FILE.agenda,
            FILE.decisions,
            FILE.actions,
        ):
            for record in records:
                await transaction.keep(record)
        await transaction.keep(Person(LEERPLICHT, direct_room=CHAT))
        for room_id in (ROOM, CHAT):
            await room_of(transaction, room_id, LEERPLICHT)

    await bot.database.write(work)
    yield server.people[LEERPLICHT]
    server.people[LEERPLICHT].store.close()


async def queue(bot: Bot, *things: Any) -> None:
    await bot.database.write(lambda t: t.queue(things, "$bron", bot.clock.now))


async def tried(bot: Bot) -> None:
    """A first try that fails, and the time after which the next may come."""
    pause = await bot.outbox.send_waiting()
    bot.clock.forward(timedelta(seconds=pause or 60))


async def states(bot: Bot) -> list[str]:
    found = await bot.database.read(lambda t: t.rows("SELECT state FROM outbox ORDER BY seq"))
    return [row[0] for row in found]


# What the event says


@KINDS
async def test_the_homeserver_stores_bytes_that_only_the_event_can_open(
    server: FakeHomeserver, bot: Bot, kind: FileKind
) -> None:
    said = await attachments.content(bot.homeserver, wanted(kind), FILE)
    document = draw(wanted(kind), FILE)
    [stored] = server.media
    assert stored != document.content
    assert len(stored) == said["info"]["size"] == len(document.content)
    file = said["file"]
    assert (
        decrypt_attachment(stored, file["key"]["k"], file["hashes"]["sha256"], file["iv"]) == document.content
    )
    assert (file["v"], file["key"]["alg"], file["url"]) == ("v2", "A256CTR", "mxc://zvh.example/1")
    assert said["filename"] == document.name
    assert said["m.relates_to"] == {"m.in_reply_to": {"event_id": "$vraag"}}


@KINDS
async def test_no_preview_shows_what_people_typed(server: FakeHomeserver, bot: Bot, kind: FileKind) -> None:
    said = await attachments.content(bot.homeserver, wanted(kind), FILE)
    assert SECRET not in said["body"] + said["formatted_body"] + said["filename"]
    assert said["m.mentions"] == {}


async def test_a_picture_says_its_size_and_all_it_shows(server: FakeHomeserver, bot: Bot) -> None:
    said = await attachments.content(bot.homeserver, wanted(FileKind.TIMELINE), FILE)
    assert said["msgtype"] == "m.image"
    assert said["info"]["w"] == 800
    assert said["info"]["h"] > 500
    for action in FILE.actions:
        assert f"\n{action.id} {action.holder}: " in said["body"]
        assert f"<br>{action.id} {action.holder}: " in said["formatted_body"]


WEEKS = SendWeeks(ToRoom(CHAT), (Week(TODAY, 7, 2, 1),), TODAY, Language.NL, "$vraag")


async def test_the_picture_of_the_region_goes_encrypted_and_says_its_figures(
    server: FakeHomeserver, bot: Bot, person: Partner
) -> None:
    said = await attachments.content(bot.homeserver, WEEKS, None)
    assert (said["msgtype"], said["info"]["w"], "url" in said) == ("m.image", 800, False)
    assert "7 open, 2 over termijn, 1 vast" in said["body"]
    assert not server.media[0].startswith(b"\x89PNG")
    pin = Pin(LEERPLICHT, person.identity.master_key, bot.clock.now, PinState.VERIFIED)
    await bot.database.write(lambda t: t.keep(pin))
    await queue(bot, WEEKS)
    await bot.outbox.send_waiting()
    [(room_id, event)] = server.events.values()
    assert (room_id, "ciphertext" in event, await states(bot)) == (CHAT, True, ["sent"])


async def test_the_log_of_an_incident_is_read_when_it_leaves_and_goes_encrypted_to_who_may_have_it(
    server: FakeHomeserver, bot: Bot, person: Partner
) -> None:
    log = SendAudit(ToPerson(LEERPLICHT), 1, bot.clock.now - MINUTE, Language.NL, "$vraag")
    said = await attachments.content(bot.homeserver, log, ('{"event":"nudged"}', '{"event":"digest"}'))
    assert (said["msgtype"], said["filename"]) == ("m.file", "incident-1-logboek.jsonl")
    file = said["file"]
    assert (
        decrypt_attachment(server.media[0], file["key"]["k"], file["hashes"]["sha256"], file["iv"])
        == b'{"event":"nudged"}\n{"event":"digest"}\n'
    )
    await queue(bot, log)
    await bot.outbox.send_waiting()
    assert (await states(bot), server.events, len(server.media)) == (["failed"], {}, 1)


async def test_the_same_file_twice_is_two_ciphertexts(server: FakeHomeserver, bot: Bot) -> None:
    """A repeated counter-mode key would give both away."""
    for _ in range(2):
        await attachments.content(bot.homeserver, wanted(), FILE)
    assert len({*server.media}) == 2


@pytest.mark.parametrize(
    ("asked", "file"),
    [
        (wanted(), None),
        (wanted(meeting=2), FILE),
        (wanted(reader="@weg:voorbeeld.nl"), FILE),
        (wanted(FileKind.TIMELINE, reader="@weg:voorbeeld.nl"), FILE),
    ],
    ids=[
        "the case was destroyed",
        "there is no such meeting",
        "the reader left",
        "the reader of a picture left",
    ],
)
async def test_what_is_gone_is_not_drawn(
    server: FakeHomeserver, bot: Bot, asked: SendFile, file: Any
) -> None:
    with pytest.raises(NotDrawable):
        await attachments.content(bot.homeserver, asked, file)
    assert server.media == []


async def test_without_typst_the_asker_is_told_instead_of_left_waiting(
    server: FakeHomeserver, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    said = await attachments.content(bot.homeserver, wanted(), FILE)
    assert (said["msgtype"], "file" in said) == ("m.notice", False)
    assert "Meld het aan de beheerder" in said["body"]


# On its way out


async def test_the_row_holds_what_to_draw_and_nothing_of_the_case(bot: Bot, person: Partner) -> None:
    await queue(bot, wanted())
    [[content]] = await bot.database.read(lambda t: t.rows("SELECT content FROM outbox"))
    assert SECRET not in content
    assert len(content) < 300


async def test_a_file_goes_once_with_the_key_of_its_row(
    server: FakeHomeserver, bot: Bot, person: Partner
) -> None:
    await queue(bot, wanted())
    await bot.outbox.send_waiting()
    [(room_id, event)] = server.events.values()
    assert (room_id, "ciphertext" in event, "file" in event) == (ROOM, True, False)
    assert await states(bot) == ["sent"]


@pytest.mark.parametrize(
    "faults",
    [[Answer(502)], [Fault.DROP, Fault.DROP]],  # the client itself asks again once when a connection breaks
    ids=["before it was stored", "after it was stored"],
)
async def test_a_send_that_fails_after_the_upload_ends_in_one_event(
    server: FakeHomeserver, bot: Bot, person: Partner, faults: list[Answer | Fault]
) -> None:
    server.plan["send"] = faults
    await queue(bot, wanted())
    await tried(bot)
    await bot.outbox.send_waiting()
    assert len(server.events) == 1
    assert len(server.media) == 2, "nothing is kept of the first drawing"
    assert await states(bot) == ["sent"]


async def test_a_bot_restarted_after_the_upload_draws_again(
    server: FakeHomeserver, bot: Bot, person: Partner, tmp_path: Path
) -> None:
    server.plan["send"] = [Answer(502)]
    await queue(bot, wanted())
    await tried(bot)
    await bot.homeserver.close()
    await bot.database.close()
    async with bot_on(server.url, tmp_path) as again:
        again.clock.forward(timedelta(minutes=2))
        await again.outbox.send_waiting()
        assert (len(server.media), len(server.events)) == (2, 1)


async def test_a_file_that_is_too_large_for_the_homeserver_holds_nothing_up(
    server: FakeHomeserver, bot: Bot, person: Partner
) -> None:
    server.plan["media"] = [Answer(413, {"errcode": "M_TOO_LARGE", "error": "te groot"})]
    await queue(bot, wanted(), Say(ToCase(REF), Message.of("verder")))
    await bot.outbox.send_waiting()
    assert await states(bot) == ["failed", "sent"]


async def test_a_media_store_that_is_away_loses_no_file(
    server: FakeHomeserver, bot: Bot, person: Partner
) -> None:
    server.plan["media"] = [Answer(500), Answer(200, {"content_uri": 7})]
    await queue(bot, wanted())
    for _ in range(2):
        await tried(bot)
    await bot.outbox.send_waiting()
    assert await states(bot) == ["sent"]


async def test_nothing_is_uploaded_for_a_room_that_nobody_may_read(
    server: FakeHomeserver, bot: Bot, person: Partner
) -> None:
    await bot.database.write(
        lambda t: t.put_state(CHAT, "m.room.member", LEERPLICHT, LEERPLICHT, {"membership": "leave"})
    )
    await queue(bot, wanted(to=ToPerson(LEERPLICHT)))
    await bot.outbox.send_waiting()
    assert (server.media, await states(bot)) == ([], ["waiting"])
    await bot.database.write(
        lambda t: t.put_state(CHAT, "m.room.member", LEERPLICHT, LEERPLICHT, {"membership": "join"})
    )
    bot.clock.forward(MINUTE)
    await bot.outbox.send_waiting()
    assert (len(server.media), await states(bot)) == (1, ["sent"])


async def test_who_left_the_case_before_it_was_sent_gets_nothing(
    server: FakeHomeserver, bot: Bot, person: Partner
) -> None:
    await queue(bot, wanted(to=ToPerson(LEERPLICHT)))
    seat = FILE.seat_of(LEERPLICHT)
    assert seat
    await bot.database.write(lambda t: t.keep(replace(seat, left_at=bot.clock.now)))
    await bot.outbox.send_waiting()
    assert (server.media, server.events, await states(bot)) == ([], {}, ["failed"])


async def test_after_a_day_a_file_already_in_the_room_is_not_sent_again(
    server: FakeHomeserver, bot: Bot, person: Partner
) -> None:
    server.plan["send"] = [Fault.DROP, Fault.DROP]
    await queue(bot, wanted())
    await tried(bot)
    [(_, content)] = server.events.values()
    server.pages[""] = {
        "chunk": [{"event_id": "$eerder", "sender": "@casusbot:zvh.example", "content": content}],
        "end": "e",
    }
    bot.clock.forward(timedelta(days=2))
    await bot.outbox.send_waiting()
    assert (len(server.media), len(server.calls_to("send"))) == (1, 2)
    assert await states(bot) == ["sent"]
