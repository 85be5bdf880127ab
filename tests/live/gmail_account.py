"""The rest of the world for a mailbox that is really at Gmail, by its API: mail comes, and the user writes and discards drafts.

Nothing is sent. What was made is remembered, and only that is removed. The methods are those of
https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages (insert, list, get, trash) and /users.drafts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, Final

import pytest
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from connectors.gmail import GmailSettings
from tests.connectors.gmail_harness import GmailHarness
from tests.servers.gmail.answers import Json
from tests.servers.gmail.back import stored
from tests.servers.gmail.mime import base64url, header
from tests.servers.gmail.renewing import renewing
from tests.servers.gmail.store import Stored, StoredDraft

__all__ = ["LiveGmailHarness", "LiveMailbox", "NotEmptyError"]

OURS: Final = b".example"
"""All addresses of the tests, and all Message-IDs, end so."""
_PATIENCE: Final = 180.0
"""Seconds for which a call is tried again: the quota is counted by the minute."""
_RECEIVED: Final = ("INBOX", "UNREAD")
_BUSY: Final = frozenset({429, 500, 502, 503, 504})


class NotEmptyError(Exception):
    """The mailbox holds what the tests have not made."""


class _BusyError(Exception):
    """The service wants to be left alone for a while."""


class LiveMailbox:
    """One mailbox; the verbs of `tests.connectors.gmail_harness.World`."""

    def __init__(self, credentials: Credentials, endpoint: str) -> None:
        """Sign in and see that nothing lies there. Raises NotEmptyError."""
        self._session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]  # the library has no types here
        self._users = f"{endpoint}/gmail/v1/users/me/"
        self._made: set[str] = set()
        if found := self._listed("messages"):
            raise NotEmptyError(
                f"{len(found)} messages lie in this mailbox. The tests need an empty one of their own, and have touched nothing."
            )

    def close(self) -> None:
        """Remove what was made here, and let go of the connection."""
        for draft in self.drafts():
            if OURS in draft.message.raw:
                self.discard_draft(draft)
        for one in self._listed("messages"):
            if one["id"] in self._made:
                self._ask("POST", f"messages/{one['id']}/trash")
        self._session.close()  # type: ignore[no-untyped-call]  # the library has no types here

    # -- looking

    def messages(self, label: str | None = None) -> list[Stored]:
        """Return all messages that are neither spam nor in the bin, or those with a label, drafts included, oldest first."""
        found = [self._message(one["id"]) for one in self._listed("messages", {"labelIds": label} if label else {})]
        return sorted(found, key=lambda one: (one.at, one.history_id))

    def drafts(self) -> list[StoredDraft]:
        """Return the drafts, oldest first."""
        found = [StoredDraft(one["id"], self._message(one["message"]["id"])) for one in self._listed("drafts")]
        return sorted(found, key=lambda one: (one.message.at, one.message.history_id))

    def draft_of(self, message_id: str) -> StoredDraft:
        """Return the draft with that Message-ID in its header; raises LookupError."""
        for one in self.drafts():
            if one.message.message_id == message_id:
                return one
        raise LookupError(message_id)

    # -- what others do

    def deliver(self, raw: bytes, labels: Sequence[str] = _RECEIVED, at: datetime | None = None) -> str:
        """Let a message come, now or at the time that its Date field is made to say; returns its identifier."""
        return self._insert(raw if at is None else dated(raw, at), labels, "receivedTime" if at is None else "dateHeader")

    def save_draft(self, raw: bytes, thread_id: str | None = None, at: datetime | None = None) -> StoredDraft:
        """Let the user write a draft. Its time is that at which it is saved."""
        del at
        told = self._ask("POST", "drafts", body={"message": _content(raw, thread_id)})
        return StoredDraft(told["id"], self._message(told["message"]["id"]))

    def edit_draft(self, draft: StoredDraft, raw: bytes) -> str:
        """Let the user edit a draft: another message under the same draft, in its conversation."""
        body: Json = {"message": _content(raw, draft.message.thread_id)}
        return str(self._ask("PUT", f"drafts/{draft.id}", body=body)["message"]["id"])

    def discard_draft(self, draft: StoredDraft) -> None:
        """Let the user discard a draft."""
        self._ask("DELETE", f"drafts/{draft.id}")

    def send_draft(self, draft: StoredDraft, raw: bytes | None = None) -> str:
        """Leave what sending leaves, and send nothing: the draft is gone and a copy of it, or `raw`, is in Sent."""
        self.discard_draft(draft)
        return self._insert(draft.message.raw if raw is None else raw, ["SENT"], "receivedTime", draft.message.thread_id)

    def expire_history(self) -> None:
        """Skip the clause."""
        pytest.skip("nobody can make Gmail forget its history")

    # -- over HTTP

    def _insert(self, raw: bytes, labels: Sequence[str], source: str, thread_id: str | None = None) -> str:
        body: Json = {**_content(raw, thread_id), "labelIds": list(labels)}
        key = str(self._ask("POST", "messages", {"internalDateSource": source}, body)["id"])
        self._made.add(key)
        return key

    def _message(self, key: str) -> Stored:
        return stored(self._ask("GET", f"messages/{key}", {"format": "raw"}))

    def _listed(self, what: str, query: Json | None = None) -> list[Json]:
        """Return all items of a listing."""
        found: list[Json] = []
        asked: Json = {"maxResults": 500, **(query or {})}
        while True:
            told = self._ask("GET", what, asked)
            found += told.get(what, [])
            if not told.get("nextPageToken"):
                return found
            asked["pageToken"] = told["nextPageToken"]

    def _ask(self, verb: str, path: str, query: Json | None = None, body: Json | None = None) -> Json:
        """Ask for something of the user's, again while the service is busy. Raises AssertionError with what it says instead."""
        for attempt in Retrying(
            retry=retry_if_exception_type(_BusyError),
            stop=stop_after_delay(_PATIENCE),
            wait=wait_exponential_jitter(1, 30),
            reraise=True,
        ):
            with attempt:
                return self._asked(verb, path, query, body)
        raise AssertionError("it is tried at least once")

    def _asked(self, verb: str, path: str, query: Json | None, body: Json | None) -> Json:
        answer = self._session.request(verb, self._users + path, params=query, json=body, timeout=60)  # type: ignore[no-untyped-call]
        text = answer.text
        if answer.status_code in _BUSY or (answer.status_code == HTTPStatus.FORBIDDEN and "ateLimitExceeded" in text):
            raise _BusyError(text[:200])
        assert answer.ok, f"{verb} {path}: {answer.status_code} {text[:500]}"
        told: Any = answer.json() if answer.content else {}
        assert isinstance(told, dict)
        return told


