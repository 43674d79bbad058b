"""Ten thousand events that nobody sane would send, through the real way in: HTTP, inbox, decryption, handler, store."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.matrix.rooms import WATCHED
from bot.matrix.sas import EVENT_TYPES
from tests.hostile.scene import scene
from tests.matrix.fake import BOT, CHAIR, PARTNER

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


EVENTS = 10_000
EVENTS_PER_SYNC = 100
GHOST = "@spook:elders.example"

LONG = (
    "!" * 65_536,
    "!actie " + "1 " * 32_000,
    "!actie leerplicht: " + "a.b@" * 15_000,
    "> " * 30_000 + "\n\n!acties",
    "<a href=" * 8_000,
)
SHORT = (
    "",
    "ja",
    "!actie leerplicht: bellen, uiterlijk morgen",
    "!actie \x00: \x00, uiterlijk \x00",
    "!klaar A1\u202e1A raalk!",
    "!later A1 29 februari 9999",
    "!besluit <script>alert(1)</script>, reden: [klik](javascript:alert(1))",
    "@room !acties",
    "\u200b!\u200bacties\ufeff",
    "half \ud800 teken",
)
TEXTS = st.sampled_from(SHORT) | st.text(st.characters(exclude_categories=()), max_size=12)
JUNK = st.recursive(
    st.sampled_from((None, True, 0, -1, 2**63, 10**30, 1e308, "", "\x00", "@", "\udfff")) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)


def mostly(*sound: Any) -> st.SearchStrategy[Any]:
    """What belongs there, or anything at all: an event wrong in every field is dropped at the first."""
    return st.sampled_from(sound) | st.sampled_from(sound) | JUNK


USER = mostly(PARTNER, CHAIR, GHOST, BOT)
EVENT_ID = mostly("$eerder", "$e7", "arrival:1", "")
TIME = mostly(1_772_442_000_000, 0, -1, 253_402_300_799_000, 10**30, "1772442000000", True)
RELATION = JUNK | st.fixed_dictionaries(
    {},
    optional={
        "rel_type": mostly("m.replace", "m.thread", "m.reference"),
        "event_id": EVENT_ID,
        "m.in_reply_to": JUNK | st.fixed_dictionaries({"event_id": EVENT_ID}),
    },
)
WORDS = st.fixed_dictionaries(
    {"msgtype": mostly("m.text", "m.notice", "m.key.verification.request"), "body": mostly(*SHORT, *LONG)},
    optional={
        "formatted_body": mostly(*SHORT, *LONG),
        "m.relates_to": RELATION,
        "m.new_content": JUNK | st.fixed_dictionaries({"body": TEXTS | JUNK}),
        "m.mentions": JUNK,
    },
)


def event(
    kinds: st.SearchStrategy[Any], content: st.SearchStrategy[Any], **more: Any
) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {"type": kinds, "sender": USER, "content": content | JUNK, **more},
        optional={"event_id": EVENT_ID, "origin_server_ts": TIME, "unsigned": JUNK},
    )


MEMBER = event(
    st.just("m.room.member"),
    st.fixed_dictionaries({"membership": mostly("join", "leave", "ban", "invite", "knock")}),
    state_key=USER,
)
SETTING = event(
    st.sampled_from((*sorted(WATCHED), "m.room.create", "m.room.name")),
    st.dictionaries(
        st.sampled_from(("algorithm", "users", "events", "invite", "join_rule", "rotation_period_ms")),
        JUNK,
        max_size=3,
    ),
    state_key=mostly(""),
)
STEP = event(
    st.sampled_from(sorted(EVENT_TYPES)) | st.just("m.room.message"),
    WORDS
    | st.dictionaries(
        st.sampled_from(
            ("transaction_id", "from_device", "methods", "to", "key", "commitment", "mac", "m.relates_to")
        ),
        JUNK | RELATION,
        max_size=5,
    ),
)
OTHER = event(st.just("m.room.redaction") | JUNK, JUNK, redacts=EVENT_ID)
ENCRYPTED = st.fixed_dictionaries(
    {
        "inside": st.fixed_dictionaries({"type": mostly("m.room.message"), "content": WORDS | JUNK}),
        "sender": mostly(PARTNER, PARTNER, PARTNER, CHAIR),
        "origin_server_ts": TIME,
    }
)
DAMAGED = st.fixed_dictionaries(
    {
        "inside": st.just({"type": "m.room.message", "content": {"body": "!acties"}}),
        "sender": USER,
        "damage": st.dictionaries(
            st.sampled_from(("algorithm", "ciphertext", "session_id", "sender_key")),
            JUNK,
            min_size=1,
            max_size=2,
        ),
    }
)
EVENT = MEMBER | SETTING | STEP | OTHER | ENCRYPTED | ENCRYPTED | DAMAGED


def generated(number: int) -> list[dict[str, Any]]:
    """The same events at every run."""
    found: list[dict[str, Any]] = []

    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(EVENT)
    def collect(event: dict[str, Any]) -> None:
        found.append(event)

    collect()
    return found


async def test_ten_thousand_malformed_events_stop_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    events = generated(EVENTS)
    assert len(events) >= EVENTS
    async with scene(tmp_path) as stage:
        for start in range(0, len(events), EVENTS_PER_SYNC):
            await stage.seat()
            await stage.take([stage.wire(event) for event in events[start : start + EVENTS_PER_SYNC]])
        await stage.seat()
        asked = await stage.spoken("!acties")
        answered = await stage.bot.database.read(
            lambda t: t.rows("SELECT content FROM outbox WHERE content LIKE ?", f"%{asked}%")
        )
    assert answered
    assert "event not handled" not in caplog.text
