"""What a hand on a phone does by accident, and two conversations at once: nothing wrong follows, nothing gets lost unsaid."""

from __future__ import annotations

import pytest

from bot.core.records.inquiries import Inquiry
from bot.core.records.meetings import Decision
from bot.core.records.out_of_sight import OutOfSight, SightState
from bot.core.records.signals import SignalFact
from commands.catalogue import COMMANDS
from commands.registry import Reply
from tests.commands.closing import closed
from tests.commands.stage import REF, Stage, holding, opened, scene

CHAIR = "voorzitter"
MOST_LINES = 9
"""Of the help: a heading, six commands, the names of the others, and how to go on."""


@pytest.mark.parametrize("slip", ["!overleg", "!foo", "!uitbeeldd", "!sluiten"])
@pytest.mark.parametrize("begun", ["!opschalen", "!besluit gezinsgesprek plannen", "!casus sluit"])
def test_a_mistyped_command_becomes_nobodys_reason(begun: str, slip: str) -> None:
    stage = opened()
    stage.hear(CHAIR, begun)
    lines = stage.say(CHAIR, slip)
    assert lines
    assert not stage.rows(Decision)
    assert stage.file().is_open


def test_a_mistyped_command_becomes_no_fact_of_a_signal() -> None:
    stage = opened()
    stage.hear(CHAIR, "!signaal de jongste was vrijdag niet op school")
    stage.hear(CHAIR, "!signaal S1 onderzocht")
    stage.hear(CHAIR, "!overleg")
    assert len(stage.rows(SignalFact)) == 1
    stage.hear(CHAIR, "school heeft met moeder gebeld", reply=Reply.QUESTION)
    assert stage.rows(SignalFact)[-1].text == "school heeft met moeder gebeld"


def test_an_answer_behind_a_sign_still_counts() -> None:
    stage = holding(opened(), "leerplicht: school bellen, vrijdag")
    stage.hear("leerplicht", "!klaar A1")
    assert stage.say("leerplicht", "!ja") == ["Effect van A1: ja."]


@pytest.mark.parametrize("typed", ["1", "ja", "wat bedoel je", "waarom vraag je dit?", "weet niet"])
def test_an_answer_meant_for_another_question_is_no_purpose(typed: str) -> None:
    stage = opened()
    stage.hear("leerplicht", '!navraag woningcorporatie "is de huur opgezegd?"')
    lines = stage.say("leerplicht", typed, direct=True)
    assert lines[0].startswith("Dat is nog geen doel.")
    (inquiry,) = stage.rows(Inquiry)
    assert inquiry.purpose is None
    stage.hear("leerplicht", "zicht op de woning", room=stage.direct("leerplicht"))
    (inquiry,) = stage.rows(Inquiry)
    assert inquiry.purpose == "zicht op de woning"


def asked() -> Stage:
    stage, chat = opened(), Stage().direct("leerplicht")
    stage.hear("leerplicht", '!navraag Veilig Thuis "bekend in een andere regio?"')
    for answer in ("zelfde", "1", "nee", "ja"):
        stage.hear("leerplicht", answer, room=chat)
    return stage


def test_a_second_answer_is_not_taken_for_a_word_about_danger() -> None:
    stage = asked()
    stage.hear("veiligthuis", "niet verstrekt", room=stage.direct("veiligthuis"))
    (line,) = stage.say("veiligthuis", "niet bekend", direct=True)
    assert "antwoord N1" in line
    assert "acuut" not in line


def test_an_english_answer_gets_an_english_reply() -> None:
    stage = asked()
    lines = stage.say("veiligthuis", "not provided", direct=True)
    assert lines[0] == "N1 Veilig Thuis: not provided. That is a full answer. I do not ask again."


@pytest.mark.parametrize(
    ("begun", "name"),
    [
        ("!besluit gezinsgesprek plannen", "besluit"),
        ("!actie wijkagent: langsgaan", "actie"),
        ("!casus sluit", "casus sluit"),
    ],
)
def test_what_another_question_pushes_aside_is_not_lost_in_silence(begun: str, name: str) -> None:
    stage = opened()
    stage.hear(CHAIR, begun)
    lines = stage.say("gi", "!actie GI: plan maken, vrijdag")
    assert any(line.startswith(f"Nog niet vastgelegd: !{name} (voorzitter)") for line in lines)


