"""A bot whose store is copied, whose cases are destroyed, and whose disk is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.effects import Destroyed, Effects
from bot.core.records.people import Person
from bot.data import ledger
from bot.data.backups import back_up
from bot.data.ledger import Signer
from bot.matrix.account import Account
from bot.matrix.identity import Identity
from bot.store.carrying import carry_out
from tests.store.samples import KEY, a_case, a_participant, an_action, keep, text

if TYPE_CHECKING:
    from pathlib import Path

    from bot.settings.configuration import Configuration
    from bot.store.database import Database
    from bot.store.transaction import Transaction

NOW = datetime(2026, 3, 6, 11, 0, tzinfo=UTC)
DAY = timedelta(days=1)
REF, OTHER = "Z-2026-014", "Z-2026-015"
CANARY = "kanarie"
SEAL = 64
"""Bytes behind the last page of a copy: what it is, its moment, its MAC."""
OWN = Account("@casusbot:x", "DEVICE", "toegangstoken")
IDENTITY = Identity(OWN.user_id, b"a" * 32, b"b" * 32, b"c" * 32)
STRANGER = Identity(OWN.user_id, b"x" * 32, b"y" * 32, b"z" * 32)


async def two_cases(t: Transaction) -> None:
    other = a_case(OTHER, room_id="!o:x")
    await keep(t, a_case(REF, purpose=text(f"doel {CANARY}")), other, an_action(1, REF, text=text(CANARY)))
    await keep(t, a_participant("@a:x", REF), an_action(1, OTHER), Person("@a:x", direct_room="!d:x"))


async def copy_of(site: Configuration, at: datetime = NOW) -> Path:
    return (await back_up(site, KEY, site.backups.folder, at))[0]


def bare(copy: Path) -> Path:
    """The encrypted file in a copy, without the seal behind it."""
    path = copy.with_suffix(".bare")
    path.write_bytes(copy.read_bytes()[:-SEAL])
    path.chmod(0o600)
    return path


async def destroyed(site: Configuration, store: Database, ref: str = REF, at: datetime = NOW + DAY) -> str:
    """What the bot does once two people asked for it; the code that the coordinators get."""
    gone = Effects(destroyed=(Destroyed(ref),))
    await store.write(lambda t: carry_out(t, gone, actor="@b:x", at=at, source=f"$word{ref}"))
    [*earlier, record] = await store.read(lambda t: t.destructions())
    previous = earlier[-1].certificate if earlier else None
    [*_, line] = await store.read(lambda t: t.audit_lines(ref))
    certificate = Signer(IDENTITY, KEY).certify(record, 30, audit=line.hash, previous=previous)
    await store.write(lambda t: t.keep(replace(record, certificate=certificate.text)))
    ledger.append(site.backups.folder, [certificate])
    return certificate.code


async def lose(site: Configuration, store: Database) -> None:
    """The disk is gone; the copies are elsewhere."""
    await store.close()
    for path in site.data.iterdir():
        path.unlink()
