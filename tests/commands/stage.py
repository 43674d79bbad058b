"""A stage for conversations: people speak, the commands answer, and their effects become the next snapshot.

It keeps records in dicts as the store keeps them in rows, and applies `Effects` in the order of `bot.store.carrying`:
keep, drop, send. Nothing of the commands is replaced.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import yaml

from bot.core.access.receiving import Standing, may_receive
from bot.core.access.trusting import is_verified
from bot.core.assembly import put_together, signal_files
from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import (
    Effects,
    EndPoll,
    Invite,
    OpenCaseRoom,
    OpenDirect,
    OpenHandoverRoom,
    Outgoing,
    Remove,
    Say,
    SendAudit,
    SendFile,
    SendLetter,
    SendPoll,
    SendWeeks,
    ToCase,
    ToHandover,
    ToPerson,
    ToRoom,
    Vouch,
)
from bot.core.guard import Guard, WordList
from bot.core.records.cases import Case, Participant
from bot.core.records.explanations import Explanation, Receiver, Rule
from bot.core.records.handovers import WAITING, Handover, Side
from bot.core.records.incidents import Incident
from bot.core.records.kinds import Record, key_of
from bot.core.records.meetings import Ballot, Poll
from bot.core.records.people import DigestPlan, Person, Pin, PinState
from bot.core.records.signals import Signal, SignalFact
from bot.core.records.trail import Question, Source, Step
from bot.core.region import Neighbour, Region
from bot.settings import protocols
from bot.settings.configuration import partner_domains, partner_types
from bot.store.errors import TakenError
from commands.catalogue import COMMANDS
from commands.conversation.command import Request
from commands.conversation.parsing import Listener
from commands.conversation.reading import CASE_REF
from commands.editing import removed
from commands.needs import needed_cases
from commands.registry import Heard, Reply, handle
from commands.tapping import tapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.casefile import CaseFile, SignalFile
    from bot.core.records.actions import Action

SERVER = "voorbeeld.nl"
BOT = f"@casusbot:{SERVER}"
REF = "Z-2026-014"
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=AMSTERDAM)


VERIFIED = {
    f"@coordinator:{SERVER}": Pin(f"@coordinator:{SERVER}", "CCCC", MONDAY, PinState.VERIFIED),
    f"@contactpunt:{SERVER}": Pin(f"@contactpunt:{SERVER}", "PPPP", MONDAY, PinState.VERIFIED),
}
"""Coordinators and contact points whose identity was compared; all others are as they were first seen."""


@cache
def guard() -> Guard:
    words = Path(__file__).parents[2] / "config" / "guard.yaml"
    return Guard(WordList.from_mapping(yaml.safe_load(words.read_text(encoding="utf-8"))))


def is_declared(question: Question) -> bool:
    """Whether a command says that it asks this: what it does not declare is not protected."""
    asked = (command for command in COMMANDS if command.name.nl == question.command)
    return any(command.question(question.asks) for command in asked)


def user(name: str) -> str:
    return name if name.startswith("@") else f"@{name}:{SERVER}"


REGION = Region(
    name="ZVH Voorbeeldregio",
    coordinators=frozenset({user("coordinator")}),
    address_book={
        "leerplicht": user("leerplicht"),
        "wijkagent": user("wijkagent"),
        "woningcorporatie": user("corporatie"),
        "burgerzaken": user("burgerzaken"),
        "GI": user("gi"),
        "Veilig Thuis": user("veiligthuis"),
        "onderwijs": user("onderwijs"),
        "schuldhulp": None,
    },
    spellings={"jeugdbescherming": "GI", "corporatie": "woningcorporatie"},
    regimes={it.label: it.regime for it in partner_types()},
    servers=frozenset({SERVER}),
    protocols=protocols.load(),
    domains=partner_domains(),
    contact_points=frozenset({user("contactpunt")}),
    neighbours=(Neighbour("Elders", bot="@casusbot:elders.nl", fingerprint="EEEE"),),
)


@dataclass
class Stage:
    """Everything that is true after what was said so far."""

    now: datetime = MONDAY
    region: Region = REGION
    records: dict[tuple[Any, ...], Record] = field(default_factory=dict)
    sent: list[Outgoing] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    heard: dict[str, str] = field(default_factory=dict)
    transcript: list[str] = field(default_factory=list)
    events: int = 0
    last_signal: int = 0
    replied_to: str | None = None
    """The key of the bot's message that is replied to next; "" for its answer to a command."""

    def copy(self) -> Stage:
        """One that goes its own way from here. Records never change, so both may hold the same."""
        return replace(
            self,
            records=dict(self.records),
            sent=list(self.sent),
            logged=list(self.logged),
            heard=dict(self.heard),
            transcript=list(self.transcript),
        )

    # What is true

    def rows(self, kind: type[Record], **having: object) -> list[Any]:
        found = [r for key, r in self.records.items() if key[0] is kind]
        return [r for r in found if all(getattr(r, name) == value for name, value in having.items())]

    def file(self, ref: str = REF) -> CaseFile:
        (case,) = self.rows(Case, ref=ref)
        of_case = (r for r in self.records.values() if getattr(r, "case_ref", None) == ref)
        return put_together(case, of_case)

    def signal_files(self, **having: object) -> tuple[SignalFile, ...]:
        signals = sorted(self.rows(Signal, **having), key=lambda s: s.number)
        return signal_files(signals, sorted(self.rows(SignalFact), key=lambda f: f.number))

    def action(self, number: int, ref: str = REF) -> Action:
        found = self.file(ref).action(number)
        assert found is not None
        return found

    def questions(self, room: str) -> tuple[Question, ...]:
        return tuple(self.rows(Question, room_id=room))

    def room(self, ref: str = REF) -> str:
        return f"!{ref}:{SERVER}"

    def direct(self, name: str) -> str:
        return f"!direct-{user(name)}"

    # What happens

    def apply(self, effects: Effects) -> None:
        """Raises TakenError as the store does, with nothing changed."""
        for record in effects.make:
            if key_of(record) in self.records:
                raise TakenError(record)
        for record in effects.records:
            assert not isinstance(record, Question) or is_declared(record), f"no command declares {record}"
            self.records[key_of(record)] = record
            self.last_signal = max(self.last_signal, record.number if isinstance(record, Signal) else 0)
        for record in effects.drop:
            self.records.pop(key_of(record), None)
        for gone in effects.destroyed:
            named = {
                key
                for key, r in self.records.items()
                if gone.case_ref in {getattr(r, "case_ref", None), getattr(r, "ref", None)}
            }
            self.records = {key: r for key, r in self.records.items() if key not in named}
        for out in effects.send:
            self._carry(out)
        self.logged += [" ".join(filter(None, (e.event, e.case_ref, e.thing))) for e in effects.log]

    def standing(self) -> Standing:
        """What everybody is now, for the check when something leaves."""
        files = {case.ref: self.file(case.ref) for case in self.rows(Case)}
        return Standing(self.region, files, VERIFIED | {pin.user_id: pin for pin in self.rows(Pin)})

    def _carry(self, out: Outgoing) -> None:
        self.sent.append(out)
        to = getattr(out, "to", None)
        if isinstance(to, ToPerson):
            assert may_receive(out, to.user_id, self.standing()), f"{to.user_id} may not receive: {out}"
        match out:
            case OpenCaseRoom(ref):
                (case,) = self.rows(Case, ref=ref)
                self.apply(Effects(keep=(replace(case, room_id=self.room(ref)),)))
            case OpenDirect(user_id):
                self.apply(Effects(keep=(Person(user_id, direct_room=self.direct(user_id)),)))
            case _:
                pass

    def request(
        self, sender: str, room: str, at: datetime | None = None, *, edits: str | None = None, text: str = ""
    ) -> Request:
        ref = next((case.ref for case in self.rows(Case, room_id=room)), None)
        files = [self.file(case.ref) for case in self.rows(Case)]
        pins = VERIFIED | {pin.user_id: pin for pin in self.rows(Pin)}
        verified = sender in self.region.coordinators and is_verified(pins.get(sender))
        direct = room == self.direct(sender)
        of_region = direct and sender in self.region.coordinators
        needed = needed_cases(text, Listener(BOT, "casusbot", direct), sender, self.questions(room))
        return Request(
            region=self.region,
            guard=guard(),
            sender=sender,
            room_id=room,
            event_id=f"$event{self.events}",
            at=at or self.now,
            now=self.now,
            case=next((f for f in files if f.case.room_id == room), None),
            direct=direct,
            cases=tuple(
                f
                for f in files
                if (f.seat_of(sender) or (of_region and (needed.all_open or f.ref in needed.named)))
                and (f.is_open or f.running or f.ref in needed.named or needed.since)
            ),
            served=self._served(sender, text) if direct else None,
            people={p.user_id: p for p in self.rows(Person)},
            plans={p.user_id: p for p in self.rows(DigestPlan)},
            explanations=self._explanations(user(sender) if sender else "", room),
            replied_to=self.replied_to,
            pins=pins,
            questions=self.questions(room),
            steps=tuple(self.rows(Step, case_ref=ref)),
            handovers=tuple(h for h in self.rows(Handover, side=Side.RECEIVER) if h.state in WAITING)
            if of_region
            else (),
            polls=tuple(self.rows(Poll, case_ref=ref) if ref else self.rows(Poll)),
            ballots=tuple(self.rows(Ballot, case_ref=ref)),
            sources=tuple(self.rows(Source, event_id=edits)) if edits else (),
            seats=tuple(self.rows(Participant, left_at=None)),
            signals=tuple(
                found
                for found in self.signal_files()
                if found.signal.noted_by == sender or (verified and found.signal.case_ref is None)
            ),
            next_signal=self.last_signal + 1,
            incident=max(self.rows(Incident), key=lambda one: one.number, default=None),
        )

    def _served(self, sender: str, text: str) -> CaseFile | None:
        """As the app finds it: the case that a contact point names here, or in what they were asked about."""
        drafts = [dict(q.draft).get("ref", "") for q in self.rows(Question, user_id=sender)]
        found = CASE_REF.search(" ".join((text, *drafts)))
        known = found and self.rows(Case, ref=found.group().upper())
        return self.file(found.group().upper()) if known and sender in self.region.contact_points else None

    def _explanations(self, sender: str, room: str) -> tuple[Explanation, ...]:
        """As the store finds them: what was said in this room, or to this person and about the same actions."""
        found = sorted(self.rows(Explanation), key=lambda e: e.said_at, reverse=True)
        if room != self.direct(sender):
            return tuple(e for e in found if e.rule is Rule.MENTION and self.room(e.case_ref or "") == room)
        about = {(e.case_ref, e.about) for e in found if e.user_id == sender and e.about}
        return tuple(e for e in found if e.user_id == sender or (e.case_ref, e.about) in about)

    def hear(
        self,
        name: str,
        body: str,
        *,
        room: str | None = None,
        reply: Reply = Reply.NOTHING,
        formatted: str | None = None,
        at: datetime | None = None,
        edits: str | None = None,
        later: timedelta = timedelta(seconds=20),
    ) -> Effects:
        """Somebody says something; what the bot does about it is applied and given back."""
        self.now += later
        self.events += 1
        room = room or self.room()
        heard = Heard(body, Listener(BOT, "casusbot"), formatted, reply, self.heard.get(room), edits)
        request = self.request(user(name), room, at, edits=edits, text=heard.text)
        listener = replace(heard.listener, direct=request.direct)
        effects = handle(request, replace(heard, listener=listener))
        self.heard[room] = request.event_id
        self.apply(effects)
        return effects

    def say(self, name: str, body: str, *, direct: bool = False, **how: Any) -> list[str]:
        """As `hear`, written down in the transcript; the bot's lines are given back."""
        room = self.direct(name) if direct else how.pop("room", None)
        effects = self.hear(name, body, room=room, **how)
        lines = [line for out in effects.send for line in shown(out, room or self.room())]
        lines += [f"[haalt zijn berichten met de tekst van {gone.thing} terug]" for gone in effects.wiped]
        where = f"{name} (direct)" if direct else name
        how_said = " (antwoord)" if how.get("reply") is Reply.QUESTION else ""
        how_said = " (wijzigt bericht)" if how.get("edits") else how_said
        said = body.splitlines() or [""]
        self.transcript.append(f"{self.now:%H:%M} {where}{how_said} | {said[0]}")
        self.transcript += [f"      {' ' * len(where)} | {line}" for line in said[1:]]
        self.transcript += [f"      bot | {line}" for line in lines] or ["      (stil)"]
        return lines

    def nudged(
        self,
        name: str,
        day: int,
        key: str,
        about: str | None,
        counted: date | None,
        receiver: Receiver | None,
        step: int | None,
        *,
        place: int = 0,
        rule: Rule = Rule.NUDGE,
        ref: str | None = REF,
    ) -> None:
        """The clock told somebody something on a day of March."""
        at = self.now.replace(day=day, hour=9, minute=0, second=0)
        row = Explanation(key, place, user(name), at, rule, ref, about, counted, receiver, step)
        self.apply(Effects(keep=(row,)))

    def note(self, text: str) -> None:
        self.transcript += ["", f"-- {text}"]

    @property
    def last(self) -> str:
        """The last message that somebody sent."""
        return f"$event{self.events}"

    def tap(self, name: str, poll: Poll, choice: int | None) -> list[str]:
        """Somebody taps an answer of a poll."""
        self.now += timedelta(seconds=20)
        self.events += 1
        room = self.direct(name) if poll.asked_of else self.room(poll.case_ref)
        request = self.request(user(name), room)
        case = self.file(poll.case_ref)
        questions = (*request.questions, *self.questions(self.room(poll.case_ref)))
        request = replace(request, case=case, questions=questions)
        effects = tapped(request, Listener(BOT, "casusbot"), poll, choice)
        self.apply(effects)
        lines = [line for out in effects.send for line in shown(out, room)]
        option = "-" if choice is None else self._options(poll)[choice]
        self.transcript.append(f"{self.now:%H:%M} {name} | [tikt op: {option}]")
        self.transcript += [f"      bot | {line}" for line in lines] or ["      (stil)"]
        return lines

    def _options(self, poll: Poll) -> tuple[str, ...]:
        return next(out.options for out in self.sent if isinstance(out, SendPoll) and out.key == poll.key)

    def poll(self, name: str, about: str, ref: str = REF) -> Poll:
        """The open poll that somebody was shown about an action."""
        found = self.rows(Poll, case_ref=ref, about=about, asked_of=user(name), closed_at=None)
        assert len(found) == 1
        poll: Poll = found[0]
        return poll

    def remove(self, name: str, event_id: str) -> list[str]:
        """Somebody takes a message back."""
        self.now += timedelta(seconds=20)
        sources = tuple(self.rows(Source, event_id=event_id))
        effects = removed(self.file(), sources, room_id=self.room(), event_id=event_id)
        self.apply(effects)
        lines = [line for out in effects.send for line in shown(out, self.room())]
        self.transcript.append(f"{self.now:%H:%M} {name} | [haalt een bericht weg]")
        self.transcript += [f"      bot | {line}" for line in lines] or ["      (stil)"]
        return lines

    @property
    def text(self) -> str:
        return "\n".join(self.transcript)


