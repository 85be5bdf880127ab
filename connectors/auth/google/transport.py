"""How Google's endpoints are asked: with a deadline, never redirected, and only answers that can be Google's are let through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import google.auth.exceptions
import google.auth.transport
import google.auth.transport.requests

from connectors.auth.asking import ServerClock, check_answer, host_of, prepare_session
from connectors.auth.google.refusal import TEMPORARY
from connectors.auth.trouble import unreachable

__all__ = ["GOOGLE", "Transport", "check_google"]

GOOGLE = "Google"
"""Whose endpoints they are; for messages."""


class Transport(google.auth.transport.Request):
    """A transport for Google's libraries (`google.auth.transport.Request`).

    Raises Unavailable where there is no answer, or none of Google's: libraries would take it for an answer, or try again.
    """

    def __init__(self, now: Callable[[], datetime], timeout: float = 30.0) -> None:
        """Take a clock (aware) to compare with Google's, and the seconds that an answer may take."""
        self.timeout = timeout
        self.clock = ServerClock(now)
        self._inner = google.auth.transport.requests.Request()
        prepare_session(self._inner.session)

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - ours is for the whole of an account
        **kwargs: Any,
    ) -> google.auth.transport.Response:
        """Ask and return the answer, which is JSON. Raises Unavailable, Throttled or Misconfigured."""
        where = host_of(url)
        try:
            response: google.auth.transport.Response = self._inner(
                url, method=method, body=body, headers=headers, timeout=self.timeout, allow_redirects=False, **kwargs
            )
        except (
            google.auth.exceptions.TransportError,
            OSError,
        ) as error:  # the latter for a file of authorities that is not there
            raise unreachable(error, where, self.timeout, GOOGLE) from None
        finally:
            # What the server was asked to close must not be asked again: it may not have got round to it yet.
            self._inner.session.close()
        self.clock.note(response.headers)
        check_google(where, response.status, response.headers, response.data)
        return response

    @property
    def skew(self) -> timedelta:
        """Return how far the clock was ahead of the server's at the last answer that told the time; to the second."""
        return self.clock.skew


def check_google(where: str, status: int, headers: Mapping[str, str], body: bytes | str) -> None:
    """Let nothing through but an answer in JSON, good or bad. Raises Unavailable."""
    check_answer(where, status, headers, body, GOOGLE, TEMPORARY)
