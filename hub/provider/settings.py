"""The settings of the OpenID provider, checked when the hub starts."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

NEEDED = ("HUB_OIDC_CLIENT_ID", "HUB_OIDC_CLIENT_SECRET", "HUB_ADDRESS")


def provider_settings(environ: Mapping[str, str], address: str) -> dict[str, str]:
    """All empty where no provider is set. Raises: ValueError, with a sentence for people."""
    issuer = environ.get("HUB_OIDC_ISSUER", "")
    if not issuer:
        return dict.fromkeys(
            ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME"), ""
        )
    if not is_safe_address(issuer):
        raise ValueError(
            f"HUB_OIDC_ISSUER is “{issuer}”; it must begin with https:// and have neither “?” nor "
            "“#”. Only a provider on this machine may be reached by http://."
        )
    given = {name: environ.get(name, "") for name in NEEDED} | {"HUB_ADDRESS": address}
    if missing := [name for name in NEEDED if not given[name]]:
        raise ValueError(f"{missing[0]} is not set, and HUB_OIDC_ISSUER needs it.")
    return {
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": given["HUB_OIDC_CLIENT_ID"],
        "OIDC_CLIENT_SECRET": given["HUB_OIDC_CLIENT_SECRET"],
        "OIDC_NAME": environ.get("HUB_OIDC_NAME") or urlsplit(issuer).hostname or issuer,
    }


def is_safe_address(text: str) -> bool:
    """An address by TLS, or one on this machine, where nobody listens in between."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.query or parts.fragment or parts.username or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
