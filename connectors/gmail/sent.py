"""What the user sent, and which of it was a draft of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from connectors.gmail.answers import records, text
from connectors.gmail.batches import AT_ONCE, chunks
from connectors.gmail.looking import headers_of
from connectors.gmail.reading import is_reference
from connectors.gmail.service import Service
from connectors.matching import is_later, is_sent_copy
from rules.drafts.types import Draft
from rules.mail import Envelope, Role

__all__ = ["Sent", "is_in_thread"]

_PAGE: Final = 100
_MOST: Final = 500
"""Messages that are looked through without the search index, and again with it."""
_KEPT: Final = 2000
_SEARCHABLE: Final = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,255}")
_DAY: Final = timedelta(days=1)


@dataclass(slots=True)
class Sent:
    """Sent mail, as far as one connection has looked at it."""

    service: Service
    _known: dict[str, Envelope] = field(default_factory=dict)

    def copy_of(self, draft: Draft, besides: frozenset[str]) -> Envelope | None:
        """Look in Sent, newest first, until what is older than the draft; without the search index, which lags behind.

        Where very much was sent since, the index has what is further back.
        """
        copies: list[Envelope] = []
        for envelopes in self._pages(draft):
            for one in envelopes:
                if one.message_id == draft.message_id:
                    return one
                if one.identity not in besides and _is_sent(one, draft):
                    copies.append(one)
        return max(copies, key=lambda one: one.received_at, default=None)

    def _pages(self, draft: Draft) -> Iterator[list[Envelope]]:
        begin = draft.date - _DAY
        looked = 0
        for envelopes in self._listed({}):
            yield envelopes
            looked += AT_ONCE
            if envelopes and all(one.received_at < begin for one in envelopes):
                return
        recipient = draft.to.address
        if looked >= _MOST and _SEARCHABLE.fullmatch(recipient):
            yield from self._listed({"q": f"to:{recipient} after:{max(0, int(begin.timestamp()))}"})

    def _listed(self, query: Mapping[str, str]) -> Iterator[list[Envelope]]:
        token, looked = "", 0
        if len(self._known) > _KEPT:
            self._known.clear()
        while looked < _MOST:
            asked: dict[str, Any] = {"userId": "me", "labelIds": ["SENT"], "maxResults": _PAGE, **query}
            if token:
                asked["pageToken"] = token
            request = self.service.messages.list(**asked, fields="messages(id),nextPageToken")
            answer = self.service.call(request, "looking at what was sent")
            refs = [ref for item in records(answer, "messages") if is_reference(ref := text(item, "id"))]
            for chunk in chunks(refs, AT_ONCE):
                unknown = [ref for ref in chunk if ref not in self._known]
                self._known |= headers_of(self.service, unknown, Role.SENT)
                yield [self._known[ref] for ref in chunk if ref in self._known]
            looked += _PAGE
            token = text(answer, "nextPageToken")
            if not token:
                return


def _is_sent(envelope: Envelope, draft: Draft) -> bool:
    return is_sent_copy(envelope, draft) or (is_in_thread(envelope, draft) and is_later(envelope, draft))


def is_in_thread(envelope: Envelope, draft: Draft) -> bool:
    """Say whether a message goes to the draft's recipient in the conversation that the draft belongs to, as Gmail sees it."""
    same = bool(draft.thread_id) and envelope.thread_id == draft.thread_id
    return same and draft.to.address.lower() in envelope.recipients.split()
