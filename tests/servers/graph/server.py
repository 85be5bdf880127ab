"""An in-memory Microsoft Graph for mail, over HTTP on loopback: mailboxes, bearer tokens, faults; and a judge of every request.

It behaves as the public pages say (each module names those it follows); where they leave something open, it takes the side on
which a careless client falls, and `Quirks` has the other. Whatever a request has that the pages do not know is answered 400 and
kept in `violations`, which tests expect to be empty.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from tests.servers.graph.answers import Answer, GraphError
from tests.servers.graph.categories import CATEGORIES
from tests.servers.graph.checking import Checked
from tests.servers.graph.judging import SCOPES, Grant, Judge, now
from tests.servers.graph.mailbox import Mailbox
from tests.servers.graph.methods import READS, Asked, Method
from tests.servers.graph.writing import WRITES

__all__ = ["SCOPES", "FakeGraph"]

_METHODS: Final[dict[str, Method]] = {**READS, **WRITES, **CATEGORIES}


class FakeGraph(Judge):
    """The service. Used as a context manager; everything may be called from any thread."""

    def __init__(
        self, *, clock: Callable[[], datetime] = now, seed: int = 0, quota: int | None = None, certificate: Path | None = None
    ) -> None:
        """Take what a judge takes; there is no mailbox yet."""
        super().__init__(clock=clock, seed=seed, quota=quota, certificate=certificate)
        self._mailboxes: dict[str, Mailbox] = {}
        self._shared: set[tuple[str, str]] = set()

    # -- for tests

    def mailbox(self, address: str) -> Mailbox:
        """Return the mailbox of an address; it is made when it is first asked for."""
        with self.lock:
            return self._mailboxes.setdefault(address.lower(), Mailbox(address, self.clock, self.lock))

    def known(self, address: str) -> None:
        """See that there is a mailbox of that address."""
        self.mailbox(address)

    def share(self, owner: str, user: str) -> None:
        """Let a user open the mailbox of another."""
        self.mailbox(owner)
        with self.lock:
            self._shared.add((owner.lower(), user.lower()))

    def expire_delta(self, address: str) -> None:
        """Let every next and delta link of a mailbox that was handed out be answered 410."""
        self.mailbox(address).expire_delta()

    # -- over HTTP

    def done(self, checked: Checked, grant: Grant) -> Answer:
        """Do what was asked for."""
        box = self._opened(grant, checked)
        box.settle()
        answer = _METHODS[checked.match.route.name](
            Asked(checked, box, self.reached(checked), self._mailboxes[grant.address].address)
        )
        for told in box.trespasses[box.judged :]:
            self.violation(told)
        box.judged = len(box.trespasses)
        return answer

    def _opened(self, grant: Grant, checked: Checked) -> Mailbox:
        """Return the mailbox of a request; raises GraphError 403 or 404."""
        whose = (checked.place.user or grant.address).lower()
        owner = next((box for box in self._mailboxes.values() if whose in box.names()), None)
        if owner is None:
            raise GraphError(404, f"The requested user '{whose}' is invalid.", code="ErrorInvalidUser")
        scopes = checked.match.route.scopes
        if owner.address.lower() != grant.address:
            scopes = frozenset(f"{one}.Shared" for one in scopes if one.startswith("Mail."))
            if (owner.address.lower(), grant.address) not in self._shared:
                raise GraphError(403)
        if not grant.scopes & scopes:
            raise GraphError(403)
        return owner
