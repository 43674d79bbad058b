"""Checked when it leaves, not when it was queued: who lost a right in between gets nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.core.effects import (
    EndPoll,
    FileKind,
    Invite,
    Say,
    SendFile,
    SendPoll,
    SendWeeks,
    ToCase,
    ToPerson,
    ToRoom,
)
from bot.core.permissions import Right
from bot.core.records.people import Person, Pin, PinState
from bot.core.region import Region
from bot.core.text import Language
from tests.matrix.fake import CHAIR, NOW, PARTNER, bot_on, room_of
from tests.matrix.test_outbox import (
    MESSAGE,
    REF,
    key_recipients,
    people,
    queue,
    say,
    states,
    two_cases,
)

if TYPE_CHECKING:
    from pathlib import Path

    from bot.core.effects import Outgoing
    from bot.store.transaction import Transaction
    from tests.matrix.fake import Bot, FakeHomeserver, Partner

__all__ = ["people"]

CHAT = "!gesprek:zvh.example"
TODAY = date(2026, 3, 2)


async def with_chat(bot: Bot) -> None:
    """The partner has a chat with the bot alone."""
    await two_cases(bot)

    async def work(transaction: Transaction) -> None:
        await transaction.keep(Person(PARTNER, direct_room=CHAT))
        await room_of(transaction, CHAT, PARTNER)

    await bot.database.write(work)


async def leaves(bot: Bot) -> None:
    async def work(transaction: Transaction) -> None:
        case = await transaction.case_file(REF)
        assert case is not None
        seat = case.seat_of(PARTNER)
        assert seat is not None
        await transaction.keep(replace(seat, left_at=NOW))

    await bot.database.write(work)


async def withheld(bot: Bot) -> list[tuple[str | None, str | None]]:
    lines = await bot.database.read(
        lambda t: t.rows("SELECT case_ref, thing FROM audit WHERE event = 'message.withheld' ORDER BY seq")
    )
    return [(ref, thing) for ref, thing in lines]


THINGS = {
    "say": Say(ToPerson(PARTNER), MESSAGE, about=(REF,)),
    "say in their chat": Say(ToRoom(CHAT), MESSAGE, about=(REF,)),
    "send_poll": SendPoll(ToPerson(PARTNER), "?", ("ja", "nee"), "k", Language.NL, about=(REF,)),
    "send_file": SendFile(ToPerson(PARTNER), FileKind.CALENDAR, REF, PARTNER, TODAY, Language.NL),
}


@pytest.mark.parametrize("thing", THINGS.values(), ids=list(THINGS))
async def test_what_was_queued_for_somebody_who_left_since_is_not_sent(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner], thing: Outgoing
) -> None:
    await with_chat(bot)
    await queue(bot, thing)
    await leaves(bot)
    await bot.outbox.send_waiting()
    assert await states(bot) == ["failed"]
    assert key_recipients(server) == set()
    assert server.calls_to("upload") == []
    [(ref, _)] = await withheld(bot)
    assert ref == REF


async def test_the_same_message_reaches_who_is_still_there(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner]
) -> None:
    await with_chat(bot)
    await queue(bot, THINGS["say"], say())
    await bot.outbox.send_waiting()
    assert await states(bot) == ["sent", "sent"]
    assert key_recipients(server) == {CHAIR, PARTNER}
    assert await withheld(bot) == []


async def test_a_poll_of_somebody_who_left_is_not_closed_to_them_with_words_of_the_case(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner]
) -> None:
    await with_chat(bot)
    await queue(bot, THINGS["send_poll"])
    await bot.outbox.send_waiting()
    await leaves(bot)
    await queue(bot, EndPoll(ToPerson(PARTNER), "k", "woorden", about=(REF,)), source="$later")
    await bot.outbox.send_waiting()
    assert await states(bot) == ["sent", "failed"]


async def test_who_was_taken_out_before_the_invitation_left_is_not_invited(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner]
) -> None:
    await two_cases(bot)
    await queue(bot, Invite(ToCase(REF), PARTNER))
    await leaves(bot)
    await bot.outbox.send_waiting()
    assert await states(bot) == ["failed"]
    assert server.calls_to("invite") == []


@pytest.mark.parametrize("named", [True, False], ids=["still named", "not named any more"])
@pytest.mark.parametrize("compared", [True, False], ids=["compared", "changed since"])
async def test_a_digest_waits_for_nobody_who_is_no_coordinator_any_more(
    server: FakeHomeserver, people: dict[str, Partner], tmp_path: Path, named: bool, compared: bool
) -> None:
    region = Region("R", frozenset({PARTNER}) if named else frozenset())
    things = (
        Say(ToPerson(PARTNER), MESSAGE, right=Right.REGION_DIGEST),
        SendWeeks(ToPerson(PARTNER), (), TODAY, Language.NL),
    )
    async with bot_on(server.url, tmp_path, region) as bot:
        await with_chat(bot)
        pin = Pin(PARTNER, people[PARTNER].identity.master_key, NOW, PinState.VERIFIED)
        await bot.database.write(lambda t: t.keep(pin if compared else replace(pin, changed_to="ANDERS")))
        await queue(bot, *things)
        await bot.outbox.send_waiting()
        found = await withheld(bot)
    assert found == ([] if named and compared else [(None, "say"), (None, "send_weeks")])
