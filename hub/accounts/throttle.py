"""How often signing in may be tried, and mails be asked for, before one has to wait.

An attempt is counted *before* it is made, so that many at once find no gap, and given back when it
succeeds or is refused. Who holds a cookie of a device on which the person has signed in before
(``hub.accounts.devices``) has counters of their own, which nobody else's failures touch: somebody
who tries passwords cannot lock the owner out. Addresses that have no account are counted alike.

Where the counters cannot be reached, nobody signs in: LimitsUnavailable.
"""

import ipaddress
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from math import ceil
from typing import ParamSpec, TypeVar

from flask import current_app, request
from limits import RateLimitItem, parse, parse_many

from hub.accounts.devices import knows_device as knows_device
from hub.accounts.devices import number_of
from hub.accounts.devices import remember_device as remember_device
from hub.busy import NotNow
from hub.extensions import limiter

IPV6_NETWORK = 64  # what one household gets
Counter = tuple[RateLimitItem, str, str]
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class LimitsUnavailable(NotNow):
    """The attempts cannot be counted now, so none is allowed."""

    retry_after = 30


@dataclass(frozen=True, slots=True)
class Attempt:
    """``account_key``: what was typed for the account, in one spelling, whether it exists or not.
    ``device``: the number in the device cookie, if it belongs to that
    account (``number_of``), else ""."""

    account_key: str
    address: str
    device: str = ""

    @property
    def knows_device(self) -> bool:
        return bool(self.device)


@dataclass(frozen=True, slots=True)
class Allowance:
    """``seconds_to_wait``: what to tell who asks too often. ``may_send`` is False too where only
    the recipient has had enough; the page then says the same as ever."""

    may_send: bool
    seconds_to_wait: int = 0

    def __bool__(self) -> bool:
        return self.may_send


def attempt_on(account: str, person_id: int) -> Attempt:
    """The attempt of this request: ``account`` is the address that was typed (in one spelling; ""
    for what is none), ``person_id`` whose it is, 0 for nobody's."""
    address = request.remote_addr or ""
    whose = account or f"nothing from {address}"
    return Attempt(account_key_of(whose), address, number_of(person_id))


def account_key_of(text: str) -> str:
    """A digest, so that the counters hold no addresses."""
    return sha256(text.strip().lower().encode("utf-8", "replace")).hexdigest()


def _fails_closed(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    @wraps(function)
    def counted(*args: Arguments.args, **options: Arguments.kwargs) -> Result:
        try:
            return function(*args, **options)
        except Exception as error:  # each kind of store raises its own
            raise LimitsUnavailable from error

    return counted


@_fails_closed
def seconds_to_wait(attempt: Attempt) -> int:
    """0 where the attempt may be made now, which is counted; else in how many seconds."""
    return _counted(list(_sign_in_counters(attempt)))


@_fails_closed
def note_success(attempt: Attempt) -> None:
    """Forgets what was counted for the account, and takes back this attempt elsewhere."""
    if limiter.enabled:
        own, *others = _sign_in_counters(attempt)
        limiter.limiter.clear(*own)
        _give_back(others)


@_fails_closed
def seconds_to_wait_for_code(person_id: int, address: str, device: str = "") -> int:
    """The same for the codes of a second factor, which only those reach who know the password:
    counted for the person, whatever sign-in it is."""
    attempt = Attempt(f"second {person_id}", address, device)
    return _counted(list(_code_counters(attempt)))


@_fails_closed
def note_right_code(person_id: int, address: str, device: str = "") -> None:
    if limiter.enabled:
        _give_back(list(_code_counters(Attempt(f"second {person_id}", address, device))))


@_fails_closed
def request_allowance(kind: str, address: str, recipient: str) -> Allowance:
    """Whether a mail that a stranger asked for may be sent to ``recipient`` (counted: for the
    address first, so that one that is refused takes none from everybody)."""
    seconds = _counted(
        [
            *_counters("REQUEST_ADDRESS_LIMIT", f"{kind} address", network_of(address)),
            *_counters("REQUEST_TOTAL_LIMIT", f"{kind} total", "all"),
        ]
    )
    if seconds:
        return Allowance(False, seconds)
    mailbox = account_key_of(_mailbox(recipient))
    return Allowance(not _counted(_counters("REQUEST_RECIPIENT_LIMIT", kind, mailbox)))


def network_of(address: str) -> str:
    """An address of IPv6 counts as its network: whoever has one has billions."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(read, ipaddress.IPv6Address):
        if read.ipv4_mapped:
            return str(read.ipv4_mapped)
        return str(ipaddress.ip_network((read, IPV6_NETWORK), strict=False))
    return str(read)


def _sign_in_counters(attempt: Attempt) -> Iterator[Counter]:
    """The one of the account first, the one of everybody last."""
    if attempt.knows_device:
        yield from _counters("SIGN_IN_DEVICE_LIMIT", "sign-in device", attempt.device)
        return
    yield from _counters("SIGN_IN_ACCOUNT_LIMIT", "sign-in account", attempt.account_key)
    yield from _counters("SIGN_IN_ADDRESS_LIMIT", "sign-in address", network_of(attempt.address))
    yield from _counters("SIGN_IN_TOTAL_LIMIT", "sign-in total", "all")


def _code_counters(attempt: Attempt) -> Iterator[Counter]:
    whose = f"{attempt.account_key} {attempt.device}"
    yield from _counters("SECOND_FACTOR_LIMIT", "code", whose)
    if not attempt.knows_device:
        yield from _counters("SIGN_IN_ADDRESS_LIMIT", "code address", network_of(attempt.address))


def _counters(setting: str, name: str, whose: str) -> list[Counter]:
    return [(limit, name, whose) for limit in parse_many(current_app.config[setting])]


def _counted(counters: list[Counter]) -> int:
    """0 where none of them is used up, each having been hit in turn; else the seconds to wait.

    What is refused counts nowhere: one address that tries without end would otherwise use up what
    everybody has in all.
    """
    if not limiter.enabled:
        return 0
    for place, counter in enumerate(counters, 1):
        if not limiter.limiter.hit(*counter):
            seconds = _seconds_left(*counter)
            _give_back(counters[:place])
            return seconds
    return 0


def _give_back(counters: list[Counter]) -> None:
    for limit, *names in counters:
        if limiter.limiter.get_window_stats(limit, *names).remaining < limit.amount:
            limiter.limiter.hit(limit, *names, cost=-1)


def _seconds_left(limit: RateLimitItem, *names: str) -> int:
    ends_at = limiter.limiter.get_window_stats(limit, *names).reset_time
    return max(1, ceil(ends_at - time.time()))


def _mailbox(recipient: str) -> str:
    """Without what many hosts let people append to their name (``name+anything@host``)."""
    name, at, host = recipient.strip().lower().rpartition("@")
    return name.partition("+")[0] + at + host


HASHES_FOR_ONE = parse("20 per hour")
HASHES_FROM_ADDRESS = parse("40 per hour")


@_fails_closed
def seconds_to_wait_for_hash(whose: str, address: str) -> int:
    """0 where a new password may be judged and hashed now, both of which are dear; this is counted.
    ``whose``: the link or the person that it is for ("link 17")."""
    return _counted(
        [
            (HASHES_FOR_ONE, "hash", whose),
            (HASHES_FROM_ADDRESS, "hash address", network_of(address)),
        ]
    )
