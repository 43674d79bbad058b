from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.matrix.fake import FakeHomeserver, bot_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.matrix.fake import Bot


@pytest.fixture
async def server() -> AsyncIterator[FakeHomeserver]:
    homeserver = FakeHomeserver()
    await homeserver.start()
    yield homeserver
    await homeserver.stop()


@pytest.fixture
async def bot(server: FakeHomeserver, tmp_path: Path) -> AsyncIterator[Bot]:
    async with bot_on(server.url, tmp_path) as running:
        yield running
