"""A first look at messages, and their text where it is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from connectors.errors import NotFound, Refused, Unavailable
from connectors.gmail.answers import Json, labels_of, number, record, text
from connectors.gmail.batches import Fetched, fetch_many, given_up
from connectors.gmail.reading import (
    ENVELOPE_FIELDS,
    HEADER_FIELDS,
    decoded,
    envelope_of,
    header_bytes,
    is_reference,
    part_tree,
    role_of,
    walk_parts,
)
from connectors.gmail.service import Request, Service
from rules.mail import Envelope, Message, Part, Role, Wants, choose_parts, message_from_parts, message_of, message_without_text

__all__ = ["Seen", "headers_of", "look_at", "raw_of", "read_messages"]

_WHOLE: Final = 1 << 20
"""Octets up to which a message is read whole; of a larger one, the parts that matter."""
_AT_ONCE: Final = 4 << 20
"""Octets of whole messages in one answer."""
_TEXT_MOST: Final = 1 << 20
"""Octets of a part that is asked for by itself."""
_READING: Final = "reading mail"
_LOST: Final = "its text could not be read from the server"


@dataclass(slots=True)
class Seen:
    """What came of looking at some messages."""

    envelopes: list[Envelope] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    """Those that are not there any more, or lie in the bin."""
    drafts: list[str] = field(default_factory=list)


def _get(service: Service, ref: str, *, form: str, fields: str) -> Request:
    request: Request = service.messages.get(userId="me", id=ref, format=form, fields=fields)
    return request


def look_at(service: Service, refs: Sequence[str], listed: Role = Role.ARCHIVE) -> Seen:
    """Return the envelopes of these messages, in their order; `listed` is where one stands that tells no labels."""
    answer = fetch_many(service, refs, lambda ref: _get(service, ref, form="full", fields=ENVELOPE_FIELDS), _READING)
    return _sorted(refs, answer, listed)


def headers_of(service: Service, refs: Sequence[str], role: Role) -> dict[str, Envelope]:
    """Return the envelopes of those messages that stand in `role`, by their ids.

    One whose labels are not told stands where it was listed.
    """
    answer = fetch_many(service, refs, lambda ref: _get(service, ref, form="metadata", fields=HEADER_FIELDS), _READING)
    there = {ref: message for ref, message in answer.found.items() if labels_of(message) is None or role_of(message) is role}
    return {ref: envelope_of(message, ref, role) for ref, message in there.items()}


def _sorted(refs: Sequence[str], answer: Fetched, listed: Role) -> Seen:
    seen = Seen()
    for ref in refs:
        message = answer.found.get(ref)
        role = None if message is None else listed if labels_of(message) is None else role_of(message)
        if message is None or role is None:
            if message is not None or ref in answer.gone:
                seen.gone.append(ref)
        elif role is Role.DRAFTS:
            seen.drafts.append(ref)
        else:
            seen.envelopes.append(envelope_of(message, ref, role))
    return seen


def read_messages(service: Service, envelopes: Sequence[Envelope], wants: Wants, *, lost: bool) -> list[Message]:
    """Return the messages with their text that `wants` asks for, in their order.

    One that is gone meanwhile comes with the reason among its defects where `lost` is true, else it is left out.
    """
    asked = [envelope for envelope in envelopes if wants(envelope) and is_reference(envelope.ref)]
    messages: dict[str, Message] = {}
    for group in _groups([one for one in asked if one.size <= _WHOLE]):
        answer = fetch_many(
            service, [one.ref for one in group], lambda ref: _get(service, ref, form="raw", fields="id,raw"), _READING
        )
        for envelope in group:
            raw = raw_of(answer.found.get(envelope.ref, {}))
            if raw is not None:
                messages[envelope.ref] = message_of(envelope, raw)
    for envelope in asked:
        if envelope.size > _WHOLE and (message := _in_parts(service, envelope)) is not None:
            messages[envelope.ref] = message
    return [messages.get(one.ref) or message_without_text(one, _LOST) for one in asked if lost or one.ref in messages]


def _groups(envelopes: Sequence[Envelope]) -> Iterator[list[Envelope]]:
    """Deal messages into batches that do not weigh too much."""
    group: list[Envelope] = []
    weight = 0
    for envelope in envelopes:
        if group and weight + envelope.size > _AT_ONCE:
            yield group
            group, weight = [], 0
        group.append(envelope)
        weight += envelope.size
    if group:
        yield group


def raw_of(message: Json) -> bytes | None:
    """Return a message as it stands (RFC 5322), from an answer in the format `raw`; None when there is none in it."""
    raw = text(message, "raw")
    return decoded(raw) if raw else None


# -- large messages


def _in_parts(service: Service, envelope: Envelope) -> Message | None:
    """Read the parts that matter of a message whose attachments are large; None when it is gone, or cannot be had."""
    try:
        answer = service.call(service.messages.get(userId="me", id=envelope.ref, format="full"), _READING)
    except (NotFound, Refused):
        return None
    except Unavailable as error:
        if given_up(service, [envelope.ref], error):
            return None
        raise
    payload = record(answer, "payload")
    parts: dict[str, Json] = dict(walk_parts(payload))
    choice = choose_parts(part_tree(payload))
    texts = {part.path: _octets(service, envelope.ref, _at(parts, part.path), part) for part in choice.parts}
    content = texts.get(choice.text.path) if choice.text is not None else None
    kept = choice.text.octets if choice.text is not None else 0
    status = choice.delivery_status
    message = message_from_parts(
        envelope,
        header_bytes(payload),
        text=None if content is None else content[:kept],
        text_type=choice.text.type if choice.text is not None else "",
        text_charset=_charset(content or b"", choice.text),
        text_encoding="",
        text_truncated=content is not None and len(content) > kept,
        calendars=[
            (octets, part.method, _charset(octets, part), "")
            for part in choice.calendars
            if (octets := texts[part.path]) is not None
        ],
        delivery_status=texts.get(status.path) if status is not None else None,
    )
    missing = tuple(f"a part of type {part.type} could not be read" for part in choice.parts if texts[part.path] is None)
    return replace(message, defects=(*message.defects, *missing))


def _at(parts: Mapping[str, Json], path: str) -> Json:
    return parts.get(path) or parts.get("" if path == "1" else path, {})


def _octets(service: Service, ref: str, part: Json, chosen: Part) -> bytes | None:
    """Return the content of a part, its transfer encoding taken off; an attachment is asked for if it is not too large."""
    body = record(part, "body")
    if data := text(body, "data"):
        return decoded(data)
    attachment = text(body, "attachmentId")
    if not attachment:
        return b"" if not chosen.size else None
    if (number(body, "size") or 0) > _TEXT_MOST:
        return None
    attachments = service.attachments
    try:
        answer = service.call(attachments.get(userId="me", messageId=ref, id=attachment), _READING)
    except (NotFound, Refused):
        return None
    return decoded(text(answer, "data"))


def _charset(content: bytes, part: Part | None) -> str:
    """Return the charset of a part: the service gives most texts in UTF-8 whatever their label says."""
    label = "" if part is None else part.charset
    if b"\x1b" in content:  # ISO 2022 is all ASCII to look at
        return label
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return label
    return "utf-8"
