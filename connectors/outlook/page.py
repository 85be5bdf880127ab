"""The body of a draft as Outlook's users know it: our words on top, below them the message that is answered.

The original is written anew from its mark-up: known elements, known attributes, no picture, nothing hidden, nothing that is
fetched from anywhere. A client shows the remote pictures of a draft without asking, and a sender would learn from it that, and
when, the draft was opened. The quotation has the form that Outlook on the web gives it, so that clients recognise it and fold it
away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from html import escape, unescape
from typing import Final

from connectors.outlook.quoting import quotable
from rules.drafts.hypertext import hypertext

__all__ = ["Original", "own_html", "own_part", "page_of", "plain_text_of", "quotation", "standing_quotation"]

_BODY: Final = re.compile(r"<body\b[^<>]{0,2000}>(.*)</body\s*>", re.IGNORECASE | re.DOTALL)
_BEGINNING: Final = re.compile(
    r"""(?:<hr\b[^<>]{0,300}>\s*)?<div\b[^<>]{0,300}\bid\s*=\s*["']?(?:x_){0,9}(?:appendonsend|divRplyFwdMsg)\b""", re.IGNORECASE
)
_END: Final = re.compile(r"</body\s*>", re.IGNORECASE)
_CONVERTED: Final = re.compile(
    r"""<!--\s{0,9}converted from text\s{0,9}-->|<div\b[^<>]{0,200}\bclass\s{0,9}=\s{0,9}["']?PlainText\b""", re.IGNORECASE
)
_LOOKED_AT: Final = 16_384
_TYPED: Final = re.compile(r"<(?:p|li|table|h[1-6]|blockquote|pre)\b", re.IGNORECASE)
_BLOCK: Final = re.compile(r"<div\b", re.IGNORECASE)
_BREAK: Final = re.compile(r"<br\s{0,9}/?>(?:\r?\n)?", re.IGNORECASE)
_ANY_TAG: Final = re.compile(r"<[!/A-Za-z][^<>]{0,2000}>")
_MOST_NAMED: Final = 50
_LONGEST_NAME: Final = 200
_LONGEST_SUBJECT: Final = 500
_NOON: Final = 12
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Original:
    """What is told of a message when it is quoted. People are (name, address); either may be empty."""

    sender: tuple[str, str]
    to: tuple[tuple[str, str], ...]
    cc: tuple[tuple[str, str], ...]
    subject: str
    sent: datetime | None
    """Aware."""
    body: str
    html: bool


def own_part(page: str) -> str:
    """Return what stands in the body of an HTML document of ours."""
    match = _BODY.search(page)
    return (match[1] if match is not None else page).strip()


def page_of(own: str, below: str = "") -> str:
    """Return an HTML document of our part and of what is quoted below it, both HTML."""
    head = '<html><head>\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n</head>\n<body>\n'
    return f"{head}{own}\n{below}</body></html>\n"


def own_html(text: str, links: tuple[str, ...] = ()) -> str:
    """Return plain text of ours as what stands in a body."""
    return own_part(hypertext(text, links))


def quotation(original: Original, zone: tzinfo = UTC) -> str:
    """Return the message that is answered as it stands below an answer; its time is told in `zone`."""
    lines = [("From", _person(original.sender)), ("Sent", _moment(original.sent, zone)), ("To", _people(original.to))]
    lines += [("Cc", _people(original.cc)), ("Subject", escape(" ".join(original.subject[:_LONGEST_SUBJECT].split())))]
    told = "<br>\n".join(f"<b>{name}:</b> {value}" for name, value in lines if value)
    return (
        '<div id="appendonsend"></div>\n<hr style="display:inline-block;width:98%" tabindex="-1">\n'
        '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">'
        f"{told}</font>\n<div>&nbsp;</div>\n</div>\n{quotable(original.body, html=original.html)}\n"
    )


def standing_quotation(page: str) -> str:
    """Return what is quoted in a body of ours as the mailbox keeps it; empty where nothing is, or the form was lost."""
    begin = _BEGINNING.search(page)
    if begin is None:
        return ""
    ends = [match.start() for match in _END.finditer(page, begin.start())]
    return page[begin.start() : ends[-1] if ends else len(page)]


def plain_text_of(page: str) -> str | None:
    """Return plain text that the service tells as HTML, line for line; None where it was written as HTML.

    The service tells bodies as HTML unless asked otherwise (https://learn.microsoft.com/en-us/graph/api/message-get), and then
    nothing says any more that a line may have been broken by a program.
    """
    if not _CONVERTED.search(page[:_LOOKED_AT]):
        return None
    inside = own_part(page)
    if _TYPED.search(inside) or len(_BLOCK.findall(inside)) > 1:
        return None  # it was plain text once, and was written on as HTML
    return unescape(_ANY_TAG.sub("", _BREAK.sub("\n", inside))).replace("\u00a0", " ")


def _person(person: tuple[str, str]) -> str:
    name, address = (" ".join(part[:_LONGEST_NAME].split()) for part in person)
    told = f"{name} <{address}>" if name and address and name != address else name or address
    return escape(told)


def _people(people: tuple[tuple[str, str], ...]) -> str:
    told = "; ".join(filter(None, map(_person, people[:_MOST_NAMED])))
    return f"{told}; …" if len(people) > _MOST_NAMED else told


def _moment(at: datetime | None, zone: tzinfo) -> str:
    """Return a time as Outlook tells it in English, `Tuesday, March 4, 2025 9:05 AM`, with the zone where that is UTC."""
    if at is None:
        return ""
    local = at.astimezone(zone)
    half = "AM" if local.hour < _NOON else "PM"
    zone_name = " (UTC)" if local.tzname() == "UTC" else ""
    day = f"{_DAYS[local.weekday()]}, {_MONTHS[local.month - 1]} {local.day}, {local.year}"
    return f"{day} {local.hour % _NOON or _NOON}:{local.minute:02} {half}{zone_name}"
