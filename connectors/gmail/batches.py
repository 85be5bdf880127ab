"""Many messages in few round trips; what fails of a batch is tried again, and nothing else."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from connectors.errors import NotFound, Refused, Throttled, Unavailable
from connectors.gmail.answers import Json, text
from connectors.gmail.multipart import Part
from connectors.gmail.service import Request, Service

if TYPE_CHECKING:
    from tenacity import RetryCallState

__all__ = ["AT_ONCE", "Fetched", "chunks", "fetch_many", "given_up"]

AT_ONCE: Final = 50
"""Calls in one batch: more are likely to be throttled (https://developers.google.com/workspace/gmail/api/guides/batch)."""
_TRIES: Final = 6
_PATIENT_TRIES: Final = 8
"""For limits, which are by the minute: the pauses before so many come to more than one."""
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 30.0
_GIVEN_UP: Final = 3
"""Rounds of tries, in as many passes, after which a message that cannot be had is left out."""
_FAILED: Final[Counter[tuple[str, str]]] = Counter()
"""How often each message could not be had while others could. It outlives the connection, which such trouble ends."""
_REMEMBERED: Final = 1000
_LEFT_OUT: Final = Part(503, {}, b"")
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Fetched:
    """What came of asking for some ids."""

    found: dict[str, Json] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Those that are not there any more. An id in neither was given up."""


class _SomeFailedError(Exception):
    """Parts of a batch failed in a way that may pass."""

    def __init__(self, error: Unavailable) -> None:
        super().__init__(str(error))
        self.error = error


def chunks(ids: Iterable[str], size: int = AT_ONCE) -> Iterable[Sequence[str]]:
    """Deal ids into lists of at most `size`."""
    rest = iter(ids)
    while chunk := list(islice(rest, size)):
        yield chunk


def fetch_many(service: Service, ids: Iterable[str], request: Callable[[str], Request], doing: str) -> Fetched:
    """Carry out `request`, which asks for `id` too, for every id. Raises Throttled, Unavailable, AuthNeeded and Misconfigured.

    Parts that fail are tried a few times more, with pauses that grow, or as long as the service asks for; then the error
    is raised and the caller goes on from its cursor. A message that fails again and again
    while others come is left out in the end.
    """
    fetched = Fetched()
    for chunk in chunks(ids):
        _fetch(service, chunk, request, doing, fetched)
    return fetched


def _fetch(service: Service, ids: Sequence[str], request: Callable[[str], Request], doing: str, fetched: Fetched) -> None:
    from tenacity import Retrying, retry_if_exception_type, stop_after_attempt  # noqa: PLC0415 - only an open mailbox needs it

    left = list(ids)

    def once() -> None:
        left[:], error = _round(service, list(left), request, doing, fetched)
        if error is not None:
            raise _SomeFailedError(error)

    retrying = Retrying(
        retry=retry_if_exception_type(_SomeFailedError),
        stop=lambda state: stop_after_attempt(_tries(state))(state) or _asked_for(state) > _LONGEST_PAUSE,
        wait=_pause,
        sleep=service.settings.pause,
        reraise=True,
    )
    try:
        retrying(once)
    except _SomeFailedError as failed:
        if not given_up(service, left, failed.error):
            raise failed.error from None


def given_up(service: Service, refs: Sequence[str], error: Unavailable) -> bool:
    """Count a round in which these messages could not be had; say whether it was one too many for all of them."""
    if isinstance(error, Throttled):
        return False
    keys = [(service.settings.address, ref) for ref in refs]
    if len(_FAILED) > _REMEMBERED:
        _FAILED.clear()
    _FAILED.update(keys)
    if any(_FAILED[key] < _GIVEN_UP for key in keys):
        return False
    _log.warning("Gmail does not give messages in spite of many tries; they are left out: %s (%s)", list(refs[:5]), error)
    return True


def _tries(state: RetryCallState) -> int:
    return _PATIENT_TRIES if isinstance(_failure(state), Throttled) else _TRIES


def _pause(state: RetryCallState) -> float:
    from tenacity import wait_exponential_jitter, wait_random_exponential  # noqa: PLC0415

    if isinstance(_failure(state), Throttled):
        limited: float = wait_exponential_jitter(_FIRST_PAUSE, _LONGEST_PAUSE, jitter=_FIRST_PAUSE)(state)
        return max(_asked_for(state), limited)
    jittered: float = wait_random_exponential(multiplier=_FIRST_PAUSE, max=_LONGEST_PAUSE)(state)
    return jittered


def _asked_for(state: RetryCallState) -> float:
    """Return the seconds that the service asks for by itself; in the parts of a batch it seldom does."""
    error = _failure(state)
    return error.retry_after if isinstance(error, Throttled) and error.named else 0.0


def _failure(state: RetryCallState) -> Unavailable | None:
    failed = state.outcome.exception() if state.outcome is not None else None
    return failed.error if isinstance(failed, _SomeFailedError) else None


def _round(
    service: Service, ids: Sequence[str], request: Callable[[str], Request], doing: str, fetched: Fetched
) -> tuple[list[str], Unavailable | None]:
    """Ask once; return what is still to be asked for, and why. Raises what no second try would change."""
    parts = service.batch([request(one) for one in ids], doing)
    left, why = [], None
    for place, one in enumerate(ids):
        part = parts.get(place)
        try:
            found = service.answer(*(part or _LEFT_OUT), doing)
            if text(found, "id") not in {"", one}:
                raise Unavailable(f"Gmail gave another message than was asked for, {doing}.")  # noqa: TRY301 - counts as no answer
            fetched.found[one] = found
        except (NotFound, Refused):
            fetched.gone.add(one)
        except Unavailable as error:
            left.append(one)
            why = error if why is None or isinstance(error, Throttled) else why
    return left, why
