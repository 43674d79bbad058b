"""Commands as clients complete them, and structured commands: they count where the words agree."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.text import Language
from bot.matrix.rooms import creation
from bot.running.descriptions import DESCRIPTION, described, initial_state, invoked, state_key
from commands.catalogue import COMMANDS
from commands.conversation.parsing import Listener
from commands.registry import Heard, Invoked, handle
from tests.commands.stage import BOT, opened, user

ALL_STATE = initial_state(BOT, direct=False)


def test_the_state_key_is_that_of_the_proposal() -> None:
    """Padded base64 of SHA-256(command + bot), as other clients compute it."""
    key = state_key("actie", "@casusbot:voorbeeld.nl")
    assert len(key) == 44
    assert key.endswith("=")
    assert key != state_key("actie", "@other:voorbeeld.nl")


def test_every_command_is_described_once_in_each_language() -> None:
    names = [event["content"]["command"] for event in ALL_STATE]
    assert len(names) == len(set(names))
    assert {command.name.nl for command in COMMANDS} | {command.name.en for command in COMMANDS} == set(names)
    assert len({event["state_key"] for event in ALL_STATE}) == len(ALL_STATE)


def test_a_chat_of_two_offers_no_command_that_it_would_refuse() -> None:
    names = {event["content"]["command"] for event in initial_state(BOT, direct=True)}
    assert "acties" in names
    assert "overleg start" not in names


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name.nl)
def test_no_two_parameters_of_a_command_share_a_key(command: Any) -> None:
    for language in Language:
        keys = [parameter["key"] for parameter in described(command, language)["parameters"]]
        assert len(keys) == len(set(keys))


def test_the_descriptions_come_with_the_room_and_weaken_nothing() -> None:
    state = creation("Z-1", "key", state=ALL_STATE)["initial_state"]
    plain = creation("Z-1", "key")["initial_state"]
    assert [event for event in state if event["type"] != DESCRIPTION] == plain


# Structured commands


def structured(name: str, *, mentions: object = (BOT,), **arguments: object) -> dict[str, Any]:
    return {
        "org.matrix.msc4391.command": {"command": name, "arguments": arguments},
        "m.mentions": {"user_ids": list(mentions)},
    }


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (structured("actie", rol="GI", wat="plan maken"), Invoked("actie", ("GI", "plan maken"))),
        (structured("acties"), Invoked("acties", ())),
        (structured("acties", mentions=("@other:x",)), None),
        (structured("actie", rol={"type": "room_id"}), None),
        ({"org.matrix.msc4391.command": {"command": 1}}, None),
        ({}, None),
    ],
    ids=["with arguments", "without", "to another bot", "with an object", "malformed", "none"],
)
def test_a_structured_command_is_read_only_in_the_form_that_is_known(
    content: dict[str, Any], found: Invoked | None
) -> None:
    assert invoked(content, BOT) == found


@pytest.mark.parametrize(
    ("body", "command", "arguments", "counts"),
    [
        ("actie GI: plan maken, vrijdag", "actie", ("GI", "plan maken", "vrijdag"), True),
        ("!actie GI: plan maken, vrijdag", "actie", ("GI",), True),
        ("actie GI: plan maken, vrijdag", "actie", ("GI", "iets heel anders", "vrijdag"), False),
        ("actie GI: plan maken, vrijdag", "besluit", ("plan maken",), False),
        ("gezellig", "actie", ("GI", "plan maken", "vrijdag"), False),
    ],
    ids=["the same", "typed as well", "other words", "another command", "other talk"],
)
def test_a_structured_command_counts_only_where_people_read_the_same(
    body: str, command: str, arguments: tuple[str, ...], *, counts: bool
) -> None:
    stage = opened()
    request = stage.request(user("voorzitter"), stage.room())
    heard = Heard(body, Listener(BOT, "casusbot"), invoked=Invoked(command, arguments))
    assert bool(handle(request, heard).records) is counts
