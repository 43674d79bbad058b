"""The yardstick: a bare echo bot on nio as its documentation shows it, storing nothing and checking nobody."""

from __future__ import annotations

import asyncio
import os
import sys

from nio import AsyncClient, AsyncClientConfig, InviteMemberEvent, MatrixRoom, RoomMessageText

from bot.matrix.homeserver import Homeserver
from bot.matrix.identity import Identity, LocalDevice


async def main(url: str, user: str, password: str, store: str) -> None:
    client = AsyncClient(
        url, user, store_path=store, config=AsyncClientConfig(encryption_enabled=True, store_sync_tokens=True)
    )

    async def invited(room: MatrixRoom, event: InviteMemberEvent) -> None:
        if event.state_key == user:
            await client.join(room.room_id)

    async def said(room: MatrixRoom, event: RoomMessageText) -> None:
        if event.sender != user:
            content = {
                "msgtype": "m.notice",
                "body": event.body,
                "m.relates_to": {"m.in_reply_to": {"event_id": event.event_id}},
            }
            await client.room_send(room.room_id, "m.room.message", content, ignore_unverified_devices=True)

    client.add_event_callback(invited, InviteMemberEvent)
    client.add_event_callback(said, RoomMessageText)
    await client.login(password)
    await client.keys_upload()
    await cross_sign(client)
    await client.sync_forever(30_000, full_state=True)


async def cross_sign(client: AsyncClient) -> None:
    """Without this nobody who excludes unsigned devices would write to it; nio cannot do it by itself."""
    homeserver = Homeserver(client.homeserver, client.access_token)
    user, device, account = client.user_id, client.device_id, client.olm.account
    identity = Identity.create(user, os.urandom)
    await homeserver.post(
        "/v3/keys/device_signing/upload", identity.device_signing_upload(device, account.sign)
    )
    answer = await homeserver.post("/v3/keys/query", {"device_keys": {user: [device]}})
    keys = account.identity_keys
    signed = identity.sign_device(
        answer["device_keys"][user][device], LocalDevice(device, keys["curve25519"], keys["ed25519"])
    )
    await homeserver.post("/v3/keys/signatures/upload", signed)
    await homeserver.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
