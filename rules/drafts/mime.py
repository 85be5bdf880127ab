"""The bytes of a draft: RFC 5322 with CRLF, text/plain in UTF-8 with format=flowed, and no header field beyond need."""

from __future__ import annotations

import quopri
import re
import unicodedata
from email import policy
from email.parser import BytesParser
from email.utils import format_datetime

from rules.drafts.flowed import flow
from rules.drafts.headers import address_list, msg_ids, unstructured
from rules.drafts.references import chain, is_msg_id
from rules.drafts.types import Draft

__all__ = ["draft_bytes"]

_MAX_TEXT = 64_000


def _visible(text: str) -> str:
    """Return text without control characters other than the line feed, and without surrogates."""
    one = re.sub(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", "\n", text[:_MAX_TEXT]).replace("\t", " ").replace("\u00a0", " ")
    return "".join(each for each in one if each == "\n" or unicodedata.category(each) not in {"Cc", "Cs"})


def _body(text: str) -> tuple[str, bytes]:
    """Return the Content-Transfer-Encoding and the encoded body.

    ASCII goes as it is. Anything else is quoted-printable: an 8-bit body is refused or recoded by some servers on APPEND, and
    Base64 keeps people and filters from reading it.
    """
    content = "\r\n".join([*flow(_visible(text)), ""])
    if content.isascii():
        return "7bit", content.encode("ascii")
    # quopri protects the blank at the end of a line, which format=flowed needs; it takes bare line feeds only.
    encoded = quopri.encodestring(content.replace("\r\n", "\n").encode("utf-8"))
    return "quoted-printable", encoded.replace(b"\n", b"\r\n")


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
    encoding, body = _body(draft.text)
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
    fields += [
        ("MIME-Version", "1.0"),
        ("Content-Type", 'text/plain; charset="utf-8"; format=flowed; delsp=no'),
        ("Content-Transfer-Encoding", encoding),
    ]
    raw = "".join(f"{name}: {value}\r\n" for name, value in fields).encode("ascii") + b"\r\n" + body
    _demand_same(raw, fields, body)
    return raw


def _demand_same(raw: bytes, fields: list[tuple[str, str]], body: bytes) -> None:
    """Raise ValueError unless another reader finds exactly these fields and this body in `raw`."""
    read = BytesParser(policy=policy.compat32).parsebytes(raw)
    payload = read.get_payload()
    same = read.items() == fields and not read.defects and isinstance(payload, str) and payload.encode("ascii") == body
    if not same:
        raise ValueError("a header field or the text of this draft does not survive being read back")
