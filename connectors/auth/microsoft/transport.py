"""How Microsoft's sign-in is asked: with a deadline, never redirected, and only answers that can be its own are let through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import requests

from connectors.auth.asking import ServerClock, check_answer, host_of, prepare_session
from connectors.auth.microsoft.refusal import TEMPORARY
from connectors.auth.microsoft.registration import MICROSOFT
from connectors.auth.trouble import unreachable
from connectors.errors import Unavailable

__all__ = ["Answer", "Transport"]

_MOST: Final = 1_000_000
"""Octets of an answer; those of the sign-in have a few thousand."""
_UNSAID: Final = frozenset({"x-client-current-telemetry", "x-client-last-telemetry", "x-client-os", "x-client-cpu"})
"""What msal tells of us and this machine beyond what is asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """As msal takes it (`msal.oauth2cli.http.Response`)."""

    status_code: int
    text: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    def raise_for_status(self) -> None:
        """Do nothing: what has no answer in it was raised before."""


class Transport:
    """An `http_client` for msal.

    Raises Unavailable where there is no answer, or none of Microsoft's: msal would take it for one, or log it whole.
    """

    def __init__(self, now: Callable[[], datetime], timeout: float = 30.0) -> None:
        """Take a clock (aware) to compare with Microsoft's, and the seconds that an answer may take."""
        self.timeout = timeout
        self.clock = ServerClock(now)
        self._made: requests.Session | None = None

    @property
    def skew(self) -> timedelta:
        """Return how far the clock was ahead of the server's at the last answer that told the time; to the second."""
        return self.clock.skew

    def get(self, url: str, **asked: Any) -> Answer:
        """Ask. Raises Unavailable, Throttled or Misconfigured."""
        return self._ask("GET", url, asked)

    def post(self, url: str, **asked: Any) -> Answer:
        """Ask with a form. Raises Unavailable, Throttled or Misconfigured."""
        return self._ask("POST", url, asked)

    def close(self) -> None:
        """Do nothing: no connection is kept."""

    @property
    def _session(self) -> requests.Session:
        """Return what asks; made when something is first asked, for it reads all authorities of the system."""
        if self._made is None:
            self._made = requests.Session()
            prepare_session(self._made)
        return self._made

    def _ask(self, method: str, url: str, asked: Mapping[str, Any]) -> Answer:
        where = host_of(url)
        headers = {name: value for name, value in (asked.get("headers") or {}).items() if name.lower() not in _UNSAID and value}
        try:
            with self._session.request(
                method,
                url,
                params=asked.get("params"),
                data=asked.get("data"),
                headers={"Accept": "application/json"} | headers,
                timeout=self.timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _bounded(response, where)
        except OSError as error:  # all that `requests` raises
            raise unreachable(error, where, self.timeout, MICROSOFT) from None
        finally:
            # What the server was asked to close must not be asked again: it may not have got round to it yet.
            self._session.close()
        self.clock.note(response.headers)
        check_answer(where, response.status_code, response.headers, body, MICROSOFT, TEMPORARY)
        if not body.strip():  # msal would log how it stumbled over it
            raise Unavailable(f"{where} answered with nothing at all. Trying again later.")
        return Answer(response.status_code, body.decode("utf-8", "replace"), dict(response.headers))


def _bounded(response: requests.Response, where: str) -> bytes:
    found = bytearray()
    for piece in response.iter_content(16_384):
        found += piece
        if len(found) > _MOST:
            raise Unavailable(f"{where} answered at a length that cannot be right. Trying again later.")
    return bytes(found)
