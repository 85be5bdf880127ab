"""The user with a mail program of their own, beside the daemon's cycle, on a real Dovecot or a real Maildir."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from connectors.guard import Guarded
from rules.mail import Role
from rules.policy import load_playbook, parse_policy
from rules.process import Process
from rules.profile import Profile
from tests.connectors.harness import Harness
from tests.letters import invitation
from tests.rules.notes_clients import Client
from watcher.account import Account
from watcher.clock import SystemClock
from watcher.cycle import Cycle, PassReport
from watcher.history import assess_all
from watcher.store import Store

__all__ = ["ME", "MINUTE", "TWO", "Seeker", "message_id_of", "open_seeker", "text_of"]

TWO = (("Rita Chen", "rita@acme.test"), ("Omar Haddad", "omar@acme.test"))
ME = "sam@example.com"
MINUTE = timedelta(minutes=1)
_SERIAL = iter(range(1, 10_000))


class Seeker:
    """The user, with a mail program of their own, and the daemon's cycle on the same mailbox."""

    def __init__(self, mailbox: Harness, path: Path) -> None:
        """Begin half an hour before the machine's time: the server stamps mail by its own clock, which is never behind."""
        self.mailbox = mailbox
        self.connector = Guarded(mailbox.connector())
        self.connector.open()
        self.now = SystemClock().now().replace(microsecond=0) - timedelta(minutes=30)
        profile = Profile("Sam Rivers", ME, "+49 30 5550100", frozenset({ME}), "Europe/Berlin", "DE")
        rules = parse_policy("tasks.linkedin = false\n", load_playbook("default"))
        self.account = Account("main", "imap", ME, profile, rules)
        self.store = Store(path / "hearback.sqlite3")
        self.cycle = Cycle(self.account, self.connector, self.store)
        self.form = ""
        """The form as it first stood, without a word of the user's."""

    def close(self) -> None:
        """Let go of the files."""
        self.connector.close()
        self.store.close()
        self.mailbox.close()

    def look(self, after: timedelta = MINUTE) -> PassReport:
        """Do one pass, so much later."""
        self.now += after
        return self.cycle.run_pass(self.now)

    def interviewed(self) -> None:
        """Have an interview that has just ended."""
        self.mailbox.deliver(invitation(self.now, self.now - timedelta(minutes=61), attendees=TWO))
        self.look()

    def drafts(self, *, own: bool) -> list[EmailMessage]:
        """Return what stands in Drafts: to oneself, or to others."""
        found = [message_from_bytes(raw, policy=policy.default) for raw in self.mailbox.raws(Role.DRAFTS)]
        return [draft for draft in found if (ME in str(draft["To"])) is own]

    def process(self) -> Process:
        """Return how things stand."""
        with self.store.read() as connection:
            (found,) = assess_all(connection, self.account, self.now)
        return found.process

    def rewrites(self, client: Client, *lines: tuple[str, str]) -> bytes:
        """Return what a mail program makes of the form after the user wrote behind lines of it."""
        (draft,) = self.drafts(own=True)
        text = self.form = self.form or text_of(draft)
        for begin, said in lines:
            old = next(line for line in text.split("\n") if line.startswith(begin))
            text = text.replace(old, f"{old} {said}", 1)
        made = message_from_bytes(client(text), policy=policy.default)
        for name in ("Subject", "From", "To"):
            del made[name]
            made[name] = str(draft[name])
        del made["Message-ID"]
        made["Message-ID"] = f"<typed-{next(_SERIAL)}@client.example>"
        made["Date"] = self.now
        return bytes(made)

    def edits(self, client: Client, *lines: tuple[str, str]) -> None:
        """Write into the form and save."""
        raw = self.rewrites(client, *lines)
        self.mailbox.user_edits(message_id_of(self.drafts(own=True)[0]), raw)

    @property
    def reads(self) -> int:
        """Return how many drafts were read."""
        return self.connector.calls["read_draft"]


def text_of(draft: EmailMessage) -> str:
    """Return the text of a form in one line a paragraph."""
    body = draft.get_body(("plain", "html"))
    assert body is not None
    content: str = body.get_content().replace("\r\n", "\n")
    return content.replace(" \n", " ") if "flowed" in str(body["Content-Type"]) else content


def message_id_of(draft: EmailMessage) -> str:
    """Return the Message-ID of a draft, without the angle brackets."""
    return str(draft["Message-ID"]).strip("<> ")


@contextmanager
def open_seeker(mailbox: Harness, path: Path) -> Iterator[Seeker]:
    """Give a user of a mailbox, whose store is made below `path`."""
    made = Seeker(mailbox, path)
    try:
        yield made
    finally:
        made.close()
