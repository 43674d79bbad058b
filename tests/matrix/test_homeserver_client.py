from __future__ import annotations

import json
import logging
import socket
from typing import TYPE_CHECKING

import pytest

from bot.matrix.homeserver import (
    DEFAULT_WAIT,
    LONGEST_WAIT,
    SHORTEST_WAIT,
    Homeserver,
    HomeserverFault,
    LoggedOut,
    RateLimited,
    Refused,
    Unreachable,
    segment,
)
from tests.matrix.fake import Answer, Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.matrix.fake import FakeHomeserver


@pytest.fixture
async def client(server: FakeHomeserver) -> AsyncIterator[Homeserver]:
    homeserver = Homeserver(server.url + "/", "token")
    yield homeserver
    await homeserver.close()


async def answered(client: Homeserver, server: FakeHomeserver, answer: Answer | Fault) -> dict[str, object]:
    # A GET over a kept connection that breaks is asked once more by aiohttp itself.
    server.plan["sync"] = [answer, answer]
    return await client.request("GET", "/v3/sync")


@pytest.mark.parametrize(
    ("headers", "body", "wait"),
    [
        pytest.param({"Retry-After": "7"}, {}, 7.0, id="the header only, as MSC4041 has it"),
        pytest.param({}, {"retry_after_ms": 1500}, 1.5, id="the body only, as Synapse had it for years"),
        pytest.param({"Retry-After": "7"}, {"retry_after_ms": 1500}, 7.0, id="both: the header counts"),
        pytest.param({}, {}, DEFAULT_WAIT, id="neither"),
        pytest.param({}, {"retry_after_ms": 10**9}, LONGEST_WAIT, id="eleven days in the body"),
        pytest.param({}, {"retry_after_ms": 10**400}, DEFAULT_WAIT, id="a number that no float holds"),
        pytest.param({"Retry-After": "9" * 400}, {}, LONGEST_WAIT, id="infinity in the header"),
        pytest.param({"Retry-After": "nan"}, {}, DEFAULT_WAIT, id="not a number, by its name"),
        pytest.param({"Retry-After": "-3"}, {}, SHORTEST_WAIT, id="a time in the past"),
        pytest.param({"Retry-After": "0"}, {}, SHORTEST_WAIT, id="at once, which would be a hot loop"),
        pytest.param(
            {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, {}, DEFAULT_WAIT, id="a date, as HTTP allows"
        ),
        pytest.param({}, {"retry_after_ms": "straks"}, DEFAULT_WAIT, id="a word"),
        pytest.param({}, {"retry_after_ms": None}, DEFAULT_WAIT, id="nothing where a number belongs"),
        pytest.param({}, ["M_LIMIT_EXCEEDED"], DEFAULT_WAIT, id="a body that is no object"),
    ],
)
async def test_a_server_that_says_wait_is_believed_within_reason(
    client: Homeserver, server: FakeHomeserver, headers: dict[str, str], body: object, wait: float
) -> None:
    with pytest.raises(RateLimited) as limited:
        await answered(client, server, Answer(429, body, headers))
    assert limited.value.retry_after == wait


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(500, {"errcode": "M_UNKNOWN"}), id="an internal error"),
        pytest.param(Answer(502, b"<html>Bad Gateway</html>"), id="a reverse proxy whose homeserver is down"),
        pytest.param(Answer(200, b"<html>Onderhoud</html>"), id="a maintenance page with status 200"),
        pytest.param(Answer(200, b""), id="an empty answer"),
        pytest.param(Answer(200, b'{"next_batch": "s1'), id="half an answer"),
        pytest.param(Answer(200, [1, 2]), id="a list"),
        pytest.param(Answer(200, b"\xff\xfe{}\x00"), id="bytes of no known encoding"),
        pytest.param(Answer(200, b'{"a":' * 100_000 + b"1" + b"}" * 100_000), id="a well without a bottom"),
        pytest.param(Answer(200, b'{"a": ' + b"9" * 10_000 + b"}"), id="a number of ten thousand digits"),
        pytest.param(Answer(302, b"", {"Location": "http://127.0.0.1:9/"}), id="another address to go to"),
        pytest.param(Fault.DROP, id="a connection that breaks"),
    ],
)
async def test_what_is_no_answer_is_tried_again_later(
    client: Homeserver, server: FakeHomeserver, answer: Answer | Fault
) -> None:
    with pytest.raises(Unreachable):
        await answered(client, server, answer)


