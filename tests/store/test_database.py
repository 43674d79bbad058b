"""The file as a whole: what cancelled tasks, crashes, wrong keys and other processes may not do to it."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from typing import TYPE_CHECKING

import pytest
from Crypto.Cipher import AES

from bot.core.effects import Effects, Say, ToRoom
from bot.core.text import Message
from bot.errors import AlreadyRunningError
from bot.store import driver
from bot.store.carrying import carry_out
from bot.store.database import Database
from bot.store.errors import (
    StoreDamagedError,
    StoreExistsError,
    StoreMissingError,
    StoreUnavailableError,
    StoreUnreadableError,
)
from tests.store.samples import KEY, NOW, a_case, a_participant, an_action, keep, opens, text

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store.transaction import Transaction

CANARY = "kanarie-die-nergens-leesbaar-mag-zijn"
PAGE = 4096


# -- one writer --------------------------------------------------------------------------------------


async def test_an_insert_is_not_lost_in_the_rollback_of_another_task(db: Database) -> None:
    begun = asyncio.Event()

    async def fails(transaction: Transaction) -> None:
        await transaction.keep(a_case("Z-1"))
        begun.set()
        for number in range(20):
            await transaction.keep(an_action(number, "Z-1"))
        raise LookupError

    async def succeeds() -> None:
        await begun.wait()
        await db.write(lambda t: t.keep(a_case("Z-2")))

    outcomes = await asyncio.gather(db.write(fails), succeeds(), return_exceptions=True)

    assert isinstance(outcomes[0], LookupError)
    assert [file.ref for file in await db.read(lambda t: t.cases())] == ["Z-2"]


async def test_a_cancelled_task_leaves_no_half_write(db: Database) -> None:
    begun = asyncio.Event()

    async def work(transaction: Transaction) -> None:
        await transaction.keep(a_case())
        begun.set()
        await transaction.keep(a_participant("@a:x"))

    task = asyncio.create_task(db.write(work))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    file = await db.read(lambda t: t.case_file("Z-2026-014"))
    assert file is not None
    assert [seat.user_id for seat in file.participants] == ["@a:x"]


async def test_a_task_cancelled_while_it_waits_its_turn_writes_nothing(db: Database) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def holds_the_turn(transaction: Transaction) -> None:
        begun.set()
        await go_on.wait()

    first = asyncio.create_task(db.write(holds_the_turn))
    await begun.wait()
    second = asyncio.create_task(db.write(lambda t: t.keep(a_case())))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    go_on.set()
    await first

    assert await db.read(lambda t: t.cases()) == ()


@pytest.mark.parametrize("statement", range(5), ids=lambda n: f"stopped before statement {n + 1}")
async def test_a_loop_that_stops_inside_a_transaction_leaves_none_open(db: Database, statement: int) -> None:
    """At the end `asyncio.run` cancels every task, the transaction's own included."""

    async def work(transaction: Transaction) -> None:
        for number in range(5):
            if number == statement:
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
            await transaction.keep(a_case(f"Z-{number}"))

    with pytest.raises(asyncio.CancelledError):
        await db.write(work)

    assert await db.read(lambda t: t.cases()) == ()
    await db.write(lambda t: t.keep(a_case()))


async def test_a_transaction_inside_a_transaction_is_refused_instead_of_waiting_for_ever(
    db: Database,
) -> None:
    async def nested(transaction: Transaction) -> None:
        await db.write(lambda t: t.keep(a_case()))

    with pytest.raises(AssertionError, match="inside a transaction"):
        await db.write(nested)
    await db.write(lambda t: t.keep(a_case()))


async def test_closing_waits_for_the_transaction_that_runs(path: Path) -> None:
    db = await Database.open(path, KEY, create=True)
    begun = asyncio.Event()

    async def work(transaction: Transaction) -> None:
        begun.set()
        await keep(transaction, a_case(), *(an_action(number) for number in range(20)))

    writing = asyncio.create_task(db.write(work))
    await begun.wait()
    await db.close()
    await writing

    async with await Database.open(path, KEY, create=False) as again:
        [file] = await again.read(lambda t: t.cases())
    assert len(file.actions) == 20


