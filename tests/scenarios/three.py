"""One user with three mailboxes, over IMAP, at Gmail and at Outlook, and the real daemon that watches all of them."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import Any, Final

from rules.mail import Role
from tests.connectors.outlook_harness import FOLDERS
from tests.scenarios.at_outlook import Directory, sign_in, table_of
from tests.servers.dovecot import Dovecot
from tests.servers.faults import BATCH
from tests.servers.gmail import FakeGmail
from tests.servers.gmail.oauth import CLIENT_ID, CLIENT_SECRET
from tests.servers.graph import FakeGraph
from tests.watcher.clidesk import CliDesk
from tests.watcher.test_daemon import Watched
from watcher.config import OutlookAccount, load_config

__all__ = ["ADDRESSES", "Three", "services"]

ADDRESSES: Final = {"main": "sam@example.com", "gmail": "sam.rivers@example.org", "outlook": "rivers@example.net"}
"""Of the account over IMAP, and of the two others."""
_ALL: Final = ("*", BATCH)


class Three(Watched):
    """Three accounts, a configuration, and what can be done at each of the mailboxes from outside."""

    def __init__(self, path: Path, server: Dovecot, gmail: FakeGmail, graph: FakeGraph, microsoft: Directory) -> None:
        """Write the configuration below `path`, and sign in; whom to trust is the environment's to say."""
        super().__init__(path, server, f"three-{path.name}")
        self.env |= {"SSL_CERT_FILE": os.environ["SSL_CERT_FILE"]}
        self.gmail, self.graph = gmail, graph
        self.boxes = gmail.mailbox(ADDRESSES["gmail"]), graph.mailbox(ADDRESSES["outlook"])
        microsoft.graph = graph
        client = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "project_id": "hearback-test"}
        (path / "client.json").write_text(json.dumps({"installed": client}))
        token = path / "gmail.token"
        token.touch(0o600)
        token.write_text(str(gmail.credentials(ADDRESSES["gmail"]).refresh_token))
        with self.config.open("a") as config:
            config.write(
                f"""
                [accounts.gmail]
                kind = "gmail"
                address = "{ADDRESSES["gmail"]}"
                client_file = "client.json"
                token.file = "gmail.token"
                api_url = "{gmail.url}"
                token_url = "{gmail.url}/token"
                poll_seconds = 1
                timeout_seconds = 3
                """
            )
            config.write(table_of("outlook", ADDRESSES["outlook"], graph.url, microsoft.url) + "poll_seconds = 1\n")
        (account,) = (one for one in load_config(self.config).accounts if isinstance(one, OutlookAccount))
        sign_in(account, microsoft)

    # --- the mailboxes ------------------------------------------------------------------------------------------------

    def comes(self, name: str, raw: bytes | EmailMessage) -> None:
        """Let a message come into the inbox of an account, now."""
        gmail, outlook = self.boxes
        if name == "main":
            self.deliver(raw)
        elif name == "gmail":
            gmail.deliver(bytes(raw), ("INBOX", "UNREAD"))
        else:
            outlook.deliver(bytes(raw), FOLDERS[Role.INBOX])

    def standing(self) -> dict[str, list[EmailMessage]]:
        """Return the drafts that stand in each account."""
        gmail, outlook = self.boxes
        return {
            "main": [draft for _, draft in self.drafts()],
            "gmail": [_parsed(one.message.raw) for one in gmail.drafts()],
            "outlook": [_parsed(one.raw()) for one in outlook.items(FOLDERS[Role.DRAFTS])],
        }

    def whom(self) -> dict[str, list[str]]:
        """Return to whom drafts stand, by account."""
        return {
            name: sorted(getaddresses([str(draft["To"])])[0][1] for draft in drafts) for name, drafts in self.standing().items()
        }

    def marks(self, name: str) -> set[str]:
        """Return what all received mail of an account carries of ours, in small letters and without what all have in front."""
        gmail, outlook = self.boxes
        if name == "gmail":
            names = {one.id: one.name for one in gmail.labels.values() if one.name.startswith("Hearback/")}
            found = {names[label] for one in gmail.messages() for label in one.labels & names.keys()}
        else:
            found = {label for one in outlook.items() for label in one.get("categories") or () if label.startswith("Hearback: ")}
        return {one.removeprefix("Hearback").lstrip("/: ").lower() for one in found}

    # --- outages ------------------------------------------------------------------------------------------------------

    def refuses(self, name: str) -> None:
        """Let Gmail or Outlook answer 503 to everything from now on."""
        for method in _ALL:
            self._service(name).fail(method, 503, None)

    def hangs(self, name: str) -> None:
        """Let Gmail or Outlook take every question from now on and say nothing."""
        for method in _ALL:
            self._service(name).hold(method, None)

    def heals(self, name: str) -> None:
        """Let it be as it was; what it was asked for meanwhile is done now."""
        self._service(name).heal()

    def _service(self, name: str) -> FakeGmail | FakeGraph:
        return self.gmail if name == "gmail" else self.graph

    # --- what the program tells ---------------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """Return what `status --json` prints, asked for in this process: it is asked often."""
        found: dict[str, Any] = json.loads(CliDesk.run_bare("status", "--json", "--config", str(self.config)).stdout)
        return found

    def process_of(self, company: str) -> dict[str, Any]:
        """Return where the process at a company stands."""
        (found,) = (one for one in self.status()["processes"] if one["company"] == company)
        return dict(found)

    def trouble(self, name: str) -> str:
        """Return what kind of trouble `status` tells of an account; empty for none."""
        told = {one["name"]: one["trouble"] for one in self.status()["accounts"]}
        return str(told[name]["kind"]) if told.get(name) else ""


def _parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


@contextlib.contextmanager
def services() -> Iterator[tuple[FakeGmail, FakeGraph]]:
    """Start Gmail and Graph; nothing may be asked of them that they do not have, or that must not be touched."""
    with FakeGmail() as gmail, FakeGraph() as graph:
        yield gmail, graph
        assert (gmail.violations, graph.violations) == ([], [])
        assert gmail.mailbox(ADDRESSES["gmail"]).trespasses == graph.mailbox(ADDRESSES["outlook"]).trespasses == []
