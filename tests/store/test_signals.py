"""Signals in the encrypted file: who may see one without a case, and what goes with a case."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.effects import Effects, Redact, Say, ToRoom, Wiped
from bot.core.records.signals import Signal, SignalFact, SignalShown, SignalState, SignalStep
from bot.core.reminding.clock import SIGNALS
from bot.core.text import Message
from bot.store import driver
from bot.store.carrying import carry_out
from tests.store.samples import NOW, a_case, keep, text

if TYPE_CHECKING:
    from bot.core.casefile import SignalFile
    from bot.store.database import Database

PARKED_BY = "@leerplicht:x"


def a_signal(number: int, case_ref: str | None = None, **changes: Any) -> tuple[Signal, SignalFact]:
    """A signal with its first words."""
    by = changes.pop("noted_by", PARKED_BY)
    signal = Signal(number, case_ref, SignalState.NOTED, "leerplicht", NOW, by, NOW, **changes)
    words = text("drie weken afwezig, daarna teruggekomen")
    fact = SignalFact(number, 1, case_ref, SignalStep.NOTE, SignalState.NOTED, words, "leerplicht", NOW, by)
    return signal, fact


async def seen_by(db: Database, user_id: str, *, coordinates: bool = False) -> list[int]:
    found = await db.read(lambda t: t.signals_seen_by(user_id, coordinates=coordinates))
    return [one.signal.number for one in found]


async def test_a_signal_without_a_case_is_seen_by_who_noted_it_and_by_coordinators_alone(
    db: Database,
) -> None:
    await db.write(
        lambda t: keep(t, a_case("Z-1"), *a_signal(1), *a_signal(2, "Z-1"), *a_signal(3, noted_by="@gi:x"))
    )
    assert await seen_by(db, PARKED_BY) == [1, 2]
    assert await seen_by(db, "@wijkagent:x") == []
    assert await seen_by(db, "@coordinator:x", coordinates=True) == [1, 3]


async def test_a_case_holds_its_signals_with_all_their_words(db: Database) -> None:
    signal, first = a_signal(7, "Z-1")
    more = SignalFact(7, 2, "Z-1", SignalStep.ADD, signal.state, text("weer gezien"), "GI", NOW, "@gi:x")
    await db.write(lambda t: keep(t, a_case("Z-1"), more, signal, first, *a_signal(8)))
    file = await db.read(lambda t: t.case_file("Z-1"))
    assert file is not None
    found: tuple[SignalFile, ...] = file.signals
    assert [(one.signal, one.facts) for one in found] == [(signal, (first, more))]


async def test_with_a_case_go_its_signals_and_no_other(db: Database) -> None:
    await db.write(lambda t: keep(t, a_case("Z-1"), *a_signal(1, "Z-1"), *a_signal(2), SignalShown(1, "$a")))
    await db.write(lambda t: t.drop(a_case("Z-1")))
    assert await db.read(lambda t: t.rows("SELECT number FROM signals")) == [(2,)]
    assert await db.read(lambda t: t.rows("SELECT signal FROM signal_facts")) == [(2,)]
    assert await db.read(lambda t: t.rows("SELECT * FROM signals_shown")) == []


async def test_a_number_that_somebody_remembers_never_becomes_another_worry(db: Database) -> None:
    assert await db.read(lambda t: t.next_signal()) == 1
    await db.write(lambda t: keep(t, *a_signal(1), *a_signal(2)))
    await db.write(lambda t: t.drop(a_signal(2)[0]))
    assert await db.read(lambda t: t.next_signal()) == 3


async def test_the_clock_finds_a_signal_when_its_day_has_come(db: Database) -> None:
    soon = NOW + timedelta(hours=1)
    await db.write(lambda t: keep(t, *a_signal(1, nudge_at=soon), *a_signal(2)))
    assert await db.read(lambda t: t.next_due()) == soon
    assert await db.read(lambda t: t.due(SIGNALS, NOW)) == ()
    assert [s.number for s in await db.read(lambda t: t.due(SIGNALS, soon))] == [1]


async def test_words_never_float_without_their_signal(db: Database) -> None:
    with pytest.raises(driver.IntegrityError):
        await db.write(lambda t: t.keep(a_signal(1)[1]))


async def test_what_was_shown_of_a_signal_before_it_had_a_case_is_taken_back_too(db: Database) -> None:
    shown = Effects(
        keep=(*a_signal(5), SignalShown(5, "$asked")),
        send=(Say(ToRoom("!direct:x"), Message.of("drie weken afwezig")),),
    )
    await db.write(lambda t: carry_out(t, shown, actor=PARKED_BY, at=NOW, source="$asked"))
    [row] = await db.read(lambda t: t.rows("SELECT txn_id FROM outbox"))
    await db.write(
        lambda t: t.rows(
            "UPDATE outbox SET state = 'sent', content = NULL, room_id = '!direct:x', event_id = '$said',"
            " sent_at = queued_at WHERE txn_id = ?",
            *row,
        )
    )
    wiped = Effects(drop=(a_signal(5)[0],), wiped=(Wiped(None, "S5"),))
    await db.write(lambda t: carry_out(t, wiped, actor=PARKED_BY, at=NOW, source="$wipe"))
    waiting = await db.read(lambda t: t.rows("SELECT kind, content FROM outbox WHERE state = 'waiting'"))
    assert [kind for kind, _ in waiting] == ["redact"]
    assert Redact("!direct:x", "$said").event_id in waiting[0][1]
