"""`casusbot audit`: what it shows is what was written, and whatever was written over is found."""

from __future__ import annotations

import json
from dataclasses import astuple, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.effects import Logged
from bot.data import ledger
from bot.data.ledger import LedgerBrokenError
from bot.operator.audit import (
    WITHOUT_HEAD,
    AuditBrokenError,
    AuditCutError,
    HeadTooShortError,
    HeadUnknownError,
    verified,
)
from bot.operator.audit import _found as found_in
from bot.store.audit import BEGINNING, COLUMNS, END, FIELDS, HEAD, sealed
from tests.store.copies import destroyed
from tests.store.samples import KEY, NOW

if TYPE_CHECKING:
    from bot.operator.audit import Found
    from bot.settings.configuration import Configuration
    from bot.store.database import Database
    from bot.store.transaction import Transaction


@pytest.fixture
async def code(site: Configuration, store: Database) -> str:
    """A log with reading in it, and a destroyed case; the code that stood in a weekly digest in between."""
    site.key_file.write_text(KEY.hex())
    site.key_file.chmod(0o600)
    for number in range(4):
        line = Logged("case.read", "Z-2026-015", f"A{number}")
        await store.write(lambda t, line=line: t.log(line, actor="@a:x", at=NOW))
    head = (await store.read(lambda t: t.audit_head()))[:HEAD]
    await destroyed(site, store)
    return head


async def looked(site: Configuration) -> tuple[Found, tuple[ledger.Certificate, ...]]:
    return await found_in(site), ledger.read(site.backups.folder)


async def test_a_log_and_its_certificates_are_whole(site: Configuration, store: Database, code: str) -> None:
    said = verified(*await looked(site), code)
    assert len(said) == 5
    assert f"Code {code}: regel 4" in said[-2]


async def test_who_saw_a_case_can_be_told_of_that_case_alone(
    site: Configuration,
    store: Database,
    code: str,
) -> None:
    lines = (await found_in(site, "Z-2026-015")).lines
    assert [line.event for line in lines] == ["case.read"] * 4


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=st.integers(1, 5), column=st.sampled_from([name for name in FIELDS if name != "seq"]))
async def test_a_log_written_anew_does_not_have_the_code_of_the_digest(
    site: Configuration,
    store: Database,
    code: str,
    row: int,
    column: str,
) -> None:
    """By somebody with the key, who changes a line and seals the whole chain again: then only the head tells."""
    found, _ = await looked(site)
    rewritten, previous = [], BEGINNING
    for line in found.lines:
        fields = {name: getattr(line, name) for name in FIELDS} | {"previous": previous}
        if line.seq == row and column != "previous":
            fields[column] = "anders"
        new = type(line)(**fields, hash="")
        new = type(line)(**fields, hash=sealed(new))
        rewritten.append(new)
        previous = new.hash
    forged = type(found)(tuple(rewritten), None, False, (), found.identity)
    if column == "previous" or row > 4:
        return  # nothing was changed before the code was noted
    with pytest.raises((HeadUnknownError, AuditBrokenError)):
        verified(forged, None, code)


async def test_a_certificate_that_was_changed_is_found(
    site: Configuration,
    store: Database,
    code: str,
) -> None:
    [gone] = await store.read(lambda t: t.destructions())
    content = json.loads(gone.certificate or "") | {"taken_back": 99}

    async def changed(t: Transaction) -> None:
        await t.rows("UPDATE destructions SET certificate = ?", json.dumps(content))

    await store.write(changed)
    with pytest.raises(LedgerBrokenError):
        verified(*await looked(site), None)


async def test_a_destruction_that_was_taken_out_is_found(
    site: Configuration,
    store: Database,
    code: str,
) -> None:
    await store.write(lambda t: t.rows("DELETE FROM destructions"))
    with pytest.raises(AuditBrokenError):
        verified(*await looked(site), None)


async def test_a_ledger_that_lost_its_end_is_found(
    site: Configuration,
    store: Database,
    code: str,
) -> None:
    (site.backups.folder / ledger.NAME).write_text("")
    with pytest.raises(LedgerBrokenError):
        verified(*await looked(site), None)


@pytest.mark.parametrize("kept", [0, 2, 4])
async def test_a_log_that_was_cut_off_does_not_pass_for_whole(
    site: Configuration, store: Database, kept: int
) -> None:
    """By somebody who can write in the file and cannot make the statement of its end; no destruction is missed."""
    site.key_file.write_text(KEY.hex())
    site.key_file.chmod(0o600)
    for number in range(5):
        line = Logged("case.read", "Z-2026-015", f"A{number}")
        await store.write(lambda t, line=line: t.log(line, actor="@a:x", at=NOW))
    assert verified(await found_in(site), None, None)[0].startswith("Logboek: heel, 5 regels")

    async def cut(t: Transaction) -> None:
        await t.rows("DROP TRIGGER audit_never_shrinks")
        await t.rows("DELETE FROM audit WHERE seq > ?", kept)

    await store.write(cut)
    with pytest.raises(AuditCutError):
        verified(await found_in(site), None, None)


async def test_the_end_of_another_log_is_not_taken_for_the_end_of_this(
    site: Configuration, store: Database, code: str
) -> None:
    """Whoever knows how the chain is made, and not the key of the statement, adds a line and says that it is the last."""

    async def added(t: Transaction) -> None:
        [*_, last] = await t.audit_lines()
        line = replace(last, seq=last.seq + 1, previous=last.hash, event="case.read", thing=None, hash="")
        line = replace(line, hash=sealed(line))
        await t.rows(f"INSERT INTO audit ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *astuple(line))
        await t.put_setting(END, f"{line.seq} {line.hash} {sealed(line)}")

    await store.write(added)
    with pytest.raises(AuditCutError):
        verified(*await looked(site), None)


async def test_what_is_not_proven_without_a_code_is_said(
    site: Configuration, store: Database, code: str
) -> None:
    """Somebody with the key cuts the log and states its new end: only the code from elsewhere tells."""

    async def cut(t: Transaction) -> None:
        await t.rows("DROP TRIGGER audit_never_shrinks")
        await t.rows("DELETE FROM audit WHERE seq > 3")
        await t.rows("DELETE FROM destructions")
        await t.log(Logged("case.read"), actor="@a:x", at=NOW)

    await store.write(cut)
    assert verified(await found_in(site), None, None)[-1] == WITHOUT_HEAD
    with pytest.raises(HeadUnknownError):
        verified(await found_in(site), None, code)


@pytest.mark.parametrize(
    ("head", "error"), [("0" * HEAD, HeadUnknownError), ("abc", HeadTooShortError), ("", HeadTooShortError)]
)
async def test_a_code_that_proves_nothing_is_refused(
    site: Configuration,
    store: Database,
    code: str,
    head: str,
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        verified(*await looked(site), head)
