"""Many requests in one round trip: https://learn.microsoft.com/en-us/graph/json-batching.

Each part is answered on its own, and a batch of which every part failed is still a good answer. The mailbox carries out four
requests at a time and may refuse the rest with 429 (https://learn.microsoft.com/en-us/graph/throttling-limits), so parts
that failed for now are asked again, and nothing else.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from connectors.outlook.answers import Json, number, records, text
from connectors.refusal import LONGEST_WAIT

if TYPE_CHECKING:
    from tenacity import RetryCallState

__all__ = ["AT_ONCE", "Answer", "Part", "carry_out", "read_answers", "retry_after"]

AT_ONCE: Final = 20
"""Requests in one batch, by the service's own limit."""
_TRIES: Final = 6
"""Rounds in a row that bring nothing."""
_ROUNDS: Final = 40
"""Rounds in all."""
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 8.0
_PASSING: Final = frozenset({408, 429, 500, 502, 503, 504, 509})
_NOT_DONE: Final = frozenset({408, 429})
"""After which it is sure that the request was not carried out."""
_DEPENDS: Final = 424
_OBJECTS: Final = ("{", "ey", "ew")
"""How JSON objects begin, plain and as base64."""
_LEFT_OUT: Final = 503


@dataclass(frozen=True, slots=True)
class Part:
    """One request of a batch."""

    method: str
    path: str
    """Below the root of the mailbox; with a leading slash below the version; or a whole address of the service's own."""
    body: Json | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Beside those that every request carries. `Prefer` is added to what every request prefers."""
    after: tuple[int, ...] = ()
    """Places in the list of parts whose requests have to succeed first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request of a batch."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case names."""
    body: Any = None
    """What JSON holds; text where the answer is not JSON."""

    @property
    def good(self) -> bool:
        """Say whether it was carried out."""
        return 200 <= self.status < 300  # noqa: PLR2004 - RFC 9110

    @property
    def json(self) -> Json:
        """Return the object in it, else an empty one."""
        return self.body if isinstance(self.body, Mapping) else {}


MISSING: Final = Answer(_LEFT_OUT)
"""In the place of an answer that was left out."""


def read_answers(answer: Json, count: int) -> dict[int, Answer]:
    """Return the answers of a batch by the place of their requests, as many as came. Requests are numbered from 1."""
    found: dict[int, Answer] = {}
    for item in records(answer, "responses"):
        key = number(item, "id")
        name = text(item, "id").strip() if key is None else str(key)
        place = int(name) - 1 if name.isdecimal() and len(name) < 4 else -1  # noqa: PLR2004 - there are twenty
        if not 0 <= place < count or place in found:
            continue
        headers = item.get("headers")
        fields = {str(key).lower(): str(value) for key, value in headers.items()} if isinstance(headers, Mapping) else {}
        said = text(item, "status").strip()
        status = int(said) if said.isdecimal() and len(said) < 4 else number(item, "status")  # noqa: PLR2004 - three digits
        found[place] = Answer(status or _LEFT_OUT, fields, _body(item.get("body")))
    return found


def _body(told: Any) -> Any:
    """Return a body as it is, or the JSON object that is told as text or as base64: as all is told that is not known for JSON."""
    if not isinstance(told, str) or not told.startswith(_OBJECTS):
        return told
    try:
        plain = told if told.startswith("{") else base64.b64decode(told + "=" * (-len(told) % 4), altchars=b"-_")
        value = json.loads(plain)
    except (ValueError, RecursionError):
        return told
    return value if isinstance(value, Mapping) else told


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that Retry-After names; None when it names none, or a date."""
    asked = headers.get("retry-after", "").strip()
    whole = asked.partition(".")[0]
    return min(float(whole), LONGEST_WAIT) if whole.isdecimal() and len(whole) < 10 else None  # noqa: PLR2004 - seconds


class _SomeFailedError(Exception):
    """Parts of a batch failed in a way that may pass."""

    def __init__(self, pause: float | None, *, progress: bool) -> None:
        super().__init__("parts of a batch failed")
        self.pause = pause
        self.progress = progress


class _Rounds:
    """The rounds in which one batch is carried out."""

    def __init__(self, parts: Sequence[Part], once: Callable[[Sequence[Part]], Mapping[int, Answer]]) -> None:
        self.parts = parts
        self.answers: dict[int, Answer] = {}
        self.left = list(range(len(parts)))
        self.fruitless = 0
        self._once = once

    def __call__(self) -> None:
        """Ask for what is left; raises _SomeFailedError while something is."""
        asked, before = self.left, len(self.left)
        place_of = {place: number for number, place in enumerate(asked)}
        requests = [
            Part(one.method, one.path, one.body, one.headers, tuple(place_of[each] for each in one.after if each in place_of))
            for one in (self.parts[place] for place in asked)
        ]
        found = self._once(requests)
        self.answers |= {place: found.get(number, MISSING) for number, place in enumerate(asked)}
        self.left = self._again(asked)
        progress = len(self.left) < before
        self.fruitless = 0 if progress else self.fruitless + 1
        if self.left:
            named = [retry_after(self.answers[place].headers) for place in self.left]
            raise _SomeFailedError(max((one for one in named if one is not None), default=None), progress=progress)

    def _again(self, asked: Sequence[int]) -> list[int]:
        """Return what is worth asking again: what failed for now, and what only waited for that."""
        again: list[int] = []
        for place in asked:
            part, status = self.parts[place], self.answers[place].status
            safe = part.method in {"GET", "PATCH", "DELETE"} or status in _NOT_DONE
            waited = status == _DEPENDS and any(each in again for each in part.after)
            if (status in _PASSING and safe) or waited:
                again.append(place)
        return again


def carry_out(
    parts: Sequence[Part], once: Callable[[Sequence[Part]], Mapping[int, Answer]], pause: Callable[[float], None]
) -> list[Answer]:
    """Return the answers to at most twenty requests, in their order.

    `once` makes one round trip. Requests that failed for now are made again, with pauses that grow or as long as the service
    asks for; what then still fails, or would have to wait for longer than eight seconds, comes with the status it got. A
    POST of which nobody knows whether it was carried out is never made again.
    """
    from tenacity import Retrying, retry_if_exception_type, stop_after_attempt  # noqa: PLC0415 - only an open mailbox needs it

    rounds = _Rounds(parts, once)
    retrying = Retrying(
        retry=retry_if_exception_type(_SomeFailedError),
        stop=lambda state: (
            stop_after_attempt(_ROUNDS)(state) or rounds.fruitless >= _TRIES - 1 or (_named(state) or 0.0) > _LONGEST_PAUSE
        ),
        wait=_pause,
        sleep=pause,
        retry_error_callback=lambda _: None,
    )
    retrying(rounds)
    return [rounds.answers[place] for place in range(len(parts))]


def _pause(state: RetryCallState) -> float:
    from tenacity import wait_exponential_jitter  # noqa: PLC0415

    grown: float = wait_exponential_jitter(multiplier=_FIRST_PAUSE, max=_LONGEST_PAUSE, jitter=_FIRST_PAUSE)(state)
    return min(max(_named(state) or 0.0, grown), _LONGEST_PAUSE)


def _named(state: RetryCallState) -> float | None:
    failed = state.outcome.exception() if state.outcome is not None else None
    return failed.pause if isinstance(failed, _SomeFailedError) else None
