"""Which messages a machine wrote: headers first (RFC 3834, RFC 3464), then words, with care."""

from __future__ import annotations

import re

from rules.classify.lists import automatic_phrases
from rules.classify.text import Text
from rules.classify.types import Evidence
from rules.mail.types import Message

__all__ = ["answers_by_itself", "is_absence", "is_bounce", "is_generated", "is_named_automatic", "is_unattended"]

_PREFIX = re.compile(r"^(?:(?:re|aw|antw|fw|fwd|sv|tr|rv|wg|res|rif|ref|r|i|enc)\s*:\s*)+")
_TAGS = re.compile(r"^(?:\[[^\]]{1,40}\]\s*)+")
"""What a mailing list or a filter puts before a subject."""
_ANSWERING = re.compile(r"^.{4,40}?\s(?:re|aw|antw|sv|tr|rif|res|r|rv|enc)\s*:")
"""A subject of absence goes on with the one that is answered (`Out of office Re: Data Engineer`)."""
_NAMED = ("auto",)
"""A subject that opens so names the automaton itself; it needs no words of absence beside it."""
_ALONE_WITHIN = 400
_SHORT = 1200
_NOT = frozenset({"no", "none", "false", "0", ""})
_DAEMONS = ("mailer-daemon@", "postmaster@", "mail-daemon@", "microsoftexchange")


def is_bounce(message: Message, text: Text) -> Evidence | None:
    """Return what says that a message is a delivery report (RFC 3464), or None."""
    content_type = message.headers.get("content-type", "").lower()
    if message.delivery_status or ("multipart/report" in content_type and "disposition-notification" not in content_type):
        return Evidence("header", "Content-Type: multipart/report (RFC 3464)", 1.0)
    if message.headers.get("x-failed-recipients"):
        return Evidence("header", "X-Failed-Recipients", 1.0)
    sender = message.envelope.from_address
    subject = _PREFIX.sub("", text.subject)
    daemon = sender.startswith(_DAEMONS) or _null_path(message)
    if daemon and any(subject.startswith(opening) for opening in _openings(text, "bounce")):
        return Evidence("sender", f"from {sender or '<>'}: {message.envelope.subject}"[:200], 0.95)
    if sender.startswith(_DAEMONS[:1]):
        return Evidence("sender", f"from {sender}"[:200], 0.9)
    return None


def _null_path(message: Message) -> bool:
    """Say whether the envelope sender was empty (RFC 3834 section 3.3): the field is there, with nothing between its brackets."""
    path = message.headers.get("return-path")
    return path is not None and path.replace(" ", "") in {"<>", ""}


def answers_by_itself(message: Message, text: Text, *, known: bool) -> Evidence | None:
    """Return what says that a message is an automatic answer of a mailbox (out of office and its like), or None.

    A headline of absence alone (`Out of office` above a note to colleagues) makes no automatic answer: the subject must go on
    with what is answered, or name the automaton.
    """
    header = _answering_header(message)
    if header is not None:
        return header
    subject = _TAGS.sub("", text.subject)  # `Re: Automatic reply` is a person's answer to one
    answering = is_absence(text) and (known or bool(message.envelope.in_reply_to) or not _is_headline(subject, text))
    if answering or any(subject.endswith(ending) for ending in _openings(text, "ending")):
        words = next((match[0] for match in text.holding("text")), "")
        if words or subject.startswith(_NAMED) or _ANSWERING.search(subject):
            return Evidence("subject", f"{message.envelope.subject[:80]!r} and {words!r}"[:200], 0.9)
    # Without any header or subject: only a short mail that opens with being away, asks nothing and speaks of nothing else.
    if len(text.folded) <= _SHORT and "?" not in text.folded and (known or message.envelope.in_reply_to or not subject):
        opening = next((match for match in text.holding("alone") if match.end() <= _ALONE_WITHIN), None)
        if opening is not None and not text.has("context"):
            return Evidence("text", f"opens with {opening[0]!r}", 0.8)
    return None


def is_unattended(text: Text) -> Evidence | None:
    """Return what a mailbox that nobody reads says of itself, where that is all a short mail says; or None.

    Receipts and refusals of applicant-tracking systems end with the same words: only what is nothing else is such an answer.
    """
    found = next(text.holding("unattended"), None) if len(text.folded) <= _SHORT else None
    return Evidence("text", found[0][:200], 0.8, found.start()) if found is not None else None


def is_named_automatic(text: Text) -> bool:
    """Say whether the subject names the automaton that answers."""
    return _TAGS.sub("", text.subject).startswith(_NAMED)


def is_absence(text: Text) -> bool:
    """Say whether the subject opens as that of an automatic answer does."""
    subject = _TAGS.sub("", text.subject)
    return any(subject.startswith(opening) for opening in _openings(text, "subject"))


def _is_headline(subject: str, text: Text) -> bool:
    """Say whether a subject is one of the openings and nothing more, of absence rather than of automation."""
    bare = subject.rstrip(" .!")
    return any(bare == opening.rstrip(": -") for opening in _openings(text, "subject") if "auto" not in opening)


def _openings(text: Text, name: str) -> list[str]:
    """Return how the subjects of such mail begin, in the languages of the mail."""
    return [phrase.source for language in text.languages for phrase in automatic_phrases(language, name).phrases]


def _answering_header(message: Message) -> Evidence | None:
    headers = message.headers
    submitted = headers.get("auto-submitted", "").partition(";")[0].strip().lower()
    if submitted.startswith("auto-replied"):
        return Evidence("header", "Auto-Submitted: auto-replied (RFC 3834)", 1.0)
    for name in ("x-autoreply", "x-autorespond"):
        if headers.get(name, "").strip().lower() not in _NOT:
            return Evidence("header", f"{name.title()}: {headers[name]}"[:200], 1.0)
    precedence = headers.get("precedence", "").strip().lower()
    if precedence in {"auto_reply", "auto-reply", "autoreply"}:
        return Evidence("header", f"Precedence: {precedence}", 1.0)
    if headers.get("x-ms-exchange-inbox-rules-loop"):
        return Evidence("header", "X-MS-Exchange-Inbox-Rules-Loop", 0.95)
    if _null_path(message):
        return Evidence("header", "empty Return-Path (RFC 3834 section 3.3)", 0.9)
    return None


def is_generated(message: Message) -> Evidence | None:
    """Return what says that no person wrote a message, though it may well concern an application; or None."""
    submitted = message.headers.get("auto-submitted", "").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return Evidence("header", f"Auto-Submitted: {submitted} (RFC 3834)"[:200], 0.9)
    precedence = message.headers.get("precedence", "").strip().lower()
    if precedence in {"bulk", "junk", "list"}:
        return Evidence("header", f"Precedence: {precedence}", 0.8)
    if message.headers.get("feedback-id") and message.envelope.bulk:
        return Evidence("header", "Feedback-ID", 0.6)
    return None
