"""What rings as a question that can be tapped, and that no pile of open questions grows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from bot.core.effects import Effects, EndPoll, Loudness, Say, SendPoll, ToPerson
from bot.core.records.actions import ActionState
from bot.core.records.explanations import Receiver
from bot.core.records.meetings import Poll
from bot.core.reminding.taps import ANSWERS, answers_to, asked, closed
from bot.core.text import Language
from tests.core.cases import LABELS, MARCH_2, action, case, local, seat, user
from tests.core.world import EVERYBODY, World, whom

SUMMER = local("2026-06-01 09:00")
LEERPLICHT = user("leerplicht")


def rung(world: World, name: str) -> list[type]:
    return [type(say) for _, say in world.nudges if whom(say) == user(name)]


def test_one_action_due_rings_as_a_question_of_one_tap() -> None:
    world = World.of(case(action(4))).run(local("2026-03-04 09:00"))
    (_, poll), (_, quiet) = world.said
    assert isinstance(poll, SendPoll)
    assert (poll.to, poll.loudness) == (ToPerson(user("leerplicht")), Loudness.NUDGE)
    assert poll.question == "Z-2026-014 · A4 · vrijdag 6 maart 2026"
    assert poll.options == ("klaar", "later", "vast", "ik kom er niet uit")
    assert quiet.loudness is Loudness.NOTICE
    assert world.polls["Z-2026-014", 1].means == (
        "klaar Z-2026-014 A4",
        "later Z-2026-014 A4",
        "vast Z-2026-014 A4",
        "vast Z-2026-014 A4 ik weet niet hoe verder",
    )


def test_several_actions_due_ring_as_one_list() -> None:
    world = World.of(case(action(4), action(5))).run(SUMMER)
    assert SendPoll not in rung(world, "leerplicht")
    assert not world.polls


def test_a_coordinator_is_told_and_not_asked_to_finish_the_work_of_another() -> None:
    world = World.of(case(action(4))).run(SUMMER)
    assert SendPoll not in {*rung(world, "casusregisseur"), *rung(world, "procesregisseur")}


@pytest.mark.parametrize(
    ("state", "meeting", "answers"),
    [
        (ActionState.OPEN, None, ("gezien", "oke Z-2026-014 A4")),
        (ActionState.ACCEPTED, date(2026, 4, 1), ("loopt", "loopt Z-2026-014 A4")),
    ],
    ids=["was it seen", "how does it stand"],
)
def test_the_answer_to_what_was_asked_comes_first(
    state: ActionState, meeting: date | None, answers: tuple[str, str]
) -> None:
    file = case(action(4, due=date(2026, 5, 6), state=state))
    file = replace(file, case=replace(file.case, next_meeting=meeting))
    world = World.of(file).run(local("2026-04-01 09:00"))
    _, poll = world.nudges[0]
    assert isinstance(poll, SendPoll)
    assert (poll.options[0], world.polls["Z-2026-014", 1].means[0]) == answers
    assert poll.options[1:] == ("klaar", "later", "vast", "ik kom er niet uit")


def test_of_an_action_one_question_stands_open_and_that_is_the_last() -> None:
    world = World.of(case(action(4))).run(SUMMER)
    asked = [say.key for _, say in world.nudges if isinstance(say, SendPoll)]
    assert len(asked) == 4
    assert world.ended == asked[:-1]
    assert [poll.key for poll in world.polls.values() if poll.closed_at is None] == asked[-1:]


def test_two_in_one_role_each_get_a_question_of_their_own() -> None:
    file = case(action(4))
    file = replace(file, participants=(*file.participants, seat("leerplicht", name="leerplicht2")))
    world = World.of(file, joined=EVERYBODY | {user("leerplicht2")}).run(SUMMER)
    asked = Counter(say.key for _, say in world.said)
    assert max(asked.values()) == 1, "a key twice is a message that never leaves"
    open_ = [poll for poll in world.polls.values() if poll.closed_at is None]
    assert {poll.asked_of for poll in open_} == {user("leerplicht"), user("leerplicht2")}
    assert len(open_) == 2


def test_a_number_is_never_given_out_again() -> None:
    """A message under a key that was used before is taken by the homeserver for the old one, and lost."""
    ended = Poll("Z-2026-014", 7, MARCH_2, "@voorzitter:voorbeeld.nl", closed_at=MARCH_2, about="A9")
    world = World.of(case(action(4)))
    world.polls["Z-2026-014", 7] = ended
    world.run(SUMMER)
    asked = [say.key for _, say in world.nudges if isinstance(say, SendPoll)]
    assert asked[0] == "poll:Z-2026-014:8"
    assert len(set(asked)) == len(asked)


def test_what_rang_can_be_explained_whatever_form_it_had() -> None:
    many = [action(n, holder, date(2026, 3, 2 + n)) for n, holder in enumerate(LABELS, 1)]
    world = World.of(case(*many)).run(SUMMER)
    explained = Counter(one.key for one in world.explained)
    for _, say in world.nudges:
        assert explained[say.key or ""] == len(say.message.lines)
    assert {type(say) for _, say in world.nudges} == {Say, SendPoll}


def test_the_quiet_words_come_directly_after_what_rang() -> None:
    world = World.of(case(action(4), action(5, "wijkagent"))).run(SUMMER)
    for (_, say), (_, after) in pairwise(world.said):
        if say.loudness is Loudness.NUDGE:
            assert after.key == f"why:{say.key}"


def open_poll(number: int, about: str = "A4", asked_of: str = LEERPLICHT, ref: str = "Z-2026-014") -> Poll:
    return Poll(ref, number, MARCH_2, asked_of, about=about, asked_of=asked_of, means=("klaar A4",))


def put(*polls: Poll) -> tuple[Poll, Effects]:
    return asked(
        polls,
        action(4),
        LEERPLICHT,
        "Z-2026-014 · A4",
        answers_to(None),
        it="Z-2026-014 A4",
        by=LEERPLICHT,
        to=ToPerson(LEERPLICHT),
        now=local("2026-03-04 09:00"),
        language=Language.NL,
    )


def test_a_new_question_closes_no_other_one_than_that_about_the_same_to_the_same() -> None:
    others = (
        open_poll(2, about="A5"),
        open_poll(3, asked_of=user("wijkagent")),
        open_poll(9, ref="Z-2026-009"),
        replace(open_poll(4), closed_at=MARCH_2),
        Poll("Z-2026-014", 5, MARCH_2, user("voorzitter"), about="A4"),
    )
    poll, effects = put(open_poll(1), *others)
    ends = [out.key for out in effects.send if isinstance(out, EndPoll)]
    assert ends == ["poll:Z-2026-014:1"]
    shut = [one.number for one in effects.records if isinstance(one, Poll) and one.closed_at]
    assert shut == [1]
    assert (poll.number, poll.closed_at) == (6, None), "numbers of another case do not count"


def test_a_question_is_told_to_nobody_who_may_not_hear_of_its_case() -> None:
    _, effects = put(open_poll(1))
    about = [out.about for out in effects.send if isinstance(out, SendPoll | EndPoll)]
    assert about == [("Z-2026-014",), ("Z-2026-014",)]
    [sent] = [out for out in effects.send if isinstance(out, SendPoll)]
    assert sent.loudness is Loudness.NOTICE, "it rings for who says so"


def test_a_vote_is_not_closed_as_a_question_to_one_person() -> None:
    vote = Poll("Z-2026-014", 1, MARCH_2, user("voorzitter"))
    assert closed((vote, replace(open_poll(2), closed_at=MARCH_2)), MARCH_2) == Effects()


@pytest.mark.parametrize(
    ("receiver", "first"),
    [
        (None, "klaar"),
        (Receiver.HOLDER, "klaar"),
        (Receiver.HOLDER_WITH_HELP, "klaar"),
        (Receiver.HOLDER_SEEN, "gezien"),
        (Receiver.HOLDER_STATUS, "loopt"),
    ],
)
def test_only_what_was_asked_can_be_answered_first(receiver: Receiver | None, first: str) -> None:
    taps = answers_to(receiver)
    assert taps[0][0].nl == first
    assert taps[-4:] == ANSWERS
    assert len(taps) == (4 if first == "klaar" else 5)
