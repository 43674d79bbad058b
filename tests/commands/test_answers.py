"""Answers to open questions: counted when they are one, and never swallowing talk."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.effects import Effects, Say
from bot.core.records.actions import ActionState, BlockReason
from bot.core.records.trail import Question
from commands.catalogue import COMMANDS
from commands.conversation.parsing import Listener
from commands.registry import Heard, Reply, handle
from tests.commands.stage import BOT, REF, Stage, holding, opened, user

CHAIR = "voorzitter"


def asked() -> Stage:
    """leerplicht was asked for a date; the chair was asked about A2."""
    stage = holding(opened(), "leerplicht: school bellen, vrijdag")
    stage.hear("leerplicht", "!later A1")
    stage.hear("gi", "!actie GI: plan maken, vrijdag")
    return stage


def test_a_plain_date_answers_the_question_of_that_same_person() -> None:
    stage = asked()
    stage.hear("leerplicht", "ma 9 mrt")
    assert stage.action(1).due_date.isoformat() == "2026-03-09"
    assert not [q for q in stage.questions(stage.room()) if q.user_id == user("leerplicht")]


def test_somebody_elses_date_answers_nothing() -> None:
    stage = asked()
    assert stage.hear("wijkagent", "ma 9 mrt") == Effects()


@pytest.mark.parametrize(
    "talk",
    [
        "ik kan maandag niet",
        "morgen is het goed",
        "ja",
        "prima",
        "A1",
        "ok dan bel ik maandag even terug",
        "?",
    ],
)
def test_talk_that_holds_a_date_is_no_answer(talk: str) -> None:
    assert asked().hear("leerplicht", talk) == Effects()


def test_after_two_minutes_only_a_reply_counts() -> None:
    stage = asked()
    assert stage.hear("leerplicht", "ma 9 mrt", later=timedelta(minutes=3)) == Effects()
    stage.hear("leerplicht", "ma 9 mrt", reply=Reply.QUESTION)
    assert stage.action(1).due_date.isoformat() == "2026-03-09"


def test_what_was_sent_before_the_question_is_no_answer_to_it() -> None:
    stage = asked()
    assert stage.hear("leerplicht", "ma 9 mrt", at=stage.now - timedelta(minutes=2)) == Effects()


def test_a_reply_to_somebody_else_is_no_answer() -> None:
    assert asked().hear("leerplicht", "ma 9 mrt", reply=Reply.ELSEWHERE) == Effects()


def test_a_reply_that_is_no_answer_is_told_so() -> None:
    effects = asked().hear("leerplicht", "geen idee eigenlijk", reply=Reply.QUESTION)
    assert len(effects.send) == 1
    assert not effects.records


def test_the_chairs_yes_confirms_the_proposal() -> None:
    stage = asked()
    stage.hear(CHAIR, "ja")
    assert stage.action(2).state is ActionState.OPEN


def test_the_chairs_yes_to_a_colleague_confirms_nothing() -> None:
    stage = asked()
    stage.hear("wijkagent", "kom jij vrijdag ook?")
    assert stage.hear(CHAIR, "ja") == Effects()
    assert stage.action(2).state is ActionState.PROPOSED


def assert_asked_back(effects: Effects) -> None:
    """Neither silence nor a deed: the question stays open, and the one who typed hears how to answer it."""
    [said] = [out for out in effects.send if isinstance(out, Say)]
    assert "antwoord op mijn vraag zelf" in said.message.body
    assert (effects.keep, effects.drop, effects.make) == ((), (), ())


def test_a_yes_after_an_unknown_pause_confirms_nothing() -> None:
    """After a restart the bot does not know what was said in between: it asks, and acts on nothing."""
    stage = asked()
    stage.heard.clear()
    effects = stage.hear(CHAIR, "ja")
    assert_asked_back(effects)
    assert stage.action(2).state is ActionState.PROPOSED


def test_a_yes_after_an_unknown_pause_hands_nothing_over_until_it_is_a_reply() -> None:
    stage = opened()
    for typed in ("!opschalen zorgen om de jongste", "niemand", "!afschalen GI"):
        stage.hear(CHAIR, typed)
    stage.heard.clear()
    assert_asked_back(stage.hear(CHAIR, "ja"))
    assert stage.file().case.phase == 2
    stage.hear(CHAIR, "ja", reply=Reply.QUESTION)
    assert stage.file().case.phase == 1


def test_a_named_yes_counts_whatever_was_said_in_between() -> None:
    stage = asked()
    stage.hear("wijkagent", "kom jij vrijdag ook?")
    stage.hear(CHAIR, "ja A2")
    assert stage.action(2).state is ActionState.OPEN


def test_a_bare_yes_with_two_proposals_open_is_asked_back() -> None:
    stage = asked()
    stage.hear("gi", "!actie GI: verslag maken, vrijdag")
    stage.hear(CHAIR, "ja")
    assert {stage.action(n).state for n in (2, 3)} == {ActionState.PROPOSED}
    stage.hear(CHAIR, "ja A2")
    assert [stage.action(n).state for n in (2, 3)] == [ActionState.OPEN, ActionState.PROPOSED]


def test_the_first_chair_answers_for_all() -> None:
    stage = asked()
    stage.hear("procesregisseur", "ja")
    assert stage.action(2).state is ActionState.OPEN
    assert not [q for q in stage.questions(stage.room()) if q.user_id == user(CHAIR)]


def test_a_participant_cannot_answer_for_the_chair() -> None:
    stage = asked()
    assert stage.hear("gi", "ja") == Effects()
    assert stage.action(2).state is ActionState.PROPOSED


def test_a_chair_who_was_replaced_answers_nothing() -> None:
    stage = asked()
    stage.hear("coordinator", f"!deelnemer {user(CHAIR)} onderwijs")
    stage.hear(CHAIR, "ja", reply=Reply.QUESTION)
    assert stage.action(2).state is ActionState.PROPOSED


def test_a_proposal_may_be_changed_and_counts_then() -> None:
    stage = asked()
    stage.hear(CHAIR, "wijzig ma 9 mrt")
    action = stage.action(2)
    assert (action.state, action.due_date.isoformat()) == (ActionState.OPEN, "2026-03-09")
    assert [q.asks for q in stage.questions(stage.room()) if q.user_id == user(CHAIR)] == ["check"]


def test_the_chairs_own_action_counts_before_any_answer() -> None:
    stage = opened()
    stage.hear(CHAIR, "!actie GI: plan maken, vrijdag")
    assert stage.action(1).state is ActionState.OPEN
    assert stage.action(1).nudge_at is not None


def test_a_deadline_nobody_agreed_is_never_guessed() -> None:
    stage = opened()
    for line in ("plan maken", "plan maken zsm", "plan maken, volgende vrijdag", "plan maken na de zitting"):
        stage.hear(CHAIR, f"!actie GI: {line}")
    assert not stage.file().actions


@pytest.mark.parametrize("days", [1, -1, 400])
def test_a_relative_date_read_on_another_day_is_asked(days: int) -> None:
    stage = opened()
    stage.hear(CHAIR, "!actie GI: plan maken, morgen", at=stage.now - timedelta(days=days))
    assert not stage.file().actions
    stage.hear(CHAIR, "ja")
    assert len(stage.file().actions) == 1


def test_a_blocked_action_is_looked_at_again_without_an_answer() -> None:
    stage = holding(opened(), "GI: plan maken, vrijdag")
    stage.hear("gi", "!vast A1 wachtlijst")
    action = stage.action(1)
    assert (action.state, action.reason) == (ActionState.BLOCKED, BlockReason.WAITING_LIST)
    assert action.look_back is not None
    assert action.look_back.isoformat() == "2026-03-16"


def test_an_earlier_date_is_no_postponement() -> None:
    stage = holding(opened(), "GI: plan maken, vrijdag")
    stage.hear("gi", "!later A1 donderdag")
    assert stage.action(1).postponed == 0
    stage.hear("gi", "!later A1 ma 9 mrt")
    assert stage.action(1).postponed == 1


def test_what_the_guard_refuses_is_stored_nowhere() -> None:
    stage = holding(opened(), "GI: plan maken, vrijdag")
    secret = "111222333"
    for text in (
        f"!actie GI: BSN {secret} uitzoeken",
        f"!actie GI: BSN {secret} uitzoeken, vrijdag",
        f"!besluit BSN {secret} uitzoeken",
        f"!besluit plan, reden: BSN {secret}",
        f"!vast A1 BSN {secret}",
        f"!later A1 BSN {secret}",
        f"!klaar A1 BSN {secret}",
        f"!vervallen A1 BSN {secret}",
        f"!agenda BSN {secret}",
        f"!overleg start BSN {secret}",
        f"!aktie GI: BSN {secret}",
    ):
        stage.hear(CHAIR, text)
    kept = [getattr(r, f.name) for r in stage.records.values() for f in fields(r)]
    assert not any(secret in str(value) for value in kept)
    assert secret not in "".join(line for o in stage.sent if isinstance(o, Say) for line in o.message.lines)


def test_who_is_mentioned_is_stored_by_role() -> None:
    stage = opened()
    typed = f"!actie GI: overleggen met {user('leerplicht')} over het plan, vrijdag"
    stage.hear(CHAIR, typed)
    assert stage.action(1).text == "overleggen met leerplicht over het plan"


def test_a_half_made_command_in_a_direct_chat_goes_to_the_case_that_is_named() -> None:
    stage = holding(opened(), "GI: plan maken, vrijdag")
    opened("Z-2026-020", (("voorzitter", "voorzitter"), ("gi", "GI")), stage=stage)
    holding(stage, "GI: gesprek plannen, vrijdag", ref="Z-2026-020")
    room = stage.direct("gi")
    stage.hear("gi", "klaar A1 is gebeurd", room=room)
    stage.hear("gi", "Z-2026-020", room=room)
    assert stage.action(1, REF).state is ActionState.OPEN
    assert stage.action(1, "Z-2026-020").state is ActionState.DONE
    assert stage.action(1, "Z-2026-020").note == "is gebeurd"


def test_every_change_moves_its_case_and_no_other() -> None:
    stage = holding(opened(), "GI: plan maken, vrijdag")
    before = stage.file().case.moved_at
    stage.hear("gi", "!acties")
    assert stage.file().case.moved_at == before
    stage.hear("gi", "!oke A1", later=timedelta(hours=1))
    assert stage.file().case.moved_at > before


# Whatever people type

WORDS = [
    "ja", "nee", "wijzig", "A1", "A2", "vrijdag", "de 13e", "over 2 weken", "leerplicht:", "GI", "!", "/", "?", "reden:",
    "overslaan", "3", "Z-2026-014", "doel", "allen", "behalve", "volgend overleg", "@x:voorbeeld.nl", "{x}", "\n", ">",
    "wachtlijst", "\u202e", "é", "<b>", "%s", "ok", "morgen", "; ", "weg", "niets doen", "casusbot:",
    *(f"!{command.name.nl}" for command in COMMANDS), *(f"!{command.name.en}" for command in COMMANDS),
]  # fmt: skip
SPEECH = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join))
PEOPLE = ("voorzitter", "leerplicht", "gi", "coordinator", "passant")
READY = asked()
OPENED = opened()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(PEOPLE), SPEECH, st.sampled_from(Reply), st.booleans()), max_size=8)
)
def test_no_text_breaks_the_bot(lines: list[tuple[str, str, Reply, bool]]) -> None:
    stage = READY.copy()
    for name, text, reply, direct in lines:
        stage.hear(name, text, reply=reply, room=stage.direct(name) if direct else None)
    for question in stage.rows(Question):
        assert all(isinstance(value, str) for _, value in question.draft)


TALK = st.text(alphabet=st.characters(exclude_characters="!/"), max_size=80).filter(
    lambda text: not text.strip().casefold().startswith(("casusbot", "@casusbot"))
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PEOPLE), TALK)
def test_ordinary_talk_leaves_nothing_behind(name: str, text: str) -> None:
    request = OPENED.request(user(name), OPENED.room())
    assert handle(request, Heard(text, Listener(BOT, "casusbot"))) == Effects()


def test_a_nee_to_a_colleague_is_not_taken_for_wijzig() -> None:
    stage = opened()
    stage.hear(CHAIR, "!actie GI: plan maken, vrijdag")
    stage.hear("gi", "kom jij ook?")
    assert stage.hear(CHAIR, "nee") == Effects()


@pytest.mark.parametrize("text", ["!actie " + "x" * 70_000, "x" * 70_000, "!" + "x" * 70_000])
def test_a_report_is_not_read_as_a_command(text: str) -> None:
    assert not opened().hear(CHAIR, text).records
