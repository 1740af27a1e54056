"""What passes between here and the provider, in the hub's words."""

from dataclasses import dataclass

LEEWAY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where the browser goes, and what it must bring back."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What the provider says of somebody. ``address`` is what it knows, confirmed there or not;
    ``proven_at`` when it last asked who they are (in seconds since 1970), None where it does not
    say."""

    issuer: str
    subject: str
    address: str = ""
    is_address_confirmed: bool = False
    is_strong: bool = False
    proven_at: float | None = None

    def was_proven_since(self, moment: float) -> bool:
        """Clocks may differ a little."""
        return self.proven_at is not None and self.proven_at >= moment - LEEWAY_SECONDS
