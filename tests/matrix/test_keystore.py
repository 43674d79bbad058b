import sqlite3
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nio.crypto import (  # type: ignore[import-untyped]
    InboundGroupSession,
    Olm,
    OlmDevice,
    OutboundGroupSession,
    OutgoingKeyRequest,
)

from bot.matrix.canonical import encode_base64
from bot.matrix.keystore import CipherStore, RoomKey, forget_loaded
from bot.store import driver

KEY = bytes(range(32))
USER, DEVICE = "@casusbot:zvh.example", "KANARIEVOGEL"
ROOM, OTHER_ROOM = "!overleg:zvh.example", "!ander:zvh.example"
PARTNER = "@wijkagent:politie.example"
PARTNER_KEY = encode_base64(b"c" * 32)
MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DAYS = timedelta(days=1)


def opened(folder: Path, *, key: bytes = KEY, create: bool = True) -> CipherStore:
    return CipherStore(key, USER, DEVICE, folder, create=create)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CipherStore]:
    store = opened(tmp_path)
    yield store
    store.close()


def room_key(machine: Olm, room_id: str = ROOM, sender_key: str = PARTNER_KEY) -> InboundGroupSession:
    outbound = OutboundGroupSession()
    machine.create_group_session(
        sender_key, encode_base64(b"e" * 32), room_id, outbound.id, outbound.session_key
    )
    return machine.inbound_group_store.get(room_id, sender_key, outbound.id)


def stored_ids(store: CipherStore) -> set[str]:
    return {session.id for session in store.load_inbound_group_sessions()}


def test_the_account_and_its_room_keys_survive_a_restart(tmp_path: Path) -> None:
    first = opened(tmp_path)
    machine = Olm(USER, DEVICE, first)
    key = room_key(machine)
    first.close()
    second = opened(tmp_path, create=False)
    again = Olm(USER, DEVICE, second)
    assert again.account.identity_keys == machine.account.identity_keys
    assert again.inbound_group_store.get(ROOM, PARTNER_KEY, key.id) is not None
    second.close()


def test_a_stolen_disk_tells_nothing(tmp_path: Path) -> None:
    store = opened(tmp_path)
    machine = Olm(USER, DEVICE, store)
    key = room_key(machine)
    keys = {"curve25519": PARTNER_KEY, "ed25519": encode_base64(b"e" * 32)}
    partner = OlmDevice(PARTNER, "TELEFOON", keys, display_name="Wijkagent thuis")
    machine.device_store.add(partner)
    store.save_device_keys({PARTNER: {"TELEFOON": partner}})
    store.verify_device(partner)
    store.save_encrypted_rooms([ROOM])
    canaries = [USER, DEVICE, ROOM, PARTNER, PARTNER_KEY, "TELEFOON", "Wijkagent", key.id, "SQLite format"]
    canaries += list(machine.account.identity_keys.values())
    for moment in ("open, with its write-ahead log", "closed"):
        files = list(tmp_path.iterdir())
        assert files, moment
        found = [(f.name, c) for f in files for c in canaries if c.encode() in f.read_bytes() or c in f.name]
        assert not found, moment
        store.close()


def test_only_the_owner_reads_the_files(tmp_path: Path) -> None:
    (tmp_path / "keys.db").touch(mode=0o644)
    store = opened(tmp_path)
    Olm(USER, DEVICE, store)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == {"keys.db": 0o600, "keys.db-wal": 0o600, "keys.db-shm": 0o600}
    store.close()


def test_trust_is_kept_in_the_file_and_nowhere_else(tmp_path: Path, store: CipherStore) -> None:
    Olm(USER, DEVICE, store)
    partner = OlmDevice(PARTNER, "TELEFOON", {"curve25519": PARTNER_KEY, "ed25519": PARTNER_KEY})
    store.save_device_keys({PARTNER: {"TELEFOON": partner}})
    store.blacklist_device(partner)
    assert store.is_device_blacklisted(partner)
    assert {file.name for file in tmp_path.iterdir()} == {"keys.db", "keys.db-wal", "keys.db-shm"}


def test_a_wrong_key_opens_nothing_and_changes_nothing(tmp_path: Path) -> None:
    opened(tmp_path).close()
    before = (tmp_path / "keys.db").read_bytes()
    with pytest.raises(driver.WrongKeyOrCorrupt) as caught:
        opened(tmp_path, key=bytes(32))
    assert KEY.hex() not in str(caught.value)
    assert (tmp_path / "keys.db").read_bytes() == before


def test_a_plain_database_is_never_taken_for_ours(tmp_path: Path) -> None:
    (tmp_path / "keys.db").write_bytes(b"SQLite format 3\x00" + bytes(4080))
    with pytest.raises(driver.WrongKeyOrCorrupt):
        opened(tmp_path)


def test_a_driver_that_does_not_encrypt_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "_dbapi", sqlite3)  # it ignores PRAGMA key without a word
    with pytest.raises(driver.NotEncryptingError):
        opened(tmp_path)
    assert (tmp_path / "keys.db").read_bytes() == b""