# -- crashes and other processes ---------------------------------------------------------------------

CHILD = """
import asyncio, sys
from pathlib import Path
from bot.store.database import Database
from tests.store.samples import KEY, a_case, a_participant

async def main():
    db = await Database.open(Path(sys.argv[1]), KEY, create=True)
    await db.write(lambda t: t.keep(a_case("Z-1")))

    async def half(transaction):
        await transaction.keep(a_case("Z-2"))
        await transaction.keep(a_participant("@a:x", "Z-1"))
        print("half", flush=True)
        await asyncio.Event().wait()

    await db.write(half)

asyncio.run(main())
"""


async def bot_halfway_a_transaction(path: Path) -> asyncio.subprocess.Process:
    """Another process that has the store open and is in the middle of its second transaction."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"half\n"
    return child


async def test_a_kill_in_mid_transaction_loses_that_transaction_only(path: Path) -> None:
    child = await bot_halfway_a_transaction(path)
    child.send_signal(signal.SIGKILL)
    await child.wait()

    async with await Database.open(path, KEY, create=False) as db:
        [file] = await db.read(lambda t: t.cases())
    assert (file.ref, file.participants) == ("Z-1", ())


async def test_two_bots_never_share_a_data_folder(path: Path) -> None:
    child = await bot_halfway_a_transaction(path)
    try:
        with pytest.raises(AlreadyRunningError) as refused:
            await opens(path)
        assert refused.value.exit_code == 6
    finally:
        child.send_signal(signal.SIGKILL)
        await child.wait()
    await opens(path)


async def test_a_second_opening_in_the_same_process_is_refused(db: Database, path: Path) -> None:
    with pytest.raises(AlreadyRunningError):
        await opens(path)


# -- the right file, whole ---------------------------------------------------------------------------


async def test_a_missing_file_is_never_replaced_by_an_empty_one(path: Path) -> None:
    with pytest.raises(StoreMissingError, match=path.name):
        await opens(path)
    assert not path.exists()


async def test_a_missing_folder_is_reported_as_a_missing_store(path: Path) -> None:
    with pytest.raises(StoreMissingError):
        await opens(path.parent / "elders" / path.name)


async def test_a_new_file_never_pushes_an_old_one_aside(path: Path) -> None:
    await opens(path, create=True)
    before = path.read_bytes()

    with pytest.raises(StoreExistsError):
        await opens(path, bytes(32), create=True)
    assert path.read_bytes() == before


async def test_a_write_ahead_log_of_a_lost_file_is_not_played_into_a_new_one(path: Path) -> None:
    path.with_name(path.name + "-wal").write_bytes(b"what is left of another file")
    with pytest.raises(StoreExistsError):
        await opens(path, create=True)


async def test_an_interrupted_init_can_be_done_again(path: Path) -> None:
    path.with_name(path.name + ".new").write_bytes(b"half a file")
    await opens(path, create=True)
    await opens(path)


async def test_an_emptied_file_does_not_pass_for_a_new_one(path: Path) -> None:
    """Zero bytes are a valid empty database under every key."""
    path.write_bytes(b"")
    with pytest.raises(StoreMissingError):
        await opens(path)


async def test_a_database_without_our_schema_is_refused(path: Path) -> None:
    connection = driver.connect(path, KEY, create=True)
    connection.execute("CREATE TABLE something_else (a)")
    connection.close()
    with pytest.raises(StoreDamagedError):
        await opens(path)


async def test_a_wrong_key_is_named_and_changes_nothing(path: Path) -> None:
    await opens(path, create=True)
    before = path.read_bytes()

    with pytest.raises(StoreUnreadableError) as refused:
        await opens(path, bytes(32))

    assert "key_file" in refused.value.message
    assert bytes(32).hex() not in refused.value.message
    assert path.read_bytes() == before
    await opens(path)


def flip(path: Path, place: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        [byte] = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 1]))


async def test_a_flipped_bit_at_the_beginning_is_refused_at_opening(path: Path) -> None:
    await opens(path, create=True)
    flip(path, 100)
    with pytest.raises(StoreUnreadableError):
        await opens(path)


async def test_a_flipped_bit_inside_is_a_fault_and_never_a_wrong_agreement(path: Path) -> None:
    async with await Database.open(path, KEY, create=True) as db:
        await db.write(lambda t: t.keep(a_case()))
        page = await db.read(lambda t: t.value("SELECT rootpage FROM sqlite_master WHERE name = 'cases'"))
    flip(path, (page - 1) * PAGE + 2000)

    async with await Database.open(path, KEY, create=False) as db:
        with pytest.raises(StoreDamagedError):
            await db.read(lambda t: t.cases())
        with pytest.raises(StoreDamagedError):
            await db.check_integrity()


async def test_a_whole_file_is_not_called_damaged(db: Database) -> None:
    await db.write(lambda t: t.keep(a_case()))
    await db.check_integrity()


async def test_a_full_disk_keeps_what_was_written_and_says_so(db: Database) -> None:
    await db.write(lambda t: t.keep(a_case("Z-1")))
    pages = await db.read(lambda t: t.value("PRAGMA page_count"))
    await db.read(lambda t: t.rows(f"PRAGMA max_page_count = {pages}"))

    with pytest.raises(StoreUnavailableError):
        await db.write(lambda t: t.keep(a_case("Z-2", purpose=text("x" * 100_000))))

    assert [file.ref for file in await db.read(lambda t: t.cases())] == ["Z-1"]


# -- nothing readable outside ------------------------------------------------------------------------


async def test_no_file_beside_the_key_shows_a_word_of_a_case(db: Database, path: Path) -> None:
    await db.write(lambda t: t.keep(a_case(purpose=text(CANARY))))

    files = [file for file in path.parent.iterdir() if file.is_file()]

    assert {path.name, path.name + "-wal", path.name + "-shm"} <= {file.name for file in files}
    for file in files:
        assert CANARY.encode() not in file.read_bytes()
        assert b"participants" not in file.read_bytes()


async def test_the_files_are_their_owners_alone(db: Database, path: Path) -> None:
    for name in (path.name, path.name + "-wal", path.name + "-shm"):
        assert path.with_name(name).stat().st_mode & 0o077 == 0


async def test_a_debug_log_shows_no_word_of_a_case(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("aiosqlite").setLevel(logging.DEBUG)
    await db.write(lambda t: t.keep(a_case(purpose=text(CANARY))))
    assert CANARY not in caplog.text


def decrypted(path: Path) -> bytes:
    """Every page in clear, free ones and slack included (SQLCipher 4: AES-256-CBC, 80 bytes of IV and seal)."""
    data = path.read_bytes()
    clear = []
    for start in range(0, len(data), PAGE):
        page = data[start : start + PAGE]
        body, vector = page[16 if start == 0 else 0 : PAGE - 80], page[PAGE - 80 : PAGE - 64]
        clear.append(AES.new(KEY, AES.MODE_CBC, vector).decrypt(body))
    return b"".join(clear)


async def test_a_sent_message_leaves_no_copy_in_the_pages_of_the_file(db: Database, path: Path) -> None:
    said = Effects(send=(Say(ToRoom("!r:x"), Message.of(CANARY * 200)),))
    await db.write(lambda t: carry_out(t, said, actor="@bot:x", at=NOW, source="$1"))
    await db._connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
    assert CANARY.encode() in decrypted(path)

    [row] = await db.read(lambda t: t.waiting(NOW))
    await db.write(lambda t: t.sent(row.txn_id, "$sent", NOW))
    await db._connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    assert CANARY.encode() not in decrypted(path)


async def test_a_promise_given_in_chat_survives_a_power_cut(db: Database) -> None:
    """What cannot be tried here is at least asked of SQLite."""
    settings = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
    for name, value in settings.items():
        assert await db.read(lambda t, name=name: t.value(f"PRAGMA {name}")) == value
