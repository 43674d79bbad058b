"""Copies of the store and the way back: complete, private, of a limited life, and without what was destroyed."""

from __future__ import annotations

import os
import stat
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.effects import Say, ToCase, ToPerson
from bot.core.text import Message
from bot.data import ledger
from bot.data.backups import NONE, NoCopyError, back_up, copied_at, restore
from bot.data.device import DATABASE, load_account
from bot.data.ledger import LedgerBrokenError, LedgerMissingError, LedgerOldError, Signer
from bot.store import driver
from bot.store.database import Database
from bot.store.errors import StoreExistsError, StoreUnreadableError
from tests.store.copies import CANARY, DAY, NOW, OTHER, OWN, REF, STRANGER, bare, copy_of, destroyed, lose
from tests.store.pages import decrypted
from tests.store.samples import KEY, a_case

if TYPE_CHECKING:
    from bot.settings.configuration import Configuration

# -- copies ----------------------------------------------------------------------------------------


async def test_a_copy_of_a_bot_that_works_is_whole_and_its_owners_alone(
    site: Configuration, store: Database
) -> None:
    copy = await copy_of(site)
    assert {stat.S_IMODE(path.stat().st_mode) for path in site.backups.folder.iterdir()} == {0o600}
    assert stat.S_IMODE(site.backups.folder.stat().st_mode) == 0o700
    async with await Database.open(bare(copy), KEY, create=False) as database:
        await database.check_integrity()
        assert sorted(await database.read(lambda t: t.case_files([REF, OTHER]))) == [REF, OTHER]
    with pytest.raises(StoreUnreadableError):
        await Database.look(bare(copy), bytes(32))
    assert CANARY.encode() not in copy.read_bytes()


async def test_who_has_a_copy_and_its_key_is_not_logged_in_as_the_bot_that_runs(
    site: Configuration, store: Database
) -> None:
    copy = await copy_of(site)
    assert OWN.access_token.encode() in decrypted(site.data / DATABASE, KEY)
    assert OWN.access_token.encode() not in decrypted(bare(copy), KEY)


async def test_a_copy_goes_when_its_time_is_over_and_nothing_else_does(
    site: Configuration, store: Database
) -> None:
    old = await copy_of(site, NOW - 31 * DAY)
    recent = await copy_of(site, NOW - 29 * DAY)
    notes = site.backups.folder / "casusbot-notes.db"
    notes.touch()
    new, expired = await back_up(site, KEY, site.backups.folder, NOW)
    assert expired == 1
    left = {path.name for path in site.backups.folder.iterdir()}
    assert left == {recent.name, new.name, notes.name, ledger.NAME}
    assert not old.exists()


async def test_a_copy_that_fails_leaves_no_half_file(site: Configuration, store: Database) -> None:
    await store.close()
    (site.data / DATABASE).write_bytes(os.urandom(8192))
    with pytest.raises(StoreUnreadableError):
        await copy_of(site)
    assert [path for path in site.backups.folder.iterdir() if path.name != ledger.NAME] == []


async def test_a_copy_that_was_killed_halfway_does_not_stay(site: Configuration, store: Database) -> None:
    """It may hold a token still, and nothing else would ever take it away."""
    (await copy_of(site, NOW - DAY)).rename(site.backups.folder / "casusbot-20260305T110000Z.new")
    copy = await copy_of(site)
    assert {path.name for path in site.backups.folder.iterdir()} == {copy.name, ledger.NAME}


# -- the way back ----------------------------------------------------------------------------------


async def test_a_destroyed_case_does_not_come_back_with_an_older_copy(
    site: Configuration, store: Database
) -> None:
    copy = await copy_of(site)
    code = await destroyed(site, store)
    await lose(site, store)
    found = await restore(site, KEY, copy, code, NOW + 2 * DAY)
    assert (found.copied_at, found.again) == (NOW, (REF,))
    assert CANARY.encode() not in decrypted(site.data / DATABASE, KEY)
    async with await Database.open(site.data / DATABASE, KEY, create=False) as database:
        assert sorted(await database.read(lambda t: t.case_files([REF, OTHER]))) == [OTHER]
        assert await database.read(lambda t: t.broken_line()) is None
        [gone] = await database.read(lambda t: t.destructions())
        assert (gone.number, gone.case_ref) == (1, REF)
        assert gone.certificate is not None
        _, identity = await database.read(load_account)
        ledger.check([ledger.read_certificate(gone.certificate)], identity)


async def test_a_case_begun_later_under_the_same_reference_is_another_one(
    site: Configuration, store: Database
) -> None:
    code = await destroyed(site, store)
    await store.write(lambda t: t.keep(a_case(REF, opened_at=NOW + 2 * DAY)))
    copy = await copy_of(site, NOW + 3 * DAY)
    await lose(site, store)
    assert (await restore(site, KEY, copy, code, NOW + 4 * DAY)).again == ()


async def test_without_a_ledger_nothing_is_put_back(site: Configuration, store: Database) -> None:
    copy = await copy_of(site)
    await lose(site, store)
    (site.backups.folder / ledger.NAME).unlink()
    with pytest.raises(LedgerMissingError):
        await restore(site, KEY, copy, NONE, NOW)
    assert list(site.data.iterdir()) == []


