"""What one hostile message costs: every expression and every command on texts up to the largest that is read.

Prints the slowest with their milliseconds of processor time, the best of three, and beside it the same for a quarter of the length.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from commands.catalogue import COMMANDS
from commands.conversation.command import Where
from commands.conversation.parsing import MOST_READ
from commands.registry import MOST_CHARACTERS, Heard, handle, is_addressed
from tests.commands.stage import SERVER, Listener, Stage, user
from tests.hostile.expressions import Expression, expressions
from tests.hostile.texts import around, hostile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LARGEST_BODY = 65_536
"""Bytes of an event; a body is shorter."""
SHOWN = 8

Cost = tuple[float, float, str]
"""Milliseconds of the whole length and of a quarter, and of what."""


def measure() -> None:
    found = list(expressions())
    report(
        f"{len(found)} expressions, {MOST_READ} characters",
        [worst(one.where, lambda n, one=one: around(one.pattern, n), read(one), MOST_READ) for one in found],
    )
    stage = set_up()
    costs = []
    for command in COMMANDS:
        direct = command.where is Where.DIRECT
        name = f"!{command.name.nl}"
        costs.append(worst(name, hostile, play(stage, f"{name} ", direct=direct), MOST_CHARACTERS - 40))
    report(f"{len(COMMANDS)} commands, {MOST_CHARACTERS} characters", costs)
    report(
        f"ways in, {LARGEST_BODY} characters",
        [
            worst("talk that is for nobody", hostile, play(stage, "", direct=False), LARGEST_BODY),
            worst("alone with the bot", hostile, play(stage, "", direct=True), LARGEST_BODY),
            worst("an unknown command", hostile, play(stage, "!", direct=False), LARGEST_BODY),
        ],
    )


def set_up() -> Stage:
    """A case with people, an action and a decision in it."""
    stage = Stage()
    stage.say("coordinator", '!casus nieuw Z-2026-014 doel "veilig thuis wonen"', direct=True)
    for name, role in (("voorzitter", "voorzitter"), ("leerplicht", "leerplicht")):
        stage.say("coordinator", f"!deelnemer @{name}:{SERVER} {role}")
    stage.say("voorzitter", "!actie leerplicht: gezin bellen, uiterlijk vrijdag")
    return stage


def read(one: Expression) -> Callable[[str], object]:
    if one.searches:
        return lambda text: deque(one.pattern.finditer(text), maxlen=0)
    return one.pattern.fullmatch if one.whole else one.pattern.match


def play(stage: Stage, before: str, *, direct: bool) -> Callable[[str], object]:
    name = "coordinator" if direct else "voorzitter"
    room = stage.direct(name) if direct else stage.room()

    def said(text: str) -> None:
        body = f"{before}{text}"
        heard = Heard(body, Listener("@casusbot:voorbeeld.nl", "casusbot", direct), formatted=body)
        request = stage.request(user(name), room, text=heard.text)
        is_addressed(heard)
        handle(request, heard)

    return said


def worst(
    name: str,
    texts: Callable[[int], Iterable[tuple[str, str]]],
    act: Callable[[str], object],
    length: int,
) -> Cost:
    """The text that took longest, and what a quarter of it takes."""
    slowest, piece, text = max(
        ((once(act, text), piece, text) for piece, text in texts(length)), key=lambda found: found[0]
    )
    again = min(slowest, *(once(act, text) for _ in range(2)))
    return again, min(once(act, text[: length // 4]) for _ in range(3)), f"{name} of {piece}"


def once(act: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    act(text)
    return (time.process_time() - began) * 1000


def report(title: str, costs: list[Cost]) -> None:
    print(f"{title}: ms, ms of a quarter, which")
    for whole, quarter, name in sorted(costs, reverse=True)[:SHOWN]:
        print(f"  {whole:8.2f} {quarter:8.2f}  {name}")