def shown(out: Outgoing, room: str) -> list[str]:
    """An outgoing thing as a transcript shows it."""
    match out:
        case Say(ToRoom(said_in), message):
            assert said_in == room, "an answer goes where the question came from"
            return list(message.lines)
        case Say(ToCase(ref), message):
            return [f"[in ruimte {ref}] {line}" for line in message.lines]
        case SendPoll(ToPerson(user_id), question, options):
            return [f"[peiling aan {user_id}] {question} {' / '.join(options)}"]
        case SendPoll(_, question, options):
            return [f"[peiling] {question}: {' / '.join(options)}"]
        case EndPoll(ToPerson(user_id), _, words):
            return [f"[sluit peiling aan {user_id}] {words}"]
        case EndPoll(_, _, words):
            return [f"[sluit peiling] {words}"]
        case OpenCaseRoom(ref):
            return [f"[maakt ruimte {ref}]"]
        case Say(ToPerson(user_id), message):
            return [f"[aan {user_id}] {line}" for line in message.lines]
        case SendFile(ToRoom(said_in), kind, ref):
            assert said_in == room, "a file goes where it was asked for, or to the asker alone"
            return [f"[bestand {kind} van {ref}]"]
        case SendFile(ToPerson(user_id), kind, ref):
            return [f"[bestand {kind} van {ref}, aan {user_id}]"]
        case SendAudit(ToPerson(user_id), incident, since):
            return [f"[logboek bij incident {incident} vanaf {since:%Y-%m-%d %H:%M}Z, aan {user_id}]"]
        case SendWeeks(ToRoom(said_in), weeks):
            assert said_in == room, "the picture goes to who asked for it"
            now = weeks[-1]
            return [f"[beeld van {len(weeks)} weken: nu {now.running}, {now.late}, {now.blocked}]"]
        case Vouch(_, _, code, same):
            return [f"[zegt dat vergelijking {code} {'gelijk' if same else 'verschillend'} was]"]
        case OpenHandoverRoom(_, ref):
            return [f"[maakt de ruimte van de overdracht van {ref}]"]
        case SendLetter(_, message):
            return [f"[brief] {line}" for line in message.lines]
        case Invite(ToHandover(), user_id):
            return [f"[nodigt {user_id} uit in de ruimte van de overdracht]"]
        case OpenDirect(user_id):
            return [f"[begint gesprek met {user_id}]"]
        case Invite(ToCase(ref), user_id):
            return [f"[nodigt {user_id} uit in {ref}]"]
        case Remove(ToCase(ref), user_id):
            return [f"[haalt {user_id} uit {ref}]"]
        case _:
            raise AssertionError(f"not expected from a command: {out}")