@scene
def risen() -> Stage:
    stage = holding(opened(), "wijkagent: langsgaan, vrijdag")
    for before in (
        "!opschalen zorgen om de jongste",
        "niemand",
        "!signaal de jongste was vrijdag niet op school",
    ):
        stage.hear(CHAIR, before)
    return stage


@pytest.mark.parametrize(
    ("begun", "name"),
    [
        ("!vervallen A1", "vervallen"),
        ("!niet uitgevoerd A1", "niet uitgevoerd"),
        ("!later A1", "later"),
        ("!vast A1", "vast"),
        ("!opschalen", "opschalen"),
        ("!afschalen GI", "afschalen"),
        ('!navraag schuldhulp "loopt er een regeling?"', "navraag"),
        ("!overdracht naar Elders", "overdracht naar"),
        ("!signaal S1 onderzocht", "signaal"),
    ],
)
def test_what_waits_for_a_word_is_not_lost_in_silence_either(begun: str, name: str) -> None:
    stage = risen()
    stage.hear(CHAIR, begun)
    lines = stage.say("gi", "!actie GI: plan maken, vrijdag")
    assert any(line.startswith(f"Nog niet vastgelegd: !{name} (voorzitter)") for line in lines)


def test_what_an_action_brought_is_not_asked_over_the_steps_that_wait_for_a_yes() -> None:
    stage = holding(opened(), f"{CHAIR}: school bellen, vrijdag")
    for typed in ("!uitbeeld start geen contact", "!niet acuut"):
        stage.hear(CHAIR, typed)
    assert stage.say(CHAIR, "!klaar A1") == ["A1 gereed."]
    stage.hear(CHAIR, "ja", reply=Reply.QUESTION)
    (sight,) = stage.rows(OutOfSight)
    assert sight.state is SightState.FOLLOWED


def test_a_meeting_does_not_end_over_a_decision_without_its_reason() -> None:
    stage = opened()
    stage.hear(CHAIR, "!overleg start herijken")
    stage.hear(CHAIR, "!besluit gezinsgesprek plannen")
    assert any(line.startswith("Nog niet vastgelegd: !besluit") for line in stage.say(CHAIR, "!overleg stop"))


def test_who_answers_is_not_told_that_something_is_missing() -> None:
    stage = opened()
    stage.hear(CHAIR, "!actie wijkagent: langsgaan")
    assert not any("Nog niet vastgelegd" in line for line in stage.say(CHAIR, "vrijdag"))


@scene
def followed(*lines: str) -> Stage:
    stage = holding(opened(), *lines)
    for typed in ("!uitbeeld start geen contact", "!niet acuut", "ja"):
        stage.hear(CHAIR, typed)
    return stage


def test_a_second_protocol_hides_no_explanation_of_the_first() -> None:
    stage = followed()
    before = stage.say(CHAIR, "!uitbeeld stand")
    explained = [line for line in before if " / " in line]
    for typed in ("!uitbeeld start verhuizing", "!niet acuut", "ja"):
        stage.hear(CHAIR, typed)
    after = stage.say(CHAIR, "!uitbeeld stand")
    assert explained
    assert set(explained) <= set(after)
    assert "niet verhuisd: A11 woningcorporatie do 5/3" in after


def test_what_stands_still_is_named_when_the_child_is_back() -> None:
    stage = followed("GI: plan maken, 20 maart")
    stage.hear(CHAIR, "!uitbeeld pauzeer A1 tot 16 maart")
    lines = stage.say(CHAIR, "!uitbeeld terug op school gesproken door leerplicht, vandaag")
    assert "A1 staat stil tot ma 16 mrt. Weer verder: !loopt A1." in lines


def test_help_fits_a_phone_and_leads_to_every_command() -> None:
    stage = opened()
    lines = stage.say(CHAIR, "!hulp")
    assert len(lines) <= MOST_LINES
    for word in lines[-2].removeprefix("Ook: ").strip(".").split(", "):
        assert stage.say(CHAIR, f"!hulp {word}")[0].startswith(f"!{word}")
    reached = "\n".join(
        line for word in ("casus", "uitbeeld", "overleg") for line in stage.say(CHAIR, f"!hulp {word}")
    )
    for command in COMMANDS:
        if command.name.nl.startswith(("casus ", "uitbeeld ", "overleg ")):
            assert f"!{command.name.nl}" in reached


