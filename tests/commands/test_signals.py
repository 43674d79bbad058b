"""Signals in conversation: who sees what, and that a worry outlives whatever happens around it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.casefile import new_decision
from bot.core.effects import Effects
from bot.core.records.actions import Action
from bot.core.records.cases import Case, CaseState
from bot.core.records.explanations import Explanation, Rule
from bot.core.records.people import Pin, PinState
from bot.core.records.signals import Signal, SignalFact, SignalState
from commands.conversation.replies import kept
from commands.signals.finding import with_discussed
from tests.commands.stage import MONDAY, REF, Stage, holding, opened, user

CHAIR = "voorzitter"
SEEN = "vrijdag kwam een kind zonder jas op school"


def parked() -> Stage:
    stage = opened()
    stage.hear("leerplicht", f"signaal {SEEN}", room=stage.direct("leerplicht"))
    return stage


def heard(stage: Stage, name: str, body: str, *, direct: bool = False) -> str:
    return "\n".join(stage.say(name, body, direct=direct))


@pytest.mark.parametrize("name", ["voorzitter", "gi", "wijkagent", "passant"])
def test_a_worry_without_a_case_is_nobody_elses(name: str) -> None:
    stage = parked()
    assert SEEN not in heard(stage, name, "signaal S1", direct=True)
    assert SEEN not in heard(stage, name, "signalen", direct=True)
    for step in ("signaal S1 weer gezien", "signaal triage S1", f"signaal koppel S1 {REF}", "wis S1"):
        heard(stage, name, step, direct=True)
    [signal] = stage.rows(Signal)
    assert (signal.case_ref, len(stage.rows(SignalFact))) == (None, 1)


def test_a_coordinator_whom_nobody_compared_sees_no_worry() -> None:
    stage = parked()
    assert SEEN in heard(stage, "coordinator", "signaal S1", direct=True)
    seen_first = Pin(user("coordinator"), "CCCC", MONDAY, PinState.FIRST_USE)
    stage.records[Pin, user("coordinator")] = seen_first
    assert SEEN not in heard(stage, "coordinator", "signaal S1", direct=True)
    assert SEEN not in heard(stage, "coordinator", "signalen", direct=True)


def test_a_decision_of_another_region_is_about_no_signal_of_ours() -> None:
    stage = opened()
    stage.hear("leerplicht", f"!signaal {SEEN}")
    request, [signal] = stage.request(user(CHAIR), stage.room()), stage.rows(Signal)
    words = kept(request, "S1 met school bespreken").text

    def states(by: str) -> list[SignalState]:
        decision = new_decision(stage.file(), words, words, at=stage.now, by=by)
        effects = with_discussed(request, Effects(keep=(decision,)))
        return [r.state for r in effects.records if isinstance(r, Signal)]

    assert signal.state is SignalState.NOTED
    assert states("@casusbot:elders.nl") == []
    assert states(user(CHAIR)) == [SignalState.DISCUSSED]


def test_a_worry_stays_in_its_case_when_the_child_is_out_of_sight() -> None:
    stage = holding(opened(), "leerplicht: school bellen, vrijdag")
    stage.hear("leerplicht", "!signaal vorig jaar in april drie weken afwezig, daarna teruggekomen")
    before = stage.rows(Signal) + stage.rows(SignalFact)
    stage.hear(CHAIR, "!uitbeeld 8 dagen niet op school")
    stage.hear(CHAIR, "!oke niet acuut")
    stage.hear(CHAIR, "ja")
    assert stage.rows(Signal) + stage.rows(SignalFact) == before
    assert "drie weken afwezig" in heard(stage, "gi", "!signaal S1")


def test_a_case_does_not_close_over_a_worry_that_nobody_discussed() -> None:
    stage = opened()
    stage.hear("leerplicht", "!signaal vrijdag niet op school")
    assert "S1 (opgevangen): nog niet besproken" in heard(stage, CHAIR, "!casus sluit doel bereikt")
    stage.hear(CHAIR, "!signaal S1 besproken: school volgt dit zelf")
    assert "S1" not in heard(stage, CHAIR, "!casus sluit doel bereikt")


def test_in_a_closed_case_a_worry_can_be_read_and_nothing_is_added() -> None:
    stage = opened()
    stage.hear("leerplicht", f"!signaal {SEEN}")
    stage.hear(CHAIR, "!signaal S1 besproken: school volgt dit zelf")
    [case] = stage.rows(Case)
    stage.apply(Effects(keep=(replace(case, state=CaseState.CLOSED),)))
    facts = stage.rows(SignalFact)
    for words in ("!signaal weer gezien", "!signaal S1 weer gezien", "!signaal triage S1 1: waarom"):
        assert "is gesloten" in heard(stage, CHAIR, words)
    assert stage.rows(SignalFact) == facts
    assert SEEN in heard(stage, CHAIR, "!signaal S1")


def test_a_decision_that_names_a_worry_has_discussed_it() -> None:
    stage = opened()
    stage.hear("leerplicht", "!signaal vrijdag niet op school")
    stage.hear(CHAIR, "!besluit S1 met school bespreken, reden: school kent het kind")
    [signal] = stage.rows(Signal)
    assert signal.state is SignalState.DISCUSSED
    assert "B1 S1 met school bespreken; reden: school kent het kind" in heard(stage, "gi", "!signaal S1")


def test_nothing_is_kept_of_words_about_a_group() -> None:
    stage = opened()
    for words in ("gezin van het kamp, die gaan altijd weg", "dat soort gezinnen doet zo"):
        assert "geen gebeurtenis" in heard(stage, "leerplicht", f"!signaal {words}")
    stage.hear("leerplicht", "!signaal vrijdag niet op school")
    assert "geen gebeurtenis" in heard(stage, "leerplicht", "!signaal S1 gezin van het kamp")
    assert len(stage.rows(SignalFact)) == 1


def test_why_a_review_came_is_explained() -> None:
    stage = parked()
    at = stage.now.replace(day=30, hour=9)
    row = Explanation("signal", 0, user("leerplicht"), at, Rule.SIGNAL, about="S1", day=date(2026, 3, 30))
    stage.records[Explanation, "signal", 0] = row
    assert "S1 hoort nog bij geen casus" in heard(stage, "leerplicht", "waarom", direct=True)


STEPS = st.sampled_from(
    (
        "onderzocht: de afmelding klopt niet",
        "besproken met school",
        "aanpak: wekelijks contact",
        "doorlopend: school houdt het in het oog",
        "niet te toetsen: huisbezoek als er contact is, door GI, over 4 weken",
        "niets doen, reden: school is in gesprek, opnieuw kijken over 2 weken",
        "weer gezien, gisteren",
        "gezin van het kamp",
    )
)


@given(st.lists(st.tuples(st.sampled_from(("leerplicht", "gi", CHAIR)), STEPS), max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_typed_earlier_words_stay_and_what_cannot_be_tested_has_a_next_look(
    said: list[tuple[str, str]],
) -> None:
    stage = opened()
    stage.hear("leerplicht", "!signaal vrijdag niet op school")
    before: list[SignalFact] = stage.rows(SignalFact)
    for name, words in said:
        stage.hear(name, f"!signaal S1 {words}")
        facts = stage.rows(SignalFact)
        assert facts[: len(before)] == before
        before = facts
        [signal] = stage.rows(Signal)
        assert signal.state is facts[-1].state
        if signal.state is SignalState.NOT_TESTABLE:
            last = next(f for f in reversed(facts) if f.step.value == "cannot_test")
            assert last.text, "what would make it testable"
            assert (last.tester, last.day is not None) == ("GI", True)
            assert any("S1" in action.text for action in stage.rows(Action))


def test_a_worry_that_was_parked_always_has_a_day_on_which_it_comes_back() -> None:
    stage = parked()
    for words in ("weer gezien", "onderzocht: school weet het ook niet", "besproken met school"):
        stage.hear("leerplicht", f"signaal S1 {words}", room=stage.direct("leerplicht"))
        [signal] = stage.rows(Signal)
        assert signal.review == date(2026, 3, 30)
        assert signal.nudge_at is not None
    stage.now = stage.now.replace(day=31)
    stage.hear("leerplicht", "signaal S1 nog steeds", room=stage.direct("leerplicht"))
    [signal] = stage.rows(Signal)
    assert signal.review == date(2026, 4, 28), "its day had passed, so it gets a new one"
