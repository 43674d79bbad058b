"""Dates in a conversation: read, echoed with their weekday, and asked back when they are not certain.

A deadline nobody agreed is worse than a question more (domain 7.3).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.core.dates import Ask, AskReason, Note, When, leading_when, read_when, say_weekday_short, say_when
from bot.core.dates.calendar import holiday
from bot.core.text import Language, Text, listed
from commands.conversation.answers import is_yes
from commands.conversation.replies import OR

if TYPE_CHECKING:
    from commands.conversation.command import Request

_IMPLAUSIBLE = timedelta(days=1)

NO_DATE = Text(
    'Ik heb geen datum. {question} Bijv. "{one}" of "{two}".',
    'I have no date. {question} For example "{one}" or "{two}".',
)
BY_WHEN = Text("Wanneer is het klaar?", "When will it be done?")
LOOK_AGAIN = Text("Wanneer kijken we opnieuw?", "When do we look again?")
CHOOSE = Text('"{phrase}": bedoel je {days}?', '"{phrase}": do you mean {days}?')
CONFIRM = Text(
    "Je bericht kwam pas op een andere dag aan. Bedoel je {when}? (ja / andere datum)",
    "Your message arrived on another day. Do you mean {when}? (yes / another date)",
)
NOT_CERTAIN: dict[AskReason, Text] = {
    AskReason.PAST: Text('"{phrase}" is al geweest.', '"{phrase}" has passed.'),
    AskReason.IMPOSSIBLE: Text('"{phrase}" bestaat niet.', '"{phrase}" does not exist.'),
    AskReason.MISMATCH: Text(
        'Bij "{phrase}" horen dag en datum niet bij elkaar.', 'In "{phrase}" day and date do not match.'
    ),
    AskReason.TOO_FAR: Text('"{phrase}" is wel heel ver weg.', '"{phrase}" is very far away.'),
    AskReason.UNTIL: Text('"{phrase}": hoort die dag er nog bij?', '"{phrase}": is that day included?'),
    AskReason.VAGUE: Text('"{phrase}" is nog geen dag.', '"{phrase}" is not yet a day.'),
    AskReason.OPEN_ENDED: Text('"{phrase}" heeft geen laatste dag.', '"{phrase}" has no last day.'),
    AskReason.RECURRING: Text(
        "Een actie heeft één datum; herhalen kan ik niet.", "An action has one date; I cannot repeat it."
    ),
    AskReason.TIME: Text('Bij "{phrase}" mis ik de dag of het dagdeel.', 'In "{phrase}" I miss the day.'),
    AskReason.SEVERAL: Text("Ik lees meer dan één datum.", "I read more than one date."),
    AskReason.UNREAD: Text("Die datum lees ik niet helemaal.", "I cannot read all of that date."),
}
WHICH_DAY = Text(
    'Welke dag wordt het? Bijv. "{one}" of "{two}".', 'Which day? For example "{one}" or "{two}".'
)
MEANT = Text("Bedoel je {days}?", "Do you mean {days}?")
FREE_DAY = Text("Let op: dat is {name}.", "Note: that is {name}.")
SATURDAY, SUNDAY = Text("een zaterdag", "a Saturday"), Text("een zondag", "a Sunday")
MENTIONED: dict[Note, Text] = {
    Note.PERIOD: Text("Dat is de laatste werkdag.", "That is the last working day."),
    Note.DAY_BEFORE: Text(
        'Dat is de dag ervoor, want er staat "voor".', 'That is the day before it ("before").'
    ),
    Note.NEXT_YEAR: Text("Let op: dat is volgend jaar.", "Note: that is next year."),
    Note.CLOCK_CHANGE: Text("Let op: die nacht gaat de klok om.", "Note: the clock changes that night."),
}


def base(request: Request) -> datetime:
    """The local moment from which relative dates count: that of the event, unless it cannot be right."""
    return request.now if abs(request.now - request.at) > _IMPLAUSIBLE else request.at


def came_late(request: Request) -> bool:
    """Whether "morgen" may say another day to its writer than on the day it is read."""
    return request.at.date() != request.now.date()


def doubted(request: Request, found: When | Ask | None) -> When | Ask | None:
    """What was read, or the question whether it is still meant where the message came late."""
    if isinstance(found, When) and came_late(request):
        return Ask(AskReason.UNREAD, (found,), "")
    return found


def read(request: Request, text: str) -> When | Ask | None:
    return doubted(request, read_when(text, at=base(request)))


def echo(when: When, language: Language) -> str:
    """The date in full, and what the writer may not have seen: a free day, a year ahead."""
    remarks = [f"{say_when(when, language=language.code)}."]
    if found := holiday(when.day):
        name = found.dutch if language is Language.NL else found.english
        remarks.append(FREE_DAY(language, name=name))
    elif when.day.weekday() >= 5:
        remarks.append(FREE_DAY(language, name=(SATURDAY if when.day.weekday() == 5 else SUNDAY)(language)))
    remarks += [MENTIONED[note](language) for note in when.notes if note in MENTIONED]
    return " ".join(remarks)


def question_for(request: Request, asked: Ask | None, question: Text = BY_WHEN) -> str:
    """How the bot asks for a date that is missing or not certain."""
    language = request.language
    today = request.now.date()
    if asked is None or asked.reason in {AskReason.NO_DATE, AskReason.EVENT}:
        one, two = example_days(asked, today, language)
        return NO_DATE(language, question=question(language), one=one, two=two)
    days = _spoken(asked.suggestions, today, language)
    if came_late(request) and len(asked.suggestions) == 1:
        return CONFIRM(language, when=days)
    if asked.reason not in NOT_CERTAIN:
        if days:
            return CHOOSE(language, phrase=_capital(asked.phrase), days=days)
        return question_for(request, None, question)
    why = NOT_CERTAIN[asked.reason](language, phrase=_capital(asked.phrase))
    if days:
        return f"{why} {MEANT(language, days=days)}"
    one, two = example_days(asked, today, language)
    return f"{why} {WHICH_DAY(language, one=one, two=two)}"


def example_days(asked: Ask | None, today: date, language: Language) -> tuple[str, str]:
    """Two dates a person might mean: those suggested, or a week and two weeks from Monday."""
    if asked and len(asked.suggestions) >= 2:
        one, two = (moment.day for moment in asked.suggestions[:2])
    else:
        one = today + timedelta(days=7 - today.weekday())
        two = one + timedelta(days=7)
    return say_weekday_short(one, language=language.code), say_weekday_short(two, language=language.code)


def pick(request: Request, text: str, options: str) -> When | Ask | None:
    """The date in an answer; a bare "13" or "ja" counts where it fits one of the days that were suggested."""
    moments = [from_draft(option) for option in options.split(";") if option]
    if is_yes(text):
        return moments[0] if len(moments) == 1 else None
    fitting = [moment for moment in moments if text.strip(" .") == str(moment.day.day)]
    if len(fitting) == 1:
        return fitting[0]
    found = read_when(text, at=base(request))
    if isinstance(found, Ask) and not request.replies and not _is_only_a_date(text, base(request)):
        return None  # a date somewhere in a sentence is talk, not an answer
    return doubted(request, found)


def _is_only_a_date(text: str, at: datetime) -> bool:
    found = leading_when(text, at=at)
    return found is not None and not found[1]


def suggested(asked: When | Ask | None) -> str:
    """The days that were offered, as a draft keeps them."""
    return ";".join(written(moment) for moment in asked.suggestions) if isinstance(asked, Ask) else ""


def written(when: When) -> str:
    return f"{when.day.isoformat()} {when.wall.isoformat('minutes') if when.wall else ''}".strip()


def from_draft(text: str) -> When:
    day, _, wall = text.partition(" ")
    return When(date.fromisoformat(day), time.fromisoformat(wall) if wall else None)


def _spoken(moments: tuple[When, ...], today: date, language: Language) -> str:
    """'6 maart of 13 maart': the year goes without saying there, and so does a weekday that they share."""
    texts = [say_when(moment, language=language.code, at=today) for moment in moments]
    if len({m.day.weekday() for m in moments}) == 1 < len(texts):
        texts = [text.partition(" ")[2] for text in texts]
    return listed(texts, OR(language))


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]