def test_help_of_one_family_answers_in_the_language_of_the_word() -> None:
    stage = opened()
    assert stage.say(CHAIR, "!help outofsight")[0].startswith("!outofsight start")
    assert stage.say(CHAIR, "!hulp casus")[0].startswith("!casus nieuw")
    assert REF not in stage.text


@pytest.mark.parametrize(
    ("begun", "in_full"),
    [
        ("!besluit gezinsgesprek plannen", "!besluit gezinsgesprek plannen, reden: geen contact"),
        ("!actie wijkagent: langsgaan", "!actie wijkagent: langsgaan, vrijdag"),
        ("!opschalen", "!opschalen samenwerking stagneert"),
    ],
)
def test_what_is_typed_again_in_full_is_recorded_once(begun: str, in_full: str) -> None:
    stage = opened()
    stage.hear(CHAIR, begun)
    assert not any("Nog niet vastgelegd" in line for line in stage.say(CHAIR, in_full))
    stage.hear(CHAIR, "reden: nog een keer")
    assert len(stage.rows(Decision)) + len(stage.file().actions) == 1


def test_a_second_action_does_not_swallow_the_first_that_has_no_date_yet() -> None:
    stage = opened()
    stage.hear(CHAIR, "!actie wijkagent: langsgaan")
    assert "Nog niet vastgelegd: !actie" in stage.say(CHAIR, "!actie GI: plan maken")[-1]


def test_help_names_nothing_that_is_refused_here() -> None:
    stage = closed()
    (also,) = (line for line in stage.say(CHAIR, "!hulp") if line.startswith("Ook: "))
    for word in ("overleg", "besluit", "opschalen"):
        assert f" {word}" not in also
    assert "privacy" in also


def test_privacy_can_be_read_after_a_case_is_closed() -> None:
    assert "gesloten" not in closed().say(CHAIR, "!privacy")[0]


UPSCALED = ("!opschalen samenwerking stagneert", "!afschalen naar onderwijs")
GONE_CHILD = ("!uitbeeld start geen contact", "!niet acuut", "ja")


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("ja", UPSCALED),
        ("ja", (*GONE_CHILD, "!uitbeeld afsluiten reden: de wijkagent neemt het over")),
        ("nee", (*GONE_CHILD, "!vervallen A1 woning is leeg")),
        ("ja", ("!overdracht naar Elders reden verhuisd",)),
    ],
)
def test_a_yes_to_a_colleague_ends_nothing_and_sends_nothing(said: str, typed: tuple[str, ...]) -> None:
    stage = holding(opened(), "leerplicht: school bellen, vrijdag")
    for line in typed:
        stage.hear(CHAIR, line)
    before = dict(stage.records)
    stage.hear("gi", "zullen we even pauze houden?")
    assert stage.say(CHAIR, said) == []
    assert stage.records == before
    stage.hear(CHAIR, said, reply=Reply.QUESTION)
    assert stage.records != before


@pytest.mark.parametrize(
    "talk", ["de GI belde gisteren", "leerplicht, weet jij dat?", "de wijkagent gaat vrijdag langs"]
)
def test_talk_about_a_partner_is_no_answer_to_who_tests_a_signal(talk: str) -> None:
    stage = opened()
    stage.hear(CHAIR, "!signaal de jongste was vrijdag niet op school")
    assert stage.say(CHAIR, talk) == []


@pytest.mark.parametrize(
    "answer", ["leerplicht over 2 weken", "leerplicht, over 2 weken", "leerplicht: over 2 weken"]
)
def test_who_tests_a_signal_and_when_is_read_in_one_go(answer: str) -> None:
    stage = opened()
    stage.hear(CHAIR, "!signaal de jongste was vrijdag niet op school")
    assert stage.say(CHAIR, answer)[:2] == [
        "A1 leerplicht: signaal S1 toetsen.",
        "Termijn: maandag 16 maart 2026. Klopt dit? (ja / wijzig)",
    ]
