"""A mailbox at Gmail for a story: the user works on Gmail's page, and the service's times are those of the story."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from rules.mail import Role
from tests.connectors.gmail_harness import FakeGmailHarness

__all__ = ["StoryGmail"]

_OURS: Final = "Hearback/"


class StoryGmail(FakeGmailHarness):
    """What is saved stays in its draft, what is sent leaves it."""

    def follow(self, clock: Callable[[], datetime]) -> None:
        """Stamp what comes by the clock of the story; sign-ins go by the real one."""
        self.mailbox.clock = clock

    def user_saves(self, message_id: str, raw: bytes, role: Role, at: datetime) -> None:
        draft = self.mailbox.draft_of(message_id)
        if role is Role.DRAFTS:
            self.mailbox.edit_draft(draft, raw, at)
        else:
            self.mailbox.send_draft(draft, raw, at)

    def marks(self) -> Sequence[tuple[bytes, frozenset[str]]]:
        names = {
            one.id: one.name.removeprefix(_OURS).lower() for one in self.mailbox.labels.values() if one.name.startswith(_OURS)
        }
        return [(one.raw, frozenset(names[label] for label in one.labels & names.keys())) for one in self.mailbox.messages()]
