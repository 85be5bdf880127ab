"""Makes the mails that the tests of reading are about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from rules.mail import Message, Role, message_from_bytes

__all__ = ["ME", "OWN", "RECEIVED", "mail", "raw_mail"]

ME = "sam@example.com"
OWN = frozenset({ME})
RECEIVED = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""A Monday."""


def raw_mail(
    body: str,
    *,
    sender: str = "Rita Chen <rita@acme.example>",
    subject: str = "Hello",
    headers: Mapping[str, str] | None = None,
    calendar: str = "",
    method: str = "REQUEST",
) -> bytes:
    """Return the bytes of a mail to the user, with a calendar part when one is given."""
    fields = {
        "From": sender,
        "To": f"Sam Doe <{ME}>",
        "Subject": subject,
        "Date": "Mon, 23 Nov 2026 10:00:00 -0500",
        "Message-ID": "<m1@acme.example>",
        "MIME-Version": "1.0",
        **(headers or {}),
    }
    kind = fields.pop("Content-Type", "text/plain; charset=utf-8")
    text = f"Content-Type: {kind}\r\n\r\n{body}"
    if calendar:
        part = f'Content-Type: text/calendar; charset=utf-8; method="{method}"\r\n\r\n{calendar}'
        text = f'Content-Type: multipart/mixed; boundary="b1"\r\n\r\n--b1\r\n{text}\r\n--b1\r\n{part}\r\n--b1--\r\n'
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{head}{text}".encode()


def mail(
    body: str,
    *,
    sender: str = "Rita Chen <rita@acme.example>",
    subject: str = "Hello",
    headers: Mapping[str, str] | None = None,
    calendar: str = "",
    method: str = "REQUEST",
    role: Role = Role.INBOX,
    received: datetime = RECEIVED,
) -> Message:
    """Return the same as a message that was read."""
    raw = raw_mail(body, sender=sender, subject=subject, headers=headers, calendar=calendar, method=method)
    return message_from_bytes(raw, ref="r1", role=role, received_at=received, size=len(raw))
