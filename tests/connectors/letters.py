"""The mail of the contract suite, written by us: plain letters, an invitation, and everything that a careless sender may send."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from rules.drafts.types import Draft, DraftKey
from rules.mail import Address

__all__ = [
    "ADDRESS",
    "COMPANY",
    "HOSTILE",
    "NOW",
    "calendar",
    "dates",
    "draft",
    "draft_bytes",
    "invitation",
    "letter",
    "with_attachment",
]

NOW = datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
"""In the past of any machine: what a server stamps with its own clock came later."""
ADDRESS = "sam@example.com"
COMPANY = "dana.ortiz@orchard.example"


def letter(
    name: str,
    *,
    subject: str = "Your application",
    sender: str = f"Dana Ortiz <{COMPANY}>",
    to: str = f"Sam Reed <{ADDRESS}>",
    text: str = "We have read it with pleasure.",
    date: datetime = NOW,
    more: Mapping[str, str] | None = None,
) -> bytes:
    """Return a plain letter whose Message-ID is `name@orchard.example`."""
    fields = {
        "From": sender,
        "To": to,
        "Subject": subject,
        "Date": format_datetime(date),
        "Message-ID": f"<{name}@orchard.example>",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "8bit",
        **(more or {}),
    }
    head = "".join(f"{key}: {value}\r\n" for key, value in fields.items())
    return f"{head}\r\n{text}\r\n".encode()


def calendar(lines: int = 0) -> str:
    """Return an invitation as iCalendar (RFC 5545), with so many more lines of description."""
    notes = "".join(f"X-NOTE-{number}:line {number} of the long description\r\n" for number in range(lines))
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Orchard//Rooms//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
        "UID:round-1@orchard.example\r\nDTSTAMP:20250304T090000Z\r\nDTSTART:20250311T140000Z\r\nDTEND:20250311T150000Z\r\n"
        f"SUMMARY:Interview with Orchard\r\n{notes}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def with_attachment(name: str, octets: int, *parts: tuple[str, str]) -> bytes:
    """Return a multipart letter: a text, a file of so many octets (Base64), then further parts (Content-Type, text)."""
    raw = base64.encodebytes(bytes(range(256)) * (octets // 256 + 1))[: octets * 4 // 3].decode("ascii").replace("\n", "\r\n")
    pieces = [
        ("text/plain; charset=utf-8", "7bit", "Please find it enclosed."),
        ('application/pdf; name="plan.pdf"', "base64", raw),
        *((kind, "8bit", text) for kind, text in parts),
    ]
    body = "".join(
        f"--edge\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {coding}\r\n\r\n{text}\r\n"
        for kind, coding, text in pieces
    )
    return letter(
        name,
        text=f"{body}--edge--",
        more={"Content-Type": 'multipart/mixed; boundary="edge"', "Content-Transfer-Encoding": "8bit"},
    )


def invitation(name: str, lines: int = 0) -> bytes:
    """Return an interview invitation with its calendar part."""
    return with_attachment(name, 0, ("text/calendar; charset=utf-8; method=REQUEST", calendar(lines)))


def draft(
    number: int = 1,
    *,
    to: str = COMPANY,
    subject: str = "Re: Your application",
    text: str = "I enjoyed our talk and would like to hear how you decide.",
    in_reply_to: str = "thread@orchard.example",
    references: tuple[str, ...] = ("thread@orchard.example",),
) -> Draft:
    """Return a draft of ours; `number` makes its Message-ID."""
    return Draft(
        key=DraftKey("orchard", to, f"status-1.{number}"),
        message_id=f"{number:032x}@example.com",
        sender=Address("Sam Reed", ADDRESS),
        to=Address("Dana Ortiz", to),
        subject=subject,
        text=text,
        date=NOW,
        in_reply_to=in_reply_to,
        references=references,
    )


def draft_bytes(one: Draft, *, text: str | None = None, message_id: str | None = None) -> bytes:
    """Return the bytes of a draft, or of what a mail client makes of it: another text, another Message-ID."""
    body = (one.text if text is None else text).replace("\n", "\r\n")
    subject = one.subject if one.subject.isascii() else f"=?utf-8?b?{base64.b64encode(one.subject.encode()).decode()}?="
    fields = [
        ("From", f"{one.sender.name} <{one.sender.address}>"),
        ("To", f"{one.to.name} <{one.to.address}>"),
        ("Subject", subject),
        ("Date", format_datetime(one.date)),
        ("Message-ID", f"<{message_id or one.message_id}>"),
    ]
    if one.in_reply_to:
        fields.append(("In-Reply-To", f"<{one.in_reply_to}>"))
    if one.references:
        fields.append(("References", "\r\n ".join(f"<{item}>" for item in one.references)))
    fields += [("MIME-Version", "1.0"), ("Content-Type", 'text/plain; charset="utf-8"'), ("Content-Transfer-Encoding", "8bit")]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"{head}\r\n{body}\r\n".encode()


def _nested(depth: int) -> bytes:
    head = letter("nested", more={"Content-Type": 'multipart/mixed; boundary="b0"'}).partition(b"\r\n\r\n")[0]
    opened = "".join(f'--b{level}\r\nContent-Type: multipart/mixed; boundary="b{level + 1}"\r\n\r\n' for level in range(depth))
    return head + b"\r\n\r\n" + opened.encode() + b"--b%d\r\n\r\ndeep\r\n" % depth


HOSTILE: Mapping[str, bytes] = {
    "only a header": letter("bare").partition(b"\r\n\r\n")[0] + b"\r\n\r\n",
    "no header": b"\r\nNothing but a body.\r\n",
    "neither from nor date": b"Subject: who\r\nMessage-ID: <nobody@orchard.example>\r\n\r\nHello.\r\n",
    "raw octets in the header": letter("octets").replace(b"Your application", b"Caf\xe9 \xff\xfe \x80"),
    "a folded injection": letter("fold", subject="Hello\r\n Bcc: everyone@example.com"),
    "an encoded injection": letter("inject", subject="=?utf-8?q?Hello=0D=0ABcc:_all=40example.com?="),
    "an unknown charset": letter("charset", more={"Content-Type": 'text/plain; charset="x-no-such-thing"'}),
    "broken base64": letter("base64", text="!!!=*", more={"Content-Transfer-Encoding": "base64"}),
    "a boundary that never comes": letter("edge", more={"Content-Type": 'multipart/mixed; boundary="never"'}),
    "no boundary": letter("none", more={"Content-Type": "multipart/alternative"}),
    "two hundred levels": _nested(200),
    "a thousand references": letter("refs", more={"References": "\r\n ".join(f"<{n}@orchard.example>" for n in range(1000))}),
    "a date that is none": letter("date").replace(format_datetime(NOW).encode(), b"Tue, 99 Foo 20255 77:88:99 +9999"),
    "unbalanced quotes": letter("quotes", sender='"Dana <dana@orchard.example', to="<<>,;:@@@"),
    "words that do not end": letter("words", subject="=?utf-8?b?" + "A" * 500 + " =?utf-8?q?=" + "=4" * 200),
    "a calendar that is none": with_attachment("fakecal", 0, ("text/calendar; method=REQUEST", "BEGIN:VCALENDAR\r\nBEGIN:" * 50)),
}
"""Mail that must cost nobody but itself; every one has its own content."""


def dates(count: int) -> list[datetime]:
    """Return as many instants, a minute apart, before NOW."""
    return [NOW - timedelta(minutes=count - number) for number in range(count)]
