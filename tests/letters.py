"""Letters for tests, written by us: raw RFC 5322 bytes of what a hiring company and a job seeker send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

__all__ = ["COMPANY", "USER", "calendar", "invitation", "letter", "out_of_office"]

USER = "Sam Rivers <sam@example.com>"
COMPANY = "Rita Chen <rita@acme.test>"


def letter(
    subject: str,
    text: str,
    at: datetime,
    *,
    message_id: str,
    sender: str = COMPANY,
    to: str = USER,
    parents: Sequence[str] = (),
    headers: dict[str, str] | None = None,
) -> EmailMessage:
    """Return a plain letter; `parents` are msg-ids without brackets, oldest first."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{message_id}>"
    if parents:
        message["In-Reply-To"] = f"<{parents[-1]}>"
        message["References"] = " ".join(f"<{parent}>" for parent in parents)
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    return message


def calendar(
    start: datetime,
    *,
    uid: str = "interview-1@acme.test",
    method: str = "REQUEST",
    sequence: int = 0,
    summary: str = "Interview: Backend Engineer at Acme",
    attendees: Sequence[tuple[str, str]] = (("Rita Chen", "rita@acme.test"),),
    organizer: tuple[str, str] = ("Rita Chen", "rita@acme.test"),
    minutes: int = 60,
) -> str:
    """Return an iCalendar object (RFC 5545, RFC 5546) with times in UTC."""

    def utc(at: datetime) -> str:
        return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")

    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Hearback//Tests//EN",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{utc(start - timedelta(days=7, hours=-sequence))}",
        f"DTSTART:{utc(start)}",
        f"DTEND:{utc(start + timedelta(minutes=minutes))}",
        f"SUMMARY:{summary}",
        f"STATUS:{'CANCELLED' if method == 'CANCEL' else 'CONFIRMED'}",
        f"ORGANIZER;CN={organizer[0]}:mailto:{organizer[1]}",
        "ATTENDEE;CN=Sam Rivers;PARTSTAT=NEEDS-ACTION:mailto:sam@example.com",
        *(f"ATTENDEE;CN={name};PARTSTAT=ACCEPTED:mailto:{address}" for name, address in attendees),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(lines) + "\r\n"


def invitation(
    at: datetime,
    start: datetime,
    *,
    message_id: str = "invite-1@acme.test",
    subject: str = "Interview confirmation: Backend Engineer at Acme",
    role: str = "Backend Engineer",
    sender: str = COMPANY,
    **about: object,
) -> bytes:
    """Return a confirmation with a calendar part; `about` goes to `calendar`."""
    message = letter(
        subject,
        f"Hi Sam,\n\nyour interview for the {role} role at Acme is confirmed, see the invitation.\n\nBest wishes\n",
        at,
        message_id=message_id,
        sender=sender,
    )
    ics = calendar(start, **about)  # type: ignore[arg-type]
    message.add_alternative(ics, subtype="calendar", params={"method": str(about.get("method", "REQUEST"))})
    return bytes(message)


def out_of_office(at: datetime, *, parents: Sequence[str], until: str = "", sender: str = COMPANY) -> bytes:
    """Return an automatic reply (RFC 3834)."""
    back = f" I will be back on {until}." if until else ""
    return bytes(
        letter(
            "Automatic reply: Interview confirmation: Backend Engineer at Acme",
            f"Thank you for your message. I am out of the office at the moment.{back}\n",
            at,
            message_id=f"auto-{at:%Y%m%d%H%M}@acme.test",
            sender=sender,
            parents=parents,
            headers={"Auto-Submitted": "auto-replied"},
        )
    )
