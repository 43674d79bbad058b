"""A meeting in which anything may be said next, and what must be true after every word of it.

Two chairs and three partners type, answer, edit, remove and tap; time passes; the bot is started anew.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.core.effects import Effects, Say, ToRoom
from bot.core.records.actions import RUNNING, TRANSITIONS, Action, ActionState
from bot.core.records.inquiries import PROTOCOL as INQUIRIES
from bot.core.records.inquiries import InquiryState
from bot.core.records.meetings import Ballot, Meeting, Poll
from bot.core.records.trail import Question, Source, Step
from commands.conversation.command import CHAIRS
from commands.registry import Reply
from tests.commands.stage import REF, Stage, opened, user

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile

CHAIR_NAMES = ("voorzitter", "procesregisseur")
PARTNERS = ("leerplicht", "gi", "wijkagent")
SEATS = (
    ("voorzitter", "voorzitter"),
    ("procesregisseur", "procesregisseur"),
    ("leerplicht", "leerplicht"),
    ("gi", "casusregisseur GI"),
    ("wijkagent", "wijkagent"),
)
ANYBODY = st.sampled_from((*CHAIR_NAMES, *PARTNERS))
# What is sensible is drawn more often than what is not, so that meetings get somewhere.
ROLES = st.sampled_from(("leerplicht", "GI", "wijkagent", "GI", "leerplicht", "schuldhulp", "tante Bep"))
WHENS = st.sampled_from(
    (
        "vrijdag",
        "over 2 weken",
        "over 3 werkdagen",
        "16 maart 2027",
        "volgende vrijdag",
        "zsm",
        "31 februari",
        "",
    )
)
TEXTS = st.sampled_from(
    ("school bellen", "plan maken", "verslag sturen", "langsgaan", "BSN 111222333 zoeken", "x" * 150)
)
NUMBERS = st.sampled_from((1, 1, 1, 2, 2, 3, 9))
REASONS = st.sampled_from(("wachtlijst", "reden: niet meer nodig", "omdat het niet ging", ""))


@st.composite
def commands(draw: st.DrawFn) -> str:
    """Something typed after the prefix: sensible, half made, or nonsense."""
    who, what, when = draw(ROLES), draw(TEXTS), draw(WHENS)
    number, reason = f"A{draw(NUMBERS)}", draw(REASONS)
    return draw(
        st.sampled_from(
            (
                f"actie {who}: {what}, {when}",
                f"actie {who}: {what}",
                f"actie {who}: {what}, {when}\n!actie GI: {what}, vrijdag",
                f"acties {draw(st.sampled_from(('', 'mijn', 'te laat')))}",
                f"oke {number}",
                f"klaar {number} {reason}",
                f"later {number} {when} {reason}",
                f"vast {number} {reason}",
                f"vervallen {number} {reason}",
                f"akkoord {number}",
                "akkoord",
                f"afwijzen {number}",
                f"wijzig {number} {when}",
                f"toewijzen {number} {who}",
                f"overnemen {number}",
                f"vervanger {number} {who}",
                'overleg start "afspraken herijken"',
                f"overleg stop, volgend overleg {when}",
                "aanwezig allen behalve GI",
                f"agenda {what}; afronden",
                "agenda volgende",
                f"besluit {what}, reden: {what}",
                "besluit niets doen, reden: school is in gesprek",
                'stemming "Nu opschalen?" ja; nee',
                f'navraag {who} "{what}"',
                f"navraag N{draw(st.integers(1, 4))}",
                "navragen",
                "stem ja",
                "stemming sluit",
                "herstel",
                f"wis {draw(st.sampled_from((number, 'B1', 'agenda 1')))}",
                "akties",
                "",
            )
        )
    )


ANSWERS = st.sampled_from(
    (
        "ja",
        "nee",
        "ja A1",
        "wijzig",
        "wijzig ma 9 mrt",
        "de 13e",
        "vrijdag",
        "wachtlijst",
        "2",
        "overslaan",
        "samen",
        "deels",
    )
)
TALK = st.sampled_from(
    ("ik bel morgen even", "kom jij ook?", "A1 is lastig", "ok", "🙂", "vrijdag is goed voor mij")
)


class MeetingMachine(RuleBasedStateMachine):
    """Drives a stage; subclasses say which."""

    stage: Stage

    def setting(self) -> Stage:
        return opened(seats=SEATS)

    def restart(self) -> None:
        """The bot starts anew: what it did not store, it has forgotten."""
        self.stage.heard.clear()

    @initialize()
    def begin(self) -> None:
        self.stage = self.setting()
        self.typed: list[tuple[str, str]] = []

    # What happens

    def type(self, name: str, command: str, direct: bool = False) -> None:
        before = self.stage.file()
        room = self.stage.direct(name) if direct else self.stage.room()
        effects = self.stage.hear(name, f"!{command}", room=room)
        self.typed.append((name, self.stage.last))
        self.check(name, before, effects, room)
        if command:
            assert self.replies(effects, room) == 1, "whoever types a command gets one answer"

    @rule(name=ANYBODY, command=commands(), direct=st.integers(0, 9).map(lambda n: n == 0))
    def anybody_types(self, name: str, command: str, direct: bool) -> None:
        self.type(name, command, direct)

    @rule(name=st.sampled_from(CHAIR_NAMES), command=commands())
    def a_chair_types(self, name: str, command: str) -> None:
        self.type(name, command)

    @rule(name=st.sampled_from(CHAIR_NAMES), text=TEXTS, who=ROLES, when=WHENS)
    def a_chair_records(self, name: str, text: str, who: str, when: str) -> None:
        self.type(name, f"actie {who}: {text}, {when}")

    @rule(name=st.sampled_from(PARTNERS), text=TEXTS)
    def a_partner_proposes(self, name: str, text: str) -> None:
        self.type(name, f"actie {name}: {text}, over een week")

    @rule(
        name=ANYBODY,
        word=st.sampled_from(
            ("oke", "klaar", "vast", "overnemen", "later", "akkoord", "vervallen", "toewijzen")
        ),
        number=NUMBERS,
        data=st.data(),
    )
    def somebody_reports(self, name: str, word: str, number: int, data: st.DataObject) -> None:
        what = {"later": WHENS, "toewijzen": ROLES}.get(word, REASONS)
        self.type(name, f"{word} A{number} {data.draw(what)}".strip())

    @rule(name=st.sampled_from(PARTNERS), who=ROLES)
    def somebody_inquires(self, name: str, who: str) -> None:
        self.type(name, f'navraag {who} "bekend in een andere regio?"')
        for answer in ("zelfde", "1", "nee", "ja"):
            before, room = self.stage.file(), self.stage.direct(name)
            effects = self.stage.hear(name, answer, room=room)
            self.check(name, before, effects, room)

    @precondition(lambda self: self.stage.file().inquiries)
    @rule(
        name=ANYBODY,
        data=st.data(),
        answer=st.sampled_from(("bekend", "niet verstrekt", "gedeeld vandaag", "namens GI weet niet", "ja")),
    )
    def somebody_answers_an_inquiry(self, name: str, data: st.DataObject, answer: str) -> None:
        inquiry = data.draw(st.sampled_from(self.stage.file().inquiries))
        names = [seat.user_id for seat in self.stage.file().holding(inquiry.partner)] or [user(name)]
        name = data.draw(st.sampled_from((name, names[0].removeprefix("@").partition(":")[0])))
        self.type(name, f"antwoord {inquiry.id} {answer}")

    @rule(name=ANYBODY, number=st.integers(1, 4))
    def somebody_withdraws_an_inquiry(self, name: str, number: int) -> None:
        self.type(name, f"navraag intrekken N{number}")

    @rule(name=ANYBODY)
    def somebody_undoes(self, name: str) -> None:
        self.type(name, "herstel")

    @precondition(lambda self: self.stage.file().meeting is None)
    @rule(name=st.sampled_from(CHAIR_NAMES))
    def a_chair_begins(self, name: str) -> None:
        self.type(name, 'overleg start "afspraken herijken"')

    @precondition(lambda self: self.stage.rows(Question))
    @rule(data=st.data(), answer=ANSWERS)
    def who_was_asked_answers(self, data: st.DataObject, answer: str) -> None:
        asked = sorted({q.user_id for q in self.stage.questions(self.stage.room())})
        if asked:
            name = data.draw(st.sampled_from(asked)).removeprefix("@").partition(":")[0]
            before = self.stage.file()
            effects = self.stage.hear(name, answer)
            self.check(name, before, effects, self.stage.room())

    @rule(
        name=ANYBODY, answer=ANSWERS, reply=st.sampled_from((Reply.NOTHING, Reply.QUESTION, Reply.ELSEWHERE))
    )
    def answers(self, name: str, answer: str, reply: Reply) -> None:
        before = self.stage.file()
        effects = self.stage.hear(name, answer, reply=reply)
        self.check(name, before, effects, self.stage.room())

    @rule(name=ANYBODY, talk=TALK)
    def talks(self, name: str, talk: str) -> None:
        before = self.stage.records.copy()
        assert self.stage.hear(name, talk, reply=Reply.ELSEWHERE) == Effects()
        assert self.stage.records == before

    @precondition(lambda self: self.typed)
    @rule(data=st.data(), command=commands())
    def edits(self, data: st.DataObject, command: str) -> None:
        name, event_id = data.draw(st.sampled_from(self.typed))
        before = self.stage.file()
        effects = self.stage.hear(name, f"!{command}", edits=event_id)
        assert self.stage.file() == before, "an edit by itself changes nothing"
        assert self.replies(effects, self.stage.room()) <= 1

    @precondition(lambda self: self.typed)
    @rule(data=st.data())
    def removes(self, data: st.DataObject) -> None:
        name, event_id = data.draw(st.sampled_from(self.typed))
        before = self.stage.file()
        self.stage.remove(name, event_id)
        assert self.stage.file() == before, "anybody can make up a removal"

    @precondition(lambda self: self.stage.rows(Poll))
    @rule(name=ANYBODY, data=st.data(), choice=st.sampled_from((0, 1, 2, 7, None)))
    def taps(self, name: str, data: st.DataObject, choice: int | None) -> None:
        poll = data.draw(st.sampled_from(sorted(self.stage.rows(Poll), key=lambda p: p.number)))
        if choice is not None and choice >= len(poll.options):
            choice = None
        before = self.stage.file()
        self.stage.tap(name, poll, choice)
        self.confirmed_by_a_chair(name, before, self.stage.file())

    @rule(minutes=st.sampled_from((1, 5, 60, 60 * 24, 60 * 24 * 8)))
    def time_passes(self, minutes: int) -> None:
        self.stage.now += timedelta(minutes=minutes)

    @rule()
    def starts_anew(self) -> None:
        self.restart()

    # What must be true

    def check(self, name: str, before: CaseFile, effects: Effects, room: str) -> None:
        after = self.stage.file()
        assert self.replies(effects, room) <= 1, "one message, one answer"
        if before != after:
            assert self.replies(effects, room) == 1, "nothing changes without a word"
            assert [entry for entry in effects.log if entry.event != "refused"], "nothing changes untraced"
        if any(entry.event == "refused" for entry in effects.log):
            assert before == after, "what is refused changes nothing"
        self.moved_by_the_table(before, after, effects)
        self.confirmed_by_a_chair(name, before, after)

    @staticmethod
    def replies(effects: Effects, room: str) -> int:
        return sum(isinstance(out, Say) and out.to == ToRoom(room) for out in effects.send)

    @staticmethod
    def moved_by_the_table(before: CaseFile, after: CaseFile, effects: Effects) -> None:
        if any(entry.event == "undone" for entry in effects.log):
            return
        for action in after.actions:
            old = before.action(action.number)
            if old is None:
                assert action.state in {ActionState.OPEN, ActionState.PROPOSED}
            elif old.state is not action.state:
                steps = [TRANSITIONS[old.state, s] for (o, s) in TRANSITIONS if o is old.state]
                twice = [TRANSITIONS[state, s] for state in steps for (o, s) in TRANSITIONS if o is state]
                assert action.state in {*steps, *twice}, "no state changes outside the table"

    def confirmed_by_a_chair(self, name: str, before: CaseFile, after: CaseFile) -> None:
        seat = before.seat_of(user(name))
        assert seat is not None
        for action in after.actions:
            old = before.action(action.number)
            was_proposed = old is not None and old.state is ActionState.PROPOSED
            if action.protocol == INQUIRIES:
                continue  # anybody may ask a partner something
            if action.state in RUNNING and (old is None or was_proposed):
                assert seat.function in CHAIRS, "an agreement nobody in charge agreed to"

    @invariant()
    def the_case_is_sound(self) -> None:
        if not hasattr(self, "stage"):
            return
        file = self.stage.file(REF)
        assert [a.number for a in file.actions] == list(range(1, len(file.actions) + 1))
        running = [m for m in file.meetings if m.ended_at is None]
        assert len(running) <= 1
        assert sum(item.state.value == "current" for item in file.agenda) <= 1
        assert not (self.stage.rows(Step) and not running), "what is over cannot be undone"
        assert sum(p.closed_at is None and not p.means for p in self.stage.rows(Poll)) <= 1
        for action in file.actions:
            assert action.due_date >= action.created_at.date(), "a deadline in the past"
            assert len(action.text) <= 140
            if action.state not in RUNNING:
                assert action.nudge_at is None, "nobody is asked about what is over"

    @invariant()
    def an_inquiry_and_its_action_say_the_same(self) -> None:
        if not hasattr(self, "stage"):
            return
        file = self.stage.file(REF)
        for inquiry in file.inquiries:
            action = file.action(inquiry.action) if inquiry.action else None
            assert (inquiry.state is InquiryState.ASKED) == bool(action and action.state in RUNNING)
            assert (inquiry.answer is not None) == (inquiry.state is InquiryState.ANSWERED)
            if inquiry.state in {InquiryState.ASKED, InquiryState.ANSWERED}:
                assert all((inquiry.purpose, inquiry.basis, inquiry.minimal, inquiry.informed is not None))

    @invariant()
    def nothing_forbidden_is_kept(self) -> None:
        if hasattr(self, "stage"):
            for kind in (Action, Meeting, Question, Step, Source, Poll, Ballot):
                assert not any("111222333" in str(record_words(r)) for r in self.stage.rows(kind))


def record_words(record: object) -> list[str]:
    if isinstance(record, Step):
        return [word for r in (*record.before, *record.after) for word in record_words(r)]
    names = getattr(record, "__dataclass_fields__", {})
    return [str(getattr(record, name)) for name in names]
