"""What is for the bot, and what is nobody's business."""

from __future__ import annotations

import pytest

from bot.core.text import Language
from commands.catalogue import COMMANDS
from commands.conversation.mentions import MOST_HTML, mentions
from commands.conversation.parsing import Addressed, Invocation, Listener, parse, plain
from tests.commands.stage import BOT, user

ROOM = Listener(BOT, "casusbot")
DIRECT = Listener(BOT, "casusbot", direct=True)


def read(
    text: str, listener: Listener = ROOM, formatted: str | None = None
) -> tuple[str, Language, str] | None:
    found = parse(plain(text, formatted), listener, COMMANDS)
    return (found.command.name.nl, found.language, found.text) if isinstance(found, Invocation) else None


@pytest.mark.parametrize(
    "text",
    [
        "!klaar A3 gebeld",
        "/klaar A3 gebeld",
        "//klaar A3 gebeld",
        "!Klaar A3 gebeld",
        "!klaar, A3 gebeld",
        "  !klaar   A3 gebeld",
        f"{BOT} klaar A3 gebeld",
        f"{BOT}: !klaar A3 gebeld",
        "@casusbot klaar A3 gebeld",
        "casusbot: klaar A3 gebeld",
        "Casusbot, klaar A3 gebeld",
        "\u200b!klaar\u00a0A3 gebeld",
        "> <@x:voorbeeld.nl> !vervallen A3 weg\n\n!klaar A3 gebeld",
    ],
)
def test_every_way_to_call_the_bot_is_understood(text: str) -> None:
    assert read(text) == ("klaar", Language.NL, "A3 gebeld")


@pytest.mark.parametrize(
    "text",
    [
        "klaar A3 gebeld",
        "we zijn klaar!",
        "!!!",
        "!",
        "! klaar",
        "!5 per stuk",
        "!A3",
        "/",
        "/ 2 personen",
        "/etc/passwd",
        "/a",
        "ik vroeg het aan casusbot",
        "casusbot heeft gelijk",
        "@casusbotje klaar A3",
        "> !klaar A3",
        "> <@x:voorbeeld.nl> !klaar A3\n\nprima",
        "",
        "   ",
    ],
)
def test_ordinary_talk_is_never_taken_for_a_command(text: str) -> None:
    assert parse(plain(text), ROOM, COMMANDS) is None


def test_a_quoted_message_in_a_direct_chat_is_not_carried_out() -> None:
    found = parse(plain("> <@x:voorbeeld.nl> klaar A3\n\ndat begrijp ik niet"), DIRECT, COMMANDS)
    assert isinstance(found, Addressed)


def test_in_a_direct_chat_no_prefix_is_needed() -> None:
    assert read("klaar A3", DIRECT) == ("klaar", Language.NL, "A3")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("!actie x", Language.NL),
        ("!action x", Language.EN),
        ("!agenda", Language.NL),
        ("!agenda next", Language.EN),
    ],
)
def test_the_answer_is_in_the_language_of_the_word(text: str, language: Language) -> None:
    found = read(text)
    assert found is not None
    assert found[1] is language


def test_a_display_name_never_stands_for_another_person() -> None:
    formatted = f'!deelnemer <a href="https://matrix.to/#/{user("echt")}">{user("nep")}</a> GI'
    assert read(f"!deelnemer {user('nep')} GI", formatted=formatted) == (
        "deelnemer",
        Language.NL,
        f"{user('echt')} GI",
    )


@pytest.mark.parametrize(
    "formatted",
    [
        "<a href='https://matrix.to/#/{}'>Echt</a>",
        '<A data-x="1" HREF="https://matrix.to/#/{}?via=voorbeeld.nl">Echt</A>',
        '<p>1 < 2 <b><a href="https://matrix.to/#/{}">Echt</a></b>',
    ],
)
def test_a_mention_is_read_however_a_client_writes_it(formatted: str) -> None:
    assert list(mentions(formatted.format(user("echt")))) == [(user("echt"), "Echt")]


@pytest.mark.parametrize(
    "html",
    [
        "<a ",
        '<a href="https://matrix.to/#/',
        "<a href='https://matrix.to/#/x?",
        '<a href="https://matrix.to/#/x">',
        "<",
        "<a>",
    ],
)
def test_what_looks_like_a_mention_and_is_none_stands_for_nobody(html: str) -> None:
    """Over and over, up to the most that is read, it once took minutes in which the bot answered nobody."""
    assert list(mentions(html * MOST_HTML)) == []


def test_a_pill_of_the_bot_calls_it() -> None:
    formatted = f'<a href="https://matrix.to/#/{BOT}">Casus &amp; zo</a>: klaar A3'
    assert read("Casus & zo: klaar A3", formatted=formatted) == ("klaar", Language.NL, "A3")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("!akties", ["acties"]),
        ("!aktie x", ["actie"]),
        ("!beslut x", ["besluit"]),
        ("!overlg start x", ["overleg start"]),
        ("!overleg", ["overleg pauze", "overleg start", "overleg stop", "overleg verder"]),
        ("!koffie", []),
    ],
)
def test_a_misspelt_command_offers_the_nearest(typed: str, meant: list[str]) -> None:
    found = parse(plain(typed), ROOM, COMMANDS)
    assert isinstance(found, Addressed)
    assert [near.command.name.nl for near in found.nearest] == meant
