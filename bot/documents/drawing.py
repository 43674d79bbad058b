"""Any document of a case, from what was asked and the case as it is now; and the picture of a region."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from bot.core.casefile import CaseFile
from bot.core.dates import say_day
from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import FileKind, SendAudit, SendWeeks
from bot.core.records.incidents import LOOKED_BACK
from bot.core.text import Message, Text
from bot.documents import typesetting
from bot.documents.access import Access, page
from bot.documents.access import as_json as as_json_of_access
from bot.documents.agreements import agreement_list
from bot.documents.calendar import calendar
from bot.documents.exchange import as_json
from bot.documents.markdown import markdown
from bot.documents.sheet import sheet
from bot.documents.timeline import timeline
from bot.documents.weeks import weeks_picture

if TYPE_CHECKING:
    from bot.core.effects import SendFile
    from bot.documents.agreements import AgreementList

AGREEMENTS_NAME = Text("{ref}-afsprakenlijst-{number}.{ending}", "{ref}-agreements-{number}.{ending}")
AGREEMENTS_WORDS = Text(
    "Afsprakenlijst {ref}, overleg {number} van {day} ({form})",
    "Agreements {ref}, meeting {number} of {day} ({form})",
)
FORMS = {
    FileKind.PDF: Text("PDF", "PDF"),
    FileKind.MARKDOWN: Text("Markdown", "Markdown"),
    FileKind.JSON: Text("JSON, voor een zaaksysteem", "JSON, for a case system"),
}
CALENDAR_NAME = Text("{ref}-agenda.ics", "{ref}-calendar.ics")
CALENDAR_WORDS = Text(
    "Agenda {ref} voor {label}: het volgend overleg en eigen termijnen",
    "Calendar {ref} for {label}: the next meeting and own deadlines",
)
TIMELINE_NAME = Text("{ref}-tijdlijn.png", "{ref}-timeline.png")
ACCESS_NAME = Text("{ref}-inzage.{ending}", "{ref}-access.{ending}")
ACCESS_WORDS = Text("Inzage {ref} ({form})", "Access {ref} ({form})")
ACCESS_FORMS = {FileKind.PDF: Text("PDF", "PDF"), FileKind.JSON: Text("JSON", "JSON")}
AUDIT_NAME = Text("incident-{number}-logboek.jsonl", "incident-{number}-audit-log.jsonl")
AUDIT_WORDS = Text(
    "Incident {number}: wie deed wat wanneer, vanaf {days} dagen ervoor. Zonder inhoud.",
    "Incident {number}: who did what when, from {days} days before. Without content.",
)
WEEKS_NAME = Text("weekbericht-{on}.png", "weekly-digest-{on}.png")


class NotDrawable(Exception):
    """What was asked is not there (any more): the case, its meeting, or the reader's seat in it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A finished file. `words` stand beside it in the room; for a picture they say all that it shows.

    `size` is width and height in pixels.
    """

    name: str
    mimetype: str
    content: bytes
    words: Message
    size: tuple[int, int] | None = None


Source = CaseFile | Access | tuple[str, ...] | None
"""What a document is made from: a case, what is exported of one, or lines of the audit log as JSON."""


def draw(wanted: SendFile | SendWeeks | SendAudit, source: Source) -> Document:
    """Raises NotDrawable."""
    if isinstance(wanted, SendWeeks):
        return _weeks(wanted)
    if isinstance(wanted, SendAudit):
        return _audit(wanted, source)
    if isinstance(source, Access):
        return _access(wanted, source)
    file = source if isinstance(source, CaseFile) else None
    seat = file.seat_of(wanted.reader) if file else None
    if file is None or seat is None:
        raise NotDrawable
    language = wanted.language
    match wanted.kind:
        case FileKind.TIMELINE:
            picture = timeline(file, wanted.on, language)
            name = TIMELINE_NAME(language, ref=file.ref)
            return _picture(name, typesetting.timeline_png(picture), picture.words)
        case FileKind.CALENDAR:
            words = Message.of(CALENDAR_WORDS(language, ref=file.ref, label=seat.label))
            name = CALENDAR_NAME(language, ref=file.ref)
            return Document(name, "text/calendar", calendar(file, wanted.reader), words)
    meeting = next((m for m in file.meetings if m.number == wanted.meeting), None)
    if meeting is None:
        raise NotDrawable
    return _agreements(wanted, agreement_list(file, meeting))


def _audit(wanted: SendAudit, source: Source) -> Document:
    """Each line a JSON object (JSON Lines)."""
    if not isinstance(source, tuple):
        raise NotDrawable
    language = wanted.language
    name = AUDIT_NAME(language, number=wanted.incident)
    words = AUDIT_WORDS(language, number=wanted.incident, days=LOOKED_BACK.days)
    content = "".join(f"{line}\n" for line in source)
    return Document(name, "application/jsonl", content.encode(), Message.of(words))


def _weeks(wanted: SendWeeks) -> Document:
    picture = weeks_picture(wanted.weeks, wanted.on, wanted.language)
    name = WEEKS_NAME(wanted.language, on=wanted.on)
    return _picture(name, typesetting.weeks_png(picture), picture.words)


def _access(wanted: SendFile, access: Access) -> Document:
    language = wanted.language
    name = ACCESS_NAME(language, ref=access.ref, ending=wanted.kind)
    words = Message.of(ACCESS_WORDS(language, ref=access.ref, form=ACCESS_FORMS[wanted.kind](language)))
    if wanted.kind is FileKind.PDF:
        made = datetime.combine(access.on, time(12), tzinfo=AMSTERDAM)
        return Document(name, "application/pdf", typesetting.access_pdf(page(access, language), made), words)
    return Document(name, "application/json", as_json_of_access(access).encode(), words)


def _picture(name: str, png: bytes, words: tuple[str, ...]) -> Document:
    return Document(name, "image/png", png, Message.of(*words, headed=True), _png_size(png))


def _agreements(wanted: SendFile, agreements: AgreementList) -> Document:
    language = wanted.language
    match wanted.kind:
        case FileKind.PDF:
            mimetype, content = (
                "application/pdf",
                typesetting.pdf(sheet(agreements, language), agreements.as_of),
            )
        case FileKind.MARKDOWN:
            mimetype, content = "text/markdown", markdown(agreements, language).encode()
        case _:
            mimetype, content = "application/json", as_json(agreements).encode()
    words = AGREEMENTS_WORDS(
        language,
        ref=agreements.ref,
        number=agreements.number,
        day=say_day(agreements.started_at.date(), language=language.code),
        form=FORMS[wanted.kind](language),
    )
    name = AGREEMENTS_NAME(language, ref=agreements.ref, number=agreements.number, ending=wanted.kind)
    return Document(name, mimetype, content, Message.of(words))


def _png_size(png: bytes) -> tuple[int, int]:
    """Width and height, from the header chunk (PNG, section 11.2.1)."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
