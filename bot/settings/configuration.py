"""The configuration file: read, checked and turned into values.

The shape and its manual are config/schema.json. All faults are reported at once, each with its key, its line
and what to write instead; a value from the file is never repeated, for it may be a secret in the wrong place.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import stat
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import yaml

import config
from bot.core.records.actions import LifeDomain
from bot.core.records.retention import Terms
from bot.core.region import FUNCTION_LABELS, LADDER, SOONER, Controller, DigestTime, Neighbour, Region, Timing
from bot.errors import ConfigurationError, KeyFileError
from bot.settings import protocols, yamlfile
from bot.settings.shapes import in_order, shape_faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.settings.yamlfile import KeyPath

_LADDER_OF_MINORS: Final = tuple(f"minor_{term}" for term in SOONER)
_WEEKDAYS: Final = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag")
_ENGLISH_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday")


@dataclass(frozen=True, slots=True)
class Backups:
    """Where copies of the store and the ledger of destructions are, and for how many days a copy exists."""

    folder: Path = Path("backups")
    keep_days: int = 30


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the operator decided. Paths are absolute."""

    homeserver: str
    user: str
    data: Path
    key_file: Path
    region: Region
    keep_keys: timedelta = timedelta(days=7)
    """How long a key can reopen old messages. Senders use one for seven days at most (Megolm's usual rotation)."""
    backups: Backups = field(default_factory=Backups)

    def read_key(self) -> bytes:
        """The 32 bytes of the key file, which holds them as hexadecimal text. Raises `KeyFileError`."""
        try:
            # systemd gives its credentials to the service by an access list, which shows as the group's rights.
            if self.key_file.stat().st_mode & stat.S_IRWXO:
                raise KeyFileError(f"{self.key_file} is leesbaar voor iedereen; geef chmod o-rwx")
            text = self.key_file.read_bytes().strip()
        except OSError as error:
            raise KeyFileError(f"{self.key_file}: {error.strerror}") from None
        if not re.fullmatch(rb"[0-9a-fA-F]{64}", text):
            raise KeyFileError(f"{self.key_file} bevat geen sleutel van 64 hexadecimale tekens")
        return bytes.fromhex(text.decode())


@dataclass(frozen=True, slots=True)
class PartnerType:
    """A usual partner of a case meeting; `domains` are the areas of life it mostly works on.

    `regime` is the sort of partner whose rules for sharing hold for it: those of the police for "wijkagent".
    """

    label: str
    dutch: str
    english: str
    domains: tuple[str, ...]
    aliases: tuple[str, ...]
    regime: str


