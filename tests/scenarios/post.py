"""What the company writes, made of the words of a story: letters, calendar entries, automatic answers, delivery reports."""

from __future__ import annotations

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any
from zoneinfo import ZoneInfo

from tests.letters import letter
from tests.scenarios.story import ME, moment

__all__ = ["USER", "answer_fields", "invite", "report", "written"]

USER = f"Sam Rivers <{ME}>"


def answer_fields(earlier: EmailMessage) -> tuple[list[str], str]:
    """Return the msg-ids that an answer refers to, oldest first, and its subject."""
    chain = f"{earlier['References'] or ''} {earlier['Message-ID']}".split()
    subject = str(earlier["Subject"])
    return [each.strip("<>") for each in chain], subject if subject.lower().startswith("re:") else f"Re: {subject}"


def written(given: dict[str, Any], at: datetime, known: dict[str, EmailMessage], zone: ZoneInfo) -> EmailMessage:
    """Return a letter of theirs. `clock` is the zone of their computer; What it `answers` is quoted below."""
    sender = given["from"]
    domain = getaddresses([sender])[0][1].partition("@")[2]
    parents, subject = answer_fields(known[given["answers"]]) if "answers" in given else ([], "")
    text = given["text"]
    if "answers" in given:
        text += _quoted(known[given["answers"]])
    made = letter(
        given.get("subject", subject),
        text,
        at.astimezone(ZoneInfo(given.get("clock", zone.key))),
        message_id=f"{given['name'].replace(' ', '-')}@{domain}",
        sender=sender,
        to=given.get("to", USER),
        parents=parents,
        headers={**({"Auto-Submitted": "auto-replied"} if given.get("automatic") else {}), **given.get("headers", {})},
    )
    if "cc" in given:
        made["Cc"] = given["cc"]
    if "invite" in given:
        entry = invite(given["invite"], at, zone)
        made.add_alternative(entry, subtype="calendar", params={"method": given["invite"].get("method", "REQUEST")})
    return made


def _quoted(earlier: EmailMessage) -> str:
    body = earlier.get_body(("plain",))
    lines = "" if body is None else "".join(f"> {line}\n" for line in body.get_content().splitlines())
    return f"\n\nOn {earlier['Date']}, {earlier['From']} wrote:\n{lines}"


def invite(given: dict[str, Any], at: datetime, zone: ZoneInfo) -> str:
    """Return a calendar entry (RFC 5545, 5546) with times in `zone` of the entry, else of the user."""
    name = given.get("zone", zone.key)
    start = moment(given["start"], ZoneInfo(name))
    end = start + timedelta(minutes=given.get("minutes", 60))
    method = given.get("method", "REQUEST")
    people = getaddresses(given["with"])
    organizer = getaddresses([given["organizer"] if "organizer" in given else given["with"][0]])[0]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Hearback//Tests//EN",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{given.get('uid', 'interview-1')}",
        f"SEQUENCE:{given.get('sequence', 0)}",
        f"DTSTAMP:{at.astimezone(ZoneInfo('UTC')):%Y%m%dT%H%M%SZ}",
        f"DTSTART;TZID={name}:{start:%Y%m%dT%H%M%S}",
        f"DTEND;TZID={name}:{end:%Y%m%dT%H%M%S}",
        f"SUMMARY:{given['summary']}",
        *([f"LOCATION:{given['place']}"] if "place" in given else []),
        f"STATUS:{'CANCELLED' if method == 'CANCEL' else 'CONFIRMED'}",
        f"ORGANIZER;CN={organizer[0]}:mailto:{organizer[1]}",
        f"ATTENDEE;CN=Sam Rivers;PARTSTAT=NEEDS-ACTION:mailto:{ME}",
        *(f"ATTENDEE;CN={person};PARTSTAT=ACCEPTED:mailto:{address}" for person, address in people),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(lines) + "\r\n"


def report(given: dict[str, Any], at: datetime, known: dict[str, EmailMessage]) -> EmailMessage:
    """Return a delivery report (RFC 3464): what was sent as `answers` could not be brought to `bounces`."""
    sent = known[given["answers"]]
    head = "\n".join(f"{name}: {sent[name]}" for name in ("From", "To", "Subject", "Message-ID", "Date"))
    raw = f"""\
From: Mail Delivery System <MAILER-DAEMON@mail.example.com>
To: {ME}
Subject: Undelivered Mail Returned to Sender
Date: {at:%a, %d %b %Y %H:%M:%S %z}
Message-ID: <{given["name"]}@mail.example.com>
In-Reply-To: {sent["Message-ID"]}
References: {sent["Message-ID"]}
Auto-Submitted: auto-replied
Return-Path: <>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="bounce"

--bounce
Content-Type: text/plain; charset=us-ascii

I could not deliver your message: <{given["bounces"]}>: 550 5.1.1 no such user.

--bounce
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com

Final-Recipient: rfc822; {given["bounces"]}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--bounce
Content-Type: text/rfc822-headers

{head}

--bounce--
"""
    made = message_from_bytes(raw.encode(), policy=policy.default)
    assert isinstance(made, EmailMessage)
    return made
