"""Google's own client library, pointed at a server of ours."""

from __future__ import annotations

import http.client
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httplib2
import pytest
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import Request
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import BatchHttpRequest

__all__ = ["Client", "base64url", "refresh", "refused"]


class Client:
    """The service for one user, by the library and, where that would not let a mistake pass, by plain HTTP."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        """Take where the service is, and who asks."""
        self.url = url
        self.credentials = credentials
        refresh(credentials)
        self.service = build("gmail", "v1", credentials=credentials, static_discovery=True, client_options={"api_endpoint": url})
        self.users: Any = self.service.users()

    def close(self) -> None:
        """Let go of the connection."""
        self.service.close()

    def batch(self, requests: Mapping[str, Any]) -> dict[str, Any]:
        """Send a batch; return for each name what came, or the error."""
        found: dict[str, Any] = {}

        def keep(name: str, value: Any, error: Exception | None) -> None:
            found[name] = error or value

        batch = BatchHttpRequest(callback=keep, batch_uri=f"{self.url}/batch/gmail/v1")
        for name, request in requests.items():
            batch.add(request, request_id=name)
        batch.execute(http=self.service._http)
        return found

    def history(self, start: str, **more: Any) -> list[tuple[str, str, list[str]]]:
        """Return (kind, message, labels that changed) of all pages after `start`."""
        found: list[tuple[str, str, list[str]]] = []
        request = self.users.history().list(userId="me", startHistoryId=start, **more)
        while request is not None:
            answer = request.execute()
            for record in answer.get("history", []):
                for kind in ("messagesAdded", "messagesDeleted", "labelsAdded", "labelsRemoved"):
                    found += [(kind, item["message"]["id"], item.get("labelIds", [])) for item in record.get(kind, [])]
            request = self.users.history().list_next(request, answer)
        return found

    def plain(
        self, verb: str, target: str, body: bytes | Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Ask without the library; return status and body. A mapping goes as JSON."""
        fields = {"Authorization": f"Bearer {self.credentials.token}"}
        if isinstance(body, Mapping):
            body = json.dumps(body).encode()
            fields["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=10)
        try:
            connection.request(verb, target, body, fields | dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def raw(self, key: str) -> bytes:
        """Return a message's bytes."""
        return urlsafe_b64decode(self.users.messages().get(userId="me", id=key, format="raw").execute()["raw"])

    def draft(self, raw: bytes, thread: str | None = None) -> dict[str, Any]:
        """Make a draft."""
        message: dict[str, Any] = {"raw": base64url(raw)} | ({"threadId": thread} if thread else {})
        made: dict[str, Any] = self.users.drafts().create(userId="me", body={"message": message}).execute()
        return made


def refresh(credentials: Credentials) -> None:
    """Get an access token; raises RefreshError."""
    transport = httplib2.Http(timeout=10)
    try:
        credentials.refresh(Request(transport))  # type: ignore[no-untyped-call]  # the library has no types here
    finally:
        transport.close()


def base64url(raw: bytes) -> str:
    """Return what `raw` takes."""
    return urlsafe_b64encode(raw).decode("ascii")


def refused(does: Callable[[], Any]) -> tuple[int, str]:
    """Return status and reason with which a call is refused."""
    with pytest.raises(HttpError) as caught:
        does()
    error = json.loads(caught.value.content)["error"]
    return error["code"], error["errors"][0]["reason"]
