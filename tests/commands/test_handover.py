"""Two regions hand a case over: what each of them is told, and that nothing happens twice or out of turn."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.effects import Effects, SendLetter
from bot.core.records.actions import ActionState
from bot.core.records.cases import Case
from bot.core.records.handovers import Fault, Handover, HandoverState, Proposal, Side
from bot.core.records.people import Pin, PinState
from bot.core.region import Neighbour
from bot.core.reminding.handover_terms import wake as overdue
from bot.running.letters import read
from commands.conversation.replies import Answered
from commands.handovers.follow import answered
from commands.handovers.news import offered, refused
from commands.handovers.receive import by_contact
from tests.commands.stage import BOT, REF, REGION, VERIFIED, Stage, guard, opened, shown, user
from tests.golden import check

if TYPE_CHECKING:
    from commands.conversation.command import Request

THEIR_BOT = "@casusbot:elders.nl"
THEIR_REF = "Z-2026-101"
OURS = Neighbour("Voorbeeld", bot=BOT, fingerprint="VVVV")
THEIRS = replace(REGION, name="ZVH Elders", neighbours=(OURS,))
ROOM = "!overdracht"
BETWEEN_REGIONS = {"overdracht", "overdracht naar", "overdracht buitenland"}
"""Commands whose conversation needs two regions, and is played here."""


@dataclass
class Regions:
    """The sender and the receiver, and the post between them."""

    sender: Stage = field(default_factory=opened)
    receiver: Stage = field(default_factory=lambda: Stage(region=THEIRS))
    delivered: list[Any] = field(default_factory=list)

    def deliver(self) -> list[str]:
        """Take what is in the post to the other side; the lines that are said about it there."""
        told = []
        for stage, other in ((self.sender, self.receiver), (self.receiver, self.sender)):
            for out in [o for o in stage.sent if isinstance(o, SendLetter) and o not in self.delivered]:
                self.delivered.append(out)
                told += self.read(other, out.letter)
        return told

    def read(self, stage: Stage, letter: object) -> list[str]:
        found = read(letter, guard())
        request = self.of_bot(stage)
        taken: Effects | Fault
        if isinstance(found, Proposal):
            taken = offered(request, OURS, found)
        elif isinstance(found, Fault):
            taken = found
        else:
            taken = answered(request, self.handover(stage), found)
        if isinstance(taken, Fault):
            taken = refused(request, stage.region.neighbours[0], self.handover(stage), taken)
        stage.apply(taken)
        lines = [line for out in taken.send for line in shown(out, ROOM)]
        where = "verzender" if stage is self.sender else "ontvanger"
        stage.transcript += [f"      -- bij de {where}", *(f"      bot | {line}" for line in lines)]
        return lines

    def of_bot(self, stage: Stage) -> Request:
        """The request that stands for a letter of the other bot."""
        stage.events += 1
        bot = THEIR_BOT if stage is self.sender else BOT
        request = stage.request(bot, ROOM)
        case = stage.file(REF) if stage is self.sender else None
        return replace(request, case=case)

    def handover(self, stage: Stage) -> Handover:
        [found] = stage.rows(Handover)
        assert isinstance(found, Handover)
        return found

    def coordinator(self, typed: str) -> list[str]:
        said = self.receiver.say("coordinator", typed, direct=True)
        self.deliver()
        return said

    @property
    def states(self) -> tuple[HandoverState, HandoverState]:
        return self.handover(self.sender).state, self.handover(self.receiver).state


def with_actions() -> Regions:
    regions = Regions()
    stage = regions.sender
    stage.hear("voorzitter", "!actie leerplicht: verzuim uitvragen, uiterlijk 20 maart")
    stage.hear("voorzitter", "!actie GI: plan bijwerken, uiterlijk 27 maart")
    stage.hear("voorzitter", "!besluit adresonderzoek starten, reden: woning leeg")
    return regions


def proposed() -> Regions:
    regions = with_actions()
    regions.sender.say("voorzitter", "!overdracht naar Elders reden gezin is verhuisd")
    regions.sender.say("voorzitter", "ja")
    regions.deliver()
    return regions


def test_golden_a_handover_between_two_bots() -> None:
    regions = proposed()
    sender, receiver = regions.sender, regions.receiver
    sender.say("voorzitter", "!overdracht naar Elders reden nog een keer")
    sender.say("voorzitter", "!overdracht")
    sender.say("voorzitter", "!overdracht accepteer")
    regions.coordinator("overdracht")
    regions.coordinator("overdracht afgerond")
    regions.coordinator("overdracht ontvangen")
    regions.coordinator("overdracht gesprek")
    regions.coordinator("overdracht gesprek 10 maart")
    sender.hear("voorzitter", "!actie burgerzaken: later afgesproken, uiterlijk 30 maart")
    regions.coordinator("overdracht accepteer")
    regions.coordinator(THEIR_REF)
    regions.coordinator("overdracht gesprek gevoerd")
    regions.coordinator("overdracht afgerond")
    sender.say("voorzitter", "!handover")
    receiver.say("coordinator", "!handover", room=receiver.room(THEIR_REF))
    assert regions.states == (HandoverState.COMPLETED, HandoverState.COMPLETED)
    check("commands/golden/overdracht.txt", f"{sender.text}\n\n== regio Elders\n\n{receiver.text}")


def test_a_proposal_that_got_lost_goes_again_and_says_nothing_that_was_not_shown() -> None:
    stage = proposed().sender
    stage.hear("voorzitter", "!actie GI: later afgesproken, uiterlijk 30 maart")
    stage.hear("voorzitter", "!besluit later besloten, reden: nieuw")
    stage.say("voorzitter", "!overdracht naar Elders reden nog een keer")
    first, again = (out.letter for out in stage.sent if isinstance(out, SendLetter))
    assert again == first


def test_golden_a_case_is_offered() -> None:
    stage = with_actions().sender
    for typed in (
        "!overdracht naar",
        "!overdracht naar Nergens reden verhuisd",
        "!overdracht naar Elders",
        "reden: bel 06-12345678 voor meer",
        "!overdracht naar Elders",
        "reden: gezin is verhuisd",
        "nee",
        "!handover to Elders reason the family moved",
        "yes",
        "!handover to Elders reason again",
    ):
        stage.say("voorzitter", typed)
    stage.say("leerplicht", "!overdracht naar Elders reden verhuisd")
    stage.region = replace(stage.region, neighbours=())
    stage.say("voorzitter", "!overdracht naar Elders reden verhuisd")
    check("commands/golden/overdracht-naar.txt", stage.text)


def test_golden_a_formal_channel_abroad() -> None:
    stage = opened()
    for typed in (
        "!overdracht buitenland",
        "!overdracht buitenland via de krant reden vertrokken",
        "!overdracht buitenland via LBVP",
        "!overdracht buitenland via LBVP reden vertrokken naar een ander land",
        "!handover abroad via CA reason left for another country",
    ):
        stage.say("voorzitter", typed)
    check("commands/golden/overdracht-buitenland.txt", stage.text)


def test_golden_a_refusal_and_in_english() -> None:
    regions = proposed()
    regions.coordinator("handover refuse")
    regions.coordinator("handover call 10 March")
    regions.coordinator("handover refuse the family does not live here")
    assert regions.states == (HandoverState.REFUSED, HandoverState.REFUSED)
    sender, receiver = regions.sender, regions.receiver
    check("commands/golden/overdracht-geweigerd.txt", f"{sender.text}\n\n== regio Elders\n\n{receiver.text}")


def test_golden_a_region_without_a_bot_answers_by_hand() -> None:
    stage = with_actions().sender
    contact = "@coordinator:overkant.nl"
    stage.region = replace(stage.region, neighbours=(Neighbour("Overkant", contact=contact),))
    stage.say("voorzitter", "!overdracht naar Overkant reden gezin is verhuisd")
    stage.say("voorzitter", "ja")
    for typed in (
        "ontvangen",
        "weiger",
        "gesprek 10 maart",
        "accept",
        "gesprek gevoerd",
        "afgerond",
        "accepteer",
    ):
        stage.now += timedelta(seconds=20)
        stage.events += 1
        [handover] = stage.rows(Handover)
        request = replace(stage.request(contact, ROOM), case=stage.file(), text=typed)
        try:
            effects = by_contact(request, handover)
        except Answered as ended:
            effects = ended.effects
        stage.apply(effects)
        stage.transcript.append(f"{stage.now:%H:%M} contact | !overdracht {typed}")
        stage.transcript += [f"      bot | {line}" for out in effects.send for line in shown(out, ROOM)]
    check("commands/golden/overdracht-zonder-bot.txt", stage.text)


def test_the_actions_stay_ours_until_they_accept() -> None:
    regions = proposed()
    regions.coordinator("overdracht ontvangen")
    assert {a.state for a in regions.sender.file().actions} == {ActionState.OPEN}
    regions.sender.hear("voorzitter", "!klaar A2")
    regions.sender.hear("voorzitter", "!actie burgerzaken: later afgesproken, uiterlijk 30 maart")
    regions.coordinator(f"overdracht accepteer als {THEIR_REF}")
    states = {a.id: a.state for a in regions.sender.file().actions}
    assert states["A1"] is ActionState.HANDED_OVER
    assert states["A2"] is ActionState.DONE
    assert states["A4"] is ActionState.OPEN, "what was agreed after the proposal was never offered"


def test_the_follow_up_is_an_ordinary_action_that_ends_with_the_answer() -> None:
    regions = proposed()
    number = regions.handover(regions.sender).follow
    assert number is not None
    follow = regions.sender.action(number)
    assert (follow.state, follow.holder, follow.due_date.day) == (ActionState.OPEN, "procesregisseur", 4)
    assert follow.nudge_at is not None
    regions.coordinator("overdracht ontvangen")
    assert regions.sender.action(number).due_date.day == 9
    regions.coordinator(f"overdracht accepteer als {THEIR_REF}")
    assert regions.sender.action(number).state is ActionState.DONE


def test_what_they_offered_becomes_proposals_in_a_case_of_our_own() -> None:
    regions = proposed()
    regions.coordinator(f"overdracht accepteer als {THEIR_REF}")
    file = regions.receiver.file(THEIR_REF)
    first, second, call = file.actions
    assert [(a.holder, a.state) for a in (first, second)] == [
        ("leerplicht", ActionState.PROPOSED),
        ("GI", ActionState.PROPOSED),
    ]
    assert call.state is ActionState.OPEN
    assert [d.reason for d in file.decisions] == ["woning leeg (besluit van regio Voorbeeld, Z-2026-014)"]
    assert regions.handover(regions.receiver).actions == ()


def test_a_case_that_we_have_already_takes_their_actions_too() -> None:
    regions = proposed()
    opened(THEIR_REF, (), regions.receiver)
    regions.coordinator(f"overdracht accepteer als {THEIR_REF}")
    assert len(regions.receiver.file(THEIR_REF).actions) == 3
    assert len(regions.receiver.rows(Case)) == 1


def test_of_what_was_refused_nothing_stays() -> None:
    regions = proposed()
    regions.coordinator("overdracht weiger woont hier niet")
    left = regions.handover(regions.receiver)
    assert (left.reason, left.actions, left.decisions, left.contacts) == (None, (), (), ())


@pytest.mark.parametrize(
    "step", ["ontvangen", "gesprek 10 maart", f"accepteer als {THEIR_REF}", "weiger nee"]
)
def test_a_letter_that_comes_twice_does_nothing_the_second_time(step: str) -> None:
    regions = proposed()
    regions.coordinator(f"overdracht {step}")
    before = dict(regions.sender.records)
    lines = regions.read(regions.sender, regions.delivered[-1].letter)
    assert lines == []
    assert regions.sender.records == before
    assert f"handover.letter_refused {REF} repeated" in regions.sender.logged


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"version": 2}, Fault.VERSION),
        ({"extra": "x"}, Fault.MALFORMED),
        ({"step": "complete"}, Fault.OUT_OF_ORDER),
        ({"handover": "f" * 32}, Fault.OUT_OF_ORDER),
    ],
    ids=["another version", "a field more", "a step too early", "another handover"],
)
def test_a_letter_that_does_not_fit_changes_nothing_and_tells_who_waits(
    change: dict[str, Any], fault: Fault
) -> None:
    regions = proposed()
    before = dict(regions.sender.records)
    letter = {"version": 1, "handover": regions.handover(regions.sender).id, "sequence": 1, "step": "receive"}
    lines = regions.read(regions.sender, {**letter, **change})
    assert regions.sender.records == before
    assert f"handover.letter_refused {REF} {fault}" in regions.sender.logged
    assert [line for line in lines if line.startswith(f"[aan {user('voorzitter')}]")]


def test_only_a_coordinator_who_was_compared_hears_what_is_offered() -> None:
    regions = with_actions()
    other = user("nieuw")
    regions.receiver.region = replace(THEIRS, coordinators=THEIRS.coordinators | {other})
    regions.receiver.records[(Pin, other)] = Pin(other, "NNNN", regions.receiver.now, PinState.FIRST_USE)
    regions.sender.say("voorzitter", "!overdracht naar Elders reden gezin is verhuisd")
    regions.sender.say("voorzitter", "ja")
    lines = regions.deliver()
    assert [line for line in lines if other in line and REF in line] == []
    assert [line for line in lines if other in line]


def test_both_coordinators_hear_once_that_nobody_accepted() -> None:
    regions = proposed()
    for stage, words in ((regions.sender, "Wij blijven"), (regions.receiver, "wacht 5 werkdagen")):
        handover = regions.handover(stage)
        assert handover.overdue_at is not None
        assert handover.overdue_at.date().day == 9
        effects = overdue(handover.overdue_at, (handover,), stage.region, VERIFIED)
        stage.apply(effects)
        assert any(words in line for out in effects.send for line in shown(out, ROOM))
        assert regions.handover(stage).overdue_at is None


def test_nobody_is_rung_at_night_about_a_handover() -> None:
    handover = regions_handover = proposed().handover(proposed().sender)
    assert handover.overdue_at is not None
    night = handover.overdue_at + timedelta(hours=12)
    effects = overdue(night, (regions_handover,), REGION, VERIFIED)
    [kept] = effects.records
    assert isinstance(kept, Handover)
    assert effects.send == ()
    assert kept.overdue_at is not None
    assert kept.overdue_at > night


def test_an_answer_about_a_handover_that_we_receive_is_never_an_answer_to_ours() -> None:
    regions = proposed()
    regions.coordinator("overdracht ontvangen")
    letter = read(regions.delivered[-1].letter, guard())
    assert not isinstance(letter, Fault | Proposal)
    mirrored = replace(regions.handover(regions.sender), side=Side.RECEIVER, heard=0)
    assert answered(regions.of_bot(regions.sender), mirrored, letter) is Fault.OUT_OF_ORDER


def test_being_out_of_sight_ends_when_the_other_region_accepts_and_not_before() -> None:
    regions = with_actions()
    stage = regions.sender
    for typed in ("!uitbeeld start reden acht dagen niet op school", "!niet acuut", "ja"):
        stage.hear("voorzitter", typed)
    sight = stage.file().out_of_sight
    assert sight is not None
    stage.hear("voorzitter", "!overdracht naar Elders reden gezin is verhuisd")
    stage.hear("voorzitter", "ja")
    regions.deliver()
    assert sight.review not in regions.handover(stage).handed
    regions.coordinator("overdracht ontvangen")
    assert stage.file().out_of_sight is not None
    regions.coordinator(f"overdracht accepteer als {THEIR_REF}")
    assert stage.file().out_of_sight is None
    assert stage.action(sight.review or 0).state is ActionState.VOID
