"""What tells that a person writes about hiring, though no word of an application stands in the mail."""

from __future__ import annotations

from datetime import UTC

from rules.classify.score import is_answer
from rules.classify.senders import is_freemail, is_mass
from rules.classify.text import Text
from rules.classify.weigh import is_elsewhere
from rules.dates import moments
from rules.extract.promise import find_promise
from rules.mail.types import Message

__all__ = ["agrees_on_time", "fixes_time", "hires", "promise_of", "quotes_hiring"]

_SHORT = 1500
"""A person who writes about one candidate writes briefly; in longer letters everything is spoken of, characters."""
_BRIEF = 300
"""What only names a time is no longer, characters."""


def hires(message: Message, text: Text) -> bool:
    """Say whether a person's mail to one reader speaks of hiring in a wider sense than by the words of an application.

    Asked only of mail that a person may have written. Words of another matter (`elsewhere`) outweigh, and so do private ones
    among friends.
    """
    sender = message.envelope.from_address
    if is_mass(sender) or len(text.folded) > _SHORT or is_elsewhere(text):
        return False
    if is_freemail(sender) and text.has("private"):
        return False
    if text.has("wider") or next(text.in_subject("wider"), None) is not None:
        return True
    return is_answer(message, text) and bool(quotes_hiring(message, text) or next(text.in_subject("asked"), None))


def quotes_hiring(message: Message, text: Text) -> str:
    """Return the words of hiring in what a person's answer quotes, or an empty string.

    Colleagues who hire quote such words, too: they count under a subject by which candidates thank or ask (`asked`), and not
    among friends.
    """
    if not message.quoted or not is_answer(message, text) or is_freemail(message.envelope.from_address):
        return ""
    if next(text.in_subject("asked"), None) is None:
        return ""
    return next((match[0] for name in ("interview", "context", "wider") for match in text.quoting(message.quoted, name)), "")


def agrees_on_time(message: Message, text: Text) -> str:
    """Return the word of an interview that a short answer quotes which does nothing but name one time; else an empty string."""
    if not is_answer(message, text) or is_freemail(message.envelope.from_address) or not fixes_time(message, text):
        return ""
    return next((match[0] for match in text.quoting(message.quoted, "interview")), "")


def promise_of(message: Message, text: Text) -> str:
    """Return the sentence by which a mail promises word, or an empty string."""
    promise = find_promise(message.text[:_SHORT], message.envelope.received_at.date(), languages=text.languages)
    return promise.sentence if promise is not None else ""


def fixes_time(message: Message, text: Text) -> bool:
    """Say whether a short mail does nothing but name one time that lies ahead."""
    if len(text.folded) > _BRIEF or "?" in text.folded or promise_of(message, text):
        return False
    received = message.envelope.received_at
    stated = moments(text.folded, received.date(), received.tzinfo or UTC, text.languages)
    return len({moment.start for moment in stated}) == 1 and stated[0].start > received
