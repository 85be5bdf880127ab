"""A mailbox at Outlook seen from outside: the delivery agent, the user's client, the network between."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Final

from connectors.outlook import OutlookConnector, OutlookSettings
from rules.mail import Role
from tests.connectors.harness import Harness
from tests.servers.graph import SCOPES, FakeGraph, Item, Quirks
from tests.servers.graph.mime import taken, text_of_html

__all__ = ["FOLDERS", "OTHERWISE", "PAGE", "OutlookHarness", "said"]

PAGE: Final = 7
FOLDERS: Final = {
    Role.INBOX: "inbox",
    Role.SENT: "sentitems",
    Role.DRAFTS: "drafts",
    Role.ARCHIVE: "archive",
    Role.JUNK: "junkemail",
    Role.TRASH: "deleteditems",
}
_QUOTATION: Final = re.compile(
    r"""<hr\b[^<>]{0,300}>\s*<div\b[^<>]{0,300}id=["']?(?:x_)?divRplyFwdMsg|<div\b[^<>]{0,300}appendonsend"""
)
_OURS: Final = "Hearback: "


def OTHERWISE() -> Quirks:  # noqa: N802 - a constant of which everybody needs an own copy
    """Return the other side of everything that the public pages leave open."""
    return Quirks(
        reply_takes_body=False,
        reply_takes_recipients=False,
        reply_takes_subject=False,
        reply_takes_message_id=False,
        reply_takes_properties=False,
        reply_reads=False,
        reply_names_original=False,
        rewrites_html=False,
        plain_as_html=True,
        patch_always_changes=False,
        delta_headers=False,
        delta_repeats=True,
        delta_empty_pages=2,
        removed_reason="changed",
        tombstones_late=False,
        bare_changes=True,
        moves_untold=True,
        tells_gone_at_once=True,
        links_name_users=True,
        sends_under_new_id=False,
        edits_in_place=False,
    )


class OutlookHarness(Harness):
    """A mailbox on the fake, which the harness has for itself."""

    keeps_bytes = False

    def __init__(self, quirks: Quirks | None = None, certificate: Path | None = None) -> None:
        """Start the server; `quirks` is how it takes what the pages leave open, with a `certificate` it speaks TLS."""
        self.server = FakeGraph(certificate=certificate)
        self.server.__enter__()
        self.mailbox = self.server.mailbox(self.address)
        self.mailbox.name = "Sam Reed"
        self.mailbox.quirks = quirks or Quirks()
        self.scopes = SCOPES
        self._token = ""

    def connector(self) -> OutlookConnector:
        return OutlookConnector(self.settings())

    def settings(self) -> OutlookSettings:
        """Return what the connector is told: small pages, no waiting between tries."""
        return OutlookSettings(
            address=self.address,
            token=self.token,
            endpoint=self.server.url,
            timeout=10,
            page_size=PAGE,
            pause=lambda seconds: None,  # noqa: ARG005 - the shape of a pause
        )

    def token(self, force: bool) -> str:
        """Return the access token, another one when the last was refused."""
        if force or not self._token:
            self._token = self.server.token(self.address, self.scopes)
        return self._token

    def deliver(self, raw: bytes, role: Role = Role.INBOX, received_at: datetime | None = None) -> None:
        if role is Role.DRAFTS:
            self.mailbox.save_draft(raw, received_at)
        else:
            self.mailbox.deliver(raw, FOLDERS[role], received_at)

    def raws(self, role: Role) -> Sequence[bytes]:
        return [one.raw() for one in self.items(role)]

    def items(self, role: Role) -> Sequence[Item]:
        """Return what the folder of a role holds, oldest first."""
        return self.mailbox.items(FOLDERS[role])

    def essence(self, raw: bytes) -> bytes:
        """Return who wrote what to whom under which name, in what answer: the words above what is quoted."""
        return said(raw, answers=self.mailbox.quirks.reply_names_original)

    def flags(self, role: Role, message_id: str) -> frozenset[str]:
        for one in self.items(role):
            if one.message_id == f"<{message_id}>":
                return frozenset(name for name, holds in (("\\seen", one.read), ("\\draft", one.draft)) if holds)
        raise AssertionError(f"{message_id} is not in {role}")

    def user_edits(self, message_id: str, raw: bytes) -> None:
        self.mailbox.edit_draft(self.mailbox.draft_of(message_id).key, raw)

    def user_deletes(self, message_id: str) -> None:
        self.mailbox.delete(self.mailbox.draft_of(message_id).key)

    def user_sends(self, message_id: str, raw: bytes | None = None) -> None:
        self.mailbox.send_draft(self.mailbox.draft_of(message_id).key, raw)

    def marks(self) -> Sequence[tuple[bytes, frozenset[str]]]:
        return [
            (one.raw(), frozenset(name for name in one.get("categories") or () if name.startswith(_OURS)))
            for one in self.mailbox.items()
        ]

    def follow(self, clock: Callable[[], datetime]) -> None:
        self.server.clock = self.mailbox.clock = clock

    def expire_cursor(self) -> None:
        self.mailbox.expire_delta()

    def cut(self) -> None:
        self.server.cut()

    def close(self) -> None:
        """Stop the server; nothing may have been asked for that the service does not have or we must not touch."""
        self.server.__exit__()
        assert self.server.violations == []
        assert self.mailbox.trespasses == []


def said(raw: bytes, *, sender: bool = True, answers: bool = True) -> bytes:
    """Return what a draft says, as `essence` has it, with or without whom it is from and what it answers."""
    read = taken(raw)
    told = read.properties
    body = told["body"]
    content = str(body["content"])
    words = text_of_html(_QUOTATION.split(content)[0]) if body["contentType"] == "html" else content

    def people(name: str) -> str:
        return " ".join(sorted(str(one["emailAddress"]["address"]).lower() for one in told[name]))

    author = told["from"] or {"emailAddress": {"address": ""}}
    answered = message_from_bytes(raw, policy=policy.compat32).get("In-Reply-To", "")
    fields = (
        read.message_id,
        str(author["emailAddress"]["address"]).lower() if sender else "",
        people("toRecipients"),
        people("ccRecipients"),
        people("bccRecipients"),
        str(told["subject"]),
        str(answered) if answers else "",
        words,
    )
    return "\n".join(" ".join(field.split()) for field in fields).encode()
