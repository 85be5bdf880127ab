"""The search operators that the parameter `q` understands, as far as the product may use them.

https://developers.google.com/workspace/gmail/api/guides/filtering (dates as seconds since the epoch; a day begins at midnight of
the Pacific time zone; no aliases are expanded, no search goes over whole conversations) and
https://support.google.com/mail/answer/7190 (the operators).

Whether a message of exactly the second of `after:` is found is not told there. Here it is not, and `before:` leaves its second
out as well, so a client that relies on either edge loses something in a test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from typing import Final
from zoneinfo import ZoneInfo

from tests.servers.gmail.answers import ApiError
from tests.servers.gmail.mailbox import Mailbox
from tests.servers.gmail.mime import header, headers
from tests.servers.gmail.store import Stored

__all__ = ["Query", "known_to_others", "query"]

_PACIFIC: Final = ZoneInfo("America/Los_Angeles")
_TOKEN: Final = re.compile(r'\s*(?:(-)?([a-z0-9_]+):)?(?:"([^"]*)"|\(([^()]*)\)|([^\s(){}"]+))', re.IGNORECASE)
_DAY: Final = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})\Z")
_PLACES: Final = {
    "inbox": "INBOX",
    "sent": "SENT",
    "draft": "DRAFT",
    "drafts": "DRAFT",
    "spam": "SPAM",
    "trash": "TRASH",
    "chats": "CHAT",
    "chat": "CHAT",
    "unread": "UNREAD",
    "starred": "STARRED",
    "important": "IMPORTANT",
}
_FIELDS: Final = {"from": ("from",), "to": ("to", "cc", "bcc"), "cc": ("cc",), "bcc": ("bcc",), "subject": ("subject",)}
Test = Callable[[Stored], bool]


@dataclass(frozen=True)
class Query:
    """A query that was read."""

    matches: Test
    after: int = 0
    """Milliseconds since the epoch; nothing before it matches, so a listing may end there."""
    names_hidden: bool = False
    """It names spam, the bin or everything, so that those are searched as well."""


def query(text: str, mailbox: Mailbox) -> Query:
    """Read a query; raises ApiError 400 for an operator that is not known here, so that a test never goes by a guess."""
    tests: list[Test] = []
    after = 0
    hidden = False
    for minus, operator, value in _terms(text):
        test = _test(operator, value, mailbox)
        if operator in {"after", "newer"} and not minus:
            after = max(after, _moment(value))
        hidden = hidden or (operator in {"in", "label", "is"} and not minus and value.lower() in {"spam", "trash", "anywhere"})
        tests.append(_not(test) if minus else test)
    return Query(lambda one: all(test(one) for test in tests), after, hidden)


def _terms(text: str) -> Iterator[tuple[bool, str, str]]:
    place = 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if not found or found[5] == "OR":
            raise ApiError(400, f"the query {text!r} has something in it that is not known here")
        place = found.end()
        value = next(group for group in (found[3], found[4], found[5]) if group is not None)
        minus = bool(found[1])
        operator = (found[2] or "").lower()
        if not operator and value.startswith("-"):
            minus, value = True, value[1:]
        yield minus, operator, value


def _not(test: Test) -> Test:
    return lambda one: not test(one)


def _test(operator: str, value: str, mailbox: Mailbox) -> Test:
    word = value.casefold()
    match operator:
        case "after" | "newer" | "before" | "older":
            return _time(operator, _moment(value))
        case "in" | "label" | "is":
            test = _place(value, mailbox)
        case "rfc822msgid":
            test = lambda one: (one.message_id or _message_id(one)) == value.strip("<>")  # noqa: E731 - one of a kind
        case "from" | "to" | "cc" | "bcc" | "subject":
            names = _FIELDS[operator]
            test = lambda one: any(name.lower() in names and word in text.casefold() for name, text in headers(one.raw))  # noqa: E731
        case "filename":
            test = lambda one: any(name == word or name.endswith(f".{word.lstrip('.')}") for name in _filenames(one))  # noqa: E731
        case "has" if word == "attachment":
            test = lambda one: any(_filenames(one))  # noqa: E731
        case "":
            test = lambda one: word in one.raw.decode("utf-8", "replace").casefold()  # noqa: E731
        case _:
            raise ApiError(400, f"the operator {operator}:{value} is not known here")
    return test


def _time(operator: str, moment: int) -> Test:
    if operator in {"after", "newer"}:
        return lambda one: one.at // 1000 * 1000 > moment
    return lambda one: one.at < moment


def _place(value: str, mailbox: Mailbox) -> Test:
    name = value.lower()
    if name == "anywhere":
        return lambda one: True  # noqa: ARG005 - the shape of a test
    if name == "read":
        return lambda one: "UNREAD" not in one.labels
    if name in _PLACES:
        label = _PLACES[name]
        return lambda one: label in one.labels
    wanted = re.sub(r"[ /]", "-", name)
    found = {one.id for one in mailbox.labels.values() if re.sub(r"[ /]", "-", one.name.lower()) == wanted}
    return lambda one: bool(found & one.labels)


def _moment(value: str) -> int:
    """Return milliseconds: seconds since the epoch, or midnight in the Pacific time zone of a date YYYY/MM/DD."""
    if re.fullmatch(r"\d{9,11}", value):
        return int(value) * 1000
    if found := _DAY.match(value):
        try:
            return int(datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=_PACIFIC).timestamp() * 1000)
        except ValueError:
            pass
    if re.fullmatch(r"\d{1,8}", value):
        return int(value) * 1000
    raise ApiError(400, f"{value!r} is no date")


def _message_id(one: Stored) -> str:
    return header(one.raw, "Message-ID").strip().strip("<>")


def _filenames(one: Stored) -> list[str]:
    message = message_from_bytes(one.raw, policy=policy.compat32)
    return [name.casefold() for part in message.walk() if (name := part.get_filename())]


def known_to_others(text: str) -> str:
    """Return a query in the words that the emulator understands as they are meant; raises ApiError 400 for what it would not.

    It knows `-label:`, not `-in:`; it has no chats; of the rest it takes what it does not know for a word to be found.
    """
    kept = []
    for minus, operator, value in _terms(text):
        if operator in {"after", "before"} and not minus and value.isdecimal():
            kept.append(f"{operator}:{value}")
        elif operator in {"in", "label"} and value.lower() in {"chats", "chat"} and minus:
            continue
        elif operator in {"in", "label"} and value.lower() in _PLACES:
            kept.append(f"{'-' if minus else ''}label:{value}")
        elif operator in {"from", "to", "subject"} and not minus and " " not in value:
            kept.append(f"{operator}:{value}")
        else:
            raise ApiError(400, f"the emulator does not know {operator}:{value}")
    return " ".join(kept)
