"""`signalen` and `signaal koppel`: what is parked, and how a case takes it in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.casefile import new_action
from bot.core.dates import say_day, say_short
from bot.core.dates.calendar import AMSTERDAM, local_day
from bot.core.effects import Effects, Logged, Say, ToCase, ToPerson
from bot.core.records.signals import STATE_NAMES, SignalShown, SignalStep
from bot.core.text import Language, Message, Text
from commands.conversation.command import EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.reading import NO_SUCH_CASE, find_case, must_take
from commands.conversation.replies import changed, kept, refuse, say
from commands.signals.finding import NOT_THERE, SIGNAL_ID, Found, stepped

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile, SignalFile
    from bot.core.records.actions import Action
    from bot.core.records.signals import Signal
    from commands.conversation.command import Request

_MONTH = timedelta(days=30)
FEWEST = 5
"""A count below this is not told: few signals are soon one family."""

TITLE = Text("Signalen {ref} ({n})", "Signals {ref} ({n})")
TITLE_OWN = Text("Signalen zonder casus ({n})", "Signals without a case ({n})")
NONE = Text(
    "Er zijn hier geen signalen. Een zorg parkeren: !signaal <wat je zag, en wanneer>.",
    "There are no signals here. To park a worry: !signal <what you saw, and when>.",
)
LINE = Text("{id} {state} · {role}, {day}: {text}", "{id} {state} · {role}, {day}: {text}")
REVIEW = Text("{line} · kijkdatum {day}", "{line} · look again {day}")
VOLUME = Text(
    "In de regio: {now} signalen in 30 dagen, {before} in de 30 dagen daarvoor.",
    "In the region: {now} signals in 30 days, {before} in the 30 days before.",
)
FEWER = Text("minder dan {n}", "fewer than {n}")
WHICH = Text(
    "Welk signaal, en bij welke casus? Bijv. signaal koppel S7 Z-2026-014.",
    "Which signal, and to which case? For example signal link S7 Z-2026-014.",
)
HAS_A_CASE = Text("{id} hoort al bij een casus.", "{id} belongs to a case already.")
LINKED = Text("{id} hoort nu bij {ref}.", "{id} belongs to {ref} now.")
LINKED_HERE = Text(
    "Signaal {id} hoort nu bij deze casus ({role}, {day}): {text}. Stand: {state}.",
    "Signal {id} belongs to this case now ({role}, {day}): {text}. It is {state}.",
)
TAKEN_UP = Text(
    "{id} is gekoppeld aan een casus. Hoe ver het is, zie je met: signaal {id}",
    "{id} was linked to a case. How far it came you see with: signal {id}",
)
TO_CASE = Text("gekoppeld aan de casus", "linked to the case")
LOOK = Text("signaal {id} opnieuw bekijken", "look again at signal {id}")
REVIEWED = Text("{id} {holder}: {text}. Kijkdatum: {day}.", "{id} {holder}: {text}. Look again: {day}.")


def _list(request: Request) -> Effects:
    language = request.language
    if request.case:
        found = request.case.signals
        title = TITLE(language, ref=request.case.ref, n=len(found))
    else:
        found = tuple(s for s in request.signals if s.signal.case_ref is None)
        title = TITLE_OWN(language, n=len(found))
    lines = [_line(one, language) for one in found]
    lines = [title, *lines] if lines else [NONE(language)]
    if request.direct and request.coordinates and request.verified:
        lines.append(_volume(request))
    shown = tuple(SignalShown(s.signal.number, request.event_id) for s in found if request.direct)
    log = Logged("signals.listed", request.ref)
    return say(request, *lines, headed=bool(found)) + Effects(keep=shown, log=(log,))


def _line(found: SignalFile, language: Language) -> str:
    signal = found.signal
    line = LINE(
        language,
        id=signal.id,
        state=STATE_NAMES[signal.state](language),
        role=signal.source,
        day=say_short(signal.noted_at.astimezone(AMSTERDAM).date(), language=language.code),
        text=found.first.text.rstrip("."),
    )
    if signal.case_ref or signal.review is None:
        return line
    return REVIEW(language, line=line, day=say_short(signal.review, language=language.code))


def _volume(request: Request) -> str:
    """How many signals there were lately (domain B27); a rise is for people to see, never of whom."""
    signals = {s.signal.number: s.signal for file in request.cases for s in file.signals}
    signals |= {s.signal.number: s.signal for s in request.signals}
    ages = [request.now - signal.noted_at for signal in signals.values()]
    lately, before = sum(age <= _MONTH for age in ages), sum(_MONTH < age <= 2 * _MONTH for age in ages)
    counts = [str(n) if n >= FEWEST else FEWER(request.language, n=FEWEST) for n in (lately, before)]
    return VOLUME(request.language, now=counts[0], before=counts[1])


def _link(request: Request) -> Effects:
    named = SIGNAL_ID.match(request.text.strip())
    rest = request.text.strip()[named.end() :].strip(" .") if named else ""
    if named is None or not (rest or request.case):
        refuse(request, WHICH(request.language))
    file = _case(request, rest)
    one = next((s for s in request.signals if s.signal.number == int(named[1])), None)
    if one is None and not (request.case and request.case.signal(int(named[1]))):
        refuse(request, NOT_THERE(request.language, id=f"S{named[1]}"))
    if one is None or one.signal.case_ref:
        refuse(request, HAS_A_CASE(request.language, id=f"S{named[1]}"))
    return _linked(replace(request, case=file), one)


def _case(request: Request, rest: str) -> CaseFile:
    """The case of the room, else the one that is named, in which the sender must have a seat."""
    if request.case:
        return request.case
    file = find_case(request, rest.removeprefix("aan ").removeprefix("to "))
    if file is None or file.seat_of(request.sender) is None:
        refuse(request, NO_SUCH_CASE(request.language, ref=rest.upper()))
    must_take(request, LINK, file)
    return file


def _linked(request: Request, one: SignalFile) -> Effects:
    """All its words come along, so that the case knows when the worry was first shared, and with whom."""
    file, language = request.file, request.language
    found = Found(request, replace(one.signal, case_ref=file.ref), one.facts)
    signal, fact = stepped(found, SignalStep.LINK, kept(request, TO_CASE(language)).text)
    signal = replace(signal, review=None, nudge_at=None, nudge_step=None)
    facts = tuple(replace(earlier, case_ref=file.ref) for earlier in one.facts)
    actions = _reviews(request, one.signal)
    effects = changed(
        request, file, signal, *facts, fact, *actions, event="signal.linked", thing=signal.id
    ) + _told(request, one)
    lines = [_here(replace(one, signal=signal), language), *(_review(a, language) for a in actions)]
    if not request.direct:
        return say(request, *lines) + effects
    in_room = Effects(send=(Say(ToCase(file.ref), Message.of(*lines)),))
    return say(request, LINKED(language, id=signal.id, ref=file.ref)) + in_room + effects


def _here(one: SignalFile, language: Language) -> str:
    signal = one.signal
    return LINKED_HERE(
        language,
        id=signal.id,
        role=signal.source,
        day=say_short(signal.noted_at.astimezone(AMSTERDAM).date(), language=language.code),
        text=one.first.text.rstrip("."),
        state=STATE_NAMES[signal.state](language),
    )


def _reviews(request: Request, signal: Signal) -> tuple[Action, ...]:
    """The day on which it would come back is an ordinary action from now on."""
    if signal.review is None:
        return ()
    text = kept(request, LOOK(request.language, id=signal.id)).text
    day = max(signal.review, local_day(request.now))
    return (new_action(request.file, text, request.region.contact, day, at=request.now, by=request.sender),)


def _review(action: Action, language: Language) -> str:
    day = say_day(action.due_date, language=language.code)
    return REVIEWED(language, id=action.id, holder=action.holder, text=action.text.rstrip("."), day=day)


def _told(request: Request, one: SignalFile) -> Effects:
    """Who shared the worry hears that something was done with it."""
    if one.signal.noted_by == request.sender:
        return Effects()
    words = Message.of(TAKEN_UP(Language.NL, id=one.signal.id))
    return Effects(send=(Say(ToPerson(one.signal.noted_by), words, asked_by=request.sender),))


LINK = Command(
    name=Text("signaal koppel", "signal link"),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    in_theme=False,
    help=Text(
        "laat een signaal bij een casus horen, met alles wat erover is gezegd",
        "makes a signal belong to a case, with all that was said of it",
    ),
    examples=(Text("signaal koppel S3", "signal link S3"),),
    parameters=(
        Parameter(Text("signaal", "signal"), Kind.TEXT),
        Parameter(Text("casus", "case"), Kind.CASE, optional=True),
    ),
    execute=_link,
)

SIGNALS = Command(
    name=Text("signalen", "signals"),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    in_theme=False,
    help=Text(
        "laat de signalen van de casus zien, of die zonder casus",
        "shows the signals of the case, or those without a case",
    ),
    examples=(Text("signalen", "signals"),),
    execute=_list,
    all_open=True,
    closed=True,
)
