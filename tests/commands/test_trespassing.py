"""Ways around a rule of one flow by the door of another: each was open once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.effects import Effects
from bot.core.records.actions import Action, ActionState
from bot.core.records.cases import Case, CaseState
from bot.core.records.inquiries import InquiryAnswer, InquiryState
from bot.core.records.kinds import Restriction
from bot.core.records.signals import Signal
from bot.core.records.trail import Question
from bot.core.text import Language
from commands.conversation.parsing import Listener
from commands.needs import needed_cases
from commands.registry import Reply
from tests.commands.inquiries import ASKED, asked
from tests.commands.signals import CHAIR
from tests.commands.stage import BOT, MONDAY, REF, Stage, guard, holding, opened, user
from tests.commands.test_handover import THEIR_REF, proposed
from tests.commands.theme_rooms import THEME, themed

SEEN = "de jongste kwam vrijdag drie uur te laat op school"


def closed(stage: Stage) -> Stage:
    """The case as it is after the chair closed it, in whatever way."""
    case = replace(stage.file().case, state=CaseState.CLOSED)
    stage.apply(Effects(keep=(case,)))
    return stage


# -- who answers for whom ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["leerplicht", CHAIR])
def test_not_provided_does_not_become_known_by_the_word_of_another(name: str) -> None:
    stage = asked(opened())
    stage.hear("veiligthuis", "!antwoord N1 niet verstrekt")
    stage.hear(name, "!antwoord N1 namens Veilig Thuis bekend")
    assert stage.file().inquiries[0].answer is InquiryAnswer.NOT_PROVIDED


def test_what_another_recorded_the_partner_and_who_asked_can_still_put_right() -> None:
    stage = asked(opened())
    stage.hear("leerplicht", "!antwoord N1 namens Veilig Thuis bekend")
    stage.hear("leerplicht", "!antwoord N1 namens Veilig Thuis niet bekend")
    assert stage.file().inquiries[0].answer is InquiryAnswer.NOT_KNOWN
    stage.hear("veiligthuis", "!antwoord N1 niet verstrekt")
    assert stage.file().inquiries[0].answer is InquiryAnswer.NOT_PROVIDED


# -- theme rooms -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        f"signaal koppel S1 {THEME}",
        f"signaal {THEME} {SEEN}",
        f'navraag {THEME} voorzitter "bekend in een andere regio?"',
    ],
)
def test_nothing_about_a_case_comes_into_a_theme_room_by_a_direct_chat(line: str) -> None:
    stage = themed()
    direct = stage.direct("leerplicht")
    stage.hear("leerplicht", f"signaal {SEEN}", room=direct)
    stage.hear("leerplicht", f"!{line}", room=direct)
    file = stage.file(THEME)
    assert (file.signals, file.inquiries, file.actions) == ((), (), ())


@pytest.mark.parametrize("line", [f"!signaal {SEEN}", "!signaal koppel S1", "!signalen", "!signaal S1"])
def test_a_theme_room_takes_in_and_shows_no_signal(line: str) -> None:
    stage = themed()
    stage.hear("leerplicht", f"signaal {SEEN}", room=stage.direct("leerplicht"))
    said = stage.say("leerplicht", line, room=stage.room(THEME))
    assert SEEN not in "\n".join(said)
    assert [signal.case_ref for signal in stage.rows(Signal)] == [None]


def test_a_case_never_bears_the_reference_of_a_theme_room() -> None:
    """The guard of theme rooms looks for references of cases, and knows those of themes by their letter."""
    stage = opened()
    stage.hear(
        "coordinator", 'casus nieuw T-2026-009 doel "weer naar school"', room=stage.direct("coordinator")
    )
    assert stage.rows(Case, ref="T-2026-009") == []


@pytest.mark.parametrize("there", [True, False], ids=["an existing theme room", "a new one"])
def test_a_case_of_another_region_is_not_taken_over_into_a_theme_room(*, there: bool) -> None:
    regions = proposed()
    if there:
        regions.coordinator(f'thema nieuw {THEME} onderwerp "verzuim en zorg"')
    regions.coordinator(f"overdracht accepteer als {THEME}")
    regions.coordinator(THEME)
    assert [case.theme is None for case in regions.receiver.rows(Case, ref=THEME)] == [False] * there
    assert regions.receiver.rows(Action) == []
    regions.coordinator(f"overdracht accepteer als {THEIR_REF}")
    assert regions.receiver.rows(Case, ref=THEIR_REF)


# -- closed and restricted cases ---------------------------------------------------------------------


def test_an_inquiry_that_was_half_made_is_not_put_once_the_case_is_closed() -> None:
    stage = opened()
    stage.hear("leerplicht", ASKED)
    for answer in ("zicht op veiligheid", "1", "nee"):
        stage.hear("leerplicht", answer, room=stage.direct("leerplicht"))
    closed(stage)
    stage.hear("leerplicht", "ja", room=stage.direct("leerplicht"))
    assert stage.file().inquiries[0].state is InquiryState.DRAFT
    assert stage.file().actions == ()


def test_who_tests_a_signal_is_no_new_action_in_a_case_that_was_closed_meanwhile() -> None:
    stage = holding(opened(), "GI: nazorg doen, over 3 maanden")
    direct = stage.direct("leerplicht")
    stage.hear("leerplicht", f"signaal {REF} {SEEN}", room=direct)
    closed(stage)
    stage.hear("leerplicht", "wijkagent, vrijdag", room=direct, reply=Reply.QUESTION)
    assert len(stage.file().actions) == 1


def restricted(stage: Stage) -> Stage:
    reason = guard().keep("juistheid wordt betwist", max_length=80)
    restriction = Restriction(REF, 1, reason.text, MONDAY, user("contactpunt"))  # type: ignore[union-attr]
    stage.apply(Effects(keep=(restriction,)))
    return stage


def test_a_bare_answer_changes_nothing_in_a_restricted_case() -> None:
    stage = restricted(asked(opened()))
    said = stage.say("veiligthuis", "bekend", direct=True)
    assert "beperkt" in said[0]
    assert stage.file().inquiries[0].state is InquiryState.ASKED
    assert stage.action(1).state is ActionState.OPEN


# -- who left ----------------------------------------------------------------------------------------


def test_who_left_a_case_no_longer_hears_how_a_signal_goes_that_was_noted_there() -> None:
    stage = opened()
    stage.hear("wijkagent", f"!signaal {SEEN}")
    stage.hear("leerplicht", "!signaal S1 onderzocht: de afmelding klopt niet met het overzicht")
    stage.hear(CHAIR, f"!deelnemer weg {user('wijkagent')}")
    said = "\n".join(stage.say("wijkagent", "signaal S1", direct=True))
    assert SEEN not in said
    assert "onderzocht" not in said


# -- what a message is allowed to look at ------------------------------------------------------------


def a_suggestion(command: str) -> Question:
    half = (("text", ""),)
    return Question("!d", user("coordinator"), command, "suggestion", half, Language.NL, MONDAY, "$e", "$e")


@pytest.mark.parametrize(
    ("body", "question", "everything"),
    [
        ("goedemorgen", None, False),
        ("klaar Z-2026-014 A3", None, False),
        ("weekbericht nu", None, True),
        ("cijfers", None, True),
        ("waarom", None, True),
        ("ja", a_suggestion("cijfers"), True),
        ("ja", a_suggestion("acties"), False),
        ("klaar A3", a_suggestion("cijfers"), False),
    ],
)
def test_a_coordinators_message_does_not_cost_a_look_at_every_case_of_the_region(
    body: str, question: Question | None, *, everything: bool
) -> None:
    asked_now = (question,) if question else ()
    needed = needed_cases(body, Listener(BOT, "casusbot", direct=True), user("coordinator"), asked_now)
    assert needed.all_open is everything


def test_figures_after_a_yes_are_those_of_closed_cases_too() -> None:
    """'cijfres' is answered with 'do you mean cijfers?'; counted over open cases alone they would be wrong."""
    listener = Listener(BOT, "casusbot", direct=True)
    needed = needed_cases("ja", listener, user("coordinator"), (a_suggestion("cijfers"),))
    assert needed.since is not None


def test_what_was_recorded_before_a_restriction_is_not_taken_back_during_it() -> None:
    stage = opened()
    stage.hear("voorzitter", '!overleg start "wie doet wat"')
    stage.hear("voorzitter", "!besluit gezinsgesprek plannen, reden: geen contact")
    restricted(stage)
    assert "beperkt" in stage.say("voorzitter", "!herstel")[0]
    assert len(stage.file().decisions) == 1
