"""Doing the work once on a made-up letter, so that the first real one does not wait for libraries to be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from rules.calendar import read
from rules.decide import decide
from rules.mail import Role, message_from_bytes
from rules.process import Incoming, fold
from watcher.account import Account
from watcher.intake import read_message

__all__ = ["warm_up"]

_LOCK = Lock()
"""Each thread would read the same lists, all at once, and of each list one copy would be kept: the first reads for all."""

_LETTER = """\
From: Warm Up <warm.up@company.example>\r
To: {address}\r
Subject: Interview confirmation: Engineer at Company\r
Message-ID: <warm-up@company.example>\r
Date: Mon, 05 Jan 2026 09:00:00 +0100\r
MIME-Version: 1.0\r
Content-Type: multipart/alternative; boundary=b\r
\r
--b\r
Content-Type: text/html; charset=utf-8\r
\r
<p>Your interview is confirmed. We will be in touch by Friday.</p>\r
--b\r
Content-Type: text/calendar; method=REQUEST; charset=utf-8\r
\r
BEGIN:VCALENDAR\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
UID:warm-up\r
DTSTAMP:20260105T080000Z\r
DTSTART:{start:%Y%m%dT%H%M%SZ}\r
DURATION:PT1H\r
SUMMARY:Interview\r
ORGANIZER;CN=Warm Up:mailto:warm.up@company.example\r
END:VEVENT\r
END:VCALENDAR\r
\r
--b--\r
"""


def warm_up(account: Account, now: datetime) -> None:
    """Read, fold and decide a letter that nobody sent; nothing is kept of it."""
    with _LOCK:
        _read_letter(account, now)


def _read_letter(account: Account, now: datetime) -> None:
    start = now - timedelta(hours=1)
    raw = _LETTER.format(address=account.address, start=start).encode()
    message = message_from_bytes(raw, ref="", role=Role.INBOX, received_at=start, size=len(raw))
    read(message.calendars, fallback_zone=account.profile.zone)
    row = read_message(account, message, start, known=False)
    if row.kind is None:
        return
    event = Incoming(row.identity, start, row.kind, row.sender, row.thread, row.facts)
    for when in (now, now + timedelta(days=20)):
        process = fold("warm-up", [event], now=when, policy=account.policy, profile=account.profile)
        decide(process, account.policy, account.profile, when)
