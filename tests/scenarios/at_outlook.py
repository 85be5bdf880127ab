"""A mailbox at Outlook for a story: configured and signed in as a user's is, the service's times being those of the story.

The user writes on Outlook's page, where what is quoted stays below what is typed; forms are filled in with other programs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape, unescape
from pathlib import Path
from typing import Any, Final

from connectors.auth.microsoft.flow import DeviceSignIn
from connectors.base import Connector
from rules.mail import Role
from tests.connectors.outlook_harness import OutlookHarness
from tests.scenarios.stage import plain_text
from tests.servers.certificates import certificate
from tests.servers.graph import FakeGraph, Item
from tests.servers.microsoft import CLIENT_ID, MicrosoftSignIn, User
from watcher.accounts import build_connector
from watcher.clock import SystemClock
from watcher.config import Config, OutlookAccount, load_config
from watcher.microsoft import registration_of, scopes_of, store_grant, transport_of

__all__ = ["Directory", "StoryOutlook", "directory", "sign_in", "table_of"]

_OURS: Final = "Hearback: "
_BELOW: Final = re.compile(r'<div\b[^<>]{0,200}\bid="appendonsend"')
_BODY: Final = re.compile(r"(<body\b[^<>]{0,400}>)(.*)(</body\s*>)", re.DOTALL | re.IGNORECASE)
_BLANK_LINE: Final = re.compile(r"<div><br></div>")
_TAG: Final = re.compile(r"<[^<>]{0,2000}>")


class Directory(MicrosoftSignIn):
    """Microsoft's sign-in, whose access tokens are good at a Graph on this machine."""

    def __init__(self, trusted: Path) -> None:
        """Take a certificate for localhost; no Graph is there yet."""
        super().__init__(trusted)
        self.graph: FakeGraph | None = None

    def token(self, tenant: str, form: dict[str, str]) -> dict[str, Any]:
        """Answer the token endpoint, and let Graph know."""
        told = super().token(tenant, form)
        user, scopes = self.access_tokens[told["access_token"]]
        if self.graph is not None:
            self.graph.admit(told["access_token"], user.name, bare(scopes))
        return told


def bare(scopes: Collection[str]) -> frozenset[str]:
    """Return rights without the name of the service they are at."""
    return frozenset(scope.rpartition("/")[2] for scope in scopes)


@contextmanager
def directory(folder: Path) -> Iterator[Directory]:
    """Start a sign-in whose certificate lies in `folder`; SSL_CERT_FILE has to name that."""
    now = SystemClock().now()
    with Directory(certificate(folder, now - timedelta(days=1), now + timedelta(days=1), "localhost")) as running:
        yield running


def table_of(name: str, address: str, graph: str, microsoft: str) -> str:
    """Return the table of an account in a configuration."""
    return (
        f'[accounts.{name}]\nkind = "outlook"\naddress = "{address}"\nclient_id = "{CLIENT_ID}"\napi_url = "{graph}"\n'
        f'authority_url = "{microsoft}"\ntimeout_seconds = 10\ntoken.file = "{name}.token"\n'
    )


def sign_in(account: OutlookAccount, microsoft: Directory) -> None:
    """Sign in with a code, as whoever the account is of, and keep that where the configuration says."""
    clock = SystemClock()
    microsoft.user = User(account.username, account.username)
    attempt = DeviceSignIn(registration_of(account), scopes_of(account), transport_of(account, clock), "hearback login")
    signed = attempt.ask(clock.now())
    assert signed is not None
    store_grant(account.secret, signed[0])


