"""A message made of a plain record: one JSON object with the fields of a mail, for mail that comes from no mailbox.

The record becomes the octets of a message and is read as such: what is measured or classified in this form is read as mail is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from hashlib import blake2b

from rules.mail.headers import date_of
from rules.mail.message import message_from_bytes
from rules.mail.types import Message, Role

__all__ = ["message_from_record", "raw_from_record"]

_TEXTS = ("from", "subject", "body", "html", "date")
_NAME = re.compile(r"[!-9;-~]+")
"""A field name: printable ASCII but the colon (RFC 5322 section 3.6.8)."""
_METHOD = re.compile(r"^METHOD\s*[:;][^\r\n]*?([A-Za-z-]+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_BREAKS = re.compile(r"[\r\n\0]+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
_OURS = frozenset({"mime-version", "content-type", "content-transfer-encoding", "from", "subject", "date"})
"""Fields that are written from the record itself."""


def message_from_record(record: Mapping[str, object], *, now: datetime) -> Message:
    """Read a record as a message of the inbox.

    Fields, all but `id` optional, null as good as missing: `id` (string or integer), `from` (as in the header, with or without
    a display name), `subject`, `body` (plain text), `html`, `date` (when it was received: ISO 8601 or RFC 5322; without an offset
    it counts as UTC, a day alone as its noon), `headers` (an object of name to value or to a list of values, or a list of
    [name, value] pairs), `ics` (one calendar file as text, or a list of them). Other fields are left alone. `from`, `subject` and
    `date` win over the same names in `headers`. Where there is no date, `now` (aware) is the time of receipt.

    Raises ValueError, naming the field and what is wrong with it.
    """
    fields = list(_fields(record.get("headers")))
    received = _received(record, fields, now)
    raw = raw_from_record(record, now=now)
    message = message_from_bytes(raw, ref=_identity(record), role=Role.INBOX, received_at=received, size=len(raw))
    stated = next((value for name, value in fields if name.lower() == "content-type"), "")
    if stated:  # what it was, `multipart/report` perhaps, tells of a mail whose parts the record does not hold
        message = replace(message, headers={**message.headers, "content-type": stated})
    return message


def raw_from_record(record: Mapping[str, object], *, now: datetime) -> bytes:
    """Return the octets (RFC 5322, MIME, 8bit UTF-8) that `message_from_record` reads. Raises ValueError likewise."""
    identity = _identity(record)
    texts = {name: _text(record, name) for name in _TEXTS}
    fields = list(_fields(record.get("headers")))
    calendars = _calendars(record.get("ics"))
    given = {name.lower(): value for name, value in reversed(fields)}
    sender, subject = (texts[name] or given.get(name, "") for name in ("from", "subject"))
    stated = _received(record, fields, now)
    head = [("From", sender), ("Subject", subject), ("Date", given.get("date") or f"{stated:%a, %d %b %Y %H:%M:%S %z}")]
    if "message-id" not in given:
        head.append(
            ("Message-ID", f"<{blake2b(identity.encode('utf-8', 'replace'), digest_size=12).hexdigest()}@record.invalid>")
        )
    head += [(name, value) for name, value in fields if name.lower() not in _OURS]
    lines = [f"{name}: {_BREAKS.sub(' ', value)}" for name, value in head if value]
    parts = []
    if texts["body"] or not texts["html"]:
        parts.append(("text/plain; charset=utf-8", texts["body"]))
    if texts["html"]:
        parts.append(("text/html; charset=utf-8", texts["html"]))
    parts += [(f"text/calendar; charset=utf-8{_method(calendar)}", calendar) for calendar in calendars]
    text = "\r\n".join([*lines, "MIME-Version: 1.0", _body_of(parts)])
    return text.encode("utf-8", "replace")


def _body_of(parts: list[tuple[str, str]]) -> str:
    """Return the Content-Type field and what follows it: the one part, or all of them between boundaries that none holds."""
    if len(parts) == 1:
        kind, content = parts[0]
        return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{content}"
    boundary = "part"
    while any(boundary in content for _, content in parts):
        boundary = blake2b(boundary.encode(), digest_size=12).hexdigest()
    whole = "".join(
        f"--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{content}\r\n" for kind, content in parts
    )
    return f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n{whole}--{boundary}--\r\n'


def _identity(record: Mapping[str, object]) -> str:
    identity = record.get("id")
    if isinstance(identity, bool) or not isinstance(identity, str | int) or identity == "":
        message = f"id: a string or an integer is needed, not {_shown(identity)}"
        raise ValueError(message)
    return str(identity)


def _text(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        message = f"{name}: a string is needed, not {_shown(value)}"
        raise ValueError(message)  # noqa: TRY004 - a record is data; whoever reads one expects one kind of error
    return value


def _fields(value: object) -> Iterator[tuple[str, str]]:
    """Yield the header fields of a record, in order."""
    if value is None:
        return
    if isinstance(value, Mapping):
        pairs: list[tuple[object, object]] = [
            (name, item) for name, items in value.items() for item in (items if isinstance(items, list) else [items])
        ]
    elif isinstance(value, list) and all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in value):  # noqa: PLR2004 - pairs
        pairs = [(pair[0], pair[1]) for pair in value]
    else:
        message = f"headers: an object of name to value is needed, or a list of [name, value] pairs, not {_shown(value)}"
        raise ValueError(message)
    for name, item in pairs:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            message = f"headers: {_shown(name)} is no name of a header field"
            raise ValueError(message)
        if item is None:
            continue
        if not isinstance(item, str):
            message = f"headers: {name} needs a string or a list of strings, not {_shown(item)}"
            raise ValueError(message)  # noqa: TRY004 - as above
        yield name, item


def _calendars(value: object) -> list[str]:
    if value is None or value == "":
        return []
    items = value if isinstance(value, list) else [value]
    calendars = [item for item in items if isinstance(item, str)]
    if len(calendars) < len(items):
        message = f"ics: a string is needed, or a list of strings, not {_shown(value)}"
        raise ValueError(message)
    return [item for item in calendars if item]


def _method(calendar: str) -> str:
    found = _METHOD.search(calendar[:4096])
    return f"; method={found[1].upper()}" if found else ""


def _received(record: Mapping[str, object], fields: list[tuple[str, str]], now: datetime) -> datetime:
    stated = _text(record, "date").strip()
    if not stated:
        written = next((value for name, value in fields if name.lower() == "date"), "")
        return date_of(written) or now
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError:
        by_header = date_of(stated)
        if by_header is None:
            message = f"date: {_shown(stated)} is neither ISO 8601 nor RFC 5322"
            raise ValueError(message) from None
        return by_header
    if _DAY.match(stated):
        return datetime.combine(moment.date(), time(12), UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."  # noqa: PLR2004 - what fits into an error message
