"""Where, in which zone and in which order of day and month a message was written, as far as its header tells."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from rules.calendar import named_zone
from rules.classify.senders import is_relay
from rules.classify.text import text_of
from rules.language import ENGLISH
from rules.mail.types import Message
from rules.phrases.load import load

__all__ = ["day_order", "offset_of", "sender_zone"]

_OTHERWISE = frozenset({"us", "gov", "edu", "mil", "ca", "ph", "jp", "kr", "cn", "tw", "hk"})
"""Domains of countries where English mail may well write the month, or the year, first."""
_AMERICAN = frozenset({"us", "gov", "edu", "mil"})
_SOLD = frozenset(
    {"ai", "co", "io", "me", "tv", "cc", "fm", "gg", "so", "sh", "ly", "am", "to", "is", "in", "li", "la", "vc", "ac", "gs", "ws"}
)
"""Domains of countries that are sold to everybody: an offset has to bear out what they say."""
_NEAR = timedelta(hours=2)
_MINUTES_WEST = range(-11 * 60, -4 * 60 + 1)
"""Offsets of the clocks of the United States."""


_zone = cache(ZoneInfo)  # zoneinfo itself keeps but the last eight, and reads the others anew


def offset_of(message: Message) -> int | None:
    """Return the offset of the Date field in minutes east of UTC, or None."""
    if message.date is None:
        return None
    offset = message.date.utcoffset()
    return int(offset.total_seconds()) // 60 if offset is not None else None


def sender_zone(message: Message, zone: str) -> tzinfo:
    """Return the sender's zone, as far as it is known: that of a person's Date field, else the user's (IANA name `zone`).

    A named zone is taken wherever one has the offset of the Date field at that instant, for it knows of summer time: the user's,
    that of the country of the sender's domain, or one where the language of the mail is spoken. Zero says nothing, for servers
    write it wherever they stand: then the domain's country counts. A relay's clock is not that of the person behind it, unless it
    is set to an hour that only one country has.
    """
    user = named_zone(zone) or UTC
    if message.date is None or _is_machines(message):
        return _of_islands(message, zone) or user
    domain = _country(message)
    theirs = load("spoken_zones")["countries"].get(domain, "")
    offset = offset_of(message)
    clocks = load("spoken_zones")["clocks"]
    if not offset:
        return _zone(theirs) if theirs and domain not in _SOLD else _of_islands(message, zone) or user
    spoken = [name for language in (*text_of(message).languages, ENGLISH) for name in clocks.get(language, ())]
    for candidate in (user, *(_zone(name) for name in (theirs, *spoken) if name)):
        if message.date.astimezone(candidate).utcoffset() == message.date.utcoffset():
            return candidate
    return timezone(timedelta(minutes=offset))


def _of_islands(message: Message, zone: str) -> tzinfo | None:
    """Return the zone of the British Isles or of Portugal where the clock of a mail in their language shows it, else None.

    In summer no server is set to their hour that does not stand there, so even a relay's counts. In winter it is that of every
    server, and counts only of a person whose mail no great service sent, if the user is not far from there either.
    """
    tables = load("spoken_zones")
    name = tables["zero"].get(text_of(message).languages[0])
    if name is None or message.date is None:
        return None
    islands, offset = _zone(name), message.date.utcoffset()
    if message.date.astimezone(islands).utcoffset() != offset:
        return None
    if offset:
        return islands if message.date.astimezone(named_zone(zone) or UTC).utcoffset() != offset else None
    served = message.headers.get("message-id", "").lower().rstrip("> ").endswith(tuple(tables["servers"]["domains"]))
    near = abs(message.date.astimezone(named_zone(zone) or UTC).utcoffset() or timedelta()) <= _NEAR
    return islands if near and not (served or _is_machines(message)) else None


def _is_machines(message: Message) -> bool:
    """Say whether a system sent the mail for somebody."""
    return is_relay(message.envelope.from_address) or message.envelope.bulk


def day_order(message: Message, languages: tuple[str, ...]) -> str | None:
    """Return the order of day and month in numeric dates of a message: `dmy`, `mdy`, or None where nothing tells it.

    Only English has two: the country of the sender's domain decides, else the sender's clock, unless it is a relay's.
    """
    if languages and languages[0] != ENGLISH:
        return "dmy"
    if is_relay(message.envelope.from_address):
        return None
    country = _country(message)
    if country in load("spoken_zones")["countries"] and country not in _OTHERWISE | _SOLD:
        return "dmy"
    offset = offset_of(message)
    if country in _AMERICAN:
        return "mdy"
    if not offset or message.envelope.bulk or country in _OTHERWISE:
        return None
    return "mdy" if offset in _MINUTES_WEST else "dmy"


def _country(message: Message) -> str:
    """Return the last label of the sender's domain."""
    return message.envelope.from_address.rpartition(".")[2].lower()
