"""The bytes of a draft: RFC 5322 with CRLF, text with format=flowed and simple HTML that says the same, no field beyond need."""

from __future__ import annotations

import hashlib
import quopri
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.utils import format_datetime

from rules.drafts.flowed import flow
from rules.drafts.headers import address_list, msg_ids, unstructured
from rules.drafts.hypertext import hypertext
from rules.drafts.references import chain, is_msg_id
from rules.drafts.types import Draft

__all__ = ["draft_bytes"]

_MAX_TEXT = 64_000
_LINE = 78
"""Columns of a line of ASCII that goes as it is (RFC 5322 section 2.1.1)."""


def _visible(text: str) -> str:
    """Return text without control characters other than the line feed, and without surrogates."""
    one = re.sub(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", text[:_MAX_TEXT]).replace("\t", " ").replace("\u00a0", " ")
    return "".join(each for each in one if each == "\n" or unicodedata.category(each) not in {"Cc", "Cs"})


@dataclass(frozen=True, slots=True)
class _Part:
    """A body with the fields that say how to read it."""

    fields: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def head(self) -> str:
        return "".join(f"{name}: {value}\r\n" for name, value in self.fields)


def _encoded(kind: str, content: str) -> _Part:
    """Encode a text whose lines end in CRLF.

    ASCII goes as it is. Anything else is quoted-printable: an 8-bit body is refused or recoded by some servers on APPEND, and
    Base64 keeps people and filters from reading it.
    """
    if content.isascii() and max(map(len, content.split("\r\n"))) <= _LINE:
        return _Part((("Content-Type", kind), ("Content-Transfer-Encoding", "7bit")), content.encode("ascii"))
    # quopri protects the blank at the end of a line, which format=flowed needs; it takes bare line feeds only.
    encoded = quopri.encodestring(content.replace("\r\n", "\n").encode("utf-8"))
    return _Part((("Content-Type", kind), ("Content-Transfer-Encoding", "quoted-printable")), encoded.replace(b"\n", b"\r\n"))


def _plain(text: str) -> _Part:
    return _encoded('text/plain; charset="utf-8"; format=flowed; delsp=no', "\r\n".join([*flow(text), ""]))


def _alternative(plain: _Part, html: _Part) -> _Part:
    """Put both parts together, the plain one first (RFC 2046 section 5.1.4); the boundary is made of what stands between it."""
    inner = [part.head.encode("ascii") + b"\r\n" + part.body for part in (plain, html)]
    for attempt in range(100):
        name = hashlib.sha256(b"\0".join([*inner, str(attempt).encode()])).hexdigest()[:32]
        # Neither quoted-printable nor our own words hold `=_`.
        boundary = f"=_{name}"
        if not any(boundary.encode() in each for each in inner):
            break
    line = b"--" + boundary.encode()
    body = b"".join(line + b"\r\n" + each + b"\r\n" for each in inner) + line + b"--\r\n"
    return _Part((("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),), body)


def draft_bytes(draft: Draft) -> bytes:
    """Return the message, the same bytes for the same draft.

    Header fields: From, To, Subject, Date, Message-ID, for a reply In-Reply-To and References, MIME-Version and the two of the
    content; nothing of ours is mailed to the recipient. Every value is data: it cannot add a field, and what was built is read
    back and compared before it is given out. Raises ValueError for an address or a Message-ID that cannot be written, and for
    a date without a zone.
    """
    if draft.date.tzinfo is None:
        raise ValueError("the date of a draft needs a time zone")
    if not is_msg_id(draft.message_id):
        raise ValueError(f"not a msg-id: {draft.message_id!r}")
    text = _visible(draft.text)
    plain = _plain(text)
    # What the user writes to themselves is filled in and read again: plain text comes through every client unharmed.
    whole = (
        plain if draft.key.kind.to_self else _alternative(plain, _encoded('text/html; charset="utf-8"', _crlf(text, draft.links)))
    )
    fields = [
        ("From", address_list("From", draft.sender)),
        ("To", address_list("To", draft.to)),
        ("Subject", unstructured("Subject", draft.subject)),
        ("Date", format_datetime(draft.date)),
        ("Message-ID", msg_ids("Message-ID", [draft.message_id])),
    ]
    references = chain(draft.references, draft.in_reply_to)
    if is_msg_id(draft.in_reply_to):
        fields.append(("In-Reply-To", msg_ids("In-Reply-To", [draft.in_reply_to])))
    if references:
        fields.append(("References", msg_ids("References", references)))
    fields += [("MIME-Version", "1.0"), *whole.fields]
    raw = "".join(f"{name}: {value}\r\n" for name, value in fields).encode("ascii") + b"\r\n" + whole.body
    _demand_same(raw, fields, whole.body)
    return raw


def _crlf(text: str, links: Iterable[str]) -> str:
    return hypertext(text, links).replace("\n", "\r\n")


def _demand_same(raw: bytes, fields: list[tuple[str, str]], body: bytes) -> None:
    """Raise ValueError unless another reader finds exactly these fields and this body in `raw`, and both parts in the body."""
    read = BytesParser().parsebytes(raw)
    same = read.items() == fields and not read.defects and raw.endswith(b"\r\n\r\n" + body)
    if read.is_multipart():
        parts = read.get_payload()
        kinds = [part.get_content_type() for part in parts if isinstance(part, Message)]
        same = (
            same and kinds == ["text/plain", "text/html"] and not any(part.defects for part in parts if isinstance(part, Message))
        )
    else:
        payload = read.get_payload()
        same = same and isinstance(payload, str) and payload.encode("ascii") == body
    if not same:
        raise ValueError("a header field or the text of this draft does not survive being read back")
