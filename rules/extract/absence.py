"""What an automatic answer says: whom a mail did not reach, until when somebody is away, and who stands in."""

from __future__ import annotations

import re
from datetime import date, timedelta

from rules.classify.text import text_of
from rules.dates import Day, days
from rules.extract.clock import offset_of, sender_zone
from rules.extract.people import is_name
from rules.extract.types import Away, Facts, Person
from rules.extract.words import first_match, match_of
from rules.mail.types import Message
from rules.phrases.grammar import unwrap

__all__ = ["read_automatic"]

_FAILED = re.compile(r"^(?:final-recipient|original-recipient)\s*:\s*(?:[^;\n]{0,40};)?\s*<?([^\s<>;]{3,320})", re.IGNORECASE)
_ACTION = re.compile(r"^action\s*:\s*(\w+)", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,190}\.[a-z]{2,24}")
_NAME_BEFORE = re.compile(r"([A-Z][\w'\u2019-]+(?:[ ][A-Z][\w'\u2019-]+){1,3})[ ,:<(]{0,4}(?:(?:at|via|on)[ ,:<(]{1,4})?$")
_UNTIL = ("until", "till", "through", "thru", " to", "-", "until the", "through the", "and", "to the")
_FRIDAY = 4
_NEAR = 30
_MOST = 20


def read_automatic(message: Message, *, own: frozenset[str], zone: str) -> Facts:
    """Return the facts of an auto-reply: `bounced` of a delivery report, else `away` when it speaks of absence."""
    bounced = _bounced(message, own)
    kind = message.headers.get("content-type", "").lower()
    report = bool(message.delivery_status) or "multipart/report" in kind or bool(bounced)
    return Facts(bounced=bounced, away=None if report else _away(message, own, zone), zone_offset=offset_of(message))


def _bounced(message: Message, own: frozenset[str]) -> tuple[str, ...]:
    """Return the recipients that failed for good (RFC 3464 section 2.3); `Action: delayed` stops nothing (D25)."""
    found: dict[str, None] = {}
    block: list[str] = []
    failed = False
    for line in [*message.delivery_status.split("\n"), ""]:
        if not line.strip():
            if failed:
                found.update(dict.fromkeys(block))
            block, failed = [], False
        elif match := _FAILED.match(line.strip()):
            block.append(match[1].lower())
        elif match := _ACTION.match(line.strip()):
            failed = match[1].lower() == "failed"
    for address in _ADDRESS.findall(message.headers.get("x-failed-recipients", "").lower()):
        found.setdefault(address)
    return tuple(address for address in found if "@" in address and address not in own)[:_MOST]


def _away(message: Message, own: frozenset[str], zone: str) -> Away | None:
    """Return until when somebody is away, or that they left for good; None when the mail speaks of neither."""
    text = text_of(message)
    if first_match("away", "left", text.folded):
        return Away(None, _delegate(message, own), left=True)
    today = message.envelope.received_at.astimezone(sender_zone(message, zone)).date()
    named = [day for day in days(text.folded, today) if day.day >= today]
    back = match_of("away", "back", text.folded)
    after = [day for day in named if back is not None and -3 <= day.start - back.end() <= _NEAR]  # noqa: PLR2004 -- `on` may overlap
    absent = first_match("away", "absent", text.folded) or first_match("away", "absent", text.subject)
    if not absent and not after:
        return None
    day = after[0].day if after else _day_after(text.folded, named)
    return Away(day, _delegate(message, own))


def _day_after(folded: str, named: list[Day]) -> date | None:
    """Return the first weekday after the last day away (`until 5 March`, `from 1 to 5 March`)."""
    for day in named:
        before = folded[max(0, day.start - 14) : day.start].rstrip()
        if before.endswith(_UNTIL) or folded[day.start :].startswith(("until", "till")):
            following = day.day + timedelta(days=1)
            while following.weekday() > _FRIDAY:
                following += timedelta(days=1)
            return following
    return None


def _delegate(message: Message, own: frozenset[str]) -> Person | None:
    """Return who stands in: the first other address behind a word like `contact`, with the name before it."""
    for line in unwrap(message.text).split("\n"):
        for match in _ADDRESS.finditer(line.lower()):
            address = match[0].strip(".")
            before = line[: match.start()]
            if address in own or address == message.sender.address or not first_match("away", "delegate", before.lower()):
                continue
            name = _NAME_BEFORE.search(before[-120:])
            words = re.sub(r"^(?:Contact|Please|Email|Reach|For|Colleague)\s+", "", name[1]) if name else ""
            return Person(words if is_name(words) else "", address)
    return None