async def test_a_homeserver_that_is_down_is_tried_again_later() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        client = Homeserver(f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(Unreachable):
            await client.get("/v3/sync")
        await client.close()


async def test_a_server_that_accepts_and_never_answers_is_given_up_at_the_deadline(
    client: Homeserver, server: FakeHomeserver
) -> None:
    server.plan["sync"].append(Fault.HANG)
    with pytest.raises(Unreachable, match="TimeoutError"):
        await client.request("GET", "/v3/sync", timeout=0.2)
    server.plan["sync"].clear()  # on a busy machine the request may not even have got there
    assert await client.get("/v3/sync") == {"next_batch": "s0"}


async def test_a_refusal_carries_the_word_of_matrix_for_why(
    client: Homeserver, server: FakeHomeserver
) -> None:
    with pytest.raises(Refused) as refused:
        await answered(client, server, Answer(403, {"errcode": "M_FORBIDDEN", "error": "nee"}))
    assert (refused.value.status, refused.value.errcode) == (403, "M_FORBIDDEN")


@pytest.mark.parametrize("errcode", ["M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"])
async def test_a_token_that_no_longer_counts_is_told_apart_from_other_refusals(
    client: Homeserver, server: FakeHomeserver, errcode: str
) -> None:
    with pytest.raises(LoggedOut):
        await answered(client, server, Answer(401, {"errcode": errcode}))


@pytest.mark.parametrize(
    "errcode",
    [
        pytest.param("M_X\n2026-03-02 INFO connected as @evil:x", id="a line of its own for our log"),
        pytest.param("\x1b[2J", id="a code that clears the operator's screen"),
        pytest.param("M" * 100_000, id="a hundred thousand letters"),
        pytest.param(["M_FORBIDDEN"], id="no text at all"),
        pytest.param(None, id="nothing"),
    ],
)
async def test_an_error_code_cannot_write_in_our_log(
    client: Homeserver, server: FakeHomeserver, errcode: object
) -> None:
    with pytest.raises(Refused) as refused:
        await answered(client, server, Answer(403, {"errcode": errcode}))
    assert str(refused.value) == "403 M_UNKNOWN"


async def test_half_a_character_becomes_one_that_a_database_can_store(
    client: Homeserver, server: FakeHomeserver
) -> None:
    raw = rb'{"half": "a\ud800b", "\udfff": 1, "whole": "\ud83d\ude00", "quoted": "\\ud800"}'
    found = await answered(client, server, Answer(200, raw))
    assert found == {"half": "a?b", "?": 1, "whole": "\N{GRINNING FACE}", "quoted": r"\ud800"}
    json.dumps(found, ensure_ascii=False).encode()


async def test_an_id_with_every_special_character_stays_one_segment_of_the_path(
    client: Homeserver, server: FakeHomeserver
) -> None:
    room_id = "!a/b?c#d%2Fe é:zvh.example"
    await client.put(f"/v3/rooms/{segment(room_id)}/send/m.room.message/t1", {})
    assert server.calls[-1].path == ("rooms", room_id, "send", "m.room.message", "t1")


async def test_no_fault_shows_the_access_token(
    client: Homeserver, server: FakeHomeserver, caplog: pytest.LogCaptureFixture
) -> None:
    client.access_token = "geheimtoken"
    caplog.set_level(logging.DEBUG)
    for answer in (Answer(500), Answer(403), Answer(429), Fault.DROP):
        with pytest.raises(HomeserverFault) as fault:
            await answered(client, server, answer)
        assert "geheimtoken" not in f"{fault.value!r} {fault.value.__cause__!r}"
    assert "geheimtoken" not in caplog.text
