"""Mail made to break a reader, each kind by its name. Sizes are what a mailbox can really hold."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

__all__ = ["BOMBS", "SPOOFS", "mail"]

_EVENT = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART:20260310T100000Z\r\n"
_END = "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def mail(body: str | bytes, *, kind: str = "text/plain; charset=utf-8", subject: str = "Interview", more: str = "") -> bytes:
    """Return a mail from a company to the user, with this body."""
    octets = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    head = (
        f"From: Rita Chen <rita@acme.test>\r\nTo: sam@example.com\r\nSubject: {subject}\r\nMessage-ID: <h@acme.test>\r\n"
        f"Date: Mon, 02 Mar 2026 09:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n{more}\r\n"
    )
    return head.encode("utf-8", "surrogatepass") + octets


def _nested(depth: int) -> bytes:
    opened = "".join(f'--b{n}\r\nContent-Type: multipart/mixed; boundary="b{n + 1}"\r\n\r\n' for n in range(depth))
    return mail(opened + f"--b{depth}\r\n\r\nHello\r\n", kind='multipart/mixed; boundary="b0"')


def _forwarded(depth: int) -> bytes:
    raw = b"Subject: Interview\r\n\r\nHello"
    for _ in range(depth):
        raw = b"Content-Type: message/rfc822\r\n\r\n" + raw
    return b"From: a@acme.test\r\n" + raw


def _calendar(line: str) -> bytes:
    return mail(f"{_EVENT}{line}{_END}", kind="text/calendar; method=REQUEST; charset=utf-8")


def _attached(octets: int) -> bytes:
    part = base64.encodebytes(bytes(octets)).replace(b"\n", b"\r\n")
    text = b"--b\r\nContent-Type: text/plain\r\n\r\nYour interview is confirmed for Tuesday, 10 March 2026, at 10:00.\r\n"
    head = b"--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return mail(text + head + part + b"\r\n--b--\r\n", kind="multipart/mixed; boundary=b")


def _json_ld(text: str) -> bytes:
    return mail(f'<script type="application/ld+json">{text}</script><p>Interview</p>', kind="text/html; charset=utf-8")


def _html(text: str) -> bytes:
    return mail(text, kind="text/html; charset=utf-8")


BOMBS: Mapping[str, Callable[[], bytes]] = {
    "five thousand nested multiparts": lambda: _nested(5000),
    "a forwarded mail in a forwarded mail, a thousand deep": lambda: _forwarded(1000),
    "ten thousand parts": lambda: mail("--b\r\n\r\nx\r\n" * 10_000, kind="multipart/mixed; boundary=b"),
    "an attachment of 50 MB": lambda: _attached(50_000_000),
    "a text of 50 MB on one line": lambda: mail(b"interview " * 5_000_000),
    "a page of 20 MB": lambda: _html("<p>interview confirmed</p>" * 800_000),
    "a hundred thousand open elements": lambda: _html("<div>" * 100_000 + "interview"),
    "tables in tables": lambda: _html("<table><tr><td>" * 5000 + "interview"),
    "attributes without end": lambda: _html("<a " + 'b="c" ' * 200_000),
    "microdata without end": lambda: _html('<div itemscope itemtype="http://schema.org/Event"><i itemprop="x">y</i>' * 5000),
    "entities without end": lambda: _html("&lt;&#x1F600;&amp;" * 100_000),
    "quotations in quotations": lambda: _html("<blockquote>" * 20_000 + "x"),
    "JSON of a hundred thousand brackets": lambda: _json_ld("[" * 100_000),
    "JSON of deep objects": lambda: _json_ld('{"@graph":' * 8000 + "1" + "}" * 8000),
    "ten thousand links": lambda: _html('<a href="https://acme.test/?q=1">pick a time</a>' * 10_000),
    "a calendar of 64 KB of attendees": lambda: _calendar("ATTENDEE;CN=Rita:mailto:rita@acme.test\r\n" * 1500),
    "an event that recurs for ever": lambda: _calendar("RRULE:FREQ=SECONDLY;INTERVAL=1;COUNT=999999999"),
    "a zone with a thousand rules": lambda: _calendar(
        "END:VEVENT\r\nBEGIN:VTIMEZONE\r\nTZID:x\r\n"
        + "BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\n" * 400
        + "END:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:v\r\nDTSTART;TZID=x:20260310T100000"
    ),
    "calendars in calendars": lambda: _calendar("BEGIN:VEVENT\r\n" * 4000),
    "an absurd duration and year": lambda: _calendar("DURATION:P99999999999999W\r\nDTEND:99999999T999999Z"),
    "a hundred thousand quoted lines": lambda: mail("> interview\n" * 100_000),
    "attributions without end": lambda: mail("On Monday, 2 March 2026 at 10:00, Rita Chen wrote\n" * 5000),
    "times without end": lambda: mail("10:00 - 11:30 am, " * 20_000),
    "dates without end": lambda: mail("Tuesday, 10 March 2026 or 11/03/2026, " * 5000),
    "promises without end": lambda: mail("We will get back to you by Friday. " * 3000),
    "ifs without end": lambda: mail("if you have not heard from us " * 5000),
    "rejections without end": lambda: mail("unfortunately we chose to move forward with other " * 3000),
    "one word of a megabyte": lambda: mail("a" * 1_000_000),
    "digits of a megabyte": lambda: mail("1" * 1_000_000),
    "blanks of a megabyte": lambda: mail("x" + " " * 1_000_000 + "y"),
    "line ends of a megabyte": lambda: mail("\n" * 1_000_000),
    "addresses without end": lambda: mail("rita@acme.test, " * 60_000),
    "names without end": lambda: mail("You will meet Rita Chen, Tom Berg, " + "Ann Lee, " * 20_000),
    "a signature without end": lambda: mail("Hello\n\nBest regards\n" + "Rita Chen\n" * 20_000),
    "a subject of a megabyte": lambda: mail("Hello", subject="Interview " * 100_000),
    "encoded words without end": lambda: mail("Hello", subject="=?utf-8?q?Interview?= " * 5000),
    "recipients without end": lambda: mail("Hello", more="Cc: " + "a@acme.test, " * 50_000 + "b@acme.test\r\n"),
    "references without end": lambda: mail("Hello", more="References: " + "<a@acme.test> " * 50_000 + "\r\n"),
    "authentication without end": lambda: mail("Hello", more="Authentication-Results: x; " + "spf=fail (" * 20_000 + "\r\n"),
    "a display name without end": lambda: mail("Hello").replace(b"Rita Chen", b"Rita " * 100_000),
}
"""Bombs: they take room or time to no end if they are let."""

SPOOFS: Mapping[str, Callable[[], bytes]] = {
    "null bytes": lambda: mail("Your inter\x00view is con\x00firmed", subject="Inter\x00view"),
    "lone surrogates": lambda: mail("Interview \udcff\ud800", subject="\udcff"),
    "right-to-left overrides": lambda: mail("Hello", subject="Interview \u202ecod.exe\u202c at Acme"),
    "an override in a name": lambda: mail("Hello").replace(b"Rita Chen", "Rita \u202enehC".encode()),
    "a field injected in an encoded word": lambda: mail("Hello", subject="=?utf-8?q?Interview=0D=0ABcc:_all=40acme.test?="),
    "a field injected by folding": lambda: mail("Hello", subject="Interview\r\n Bcc: all@acme.test"),
    "a field injected in a calendar": lambda: _calendar(
        "SUMMARY:Interview\\nBcc: all@acme.test\r\nORGANIZER;CN=A\\nB:mailto:a@acme.test"
    ),
    "a template in the subject": lambda: mail("Hello", subject="Interview {{ 7*7 }} {% raw %} ${x} %s"),
    "an unknown charset": lambda: mail(b"Interview \xff\xfe", kind="text/plain; charset=x-none"),
    "UTF-16 that says it is UTF-8": lambda: mail("Interview".encode("utf-16")),
    "UTF-7": lambda: mail(b"+ADw-script+AD4-", kind="text/plain; charset=utf-7"),
    "a charset that is a module": lambda: mail("x", kind='text/plain; charset="../../os"'),
    "a codec that is none of text": lambda: mail("x", kind="text/plain; charset=zlib"),
    "a broken date": lambda: mail("tomorrow at 10:00").replace(b"02 Mar 2026 09:00:00 +0100", b"99 Foo 20266 77:88:99 +9999"),
    "a date of the year one": lambda: mail("tomorrow at 10:00").replace(
        b"02 Mar 2026 09:00:00 +0100", b"01 Jan 0001 00:00:00 +1400"
    ),
    "a date of the last year": lambda: mail("next Friday").replace(b"02 Mar 2026 09:00:00 +0100", b"31 Dec 9999 23:59:59 -1200"),
    "two senders": lambda: mail("Hello", more="From: Other <other@other.test>\r\n"),
    "no sender": lambda: b"Subject: Interview\r\n\r\nHello",
    "a sender of the same letters": lambda: mail("Hello").replace(b"rita@acme.test", "rita@\u0430cme.test".encode()),
    "an archive that says it is a page": lambda: _html("PK\x03\x04\x14\x00\x00\x00\x08\x00" * 1000),
    "a calendar that is a picture": lambda: mail(b"\x89PNG\r\n\x1a\n" + bytes(1000), kind="text/calendar"),
    "base64 that is none": lambda: mail("!!!=*" * 1000, more="Content-Transfer-Encoding: base64\r\n"),
    "a boundary of nothing": lambda: mail("----\r\n\r\nx", kind='multipart/mixed; boundary=""'),
    "only line ends": lambda: b"\r\n" * 1000,
    "nothing": lambda: b"",
}
"""Mail that is broken, or lies about what it is."""