class StoryOutlook(OutlookHarness):
    """What is saved stays in its draft, what is sent leaves it."""

    def __init__(self, microsoft: Directory, folder: Path, address: str = OutlookHarness.address) -> None:
        """Start a Graph of its own; configuration and sign-in lie in `folder`."""
        self.address = address
        super().__init__()
        microsoft.graph = self.server
        self._path = folder / "hearback.toml"
        self._path.write_text(
            f'[user]\nname = "Sam Rivers"\nemail = "{self.address}"\ntimezone = "Europe/Berlin"\n'
            + table_of("main", self.address, self.server.url, microsoft.url),
            encoding="utf-8",
        )
        sign_in(self._account, microsoft)

    @property
    def _account(self) -> OutlookAccount:
        config: Config = load_config(self._path)
        (account,) = config.accounts
        assert isinstance(account, OutlookAccount)
        return account

    def connector(self) -> Connector:  # type: ignore[override]  # guarded, as the daemon has it
        """Return what the configuration makes."""
        return build_connector(self._account, lambda _seconds: None)

    def raws(self, role: Role) -> Sequence[bytes]:
        """Return messages; of drafts what stands above a quotation, which clients fold away."""
        if role is not Role.DRAFTS:
            return super().raws(role)
        return [_above(one) for one in self.items(role)]

    def user_saves(self, message_id: str, raw: bytes, role: Role, at: datetime) -> None:
        draft = self.mailbox.draft_of(message_id)
        made = message_from_bytes(raw, policy=policy.default)
        if role is Role.DRAFTS and self.address in str(made["To"]):  # a form
            self.mailbox.edit_draft(draft.key, raw, at)
            return
        if made["Message-ID"] != draft.message_id and role is Role.SENT:
            self.mailbox.send_draft(draft.key, raw, at)
            return
        wanted = plain_text(made)
        if wanted.split() != _words(draft).split():
            self.mailbox.edit_body(draft.key, lambda html: _typed(html, wanted), at)
        if role is Role.SENT:
            self.mailbox.send_draft(draft.key, at=at)

    def marks(self) -> Sequence[tuple[bytes, frozenset[str]]]:
        return [(raw, frozenset(name.removeprefix(_OURS) for name in names)) for raw, names in super().marks()]

    def follow(self, clock: Callable[[], datetime]) -> None:
        """Stamp what comes by the clock of the story; sign-ins go by the real one."""
        super().follow(lambda: clock().astimezone(UTC))


def _above(draft: Item) -> bytes:
    """Return a draft as its words above the quotation and, where it has any, the HTML of all of it."""
    shown = message_from_bytes(draft.raw(), policy=policy.default)
    assert isinstance(shown, EmailMessage)
    made = EmailMessage()
    for name, value in shown.items():
        if not name.lower().startswith(("content-", "mime-")):
            made[name] = str(value)
    made.set_content(_words(draft))
    if _is_html(draft):
        made.add_alternative(draft.html, subtype="html")
    return bytes(made)


def _is_html(draft: Item) -> bool:
    return str((draft.get("body") or {}).get("contentType")) == "html"


def _words(draft: Item) -> str:
    """Return what the user reads above the quotation, a blank line between paragraphs."""
    if not _is_html(draft):
        return draft.html.replace("\r\n", "\n")
    page = _BLANK_LINE.sub("<br>", _BELOW.split(_inside(draft.html))[0])
    lines = " ".join(page.split())
    for tag, sign in (("<br>", "\n"), ("</div>", "\n"), ("</p>", "\n\n")):
        lines = lines.replace(tag, sign)
    words = unescape(_TAG.sub("", lines)).replace("\xa0", " ")
    return "\n".join(line.strip() for line in words.split("\n")).strip() + "\n"


def _inside(page: str) -> str:
    body = _BODY.search(page)
    return body[2] if body else page


def _typed(page: str, text: str) -> str:
    """Put other words above the quotation, as Outlook on the web does: a block a line, a blank one with a break in it."""
    below = _inside(page)
    start = _BELOW.search(below)
    own = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.strip("\n").split("\n"))
    rest = below[start.start() :] if start else ""
    return f'<html><head></head><body dir="ltr">{own}{rest}</body></html>'
