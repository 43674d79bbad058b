"""`verslag`: the list of agreements, as a message or as a file; in the room or to the asker alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.dates import say_when
from bot.core.effects import Effects, FileKind, Logged, Say, SendFile, ToPerson, ToRoom
from bot.core.text import Message, Text
from bot.documents import typesetting
from bot.documents.agreements import agreement_list, last_meeting, next_meeting
from commands.conversation.command import ASKS_CASE, EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.parsing import folded
from commands.conversation.reading import CASE_REF, NO_SUCH_CASE, OTHER_CASE, find_case
from commands.conversation.replies import Answered, ask, met, refuse, say
from commands.meetings.meeting import NEXT_MEETING, agreements

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from commands.conversation.command import Request

FORMS = {
    "pdf": FileKind.PDF,
    "markdown": FileKind.MARKDOWN,
    "md": FileKind.MARKDOWN,
    "json": FileKind.JSON,
    "agenda": FileKind.CALENDAR,
    "kalender": FileKind.CALENDAR,
    "calendar": FileKind.CALENDAR,
    "ics": FileKind.CALENDAR,
}
PRIVATE = frozenset({"prive", "private"})
_EDGE = " ,.:;!?"

WHICH = Text(
    "Dat ken ik niet. Kies: !verslag, of !verslag met pdf, markdown, json of agenda erachter. "
    "Met prive erbij stuur ik het alleen aan jou.",
    "I do not know that. Choose: !report, or !report with pdf, markdown, json or calendar after it. "
    "With private added I send it to you alone.",
)
WHICH_CASE = Text(
    "Van welke casus? Noem de referentie, bijv. {ref}.", "Of which case? Name it, for example {ref}."
)
NO_CASE = Text("Je zit in geen enkele casus.", "You do not take part in any case.")
NO_MEETING = Text(
    "In {ref} is nog geen overleg geweest. Dat begint met !overleg start; !acties laat de acties zien.",
    "There has been no meeting in {ref} yet. One begins with !meeting start; !actions shows the actions.",
)
NOTHING_PLANNED = Text(
    "Er is niets voor je agenda: er is geen volgend overleg gepland en er staat geen actie op jouw naam.",
    "There is nothing for your calendar: no next meeting is planned and no action is with you.",
)
NOT_INSTALLED = Text(
    "Een PDF of tijdlijn kan ik hier niet maken: dat onderdeel staat niet op deze server. Vraag de beheerder erom. "
    "Wat wel kan: !verslag, of !verslag met markdown, json of agenda erachter.",
    "I cannot make a PDF or timeline here: that part is not on this server. Please ask the operator. "
    "What works: !report, or !report with markdown, json or calendar after it.",
)
SENT_PRIVATELY = Text("Ik stuur het in ons gesprek met z'n tweeën.", "I send it in our direct chat.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted, of which case, and whether for the asker alone."""

    file: CaseFile
    kind: FileKind | None
    private: bool


def read(request: Request, command: Command, which: Text) -> Asked:
    """The words after the command, in any order. Ends the command where they say too little, or (with `which`) other
    things than can be chosen."""
    ref: str | None = None
    kind: FileKind | None = None
    private = False
    for word in folded(request.text).split():
        bare = word.strip(_EDGE)
        if CASE_REF.fullmatch(bare) and ref is None:
            ref = bare.upper()
        elif bare in FORMS and kind is None and command is REPORT:
            kind = FORMS[bare]
        elif bare in PRIVATE:
            private = True
        elif bare:
            refuse(request, which(request.language))
    return Asked(_case(request, command, ref, kind, private=private), kind, private)


def _case(
    request: Request, command: Command, ref: str | None, kind: FileKind | None, *, private: bool
) -> CaseFile:
    """The case of the room; in a direct chat the one that is named, or the only one the sender sits in."""
    if request.case:
        if ref not in {None, request.case.ref}:
            refuse(request, OTHER_CASE(request.language, here=request.case.ref, ref=ref))
        return request.case
    seated = [file for file in request.cases if file.seat_of(request.sender)]
    if ref:
        named = find_case(request, ref)
        if named not in seated:
            refuse(request, NO_SUCH_CASE(request.language, ref=ref))
        return named
    if len(seated) == 1:
        return seated[0]
    if not seated:
        refuse(request, NO_CASE(request.language))
    question = WHICH_CASE(request.language, ref=seated[0].ref)
    typed = " ".join([*([kind.value] if kind else []), *(["prive"] if private else [])])
    raise Answered(say(request, question) + ask(request, command.name, ASKS_CASE, text=typed))


def send(request: Request, asked: Asked, message: Message | None = None) -> Effects:
    """Send the file that was asked for, or `message` where there is one, to the room or to the asker alone."""
    elsewhere = asked.private and not request.direct
    to = ToPerson(request.sender) if elsewhere else ToRoom(request.room_id)
    reply = None if elsewhere else request.event_id
    log = Effects(log=(Logged("report.sent", asked.file.ref, asked.kind.value if asked.kind else "message"),))
    if message:
        sent = Effects(send=(Say(to, message, in_reply_to=reply),))
    else:
        assert asked.kind is not None, "a file has a kind"
        meeting = last_meeting(asked.file)
        sent = Effects(
            send=(
                SendFile(
                    to,
                    asked.kind,
                    asked.file.ref,
                    request.sender,
                    on=request.now.date(),
                    language=request.language,
                    meeting=meeting.number if meeting else None,
                    in_reply_to=reply,
                ),
            )
        )
    if not elsewhere:
        return sent + log
    return say(request, SENT_PRIVATELY(request.language)) + met(request, request.sender) + sent + log


def must_be_installed(request: Request) -> None:
    """Ends the command where pages and pictures cannot be drawn."""
    if not typesetting.installed():
        refuse(request, NOT_INSTALLED(request.language))


def _report(request: Request) -> Effects:
    asked, language = read(request, REPORT, WHICH), request.language
    file, meeting = asked.file, last_meeting(asked.file)
    if asked.kind is FileKind.CALENDAR:
        if next_meeting(file) is None and not file.held_by(request.sender):
            refuse(request, NOTHING_PLANNED(language))
        return send(request, asked)
    if meeting is None:
        refuse(request, NO_MEETING(language, ref=file.ref))
    if asked.kind is FileKind.PDF:
        must_be_installed(request)
    if asked.kind:
        return send(request, asked)
    lines = agreements(agreement_list(file, meeting), language)
    following = next_meeting(file)
    if following:
        lines.append(NEXT_MEETING(language, when=f"{say_when(following, language=language.code)}."))
    return send(request, asked, Message.of(*lines, headed=True))


REPORT = Command(
    name=Text("verslag", "report"),
    aliases=(Text("afsprakenlijst", "minutes"),),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text(
        "de afsprakenlijst, als bericht of als bestand; met prive alleen aan jou",
        "the list of agreements, as a message or as a file; with private to you alone",
    ),
    examples=(Text("verslag", "report"), Text("verslag pdf prive", "report pdf private")),
    parameters=(
        Parameter(
            Text("pdf | markdown | json | agenda", "pdf | markdown | json | calendar"),
            Kind.CHOICE,
            optional=True,
        ),
        Parameter(Text("prive", "private"), Kind.CHOICE, optional=True),
    ),
    execute=_report,
)
