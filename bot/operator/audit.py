"""`casusbot audit`: who did what for whom to which case, and whether that and the certificates are as written.

Reads beside a bot that runs. The form is NEN 7513's: event, moment, who, for whom, which case, which thing; never a
word of content. References are in it as what they are elsewhere too: pseudonyms that the case system explains.
"""
# ruff: noqa: T201  this is where the program speaks

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.data import device, ledger
from bot.data.ledger import LedgerBrokenError, LedgerMissingError
from bot.errors import ConfigurationError, StoreError
from bot.settings.configuration import load
from bot.store.audit import BEGINNING, HEAD
from bot.store.database import Database
from bot.store.destroying import AGAIN, EVENT

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bot.core.records.retention import Destruction
    from bot.data.ledger import Certificate
    from bot.matrix.identity import Identity
    from bot.settings.configuration import Configuration
    from bot.store.audit import Line
    from bot.store.transaction import Transaction

SHORTEST_HEAD = 8
WITHOUT_HEAD = (
    "Niet bewezen: dat wie de sleutel van de opslag heeft het logboek niet inkortte of herschreef, en dat dit niet een "
    "ouder bestand is. Dat bewijst alleen een code van buiten deze machine: vraag een coördinator naar de code in het "
    "laatste weekbericht en geef die mee met --head."
)
WITH_HEAD = (
    "Niet bewezen: wat na deze code is bijgeschreven. Daarvoor is de code van een later weekbericht nodig."
)


class AuditBrokenError(StoreError):
    """Het logboek van handelingen is niet zoals het is geschreven. Bewaar het bestand en behandel dit als een incident."""


class AuditCutError(StoreError):
    """Het logboek van handelingen eindigt niet met de regel die de bot het laatst schreef. Bewaar het bestand en behandel dit als een incident."""


class HeadUnknownError(StoreError):
    """Deze code staat niet in het logboek: het is na dat weekbericht opnieuw geschreven, of de bot is teruggezet naar een oudere kopie."""


class HeadTooShortError(ConfigurationError):
    """Deze code is te kort om iets te bewijzen; neem hem over zoals hij in het weekbericht staat."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the file says of itself."""

    lines: tuple[Line, ...]
    broken: int | None
    cut_off: bool
    destructions: tuple[Destruction, ...]
    identity: Identity


def add_to(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The subcommand and its own subcommands."""
    audit = acts.add_parser("audit", help="het logboek van handelingen: tonen, uitvoeren, nakijken")
    steps = audit.add_subparsers(title="opdrachten", required=True, metavar="OPDRACHT")
    show = steps.add_parser("show", help="regel voor regel: wie deed wat, namens wie, in welke casus")
    show.set_defaults(act=_show)
    export = steps.add_parser("export", help="alles, één JSON-object per regel, met de certificaten")
    export.set_defaults(act=_export)
    verify = steps.add_parser("verify", help="nakijken of de keten en de certificaten heel zijn")
    verify.add_argument("--head", metavar="CODE", help="een code uit een weekbericht")
    verify.set_defaults(act=_verify)
    for step in (show, export):
        step.add_argument("--case", metavar="REF", help="alleen deze casus")
    for step in (show, export, verify):
        step.add_argument("--config", type=Path, required=True, metavar="F")


def _show(options: argparse.Namespace) -> int:
    for line in asyncio.run(_found(load(options.config), options.case)).lines:
        what = " ".join(filter(None, (line.event, line.case_ref, line.thing)))
        role = f" ({line.on_behalf_of})" if line.on_behalf_of else ""
        print(f"{line.seq} {line.at[:19]}Z {line.actor}{role}: {what}")
    return 0


def _export(options: argparse.Namespace) -> int:
    found = asyncio.run(_found(load(options.config), options.case))
    for line in found.lines:
        print(line.as_json)
    for gone in found.destructions:
        if gone.certificate and options.case in {None, gone.case_ref}:
            print(gone.certificate)
    return 0


def _verify(options: argparse.Namespace) -> int:
    configuration = load(options.config)
    found = asyncio.run(_found(configuration))
    for line in verified(found, _ledger(configuration), options.head):
        print(line)
    return 0


async def _found(configuration: Configuration, case_ref: str | None = None) -> Found:
    async def work(transaction: Transaction) -> Found:
        _, identity = await device.load_account(transaction)
        return Found(
            await transaction.audit_lines(case_ref),
            await transaction.broken_line(),
            await transaction.is_cut_off(),
            await transaction.destructions(),
            identity,
        )

    path = configuration.data / device.DATABASE
    async with await Database.look(path, configuration.read_key()) as database:
        return await database.read(work)


def _ledger(configuration: Configuration) -> tuple[Certificate, ...] | None:
    try:
        return ledger.read(configuration.backups.folder)
    except LedgerMissingError:
        return None


def verified(found: Found, beside: Sequence[Certificate] | None, head: str | None) -> tuple[str, ...]:
    """One line for each thing that is in order, and what that does not prove; `beside` is the ledger of the backups.

    Raises AuditBrokenError, AuditCutError, LedgerBrokenError, HeadUnknownError and HeadTooShortError.
    """
    if found.broken is not None:
        raise AuditBrokenError(f"vanaf regel {found.broken}")
    if found.cut_off:
        raise AuditCutError(f"er zijn nu {len(found.lines)} regels")
    certificates = [ledger.read_certificate(one.certificate) for one in found.destructions if one.certificate]
    ledger.check(certificates, found.identity)
    _check_lines(found)
    last = found.lines[-1].hash if found.lines else BEGINNING
    said = [f"Logboek: heel, {len(found.lines)} regels, code {last[:HEAD]}."]
    said.append(f"Certificaten: {len(certificates)}, elk ondertekend door deze bot en in het logboek.")
    waiting = len(found.destructions) - len(certificates)
    if waiting:
        said.append(f"Vernietigd, maar de ruimte is nog niet leeg: {waiting}.")
    if certificates or beside:
        ours = [one.text for one in certificates]
        if [one.text for one in beside or ()] != ours:
            raise LedgerBrokenError("het wijkt af van wat de opslag weet")
        said.append("Vernietigingsregister: gelijk aan de opslag.")
    if head is None:
        return (*said, WITHOUT_HEAD)
    return (*said, _noted(found.lines, head.strip().lower()), WITH_HEAD)


def _check_lines(found: Found) -> None:
    """Every destruction has its line, and every line its destruction."""
    lines = {line.thing: line for line in found.lines if line.event == EVENT}
    again = {line.thing for line in found.lines if line.event == AGAIN}
    for gone in found.destructions:
        line = lines.pop(str(gone.number), None)
        if line is None and str(gone.number) not in again:
            raise AuditBrokenError(f"vernietiging {gone.number} staat er niet in")
        stated = ledger.read_certificate(gone.certificate).content["audit"] if gone.certificate else None
        if line is not None and stated not in {None, line.hash}:
            raise AuditBrokenError(f"regel {line.seq} is niet die van het certificaat")
    if lines:
        raise AuditBrokenError(f"van vernietiging {min(lines, key=str)} is er niets meer")


def _noted(lines: Sequence[Line], head: str) -> str:
    if len(head) < SHORTEST_HEAD:
        raise HeadTooShortError
    line = next((line for line in lines if line.hash.startswith(head)), None)
    if line is None:
        raise HeadUnknownError(head)
    return f"Code {head}: regel {line.seq}, van {line.at[:19]}Z; tot daar is niets veranderd of weggehaald."
