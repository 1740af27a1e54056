"""What passes between here and the provider, in the hub's words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where the browser goes, and what it must bring back."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What the provider says of somebody. ``address`` is what it knows, confirmed there or not."""

    issuer: str
    subject: str
    address: str = ""
    is_address_confirmed: bool = False
    is_strong: bool = False
