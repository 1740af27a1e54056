"""A passkey device in software: what a browser and its authenticator do for a page (WebAuthn)."""

import hashlib
import json
import os
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """``origin`` is the page that it believes to be on. ``step``: by how much its counter grows,
    0 for those that do not count."""

    origin: str = "http://localhost"
    step: int = 1
    flags: int = USER_PRESENT | USER_VERIFIED
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """Answers a registration. ``changed``: parts of the client data that are forged."""
        self.count += self.step
        length = struct.pack(">H", len(self.credential_id))
        attested = bytes(16) + length + self.credential_id + self._public_key()
        authenticator = self._data(options["rp"]["id"], HAS_CREDENTIAL) + attested
        attestation = {"fmt": "none", "attStmt": {}, "authData": authenticator}
        return self._answer(
            clientDataJSON=self._client_data("webauthn.create", options, changed),
            attestationObject=cbor2.dumps(attestation),
        )

    def get(self, options: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """Answers a question for a proof."""
        self.count += self.step
        authenticator = self._data(changed.pop("rp_id", options["rpId"]))
        client = self._client_data("webauthn.get", options, changed)
        signed = authenticator + hashlib.sha256(client).digest()
        return self._answer(
            clientDataJSON=client,
            authenticatorData=authenticator,
            signature=self.key.sign(signed, ec.ECDSA(hashes.SHA256())),
        )

    def _data(self, rp_id: str, flags: int = 0) -> bytes:
        place = hashlib.sha256(rp_id.encode()).digest()
        return place + struct.pack(">BI", self.flags | flags, self.count)

    def _client_data(self, kind: str, options: dict[str, Any], changed: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(said | changed).encode()

    def _public_key(self) -> bytes:
        """As COSE: an elliptic curve key for ES256."""
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, **response: bytes) -> dict[str, Any]:
        name = bytes_to_base64url(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": {part: bytes_to_base64url(value) for part, value in response.items()},
        }
