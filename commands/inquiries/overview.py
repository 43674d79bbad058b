"""`navragen` and `navraag intrekken`: what was asked of partners, and taking a question back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Logged, Say, ToCase, ToPerson
from bot.core.records.actions import ActionStep
from bot.core.records.actions import after as action_after
from bot.core.records.inquiries import InquiryState, InquiryStep, after
from bot.core.text import Message, Text
from commands.conversation.command import CHAIRS, EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.replies import changed, refuse, say
from commands.inquiries.finding import answers_for_partner, find_inquiry, standing

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.records.inquiries import Inquiry
    from commands.conversation.command import Request

TITLE = Text("Navragen {ref} ({count})", "Inquiries {ref} ({count})")
TITLE_OWN = Text("Jouw navragen ({count})", "Your inquiries ({count})")
LINE = Text(
    "{id} {asker} aan {partner}: {question} · {state}", "{id} {asker} to {partner}: {question} · {state}"
)
NONE = Text(
    'Er zijn geen navragen. Stel er een met !navraag Veilig Thuis "bekend in een andere regio?".',
    'There are no inquiries. Ask one with !inquiry Veilig Thuis "known in another region?".',
)
WITHDRAWN = Text("{id} aan {partner} is ingetrokken.", "{id} to {partner} is withdrawn.")
NOTHING_TO_DO = Text(
    "{ref} {id} is ingetrokken. Je hoeft niets te doen.",
    "{ref} {id} was withdrawn. You need not do anything.",
)
NOT_YOURS = Text(
    "{id} is van {asker}. Alleen {asker} of een voorzitter trekt haar in.",
    "{id} is {asker}'s. Only {asker} or a chair withdraws it.",
)
OVER: dict[InquiryState, Text] = {
    InquiryState.ANSWERED: Text(
        "{id} is al beantwoord; dat blijft staan. De tekst weghalen kan met !wis {id}.",
        "{id} was answered already; that stays. Remove its text with !redact {id}.",
    ),
    InquiryState.WITHDRAWN: Text("{id} is al ingetrokken.", "{id} was withdrawn already."),
}


def _list(request: Request) -> Effects:
    language = request.language
    seated = tuple(file for file in request.cases if file.seat_of(request.sender))
    files = (request.case,) if request.case else seated
    shown = [(file, i) for file in files for i in file.inquiries if _is_shown(request, file, i)]
    log = Effects(log=tuple(Logged("inquiries.listed", ref) for ref in dict.fromkeys(f.ref for f in files)))
    if not shown:
        return say(request, NONE(language)) + log
    ref = request.case.ref if request.case else ""
    title = (TITLE if request.case else TITLE_OWN)(language, ref=ref, count=len(shown))
    return say(request, title, *(_line(request, file, i) for file, i in shown), headed=True) + log


def _is_shown(request: Request, file: CaseFile, inquiry: Inquiry) -> bool:
    """A draft is its asker's until it goes; in a direct chat one sees what one asked or was asked."""
    own = inquiry.asked_by == request.sender
    match inquiry.state:
        case InquiryState.WITHDRAWN:
            return False
        case InquiryState.DRAFT:
            return own
        case _:
            return own or request.case is not None or answers_for_partner(request, file, inquiry)


def _line(request: Request, file: CaseFile, inquiry: Inquiry) -> str:
    where = "" if request.case else f"{file.ref} "
    line = LINE(
        request.language,
        id=inquiry.id,
        asker=inquiry.asker,
        partner=inquiry.partner,
        question=inquiry.question,
        state=standing(file, inquiry, request.language),
    )
    return f"{where}{line}"


def _withdraw(request: Request) -> Effects:
    found = find_inquiry(
        request,
        WITHDRAW,
        lambda _file, i: i.asked_by == request.sender and after(i.state, InquiryStep.WITHDRAW) is not None,
    )
    request, file, inquiry, language = found.request, found.file, found.inquiry, request.language
    if request.sender != inquiry.asked_by and not request.functions & CHAIRS:
        refuse(request, NOT_YOURS(language, id=inquiry.id, asker=inquiry.asker))
    state = after(inquiry.state, InquiryStep.WITHDRAW)
    if state is None:
        refuse(request, OVER[inquiry.state](language, id=inquiry.id))
    line = WITHDRAWN(language, id=inquiry.id, partner=inquiry.partner)
    effects = say(request, line) + changed(
        request,
        file,
        replace(inquiry, state=state),
        *_void(request, file, inquiry),
        event="inquiry.withdrawn",
        thing=inquiry.id,
    )
    if inquiry.state is InquiryState.DRAFT:
        return effects
    told = NOTHING_TO_DO(language, ref=file.ref, id=inquiry.id)
    partners = {seat.user_id for seat in file.holding(inquiry.partner)} - {request.sender}
    sends = [Say(ToPerson(user), Message.of(told)) for user in sorted(partners)]
    sends += [Say(ToCase(file.ref), Message.of(line))] if request.direct else []
    return effects + Effects(send=tuple(sends))


def _void(request: Request, file: CaseFile, inquiry: Inquiry) -> tuple[Action, ...]:
    action = file.action(inquiry.action) if inquiry.action else None
    state = action_after(action.state, ActionStep.WITHDRAW) if action else None
    if action is None or state is None:
        return ()
    return (replace(action, state=state, look_back=None, updated_at=request.now.astimezone(UTC)),)


INQUIRIES = Command(
    name=Text("navragen", "inquiries"),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    in_theme=False,
    help=Text("laat de navragen en hun antwoorden zien", "shows the inquiries and their answers"),
    examples=(Text("navragen", "inquiries"),),
    execute=_list,
    closed=True,
)

WITHDRAW = Command(
    name=Text("navraag intrekken", "inquiry withdraw"),
    aliases=(Text("intrekken navraag", "withdraw inquiry"),),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    in_theme=False,
    help=Text(
        "trekt een navraag in; doel of grondslag wijzigen is een nieuwe navraag",
        "withdraws an inquiry; another purpose or basis is a new inquiry",
    ),
    examples=(Text("navraag intrekken N1", "inquiry withdraw N1"),),
    parameters=(Parameter(Text("navraag", "inquiry"), Kind.TEXT),),
    execute=_withdraw,
)
