"""One user with several mailboxes: the daemon's own cycles over one store, each on a mailbox of any kind.

As the daemon does, a pass is made over an account whenever something is due there, whenever something happens in its mailbox, and
whenever another account has left word for it. An account that is down is passed over, as its worker would be resting.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.guard import Guarded
from rules.mail import Role
from rules.policy import load_playbook, parse_policy
from rules.process import Verb
from rules.profile import Profile
from tests.connectors.harness import Harness
from tests.watcher.desk import NO_FORMS
from watcher.account import Account, Beside
from watcher.cycle import Cycle
from watcher.history import Assessment, assess_all
from watcher.store import Store
from watcher.store.journal import LogRow, add_mark

__all__ = ["Household"]

_ROUNDS = 20
"""More rounds than two accounts need to come to rest."""
_PASSES = 2000


class Household:
    """Mailboxes by the names of their accounts, and the address of each."""

    def __init__(  # noqa: PLR0917 - called by fixtures
        self,
        path: Path,
        mailboxes: Mapping[str, Harness],
        addresses: Mapping[str, str],
        now: datetime,
        rules: str = NO_FORMS,
        template: Path | None = None,
    ) -> None:
        """Sign in everywhere, with an empty store below `path`, copied from `template`: making one takes half a second."""
        self.now = now
        self.zone = ZoneInfo("Europe/Berlin")
        self.mailboxes = dict(mailboxes)
        self.down: set[str] = set()
        """Accounts that cannot be reached."""
        self.log: list[LogRow] = []
        self.passes: dict[str, int] = dict.fromkeys(mailboxes, 0)
        if template is not None:
            shutil.copy(template, path / "hearback.sqlite3")
        self.store = Store(path / "hearback.sqlite3")
        self.accounts = {
            name: Account(
                name,
                "imap",
                addresses[name],
                Profile("Sam Rivers", addresses[name], "+49 30 5550100", frozenset(addresses.values()), self.zone.key, "DE"),
                parse_policy(rules, load_playbook("default")),
                beside=tuple(Beside(other, addresses[other]) for other in mailboxes if other != name),
            )
            for name in mailboxes
        }
        for mailbox in self.mailboxes.values():
            mailbox.follow(lambda: self.now)
        self.connectors = {name: Guarded(mailbox.connector()) for name, mailbox in self.mailboxes.items()}
        self.able = {name: connector.open() for name, connector in self.connectors.items()}
        self.cycles: dict[str, Cycle] = {}
        self._due: dict[str, datetime | None] = dict.fromkeys(mailboxes)
        self.restart()

    def restart(self) -> None:
        """End the process and start another on the same store."""
        self.cycles = {
            name: Cycle(self.accounts[name], self.connectors[name], self.store, marks=self.able[name].marks)
            for name in self.mailboxes
        }

    def close(self) -> None:
        """Let go of everything."""
        for connector in self.connectors.values():
            connector.close()
        self.store.close()
        for mailbox in self.mailboxes.values():
            mailbox.close()

    # --- time ---------------------------------------------------------------------------------------------------------

    def look(self, *names: str) -> None:
        """Let accounts look (all of them, if none is named), and those that they leave word for."""
        waiting = dict.fromkeys(names or self.mailboxes)
        for _ in range(_ROUNDS):
            name = next((each for each in waiting if each not in self.down), None)
            if name is None:
                return
            del waiting[name]
            report = self.cycles[name].run_pass(self.now.astimezone(UTC))
            self.passes[name] += 1
            self.log += report.log
            self._due[name] = report.next_check
            waiting |= dict.fromkeys(sorted(report.wake))
        raise AssertionError(f"{_ROUNDS} passes, and one account wakes the other still")

    def until(self, at: datetime) -> None:
        """Let time pass, with a pass wherever something is due; then all look."""
        for _ in range(_PASSES):
            due = {name: when for name, when in self._due.items() if when is not None and name not in self.down}
            soonest = min(due, key=lambda name: due[name], default=None)
            if soonest is None or due[soonest] > at:
                self.now = at
                self.look()
                return
            self.now = max(self.now, due[soonest])
            self.look(soonest)
        raise AssertionError(f"{_PASSES} passes, and something is due still")

    def comes_back(self, name: str) -> None:
        """Let an account be reached again."""
        self.down.discard(name)
        self.cycles[name] = Cycle(self.accounts[name], self.connectors[name], self.store, marks=self.able[name].marks)

    def leaves(self, name: str) -> None:
        """Take an account out of the configuration, and start the program anew with the others."""
        del self.accounts[name]
        self.accounts = {
            each: replace(account, beside=tuple(other for other in account.beside if other.name != name))
            for each, account in self.accounts.items()
        }
        self.cycles = {
            each: Cycle(account, self.connectors[each], self.store, marks=self.able[each].marks)
            for each, account in self.accounts.items()
        }

    # --- the world ----------------------------------------------------------------------------------------------------

    def arrives(self, name: str, raw: bytes | EmailMessage, role: Role = Role.INBOX) -> None:
        """Let a message come into a mailbox now; nobody looks yet."""
        self.mailboxes[name].deliver(bytes(raw), role, self.now)

    def drafts(self, name: str) -> dict[str, EmailMessage]:
        """Return what stands in the Drafts of an account, by recipient."""
        found: dict[str, EmailMessage] = {}
        for raw in self.mailboxes[name].raws(Role.DRAFTS):
            draft = message_from_bytes(raw, policy=policy.default)
            recipient = getaddresses([str(draft["To"])])[0][1]
            assert recipient not in found, f"two drafts to {recipient} in {name}"
            found[recipient] = draft
        return found

    def standing(self) -> dict[str, list[str]]:
        """Return to whom drafts stand, by account."""
        return {name: sorted(self.drafts(name)) for name in self.mailboxes}

    def says(self, verb: Verb, until: datetime | None = None) -> None:
        """Say a word about the only process, as a command does, and wake the daemon."""
        found = self.process()
        with self.store.write() as connection:
            add_mark(connection, found.account.name, found.process.id, verb, self.now.astimezone(UTC), until)
        self.look()

    def processes(self) -> list[Assessment]:
        """Return where every process stands, each once."""
        with self.store.read() as connection:
            return [one for each in self.accounts.values() for one in assess_all(connection, each, self.now.astimezone(UTC))]

    def process(self) -> Assessment:
        """Return where the only process stands."""
        (found,) = self.processes()
        return found
