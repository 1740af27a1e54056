"""The line to the OpenID provider: nothing else in the hub talks to it.

Authlib makes the requests and reads the tokens. What is added here: the answers are bounded in time
and size, no redirect is followed, only this issuer's word counts, and only for this hub.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, TypeVar

import requests
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.integrations.flask_client import (  # type: ignore[import-untyped]
    FlaskIntegration,
    FlaskOAuth2App,
)
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]
from joserfc.errors import BadSignatureError, JoseError

from hub.provider.claims import LEEWAY_SECONDS, Beginning, Claim
from hub.provider.problems import ProviderDown, Untrusted
from hub.provider.settings import is_safe_address
from hub.texts import is_readable

CONNECT_SECONDS = 3
READ_SECONDS = 10
WHOLE_SECONDS = 15
LARGEST_ANSWER = 1_000_000
LARGEST_CODE = 4_000
METADATA_SECONDS = 3_600
LONGEST_SUBJECT = 255  # OpenID Connect Core 1.0, section 2
# Each waiting request holds a thread of the hub: a provider that hangs must not take them all.
LINES = 4
SECONDS_FOR_A_LINE = 2
# The hub never shares a secret for signing, and never takes a token that nobody signed.
ALGORITHMS = frozenset(
    f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)
) | {"EdDSA", "Ed25519"}
# Authentication contexts that stand for more than one factor.
STRONG_CONTEXTS = frozenset(
    {
        "phr",
        "phrh",
        "https://refeds.org/profile/mfa",
        "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
    }
)
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
READ = (*ENDPOINTS, "issuer", "userinfo_endpoint", "id_token_signing_alg_values_supported")
Result = TypeVar("Result")


class _Line(OAuth2Session):  # type: ignore[misc]
    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        bounds = {"timeout": (CONNECT_SECONDS, READ_SECONDS), "allow_redirects": False}
        response = super().request(method, url, **{**options, **bounds, "stream": True})
        if 300 <= response.status_code < 400:
            response.close()
            raise Untrusted("a redirect where an answer was due")
        if response.status_code >= 500:
            response.close()
            raise ProviderDown
        # Read here within bounds; requests would read whatever comes, for as long as it comes.
        response._content = _bounded(response)
        return response


def _bounded(response: requests.Response) -> bytes:
    body, until = bytearray(), time.monotonic() + WHOLE_SECONDS
    for piece in response.iter_content(16_384):
        body += piece
        if len(body) > LARGEST_ANSWER or time.monotonic() > until:
            response.close()
            raise ProviderDown
    return bytes(body)


class _App(FlaskOAuth2App):  # type: ignore[misc]
    """Authlib's client, which takes of the discovery document only what is used, and checks it."""

    client_cls = _Line
    server_metadata: dict[str, Any]

    def load_server_metadata(self) -> dict[str, Any]:
        if time.monotonic() - self.server_metadata.get("_loaded_at", -METADATA_SECONDS) >= (
            METADATA_SECONDS
        ):
            with self._get_session() as line:
                answer = line.request("GET", self._server_metadata_url, withhold_token=True)
            answer.raise_for_status()
            issuer = self.client_kwargs["issuer"]
            self.server_metadata = _checked(answer.json(), issuer)
        metadata: dict[str, Any] = self.server_metadata
        return metadata


def _checked(document: Any, issuer: str) -> dict[str, Any]:
    if not isinstance(document, dict) or document.get("issuer") != issuer:
        raise Untrusted("the discovery document of another issuer")
    metadata = {name: document[name] for name in READ if document.get(name)}
    addresses = [metadata.get(name) for name in ENDPOINTS]
    addresses += [metadata[name] for name in ("userinfo_endpoint",) if name in metadata]
    if not all(isinstance(address, str) and _is_safe(address, issuer) for address in addresses):
        raise Untrusted("an endpoint that is not reached safely")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    algorithms = [name for name in offered if name in ALGORITHMS]
    if not algorithms:  # an empty list would mean any
        raise Untrusted("no signature that is accepted here")
    metadata["id_token_signing_alg_values_supported"] = algorithms
    methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    is_basic = "client_secret_basic" in methods
    metadata["token_endpoint_auth_method"] = (
        "client_secret_basic" if is_basic else "client_secret_post"
    )
    return {**metadata, "_loaded_at": time.monotonic()}


def _is_safe(address: str, issuer: str) -> bool:
    """By TLS; a provider on this machine may have its endpoints there too."""
    plain = address.partition("?")[0]
    return is_safe_address(plain) and (plain.startswith("https:") or issuer.startswith("http:"))