SEATS = (
    ("voorzitter", "voorzitter"),
    ("procesregisseur", "procesregisseur"),
    ("leerplicht", "leerplicht"),
    ("burgerzaken", "burgerzaken"),
    ("wijkagent", "wijkagent"),
    ("corporatie", "woningcorporatie"),
    ("gi", "casusregisseur GI"),
    ("veiligthuis", "Veilig Thuis"),
    ("onderwijs", "onderwijs"),
)


P = ParamSpec("P")


def scene(build: Callable[P, Stage]) -> Callable[P, Stage]:
    """Where many tests begin: played once, and everybody gets a copy. What goes on from a stage is played there."""
    once = cache(build)

    @wraps(build)
    def played(*args: P.args, **named: P.kwargs) -> Stage:
        goes_on = any(isinstance(given, Stage) for given in (*args, *named.values()))
        return build(*args, **named) if goes_on else once(*args, **named).copy()

    return played


@scene
def opened(ref: str = REF, seats: tuple[tuple[str, str], ...] = SEATS, stage: Stage | None = None) -> Stage:
    """A case with its people, made by the commands themselves."""
    stage = stage or Stage()
    stage.hear(
        "coordinator",
        f'casus nieuw {ref} doel "afspraken herijken na schoolverzuim"',
        room=stage.direct("coordinator"),
        later=timedelta(0),
    )
    for name, role in seats:
        stage.hear(
            "coordinator", f"!deelnemer {user(name)} {role}", room=stage.room(ref), later=timedelta(seconds=1)
        )
    stage.sent.clear()
    stage.logged.clear()
    return stage


def holding(stage: Stage, *lines: str, ref: str = REF) -> Stage:
    """The stage with some actions that the chair has recorded."""
    for line in lines:
        stage.hear("voorzitter", f"!actie {line}", room=stage.room(ref), later=timedelta(seconds=1))
        stage.hear("voorzitter", "ja", room=stage.room(ref), later=timedelta(seconds=1))
    return stage
