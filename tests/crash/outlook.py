"""Worlds whose mail is at Outlook: a mailbox in the memory of a fake Graph over HTTP, with a sign-in of its own over TLS."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Self

import msal

from connectors.auth.microsoft import Grant
from connectors.auth.microsoft.grant import slim
from connectors.outlook.proof import PROPERTY, Proof
from connectors.outlook.settings import GRAPH
from rules.mail import Role
from tests.crash.trust import trusted
from tests.crash.world import Place, Snapshot, World
from tests.servers.graph import SCOPES, FakeGraph, Item, Quirks
from tests.servers.graph.facts import normal_id
from tests.servers.microsoft import CLIENT_ID, MicrosoftSignIn, User

__all__ = ["Outlook", "OutlookWorld", "bare", "proof_of"]

PATIENCE: Final = 30.0
"""Seconds after which a connection that stays open is a mistake."""
_FOLDERS: Final = {Role.INBOX: "inbox", Role.SENT: "sentitems"}
_PROPERTY: Final = normal_id(PROPERTY)


def proof_of(one: Item) -> Proof | None:
    """Return what marks a message as ours; None where nothing does."""
    return Proof.parse(one.extended.get(_PROPERTY, ""))


def bare() -> Quirks:
    """Return how a service takes nothing with a reply, so that it is written behind it, and yet calls the original read."""
    return Quirks(
        reply_takes_body=False,
        reply_takes_recipients=False,
        reply_takes_subject=False,
        reply_takes_message_id=False,
        reply_takes_properties=False,
    )


class OutlookWorld(World):
    """One mailbox of the service. What comes by its own clock comes at the time of the pass that is made."""

    def __init__(self, folder: Path, outlook: Outlook, name: str) -> None:
        """Make a mailbox of that name and a sign-in that is kept in a file."""
        address = f"{name}@example.com"
        self.box = outlook.graph.mailbox(address)
        self.box.quirks = outlook.quirks()
        folder.mkdir(parents=True, exist_ok=True)
        token = folder / "token"
        token.touch(mode=0o600)
        token.write_text(outlook.sign_in(address))
        super().__init__(
            folder,
            f'kind = "outlook"\nusername = "{address}"\nclient_id = "{CLIENT_ID}"\ntoken.file = \'{token}\'\n'
            f'api_url = "http://127.0.0.1:{outlook.port}"\nauthority_url = "{outlook.microsoft.url}"\ntimeout_seconds = 30',
        )

    def arguments(self, now: datetime | str) -> list[str]:
        at = datetime.fromisoformat(now) if isinstance(now, str) else now
        self.box.clock = lambda: at
        return super().arguments(now)

    def deliver(self, raw: bytes | EmailMessage, at: datetime, role: Role = Role.INBOX) -> None:
        if role is Role.DRAFTS:
            self.box.save_draft(bytes(raw), at)
        else:
            self.box.deliver(bytes(raw), _FOLDERS[role], at)

    def drafts(self) -> list[bytes]:
        return [one.raw() for one in self.box.items("drafts")]

    def _key_of(self, draft: bytes) -> str:
        return next(one.key for one in self.box.items("drafts") if one.raw() == draft)

    def _replace(self, draft: bytes, raw: bytes, at: datetime, role: Role) -> None:
        if role is Role.DRAFTS:
            self.box.edit_draft(self._key_of(draft), raw, at)
        else:
            self.box.send_draft(self._key_of(draft), raw, at)

    def _discard(self, draft: bytes) -> None:
        self.box.delete(self._key_of(draft))

    def _mail(self) -> list[tuple[str, bytes, bool]]:
        """Return all mail by folder, whether it counts as read, and its categories, so that those of ours are compared as well.

        Drafts of ours come with their proofs. Those that were taken back are left out: of a twin there is one more of them.
        """
        bin_id, drafts_id = self.box.folder_id("deleteditems"), self.box.folder_id("drafts")
        found = []
        for one in self.box.items():
            proof = proof_of(one)
            if one.folder == bin_id and proof is not None and one.draft:
                continue
            name = self.box.folders[one.folder].name
            place = ", ".join([name, *sorted(one.get("categories") or ()), *(() if one.read else ("unread",))])
            raw = one.raw() if proof is None else b"%s\n%s" % (one.raw(), str(proof).encode())
            found.append((place, raw, one.folder == drafts_id))
        return found

    def snapshot(self) -> Snapshot:
        return replace(super().snapshot(), mailbox=self.box.snapshot())

    def restore(self, snapshot: Snapshot) -> None:
        super().restore(snapshot)
        self.box.restore(snapshot.mailbox)


class Outlook(Place):
    """A service and a sign-in for one worker. Leaving it fails if anything was asked for that must not be."""

    def __init__(self, quirks: Callable[[], Quirks] = Quirks) -> None:
        """Choose ports; `quirks` is how the service takes what is open."""
        self.quirks = quirks
        self.graph = FakeGraph()
        self.microsoft = MicrosoftSignIn(trusted())
        self.microsoft.on_token = lambda token, user, scopes: self.graph.admit(token, user.name, scopes)
        self.port = self.graph.port
        """Where worlds that are made from now on reach it."""
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Start."""
        self._open.enter_context(self.graph)
        self._open.enter_context(self.microsoft)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._open.close()
        if self.graph.violations:
            raise AssertionError(self.graph.violations[:5])

    def world(self, folder: Path, name: str) -> OutlookWorld:
        return OutlookWorld(folder, self, name)

    def sign_in(self, address: str) -> str:
        """Return what is kept of a sign-in, as `hearback login` would leave it; the page in the browser is left out."""
        user = User(address, address)
        refresh = f"M.C5_BAY.{user.uid}"
        self.microsoft.refresh_tokens[refresh] = user
        rights = sorted(f"{GRAPH}/{scope}" for scope in SCOPES)
        asked = " ".join([*rights, "openid", "profile", "offline_access"])
        form = {"client_id": CLIENT_ID, "grant_type": "refresh_token", "refresh_token": refresh, "client_info": "1"}
        told = self.microsoft.token("common", {**form, "scope": asked})
        authority = f"{self.microsoft.url}/common"
        cache = msal.SerializableTokenCache()
        endpoint = f"{authority}/oauth2/v2.0/token"
        cache.add({"client_id": CLIENT_ID, "scope": rights, "token_endpoint": endpoint, "response": told})
        grant = Grant(slim(cache.serialize()), CLIENT_ID, authority, tuple(rights), address, datetime.now(UTC))
        return grant.text()

    def rest(self) -> None:
        if not self.graph.wait_idle(PATIENCE):
            raise AssertionError("the service has a connection whose client is gone")