class LiveGmailHarness(GmailHarness):
    """A real mailbox, for one clause."""

    def __init__(self, address: str, credentials: Credentials, endpoint: str) -> None:
        """Take the account. Raises NotEmptyError."""
        self.mailbox = LiveMailbox(credentials, endpoint)
        super().__init__(self.mailbox, address, endpoint, renewing(credentials), _not_cut)

    def settings(self) -> GmailSettings:
        """Return small pages, and the patience that a real service needs."""
        plain = GmailSettings(address=self.account, credentials=self._credentials)
        return replace(super().settings(), timeout=plain.timeout, pause=plain.pause)

    def close(self) -> None:
        """Leave the mailbox as it was found, but for the bin."""
        self.mailbox.close()


def dated(raw: bytes, at: datetime) -> bytes:
    """Return a message whose Date field says `at` (aware); the same bytes where it does already, or has none."""
    said = header(raw, "Date")
    wanted = format_datetime(at)
    return raw.replace(f"Date: {said}".encode(), f"Date: {wanted}".encode(), 1) if said else raw


def _content(raw: bytes, thread_id: str | None) -> Json:
    return {"raw": base64url(raw), **({"threadId": thread_id} if thread_id else {})}


def _not_cut() -> None:
    pytest.skip("nobody can cut Gmail's connections")
