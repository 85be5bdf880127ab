"""Where and in which zone a message was written, as far as its Date field tells."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone, tzinfo

from rules.calendar import named_zone
from rules.classify.senders import is_relay
from rules.mail.types import Message

__all__ = ["day_order", "offset_of", "sender_zone"]

_DAY_FIRST = frozenset(
    {"uk", "ie", "au", "nz", "in", "za", "sg", "de", "at", "ch", "fr", "be", "es", "it", "pt", "br", "nl", "mx", "ar", "cl"}
)
"""Country codes of domains under which a numeric date begins with the day, whatever the language."""
_MINUTES_WEST = range(-11 * 60, -4 * 60 + 1)
"""Offsets of the clocks of the United States."""


def offset_of(message: Message) -> int | None:
    """Return the offset of the Date field in minutes east of UTC, or None."""
    if message.date is None:
        return None
    offset = message.date.utcoffset()
    return int(offset.total_seconds()) // 60 if offset is not None else None


def sender_zone(message: Message, zone: str) -> tzinfo:
    """Return the sender's zone, as far as it is known: that of a person's Date field, else the user's (IANA name `zone`).

    Where both agree at that instant the user's named zone is taken, for it knows of summer time. Zero says nothing: servers write
    it wherever they stand; and a relay's clock is not that of the person behind it.
    """
    user = named_zone(zone) or UTC
    offset = offset_of(message)
    if not offset or message.date is None or is_relay(message.envelope.from_address) or message.envelope.bulk:
        return user
    if message.date.astimezone(user).utcoffset() == message.date.utcoffset():
        return user
    return timezone(timedelta(minutes=offset))


def day_order(message: Message, languages: tuple[str, ...]) -> str | None:
    """Return the order of day and month in numeric dates of a message: `dmy`, `mdy`, or None where nothing tells it.

    Only English has two: the country of the sender's domain decides, else the sender's clock, unless it is a relay's.
    """
    if languages and languages[0] != "en":
        return "dmy"
    if is_relay(message.envelope.from_address):
        return None
    country = message.envelope.from_address.rpartition(".")[2].lower()
    if country in _DAY_FIRST:
        return "dmy"
    offset = offset_of(message)
    if not offset or message.envelope.bulk:
        return "mdy" if country in {"us", "gov", "edu", "mil"} else None
    return "mdy" if offset in _MINUTES_WEST else "dmy"
