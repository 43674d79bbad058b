"""What is said about identities, and what is withheld until somebody compared one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core.access.trusting import (
    GONE,
    REACTION,
    command_refused,
    identity_changed,
    is_verified,
    uncompared,
    unsigned_device,
)
from bot.core.effects import Effects, React, Say, ToPerson
from bot.core.permissions import Right
from bot.core.records.people import DigestPlan, Pin, PinState
from bot.core.reminding.digest_plan import effects as digest_effects
from tests.core.cases import COORDINATOR, MARCH_2, REGION, action, case, local, seat, user

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


def says(effects: Effects) -> list[Say]:
    return [out for out in effects.send if isinstance(out, Say)]


def test_a_changed_identity_is_told_to_a_coordinator_who_is_seated_too() -> None:
    assert user("coordinator") in told(seat("coördinator", name="coordinator"))
    assert user("wijkagent") not in told()


@pytest.mark.parametrize("label", ["voorzitter", "procesregisseur"])
def test_who_directs_is_not_told_of_themselves_and_the_others_are(label: str) -> None:
    """Whoever took over that account would read how it is to be trusted again."""
    effects = identity_changed(replace(PIN, user_id=user(label)), "NEW", (case(),))
    assert [say.to for say in says(effects)] == [
        ToPerson(user(one)) for one in ("voorzitter", "procesregisseur") if one != label
    ]


def test_an_identity_that_is_gone_is_not_put_as_one_that_may_be_trusted_again() -> None:
    changed, gone = (says(identity_changed(PIN, shown, (case(),)))[0].message.body for shown in ("NEW", None))
    assert "!vertrouwen @leerplicht" in changed
    assert "vertrouwen" not in gone
    assert "geen identiteit meer" in gone


def test_a_warning_about_an_identity_goes_to_who_may_still_hear_of_that_case() -> None:
    other = case(ref="Z-2026-020", labels=("voorzitter", "leerplicht"))
    left = case(ref="Z-2026-021", labels=("voorzitter",))
    gone = replace(seat("leerplicht", left.ref), left_at=MARCH_2)
    left = replace(left, participants=(*left.participants, gone))
    warned = says(identity_changed(PIN, "NEW", (case(), other, left)))
    assert [say.about for say in warned] == [("Z-2026-014",), ("Z-2026-014",), ("Z-2026-020",)]
    assert len({say.key for say in warned}) == len(warned)


def test_an_identity_that_was_compared_is_not_put_as_one_that_a_word_could_replace() -> None:
    compared = replace(PIN, state=PinState.VERIFIED)
    body = says(identity_changed(compared, "NEW", (case(),)))[0].message.body
    assert "!vertrouwen" not in body
    assert "opnieuw verifiëren" in body


@pytest.mark.parametrize(
    ("was", "now", "heard"),
    [
        ("NEW", "NEW", False),
        ("NEW", "NEWER", True),
        ("NEW", None, True),
        (GONE, None, False),
        (GONE, "NEW", True),
    ],
)
def test_a_second_change_is_told_as_the_first_was_and_neither_twice(
    was: str, now: str | None, *, heard: bool
) -> None:
    effects = identity_changed(replace(PIN, changed_to=was), now, (case(),))
    assert bool(effects.send) is bool(effects.keep) is bool(effects.log) is heard


def test_a_refused_command_is_not_refused_in_silence() -> None:
    """The reaction shows on the device itself; the sender's other devices and the chair read why."""
    effects = command_refused(user("leerplicht"), "!room", "$event", "DEVICE", case())
    assert effects.send[0] == React("!room", "$event", REACTION)
    assert {say.to for say in says(effects)} == {ToPerson(user("leerplicht")), ToPerson(user("voorzitter"))}
    assert {say.about for say in says(effects)} == {("Z-2026-014",)}
    assert effects.log[0].case_ref == "Z-2026-014"


def test_a_command_refused_in_their_own_chat_is_between_them_and_the_bot() -> None:
    [say] = says(command_refused(user("leerplicht"), "!own", "$event", "DEVICE", None))
    assert (say.to, say.about) == (ToPerson(user("leerplicht")), ())
    assert "ons gesprek" in say.message.body


def test_a_refusal_is_explained_once_for_each_device_and_room_and_not_for_each_command() -> None:
    def keys(room: str, device: str, event: str = "$1") -> set[str | None]:
        return {say.key for say in says(command_refused(user("leerplicht"), room, event, device, case()))}

    first = keys("!room", "A")
    assert first == keys("!room", "A", "$2")
    assert not first & keys("!room", "B")
    assert not first & keys("!other", "A")


def test_of_an_unsigned_device_its_owner_hears_once_for_each() -> None:
    [first], [again], [other] = (says(unsigned_device(user("leerplicht"), key)) for key in "AAB")
    assert first.to == ToPerson(user("leerplicht"))
    assert first.key == again.key != other.key


def test_an_uncompared_coordinator_is_told_what_to_do_first_although_they_have_no_right_yet() -> None:
    """The words take the place of the digest: they ask for no right, and the log names no case as read."""
    plan = DigestPlan(COORDINATOR, local("2026-03-16 09:00"))
    digest = digest_effects(plan, (case(action(1)),), REGION, local("2026-03-16 09:00"))
    assert "digest.shown" in {line.event for line in digest.log}
    effects = uncompared(digest, COORDINATOR)
    [say] = says(effects)
    assert (say.right, say.about, say.key) == (Right.CASE_WORDS, (), f"digest:2026-W12:{COORDINATOR}")
    assert [line.event for line in effects.log] == ["digest"]


def test_an_uncompared_chair_of_old_cases_gets_words_that_name_none_of_them() -> None:
    plan = DigestPlan(user("voorzitter"), local("2026-03-16 09:00"))
    digest = digest_effects(plan, (case(action(1)),), REGION, local("2026-03-16 09:00"))
    assert [say.about for say in says(digest)] == [("Z-2026-014",)]
    assert [say.about for say in says(uncompared(digest, plan.user_id))] == [()]