def test_a_lost_store_is_refused_rather_than_started_anew(tmp_path: Path) -> None:
    with pytest.raises(driver.DatabaseMissingError):
        opened(tmp_path, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_store_cut_to_nothing_is_refused_rather_than_started_anew(tmp_path: Path) -> None:
    (tmp_path / "keys.db").touch()
    with pytest.raises(driver.DatabaseMissingError):
        opened(tmp_path, create=False)
    assert (tmp_path / "keys.db").stat().st_size == 0


def test_a_locked_store_is_not_called_corrupt(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.database.execute_sql("PRAGMA locking_mode = EXCLUSIVE").fetchall()
    store.database.execute_sql("BEGIN EXCLUSIVE")
    impatient = driver._dbapi.connect(str(tmp_path / "keys.db"), timeout=0)  # type: ignore[attr-defined]
    with pytest.raises(driver.OperationalError, match="locked"):
        driver._unlock(impatient, KEY)
    impatient.close()
    store.database.execute_sql("COMMIT")
    store.close()


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_key_of_another_length_is_refused_without_showing_it(tmp_path: Path, length: int) -> None:
    key = b"K" * length
    with pytest.raises(ValueError, match="must be 32 bytes") as caught:
        opened(tmp_path, key=key)
    assert "KK" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_store_does_not_print_its_keys(store: CipherStore) -> None:
    assert repr(store) == "<CipherStore>"


def test_a_promise_survives_a_power_cut_and_deleted_rows_do_not(store: CipherStore) -> None:
    pragmas = ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "cipher_memory_security")
    values = [str(store.database.execute_sql(f"PRAGMA {name}").fetchone()[0]) for name in pragmas]
    assert values == ["wal", "2", "1", "1", "1"]


@pytest.mark.parametrize("constant", ["DEFAULT_KEY", ""])
def test_pickles_are_not_closed_with_a_constant(store: CipherStore, constant: str) -> None:
    Olm(USER, DEVICE, store)
    assert store.load_account() is not None
    store.pickle_key = constant
    with pytest.raises(ValueError):
        store.load_account()


# -- room keys that have had their time ------------------------------------------------------------


def test_room_keys_go_after_their_days(store: CipherStore) -> None:
    machine = Olm(USER, DEVICE, store)
    old = room_key(machine)
    assert store.forget_older(MONDAY, MONDAY) == ()
    new = room_key(machine)
    assert store.forget_older(MONDAY + 5 * DAYS - 10 * DAYS, MONDAY + 5 * DAYS) == ()
    assert store.forget_older(MONDAY + 11 * DAYS - 10 * DAYS, MONDAY + 11 * DAYS) == (RoomKey(ROOM, old.id),)
    assert stored_ids(store) == {new.id}


def test_a_key_used_again_after_a_restart_does_not_get_younger(store: CipherStore) -> None:
    machine = Olm(USER, DEVICE, store)
    key = room_key(machine)
    store.forget_older(MONDAY - 10 * DAYS, MONDAY)
    store.save_inbound_group_session(key)
    assert store.forget_older(MONDAY + DAYS, MONDAY + 11 * DAYS) == (RoomKey(ROOM, key.id),)


def test_a_destroyed_case_takes_its_room_keys_along_and_no_others(store: CipherStore) -> None:
    machine = Olm(USER, DEVICE, store)
    gone, stays = {room_key(machine).id, room_key(machine).id}, room_key(machine, OTHER_ROOM)
    store.save_encrypted_rooms([ROOM, OTHER_ROOM])
    for request_id, room_id in (("1", ROOM), ("2", OTHER_ROOM)):
        store.add_outgoing_key_request(OutgoingKeyRequest(request_id, stays.id, room_id, "m.megolm"))
    assert {key.session_id for key in store.forget_room(ROOM)} == gone
    assert stored_ids(store) == {stays.id}
    assert store.load_encrypted_rooms() == {OTHER_ROOM}
    assert set(store.load_outgoing_key_requests()) == {"2"}


def test_a_forwarded_key_goes_with_its_chain(store: CipherStore) -> None:
    machine = Olm(USER, DEVICE, store)
    key = room_key(machine)
    key.forwarding_chain.append(PARTNER_KEY)
    store.save_inbound_group_session(key)
    store.forget_room(ROOM)
    assert store.database.execute_sql("SELECT count(*) FROM forwardedchains").fetchone() == (0,)


def test_nothing_of_a_forgotten_key_waits_in_the_write_ahead_log(tmp_path: Path, store: CipherStore) -> None:
    machine = Olm(USER, DEVICE, store)
    room_key(machine)
    assert (tmp_path / "keys.db-wal").stat().st_size > 0
    store.forget_room(ROOM)
    assert (tmp_path / "keys.db-wal").stat().st_size == 0


def test_a_forgotten_key_leaves_memory_whoever_brought_it(store: CipherStore) -> None:
    machine = Olm(USER, DEVICE, store)
    key, stays = room_key(machine), room_key(machine, OTHER_ROOM)
    twin = InboundGroupSession("", key.ed25519, "iemand anders", ROOM, session=key._session)
    machine.inbound_group_store.add(twin)
    forget_loaded(machine.inbound_group_store, store.forget_room(ROOM))
    assert list(machine.inbound_group_store) == [stays]
