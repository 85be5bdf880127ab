"""Is this still what we wrote? Bytes first; where a server rewrites what it stores, the words that a user could have changed."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

from rules.drafts.types import Draft
from rules.mail import Message, Role, message_from_bytes

__all__ = ["crlf", "digest_of", "same_words", "says_the_same", "subject_core"]

_LINE_END = re.compile(rb"\r\n|\r|\n")
_REPLY = re.compile(r"^(?:\s*(?:re|aw|sv|vs|antw|odp|rif|fwd?|wg)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def crlf(raw: bytes) -> bytes:
    """Return the message with the line ends that IMAP demands (RFC 9051 section 6.3.12)."""
    return _LINE_END.sub(b"\r\n", raw)


def digest_of(raw: bytes) -> str:
    """Return SHA-256, hex, of a message as the mailbox gives it back."""
    return hashlib.sha256(raw).hexdigest()


def same_words(written: bytes, stored: bytes) -> bool:
    """Say whether two messages are the same to their reader: recipients, subject, thread and text."""
    if crlf(written).rstrip() == crlf(stored).rstrip():
        return True
    return _essence(_read(written)) == _essence(_read(stored))


def says_the_same(draft: Draft, stored: bytes) -> bool:
    """Say whether a stored message says what a draft was to say; for when its digest is not known."""
    message = _read(stored)
    recipients = {address.address for address in (*message.to, *message.cc)}
    return (
        recipients == {draft.to.address.lower()}
        and _squeezed(message.envelope.subject) == _squeezed(draft.subject)
        and _squeezed(_body(message)) == _squeezed(draft.text)
    )


def subject_core(subject: str) -> str:
    """Return a subject without its reply marks, for comparing."""
    return _squeezed(_REPLY.sub("", subject)).casefold()


def _read(raw: bytes) -> Message:
    return message_from_bytes(raw, ref="", role=Role.DRAFTS, received_at=_EPOCH, size=len(raw))


def _essence(message: Message) -> tuple[object, ...]:
    envelope = message.envelope
    return (
        sorted(address.address for address in message.to),
        sorted(address.address for address in message.cc),
        envelope.from_address,
        _squeezed(envelope.subject),
        envelope.in_reply_to,
        envelope.references,
        _squeezed(_body(message)),
    )


def _body(message: Message) -> str:
    return f"{message.text}{message.quoted}"


def _squeezed(text: str) -> str:
    """Take out all white space: flowing and folding move it about (RFC 3676)."""
    return "".join(text.split())
