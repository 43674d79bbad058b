"""The same meetings on the real encrypted file: what is read back is what was meant, also after a start anew."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings

from bot.core.effects import Effects, OpenCaseRoom, OpenDirect, Say
from bot.core.records.kinds import KEYS, key_of
from bot.store.carrying import carry_out
from bot.store.database import Database
from tests.commands.meeting_machine import SEATS, MeetingMachine
from tests.commands.stage import Stage, opened, user

if TYPE_CHECKING:
    from bot.store.transaction import Transaction

KEY = bytes(range(32))


@dataclass
class StoredStage(Stage):
    """A stage that keeps everything in the store, and knows only what it reads there."""

    runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    folder: TemporaryDirectory[str] = field(default_factory=TemporaryDirectory)
    database: Database | None = None
    keys: set[str] = field(default_factory=set)

    def open(self) -> None:
        path = Path(self.folder.name) / "casusbot.db"
        self.database = self.runner.run(Database.open(path, KEY, create=not path.exists()))
        self.read_back()

    def shut(self) -> None:
        assert self.database is not None
        self.runner.run(self.database.close())

    def apply(self, effects: Effects) -> None:
        assert self.database is not None
        source, database = self.last, self.database

        async def work(transaction: Transaction) -> None:
            said = await transaction.value("SELECT count(*) FROM outbox")
            logged = await transaction.value("SELECT count(*) FROM audit")
            await carry_out(transaction, effects, actor=user("bot"), at=self.now, source=source)
            more = await transaction.value("SELECT count(*) FROM outbox") - said
            keys = {out.key for out in effects.send if isinstance(out, Say) and out.key}
            assert more == len(effects.send) - len(keys & self.keys), "everything that is said leaves once"
            self.keys |= keys
            assert await transaction.value("SELECT count(*) FROM audit") - logged == len(effects.log)
            for out in effects.send:
                match out:
                    case OpenCaseRoom(ref):
                        await transaction.bind_case(ref, self.room(ref))
                    case OpenDirect(user_id):
                        await transaction.bind_direct(user_id, self.direct(user_id))

        self.runner.run(database.write(work))
        self.sent += effects.send
        self.logged += [entry.event for entry in effects.log]
        self.read_back()

    def read_back(self) -> None:
        assert self.database is not None

        async def everything(transaction: Transaction) -> list[object]:
            return [record for kind in KEYS for record in await transaction.load(kind, "")]

        found = self.runner.run(self.database.read(everything))
        self.records = {key_of(record): record for record in found}


class StoredMeeting(MeetingMachine):
    stage: StoredStage

    def setting(self) -> Stage:
        stage = StoredStage()
        stage.open()
        return opened(seats=SEATS, stage=stage)

    def restart(self) -> None:
        before = dict(self.stage.records)
        self.stage.shut()
        self.stage.heard.clear()
        self.stage.open()
        assert self.stage.records == before

    def teardown(self) -> None:
        if hasattr(self, "stage"):
            self.stage.shut()
            self.stage.runner.close()
            self.stage.folder.cleanup()


TestStoredMeeting = StoredMeeting.TestCase
TestStoredMeeting.settings = settings(
    max_examples=12,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
