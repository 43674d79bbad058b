"""A stage for conversations: people speak, the commands answer, and their effects become the next snapshot.

It keeps records in dicts as the store keeps them in rows, and applies `Effects` in the order of `carry_out`:
keep, drop, send. Nothing of the commands is replaced.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.core.calendar import AMSTERDAM
from bot.core.casefile import CaseFile
from bot.core.effects import (
    Effects,
    Invite,
    OpenCaseRoom,
    OpenDirect,
    Outgoing,
    Remove,
    Say,
    ToCase,
    ToRoom,
)
from bot.core.guard import Guard, WordList
from bot.core.model import (
    KEYS,
    Action,
    AgendaItem,
    Case,
    Decision,
    Meeting,
    Participant,
    Person,
    Pin,
    Question,
    Record,
)
from bot.core.region import Region
from commands.declaration import Request
from commands.parsing import Listener
from commands.registry import Heard, Reply, handle

SERVER = "voorbeeld.nl"
BOT = f"@casusbot:{SERVER}"
REF = "Z-2026-014"
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=AMSTERDAM)


@cache
def guard() -> Guard:
    words = Path(__file__).parents[2] / "config" / "guard.yaml"
    return Guard(WordList.from_mapping(yaml.safe_load(words.read_text(encoding="utf-8"))))


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
    servers=frozenset({SERVER}),
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

    # What is true

    def rows(self, kind: type[Record], **having: object) -> list[Any]:
        found = [r for r in self.records.values() if isinstance(r, kind)]
        return [r for r in found if all(getattr(r, name) == value for name, value in having.items())]

    def file(self, ref: str = REF) -> CaseFile:
        (case,) = self.rows(Case, ref=ref)

        def numbered(kind: type[Record]) -> tuple[Any, ...]:
            return tuple(sorted(self.rows(kind, case_ref=ref), key=lambda r: r.number))

        return CaseFile(
            case,
            tuple(sorted(self.rows(Participant, case_ref=ref), key=lambda p: p.since)),
            numbered(Meeting),
            numbered(AgendaItem),
            numbered(Decision),
            numbered(Action),
        )

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
        for record in effects.keep:
            self.records[self._key(record)] = record
        for record in effects.drop:
            self.records.pop(self._key(record), None)
        for out in effects.send:
            self._carry(out)
        self.logged += [" ".join(filter(None, (e.event, e.case_ref, e.thing))) for e in effects.log]

    @staticmethod
    def _key(record: Record) -> tuple[Any, ...]:
        return (type(record), *(getattr(record, name) for name in KEYS[type(record)]))

    def _carry(self, out: Outgoing) -> None:
        self.sent.append(out)
        match out:
            case OpenCaseRoom(ref):
                (case,) = self.rows(Case, ref=ref)
                self.apply(Effects(keep=(replace(case, room_id=self.room(ref)),)))
            case OpenDirect(user_id):
                self.apply(Effects(keep=(Person(user_id, direct_room=self.direct(user_id)),)))
            case _:
                pass

    def request(self, sender: str, room: str, at: datetime | None = None) -> Request:
        files = [self.file(case.ref) for case in self.rows(Case)]
        of_region = sender in self.region.coordinators
        return Request(
            region=self.region,
            guard=guard(),
            sender=sender,
            room_id=room,
            event_id=f"$event{self.events}",
            at=at or self.now,
            now=self.now,
            case=next((f for f in files if f.case.room_id == room), None),
            direct=room == self.direct(sender),
            cases=tuple(f for f in files if of_region or f.seat_of(sender)),
            people={p.user_id: p for p in self.rows(Person)},
            pins={pin.user_id: pin for pin in self.rows(Pin)},
            questions=self.questions(room),
        )

    def hear(
        self,
        name: str,
        body: str,
        *,
        room: str | None = None,
        reply: Reply = Reply.NOTHING,
        formatted: str | None = None,
        at: datetime | None = None,
        later: timedelta = timedelta(seconds=20),
    ) -> Effects:
        """Somebody says something; what the bot does about it is applied and given back."""
        self.now += later
        self.events += 1
        room = room or self.room()
        request = self.request(user(name), room, at)
        listener = Listener(BOT, "casusbot", direct=request.direct)
        effects = handle(request, Heard(body, listener, formatted, reply, self.heard.get(room)))
        self.heard[room] = request.event_id
        self.apply(effects)
        return effects

    def say(self, name: str, body: str, *, direct: bool = False, **how: Any) -> list[str]:
        """As `hear`, written down in the transcript; the bot's lines are given back."""
        room = self.direct(name) if direct else how.pop("room", None)
        effects = self.hear(name, body, room=room, **how)
        lines = [line for out in effects.send for line in shown(out, room or self.room())]
        where = f"{name} (direct)" if direct else name
        how_said = " (antwoord)" if how.get("reply") is Reply.QUESTION else ""
        said = body.splitlines() or [""]
        self.transcript.append(f"{self.now:%H:%M} {where}{how_said} | {said[0]}")
        self.transcript += [f"      {' ' * len(where)} | {line}" for line in said[1:]]
        self.transcript += [f"      bot | {line}" for line in lines] or ["      (stil)"]
        return lines

    def note(self, text: str) -> None:
        self.transcript += ["", f"-- {text}"]

    @property
    def text(self) -> str:
        return "\n".join(self.transcript)


def shown(out: Outgoing, room: str) -> list[str]:
    """An outgoing thing as a transcript shows it."""
    match out:
        case Say(ToRoom(said_in), message):
            assert said_in == room, "an answer goes where the question came from"
            return list(message.lines)
        case OpenCaseRoom(ref):
            return [f"[maakt ruimte {ref}]"]
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