class Connection:
    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self.issuer, self.client_id = issuer, client_id
        self._app = _App(
            FlaskIntegration("provider"),
            "provider",
            client_id=client_id,
            client_secret=client_secret,
            client_kwargs={
                "scope": "openid email",
                "code_challenge_method": "S256",
                "issuer": issuer,
            },
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        )
        self._lines = BoundedSemaphore(LINES)

    def begin(self, redirect_uri: str, *, is_asked_again: bool = False) -> Beginning:
        """``is_asked_again``: the provider is to ask anew who it is, even if it knows the browser.
        The browser can take that out of the address, so whether it did stands in the claim.

        Raises: ProviderDown, Untrusted.
        """
        options = {"prompt": "login", "max_age": 0} if is_asked_again else {}
        begun = self._spoken(lambda: self._app.create_authorization_url(redirect_uri, **options))
        return Beginning(begun["url"], begun["state"], begun["nonce"], begun["code_verifier"])

    def claim(self, redirect_uri: str, code: str, verifier: str, nonce: str) -> Claim:
        """What the provider says for this code. Raises: ProviderDown, Untrusted."""
        if not 0 < len(code) <= LARGEST_CODE or not is_readable(code):
            raise Untrusted("no code")
        token = self._spoken(
            lambda: self._app.fetch_access_token(redirect_uri, code=code, code_verifier=verifier)
        )
        if not isinstance(token, dict) or not isinstance(token.get("id_token"), str):
            raise Untrusted("no ID token")
        try:
            claims = self._spoken(lambda: self._verified(token, nonce))
        except Untrusted:
            self._app.server_metadata.pop("jwks", None)  # they may be what is wrong
            raise
        return self._read(claims, token)

    def _verified(self, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        """The claims of the token. A provider may have changed its keys since they were read."""
        try:
            return self._claims(token, nonce)
        except BadSignatureError:
            self._app.fetch_jwk_set(force=True)
            return self._claims(token, nonce)

    def _claims(self, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        options = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
            "sub": {"essential": True},
        }
        claims = self._app.parse_id_token(
            token, nonce=nonce, claims_options=options, leeway=LEEWAY_SECONDS
        )
        return dict(claims)

    def _read(self, claims: dict[str, Any], token: dict[str, Any]) -> Claim:
        subject = claims["sub"]
        if not 0 < len(subject) <= LONGEST_SUBJECT or not is_readable(subject):
            raise Untrusted("a subject that cannot be kept")
        about = claims if "email" in claims else self._more_about(subject, token)
        address = about.get("email")
        return Claim(
            self.issuer,
            subject,
            address if isinstance(address, str) else "",
            about.get("email_verified") is True,
            _is_strong(claims),
            _proven_at(claims),
        )

    def _more_about(self, subject: str, token: dict[str, Any]) -> dict[str, Any]:
        """Many providers tell the address only here. Without it one can sign in too."""
        if "userinfo_endpoint" not in self._app.server_metadata:
            return {}
        try:
            about = self._spoken(lambda: dict(self._app.userinfo(token=token)))
        except (ProviderDown, Untrusted):
            return {}
        return about if about.get("sub") == subject else {}

    def _spoken(self, ask: Callable[[], Result]) -> Result:
        with self._line(), _said_plainly():
            return ask()

    @contextmanager
    def _line(self) -> Iterator[None]:
        if not self._lines.acquire(timeout=SECONDS_FOR_A_LINE):
            raise ProviderDown
        try:
            yield
        finally:
            self._lines.release()


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Whatever the libraries raise, in the two words that the hub knows."""
    try:
        yield
    except requests.HTTPError as error:
        raise Untrusted("an error instead of an answer") from error
    except requests.JSONDecodeError as error:
        raise Untrusted("an answer that is not JSON") from error
    except requests.RequestException as error:
        raise ProviderDown from error
    except (AuthlibBaseError, JoseError) as error:
        raise Untrusted(type(error).__name__) from error
    except (
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        ArithmeticError,
        RuntimeError,
    ) as error:
        # What it sent is not made as it should be, and the libraries took it as if it were.
        raise Untrusted(type(error).__name__) from error


def _proven_at(claims: dict[str, Any]) -> float | None:
    """None also for what is no time, or one that is still to come."""
    said = claims.get("auth_time")
    if not isinstance(said, int | float) or not 0 < said <= time.time() + LEEWAY_SECONDS:
        return None
    return float(said)


def _is_strong(claims: dict[str, Any]) -> bool:
    methods = claims.get("amr")
    return (isinstance(methods, list) and "mfa" in methods) or (
        isinstance(claims.get("acr"), str) and claims["acr"] in STRONG_CONTEXTS
    )
