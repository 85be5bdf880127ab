"""A large mailbox that costs little: every message is made anew when it is asked for, from its number alone."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

from tests.servers.gmail.store import Stored

__all__ = ["Bulk"]

_SHARES: Final = (
    ("newsletter", 45),
    ("plain", 70),
    ("alternative", 88),
    ("attachment", 94),
    ("invitation", 95),
    ("own", 100),
)
"""Kinds, each with the number in a hundred at which it ends."""
_LABELS: Final = {
    "newsletter": frozenset({"CATEGORY_PROMOTIONS", "INBOX", "UNREAD"}),
    "own": frozenset({"SENT"}),
}
_INBOX: Final = frozenset({"CATEGORY_PERSONAL", "INBOX"})
_ARCHIVED: Final = frozenset({"CATEGORY_PERSONAL"})
_WORDS: Final = "garden plan table river window morning letter garage bottle summer ticket paper orange village".split()  # noqa: SIM905
_SUBJECTS: Final = ("Notes of the week", "Your order", "Weekend", "Report", "A question", "Interview for the role of gardener")


@dataclass(frozen=True)
class Bulk:
    """So many messages, the newest received at `newest`, going back evenly over `span`."""

    count: int
    newest: datetime
    span: timedelta = timedelta(days=365)
    address: str = "sam@example.com"
    seed: int = 1

    def __iter__(self) -> Iterator[Stored]:
        """Yield them, oldest first; about 300 octets each, for they hold no text."""
        newest, span = int(self.newest.timestamp() * 1000), int(self.span.total_seconds() * 1000)
        for number in range(self.count):
            kind = self.kind(number)
            name = f"{0x1700_0000_0000_0000 + (number << 20):016x}"
            labels = _LABELS.get(kind, _ARCHIVED if number % 5 == 0 else _INBOX)
            at = newest - span + span * (number + 1) // self.count
            yield Stored(name, name, labels, at, 0, 0, functools.partial(self.raw, number), message_id=self.message_id(number))

    def kind(self, number: int) -> str:
        """Return what the message of that number is."""
        place = (number * 7919 + self.seed) % 100
        return next(kind for kind, end in _SHARES if place < end)

    def message_id(self, number: int) -> str:
        """Return its Message-ID, without brackets."""
        return f"bulk-{self.seed}-{number}@mail.example"

    def raw(self, number: int) -> bytes:
        """Return the message, the same each time; a few kB, with the header that providers put on mail."""
        rng = random.Random((self.seed << 32) + number)
        kind = self.kind(number)
        at = self.newest - self.span + self.span * (number + 1) / self.count
        other = f"Lee Park <lee.park{rng.randrange(400)}@sender{rng.randrange(90)}.example>"
        sender, to = (self.address, other) if kind == "own" else (other, self.address)
        head = [
            f"Delivered-To: {self.address}",
            f"Received: by 2002:a05:6a20:7b0:b0 with SMTP id {rng.randrange(1 << 40):x}; {format_datetime(at)}",
            f"Return-Path: <bounce-{rng.randrange(1 << 32)}@sender.example>",
            f"DKIM-Signature: v=1; d=sender.example; s=a; a=ed25519-sha256; c=relaxed/relaxed; bh={'b' * 44}; b={'c' * 172}",
            "Authentication-Results: mx.example.com; dkim=pass header.i=@sender.example; spf=pass; dmarc=pass",
            f"From: {sender}",
            f"To: {to}",
            f"Subject: {rng.choice(_SUBJECTS)} {number}",
            f"Date: {format_datetime(at.astimezone(UTC))}",
            f"Message-ID: <{self.message_id(number)}>",
            "MIME-Version: 1.0",
        ]
        if kind == "newsletter":
            head += ["List-Unsubscribe: <https://sender.example/off>", "Precedence: bulk"]
        text = "\r\n".join(" ".join(rng.choices(_WORDS, k=10)) for _ in range(12))
        return ("\r\n".join(head) + "\r\n" + _body(kind, text)).encode()


def _body(kind: str, text: str) -> str:
    """Return Content-Type, an empty line and the body."""
    parts = [("text/plain; charset=utf-8", text)]
    if kind in {"newsletter", "alternative"}:
        parts.append(("text/html; charset=utf-8", f"<html><body><p>{text}</p></body></html>"))
    elif kind == "attachment":
        parts.append(('application/pdf; name="plan.pdf"', "JVBERi0xLjQK" * 100))
    elif kind == "invitation":
        parts.append(("text/calendar; charset=utf-8; method=REQUEST", "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR"))
    if len(parts) == 1:
        return f"Content-Type: {parts[0][0]}\r\n\r\n{text}\r\n"
    form = "mixed" if kind == "attachment" else "alternative"
    pieces = "".join(f"--edge\r\nContent-Type: {name}\r\n\r\n{body}\r\n" for name, body in parts)
    return f'Content-Type: multipart/{form}; boundary="edge"\r\n\r\n{pieces}--edge--\r\n'
