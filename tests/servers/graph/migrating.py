"""Items that are made as what they never were: mail that came, put into its folder by whoever moves a mailbox.

MS-OXCMSG 2.2.1.6: PidTagMessageFlags can be set until an item is first saved, and without mfUnsent it is no draft. With it go
PidTagMessageDeliveryTime, PidTagClientSubmitTime and PidTagTransportMessageHeaders (MS-OXPROPS), as extended properties.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage, Message
from email.parser import HeaderParser
from email.policy import compat32
from typing import Final

from tests.servers.graph.answers import Json
from tests.servers.graph.mime import instant
from tests.servers.graph.store import Item, Mail

__all__ = ["take_flags"]

_FLAGS: Final = "Integer 0xe07"
_DELIVERED: Final = "SystemTime 0xe06"
_SUBMITTED: Final = "SystemTime 0x39"
_HEADER: Final = "String 0x7d"
_READ, _UNSENT = 0x1, 0x8


def take_flags(one: Item, attachments: Sequence[Json]) -> None:
    """Let a new item be no draft, where it is made with such flags; else nothing is changed."""
    if _FLAGS not in one.extended:
        return
    flags = int(one.extended.pop(_FLAGS))
    one.draft, one.read = bool(flags & _UNSENT), bool(flags & _READ)
    if _DELIVERED in one.extended:
        one.received = datetime.fromisoformat(one.extended[_DELIVERED])
    if _SUBMITTED in one.extended:
        one.set["sentDateTime"] = instant(datetime.fromisoformat(one.extended[_SUBMITTED]))
    one.written_here = _HEADER not in one.extended
    one.set["hasAttachments"] = bool(attachments)
    one.content, one.source_stands = Mail(_whole(one, attachments)), True


def _whole(one: Item, attachments: Sequence[Json]) -> bytes:
    """Return the message as MIME, with the header that it is said to have come with."""
    if not one.written_here:
        head = HeaderParser(policy=compat32).parsestr(one.extended[_HEADER])
    else:
        one.source_stands = False
        head = HeaderParser(policy=compat32).parsestr(one.raw().decode("utf-8", "replace"))
    body = one.get("body")
    made = EmailMessage()
    made.set_content(str(body["content"]), subtype="html" if body["contentType"] == "html" else "plain")
    for each in attachments:
        kind, _, more = str(each["contentType"]).partition(";")
        main, _, sub = kind.strip().partition("/")
        made.add_attachment(base64.b64decode(each["contentBytes"]), main, sub, filename=each["name"], params=_parameters(more))
    whole = Message(policy=compat32)
    for name, value in head.items():
        if not name.lower().startswith(("content-", "mime-")):
            whole[name] = value
    return whole.as_bytes().rstrip(b"\n").replace(b"\n", b"\r\n") + b"\r\n" + made.as_bytes().replace(b"\n", b"\r\n")


def _parameters(text: str) -> dict[str, str]:
    pairs = (one.partition("=") for one in text.split(";") if "=" in one)
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs}
