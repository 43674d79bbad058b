"""`casusbot papers`: the papers of a Zorg- en Veiligheidshuis, from its configuration; nothing of a case is read."""
# ruff: noqa: T201  this is where the program speaks

from __future__ import annotations

import sys
from datetime import datetime, time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.core.dates.calendar import AMSTERDAM, at_local
from bot.documents import typesetting
from bot.documents.papers import papers
from bot.documents.papers.facts import Facts
from bot.documents.papers.paper import markdown
from bot.errors import ConfigurationError
from bot.operator.init import AlreadyThereError
from bot.settings.configuration import load
from bot.store import columns, driver, schema

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from datetime import date

    from bot.settings.configuration import Configuration


class NotWritableError(ConfigurationError):
    """Deze map is niet te maken of te beschrijven; kies een andere plaats."""


def add_to(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The subcommand."""
    parser = acts.add_parser(
        "papers", help="register, bijlage bij de DPIA, gegevensstromen en notitie voor de ondernemingsraad"
    )
    parser.add_argument("--config", type=Path, required=True, metavar="F")
    parser.add_argument("--to", type=Path, required=True, metavar="MAP", help="waarheen; wordt gemaakt")
    parser.set_defaults(act=_papers)


def _papers(options: argparse.Namespace) -> int:
    on = SystemClock().now().astimezone(AMSTERDAM).date()
    facts = facts_of(load(options.config), on, version("casusbot"))
    can_typeset = typesetting.installed()
    made = drawn(facts, with_pdf=can_typeset)
    write(options.to, made)
    print(f"Gemaakt in {options.to}: {', '.join(made)}.")
    print("Zoek in elk stuk naar NOG IN TE VULLEN; onderaan staat een lijst om af te vinken.")
    if not can_typeset:
        print("Zonder typst zijn er geen PDF's gemaakt; het zit in locks/documents.txt.", file=sys.stderr)
    return 0


def facts_of(configuration: Configuration, on: date, program: str) -> Facts:
    """What the papers may know of the configuration."""
    return Facts(
        configuration.region,
        on,
        program,
        configuration.user.partition(":")[2],
        configuration.keep_keys.days,
        configuration.backups.keep_days,
        tables(),
    )


def tables() -> Mapping[str, Mapping[str, str]]:
    """The columns of every table of the schema, each with its class; a number that nobody classed is a number."""
    file = driver.scratch()
    try:
        for step in schema.released():
            file.executescript(step)
        names = file.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
        ).fetchall()
        found = {name: file.execute(f"PRAGMA table_info({name})").fetchall() for (name,) in names}
    finally:
        file.close()
    return {
        table: {name: str(columns.of_column(table, name) or columns.Holds.NUMBER) for _, name, *_ in listed}
        for table, listed in found.items()
    }


def drawn(facts: Facts, *, with_pdf: bool) -> dict[str, bytes]:
    """The papers by the name of their file; the same bytes for the same facts."""
    created: datetime = at_local(facts.on, time.min)
    made: dict[str, bytes] = {}
    for paper in papers(facts):
        made[f"{paper.name}.md"] = markdown(paper).encode()
        if with_pdf:
            made[f"{paper.name}.pdf"] = typesetting.paper_pdf(paper, created)
    return made


def write(folder: Path, made: Mapping[str, bytes]) -> None:
    """All of it or nothing over what is there: somebody may have filled in what was missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in made:
            if (folder / name).exists():
                raise AlreadyThereError(str(folder / name))
        for name, content in made.items():
            with (folder / name).open("xb") as file:
                file.write(content)
    except OSError as error:
        raise NotWritableError(f"{folder}: {error.strerror}") from None
