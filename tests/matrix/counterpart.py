"""The other side of an emoji verification, written from the specification and from nothing in the bot."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import vodozemac


@dataclass
class Counterpart:
    """Somebody's client that asks, starts and answers, and holds the bot to every promise."""

    user_id: str
    device_id: str
    device_key: str
    master_key: str
    bot_user: str
    bot_device: str
    bot_device_key: str
    bot_master_key: str
    transaction_id: str = "t1"
    sas: vodozemac.Sas = field(default_factory=vodozemac.Sas)

    def start(self, **changes: Any) -> dict[str, Any]:
        self.started = {
            "from_device": self.device_id,
            "method": "m.sas.v1",
            "key_agreement_protocols": ["curve25519-hkdf-sha256"],
            "hashes": ["sha256"],
            "message_authentication_codes": ["hkdf-hmac-sha256.v2", "hkdf-hmac-sha256"],
            "short_authentication_string": ["decimal", "emoji"],
            "transaction_id": self.transaction_id,
        } | changes
        return self.started

    def accepted(self, content: dict[str, Any]) -> None:
        assert content["key_agreement_protocol"] == "curve25519-hkdf-sha256"
        assert content["message_authentication_code"] == "hkdf-hmac-sha256.v2"
        self.commitment = content["commitment"]

    def committed(self, key: str) -> str:
        canonical = json.dumps(self.started, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return base64.b64encode(hashlib.sha256((key + canonical).encode()).digest()).decode().rstrip("=")

    def key(self) -> dict[str, Any]:
        self.public = self.sas.public_key.to_base64()
        return {"key": self.public}

    def keyed(self, content: dict[str, Any]) -> tuple[list[int], tuple[int, int, int]]:
        """What stands on this screen."""
        assert self.committed(content["key"]) == self.commitment, "the bot changed its key"
        self.secret = self.sas.diffie_hellman(vodozemac.Curve25519PublicKey.from_base64(content["key"]))
        info = (
            f"MATRIX_KEY_VERIFICATION_SAS|{self.user_id}|{self.device_id}|{self.public}"
            f"|{self.bot_user}|{self.bot_device}|{content['key']}|{self.transaction_id}"
        )
        shown = self.secret.bytes(info)
        return list(shown.emoji_indices), shown.decimals

    def mac(self, keys: dict[str, str] | None = None) -> dict[str, Any]:
        if keys is None:
            keys = {
                f"ed25519:{self.device_id}": self.device_key,
                f"ed25519:{self.master_key}": self.master_key,
            }
        info = f"MATRIX_KEY_VERIFICATION_MAC{self.user_id}{self.device_id}{self.bot_user}{self.bot_device}"
        info += self.transaction_id
        return {
            "mac": {name: self.secret.calculate_mac(key, info + name) for name, key in keys.items()},
            "keys": self.secret.calculate_mac(",".join(sorted(keys)), info + "KEY_IDS"),
        }

    def maced(self, content: dict[str, Any]) -> None:
        """Raises unless the bot's MACs cover its device and its identity."""
        keys = {
            f"ed25519:{self.bot_device}": self.bot_device_key,
            f"ed25519:{self.bot_master_key}": self.bot_master_key,
        }
        info = f"MATRIX_KEY_VERIFICATION_MAC{self.bot_user}{self.bot_device}{self.user_id}{self.device_id}"
        info += self.transaction_id
        assert content["mac"].keys() == keys.keys()
        self.secret.verify_mac(",".join(sorted(keys)), info + "KEY_IDS", content["keys"])
        for name, key in keys.items():
            self.secret.verify_mac(key, info + name, content["mac"][name])
