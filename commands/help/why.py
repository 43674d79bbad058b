"""`waarom`: by which rule the bot spoke, from which dates, and who else was told (domain L14)."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bot.core.dates import say_day, say_short
from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Effects, Logged
from bot.core.records.explanations import Receiver, Rule
from bot.core.reminding.nudge_words import ONE_WORKING_DAY, WORKING_DAYS
from bot.core.text import Text, listed
from commands.conversation.command import EVERYBODY, Command, Where
from commands.conversation.replies import AND, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.records.explanations import Explanation
    from commands.conversation.command import Request

NOTHING = Text(
    "Ik heb hier uit mezelf nog niets gezegd. Antwoord met !waarom op een bericht van mij, dan leg ik dat uit.",
    "I have said nothing here of my own accord. Reply with !why to a message of mine, and I explain it.",
)
ANSWERED = Text(
    "Dat was mijn antwoord op een opdracht hier, of een melding over deze ruimte zelf. Wie in deze ruimte zit, las het ook; "
    "verder niemand.",
    "That was my answer to a command here, or a notice about this room itself. Those in this room read it too; nobody "
    "else did.",
)
ANSWERED_YOU = Text(
    "Dat was mijn antwoord op wat jij hier typte of aantikte, of een melding over een apparaat, een identiteit of een "
    "ruimte. Zo'n melding gaat één keer naar wie zij aangaat, en naar wie de casus leidt.",
    "That was my answer to what you typed or tapped here, or a notice about a device, an identity or a room. Such a notice "
    "goes once to whom it concerns, and to who leads the case.",
)
SAID = Text(
    "Dit stuurde ik uit mezelf, {day} om {time}, {whom}.",
    "I sent this of my own accord, {day} at {time}, {whom}.",
)
TO_YOU = Text("aan jou alleen", "to you alone")
TO_ROOM = Text("aan deze ruimte", "to this room")
RULES: dict[Receiver, Text] = {
    Receiver.HOLDER: Text("vraag ik het wie de actie heeft", "I ask who holds the action"),
    Receiver.HOLDER_WITH_HELP: Text(
        "bied ik hulp aan wie de actie heeft", "I offer help to who holds the action"
    ),
    Receiver.CASE_COORDINATOR: Text("vraag ik het de casusregisseur", "I ask the case coordinator"),
    Receiver.PROCESS_COORDINATOR: Text("vraag ik het de procesregisseur", "I ask the process coordinator"),
}
ON_LADDER = Text("{it}: de datum is {day}. {when} {what}.", "{it}: the date is {day}. {when} {what}.")
BEFORE = Text("{n} ervoor", "{n} before it")
ON_THE_DAY = Text("Op de dag zelf", "On the day itself")
AFTER = Text("{n} erna zonder bericht", "{n} after it, with no word,")
SEEN = Text(
    "{it}: afgesproken {day}. Na {n} werkdagen zonder 'oke' vraag ik één keer of de actie is gezien.",
    "{it}: agreed {day}. After {n} working days without 'ack' I ask once whether it was seen.",
)
STATUS = Text(
    "{it}: het overleg is {day}. {n} werkdagen ervoor vraag ik elke actiehouder één keer hoe het staat.",
    "{it}: the meeting is {day}. {n} working days before it I ask every holder once how it stands.",
)
ALSO = Text("Over {it} schreef ik ook aan: {who}.", "About {it} I also wrote to: {who}.")
ONLY_YOU = Text("Over {it} schreef ik verder niemand.", "About {it} I wrote to nobody else.")
SOMEBODY = Text("iemand die er niet meer bij hoort", "somebody who left")
CIRCLE = Text(
    "Verder dan deze kring ga ik niet uit mezelf; daarvoor is het woord van een mens nodig.",
    "Further than this circle I do not go of my own accord; that takes a person's word.",
)
MENTION = Text(
    "Ik had een bericht voor iemand die het gesprek met mij nog niet heeft aangenomen. Dan zeg ik dat hier, hooguit "
    "één keer in {n} dagen, en niet waarover het gaat.",
    "I had a message for somebody who has not accepted the chat with me. I then say so here, at most once in {n} "
    "days, and not what it is about.",
)
OTHERS: dict[Rule, Text] = {
    Rule.DIGEST: Text(
        "Coördinatoren en voorzitters krijgen één keer per week een overzicht. Anders kan ook: !weekbericht uit, of "
        "!weekbericht dag dinsdag 10:00.",
        "Coordinators and chairs get an overview once a week. It can be changed: !digest off, or !digest day Tuesday "
        "10:00.",
    ),
    Rule.RETENTION: Text(
        "{ref}: niets blijft langer bewaard dan is afgesproken. Voor de termijn afloopt, hoort de voorzitter dat. "
        "Vernietigen of verlengen beslissen mensen.",
        "{ref}: nothing is kept longer than agreed. Before its period ends, the chair hears so. "
        "Destroying or extending is decided by people.",
    ),
    Rule.UNREACHED: Text(
        "{ref}: als iemand mijn berichten niet krijgt, hoort de voorzitter dat één keer.",
        "{ref}: when somebody does not get my messages, the chair hears so once.",
    ),
    Rule.DEPUTY: Text(
        "{ref}: wie afwezig is kan een vervanger noemen. Die krijgt pas iets als de voorzitter of procesregisseur dat "
        "goedvindt; daarom vroeg ik het jou.",
        "{ref}: who is away can name a deputy, who gets nothing until the chair or process coordinator agrees; "
        "that is why I asked you.",
    ),
    Rule.HELP: Text(
        "{it}: wie de actie heeft, zei er niet uit te komen. Dan hoort de casusregisseur dat, of anders de "
        "procesregisseur.",
        "{it}: who holds the action said that they need help. The case coordinator then hears so, or else the "
        "process coordinator.",
    ),
    Rule.ASSIGNED: Text(
        "{it} kreeg een andere houder. Wie de actie had en wie haar krijgt, hoort dat ook hier.",
        "{it} got another holder. Who had the action and who gets it hears so here too.",
    ),
    Rule.PROPOSED: Text(
        "{it} is voorgesteld buiten een overleg. Een actie telt pas als een voorzitter akkoord geeft; daarom vroeg ik "
        "het elke voorzitter.",
        "{it} was proposed outside a meeting. An action counts once a chair agrees; that is why I asked every chair.",
    ),
    Rule.POSTPONED: Text(
        "{ref}: bij het begin van een overleg hoort alleen de voorzitter welke acties al vaker een andere datum kregen.",
        "{ref}: at the start of a meeting the chair alone hears which actions got another date more than once.",
    ),
    Rule.ESCALATED: Text(
        "{ref}: bij het opschalen is jou genoemd als iemand die het moet weten. Dat besloot een mens, niet ik.",
        "{ref}: when it was escalated you were named as somebody who should know. A person decided that, not I.",
    ),
    Rule.LATECOMER: Text(
        "{ref}: wie binnenkomt terwijl het overleg loopt, leest alleen wat er openstaat.",
        "{ref}: who comes in while the meeting runs reads alone what is open.",
    ),
    Rule.SIGNAL: Text(
        "{about} hoort nog bij geen casus. Op de kijkdatum vraag ik het wie het signaal parkeerde, en na {n} werkdagen "
        "zonder bericht de coördinator, zodat de zorg niet blijft liggen.",
        "{about} belongs to no case yet. On its day I ask who parked the signal, and after {n} working days with no "
        "word the coordinator, so that the worry is not left lying.",
    ),
    Rule.INCIDENT: Text(
        "Dit ging over een incident. Wie begint of stopt, laat dat coördinatoren en contactpunt weten. Een "
        "datalek meld je binnen 72 uur nadat je het weet (AVG artikel 33); ik herinner eraan als er nog 24 en nog 6 uur over zijn, ook 's nachts.",
        "This was about an incident. Who starts or stops one lets coordinators and contact point know. A data "
        "breach is notified within 72 hours of knowing of it (GDPR article 33); I remind of that when 24 and 6 hours are left, at night too.",
    ),
}


def _why(request: Request) -> Effects:
    log = Effects(log=(Logged("explained", request.ref),))
    known = {file.ref for file in request.cases}
    # Of a case that somebody left they hear nothing any more, not even why they heard of it.
    visible = [e for e in request.explanations if request.case or e.case_ref is None or e.case_ref in known]
    own = [e for e in visible if request.case or e.user_id == request.sender]
    if request.replied_to == "":
        return say(request, (ANSWERED if request.case else ANSWERED_YOU)(request.language)) + log
    key = request.replied_to or next((e.key for e in own), None)
    rows = [e for e in own if e.key == key]
    return say(request, *(_lines(request, rows) if rows else [NOTHING(request.language)])) + log


def _lines(request: Request, rows: list[Explanation]) -> Iterator[str]:
    language, first = request.language, rows[0]
    at = first.said_at.astimezone(AMSTERDAM)
    yield SAID(
        language,
        day=say_day(at.date(), language=language.code),
        time=f"{at:%H:%M}",
        whom=(TO_ROOM if request.case else TO_YOU)(language),
    )
    match first.rule:
        case Rule.NUDGE:
            for row in rows:
                yield _rule(request, row)
            for row in rows:
                yield _told(request, row)
            yield CIRCLE(language)
        case Rule.MENTION:
            yield MENTION(language, n=request.region.timing.mention)
        case Rule.SIGNAL:
            about = ", ".join(row.about or "" for row in rows)
            yield OTHERS[Rule.SIGNAL](language, about=about, n=request.region.timing.case_coordinator)
        case rule:
            yield OTHERS[rule](language, ref=first.case_ref, it=f"{first.case_ref} {first.about}")
            if first.about:
                yield _told(request, first)


def _rule(request: Request, row: Explanation) -> str:
    assert row.day is not None, "a nudge counts from a day"
    assert row.receiver is not None, "a nudge asks somebody"
    language, timing = request.language, request.region.timing
    values = {"it": f"{row.case_ref} {row.about}", "day": say_day(row.day, language=language.code)}
    match row.receiver:
        case Receiver.HOLDER_SEEN:
            return SEEN(language, n=timing.acknowledge, **values)
        case Receiver.HOLDER_STATUS:
            return STATUS(language, n=timing.status_round, **values)
        case receiver:
            step = row.step or 0
            text = BEFORE if step < 0 else AFTER if step else ON_THE_DAY
            days = (ONE_WORKING_DAY if abs(step) == 1 else WORKING_DAYS)(language, n=abs(step))
            when = text(language, n=days)
            return ON_LADDER(language, when=when, what=RULES[receiver](language), **values)


def _told(request: Request, row: Explanation) -> str:
    """Who else was written to about the same action, by role, with the days."""
    language, it = request.language, f"{row.case_ref} {row.about}"
    same = [
        e
        for e in request.explanations
        if (e.case_ref, e.about) == (row.case_ref, row.about) and e.user_id != request.sender
    ]
    by_role = sorted((_role(request, e), e.said_at) for e in same)
    who = []
    for role, told in groupby(by_role, key=lambda one: one[0]):
        days = dict.fromkeys(
            say_short(at.astimezone(AMSTERDAM).date(), language=language.code) for _, at in told
        )
        who.append(f"{role} ({listed(list(days), AND(language))})")
    return ALSO(language, it=it, who=", ".join(who)) if who else ONLY_YOU(language, it=it)


def _role(request: Request, row: Explanation) -> str:
    file = next((file for file in request.cases if file.ref == row.case_ref), None)
    seat = file.seat_of(row.user_id) if file else None
    return seat.label if seat else SOMEBODY(request.language)


WHY = Command(
    name=Text("waarom", "why"),
    who=EVERYBODY,
    where=Where.ANYWHERE,
    help=Text(
        "legt een bericht van de bot uit: welke regel, welke datum, wie nog meer",
        "explains a message of the bot: which rule, which date, who else",
    ),
    examples=(Text("waarom", "why"),),
    execute=_why,
    all_open=True,
)
