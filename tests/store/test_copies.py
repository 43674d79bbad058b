"""Somebody who can write where the copies lie: what they put together, cut, lengthen or rename is not put back."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.data import ledger
from bot.data.backups import NONE, CopyBrokenError, back_up, expire, restore
from bot.data.device import DATABASE
from bot.store.database import Database
from bot.store.errors import StoreError
from tests.store.copies import DAY, NOW, REF, SEAL, bare, copy_of, lose
from tests.store.pages import PAGE, SALT
from tests.store.samples import KEY, a_participant

if TYPE_CHECKING:
    from pathlib import Path

    from bot.settings.configuration import Configuration


@pytest.fixture
async def copies(site: Configuration, store: Database) -> tuple[Path, Path]:
    """A copy with somebody's seat, and one from after that seat was taken; the disk is gone."""
    before = await copy_of(site)
    gone = replace(a_participant("@a:x", REF), left_at=NOW + DAY)
    await store.write(lambda t: t.keep(gone))
    after = await copy_of(site, NOW + DAY)
    await lose(site, store)
    return before, after


async def refused(site: Configuration, copy: Path) -> None:
    with pytest.raises(CopyBrokenError) as refusal:
        await restore(site, KEY, copy, NONE, NOW + 2 * DAY)
    assert refusal.value.exit_code == 3
    assert list(site.data.iterdir()) == [], "nothing is written before the copy is proven"


async def test_a_removed_seat_does_not_come_back_with_a_page_of_an_older_copy(
    site: Configuration, copies: tuple[Path, Path]
) -> None:
    old, new = (copy.read_bytes() for copy in copies)
    count = min(len(old), len(new)) // PAGE
    different = [
        n for n in range(1, count) if old[n * PAGE : (n + 1) * PAGE] != new[n * PAGE : (n + 1) * PAGE]
    ]
    assert different
    for number in different:
        spliced = new[: number * PAGE] + old[number * PAGE : (number + 1) * PAGE] + new[(number + 1) * PAGE :]
        copies[1].write_bytes(spliced)
        await refused(site, copies[1])


async def test_a_page_of_one_copy_does_not_even_open_in_another(copies: tuple[Path, Path]) -> None:
    """Also where nobody looked at the seal of the whole: each copy has a salt of its own."""
    old, new = (bare(copy) for copy in copies)
    assert old.read_bytes()[:SALT] != new.read_bytes()[:SALT]
    pages = bytearray(new.read_bytes())
    pages[PAGE : 2 * PAGE] = old.read_bytes()[PAGE : 2 * PAGE]
    new.write_bytes(pages)
    with pytest.raises(StoreError):
        async with await Database.look(new, KEY) as database:
            await database.check_integrity()


async def test_an_older_copy_is_not_taken_for_the_newer_whose_name_it_got(
    site: Configuration, copies: tuple[Path, Path]
) -> None:
    before, after = copies
    await refused(site, before.replace(after))


async def test_the_moment_of_one_copy_does_not_fit_behind_another(
    site: Configuration, copies: tuple[Path, Path]
) -> None:
    before, after = copies
    after.write_bytes(before.read_bytes()[:-SEAL] + after.read_bytes()[-SEAL:])
    await refused(site, after)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_a_copy_of_which_anything_was_changed_cut_off_or_added_is_not_put_back(
    site: Configuration, copies: tuple[Path, Path], data: st.DataObject
) -> None:
    whole = copies[1].read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    bit = data.draw(st.integers(1, 255))
    changed = whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :]
    added = data.draw(st.binary(min_size=1, max_size=2 * PAGE))
    forged = data.draw(st.sampled_from([changed, whole[:place], whole + added, whole[:-SEAL], added + whole]))
    copies[1].write_bytes(forged)
    await refused(site, copies[1])
    copies[1].write_bytes(whole)


async def test_a_copy_under_another_key_says_so_before_anything_is_written(
    site: Configuration, copies: tuple[Path, Path]
) -> None:
    with pytest.raises(CopyBrokenError):
        await restore(site, os.urandom(32), copies[1], NONE, NOW + 2 * DAY)
    assert list(site.data.iterdir()) == []


async def test_what_is_put_back_is_the_copy_that_was_chosen(
    site: Configuration, copies: tuple[Path, Path]
) -> None:
    await restore(site, KEY, copies[1], NONE, NOW + 2 * DAY)
    async with await Database.open(site.data / DATABASE, KEY, create=False) as database:
        await database.check_integrity()
        file = await database.read(lambda t: t.case_file(REF))
    assert file is not None
    assert file.seated == ()


async def test_no_name_keeps_a_copy_beyond_its_time(site: Configuration, store: Database) -> None:
    """The day on which the last copy with a destroyed case is gone stands in its certificate."""
    old, hidden = await copy_of(site, NOW - 31 * DAY), await copy_of(site, NOW - 32 * DAY)
    hidden.rename(hidden.with_name("vakantie.jpg"))
    old.rename(old.with_name("casusbot-20290101T000000Z.db"))
    new, expired = await back_up(site, KEY, site.backups.folder, NOW)
    assert expired == 2
    assert {path.name for path in site.backups.folder.iterdir()} == {new.name, ledger.NAME}


async def test_no_name_makes_a_copy_go_before_its_time(site: Configuration, store: Database) -> None:
    recent = await copy_of(site, NOW - DAY)
    recent.rename(recent.with_name("casusbot-20200101T000000Z.db"))
    assert expire(site.backups.folder, 30, NOW) == 0
