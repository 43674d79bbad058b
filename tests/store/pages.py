"""Every byte that somebody with the key can find: SQLCipher's pages decrypted one by one, free ones too.

The format is that of SQLCipher 4 with a raw key: pages of 4096 bytes end in an IV of 16 and a seal of 64; the first
begins with 16 bytes of salt; AES-256 in CBC mode. The write-ahead log holds whole pages behind a header of 32 and one
of 24 each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from Crypto.Cipher import AES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE, RESERVED, IV, SALT = 4096, 80, 16, 16
LOG_HEADER, FRAME_HEADER = 32, 24


def decrypted(path: Path, key: bytes) -> bytes:
    """What stands in the file and in its write-ahead log."""
    return b"".join(_pages(path, key))


def _pages(path: Path, key: bytes) -> Iterator[bytes]:
    raw = path.read_bytes()
    assert len(raw) % PAGE == 0
    for number in range(len(raw) // PAGE):
        yield _page(raw[number * PAGE : (number + 1) * PAGE], key, skip=0 if number else SALT)
    log = path.with_name(path.name + "-wal")
    frames = log.read_bytes()[LOG_HEADER:] if log.exists() else b""
    for start in range(0, len(frames), FRAME_HEADER + PAGE):
        first = int.from_bytes(frames[start : start + 4], "big") == 1
        page = frames[start + FRAME_HEADER : start + FRAME_HEADER + PAGE]
        yield _page(page, key, skip=SALT if first else 0)


def _page(page: bytes, key: bytes, *, skip: int) -> bytes:
    end = PAGE - RESERVED
    return AES.new(key, AES.MODE_CBC, page[end : end + IV]).decrypt(page[skip:end])
