"""Inquiries: nobody is urged to tell, nothing of what is known is kept, and "not provided" ends it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Effects, Logged, Say, SendPoll, ToCase, ToPerson, ToRoom
from bot.core.records.actions import ActionState
from bot.core.records.cases import Case
from bot.core.records.inquiries import InquiryAnswer, InquiryState
from bot.core.reminding.digest import weekly
from bot.core.reminding.ladder import is_stalled
from bot.core.reminding.rounds import before_meeting
from commands.inquiries.answer import past_day
from tests.commands.inquiries import ASKED, INQUIRIES, TALKS, asked
from tests.commands.stage import REF, REGION, Stage, holding, opened, user

PARTNER = "veiligthuis"
URGING = re.compile(
    r"\b(?:moet|moeten|verplicht\w*|dringend|alsnog|spoed|haast|toch|waarom|must|required|oblig\w*|urgent\w*|why)\b"
    r"|\b(?:lukt het|kan iemand helpen|even bellen|can somebody help|short call)\b",
    re.IGNORECASE,
)
"""What would press somebody to tell, or ask them for a reason."""


def to_partner(stage: Stage, name: str = PARTNER) -> list[str]:
    """Everything that was put to the partner alone, the answers to tap among it."""
    mine = (ToPerson(user(name)), ToRoom(stage.direct(name)))
    said = [out for out in stage.sent if isinstance(out, Say | SendPoll) and out.to in mine]
    return ["\n".join((out.message.body, *getattr(out, "options", ()))) for out in said]


@pytest.mark.parametrize("name", [*INQUIRIES, *TALKS])
def test_no_word_to_a_partner_that_was_asked_urges_anybody_to_tell(name: str) -> None:
    stage = {**INQUIRIES, **TALKS}[name]()
    said = to_partner(stage) + to_partner(stage, "wijkagent")
    places = (ToCase(REF), ToRoom(stage.room()))
    room = [out.message.body for out in stage.sent if isinstance(out, Say) and out.to in places]
    room = [words for words in room if re.search(r"\bN\d", words)]
    for words in (*said, *room):
        if "wijzig" not in words:  # a date that a chair moves is read back as ever
            assert not URGING.search(words.replace(ASKED, "")), words
    for words in (*said, *room):
        if "Antwoord:" in words or "Tik hieronder" in words or "Answer with" in words:
            assert "volledig antwoord" in words or "full answer" in words


def test_whoever_is_asked_can_tap_not_provided() -> None:
    for line in (ASKED, '!navraag wijkagent "is er iets te delen over de woning?"'):
        stage = asked(opened(), line)
        [poll] = [out for out in stage.sent if isinstance(out, SendPoll)]
        assert "niet verstrekt" in poll.options
        assert "bekend" not in poll.question, "a client announces it"


def test_what_was_shared_elsewhere_is_one_tap_too() -> None:
    stage = asked(opened(), '!navraag wijkagent "is er iets te delen over de woning?"')
    stage.tap("wijkagent", replace(stage.poll("wijkagent", "A1"), options=("",) * 2), 0)
    [inquiry] = stage.file().inquiries
    assert (inquiry.answer, inquiry.shared_on) == (InquiryAnswer.SHARED, stage.now.date())


def test_not_provided_ends_it_for_good() -> None:
    """No nudge, no stall, no line in the digest, and nothing for the meeting to solve (domain L6)."""
    stage = asked(opened())
    stage.tap(PARTNER, stage.poll(PARTNER, "A1"), 4)
    file, action = stage.file(), stage.action(1)
    assert file.inquiries[0].answer is InquiryAnswer.NOT_PROVIDED
    assert (action.state, action.nudge_at, action.reason) == (ActionState.DONE, None, None)
    later = date(2026, 4, 13)
    assert is_stalled(action, file, REGION, later) is None
    digest = weekly((replace(file, case=replace(file.case, moved_at=stage.now)),), REGION, today=later)
    assert "Veilig Thuis" not in digest.body
    assert before_meeting(file).withheld == ()
    assert before_meeting(file).silent == ()


@pytest.mark.parametrize(
    "content",
    [
        "bekend, sinds 2019 in begeleiding",
        "niet bekend maar de buren wel",
        "herkend omdat moeder belde",
        "weet niet, vraag het de huisarts",
        "niet verstrekt want hij is verslaafd",
        "gedeeld vandaag met de wijkagent over de auto",
        "gisteren aangehouden voor diefstal",
    ],
)
def test_nothing_of_what_is_known_is_ever_kept(content: str) -> None:
    stage = asked(opened())
    before = len(stage.rows(Case))
    stage.hear(PARTNER, f"!antwoord N1 {content}")
    stage.hear(PARTNER, content, room=stage.direct(PARTNER))
    told = content.replace(",", " ").split()[-1]
    assert not [r for r in stage.records.values() if re.search(rf"\b{told}\b", repr_of(r))]
    assert len(stage.rows(Case)) == before


def repr_of(record: object) -> str:
    fields = getattr(record, "__dataclass_fields__", {})
    return " ".join(str(getattr(record, name)) for name in fields)


def test_an_answer_for_somebody_else_says_on_whose_behalf() -> None:
    stage = asked(opened())
    effects = stage.hear("leerplicht", "!antwoord N1 namens Veilig Thuis bekend")
    [inquiry] = stage.file().inquiries
    assert inquiry.on_behalf
    assert inquiry.answered_by == user("leerplicht")
    assert Logged("inquiry.on_behalf", REF, "N1", on_behalf_of="Veilig Thuis") in effects.log
    assert any("namens Veilig Thuis" in words for words in to_partner(stage)), "who is spoken for hears it"


def test_a_partner_without_a_seat_is_asked_by_phone_and_its_asker_holds_the_action() -> None:
    stage = opened()
    stage.hear("leerplicht", '!navraag schuldhulp "loopt er een regeling?"')
    stage.hear("leerplicht", "ja")
    for answer in ("zelfde", "1", "nee", "ja"):
        stage.hear("leerplicht", answer, room=stage.direct("leerplicht"))
    assert stage.action(1).holder == "leerplicht"
    assert not [out for out in stage.sent if isinstance(out, SendPoll)]
    assert stage.hear("leerplicht", "!antwoord N1 bekend").records == ()
    stage.hear("leerplicht", "!antwoord N1 namens schuldhulp niet verstrekt")
    assert stage.file().inquiries[0].answer is InquiryAnswer.NOT_PROVIDED
    assert stage.action(1).state is ActionState.DONE


def test_purpose_and_lawful_basis_are_kept_with_the_question_and_never_change() -> None:
    stage = asked(opened())
    first = stage.file().inquiries[0]
    assert (first.purpose, first.basis, first.minimal) == ("zicht op veiligheid", "wgs", True)
    assert (first.informed, first.uninformed) == (False, "geen contact gekregen")
    stage.hear("leerplicht", '!navraag Veilig Thuis "bekend in Limburg?"', edits="$event11")
    asked(stage)
    again = stage.file().inquiries
    assert again[0] == first
    assert [i.number for i in again] == [1, 2]


@pytest.mark.parametrize(
    "text", ["is er een autisme-diagnose gesteld?", "heeft vader antecedenten?", "is moeder zwanger?"]
)
@pytest.mark.parametrize("place", ["question", "purpose", "basis", "reason"])
def test_police_and_medical_content_enters_no_field(text: str, place: str) -> None:
    stage, chat = opened(), Stage().direct("leerplicht")
    stage.hear("leerplicht", f'!navraag GI "{text}"' if place == "question" else '!navraag GI "bekend?"')
    answers = {
        "purpose": [text],
        "basis": ["zelfde", f"anders: {text}"],
        "reason": ["zelfde", "1", "nee", f"nee, {text}"],
    }
    for answer in answers.get(place, []):
        effects = stage.hear("leerplicht", answer, room=chat)
    assert not [r for r in stage.records.values() if text.rsplit(maxsplit=1)[-1].strip("?") in repr_of(r)]
    if place != "question":
        assert "systeem van de partner" in said(effects)


def said(effects: Effects) -> str:
    return "\n".join(out.message.body for out in effects.send if isinstance(out, Say))


def test_a_whole_command_is_no_answer_to_the_question_that_is_open() -> None:
    stage = opened()
    stage.hear("leerplicht", ASKED)
    stage.hear("leerplicht", "navragen", room=stage.direct("leerplicht"))
    stage.hear("leerplicht", "navraag intrekken N1", room=stage.direct("leerplicht"))
    [inquiry] = stage.file().inquiries
    assert inquiry.purpose is None
    assert inquiry.state is InquiryState.WITHDRAWN


def test_who_thinks_about_a_lawful_basis_may_take_their_time() -> None:
    stage, chat = opened(), Stage().direct("leerplicht")
    stage.hear("leerplicht", ASKED)
    stage.hear("leerplicht", "zelfde", room=chat, later=timedelta(minutes=40))
    stage.hear("leerplicht", "2", room=chat, later=timedelta(minutes=30))
    assert stage.file().inquiries[0].basis == "consent"
    stage.hear("leerplicht", "nee", room=chat, later=timedelta(hours=2))
    assert not stage.file().inquiries[0].minimal
    stage.hear("leerplicht", "!navraag N1")
    stage.hear("leerplicht", "nee", room=chat)
    assert stage.file().inquiries[0].minimal


def test_the_meeting_may_end_while_the_answers_to_tap_stay_open() -> None:
    stage = opened()
    stage.hear("voorzitter", "!overleg start afspraken herijken")
    asked(stage)
    stage.hear("voorzitter", "!overleg stop, volgend overleg 16 maart 10:00")
    stage.tap(PARTNER, stage.poll(PARTNER, "A1"), 1)
    assert stage.file().inquiries[0].answer is InquiryAnswer.NOT_KNOWN


def test_all_but_the_inquiry_itself_leaves_its_action_alone() -> None:
    stage = asked(holding(opened(), "GI: plan maken, vrijdag"))
    for name, typed in (
        (PARTNER, "klaar A2"),
        (PARTNER, "niet uitgevoerd A2 geen capaciteit"),
        ("voorzitter", "vervallen A2 niet nodig"),
        ("voorzitter", "toewijzen A2 GI"),
        ("voorzitter", "wijzig A2 GI"),
        ("gi", "overnemen A2"),
    ):
        stage.hear(name, f"!{typed}")
        assert (stage.action(2).state, stage.action(2).holder) == (ActionState.OPEN, "Veilig Thuis")
    stage.hear(PARTNER, "!vast A2 beroepsgeheim")
    assert stage.file().inquiries[0].answer is InquiryAnswer.NOT_PROVIDED
    assert stage.action(2).state is ActionState.DONE


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("", "2026-03-04"),
        ("vandaag", "2026-03-04"),
        ("gisteren", "2026-03-03"),
        ("op 3 maart", "2026-03-03"),
        ("maandag", "2026-03-02"),
        ("12 januari", "2026-01-12"),
        ("2-3", "2026-03-02"),
        ("morgen", None),
        ("5 maart", None),
        ("met de wijkagent", None),
    ],
)
def test_what_was_shared_was_shared_in_the_past(text: str, day: str | None) -> None:
    found = past_day(text, datetime(2026, 3, 4, 10, 0, tzinfo=AMSTERDAM))
    assert found == (date.fromisoformat(day) if day else None)
