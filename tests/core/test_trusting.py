"""What is said about identities, and what is withheld until somebody compared one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.access.trusting import GONE, identity_changed, is_verified, uncompared
from bot.core.effects import Say, ToPerson
from bot.core.records.people import DigestPlan, Pin, PinState
from bot.core.reminding.digest_plan import effects as digest_effects
from tests.core.cases import COORDINATOR, MARCH_2, REGION, action, case, local, user

if TYPE_CHECKING:
    from bot.core.records.cases import Participant

PIN = Pin(user("leerplicht"), "OLD", MARCH_2, PinState.FIRST_USE)


def told(*participants: Participant, shown: str | None = "NEW") -> set[str]:
    file = case()
    effects = identity_changed(PIN, shown, (replace(file, participants=(*file.participants, *participants)),))
    return {one.to.user_id for one in effects.send if isinstance(one, Say) and isinstance(one.to, ToPerson)}


def test_a_changed_identity_is_told_to_who_directs_and_not_to_the_person_themselves() -> None:
    assert told() == {user("voorzitter"), user("procesregisseur")}


def test_an_identity_that_vanished_does_not_vanish_in_silence() -> None:
    assert told(shown=None) == told()
    [pin] = identity_changed(PIN, None, (case(),)).keep
    assert isinstance(pin, Pin)
    assert pin.changed_to == GONE


def test_nobody_hears_twice_of_the_same_change() -> None:
    assert identity_changed(replace(PIN, changed_to="NEW"), "NEW", (case(),)).send == ()


def test_a_coordinator_whom_nobody_compared_reads_nothing_of_any_case() -> None:
    late = action(1)
    plan = DigestPlan(COORDINATOR, local("2026-03-16 09:00"))
    digest = digest_effects(plan, (case(late),), REGION, local("2026-03-16 09:00"))
    said = "\n".join(one.message.body for one in uncompared(digest, COORDINATOR).send if isinstance(one, Say))
    assert "identity trust" in said
    assert "Z-2026-014" not in said
    assert uncompared(digest, COORDINATOR).keep == digest.keep, "the week is over for them too"


def test_a_word_of_a_colleague_is_no_comparison() -> None:
    assert not is_verified(None)
    assert not is_verified(PIN)
    assert not is_verified(replace(PIN, state=PinState.CONFIRMED))
    assert is_verified(replace(PIN, state=PinState.VERIFIED))
