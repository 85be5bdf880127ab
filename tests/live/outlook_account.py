"""The rest of the world for a mailbox that is really at Outlook: mail comes, and the user writes and discards drafts.

Nothing is sent. What was made is remembered, and only that is removed. Mail "comes" as an item that is made in its folder and was
never a draft, which an item can only be told at its making: by PidTagMessageFlags (MS-OXCMSG 2.2.1.6, read-only after the first
save), with PidTagMessageDeliveryTime, PidTagClientSubmitTime and PidTagTransportMessageHeaders as extended properties
(https://learn.microsoft.com/en-us/graph/api/resources/extended-properties-overview).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from connectors.outlook import OutlookConnector, OutlookSettings
from rules.mail import Role
from tests.connectors.harness import Harness
from tests.connectors.outlook_harness import FOLDERS, PAGE, said
from tests.servers.graph.mime import instant, taken

__all__ = ["LiveOutlook", "LiveOutlookHarness", "NotEmptyError"]

OURS: Final = b".example"
"""All Message-IDs of the tests, or addresses in them, end so."""
_PATIENCE: Final = 180.0
"""Seconds for which a call is tried again: the limits are those of ten minutes."""
_IMMUTABLE: Final = 'IdType="ImmutableId"'
_OURSELVES: Final = "Hearback: "
_READ: Final = 1
_FLAGS, _DELIVERED, _SUBMITTED = "Integer 0x0E07", "SystemTime 0x0E06", "SystemTime 0x0039"
_HEADER, _ANSWERS, _REFERENCES = "String 0x007D", "String 0x1042", "String 0x1039"
_EMPTIED: Final = frozenset({"deleteditems", "outbox", "conversationhistory", "syncissues", "junkemail"})
"""Folders in which something may lie."""
_LARGEST: Final = 1000
_Json = dict[str, Any]


class NotEmptyError(Exception):
    """The mailbox holds what the tests have not made."""


class _BusyError(Exception):
    """The service wants to be left alone for a while."""


class LiveOutlook:
    """One mailbox."""

    def __init__(self, token: Callable[[bool], str], endpoint: str) -> None:
        """Sign in and see that nothing lies there. Raises NotEmptyError."""
        self._token = token
        self._http = httpx.Client(timeout=60)
        self._me = f"{endpoint}/v1.0/me/"
        self._made: set[str] = set()
        if found := self._lying():
            self.hang_up()
            raise NotEmptyError(
                f"{found} messages lie in this mailbox. The tests need an empty one of their own, and have touched nothing."
            )

    def close(self) -> None:
        """Remove what was made here, and let go of the connection."""
        for one in self._listed("mailFolders/drafts/messages"):
            if one["id"] not in self._made and OURS in self.raw(one["id"]):
                self.remove(one["id"])
        for key in self._made:
            self._ask("DELETE", f"messages/{quote(key)}", gone=True)
        self._made.clear()
        self.hang_up()

    def hang_up(self) -> None:
        """Let go of the connection, and leave everything as it is."""
        self._http.close()

    # -- looking

    def messages(self, folder: str) -> list[_Json]:
        """Return what a folder holds, oldest first; nothing where there is no such folder."""
        found = self._listed(f"mailFolders/{folder}/messages")
        return sorted(found, key=lambda one: (str(one.get("receivedDateTime")), str(one.get("createdDateTime"))))

    def raw(self, key: str) -> bytes:
        """Return a message as MIME."""
        return self._ask("GET", f"messages/{quote(key)}/$value").content

    def draft_of(self, message_id: str) -> str:
        """Return the id of the draft with that Message-ID; raises LookupError."""
        for one in self.messages("drafts"):
            if one.get("internetMessageId") == f"<{message_id}>":
                return str(one["id"])
        raise LookupError(message_id)

    # -- what others do

    def deliver(self, raw: bytes, folder: str = "inbox", at: datetime | None = None) -> str:
        """Let a message come, now or at a time (aware); returns its id."""
        moment = at or datetime.now(UTC)
        read = taken(raw)
        kept = ("subject", "body", "from", "sender", "toRecipients", "ccRecipients", "replyTo", "internetMessageId")
        body: _Json = {name: value for name in kept if (value := read.properties[name])}
        head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", "replace").replace("\n", "\r\n")
        extended = {_FLAGS: str(_READ if folder == "sentitems" else 0), _DELIVERED: instant(moment), _HEADER: head}
        extended[_SUBMITTED] = _sent(read.header("Date")) or instant(moment)
        if folder == "sentitems":
            del extended[_HEADER]
            extended |= {_ANSWERS: read.header("In-Reply-To"), _REFERENCES: read.header("References")}
        body["singleValueExtendedProperties"] = [{"id": name, "value": value} for name, value in extended.items() if value]
        if files := [_file(part) for part in _files(message_from_bytes(raw, policy=policy.compat32))]:
            body["attachments"] = files
        return self._keep(self._ask("POST", f"mailFolders/{folder}/messages", body=body))

    def save_draft(self, raw: bytes) -> str:
        """Let the user write a draft. Its time is that at which it is saved."""
        return self._keep(self._ask("POST", "mailFolders/drafts/messages", mime=base64.b64encode(raw)))

    def edit_draft(self, key: str, raw: bytes) -> None:
        """Let the user edit a draft where it stands; one that gets another Message-ID is written by another client: anew."""
        read = taken(raw)
        if read.message_id != self._ask("GET", f"messages/{quote(key)}").json().get("internetMessageId"):
            self.remove(key)
            self.save_draft(raw)
            return
        names = ("subject", "body", "toRecipients", "ccRecipients", "bccRecipients")
        self._ask("PATCH", f"messages/{quote(key)}", body={name: read.properties[name] for name in names})

    def send_draft(self, key: str, raw: bytes | None = None) -> None:
        """Leave what sending leaves, and send nothing: the draft is gone and a copy of it, or `raw`, is in Sent Items."""
        content = raw or self.raw(key)
        self.remove(key)
        self.deliver(content, "sentitems")

    def remove(self, key: str) -> None:
        """Let the user delete a message: to Deleted Items, and from there."""
        self._made.discard(key)
        moved = self._ask("POST", f"messages/{quote(key)}/move", body={"destinationId": "deleteditems"})
        self._ask("DELETE", f"messages/{quote(str(moved.json()['id']))}", gone=True)

    # -- over HTTP

    def _lying(self) -> int:
        folders = {name: found["id"] for name in _EMPTIED if (found := self._folder(name))}
        counted = self._listed("mailFolders")
        return sum(int(one["totalItemCount"]) for one in counted if one["id"] not in folders.values())

    def _folder(self, name: str) -> _Json:
        answer = self._ask("GET", f"mailFolders/{name}", gone=True)
        return dict(answer.json()) if answer.status_code == HTTPStatus.OK else {}

    def _keep(self, answer: httpx.Response) -> str:
        key = str(answer.json()["id"])
        self._made.add(key)
        return key

    def _listed(self, what: str) -> list[_Json]:
        """Return all items of a listing; nothing of what is not there."""
        found: list[_Json] = []
        link = f"{self._me}{what}?$top={_LARGEST if 'messages' in what else 100}"
        while link:
            answer = self._ask("GET", link, gone=True)
            if answer.status_code == HTTPStatus.NOT_FOUND:
                return found
            told = answer.json()
            found += told["value"]
            link = told.get("@odata.nextLink", "")
        return found

    def _ask(
        self, verb: str, path: str, *, body: _Json | None = None, mime: bytes | None = None, gone: bool = False
    ) -> httpx.Response:
        """Ask for something of the user's, again while the service is busy. Raises AssertionError with what it says instead.

        `gone`: that it is not there is an answer.
        """
        for attempt in Retrying(
            retry=retry_if_exception_type(_BusyError),
            stop=stop_after_delay(_PATIENCE),
            wait=wait_exponential_jitter(1, 30),
            reraise=True,
        ):
            with attempt:
                answer = self._asked(verb, path, body, mime)
                assert answer.is_success or (gone and answer.status_code == HTTPStatus.NOT_FOUND), (
                    f"{verb} {path}: {answer.status_code} {answer.text[:500]}"
                )
                return answer
        raise AssertionError("it is tried at least once")

    def _asked(self, verb: str, path: str, body: _Json | None, mime: bytes | None) -> httpx.Response:
        url = path if path.startswith(self._me) else self._me + path
        for force in (False, True):
            headers = {"Authorization": f"Bearer {self._token(force)}", "Prefer": _IMMUTABLE}
            if mime is None:
                answer = self._http.request(verb, url, headers=headers, json=body)
            else:
                answer = self._http.request(verb, url, headers=headers | {"Content-Type": "text/plain"}, content=mime)
            if answer.status_code != HTTPStatus.UNAUTHORIZED:
                break
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or answer.is_server_error:
            raise _BusyError(answer.text[:200])
        return answer


class LiveOutlookHarness(Harness):
    """A real mailbox, for one clause."""

    keeps_bytes = False

    def __init__(self, address: str, token: Callable[[bool], str], endpoint: str) -> None:
        """Take the account. Raises NotEmptyError."""
        self._account, self._token, self._endpoint = address, token, endpoint
        self.mailbox = LiveOutlook(token, endpoint)

    def connector(self) -> OutlookConnector:
        return OutlookConnector(
            OutlookSettings(address=self._account, token=self._token, endpoint=self._endpoint, page_size=PAGE)
        )

    def deliver(self, raw: bytes, role: Role = Role.INBOX, received_at: datetime | None = None) -> None:
        if role is Role.DRAFTS:
            self.mailbox.save_draft(raw)
        else:
            self.mailbox.deliver(raw, FOLDERS[role], received_at)

    def raws(self, role: Role) -> Sequence[bytes]:
        return [self.mailbox.raw(one["id"]) for one in self.mailbox.messages(FOLDERS[role])]

    def essence(self, raw: bytes) -> bytes:
        """Return what a draft says; whom it is from is the account's own affair."""
        return said(raw, sender=False)

    def flags(self, role: Role, message_id: str) -> frozenset[str]:
        for one in self.mailbox.messages(FOLDERS[role]):
            if one.get("internetMessageId") == f"<{message_id}>":
                return frozenset(name for name, key in (("\\seen", "isRead"), ("\\draft", "isDraft")) if one.get(key))
        raise AssertionError(f"{message_id} is not in {role}")

    def user_edits(self, message_id: str, raw: bytes) -> None:
        self.mailbox.edit_draft(self.mailbox.draft_of(message_id), raw)

    def user_deletes(self, message_id: str) -> None:
        self.mailbox.remove(self.mailbox.draft_of(message_id))

    def user_sends(self, message_id: str, raw: bytes | None = None) -> None:
        self.mailbox.send_draft(self.mailbox.draft_of(message_id), raw)

    def marks(self) -> Sequence[tuple[bytes, frozenset[str]]]:
        found = [one for folder in FOLDERS.values() for one in self.mailbox.messages(folder)]
        return [
            (self.mailbox.raw(one["id"]), frozenset(name for name in one["categories"] if name.startswith(_OURSELVES)))
            for one in found
        ]

    def expire_cursor(self) -> None:
        pytest.skip("nobody can make Outlook forget how far a folder was read")

    def cut(self) -> None:
        pytest.skip("nobody can cut Outlook's connections")

    def close(self) -> None:
        """Leave the mailbox as it was found, but for the bin."""
        self.mailbox.close()


def _sent(date: str) -> str:
    try:
        moment = parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return ""
    return instant(moment)


def _files(whole: Message) -> Iterator[Message]:
    """Yield the parts that are no text of the message itself."""
    for part in whole.walk():
        if not part.is_multipart() and part is not whole and part.get_content_type() not in {"text/plain", "text/html"}:
            yield part


def _file(part: Message) -> _Json:
    octets = part.get_payload(decode=True)
    return {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": part.get_filename() or f"part.{part.get_content_subtype()}",
        "contentType": part["Content-Type"] if part.get_content_type() == "text/calendar" else part.get_content_type(),
        "contentBytes": base64.b64encode(octets if isinstance(octets, bytes) else b"").decode(),
    }
