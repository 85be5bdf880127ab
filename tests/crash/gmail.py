"""Worlds whose mail is at Gmail: a mailbox in the memory of a fake service, which the program reaches over HTTP."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Self

from rules.mail import Role
from tests.crash.world import Place, Snapshot, World
from tests.servers.gmail import FakeGmail, StoredDraft
from tests.servers.gmail.oauth import CLIENT_ID, CLIENT_SECRET

__all__ = ["Gmail", "GmailWorld"]

PATIENCE: Final = 30.0
"""Seconds after which a connection that stays open is a mistake."""
_LABELS: Final = {Role.INBOX: ("INBOX", "UNREAD"), Role.SENT: ("SENT",)}


class GmailWorld(World):
    """One mailbox of the service. What comes by its own clock comes at the time of the pass that is made."""

    def __init__(self, folder: Path, gmail: Gmail, name: str) -> None:
        """Make a mailbox of that name and a sign-in that is kept in a file."""
        address = f"{name}@example.com"
        self.box = gmail.server.mailbox(address)
        folder.mkdir(parents=True, exist_ok=True)
        token, client = folder / "token", folder / "client.json"
        token.touch(mode=0o600)
        token.write_text(str(gmail.server.credentials(address).refresh_token))
        installed = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "project_id": "hearback-test"}
        client.write_text(json.dumps({"installed": installed}))
        super().__init__(
            folder,
            f"kind = \"gmail\"\nusername = \"{address}\"\nclient_file = '{client}'\ntoken.file = '{token}'\n"
            f'api_url = "http://127.0.0.1:{gmail.port}"\ntoken_url = "{gmail.server.url}/token"\ntimeout_seconds = 30',
        )

    def arguments(self, now: datetime | str) -> list[str]:
        at = datetime.fromisoformat(now) if isinstance(now, str) else now
        self.box.clock = lambda: at
        return super().arguments(now)

    def deliver(self, raw: bytes | EmailMessage, at: datetime, role: Role = Role.INBOX) -> None:
        if role is Role.DRAFTS:
            self.box.save_draft(bytes(raw), at=at)
        else:
            self.box.deliver(bytes(raw), _LABELS[role], at)

    def drafts(self) -> list[bytes]:
        return [one.message.raw for one in self.box.drafts()]

    def _stored_draft(self, draft: bytes) -> StoredDraft:
        return next(one for one in self.box.drafts() if one.message.raw == draft)

    def _replace(self, draft: bytes, raw: bytes, at: datetime, role: Role) -> None:
        if role is Role.DRAFTS:
            self.box.edit_draft(self._stored_draft(draft), raw, at)
        else:
            self.box.send_draft(self._stored_draft(draft), raw, at)

    def _discard(self, draft: bytes) -> None:
        self.box.discard_draft(self._stored_draft(draft))

    def _mail(self) -> list[tuple[str, bytes, bool]]:
        """Return all mail by the names of its labels, so that those of ours are compared as well."""
        names = {one.id: one.name for one in self.box.labels.values()}
        ours = [(f"label {one.name}", b"", False) for one in self.box.labels.values() if one.type == "user"]
        mail = [
            (", ".join(sorted(names[label] for label in one.labels)), one.raw, "DRAFT" in one.labels)
            for one in self.box.messages()
        ]
        return ours + mail

    def snapshot(self) -> Snapshot:
        return replace(super().snapshot(), mailbox=self.box.snapshot())

    def restore(self, snapshot: Snapshot) -> None:
        super().restore(snapshot)
        self.box.restore(snapshot.mailbox)


class Gmail(Place):
    """A service for one worker. Leaving it fails if anything was asked for that must not be."""

    def __init__(self) -> None:
        """Choose a port."""
        self.server = FakeGmail()
        self.port = self.server.port
        """Where worlds that are made from now on reach it."""
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Start."""
        self._open.enter_context(self.server)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._open.close()
        if self.server.violations:
            raise AssertionError(self.server.violations[:5])

    def world(self, folder: Path, name: str) -> GmailWorld:
        return GmailWorld(folder, self, name)

    def rest(self) -> None:
        if not self.server.wait_idle(PATIENCE):
            raise AssertionError("the service has a connection whose client is gone")
