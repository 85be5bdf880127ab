"""Recognising a draft of ours in what a mail client has made of it.

A client may save or send it under a Message-ID of its own. What stays is the thread and the recipient.
"""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from email.message import MIMEPart

from rules.drafts.types import Draft
from rules.mail import Envelope
from rules.mail.html import render

__all__ = ["is_later", "is_same_errand", "is_sent_copy", "says_the_same"]

_CLOCK_SLACK = timedelta(minutes=2)


def is_same_errand(envelope: Envelope, draft: Draft) -> bool:
    """Say whether a message goes to the draft's recipient and answers what the draft answers.

    A draft that answers nothing opens a thread: then the subject decides.
    """
    if draft.to.address.lower() not in envelope.recipients.split(" "):
        return False
    answered = {envelope.in_reply_to, *envelope.references.split(" ")} - {""}
    if draft.in_reply_to:
        return draft.in_reply_to in answered
    return draft.message_id in answered or (not answered and _subject(envelope.subject) == _subject(draft.subject))


def is_sent_copy(envelope: Envelope, draft: Draft) -> bool:
    """Say whether a message in Sent is the draft: by Message-ID, else the same errand, sent after the draft was made.

    Two minutes of difference between the clocks of server and program are allowed.
    """
    if envelope.message_id == draft.message_id:
        return True
    return is_same_errand(envelope, draft) and is_later(envelope, draft)


def is_later(envelope: Envelope, draft: Draft) -> bool:
    """Say whether a message came into the mailbox after the draft was made; what the user did before is no answer to it."""
    return envelope.received_at >= draft.date - _CLOCK_SLACK


def says_the_same(raw: bytes, draft: Draft) -> bool:
    """Say whether a message is `draft` as we would write it: same recipient, subject and text; nobody in copy. Never raises.

    Of two alternatives (text and HTML) both must say it, and there may be no third part.

    For a draft whose bytes were lost with the process that wrote it. The text may be flowed (RFC 3676); any other difference,
    a blank within a line included, counts as the user's work.
    """
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        if message["Cc"] or message["Bcc"]:
            return False
        plain: MIMEPart = message
        if message.get_content_type() == "multipart/alternative":
            plain, page = message.iter_parts()
            if page.get_content_type() != "text/html" or _words(render(str(page.get_content())).text) != _words(draft.text):
                return False
        if plain.get_content_type() != "text/plain":
            return False
        addresses = [address.addr_spec.lower() for address in message["To"].addresses]
        text = str(plain.get_content())
        flowed = str(plain.get_param("format", "")).lower() == "flowed"
        same_subject = str(message["Subject"] or "").split() == draft.subject.split()
    except Exception:  # noqa: BLE001 - the stdlib's parser raises what it runs into, and unreadable is not the same
        return False
    written = _unflowed(text) if flowed else text
    return addresses == [draft.to.address.lower()] and same_subject and _lines(written) == _lines(draft.text)


def _subject(text: str) -> str:
    return " ".join(text.split()).casefold()


def _words(text: str) -> list[str]:
    return text.replace("\u00a0", " ").split()


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _unflowed(text: str) -> str:
    paragraphs: list[str] = []
    open_ = False
    for line in text.splitlines():
        bare = line.removeprefix(" ")
        if open_:
            paragraphs[-1] += bare
        else:
            paragraphs.append(bare)
        open_ = bare.endswith(" ") and bare != "-- "
    return "\n".join(paragraphs)
