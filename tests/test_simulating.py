"""`casusbot simulate`: an operator sees what the rules would send, and nothing leaves or changes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from bot import cli
from bot.core.assembly import taken_apart
from bot.core.dates.calendar import at_local
from bot.core.guard import KeptText
from bot.core.records.cases import CaseState, Closing
from bot.core.records.handovers import Handover, HandoverState, Side
from bot.core.records.incidents import Incident, started
from bot.core.records.people import DigestPlan, Person, Pin, PinState
from bot.core.records.signals import Signal, SignalState
from bot.core.reminding.clock import RULES
from bot.core.reminding.rehearsal import says
from bot.data.device import DATABASE
from bot.operator.simulate import rehearsed, simulate
from bot.running.scheduling import Scheduler
from bot.settings.configuration import load
from bot.store.database import Database
from bot.store.outgoing import key_id
from tests.core.cases import COORDINATOR, LABELS, MARCH_2, action, case, local, user
from tests.store.samples import KEY
from tests.test_scheduling import Wall

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bot.core.records.kinds import Record
    from bot.settings.configuration import Configuration
    from bot.store.transaction import Transaction

TIMED = """\
homeserver: https://matrix.voorbeeld.nl
user: "@casusbot:voorbeeld.nl"
data: data
key_file: sleutel
region: {name: ZVH Voorbeeldregio}
coordinators: ["@coordinator:voorbeeld.nl"]
timing: {case_coordinator: 6}
"""


WRITTEN = KeptText.from_store("een tekst")
CLOSED = replace(case(ref="Z-2024-007").case, state=CaseState.CLOSED)
LONG_AGO = local("2024-10-04 10:00")
DUE: dict[str, tuple[Record, ...]] = {
    "retention": (
        CLOSED,
        *case(ref=CLOSED.ref).participants,
        Closing(CLOSED.ref, 1, LONG_AGO, COORDINATOR, 1, None, ()),
    ),
    "nudges": taken_apart(case(action(4))),
    "signals": (
        Signal(
            7, None, SignalState.NOTED, "leerplicht", MARCH_2, user("leerplicht"), MARCH_2,
            review=date(2026, 3, 10), nudge_at=local("2026-03-10 09:00"),
        ),
    ),
    "handovers": (
        Handover(
            "h1", Side.RECEIVER, "Elders", "@casusbot:elders.nl", HandoverState.PROPOSED, proposed_at=MARCH_2,
            proposed_by="@casusbot:elders.nl", room_id="!h:x", reason=WRITTEN, peer_ref="Z-2026-099",
            overdue_at=local("2026-03-09 09:00"),
        ),
    ),
    "incidents": (
        replace(started(1, local("2026-03-03 08:00"), COORDINATOR), ended_at=MARCH_2, ended_by=COORDINATOR),
    ),
    "digests": (DigestPlan(COORDINATOR, local("2026-03-09 09:00")),),
}  # fmt: skip
"""What each rule of the clock says something about between the third and the seventeenth of March."""
SAYS = {
    "retention": "ruimte van de casus: !vernietig Z-2024-007",
    "nudges": "! @leerplicht:voorbeeld.nl (leerplicht)  Z-2026-014 · A4",
    "signals": "S7 · dinsdag 10 maart 2026",
    "handovers": "Z-2026-099 · overdracht · regio Elders",
    "incidents": "Incident 1: uiterlijk",
    "digests": "(coördinator)  Weekbericht ma 9 mrt",
}
FIRST, LAST = date(2026, 3, 3), date(2026, 3, 17)


async def kept(folder: Path, *records: Record) -> Configuration:
    """A store with these records, and everybody in their chats; the coordinator was compared."""
    (folder / "casusbot.yaml").write_text(TIMED)
    (folder / "sleutel").write_text(KEY.hex())
    (folder / "sleutel").chmod(0o600)
    (folder / "data").mkdir()
    configuration = load(folder / "casusbot.yaml")

    async def fill(transaction: Transaction) -> None:
        for record in (*records, Pin(COORDINATOR, "KEY", MARCH_2, PinState.VERIFIED)):
            await transaction.keep(record)
        for label in (*LABELS, "coordinator"):
            room = f"!{label}:voorbeeld.nl"
            await transaction.keep(Person(user(label), room))
            await transaction.put_state(
                room, "m.room.member", user(label), user(label), {"membership": "join"}
            )

    async with await Database.open(configuration.data / DATABASE, KEY, create=True) as database:
        await database.write(fill)
    return configuration


@pytest.fixture
async def stored(tmp_path: Path) -> Configuration:
    """A case with one action; nobody has been asked anything yet."""
    return await kept(tmp_path, *DUE["nudges"], *DUE["digests"])


def test_no_rule_of_the_clock_is_without_a_scene_here() -> None:
    assert set(DUE) == set(SAYS) == {rule.name for rule in RULES}


@pytest.mark.parametrize("rule", SAYS)
async def test_no_rule_of_the_clock_is_left_out(tmp_path: Path, rule: str) -> None:
    lines = await simulate(await kept(tmp_path, *DUE[rule]), KEY, FIRST, LAST)
    assert any(SAYS[rule] in line for line in lines), lines


@dataclass
class Leaping(Wall):
    """A clock that leaps to whatever the bot sleeps until, up to the last day."""

    slept: list[datetime] = field(default_factory=list)

    async def sleep_until(self, instant: datetime | None, wake: asyncio.Event) -> None:
        if instant is None or instant > at_local(LAST, time.max):
            await super().sleep_until(instant, wake)
        else:
            self.moment = instant
            self.slept.append(instant)


@pytest.mark.parametrize("running", [False, True], ids=["", "while an incident runs"])
async def test_what_it_says_is_what_the_clock_then_sends(tmp_path: Path, *, running: bool) -> None:
    ended = DUE["incidents"][0]
    assert isinstance(ended, Incident)
    due = DUE | {"incidents": (replace(ended, ended_at=None, ended_by=None),)} if running else DUE
    configuration = await kept(tmp_path, *(record for records in due.values() for record in records))
    start, end = at_local(FIRST, time.min), at_local(LAST, time.max)
    async with await Database.open(configuration.data / DATABASE, KEY, create=False) as database:
        rehearsal = await database.read(lambda t: rehearsed(t, configuration.region, start, end))
        rehearsal.reschedule(start)
        for file in rehearsal.files.values():
            for one in file.running:
                await database.write(lambda t, one=one: t.keep(one))
        wall = Leaping(start)
        task = asyncio.create_task(Scheduler(database, configuration.region, wall, queued=lambda: None).run())
        await wall.asleep.wait()
        task.cancel()
        played = list(rehearsal.play(start, end))
        sent = await database.read(
            lambda t: t.rows("SELECT txn_id FROM outbox WHERE kind IN ('say', 'send_poll') ORDER BY seq")
        )
    assert [now for now, _ in played] == wall.slept
    assert len(sent) >= (6 if running else 20)
    assert [key_id(say.key or "") for _, effects in played for say in says(effects)] == [
        txn for (txn,) in sent
    ]


async def test_it_says_who_would_be_told_what_and_when(stored: Configuration) -> None:
    lines = await simulate(stored, KEY, FIRST, LAST)
    rung = [line for line in lines if "  ! " in line]
    assert [line[: line.index("  !")] for line in rung] == [
        "wo 4 mrt 09:00",
        "vr 6 mrt 09:00",
        "ma 9 mrt 09:00",
        "wo 11 mrt 09:00",
        "ma 16 mrt 09:00",
    ]
    assert rung[0].endswith("@leerplicht:voorbeeld.nl (leerplicht)  Z-2026-014 · A4 · vrijdag 6 maart 2026")
    assert "(casusregisseur)" in rung[-1], "the region's own timing counts: six working days"
    assert any("(coördinator)  Weekbericht ma 9 mrt" in line for line in lines)


async def test_both_days_that_are_named_are_shown(stored: Configuration) -> None:
    shown = await simulate(stored, KEY, date(2026, 3, 4), date(2026, 3, 4))
    assert [line[:14] for line in shown] == ["wo 4 mrt 09:00"] * 2


async def test_nothing_is_sent_and_nothing_is_changed(stored: Configuration) -> None:
    async def everything() -> tuple[object, ...]:
        async with await Database.open(stored.data / DATABASE, KEY, create=False) as database:
            cases = await database.read(lambda t: t.cases())
            waiting = await database.read(lambda t: t.waiting(local("2027-01-01 09:00")))
            people = await database.read(lambda t: t.persons([user(label) for label in LABELS]))
            return cases, waiting, people

    before = await everything()
    await simulate(stored, KEY, date(2026, 3, 3), date(2026, 6, 1))
    assert await everything() == before
    assert before[1] == ()


def test_the_command_line_takes_two_days(
    stored: Configuration, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        "simulate",
        "--config",
        str(tmp_path / "casusbot.yaml"),
        "--from",
        "2026-03-04",
        "--to",
        "2026-03-06",
    ]
    assert cli.main(arguments) == 0
    assert capsys.readouterr().out.count("Z-2026-014 · A4") == 2


def test_a_day_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        cli.main(["simulate", "--config", "x", "--from", "gisteren", "--to", "2026-03-06"])
    assert refused.value.code == 2
    assert "gisteren" in capsys.readouterr().err
