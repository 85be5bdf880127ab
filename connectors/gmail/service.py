"""Asking Gmail: the client library's own methods, carried out one call at a time, counted, and every failure given its meaning.

The library's `execute` and `BatchHttpRequest` are not used. The first logs the content of answers that it cannot read, the second
renews the access token over a connection without a time-out and fails as a whole when one part of an answer is missing.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple, Protocol, Self

from connectors.auth.google.identity import same_mailbox
from connectors.base import Spent
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, Unavailable
from connectors.gmail.answers import Json, text
from connectors.gmail.multipart import Part, read_parts, write_parts
from connectors.gmail.quota import units_of
from connectors.gmail.refusal import broken_line, refusal
from connectors.gmail.settings import GmailSettings
from connectors.refusal import not_json

__all__ = ["Account", "Request", "Service"]

_BATCH: Final = "/batch/gmail/v1"
_JSON: Final = re.compile(r"application/(?:[\w.-]+\+)?json\b", re.IGNORECASE)
_OK: Final = range(200, 300)
_SILENT: Final = frozenset({"gmail.users.drafts.delete", "gmail.users.labels.delete", "gmail.users.messages.batchModify"})
"""Methods whose answer is empty. Elsewhere that is a line that broke in the middle of the header."""


class Request(Protocol):
    """A call that the client library has put together (`googleapiclient.http.HttpRequest`)."""

    uri: str
    method: str
    body: str | None
    headers: Mapping[str, str]
    methodId: str  # noqa: N815 - the library's name


class Account(NamedTuple):
    """What the service says about the mailbox that was signed in to."""

    address: str
    history: str


class Service:
    """The open connection to one mailbox."""

    def __init__(self, settings: GmailSettings, http: Any, users: Any) -> None:
        """Take what `open` has made."""
        self.settings = settings
        self._http = http
        self.users = users
        """The methods of the client library: `users.getProfile(userId="me")`. Those of the collections below are made once,
        for the library makes them anew at each mention, which takes a millisecond."""
        self.messages = users.messages()
        self.attachments = self.messages.attachments()
        self.drafts = users.drafts()
        self.labels = users.labels()
        self.history = users.history()
        self.spent = Spent()

    @classmethod
    def open(cls, settings: GmailSettings) -> Self:
        """Build the client. No network is used yet. Raises AuthNeeded, Misconfigured."""
        credentials = settings.credentials()
        import google_auth_httplib2  # noqa: PLC0415 - a quarter of a second, which only an open mailbox needs
        from googleapiclient.discovery import build  # noqa: PLC0415
        from googleapiclient.errors import Error  # noqa: PLC0415

        from connectors.gmail.transport import Transport  # noqa: PLC0415

        http = google_auth_httplib2.AuthorizedHttp(credentials, http=Transport(settings.timeout), max_refresh_attempts=1)
        try:
            api = build(
                "gmail",
                "v1",
                http=http,
                static_discovery=True,
                cache_discovery=False,
                client_options={"api_endpoint": settings.endpoint},
            )
        except (Error, ValueError) as error:
            raise Misconfigured(f"The Gmail client cannot be built for {settings.endpoint} ({error}).") from error
        return cls(settings, http, api.users())

    def close(self) -> None:
        """Let go of the sockets; more may be asked afterwards."""
        with suppress(Exception):
            self._http.close()

    def account(self) -> Account:
        """Return which mailbox this is, and where its history stands. Raises AuthNeeded when it is not the one that is meant."""
        answer = self.call(self.users.getProfile(userId="me"), "asking whose mailbox it is")
        address, history = text(answer, "emailAddress"), text(answer, "historyId")
        if not address or not history.isdecimal():
            raise Unavailable("Gmail does not say whose mailbox this is, or where its history stands; it is asked again.")
        if not same_mailbox(address, self.settings.address):
            raise AuthNeeded(
                f"The sign-in is of {address}, but this account is {self.settings.address}: {self.settings.renew} and choose "
                f"{self.settings.address} in the browser, or set `username` to {address}."
            )
        return Account(address.lower(), history)

    def call(self, request: Request, doing: str) -> Json:
        """Carry out one call and return its answer, an object. Raises from the tree in `connectors.errors`.

        `doing` says what for, as in "reading mail". The answer may lack anything: see `connectors.gmail.answers`.
        """
        units = units_of(request.methodId)
        status, headers, content = self._ask(request.uri, request.method, request.body, request.headers, units)
        if not content.strip() and status in _OK and request.methodId in _SILENT:
            return {}
        return self.answer(status, headers, content, doing)

    def answer(self, status: int, headers: Mapping[str, str], content: bytes, doing: str) -> Json:
        """Return what an answer holds. Raises what it means where it is a refusal, or cut off: an empty one says nothing."""
        if status not in _OK:
            raise refusal(status, headers, content, doing, self.settings)
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            kind = headers.get("content-type", "")
            if not content.strip() or _JSON.match(kind):
                raise Unavailable(f"The answer of Gmail is cut off or broken, {doing}; it is asked again.")
            raise not_json(kind, self.settings)
        return value

    def batch(self, requests: Sequence[Request], doing: str) -> dict[int, Part]:
        """Carry out several GETs in one round trip; return the answers by their place, as many as came.

        https://developers.google.com/workspace/gmail/api/guides/batch: at most 100 calls, better 50. Each part is a call of its
        own, so an access token that has just run out may be refused within the answer: those parts are asked for once more with
        another one, as the client library's own batches do.
        """
        parts = self._batch(requests, doing)
        refused = [place for place, part in parts.items() if part.status == http.client.UNAUTHORIZED and place < len(requests)]
        if refused:
            self._renew()
            again = self._batch([requests[place] for place in refused], doing)
            kept = {place: part for place, part in parts.items() if place not in refused}
            parts = kept | {refused[place]: part for place, part in again.items() if place < len(refused)}
        return parts

    def _batch(self, requests: Sequence[Request], doing: str) -> dict[int, Part]:
        units = sum(units_of(request.methodId) for request in requests)
        kind, body = write_parts(requests)
        uri = self.settings.endpoint.rstrip("/") + _BATCH
        status, headers, content = self._ask(uri, "POST", body, {"content-type": kind}, units)
        if status not in _OK:
            raise refusal(status, headers, content, doing, self.settings)
        parts = read_parts(headers.get("content-type", ""), content, len(requests))
        if parts is None:
            raise not_json(headers.get("content-type", ""), self.settings)
        clock = {"date": headers.get("date", "")}  # what Retry-After is compared with, where a part names none of its own
        return {place: part._replace(headers={**clock, **part.headers}) for place, part in parts.items()}

    def _renew(self) -> None:
        """Get another access token."""
        try:
            self._http.credentials.refresh(None)
        except ConnectorError:
            self.close()
            raise

    def _ask(
        self, uri: str, method: str, body: str | bytes | None, headers: Mapping[str, str], units: int
    ) -> tuple[int, Mapping[str, str], bytes]:
        self.spent = Spent(self.spent.calls + 1, self.spent.units + units)
        try:
            response, content = self._http.request(uri, method=method, body=body, headers=dict(headers))
        except Exception as error:
            if (known := self._broken(error)) is None:
                raise
            raise known from error
        return int(response.status), response, content

    def _broken(self, error: Exception) -> ConnectorError | None:
        """Let go of the line; return what a failure on it means, None where it is to be raised as it is."""
        self.close()
        known = broken_line(error, self.settings)
        return None if known is error else known
