"""Somebody begins something under the name of what is there: they get a kind sentence, and nothing else changes.

Characters that are not seen, or that look like others, make one text of two: what the snapshot is read by, and what is
carried out. So there is one text; and what nobody was shown is never overwritten.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.effects import Effects
from bot.core.guard import KeptText
from bot.core.records.cases import Case, CaseState, Function, Participant
from bot.core.records.people import OPERATOR, Person, Pin, PinState
from bot.core.records.trail import Source
from bot.matrix.trust import confirmed_pin
from bot.store.errors import TakenError
from bot.store.mailbox import InboxRow
from commands.conversation.parsing import Listener, plain
from commands.registry import Heard, handle
from tests.commands.stage import BOT, MONDAY, REF, REGION, Stage, holding, opened, scene, user
from tests.commands.test_handover import THEIR_REF, proposed
from tests.hostile.scene import ROOM
from tests.hostile.scene import scene as real_scene
from tests.matrix.fake import CHAIR, NOW, PARTNER, a_case, room_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.transaction import Transaction
    from tests.hostile.scene import Scene

OTHER = "Z-2026-200"
OUTSIDE, ELSEWHERE = "coordinator2", "andere"
"""A coordinator without a seat in the case, and the chair of another one."""

UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u3164\ufe0f\u061c\u202e\u2800"
MARKS = "\u0301\u0308\u20dd\u0338\u0332"
ALIKE = {
    "Z": "ＺΖẐℤ",
    "T": "ＴТΤ",
    "0": "０О٠𝟎",
    "1": "１l١ı",
    "2": "２²",
    "4": "４٤",
    "6": "６б",
    "-": "‐‑−－﹣",
    "a": "аａá",
    "e": "еｅë",
    "o": "оｏ",
    "i": "іıｉ",
    "t": "тｔ",
    "s": "ſѕ",
    "k": "\u212aк",
}


@st.composite
def disguised(draw: st.DrawFn, text: str) -> str:
    """The same to the eye, or nearly: a letter or two look like what they are not, or are followed by what is not seen."""
    letters = list(text)
    for place in draw(st.sets(st.sampled_from(range(len(text))), max_size=2)):
        alike = draw(st.sampled_from([text[place], text[place].lower(), *ALIKE.get(text[place], "")]))
        letters[place] = alike + draw(st.sampled_from(["", *UNSEEN, *MARKS]))
    return "".join(letters)


@scene
def cases() -> Stage:
    """Two cases; in the second only its chair and its coordinator."""
    coordinators = frozenset({*REGION.coordinators, user(OUTSIDE)})
    stage = holding(
        opened(stage=Stage(region=replace(REGION, coordinators=coordinators))), "GI: bellen, vrijdag"
    )
    stage.apply(Effects(keep=(Pin(user(OUTSIDE), "DDDD", MONDAY, PinState.VERIFIED),)))
    opened(OTHER, ((ELSEWHERE, "voorzitter"),), stage)
    stage.hear("gi", "signaal de jongste kwam te laat op school", room=stage.direct("gi"))
    return stage


def of_case(stage: Stage, ref: str = REF) -> dict[Any, Any]:
    """What is in a case, and what is known of everybody in it. What was shown to whom is no part of it."""
    seated = {seat.user_id for seat in stage.rows(Participant, case_ref=ref)}
    return {
        key: record
        for key, record in stage.records.items()
        if not isinstance(record, Source)
        and (
            ref in {getattr(record, "case_ref", None), getattr(record, "ref", None)}
            or (isinstance(record, Person) and record.user_id in seated)
        )
    }


LINES = (
    'casus nieuw {ref} doel "iets anders"',
    'casus nieuw {ref} doel "iets anders" minderjarig',
    "casus nieuw {ref}",
    'thema nieuw {ref} onderwerp "aansluiting onderwijs en zorg"',
    "overdracht accepteer als {ref}",
    "klaar {ref} A1",
    "later {ref} A1 maandag",
    "akkoord {ref} A1",
    "vervallen {ref} A1 niet nodig",
    "signaal koppel S1 {ref}",
    "signaal {ref} de jongste kwam weer te laat op school",
    'navraag {ref} Veilig Thuis "bekend in een andere regio?"',
    "vernietig {ref}",
    "vernietig {ref} akkoord",
    "casus status {ref}",
    "deelnemer {who} {role}",
    "deelnemr {who} {role}",
    "deelnemer weg {who}",
    "toewijzen A1 {role}",
    "{ref} A1",
    "doel: iets anders",
    "ja",
    "{ref}",
)
SPOKEN = ((OUTSIDE, False), (ELSEWHERE, False), (ELSEWHERE, True), ("passant", False))
"""Who says it, and whether in the room of the other case."""


@settings(max_examples=150, deadline=None)
@given(
    who=st.sampled_from(SPOKEN),
    lines=st.lists(st.sampled_from(LINES), min_size=1, max_size=3),
    ref=disguised(REF),
    person=disguised(user("gi")),
    role=disguised("voorzitter"),
)
@example(SPOKEN[0], [LINES[0]], "Z-2026\u200b-014", user("gi"), "voorzitter")
@example(SPOKEN[0], [LINES[2], "doel: iets anders"], "Z-2026\u200b-014", user("gi"), "voorzitter")
def test_no_disguise_of_a_name_changes_a_case_in_which_the_sender_has_no_right(
    who: tuple[str, bool], lines: list[str], ref: str, person: str, role: str
) -> None:
    stage = cases()
    before = of_case(stage)
    name, there = who
    room = stage.room(OTHER) if there else stage.direct(name)
    for line in lines:
        with suppress(TakenError):  # the store undoes all of it
            stage.hear(name, "!" + line.format(ref=ref, who=person, role=role), room=room)
    assert of_case(stage) == before


@settings(max_examples=60, deadline=None)
@given(ref=disguised(REF), line=st.sampled_from(LINES))
@example(REF, LINES[0])
@example(REF, LINES[4])
def test_what_the_snapshot_lacks_is_not_taken_for_what_is_not_there(ref: str, line: str) -> None:
    """The snapshot is read too narrowly, by whatever slip: no case but that of the room, and nobody known."""
    stage = cases()
    before = of_case(stage)
    request = stage.request(user(OUTSIDE), stage.direct(OUTSIDE))
    request = replace(request, cases=(), people={}, plans={}, signals=(), polls=(), handovers=())
    said = line.format(ref=ref, who=user("gi"), role="voorzitter")
    effects = handle(request, Heard(f"!{said}", Listener(BOT, "casusbot", direct=True)))
    if any(isinstance(record, Case) and record.ref == REF for record in effects.make):
        with pytest.raises(TakenError):
            stage.apply(effects)
    else:
        stage.apply(effects)
    assert of_case(stage) == before


def test_a_reference_is_read_in_one_way_by_who_looks_it_up_and_who_writes_it() -> None:
    for typed in ("Z-2026\u200b-014", "Ｚ－２０２６－０１４", "z-2026-014\u00ad", "Z-2026-\u20600\u200d14"):
        assert plain(f"casus nieuw {typed}").upper().endswith(REF)
        stage = cases()
        [line] = stage.say(OUTSIDE, f"casus nieuw {typed} doel weer naar school", direct=True)
        assert "bestaat al" in line
    for typed in ("Ζ-2026-014", "Z-٢٠٢٦-014", "Z‐2026‐014", "ı-2026-014", "Z-2026-014\u0301"):
        [line] = cases().say(OUTSIDE, f"casus nieuw {typed} doel weer naar school", direct=True)
        assert "Geef de casusreferentie" in line


def test_a_handover_is_not_taken_into_a_case_in_which_the_coordinator_has_no_seat() -> None:
    regions = proposed()
    stage = regions.receiver
    opened(THEIR_REF, (("voorzitter", "voorzitter"),), stage)
    stage.hear("voorzitter", f"!deelnemer weg {user('coordinator')}", room=stage.room(THEIR_REF))
    before = of_case(stage, THEIR_REF)
    [line] = regions.coordinator(f"overdracht accepteer als {THEIR_REF}")
    assert "ken ik niet als casus van jou" in line
    assert of_case(stage, THEIR_REF) == before


# -- the bot itself ----------------------------------------------------------------------------------


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Scene]:
    """A case with its chair, and a coordinator without a seat there who talks to the bot alone."""

    async def begin(t: Transaction, key: str) -> None:
        await a_case(t, REF, "!casus:zvh.example", CHAIR)
        await t.keep(Person(PARTNER, direct_room=ROOM))
        await room_of(t, ROOM, PARTNER)
        await t.keep(confirmed_pin(PARTNER, key, NOW, OPERATOR))

    async with real_scene(tmp_path, frozenset({CHAIR, PARTNER})) as made:
        await made.bot.database.write(lambda t: begin(t, made.partner.identity.master_key))
        made.bot.keyring.outdated([PARTNER])
        yield made


@pytest.mark.parametrize("typed", [REF, "Z-2026\u200b-014", "Ｚ-2026-014", "z-2026-014\u00ad"])
async def test_a_case_is_not_taken_over_by_beginning_it_again(bot: Scene, typed: str) -> None:
    before = await bot.bot.database.read(lambda t: t.case_file(REF))
    await bot.spoken(f'casus nieuw {typed} doel "iets anders" minderjarig')
    after = await bot.bot.database.read(lambda t: t.case_file(REF))
    assert after == before
    [said] = await bot.bot.database.read(lambda t: t.rows("SELECT content FROM outbox"))
    assert "bestaat al" in said[0]


async def test_a_slip_in_a_command_does_not_begin_somebody_anew_who_is_known(bot: Scene) -> None:
    """Who is named stands in the half-made command, and the yes names nobody."""
    known = Person("@alice:zvh.example", direct_room="!alice:zvh.example", free_days=(4,), keyless=True)
    chair = Participant(REF, PARTNER, Function.CHAIR, "voorzitter", NOW, CHAIR)

    async def seated(t: Transaction) -> None:
        await t.drop(Person(PARTNER))
        await t.drop(Case(REF, KeptText.from_store(""), None, CaseState.OPEN, NOW, CHAIR, NOW))
        await a_case(t, REF, ROOM)
        await t.keep(chair)
        await t.keep(known)

    await bot.bot.database.write(seated)
    await bot.spoken(f"!deelnemr {known.user_id} voorzitter")
    await bot.spoken("!ja")
    file = await bot.bot.database.read(lambda t: t.case_file(REF))
    assert file is not None
    assert file.seat_of(known.user_id) is not None, "the yes seats them"
    assert await bot.bot.database.read(lambda t: t.person(known.user_id)) == known


async def test_of_what_would_overwrite_something_nothing_is_done_and_the_person_hears_it(bot: Scene) -> None:
    purpose = (await bot.bot.database.read(lambda t: t.case_file(REF))).case  # type: ignore[union-attr]
    taken, other = replace(purpose, minor=True), replace(purpose, ref="Z-2026-999", room_id=None)

    async def work(transaction: Transaction, row: InboxRow) -> Effects:
        return Effects(make=(other, taken))

    row = InboxRow("$opnieuw", ROOM, {"sender": PARTNER}, NOW, 0)
    await bot.handler._finish(row, work)
    files = await bot.bot.database.read(lambda t: t.cases())
    assert [file.case for file in files] == [purpose]
    [said] = await bot.bot.database.read(lambda t: t.rows("SELECT content FROM outbox"))
    assert f"Er is niets vastgelegd: {REF} bestaat al" in said[0]
