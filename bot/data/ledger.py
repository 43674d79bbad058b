"""The certificates of destroyed cases, and the ledger beside the backups that holds them, a line each.

A certificate has no word and no name in it: the case is a hash that only the key of the store can match to a
reference, so the ledger may lie next to copies that outsiders keep. Each is signed by the bot's master key and names
the one before it. `Ledger.replay` is why a destroyed case cannot come back with a restored copy.
"""

from __future__ import annotations

import hmac
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from bot.core.dates.calendar import AMSTERDAM
from bot.core.records.retention import Destruction
from bot.errors import StoreError
from bot.matrix.canonical import canonical_json, is_signed, sign, with_signature
from bot.store.audit import BEGINNING, HEAD
from bot.store.sql import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bot.matrix.identity import Identity

NAME = "destructions.jsonl"
TYPE = "casusbot.destruction"
TIDIED = timedelta(days=1)
"""Expired copies go when somebody looks: with the next backup, and every day that the bot runs."""


class LedgerMissingError(StoreError):
    """Naast deze kopie ligt geen vernietigingsregister (destructions.jsonl); zonder register komt een vernietigde casus terug. Zoek het register op."""


class LedgerBrokenError(StoreError):
    """Het vernietigingsregister klopt niet: een regel ontbreekt, is veranderd of is niet van deze bot. Neem het register van een andere plek."""


class LedgerOldError(StoreError):
    """Het vernietigingsregister is niet van nu: er ontbreekt een vernietiging die al bekend is. Zoek een nieuwer register op."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """One signed statement, as its one line of canonical JSON."""

    text: str
    content: dict[str, Any]

    @property
    def number(self) -> int:
        return int(self.content["number"])

    @property
    def hash(self) -> str:
        return sha256(self.text.encode()).hexdigest()

    @property
    def code(self) -> str:
        """What people see of the hash."""
        return self.hash[:HEAD]

    @property
    def destroyed_at(self) -> datetime:
        return datetime.fromisoformat(self.content["destroyed_at"])

    @property
    def copies_until(self) -> date:
        """The last day on which a backup copy with the case may exist."""
        return date.fromisoformat(self.content["copies_until"])

    def destruction(self) -> Destruction:
        """What it states, as the record of a store that did not know it."""
        return Destruction(
            self.number,
            None,
            self.destroyed_at,
            tuple(self.content["counts"].items()),
            self.content["taken_back"],
            self.content["refused"],
            self.text,
        )


@dataclass(frozen=True, slots=True)
class Signer:
    """Who states it: the bot's identity, with the key of the store for the names of cases."""

    identity: Identity
    key: bytes

    def certify(self, gone: Destruction, keep_days: int, *, audit: str, previous: str | None) -> Certificate:
        """The certificate of a destruction; `audit` is the hash of its line in the log, `previous` the last one."""
        assert gone.case_ref is not None, "one without a reference came with its certificate"
        last = gone.destroyed_at.astimezone(AMSTERDAM).date() + timedelta(days=keep_days) + TIDIED
        content = {
            "type": TYPE,
            "number": gone.number,
            "case": sealed_name(gone.case_ref, self.key),
            "destroyed_at": written(gone.destroyed_at),
            "counts": dict(gone.counts),
            "taken_back": gone.taken_back or 0,
            "refused": gone.refused or 0,
            "copies_until": last.isoformat(),
            "audit": audit,
            "previous": read_certificate(previous).hash if previous else BEGINNING,
        }
        master, user = self.identity.master_key, self.identity.user_id
        signed = with_signature(content, user, master, sign(self.identity.master_seed, content))
        return Certificate(canonical_json(signed).decode(), signed)


def sealed_name(ref: str, key: bytes) -> str:
    """A case as the ledger names it: only who has the key of the store can tell which it is."""
    return hmac.digest(key, f"casusbot: destroyed case {ref}".encode(), "sha256").hex()


def read_certificate(text: str) -> Certificate:
    """Raises LedgerBrokenError for what is no certificate at all."""
    try:
        content = json.loads(text)
        found = Certificate(text, content)
        _ = (found.number, found.destroyed_at, found.copies_until, content["case"], content["previous"])
    except (ValueError, KeyError, TypeError):
        raise LedgerBrokenError from None
    return found


def check(certificates: Sequence[Certificate], identity: Identity) -> None:
    """That none is missing, changed or somebody else's. Raises LedgerBrokenError with the line's number."""
    expected = BEGINNING
    for number, one in enumerate(certificates, start=1):
        ours = is_signed(one.content, identity.user_id, identity.master_key, identity.master_key)
        canonical = canonical_json(one.content).decode() == one.text
        in_order = (one.number, one.content["previous"]) == (number, expected)
        if not (ours and canonical and in_order and one.content.get("type") == TYPE):
            raise LedgerBrokenError(f"regel {number}")
        expected = one.hash


def read(folder: Path) -> tuple[Certificate, ...]:
    """The ledger of this folder. Raises LedgerMissingError and LedgerBrokenError."""
    try:
        lines = (folder / NAME).read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise LedgerMissingError(str(folder)) from None
    return tuple(read_certificate(line) for line in lines)


def append(folder: Path, certificates: Iterable[Certificate]) -> None:
    """Add those that the ledger lacks; made where there is none. On disk when this returns. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        text = file.read()
        whole = text[: text.rfind("\n") + 1]
        if len(whole) < len(text):  # a line that a power cut broke off
            file.truncate(len(whole.encode()))
        there = set(whole.splitlines())
        for one in certificates:
            if one.text not in there:
                file.write(one.text + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(OSError):
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
