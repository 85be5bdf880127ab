"""Mails of every make, put together by Hypothesis from the words and structures that the reader looks for."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from rules.language import LANGUAGES
from rules.phrases.load import load

__all__ = ["mails"]

_TYPES = (
    "text/plain",
    "text/plain; charset=utf-8",
    "text/html; charset=iso-8859-1",
    "text/calendar; method=REQUEST",
    "application/ics",
    "message/rfc822",
    "message/delivery-status",
    "multipart/alternative; boundary=b",
    "multipart/report; report-type=delivery-status; boundary=b",
)
_FIELDS = (
    "Auto-Submitted: auto-replied",
    "Precedence: bulk",
    "List-Unsubscribe: <mailto:x@acme.test>",
    "Return-Path: <>",
    "Reply-To: other@elsewhere.test",
    "Authentication-Results: mx; dmarc=fail",
    "In-Reply-To: <a@acme.test>",
    "X-Failed-Recipients: rita@acme.test",
)
_SENDERS = (
    "Rita Chen <rita@acme.test>",
    "Acme <no-reply@us.greenhouse-mail.io>",
    '"x" <@>',
    "=?utf-8?q?Ren=C3=A9?= <r@acme.test>",
    "",
)
_LINES = (
    "BEGIN:VCALENDAR",
    "METHOD:CANCEL",
    "BEGIN:VEVENT",
    "DTSTART;TZID=Europe/Berlin:20260310T100000",
    "DTSTART:20260310",
    "DURATION:-PT1H",
    "RECURRENCE-ID:20260310T100000Z",
    "SEQUENCE:x",
    "END:VEVENT",
    "END:VCALENDAR",
    "Final-Recipient: rfc822; rita@acme.test",
    "Action: failed",
    "--b",
    "--b--",
    "> quoted",
    "-- ",
    "Best regards",
    "Rita Chen",
    "<p>",
    "</blockquote>",
    '<div itemscope itemtype="http://schema.org/Event">',
    "10:00 - 11:00",
    "03/04/2026",
    "Tuesday",
    "by Friday",
    "if you",
)


@cache
def _words() -> tuple[str, ...]:
    """Return pieces of our own phrase lists: what the reader is on the look-out for, in all its languages."""
    found: list[str] = []
    for language in LANGUAGES:
        for name in ("kinds", "automatic", "extract", "promises", "dates"):
            try:
                tables = load(f"{language}/{name}")
            except FileNotFoundError:
                continue
            stack: list[object] = [tables]
            while stack:
                item = stack.pop()
                if isinstance(item, str):
                    found.append(item.replace("(", "").replace("|", " ").replace(")", "").replace("*", "").replace("...", " "))
                elif isinstance(item, dict):
                    stack.extend(item.values())
                elif isinstance(item, list):
                    stack.extend(item)
    return tuple(sorted(set(found)))


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    """Return the bytes of a mail that may be anything."""
    words = st.sampled_from(_words())
    line = st.one_of(words, st.sampled_from(_LINES), st.text(max_size=40))
    head = [
        f"From: {draw(st.sampled_from(_SENDERS))}",
        f"Subject: {' '.join(draw(st.lists(line, max_size=3)))}",
        f"Content-Type: {draw(st.sampled_from(_TYPES))}",
        f"Content-Transfer-Encoding: {draw(st.sampled_from(('7bit', 'quoted-printable', 'base64')))}",
        *draw(st.lists(st.sampled_from(_FIELDS), max_size=3)),
    ]
    body = draw(st.lists(line, max_size=30))
    end = draw(st.sampled_from(("\r\n", "\n")))
    raw = (end.join(head) + end + end + end.join(body)).encode("utf-8", "surrogatepass")
    return raw + draw(st.binary(max_size=20))
