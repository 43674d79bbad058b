"""What the papers are made of: the configuration without paths and without persons, and what the store holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.dates import say_day
from bot.core.records.retention import Terms
from bot.documents.papers.paper import MISSING, Section

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.core.region import Region


@dataclass(frozen=True, slots=True)
class Facts:
    """`on` is the local day, `version` that of the program, `server` the homeserver that the bot's account is on.

    `key_days` is how long a key can reopen old messages, `copy_days` how long a backup exists. `tables` are those of
    the store: each column with the name of its class (`bot.store.columns.Holds`).
    """

    region: Region
    on: date
    version: str
    server: str
    key_days: int
    copy_days: int
    tables: Mapping[str, Mapping[str, str]]

    @property
    def controller(self) -> str:
        return self.region.controller.name or MISSING

    @property
    def contact(self) -> str:
        return self.region.controller.contact or MISSING

    @property
    def copies(self) -> str:
        """How long backups exist."""
        return count(self.copy_days, "dag", "dagen")

    @property
    def other_servers(self) -> tuple[str, ...]:
        """Where the people of partners have their accounts."""
        return tuple(sorted(self.region.servers - {self.server}))

    @property
    def footer(self) -> str:
        return (
            f"Gemaakt op {say_day(self.on)} door casusbot {self.version}, uit de configuratie. "
            "Maak dit stuk opnieuw na elke wijziging van de configuratie en na elke nieuwe versie."
        )


def checklist(facts: Facts, *points: str) -> Section:
    """What the controller still has to do: first what the configuration leaves open, then `points`."""
    region = facts.region
    concepts = sorted(protocol.title.nl for protocol in region.protocols.values() if protocol.is_concept)
    open_points = [
        ("Vul controller.name in: wie verantwoordelijk is.", region.controller.name is None),
        ("Vul controller.contact in: waar mensen terechtkunnen.", region.controller.contact is None),
        (
            "Vul contact_point in: zonder kan niemand inzage, correctie of beperking uitvoeren.",
            not region.contact_points,
        ),
        (
            "Stel de termijnen onder retention vast: het zijn nu die van het programma.",
            region.retention == Terms(),
        ),
        (f"Stel deze protocollen vast, nu concept: {', '.join(concepts)}.", bool(concepts)),
    ]
    asked = [point for point, is_open in open_points if is_open]
    return Section("Nog in te vullen en na te gaan", tasks=(*asked, *points))


def count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