async def test_a_ledger_that_lacks_what_the_coordinators_know_is_refused(
    site: Configuration, store: Database
) -> None:
    copy = await copy_of(site)
    old = (site.backups.folder / ledger.NAME).read_text()
    code = await destroyed(site, store)
    await lose(site, store)
    (site.backups.folder / ledger.NAME).write_text(old)
    with pytest.raises(LedgerOldError):
        await restore(site, KEY, copy, code, NOW)
    assert not (site.data / DATABASE).exists()


async def test_a_ledger_that_lacks_what_the_copy_knows_is_refused(
    site: Configuration, store: Database
) -> None:
    await destroyed(site, store)
    copy = await copy_of(site, NOW + 2 * DAY)
    await lose(site, store)
    (site.backups.folder / ledger.NAME).write_text("")
    with pytest.raises(LedgerOldError):
        await restore(site, KEY, copy, NONE, NOW + 3 * DAY)


async def test_who_says_that_nothing_was_destroyed_is_held_against_the_ledger(
    site: Configuration, store: Database
) -> None:
    copy = await copy_of(site)
    await destroyed(site, store)
    await lose(site, store)
    with pytest.raises(LedgerOldError):
        await restore(site, KEY, copy, NONE, NOW)


@pytest.mark.parametrize(
    "tampering",
    [
        pytest.param(lambda lines: lines[:0] + lines[1:], id="the first left out"),
        pytest.param(lambda lines: [lines[1], lines[0]], id="in another order"),
        pytest.param(lambda lines: [lines[0].replace('"refused":0', '"refused":1'), lines[1]], id="changed"),
        pytest.param(lambda lines: [*lines, "{}"], id="a line that is none"),
        pytest.param(lambda lines: [*lines, lines[1]], id="a line twice"),
    ],
)
async def test_a_ledger_that_was_tampered_with_is_refused(
    site: Configuration, store: Database, tampering: object
) -> None:
    copy = await copy_of(site)
    await destroyed(site, store)
    code = await destroyed(site, store, OTHER)
    await lose(site, store)
    path = site.backups.folder / ledger.NAME
    lines = path.read_text().splitlines()
    path.write_text("\n".join(tampering(lines)) + "\n")  # type: ignore[operator]
    with pytest.raises(LedgerBrokenError):
        await restore(site, KEY, copy, code, NOW)


async def test_a_ledger_signed_by_another_bot_is_refused(site: Configuration, store: Database) -> None:
    copy = await copy_of(site)
    await destroyed(site, store)
    [record] = await store.read(lambda t: t.destructions())
    forged = Signer(STRANGER, KEY).certify(record, 30, audit="", previous=None)
    (site.backups.folder / ledger.NAME).write_text(forged.text + "\n")
    await lose(site, store)
    with pytest.raises(LedgerBrokenError):
        await restore(site, KEY, copy, forged.code, NOW)


async def test_a_store_that_is_there_is_never_overwritten(site: Configuration, store: Database) -> None:
    copy = await copy_of(site)
    before = (site.data / DATABASE).read_bytes()
    with pytest.raises(StoreExistsError):
        await restore(site, KEY, copy, NONE, NOW)
    assert (site.data / DATABASE).read_bytes() == before


@pytest.mark.parametrize("name", ["casusbot.db", "casusbot-20260306T110000Z.db.gz"])
async def test_what_is_no_copy_is_refused(site: Configuration, name: str) -> None:
    with pytest.raises(NoCopyError):
        await restore(site, KEY, site.backups.folder / name, NONE, NOW)


async def test_a_restored_bot_looks_in_the_room_before_it_says_anything_again(
    site: Configuration, store: Database
) -> None:
    """What waited in the copy may have left since; and so may what a repeated event or the clock makes anew."""
    await store.write(lambda t: t.queue([Say(ToPerson("@a:x"), Message.of("wacht"))], "$1", NOW))
    copy = await copy_of(site)
    await lose(site, store)
    later = NOW + timedelta(hours=3)
    await restore(site, KEY, copy, NONE, later)
    async with await Database.open(site.data / DATABASE, KEY, create=False) as database:
        for number, at in enumerate((later + timedelta(hours=20), later + 2 * DAY)):
            said = Say(ToCase(OTHER), Message.of("opnieuw"))
            await database.write(lambda t, s=said, n=number, at=at: t.queue([s], f"$new{n}", at))
        tried = dict(
            await database.read(lambda t: t.rows("SELECT txn_id, first_tried_at FROM outbox ORDER BY seq"))
        )
    [waited, told, soon, next_day] = tried.values()
    for moment in (waited, told, soon):
        assert later - datetime.fromisoformat(moment) >= timedelta(hours=23)
    assert next_day is None


async def test_the_coordinators_hear_of_when_the_copy_is(site: Configuration, store: Database) -> None:
    copy = await copy_of(site)
    await lose(site, store)
    await restore(site, KEY, copy, NONE, NOW + DAY)
    connection = driver.connect(site.data / DATABASE, KEY)
    [(to, content)] = connection.execute("SELECT address, content FROM outbox").fetchall()
    connection.close()
    assert to == "@coordinator:x"
    assert "vrijdag 6 maart 2026, 12:00" in content


async def test_the_moment_of_a_copy_is_inside_it(site: Configuration, store: Database) -> None:
    copy = await copy_of(site)
    assert copy.name == "casusbot-20260306T110000Z.db"
    assert copied_at(copy.rename(copy.with_name("anders"))) == NOW
    assert copied_at(bare(copy.with_name("anders"))) is None
