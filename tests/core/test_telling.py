"""What is told to one person alone: once, to be explained later, and only as long as they may hear it."""

from __future__ import annotations

from datetime import timedelta

from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Loudness, Say, ToPerson
from bot.core.permissions import Right
from bot.core.records.explanations import Explanation, Rule
from bot.core.reminding.telling import told
from bot.core.text import Message
from tests.core.cases import MARCH_2, local, user

ONE, TWO = user("leerplicht"), user("wijkagent")
WORDS = Message(("Iets.",))


def test_nobody_hears_the_same_twice_and_each_can_ask_why() -> None:
    effects = told([TWO, ONE, TWO], WORDS, Rule.DEPUTY, cause="$event", now=MARCH_2, ref="Z-1", about="A4")
    assert [say.to for say in effects.send if isinstance(say, Say)] == [ToPerson(ONE), ToPerson(TWO)]
    keys = [say.key for say in effects.send if isinstance(say, Say)]
    assert keys == [f"deputy:$event:{ONE}", f"deputy:$event:{TWO}"]
    assert effects.keep == tuple(
        Explanation(key, 0, who, MARCH_2, Rule.DEPUTY, "Z-1", "A4")
        for key, who in zip(keys, (ONE, TWO), strict=True)
    )


def test_another_cause_or_another_rule_is_not_taken_for_the_same_message() -> None:
    keys = {
        say.key
        for rule, cause in ((Rule.DEPUTY, "$1"), (Rule.DEPUTY, "$2"), (Rule.HELP, "$1"))
        for say in told([ONE], WORDS, rule, cause=cause, now=MARCH_2).send
        if isinstance(say, Say)
    }
    assert len(keys) == 3


def test_what_is_told_does_not_ring_and_asks_for_the_right_to_its_case() -> None:
    [say] = told([ONE], WORDS, Rule.HELP, cause="$1", now=MARCH_2, ref="Z-1").send
    assert isinstance(say, Say)
    assert (say.loudness, say.about, say.right, say.asked_by) == (
        Loudness.NOTICE, ("Z-1",), Right.CASE_WORDS, None,
    )  # fmt: skip
    [bare] = told([ONE], WORDS, Rule.HELP, cause="$1", now=MARCH_2).send
    assert isinstance(bare, Say)
    assert bare.about == ()


def test_whose_word_it_was_and_which_right_it_takes_travel_along() -> None:
    [say] = told(
        [ONE], WORDS, Rule.HELP, cause="$1", now=MARCH_2, ref="Z-1", asked_by=TWO, right=Right.CASE_FILE
    ).send
    assert isinstance(say, Say)
    assert (say.asked_by, say.right) == (TWO, Right.CASE_FILE)


def test_why_something_was_said_is_kept_in_utc() -> None:
    amsterdam = local("2026-07-01 09:00").astimezone(AMSTERDAM)
    [why] = told([ONE], WORDS, Rule.HELP, cause="$1", now=amsterdam).keep
    assert isinstance(why, Explanation)
    assert (why.said_at, why.said_at.utcoffset()) == (amsterdam, timedelta(0))
