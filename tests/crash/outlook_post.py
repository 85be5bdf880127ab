"""One user's mailbox at Outlook, for errands that are interrupted; its services take what is open either way."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import ClassVar, Final, Self
from unittest.mock import patch

from connectors.outlook import OutlookConnector, OutlookSettings
from connectors.outlook.transport import authorities
from rules.drafts.types import Draft
from tests.connectors.outlook_harness import OTHERWISE
from tests.crash.dialogue import BYSTANDER
from tests.crash.errands import ADDRESS, WRITTEN_AT, Errand, Left, Line, Post
from tests.crash.outlook import proof_of
from tests.servers.graph import FakeGraph, Item, Quirks
from tests.servers.graph.mime import text_of_html

__all__ = ["MAKE", "REFUSALS", "OutlookPost", "OutlookPostOtherwise", "can_be"]

MAKE: Final = rb"(?=createReply)"
"""In the batch that makes an answer."""
REFUSALS: Final = (400, 401, 403, 404, 409, 412, 429, 500, 503)
_BELIEVED: Final = frozenset({400, 403, 404, 409, 423})
"""With these the service says that it never will: what cannot be answered where it stands is answered by a new message, and a
message that cannot be read is left out."""
_REACHED: Final = re.compile(r"://127\.0\.0\.1:\d+/")
_READING: Final = rb"(?=GET /v1.0/me/m)"


def can_be(errand: Errand, status: int, *, done: bool) -> bool:
    """Say whether an errand has to come to its end in spite of such an answer; below 500 it says that nothing was done."""
    if done:
        return status >= 500
    return status not in _BELIEVED or errand not in {Errand.FIRST_LOOK, Errand.CATCH_UP}


class OutlookPost(Post):
    """A service that takes all that a reply is made with."""

    name: ClassVar[str] = "outlook"
    coarseness: ClassVar[int] = 15
    batch: ClassVar[str] = "batch"
    markers: ClassVar[Mapping[Errand, bytes]] = {
        Errand.PUT: _READING,
        Errand.ANSWER: _READING,
        Errand.REPLACE: _READING,
        Errand.TURN: _READING,
        Errand.WITHDRAW: _READING,
        Errand.FIRST_LOOK: rb"(?=POST /v1.0/\$batch)",
        Errand.CATCH_UP: rb"(?=messages/delta)",
    }
    """The first look has signing on in it, for all of them."""

    def __init__(self) -> None:
        """Choose a port."""
        self.server = FakeGraph(clock=lambda: WRITTEN_AT)
        self.box = self.server.mailbox(ADDRESS)
        self.box.quirks = self.quirks()
        self._believes = False
        super().__init__(self.server)

    def refuse(self, errand: Errand, status: int, skip: int, *, done: bool, method: str = "*") -> Left:
        self._believes = status in _BELIEVED
        try:
            return super().refuse(errand, status, skip, done=done, method=method)
        finally:
            self._believes = False

    def __enter__(self) -> Self:
        """Start; the authorities to trust are read once instead of for each connection, which are many here."""
        trust = authorities()
        self._open.enter_context(patch("connectors.outlook.transport.authorities", lambda: trust))
        return super().__enter__()

    def quirks(self) -> Quirks:
        """Return how the service takes what is open."""
        return Quirks()

    def save_bystander(self) -> None:
        self.box.save_draft(BYSTANDER, WRITTEN_AT)

    def clear(self) -> None:
        for one in self.box.items("inbox"):
            self.box.delete(one.key)

    def deliver(self, raw: bytes) -> None:
        self.box.deliver(raw, at=WRITTEN_AT)

    def inbox(self) -> set[str]:
        return {one.message_id.strip("<>") for one in self.box.items("inbox")}

    def stored(self, message_id: str) -> Sequence[Item]:
        found = [(one, proof_of(one)) for one in self.box.items("drafts")]
        return [
            one
            for one, proof in found
            if one.message_id == f"<{message_id}>" or (proof is not None and proof.message_id == message_id)
        ]

    def drafts(self) -> int:
        return len(self.box.items("drafts"))

    def connector(self, line: Line) -> OutlookConnector:
        return OutlookConnector(
            OutlookSettings(
                address=ADDRESS,
                token=lambda _force: self.server.token(ADDRESS),
                endpoint=f"http://127.0.0.1:{line.port}",
                timeout=line.timeout,
                page_size=4,
                pause=lambda _seconds: None,
            )
        )

    def thread_of(self, message_id: str) -> str:
        return next((one.conversation for one in self.box.named(message_id) if not one.draft), "") if message_id else ""

    def carried(self, cursor: str, line: Line) -> str:
        """Cursors hold addresses of the service, at the port by which it was reached."""
        return _REACHED.sub(f"://127.0.0.1:{line.port}/", cursor)

    def wrong_with(self, draft: Draft, raw: bytes) -> list[str]:
        """Compare words, recipients, conversation and proof with what was written."""
        one = self.stored(draft.message_id)[0]
        proof = proof_of(one)
        problems = []
        if proof is None or (proof.message_id, proof.digest) != (draft.message_id, sha256(raw).hexdigest()):
            problems.append(f"it is not marked as ours: {proof}")
        told = {name: [each["emailAddress"]["address"] for each in one.get(name) or ()] for name in _PEOPLE}
        if told != {name: [draft.to.address] if name == "toRecipients" else [] for name in _PEOPLE}:
            problems.append(f"it goes to {told}")
        words = " ".join(text_of_html(one.html).split())
        if not words.startswith(draft.text) or one.subject != draft.subject:
            problems.append(f"it says {one.subject!r}: {words[:80]!r}")
        answered = self.box.named(draft.in_reply_to) if draft.in_reply_to and not self._believes else []
        if any(each.conversation != one.conversation for each in answered if not each.draft):
            problems.append("it stands in another conversation than what it answers")
        return problems

    def wrong_besides(self) -> list[str]:
        """See that letters are unread as before, and that nothing was thrown away but what is ours."""
        read = [one for one in self.box.items("inbox") if one.read]
        problems = [f"{one.subject} counts as read" for one in read]
        for one in read:
            self.box.set_read(one.key, read=False)
        problems += [f"{one.subject} carries {one.get('categories')}" for one in self.box.items("inbox") if one.get("categories")]
        users = [one for one in self.box.items("drafts") if one.message_id == "<written-by-hand@example.com>"]
        if [one.raw() for one in users] != [BYSTANDER] or users[0].version != 1:
            problems.append("the user's own draft was touched")
        for one in self.box.items("deleteditems"):
            if proof_of(one) is None or not one.draft:
                problems.append(f"{one.subject} was thrown away")
            self.box.delete(one.key)
        return problems


class OutlookPostOtherwise(OutlookPost):
    """A service that takes nothing with a reply, and calls the original read all the same."""

    name: ClassVar[str] = "outlook otherwise"
    nameless: ClassVar[frozenset[Errand]] = frozenset({Errand.ANSWER, Errand.TURN})
    """An empty reply that stands in Drafts may be the user's own, and is left alone once our draft stands beside it."""

    def quirks(self) -> Quirks:
        made = OTHERWISE()
        made.reply_reads = True
        return made


_PEOPLE: Final = ("toRecipients", "ccRecipients", "bccRecipients")
