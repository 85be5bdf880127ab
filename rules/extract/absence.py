"""What an automatic answer says: whom a mail did not reach, until when somebody is away, and who stands in."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from rules.classify.text import text_of
from rules.dates import Day, days, periods
from rules.extract.absence_words import found, small_words
from rules.extract.bounces import bounced_addresses, delayed_addresses
from rules.extract.clock import day_order, offset_of, sender_zone
from rules.extract.names import NAME, is_name, leading_name, plain_name
from rules.extract.types import Away, Facts, Person
from rules.mail.types import Message
from rules.phrases.grammar import fold, unwrap, words_of

__all__ = ["read_automatic"]

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")
_NAME_AT_END = re.compile(rf"(?<![^\W_])({NAME})$")
_SIGNS = " \t,:;<([\"'|/\u2013-"
_LINKING = re.compile(r"(?:mailto:|(?<![^\W\d_])[^\W\d_]{1,14}'?)$")
"""A word between a name and an address: `at`, `unter`, `all'indirizzo`; in small letters, or a word for mail."""
_MAIL = frozenset({"mail", "email", "e-mail", "via", "tel", "adresse"})
_LINKS = 4
_FRIDAY = 4
_NEAR = 40
_BEFORE = 50
_ABOUT_ADDRESS = 120
_MOST_ADDRESSES = 20
_MOST_WORDS = 6


class _Letter(NamedTuple):
    """The folded subject and text of an automatic answer, and how to read it."""

    folded: str
    words: frozenset[str]
    languages: tuple[str, ...]
    today: date

    def places(self, name: str) -> list[re.Match[str]]:
        return sorted(found(name, self.folded, self.words, self.languages), key=lambda match: match.start())

    def ends(self, day: Day) -> bool:
        """Say whether a day stands behind a word like `until`."""
        until, between = small_words(self.languages)
        tokens = self.folded[max(0, day.start - 40) : day.start].split()[-_MOST_WORDS:]
        for end in range(len(tokens), 0, -1):
            if any(" ".join(tokens[max(0, end - length) : end]) in until for length in (1, 2, 3, 4)):
                return True
            if tokens[end - 1].strip(",.") not in between:
                return False
        return False


def read_automatic(message: Message, *, own: frozenset[str], zone: str) -> Facts:
    """Return the facts of an auto-reply: `bounced` and `delayed` of a delivery report, else `away` when it speaks of absence."""
    bounced = bounced_addresses(message, own)
    kind = message.headers.get("content-type", "").lower()
    delayed = tuple(address for address in delayed_addresses(message, own) if address not in bounced)
    report = bool(message.delivery_status) or "multipart/report" in kind or bool(bounced or delayed)
    away = None if report else _away(message, own, zone)
    return Facts(bounced=bounced, delayed=delayed, away=away, zone_offset=offset_of(message))


def _away(message: Message, own: frozenset[str], zone: str) -> Away | None:
    """Return until when somebody is away, or that they left for good; None when the mail speaks of neither."""
    text = text_of(message)
    today = message.envelope.received_at.astimezone(sender_zone(message, zone)).date()
    letter = _Letter(f"{text.subject}\n{text.folded}", text.words | text.subject_words, text.languages, today)
    if letter.places("left"):
        return Away(None, _delegate(message, letter, own), left=True)
    order = day_order(message, text.languages)
    named = [day for day in days(letter.folded, today, text.languages, order) if day.day >= today]
    back = _back_on(letter, named)
    if back is None and not letter.places("absent"):
        return None
    return Away(back or _after_last(letter, named) or _after_period(letter), _delegate(message, letter, own))


def _back_on(letter: _Letter, named: list[Day]) -> date | None:
    """Return the day beside a word of return: behind it, or before it where no absence ends on it (`ab 7. März wieder da`)."""
    places = letter.places("back")
    for match in places:
        behind = [day for day in named if 0 <= day.start - match.end() <= _NEAR and _in_one(letter, match.end(), day.start)]
        if behind:
            return _behind_absence(letter, named, behind[0])
    for match in places:
        before = [day for day in named if 0 <= match.start() - day.end <= _BEFORE and _in_one(letter, day.end, match.start())]
        if before and not letter.ends(before[-1]):
            return _behind_absence(letter, named, before[-1])
    return None


def _behind_absence(letter: _Letter, named: list[Day], back: Day) -> date:
    """Return the day of return; a weekday alone is the one behind the last day away (`until 4 December, back on Monday`)."""
    last = max((day.day for day in named if day is not back and letter.ends(day)), default=back.day)
    weeks = -(-((last - back.day).days + 1) // 7) if back.bare and last >= back.day and last != back.day else 0
    return back.day + timedelta(weeks=weeks)


def _in_one(letter: _Letter, first: int, last: int) -> bool:
    """Say whether no sentence ends between two places."""
    between = letter.folded[first:last]
    return not any(sign in between for sign in (". ", "! ", "? ", "\n\n"))


def _after_last(letter: _Letter, named: list[Day]) -> date | None:
    """Return the first weekday after the last day away (`until 5 March`, `from 1 to 5 March`)."""
    last = [day for day in named if letter.ends(day) or letter.folded[day.start :].startswith(("until", "till"))]
    return _weekday_after(last[0].day) if last else None


def _after_period(letter: _Letter) -> date | None:
    """Return the first weekday after a week or month of which the rest is away, or the first of one in which they return."""
    for period in periods(letter.folded, letter.today, letter.languages):
        if period.first <= letter.today or period.part == "end":
            return _weekday_after(period.last)
        if period.part == "whole" and period.unit == "week":
            return period.first
    return None


def _weekday_after(day: date) -> date:
    following = day + timedelta(days=1)
    while following.weekday() > _FRIDAY:
        following += timedelta(days=1)
    return following


def _delegate(message: Message, letter: _Letter, own: frozenset[str]) -> Person | None:
    """Return who stands in: the first other address behind a word like `contact`, with the name before it; else a name alone."""
    named: Person | None = None
    lines = unwrap(message.text).split("\n")
    previous = ""
    for line in lines:
        folded = fold(line)
        for match in list(_ADDRESS.finditer(line))[:_MOST_ADDRESSES]:
            address = match[0].lower().strip(".")
            before = line[max(0, match.start() - _ABOUT_ADDRESS) : match.start()]
            about = fold(f"{previous} {before}")
            if address in own or address == message.sender.address or not _speaks("delegate", about, letter):
                continue
            if not _speaks("self", fold(before), letter):
                return Person(_name_before(before) or _name_behind(line[match.end() :]), address)
        named = named or _named(line, folded, letter)
        previous = line[-_ABOUT_ADDRESS:] if line.strip() else previous
    return named


def _speaks(name: str, folded: str, letter: _Letter) -> bool:
    return next(found(name, folded, words_of(folded), letter.languages), None) is not None


def _name_before(text: str) -> str:
    """Return the name at the end of a text, with what links it to an address taken off."""
    text = text.rstrip(_SIGNS)
    for _ in range(_LINKS):
        match = _LINKING.search(text[-24:])
        if match is None or not (match[0].islower() or match[0].lower() in _MAIL):
            break
        text = text[: len(text) - len(match[0])].rstrip(_SIGNS)
    name = _NAME_AT_END.search(text[-60:])
    words = name[1].split() if name else []
    while len(words) > 1:
        candidate = plain_name(" ".join(words))
        if is_name(candidate):
            return candidate
        words = words[1:]
    return ""


def _name_behind(text: str) -> str:
    """Return the name that follows an address in parentheses: `max@acme.example (Max Moe)`."""
    stripped = text.lstrip(" >")
    return plain_name(leading_name(stripped[1:60])) if stripped[:1] == "(" else ""


def _named(line: str, folded: str, letter: _Letter) -> Person | None:
    """Return the person whom a line names behind a word like `contact`, without an address."""
    if len(folded) != len(line):
        return None
    for match in found("delegate", folded, words_of(folded), letter.languages):
        words = line[match.end() : match.end() + 80].split(" ")
        for count in range(min(len(words), _MOST_WORDS)):
            name = leading_name(" ".join(words[count:]).lstrip(" ,:("))
            if name:
                return Person(plain_name(name))
            if words[count][:1].isupper() and count + 1 < len(words) and not words[count + 1][:1].isupper():
                break
    return None
