"""A closer look at messages, and their text where it is wanted."""

from __future__ import annotations

import base64
import binascii
import logging
import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from connectors.errors import NotFound, Refused, Throttled, Unavailable
from connectors.outlook.answers import Json, number, records, text
from connectors.outlook.batches import Answer, Part
from connectors.outlook.events import EVENT, calendar_of
from connectors.outlook.reading import EXPAND, SELECT, is_calendar, is_event, is_reference
from connectors.outlook.service import Service, segment, with_query
from rules.mail import Envelope, Message, message_of, message_without_text

__all__ = ["Looked", "look_at", "raw_path", "read_messages", "size_of"]

_WHOLE: Final = 1 << 20
"""Octets of a message that are read; what stands behind them is asked for by itself where it matters."""
_IN_A_BATCH: Final = 400_000
"""Octets up to which a message is asked for together with others."""
_AT_ONCE: Final = 20
_TOGETHER: Final = 16 << 20
"""Octets of an answer that holds many messages: as many as twenty of those may have, and not what pictures in the text add, which
nobody tells before."""
_CALENDAR_MOST: Final = 1 << 16
_CALENDARS: Final = 10
_GIVEN_UP: Final = 3
"""Rounds of tries, in as many passes, after which a message that cannot be had is left out."""
_FAILED: Final[Counter[tuple[str, str]]] = Counter()
"""How often each message could not be had while others could. It outlives the connection, which such trouble ends."""
_REMEMBERED: Final = 1000
_READING: Final = "reading mail"
_LOST: Final = "its text could not be read from the server"
_ATTACHED: Final = {"$select": "id,name,contentType,size,isInline"}
_FIELD: Final = re.compile(rb"[!-9;-~]{1,76}:|(?:From|>From) ")
_log = logging.getLogger(__name__)


def raw_path(ref: str) -> str:
    """Return where a message stands as MIME (https://learn.microsoft.com/en-us/graph/outlook-get-mime-message)."""
    return f"messages/{segment(ref)}/$value"


@dataclass(slots=True)
class Looked:
    """What came of looking at some messages."""

    found: dict[str, Json] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Those that are not there any more. An id in neither was given up."""
    attached: dict[str, Sequence[Json]] = field(default_factory=dict)
    """What is attached to those of which it was asked."""


def look_at(service: Service, refs: Iterable[str], attached: Iterable[str] = ()) -> Looked:
    """Ask what the service knows of messages, wherever in the mailbox they lie, and what is attached to some of them.

    Raises Throttled, Unavailable, AuthNeeded and Misconfigured. A message that fails again and again while others come is left
    out in the end.
    """
    refs, attached = list(dict.fromkeys(refs)), list(dict.fromkeys(attached))
    parts = [Part("GET", with_query(f"messages/{segment(ref)}", {"$select": SELECT, "$expand": EXPAND})) for ref in refs]
    parts += [Part("GET", with_query(f"messages/{segment(ref)}/attachments", _ATTACHED)) for ref in attached]
    looked = Looked()
    sorting = _Sorting(service)
    answers = service.batch(parts, doing=_READING)
    for ref, answer in zip(refs, answers, strict=False):
        if (found := sorting.value(ref, answer)) is not None:
            looked.found[ref] = found
        elif ref in sorting.gone:
            looked.gone.add(ref)
    for ref, answer in zip(attached, answers[len(refs) :], strict=True):
        if (found := sorting.value(ref, answer)) is not None:
            looked.attached[ref] = records(found, "value")
    sorting.settle()
    return looked


class _Sorting:
    """Which answers of a batch are there, which say that a message is gone, and which failed."""

    def __init__(self, service: Service) -> None:
        self.gone: set[str] = set()
        self._service = service
        self._failed: list[str] = []
        self._error: Unavailable | None = None

    def value(self, ref: str, answer: Answer) -> Json | None:
        """Return an answer's object; None where there is none. Raises AuthNeeded and Misconfigured."""
        return answer.json if self.is_there(ref, answer) else None

    def is_there(self, ref: str, answer: Answer) -> bool:
        """Say whether an answer is a good one."""
        if answer.good:
            return True
        try:
            self._service.value(answer, _READING, one=True)
        except (NotFound, Refused):  # or it is not for us to see
            self.gone.add(ref)
        except Unavailable as error:
            self._failed.append(ref)
            if self._error is None or isinstance(error, Throttled):
                self._error = error
        return False

    def settle(self) -> None:
        """Raise what kept messages away, unless it has often done so already."""
        if self._error is not None and not _given_up(self._service, self._failed, self._error):
            raise self._error


