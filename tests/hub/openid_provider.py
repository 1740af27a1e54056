"""A hostile OpenID provider on a real port: it does what it is told to do wrong, and remembers.

The well-behaved one of the tests is the package oidc-provider-mock.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jws
from joserfc.jwk import RSAKey


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one"})


@cache
def usual_key() -> RSAKey:
    """One for all tests: it takes longer to make than most of them."""
    return new_key()


@dataclass
class Provider:
    """``claims`` replace those of the ID token (None leaves one out), ``metadata`` fields of the
    discovery document. ``answers`` replace whole answers: path → (status, headers, body)."""

    port: int = 0
    subject: str = "alice"
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    delay: float = 0.0
    key: RSAKey = field(default_factory=usual_key)
    published: RSAKey | None = None
    algorithm: str = "RS256"
    tampers: bool = False
    asked: dict[str, str] = field(default_factory=dict)
    visits: list[str] = field(default_factory=list)
    tokens: list[dict[str, str]] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def consent(self, url: str) -> dict[str, str]:
        """What the browser brings back after the person agreed at that address."""
        self.asked = dict(parse_qsl(urlsplit(url).query))
        return {"code": "a-code", "state": self.asked["state"]}

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            **self.metadata,
        }

    def id_token(self, access_token: str) -> str:
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        moment = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": self.asked.get("client_id"),
            "nonce": self.asked.get("nonce"),
            "iat": moment,
            "exp": moment + 300,
            "at_hash": _base64(half),
            "auth_time": moment if "max_age" in self.asked else None,
            **self.claims,
        }
        token = self._signed({name: value for name, value in claims.items() if value is not None})
        if not self.tampers:
            return token
        head, _, signature = token.split(".")
        claims["sub"] = "somebody else"
        return f"{head}.{_base64(json.dumps(claims).encode())}.{signature}"

    def _signed(self, claims: dict[str, Any]) -> str:
        payload = json.dumps(claims).encode()
        if self.algorithm == "RS256":
            head = {"alg": "RS256", "kid": self.key.kid}
            return jws.serialize_compact(head, payload, self.key)
        head = _base64(json.dumps({"alg": self.algorithm, "kid": "one"}).encode())
        signed = f"{head}.{_base64(payload)}"
        if self.algorithm == "none":
            return f"{signed}."
        # Signed with the public key, as if it were a secret that both share.
        secret = self.key.as_pem(private=False)
        return f"{signed}.{_base64(hmac.digest(secret, signed.encode(), 'sha256'))}"

    def token(self) -> dict[str, Any]:
        return {
            "access_token": "an-access-token",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self.id_token("an-access-token"),
        }

    def keys(self) -> dict[str, Any]:
        return {"keys": [(self.published or self.key).as_dict(private=False)]}


def _base64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


@contextmanager
def openid_provider() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            sent = parse_qs(self.rfile.read(length).decode())
            provider.tokens.append({name: values[0] for name, values in sent.items()})
            self._answer()

        def _answer(self) -> None:
            path = urlsplit(self.path).path
            provider.visits.append(path)
            time.sleep(provider.delay)
            status, headers, body = provider.answers.get(path) or (200, {}, self._body(path))
            try:
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except BrokenPipeError:
                pass

        def _body(self, path: str) -> bytes:
            made = {
                "/.well-known/openid-configuration": provider.document,
                "/token": provider.token,
                "/jwks": provider.keys,
                "/userinfo": lambda: {"sub": provider.subject, **provider.about},
            }[path]
            return json.dumps(made()).encode()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.port = server.server_port
    # It looks so often, in seconds, whether it is to stop: by default, each test waits half of one.
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
