"""Files in encrypted rooms (Client-Server API, "Sending encrypted attachments"): the homeserver stores ciphertext, the
key travels in the encrypted event. A file exists in memory only, from drawing to upload."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from nio.crypto.attachments import encrypt_attachment

from bot.core.effects import SendFile
from bot.core.text import Message, Text
from bot.documents.drawing import NotDrawable, draw

if TYPE_CHECKING:
    from bot.core.effects import SendAudit, SendWeeks
    from bot.documents.drawing import Source
    from bot.matrix.homeserver import Homeserver

log = logging.getLogger(__name__)

BROKEN = Text(
    "Het bestand is niet gemaakt door een fout bij mij. Meld het aan de beheerder. De afspraken zelf staan er nog: !acties.",
    "The file was not made, through a fault of mine. Please tell the operator. The agreements are still there: !actions.",
)


async def content(
    homeserver: Homeserver, wanted: SendFile | SendWeeks | SendAudit, source: Source
) -> dict[str, Any]:
    """What the event says: the file, drawn and uploaded now. Raises NotDrawable and HomeserverFault."""
    try:
        document = await asyncio.to_thread(draw, wanted, source)
    except NotDrawable:
        raise
    except Exception as fault:  # noqa: BLE001  a row that cannot be drawn must not stop all others
        log.error("a %s was not drawn: %s", _kind(wanted), type(fault).__name__)  # noqa: TRY400  its text may quote the case
        return _event("m.notice", Message.of(BROKEN(wanted.language)), wanted)
    ciphertext, key = encrypt_attachment(document.content)
    info: dict[str, Any] = {"mimetype": document.mimetype, "size": len(document.content)}
    if document.size:
        info["w"], info["h"] = document.size
    return {
        **_event("m.image" if document.size else "m.file", document.words, wanted),
        "filename": document.name,
        "info": info,
        "file": {**key, "url": await homeserver.upload(ciphertext)},
    }


def _kind(wanted: SendFile | SendWeeks | SendAudit) -> str:
    return wanted.kind.value if isinstance(wanted, SendFile) else type(wanted).__name__


def _event(msgtype: str, words: Message, wanted: SendFile | SendWeeks | SendAudit) -> dict[str, Any]:
    reply = (
        {"m.relates_to": {"m.in_reply_to": {"event_id": wanted.in_reply_to}}} if wanted.in_reply_to else {}
    )
    return {
        "msgtype": msgtype,
        "body": words.body,
        "format": "org.matrix.custom.html",
        "formatted_body": words.formatted_body,
        "m.mentions": {},
        **reply,
    }