def _given_up(service: Service, refs: Sequence[str], error: Unavailable) -> bool:
    """Count a round in which these messages could not be had; say whether it was one too many for all of them."""
    if isinstance(error, Throttled):
        return False
    keys = [(service.settings.address, ref) for ref in refs]
    if len(_FAILED) > _REMEMBERED:
        _FAILED.clear()
    _FAILED.update(set(keys))
    if any(_FAILED[key] < _GIVEN_UP for key in keys):
        return False
    _log.warning("Outlook does not give messages in spite of many tries; they are left out: %s (%s)", list(refs[:5]), error)
    return True


def size_of(attached: Sequence[Json]) -> int:
    """Return about how many octets a message with these attachments has: the service tells no size of messages."""
    return sum(max(0, number(one, "size") or 0) for one in attached) * 4 // 3


# -- texts


def read_messages(
    service: Service,
    envelopes: Sequence[Envelope],
    *,
    lost: bool,
    known: Mapping[str, Json] | None = None,
    automatic: Container[str] = (),
    attached: Mapping[str, Sequence[Json]] | None = None,
) -> list[Message]:
    """Return messages with their text, in the order of their envelopes, which come back with their size.

    `known` are rows of them, `attached` attachments, as far as they are known; `automatic` are those that are known to be
    automatic answers, whatever their header says. One that is gone meanwhile comes with the reason among its defects where
    `lost` is true, else it is left out. Raises from the tree.
    """
    asked = [one for one in envelopes if is_reference(one.ref)]
    raws = _raws(service, asked, attached or {})
    messages: dict[str, Message] = {}
    for envelope in asked:
        raw = raws.get(envelope.ref)
        if raw is None:
            continue
        files = (attached or {}).get(envelope.ref)
        message = _whole(envelope, raw, size_of(files or ()))
        try:
            message = _completed(service, message, raw, files, (known or {}).get(envelope.ref))
        except Unavailable as error:
            if not _given_up(service, [envelope.ref], error):
                raise
        if envelope.ref in automatic:
            message = replace(message, headers={"auto-submitted": "auto-replied", **message.headers})
        messages[envelope.ref] = message
    return [messages.get(one.ref) or message_without_text(one, _LOST) for one in asked if lost or one.ref in messages]


def _raws(service: Service, envelopes: Sequence[Envelope], attached: Mapping[str, Sequence[Json]]) -> dict[str, bytes]:
    """Return the messages as MIME, at most 1 MB of each: small ones many in a round trip, the others one by one."""
    large = [one.ref for one in envelopes if max(one.size, size_of(attached.get(one.ref, ()))) > _IN_A_BATCH]
    small = [one.ref for one in envelopes if one.ref not in set(large)]
    found: dict[str, bytes] = {}
    sorting = _Sorting(service)
    for start in range(0, len(small), _AT_ONCE):
        chunk = small[start : start + _AT_ONCE]
        alone = _together(service, chunk, sorting, found) if len(chunk) > 1 else chunk
        large += alone
    for ref in large:
        try:
            found[ref] = service.raw(raw_path(ref), _WHOLE)
        except (NotFound, Refused):
            continue
        except Unavailable as error:
            if not _given_up(service, [ref], error):
                raise
    sorting.settle()
    return found


