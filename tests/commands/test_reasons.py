"""How people say why: every form is read in one place, and other talk is no reason."""

from __future__ import annotations

import pytest

from bot.core.records.actions import BlockReason
from commands.conversation.reasons import bare_reason, find_reason, leading_reason, split_reason
from commands.registry import Reply
from tests.commands.stage import Stage, holding, opened

BARE = [
    "reden: geen contact",
    "Reden: geen contact.",
    "reden geen contact",
    "reden : geen contact",
    ": reden: geen contact",
    "omdat geen contact",
    "omdat: geen contact",
    "want geen contact",
    "want: geen contact",
    "reason: geen contact",
    "reason geen contact",
    "because geen contact",
    "geen contact",
    "geen contact.",
    ", geen contact",
]


@pytest.mark.parametrize("typed", BARE)
def test_the_word_that_announces_a_reason_is_not_kept_as_part_of_it(typed: str) -> None:
    assert bare_reason(typed) == "geen contact"


@pytest.mark.parametrize("typed", ["redenen te over", "want to help him", "reasonable offer"])
def test_words_that_only_look_like_it_are_not_cut_off(typed: str) -> None:
    assert bare_reason(typed) == typed


@pytest.mark.parametrize("typed", ["", " ", "reden:", "omdat", "reason :"])
def test_a_reason_that_is_announced_and_not_given_is_asked_for(typed: str) -> None:
    assert not bare_reason(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "gezin bellen, reden: geen contact",
        "gezin bellen reden geen contact",
        "gezin bellen. Reden: geen contact.",
        "gezin bellen; reden: geen contact",
        "gezin bellen omdat geen contact",
        "gezin bellen, omdat geen contact",
        "gezin bellen, reden: omdat geen contact",
        "gezin bellen, reason: geen contact",
        "gezin bellen because geen contact",
    ],
)
def test_what_and_why_in_one_line_are_told_apart(typed: str) -> None:
    assert split_reason(typed) == ("gezin bellen", "geen contact")


def test_a_reason_that_is_the_subject_is_not_taken_for_why() -> None:
    typed = "de reden van verzuim uitzoeken, reden: school weet niets"
    assert split_reason(typed) == ("de reden van verzuim uitzoeken", "school weet niets")
    assert split_reason("bellen omdat het stil is, reden: zorgen") == ("bellen omdat het stil is", "zorgen")


def test_what_has_no_reason_keeps_all_its_words() -> None:
    assert split_reason("find out what they want.") == ("find out what they want", "")
    assert split_reason("reden: geen contact") == ("", "geen contact")


def test_a_code_is_recognised_behind_the_word_for_reason() -> None:
    assert find_reason("reden: wachtlijst") is BlockReason.WAITING_LIST
    assert leading_reason("omdat geen contact, twee keer gebeld") == (
        BlockReason.NO_CONTACT,
        "twee keer gebeld",
    )


# In every command that asks why


def asked(command: str) -> Stage:
    stage = holding(opened(), "leerplicht: school bellen, vrijdag")
    stage.hear("voorzitter", command)
    return stage


ASKING = [
    "!vervallen A1",
    "!niet uitgevoerd A1",
    "!opschalen",
    "!besluit gezin bellen",
    "!overdracht naar Elders",
]


@pytest.mark.parametrize("command", ASKING)
@pytest.mark.parametrize("answer", ["reden: dubbel werk", "omdat dubbel werk", "reden dubbel werk"])
def test_the_same_answer_is_heard_by_every_command_that_asks_why(command: str, answer: str) -> None:
    said = "\n".join(asked(command).say("voorzitter", answer))
    assert "dubbel werk" in said
    assert answer not in said.lower().replace("reden: dubbel", "")


@pytest.mark.parametrize("command", ASKING)
def test_talk_after_the_question_is_not_written_down_as_the_reason(command: str) -> None:
    stage = asked(command)
    assert not stage.hear("voorzitter", "dat is dubbel werk").records
    assert stage.hear("voorzitter", "dat is dubbel werk", reply=Reply.QUESTION).records


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("!vervallen A1 reden: dubbel werk", "A1 vervallen: dubbel werk."),
        ("!niet uitgevoerd A1 reden: dubbel werk", "A1 niet uitgevoerd: dubbel werk."),
        ("!niet uitgevoerd A1 omdat geen contact", "A1 niet uitgevoerd: geen contact gekregen."),
        ("!vast A1 reden: wachtlijst", "A1 staat vast: wachtlijst."),
        ("!opschalen omdat het dubbel werk is", "Reden: het dubbel werk is."),
    ],
)
def test_a_reason_that_is_typed_at_once_is_read_like_an_answer(command: str, said: str) -> None:
    stage = holding(opened(), "leerplicht: school bellen, vrijdag")
    assert said in "\n".join(stage.say("voorzitter", command))
