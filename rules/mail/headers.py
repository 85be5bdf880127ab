"""The header block of a message (RFC 5322 section 2.2), split by hand: the stdlib's parser takes a hundred times as long."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache

from rules.mail.encoding import clean, decode_words
from rules.mail.types import HEADERS, LATE_HEADERS, Address

__all__ = ["address_of", "addresses", "date_of", "fields_of", "message_ids", "mime_fields", "split_fields"]

_ALL = HEADERS + LATE_HEADERS
_WANTED = {name: name.lower() for name in _ALL} | {name.lower(): name.lower() for name in _ALL}
_MIME = ("content-type", "content-transfer-encoding", "content-disposition")
_MIME_WANTED = {name.title(): name for name in _MIME} | {name: name for name in _MIME}
_ID = re.compile(r"<\s*([^<>\s]{1,996})\s*>")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|\([^()]*\)?|<[^<>]*>?|[,;:]|[^",;:()<>\\]+|.', re.DOTALL)
_MAX_BLOCK = 65536
_MAX_VALUE = 8192
_MAX_ADDRESSES = 100
_MAX_IDS = 100
_MAX_SPEC = 320


def _decode(block: bytes) -> str:
    try:
        return block.decode("ascii")
    except UnicodeDecodeError:
        pass
    try:
        return block.decode("utf-8")  # RFC 6532
    except UnicodeDecodeError:
        return b"\n".join(_line(line) for line in block.split(b"\n")).decode("utf-8", "replace")


def _line(line: bytes) -> bytes:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace").encode("utf-8")
    return line


def split_fields(block: bytes, wanted: dict[str, str] = _WANTED) -> dict[str, str]:
    """Return the first value of each wanted field, unfolded, not yet decoded; at most 64 KB are looked at.

    The block ends at the first empty line. `wanted` maps spellings to lower-case names; other spellings are tried lower-cased.
    """
    text = _decode(block[:_MAX_BLOCK])
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\n " in text:
        text = text.replace("\n ", " ")
    if "\n\t" in text:
        text = text.replace("\n\t", " ")
    found: dict[str, str] = {}
    for line in text.split("\n"):
        name, colon, value = line.partition(":")
        if not colon:
            if not line and found:
                break
            continue
        key = wanted.get(name) or wanted.get(name.strip().lower())
        if key is not None and key not in found:
            found[key] = value.strip()
    return found


def fields_of(block: bytes) -> dict[str, str]:
    """Return the fields that are asked for and present: lower-case name to decoded, cleaned value of at most 8 KB."""
    return {name: clean(decode_words(value[:_MAX_VALUE])) for name, value in split_fields(block).items()}


def mime_fields(block: bytes) -> dict[str, str]:
    """Return the Content-* fields of a part's header (RFC 2045), unfolded, not decoded."""
    return split_fields(block, _MIME_WANTED)


def message_ids(value: str) -> tuple[str, ...]:
    """Return the msg-ids of a References or In-Reply-To field, oldest first; of very many, the first and the latest."""
    found = _ID.findall(value)
    if not found:
        bare = value.strip()
        found = [bare] if bare and " " not in bare and "@" in bare else []
    return tuple(found[:1] + found[1 - _MAX_IDS :] if len(found) > _MAX_IDS else found)


@lru_cache(maxsize=2048)
def address_of(value: str) -> Address:
    """Return the first address of a field; an empty Address when there is none."""
    # By far the most common forms, `Name <addr>` and `addr`, without the scanner.
    if value.endswith(">") and value.count("<") == 1 and "(" not in value and ":" not in value:
        name, _, spec = value[:-1].partition("<")
        if "," not in name or (name.startswith('"') and name.rstrip().endswith('"') and name.count('"') == 2):  # noqa: PLR2004 -- one pair
            return Address(_name(name), _spec(spec))
    found = addresses(value)
    return found[0] if found else Address("", "")


def addresses(value: str) -> tuple[Address, ...]:
    """Return the addresses of a list field (RFC 5322 section 3.4): quotes, comments, groups; at most 100 of them."""
    found: list[Address] = []
    for item in _split_list(value[:_MAX_VALUE]):
        address = _mailbox(item)
        if address.name or address.address:
            found.append(address)
            if len(found) >= _MAX_ADDRESSES:
                break
    return tuple(found)


def _split_list(value: str) -> list[str]:
    """Split at commas, semicolons and group names outside of quotes, comments and angle brackets. Linear."""
    if '"' not in value and "(" not in value and ":" not in value and "\\" not in value:
        return value.replace(";", ",").split(",")
    items: list[str] = []
    item: list[str] = []
    for piece in _TOKEN.findall(value):
        if piece in {",", ";"}:
            items.append("".join(item))
            item = []
        elif piece == ":":
            item = []  # the name of a group
        else:
            item.append(piece)
    items.append("".join(item))
    return items


@lru_cache(maxsize=2048)
def _mailbox(item: str) -> Address:
    item = item.strip()
    name, bracket, rest = item.rpartition("<")
    if bracket:
        return Address(_name(name), _spec(rest.partition(">")[0]))
    spec, bracket, comment = item.partition("(")  # the old form: addr (Name)
    return Address(_name(comment.rpartition(")")[0] or comment) if bracket else "", _spec(spec))


def _name(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    if "\\" in text:
        text = re.sub(r"\\(.)", r"\1", text)
    return clean(decode_words(text)).strip("\"' ")[:200]


def _spec(text: str) -> str:
    spec = text.strip().strip("<>\"'").lower()
    if "@" not in spec or len(spec) > _MAX_SPEC or not spec.isprintable() or " " in spec or "," in spec:
        return ""
    return spec


_DATE = re.compile(
    r"(?:[A-Za-z]{2,9},?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\.?\s+(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(?:([+-])(\d{2}):?(\d{2})|(GMT|UTC?|Z))"
)
_YEARS = range(1960, 2960)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}


def date_of(value: str) -> datetime | None:
    """Return a Date field as an aware datetime; without a zone, or with `-0000`, it counts as UTC. None when unreadable.

    A year in which nobody sent mail is unreadable too: at the ends of the calendar no zone can be applied.
    """
    found = _date_of(value.strip()[:100])
    return found if found is not None and found.year in _YEARS else None


def _date_of(value: str) -> datetime | None:
    try:
        match = _DATE.match(value)
        if match:
            day, month, year, hour, minute, second, sign, hours, minutes, _ = match.groups()
            offset = timedelta(hours=int(hours), minutes=int(minutes)) if sign else timedelta()
            zone = timezone(-offset if sign == "-" else offset) if offset else UTC
            return datetime(
                int(year), _MONTHS[month.lower()], int(day), int(hour), int(minute), min(int(second or 0), 59), tzinfo=zone
            )
        stamp = parsedate_to_datetime(value)
        stamp.utcoffset()
        return stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)
    except Exception:  # noqa: BLE001 -- email.utils raises whatever its integers and indexes run into
        return None
