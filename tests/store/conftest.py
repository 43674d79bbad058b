from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.core.region import Region
from bot.data.device import DATABASE, save_account
from bot.settings.configuration import Backups, Configuration
from bot.store.database import Database
from tests.store.copies import IDENTITY, OWN, two_cases
from tests.store.samples import KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "casusbot.db"


@pytest.fixture
async def db(path: Path) -> AsyncIterator[Database]:
    async with await Database.open(path, KEY, create=True) as database:
        yield database


@pytest.fixture
def site(tmp_path: Path) -> Configuration:
    data = tmp_path / "data"
    data.mkdir()
    region = Region("ZVH Voorbeeldregio", frozenset({"@coordinator:x"}))
    backups = Backups(tmp_path / "backups", keep_days=30)
    return Configuration("http://x", OWN.user_id, data, tmp_path / "key", region, backups=backups)


@pytest.fixture
async def store(site: Configuration) -> AsyncIterator[Database]:
    async with await Database.open(site.data / DATABASE, KEY, create=True) as database:
        await database.write(lambda t: save_account(t, OWN, IDENTITY))
        await database.write(two_cases)
        yield database