def _together(service: Service, refs: Sequence[str], sorting: _Sorting, found: dict[str, bytes]) -> list[str]:
    """Ask for messages in one batch; return those that are to be asked for by themselves.

    The service tells no sizes: what is too much together may not be too much one by one, of which the beginning is enough.
    """
    try:
        answers = service.batch([Part("GET", raw_path(ref)) for ref in refs], doing=_READING, most=_TOGETHER)
    except Throttled:
        raise
    except (Refused, Unavailable) as error:
        _log.info("Outlook does not give messages together; they are asked for one by one (%s)", error)
        return list(refs)
    alone: list[str] = []
    for ref, answer in zip(refs, answers, strict=True):
        if answer.status in {400, 405, 406, 413, 415, 501}:  # batches do not give everything
            alone.append(ref)
        elif sorting.is_there(ref, answer):
            raw = _octets(answer.body)
            if raw is None:
                alone.append(ref)
            else:
                found[ref] = raw[:_WHOLE]
    return alone


def _octets(body: object) -> bytes | None:
    """Return a message out of a batch, where it stands as base64, or as it is; None where it is neither."""
    if not isinstance(body, str) or not body:
        return None
    if _FIELD.match(body[:100].encode("utf-8", "replace")):
        return body.encode("utf-8", "surrogateescape")
    try:
        plain = "".join(body.split()).replace("-", "+").replace("_", "/")
        raw = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if _FIELD.match(raw) else None


def _whole(envelope: Envelope, raw: bytes, estimate: int) -> Message:
    size = len(raw) if len(raw) < _WHOLE else max(len(raw), estimate, envelope.size)
    return message_of(envelope._replace(size=size), raw)


# -- what is missing of a text


def _completed(service: Service, message: Message, raw: bytes, files: Sequence[Json] | None, row: Json | None) -> Message:
    """Add what the MIME does not hold of a message that was cut off, or of a meeting that was told without a calendar."""
    cut = len(raw) >= _WHOLE
    if cut and not message.calendars:
        message = _with_calendars(service, message, files)
    if cut and not message.text:
        message = _with_body(service, message)
    if not message.calendars and message.envelope.calendar and not cut and (row is None or is_event(row)):
        message = _with_event(service, message)
    return message


def _with_calendars(service: Service, message: Message, files: Sequence[Json] | None) -> Message:
    ref = message.envelope.ref
    try:
        if files is None:
            files = records(service.get(f"messages/{segment(ref)}/attachments", query=_ATTACHED, one=True), "value")
        wanted = [one for one in files if is_calendar(one) and text(one, "id")][:_CALENDARS]
        raws = [
            service.raw(f"messages/{segment(ref)}/attachments/{segment(text(one, 'id'))}/$value", _CALENDAR_MOST)
            for one in wanted
        ]
    except (NotFound, Refused):
        return message
    head = b"Content-Type: text/calendar; charset=utf-8\r\n\r\n"
    parts = [part for raw in raws for part in message_of(message.envelope, head + raw).calendars]
    return replace(message, calendars=tuple(parts)) if parts else message


def _with_body(service: Service, message: Message) -> Message:
    try:
        found = service.get(f"messages/{segment(message.envelope.ref)}", query={"$select": "body"}, one=True)
    except (NotFound, Refused):
        return message
    body = found.get("body")
    if not isinstance(body, Mapping) or not text(body, "content"):
        return message
    kind = "text/html" if text(body, "contentType").lower() == "html" else "text/plain"
    head = f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode()
    read = message_of(message.envelope, head + text(body, "content")[:_WHOLE].encode("utf-8", "replace"))
    return replace(message, text=read.text, quoted=read.quoted, markup=read.markup, links=read.links)


def _with_event(service: Service, message: Message) -> Message:
    """Make the calendar of a meeting whose MIME has none, of the properties of its eventMessage."""
    try:
        found = service.get(
            f"messages/{segment(message.envelope.ref)}", query={"$expand": EVENT}, prefer=('outlook.timezone="UTC"',), one=True
        )
    except (NotFound, Refused):
        return message
    calendar = calendar_of(found)
    return message if calendar is None else replace(message, calendars=(calendar,))
