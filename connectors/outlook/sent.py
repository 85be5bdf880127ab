"""What the user sent, and which of it was a draft of ours.

A message that is sent gets another id, immutable or not, and Outlook on the desktop gives it another Message-ID (OfficeDev/
office-js#2659, #6066). Our property goes along, so it tells; where it was lost, thread and recipient do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from connectors.errors import Refused
from connectors.matching import is_later, is_sent_copy
from connectors.outlook.answers import records, text
from connectors.outlook.held import EXPAND, LISTED, Held
from connectors.outlook.service import Service, with_query
from rules.drafts.types import Draft
from rules.mail import Envelope, Role

__all__ = ["Sent", "is_in_thread"]

_PAGE: Final = 100
_MOST: Final = 50
"""Pages that are looked through."""
_DAY: Final = timedelta(days=1)
_FOLDER: Final = "mailFolders/sentitems/messages"
_DOING: Final = "looking at what was sent"


@dataclass(slots=True)
class Sent:
    """Sent mail, over one connection."""

    service: Service

    def copy_of(self, draft: Draft, besides: frozenset[str]) -> Envelope | None:
        """Return the copy of a draft among what was sent since a day before it was made, newest first; without the search index.

        Known by our property or by its Message-ID, else by thread and recipient.
        """
        copies: list[Envelope] = []
        for held in self._since(draft):
            envelope = held.envelope(Role.SENT)
            if draft.message_id in {held.message_id, envelope.message_id}:
                return envelope
            if envelope.identity not in besides and _is_sent(envelope, draft):
                copies.append(envelope)
        return max(copies, key=lambda one: one.received_at, default=None)

    def _since(self, draft: Draft) -> Iterator[Held]:
        """Yield what was sent since a day before a draft was made."""
        begin = (draft.date - _DAY).astimezone(UTC)
        asked = {"$filter": f"receivedDateTime ge {begin:%Y-%m-%dT%H:%M:%SZ}", "$orderby": "receivedDateTime desc"}
        try:
            yield from self._listed(asked, begin)
        except Refused:  # such a question is too much for it: then in the order in which it lists by itself, newest first
            yield from self._listed({}, begin)

    def _listed(self, asked: Mapping[str, str], begin: datetime) -> Iterator[Held]:
        link, seen = with_query(_FOLDER, {**asked, "$select": LISTED, "$expand": EXPAND}), {""}
        for _ in range(_MOST):
            answer = self.service.page(link, size=_PAGE, doing=_DOING)
            page = [Held(item) for item in records(answer, "value")]
            yield from page
            if page and all(one.listed_at < begin for one in page):
                return
            link = text(answer, "@odata.nextLink")
            if link in seen:
                return
            seen.add(link)


def _is_sent(envelope: Envelope, draft: Draft) -> bool:
    return is_sent_copy(envelope, draft) or (is_in_thread(envelope, draft) and is_later(envelope, draft))


def is_in_thread(envelope: Envelope, draft: Draft) -> bool:
    """Say whether a message goes to the draft's recipient in the conversation that the draft belongs to, as Outlook sees it."""
    same = bool(draft.thread_id) and envelope.thread_id == draft.thread_id
    return same and draft.to.address.lower() in envelope.recipients.split()
