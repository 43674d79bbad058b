from __future__ import annotations

import asyncio
import stat
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.records.people import Pin, PinState
from bot.data.control import NAME, BotCouldNotTellError, NobodyThereError, calling, listening
from bot.errors import IdentityError
from bot.matrix.account import Inspection
from bot.matrix.sas import Code, Party, Sign, State
from bot.matrix.verification import Progress
from bot.operator.identity import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEEN = Inspection("@casusbot:zvh.example", "BOT", "sleutel", signed=True, strays=("VREEMD",))
SIGN = Sign((0, 1, 2, 3, 4, 5, 63), (1000, 2000, 9191))
THEIRS = Party("@leerplicht:zvh.example", "PARTNER", "device key", "master key")
UNTIL = datetime(2026, 3, 2, 9, 10, tzinfo=UTC)
OTHER = Pin(THEIRS.user_id, "another key", UNTIL, PinState.VERIFIED, vouched_by="@coordinator:zvh.example")
OPEN = Progress(
    "K7M2QP", THEIRS, State.COMPARING, SIGN, None, ended_by_us=False, until=UNTIL, instead_of=OTHER
)
ENDED = Progress(
    "M4R8ST", THEIRS, State.CANCELLED, None, Code.TIMEOUT, ended_by_us=True, until=UNTIL, instead_of=None
)


class Desk:
    """What the socket needs of the bot's verifications."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Progress] = asyncio.Queue()
        self.decided: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()

    @contextmanager
    def watching(self) -> Iterator[asyncio.Queue[Progress]]:
        yield self.queue

    async def decide(self, code: str, *, same: bool) -> None:
        self.decided.put_nowait((code, same))


async def inspect() -> Inspection:
    return SEEN


async def test_the_operator_sees_every_change_and_the_bot_hears_the_answer(tmp_path: Path) -> None:
    desk: Any = Desk()
    async with listening(tmp_path, desk, inspect), calling(tmp_path) as caller:
        desk.queue.put_nowait(OPEN)
        desk.queue.put_nowait(ENDED)
        assert [await caller.next_change(), await caller.next_change()] == [OPEN, ENDED]
        await caller.decide(OPEN.code, same=False)
        assert await desk.decided.get() == (OPEN.code, False)
        assert await caller.identity() == SEEN
    assert not (tmp_path / NAME).exists()


def test_at_the_terminal_another_identity_than_the_pinned_one_is_said_to_be_another() -> None:
    warned, plain = shown(OPEN, SIGN), shown(replace(OPEN, instead_of=None), SIGN)
    assert "andere identiteit dan ik van @leerplicht:zvh.example ken" in warned
    assert "vergeleken" in warned
    assert "andere identiteit" not in plain


async def test_only_the_owner_of_the_data_folder_can_reach_the_bot(tmp_path: Path) -> None:
    desk: Any = Desk()
    async with listening(tmp_path, desk, inspect):
        assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


async def test_a_data_folder_may_lie_deeper_than_a_socket_path_is_long(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["map" * 10] * 5)
    deep.mkdir(parents=True)
    desk: Any = Desk()
    async with listening(deep, desk, inspect), calling(deep) as caller:
        assert await caller.identity() == SEEN


@pytest.mark.parametrize("left_behind", [False, True], ids=["no socket", "a socket of a bot that was killed"])
async def test_a_bot_that_does_not_run_is_not_waited_for(tmp_path: Path, left_behind: bool) -> None:
    desk: Any = Desk()
    if left_behind:
        async with listening(tmp_path, desk, inspect):
            (tmp_path / NAME).rename(tmp_path / "kept")
        (tmp_path / "kept").rename(tmp_path / NAME)
    with pytest.raises(NobodyThereError):
        async with calling(tmp_path):
            pass
    async with listening(tmp_path, desk, inspect), calling(tmp_path) as caller:
        assert await caller.identity() == SEEN


@pytest.mark.parametrize("line", [b"hallo\n", b"[1\n", b"{" * 70_000 + b"\n"])
async def test_a_caller_that_talks_nonsense_is_hung_up_on_and_nobody_else(
    tmp_path: Path, line: bytes
) -> None:
    desk: Any = Desk()
    async with listening(tmp_path, desk, inspect), calling(tmp_path) as nonsense, calling(tmp_path) as caller:
        nonsense._writer.write(line)
        assert await nonsense.next_change() is None
        assert await caller.identity() == SEEN


async def test_what_the_bot_cannot_find_out_is_said(tmp_path: Path) -> None:
    async def fail() -> Inspection:
        raise IdentityError("de server toont een andere hoofdsleutel")

    desk: Any = Desk()
    async with listening(tmp_path, desk, fail), calling(tmp_path) as caller:
        with pytest.raises(BotCouldNotTellError, match="andere hoofdsleutel"):
            await caller.identity()


async def test_a_bot_that_stops_ends_the_conversation(tmp_path: Path) -> None:
    desk: Any = Desk()
    async with listening(tmp_path, desk, inspect):
        talking = calling(tmp_path)
        caller = await talking.__aenter__()
        assert await caller.identity() == SEEN
    assert await caller.next_change() is None
    await talking.__aexit__(None, None, None)
