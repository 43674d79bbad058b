"""`correctie`: what somebody says of a text about them is put beside it; a wrong wording goes (AVG 16 and 19)."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import next_number
from bot.core.effects import Effects, Logged, Say, ToCase, Wiped
from bot.core.records.rights import Remark, RemarkKind
from bot.core.text import Language, Message, Text
from bot.documents.agreements import REMARK_NAMES
from commands.conversation.answers import draft, is_no, is_yes
from commands.conversation.command import CONTACT_POINTS, Asks, Command, Kind, Parameter, Where
from commands.conversation.replies import ask, kept, refuse, say, warned
from commands.rights.serving import served, thing_in
from commands.rights.wipe import without

if TYPE_CHECKING:
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

_ASKS_WRONG = Asks("wrong")
REMARK_LENGTH = 300

WHICH = Text(
    "Bij welke afspraak of welk besluit? Bijv. !correctie {ref} B1 de school was wel gebeld.",
    "Beside which agreement or decision? For example !correction {ref} B1 the school was called.",
)
NOT_THERE = Text("{id} ken ik niet in {ref}.", "I do not know {id} in {ref}.")
NO_TEXT = Text(
    "Wat moet erbij staan? Bijv. !correctie {ref} {id} de school was wel gebeld.",
    "What is to stand beside it? For example !correction {ref} {id} the school was called.",
)
IS_WRONG = Text(
    "Is de oude tekst van {id} onjuist en moet die weg? (ja: de tekst gaat weg / nee: beide blijven staan)",
    "Is the old text of {id} wrong and has it to go? (yes: the text goes / no: both stay)",
)
CORRECTED = Text(
    "{id} is gecorrigeerd. De oude tekst is weg; mijn berichten ermee haal ik terug. De ruimte hoort dat er een "
    "correctie is. Meld het ook aan wie de tekst al kreeg (AVG 19).",
    "{id} is corrected. The old text is gone; I take back my messages that showed it. The room hears that there is a "
    "correction. Tell those who received the text as well (GDPR 19).",
)
STATED = Text(
    "De verklaring staat nu bij {id}. De tekst zelf blijft.",
    "The statement now stands beside {id}. The text itself stays.",
)
TOLD = Text(
    "{id}: op verzoek van wie dit gaat is er iets bijgezet ({kind}). Bekijk het met !wat of !verslag.",
    "{id}: at the request of whom this is about something was put beside it ({kind}). See it with !what or !report.",
)


def _correct(request: Request) -> Effects:
    file, rest = served(request, CORRECTION)
    language = request.language
    word, _, typed = rest.partition(" ")
    if not word:
        refuse(request, WHICH(language, ref=file.ref))
    thing = thing_in(file, word.strip(":,."))
    if thing is None:
        refuse(request, WHICH(language, ref=file.ref))
    if not typed.strip(" :"):
        refuse(request, NO_TEXT(language, ref=file.ref, id=thing.id))
    text = kept(request, typed.strip(" :"), REMARK_LENGTH)
    question = IS_WRONG(language, id=thing.id)
    asked = ask(request, CORRECTION.name, _ASKS_WRONG, ref=file.ref, thing=thing.id, text=text.text)
    return (
        say(request, question, *warned(text, language))
        + asked
        + Effects(log=(Logged("correction.asked", file.ref, thing.id),))
    )


def _answer(request: Request, question: Question) -> Effects | None:
    half = draft(question)
    yes = is_yes(request.text)
    if not yes and not is_no(request.text):
        return None
    file = request.served
    thing = thing_in(file, half["thing"]) if file and file.ref == half["ref"] else None
    if file is None or thing is None:
        refuse(request, NOT_THERE(request.language, id=half["thing"], ref=half["ref"]))
    kind = RemarkKind.CORRECTION if yes else RemarkKind.STATEMENT
    remark = Remark(
        file.ref,
        next_number(file.remarks),
        thing.id,
        kind,
        kept(request, half["text"], REMARK_LENGTH).text,
        made_at=request.now.astimezone(UTC),
        made_by=request.sender,
    )
    told = TOLD(Language.NL, id=thing.id, kind=REMARK_NAMES[kind](Language.NL))
    effects = say(request, (CORRECTED if yes else STATED)(request.language, id=thing.id)) + Effects(
        keep=(remark,),
        send=(Say(ToCase(file.ref), Message.of(told)),),
        log=(Logged(f"text.{kind.value}", file.ref, thing.id),),
    )
    if yes:
        effects += Effects(keep=(without(request, thing),), wiped=(Wiped(file.ref, thing.id, trail=True),))
    return effects


CORRECTION = Command(
    name=Text("correctie", "correction"),
    who=CONTACT_POINTS,
    where=Where.DIRECT,
    help=Text(
        "zet een correctie of verklaring bij een tekst, op verzoek (contactpunt)",
        "puts a correction or statement beside a text, at request (contact point)",
    ),
    examples=(
        Text(
            "correctie Z-2026-014 A1 de school was wel gebeld",
            "correction Z-2026-014 A1 the school was called",
        ),
    ),
    parameters=(
        Parameter(Text("referentie", "reference"), Kind.CASE),
        Parameter(Text("A3 of B1", "A3 or B1"), Kind.TEXT),
        Parameter(Text("tekst", "text"), Kind.TEXT),
    ),
    execute=_correct,
    answer=_answer,
    waits_for=(_ASKS_WRONG,),
)