def load(path: Path) -> Configuration:
    """Read and check the file. Raises `ConfigurationError` with every fault that was found."""
    folder = path.absolute().parent
    try:
        values, lines, faults = yamlfile.read(path)
    except yamlfile.UnreadableError as unreadable:
        raise ConfigurationError(str(path), unreadable.faults) from None
    for where, fault in shape_faults(values, schema()):
        faults.setdefault(where, fault)
    if isinstance(values, dict):
        broken = frozenset(where[0] for where in faults if where)
        for where, fault in _rule_faults(_completed(values, broken), folder):
            faults.setdefault(where, fault)
    if faults:
        raise ConfigurationError(str(path), in_order(faults, lines))
    return _configuration(values, folder)


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema of the file; its descriptions are the manual."""
    return MappingProxyType(json.loads(config.read("schema.json")))


@cache
def partner_types() -> tuple[PartnerType, ...]:
    """The partners of config/partners.yaml, in its order."""
    listed = yaml.safe_load(config.read("partners.yaml"))["partners"]
    return tuple(
        PartnerType(
            label,
            it["dutch"],
            it["english"],
            tuple(it["domains"]),
            tuple(it.get("aliases", ())),
            it.get("type", label),
        )
        for label, it in listed.items()
    )


@cache
def partner_domains() -> Mapping[str, frozenset[LifeDomain]]:
    """The areas of life that each usual partner mostly works on."""
    return MappingProxyType({it.label: frozenset(map(LifeDomain, it.domains)) for it in partner_types()})


def known_label(label: str) -> str:
    """The usual spelling of a label or its alias: "jeugdbescherming" is "GI". Unknown ones stay as typed."""
    plain = " ".join(label.split())
    return known_spellings().get(plain.casefold(), plain)


@cache
def known_spellings() -> Mapping[str, str]:
    """The label that each usual name of a partner or function leads to, in lower case."""
    partners = {word.casefold(): it.label for it in partner_types() for word in (it.label, *it.aliases)}
    return MappingProxyType(partners | {label.casefold(): label for label in FUNCTION_LABELS})


# The rules between values. Only of keys whose own shape is right, so that every fault comes out at once.


def _completed(values: Mapping[str, Any], broken: frozenset[str | int] = frozenset()) -> dict[str, Any]:
    completed = {
        "data": ".",
        "address_book": {},
        "regions": {},
        "timing": {},
        "digest": {},
        "message_key_days": 7,
        "retention": {},
        "backups": {},
        **values,
    }
    if "user" in values and "user" not in broken:
        completed.setdefault("servers", [_server(values["user"])])
    return {key: value for key, value in completed.items() if key not in broken}


def _rule_faults(sound: Mapping[str, Any], folder: Path) -> Iterator[tuple[KeyPath, str]]:
    yield from _key_faults(sound, folder)
    yield from _people_faults(sound)
    yield from _label_faults(sound)
    yield from _region_faults(sound)
    yield from _timing_faults(sound)
    if "protocols" in sound:
        for where, fault in protocols.faults(_inside(folder, sound["protocols"])):
            yield ("protocols", *where), fault


def _key_faults(sound: Mapping[str, Any], folder: Path) -> Iterator[tuple[KeyPath, str]]:
    if not {"data", "key_file"} <= sound.keys():
        return
    data, key = _inside(folder, sound["data"]), _inside(folder, sound["key_file"])
    # realpath and not resolve, which raises on a circle of links.
    if key.is_relative_to(data) or Path(os.path.realpath(key)).is_relative_to(os.path.realpath(data)):
        yield (
            ("key_file",),
            "staat binnen de gegevensmap. Kies een plek daarbuiten, zodat een kopie van de gegevens nooit de sleutel bevat.",
        )


def _people_faults(sound: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    people: dict[KeyPath, str] = {
        ("coordinators", n): user for n, user in enumerate(sound.get("coordinators", ()), 1)
    }
    people |= {("contact_point", n): user for n, user in enumerate(sound.get("contact_point", ()), 1)}
    book = sound.get("address_book", {})
    people |= {("address_book", label, "person"): it["person"] for label, it in book.items() if it}
    for where, user in people.items():
        if user == sound.get("user"):
            yield where, "dit is de bot zelf. Hier hoort een mens."
        elif "servers" in sound and _server(user) not in sound["servers"]:
            yield where, "de server van deze gebruiker staat niet bij servers. Zet hem erbij."


def _label_faults(sound: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    first: dict[str, str] = {}
    for label in sound.get("address_book", {}):
        other = first.setdefault(known_label(label).casefold(), label)
        if other != label:
            yield ("address_book", label), f"is dezelfde rol als {other}. Haal er een weg."
    if "contact" in sound and "address_book" in sound:
        known = [*FUNCTION_LABELS, *map(known_label, sound["address_book"])]
        contact = known_label(sound["contact"])
        if contact not in known:
            close = difflib.get_close_matches(contact, known, n=1) or known
            yield ("contact",), f"dit label staat niet in het adresboek. Bedoel je {close[0]}?"


def _region_faults(sound: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    first: dict[str, str] = {}
    named: dict[str, str] = {}
    for name, it in sound.get("regions", {}).items():
        where = ("regions", name)
        if (same := named.setdefault(" ".join(name.split()).casefold(), name)) != name:
            yield where, f"is dezelfde naam als {same}. Haal er een weg."
        if ("bot" in it) == ("contact" in it):
            yield where, "hier hoort een bot met zijn fingerprint, of een contact; niet allebei."
            continue
        if "bot" in it and "fingerprint" not in it:
            yield (
                (*where, "fingerprint"),
                "ontbreekt. Vraag de beheerder daar om de hoofdsleutel uit `casusbot identity show`.",
            )
        peer = it.get("bot") or it["contact"]
        if peer == sound.get("user"):
            yield where, "dit is de eigen bot. Hier hoort die van de andere regio."
        elif (other := first.setdefault(peer, name)) != name:
            yield where, f"heeft dezelfde gebruiker als {other}. Haal er een weg."
        if len("".join(it.get("fingerprint", "A" * 43).split())) != 43:
            yield (*where, "fingerprint"), "hier horen 43 tekens, zoals `casusbot identity show` ze toont."


def _timing_faults(sound: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    timing = _timing(sound.get("timing", {}))
    for before, after in (*pairwise(LADDER), *pairwise(_LADDER_OF_MINORS)):
        if getattr(timing, before) >= getattr(timing, after):
            yield ("timing", after), f"moet later zijn dan {before} ({getattr(timing, before)})."
    if timing.opens >= timing.closes:
        yield ("timing", "closes"), f"moet later zijn dan opens ({timing.opens:%H:%M})."


# The values of a file without faults.


def _configuration(values: Mapping[str, Any], folder: Path) -> Configuration:
    values = _completed(values)
    digest, book, backups = values["digest"], values["address_book"], values["backups"]
    at = _time(digest["at"]) if "at" in digest else DigestTime().at
    region = Region(
        name=values["region"]["name"],
        coordinators=frozenset(values["coordinators"]),
        address_book=MappingProxyType({known_label(label): it.get("person") for label, it in book.items()}),
        timing=_timing(values["timing"]),
        digest=DigestTime(_weekday(digest), at),
        spellings=known_spellings(),
        regimes=MappingProxyType({it.label: it.regime for it in partner_types()}),
        servers=frozenset(values["servers"]),
        neighbours=tuple(_neighbour(name, it) for name, it in values["regions"].items()),
        domains=partner_domains(),
        controller=Controller(**values.get("controller", {})),
        contact_points=frozenset(values.get("contact_point", ())),
        retention=_terms(values["retention"]),
        protocols=protocols.load(_inside(folder, values["protocols"]) if "protocols" in values else None),
    )
    if "contact" in values:
        region = replace(region, contact=known_label(values["contact"]))
    return Configuration(
        homeserver=values["homeserver"].rstrip("/"),
        user=values["user"],
        data=_inside(folder, values["data"]),
        key_file=_inside(folder, values["key_file"]),
        region=region,
        keep_keys=timedelta(days=values["message_key_days"]),
        backups=Backups(
            _inside(folder, backups.get("folder", f"{values['data']}/backups")),
            backups.get("keep_days", Backups().keep_days),
        ),
    )


def _neighbour(name: str, it: Mapping[str, str]) -> Neighbour:
    fingerprint = "".join(it.get("fingerprint", "").split()) or None
    return Neighbour(" ".join(name.split()), it.get("bot"), it.get("contact"), fingerprint)


def _inside(folder: Path, path: str) -> Path:
    return Path(os.path.abspath(folder / path))  # noqa: PTH100 - resolve() follows links


def _server(user: str) -> str:
    return user.partition(":")[2]


def _terms(given: Mapping[str, int]) -> Terms:
    usual = Terms()
    return Terms(
        given.get("closed_months", usual.closed),
        given.get("unmoved_months", usual.unmoved),
        given.get("warn_days", usual.warn),
    )


def _timing(given: Mapping[str, Any]) -> Timing:
    values: dict[str, Any] = {name: _time(it) if isinstance(it, str) else it for name, it in given.items()}
    return Timing(**values)


def _time(text: str) -> time:
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))


def _weekday(digest: Mapping[str, Any]) -> int:
    day = digest.get("weekday", _WEEKDAYS[DigestTime().weekday])
    return (_WEEKDAYS if day in _WEEKDAYS else _ENGLISH_WEEKDAYS).index(day)
