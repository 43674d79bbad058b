"""`casusbot simulate`: an operator sees what the rules would send, and nothing leaves or changes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot import cli
from bot.core.records.people import DigestPlan, Person
from bot.data.device import DATABASE
from bot.operator.simulate import simulate
from bot.settings.configuration import load
from bot.store.database import Database
from tests.core.cases import COORDINATOR, LABELS, action, case, local, user
from tests.store.samples import KEY

if TYPE_CHECKING:
    from pathlib import Path

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


@pytest.fixture
async def stored(tmp_path: Path) -> Configuration:
    """A case with one action and everybody in their chats; nobody has been asked anything yet."""
    (tmp_path / "casusbot.yaml").write_text(TIMED)
    (tmp_path / "sleutel").write_text(KEY.hex())
    (tmp_path / "sleutel").chmod(0o600)
    (tmp_path / "data").mkdir()
    configuration = load(tmp_path / "casusbot.yaml")
    file = case(action(4))

    async def fill(transaction: Transaction) -> None:
        for record in (file.case, *file.participants, *file.actions):
            await transaction.keep(record)
        for label in LABELS:
            room = f"!{label}:voorbeeld.nl"
            await transaction.keep(Person(user(label), room))
            await transaction.put_state(
                room, "m.room.member", user(label), user(label), {"membership": "join"}
            )
        await transaction.keep(DigestPlan(COORDINATOR, local("2026-03-09 09:00")))

    async with await Database.open(configuration.data / DATABASE, KEY, create=True) as database:
        await database.write(fill)
    return configuration


async def test_it_says_who_would_be_told_what_and_when(stored: Configuration) -> None:
    lines = await simulate(stored, KEY, date(2026, 3, 3), date(2026, 3, 17))
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
