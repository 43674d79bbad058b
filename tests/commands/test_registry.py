"""All commands at once: who may what, and that each is complete."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest

import commands
from bot.core.effects import Effects, Say
from bot.core.permissions import RIGHTS, Right
from bot.core.records.cases import Function
from bot.core.text import Language, Text
from commands.catalogue import COMMANDS
from commands.conversation.command import CONTACT_POINTS, Command, Where
from commands.conversation.parsing import Invocation, Listener, parse
from commands.help.reference import table
from commands.registry import Heard, handle
from tests.commands.closing import closed
from tests.commands.retention import kept_for_long
from tests.commands.stage import BOT, SERVER, Stage, holding, opened, scene, user
from tests.commands.theme_rooms import THEME, themed
from tests.golden import check

EACH = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name.nl)
LANGUAGES = pytest.mark.parametrize("language", Language)

PEOPLE = {
    "voorzitter": "voorzitter",
    "procesregisseur": "procesregisseur",
    "casusregisseur": "gi",
    "deelnemer": "leerplicht",
    "coördinator": "coordinator",
    "niet in de casus": "passant",
}
REFUSALS = (" is voor de ", "Ik ken je rol", " is for the ", "I do not know your role")


@scene
def prepared() -> Stage:
    """A running meeting in which every command has something to work on."""
    stage = holding(
        opened(), "leerplicht: school bellen, vrijdag", "GI: plan maken, vrijdag", "GI: bellen, vrijdag"
    )
    stage.hear("voorzitter", "!overleg start afspraken herijken")
    stage.hear("voorzitter", "!agenda vorige acties; besluiten")
    stage.hear("voorzitter", "!opschalen samenwerking stagneert")
    stage.hear("voorzitter", "niemand")
    for partner in ("voorzitter", "Veilig Thuis"):
        stage.hear("gi", f'!navraag {partner} "bekend in een andere regio?"')
        for answer in ("zelfde", "1", "nee", "ja"):
            stage.hear("gi", answer, room=stage.direct("gi"))
    stage.hear("leerplicht", "!signaal vrijdag niet op school")
    stage.hear("leerplicht", "!signaal de woning lijkt leeg")
    stage.hear("voorzitter", "signaal gisteren veel onrust in de straat", room=stage.direct("voorzitter"))
    for number in (6, 7, 8):
        stage.hear("gi", f"!actie GI: voorstel {number} uitwerken, vrijdag")
    return stage


def said(effects: Effects) -> str:
    return "\n".join(line for out in effects.send if isinstance(out, Say) for line in out.message.lines)


def is_refused(effects: Effects) -> bool:
    return any(words in said(effects) for words in REFUSALS)


def test_who_may_use_which_command() -> None:
    """Functions come from the seat in the case, never from power levels of the room."""
    rows = ["| | " + " | ".join(PEOPLE) + " |", "|---|" + "---|" * len(PEOPLE)]
    for command in COMMANDS:
        cells = []
        for name in PEOPLE.values():
            effects = prepared().hear(name, f"!{command.examples[0].nl}")
            cells.append("-" if is_refused(effects) else "ja")
        rows.append(f"| {command.name.nl} | " + " | ".join(cells) + " |")
    check("commands/golden/permissions.md", "\n".join(rows))


@EACH
def test_what_is_refused_changes_nothing(command: Command) -> None:
    effects = prepared().hear("passant", f"!{command.examples[0].nl}")
    assert is_refused(effects)
    assert not effects.records
    assert not effects.drop
    assert [type(out) for out in effects.send] == [Say]


@EACH
@LANGUAGES
def test_every_example_reads_as_its_own_command(command: Command, language: Language) -> None:
    for example in command.examples:
        found = parse(f"!{example(language)}", Listener(BOT, "casusbot"), COMMANDS)
        assert isinstance(found, Invocation)
        assert found.command is command


UNPREPARED = {"overleg start", "casus sluit"}
"""Commands that need a case in which nothing is going on."""


def worked(command: Command, language: Language = Language.NL, place: int = 0) -> Effects:
    """What an example of a command does when it is typed where it belongs."""
    name = command.name.nl
    if name in {"bewaar verleng", "vernietig"}:
        return kept_for_long().hear("voorzitter", f"!{command.examples[place](language)}")
    stage = closed() if name == "casus heropen" else opened() if name in UNPREPARED else prepared()
    if name in {"stem", "stemming sluit"}:
        stage.hear("voorzitter", '!stemming "Nu opschalen?" ja; yes')
    if name.startswith("uitbeeld ") and name != "uitbeeld start":
        stage.hear("voorzitter", "!uitbeeld start")
        stage.hear("voorzitter", "!niet acuut")
    if name == "niet acuut":
        stage.hear("voorzitter", "!uitbeeld start")
    typed = (
        command.examples[place](language)
        .replace("Z-2026-014", "Z-2026-200")
        .replace("@leerplicht:", "@nieuw:")
    )
    if name == "thema status":
        return themed().hear("voorzitter", f"!{typed}", room=f"!{THEME}:{SERVER}")
    if command.where is Where.DIRECT and command.who == CONTACT_POINTS:
        typed = command.examples[place](language)
        return stage.hear("contactpunt", typed, room=stage.direct("contactpunt"))
    if name == "incident stop":
        stage.hear("coordinator", "incident start", room=stage.direct("coordinator"))
    if command.who == RIGHTS[Right.INCIDENT]:
        return stage.hear("coordinator", typed, room=stage.direct("coordinator"))
    if name in {"casus nieuw", "weekbericht", "verificatie", "cijfers", "thema nieuw"}:
        return stage.hear("coordinator", typed, room=stage.direct("coordinator"))
    return stage.hear("voorzitter", f"!{typed}")


@EACH
@LANGUAGES
def test_every_example_works_as_typed(command: Command, language: Language) -> None:
    for place in range(len(command.examples)):
        effects = worked(command, language, place)
        assert [entry for entry in effects.log if entry.event != "refused"], said(effects)


GOLDEN = Path(__file__).parent / "golden"


def lacks(command: Command) -> list[str]:
    """What a command still needs before people can rely on it."""
    golden = GOLDEN / f"{command.name.nl.replace(' ', '-')}.txt"
    said = golden.read_text("utf-8") if golden.exists() else ""
    permissions = (GOLDEN / "permissions.md").read_text("utf-8")
    docs = (GOLDEN / "reference-nl.md").read_text("utf-8")
    needs = {
        "help in both languages": command.help.nl and command.help.en and command.help.nl != command.help.en,
        "one or two examples": 1 <= len(command.examples) <= 2,
        "somebody who may use it": bool(command.who),
        "a golden reply in Dutch": re.search(rf"\| [!/]?{command.name.nl}\b.*\n\s+bot \|", said),
        "a golden reply in English": re.search(rf"\| [!/]?{command.name.en}\b.*\n\s+bot \|", said),
        "a row in the table of permissions": f"| {command.name.nl} |" in permissions,
        "a row in the documentation": f"`{command.syntax(Language.NL)}`".replace("|", "\\|") in docs,
        "a line in the audit log": any(entry.event != "refused" for entry in worked(command).log),
        "a refusal that says why": is_refused(prepared().hear("passant", f"!{command.name.nl}")),
    }
    return [need for need, met in needs.items() if not met]


@EACH
def test_every_command_is_complete(command: Command) -> None:
    assert lacks(command) == []


def test_the_search_for_what_a_command_lacks_finds_it() -> None:
    bare = Command(
        name=Text("leeg", "empty"),
        who=frozenset(),
        where=Where.CASE,
        help=Text("", ""),
        examples=(Text("leeg", "empty"),),
        execute=lambda _request: Effects(),
    )
    assert lacks(bare) == [
        "help in both languages",
        "somebody who may use it",
        "a golden reply in Dutch",
        "a golden reply in English",
        "a row in the table of permissions",
        "a row in the documentation",
        "a line in the audit log",
        "a refusal that says why",
    ]


def wordings() -> list[tuple[str, Text]]:
    """Every text of every module of commands, by its name there."""
    found: list[tuple[str, Text]] = []
    for module in pkgutil.walk_packages(commands.__path__, "commands."):
        for name, value in vars(importlib.import_module(module.name)).items():
            texts = list(value.values()) if isinstance(value, dict) else [value]
            found += [(f"{module.name}.{name}", text) for text in texts if isinstance(text, Text)]
    return found


def test_no_room_of_the_commands_keeps_its_wordings_from_being_read() -> None:
    """Every file that has a text of its own was walked through, whatever folder it is in."""
    root = Path(commands.__file__).parent
    have = {
        f"commands.{'.'.join(path.relative_to(root).with_suffix('').parts)}"
        for path in root.rglob("*.py")
        if re.search(r"^[A-Z_]+(?:: .+)? = Text\(", path.read_text("utf-8"), re.MULTILINE)
    }
    assert have
    assert have - {name.rpartition(".")[0] for name, _ in wordings()} == set()


@pytest.mark.parametrize(("name", "text"), wordings())
def test_both_languages_say_the_same_thing_plainly(name: str, text: Text) -> None:
    fields = [{field for _, field, _, _ in Formatter().parse(words) if field} for words in (text.nl, text.en)]
    assert fields[0] == fields[1], "a value that one of the languages leaves out"
    for words in (text.nl, text.en):
        assert not re.search(r"\w!|! ", words), "no exclamation marks; a command begins with one"
        assert max(map(len, words.split("\n"))) <= 260, "longer than a phone shows at a glance"


def test_no_word_names_two_commands() -> None:
    for language in Language:
        words = [name(language) for command in COMMANDS for name in (command.name, *command.aliases)]
        assert len(words) == len(set(words))


def test_a_seat_as_coordinator_gives_no_power_over_the_region() -> None:
    stage = opened()
    (seat,) = [p for p in stage.file().participants if p.user_id == user("leerplicht")]
    stage.apply(Effects(keep=(replace(seat, function=Function.COORDINATOR),)))
    assert is_refused(stage.hear("leerplicht", "!casus nieuw Z-2026-300 doel iets"))
    assert is_refused(stage.hear("leerplicht", f"!deelnemer {user('x')} onderwijs"))


def test_somebody_who_left_may_do_nothing_more() -> None:
    stage = prepared()
    stage.hear("voorzitter", "!deelnemer weg leerplicht")
    assert is_refused(stage.hear("leerplicht", "!klaar A1"))
    effects = stage.hear("leerplicht", "klaar Z-2026-014 A1", room=stage.direct("leerplicht"))
    assert not effects.records


@EACH
def test_what_goes_over_all_cases_is_never_answered_in_a_room(command: Command) -> None:
    if command.where is not Where.DIRECT:
        return
    stage = prepared()
    stage.hear("coordinator", f"!deelnemer {user('contactpunt')} onderwijs")
    effects = stage.hear("contactpunt", f"!{command.examples[0].nl}")
    assert not effects.records
    assert "werkt alleen in een gesprek met mij alleen" in said(effects)


@EACH
def test_a_command_of_the_case_does_nothing_elsewhere(command: Command) -> None:
    if command.where in {Where.ANYWHERE, Where.DIRECT}:
        return
    stage = prepared()
    effects = stage.hear("voorzitter", f"!{command.examples[0].nl}", room="!elders:voorbeeld.nl")
    assert not effects.records
    assert "werkt in de ruimte van de casus" in said(effects)


def test_the_bot_does_not_answer_itself() -> None:
    stage = prepared()
    request = stage.request(BOT, stage.room())
    assert handle(request, Heard("!acties", Listener(BOT, "casusbot"))) == Effects()


@LANGUAGES
def test_the_table_for_the_documentation(language: Language) -> None:
    check(f"commands/golden/reference-{language}.md", table(COMMANDS, language))
