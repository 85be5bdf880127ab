"""The link under which a time is picked: of a booking page, of an applicant-tracking system, or one whose words say so."""

from __future__ import annotations

import re
from functools import lru_cache

from rules.extract.markup import read_markup
from rules.extract.meeting_words import Words, of_text
from rules.extract.places import addresses_in, is_booking_page, is_scheduling_page, is_video_page, leads_nowhere, unwrapped
from rules.language import languages_of
from rules.mail.types import Message
from rules.phrases.grammar import WORD

__all__ = ["booking_link_of"]

_BEFORE = 160
_MOST = 50
_SERVICE, _SAID, _SYSTEM, _NEAR = 3, 4, 3, 2
_ENOUGH = 3
_SENTENCE = re.compile(r"\n|(?<=[.!?])\s")
_WORD = re.compile(r"\w")
_BARE_WORDS = frozenset({"here", "hier", "ici", "aquí", "aqui", "qui", "link", "lien", "enlace", "this link", "click here"})


def booking_link_of(message: Message) -> str:
    """Return the address of the page on which a time is picked, as it stands in the mail, or an empty string. Never raises.

    Links to change or call off a time that is fixed, rooms of calls, and pages of help and law are none.
    """
    if not message.links and "/" not in message.text and not message.markup:
        return ""
    return _found(message.text, message.links, message.envelope.subject) or read_markup(message).booking_link


@lru_cache(maxsize=8)
def _found(text: str, links: tuple[tuple[str, str], ...], subject: str) -> str:
    languages = languages_of(WORD.findall(f"{subject} {text}".lower()))
    best, link = 0, ""
    for words, near, address in _candidates(text, links):
        score = _score(words, near, address, languages)
        if score > best:
            best, link = score, address
    return link if best >= _ENOUGH else ""


def _candidates(text: str, links: tuple[tuple[str, str], ...]) -> list[tuple[str, str, str]]:
    """Return (words of the link, words before it, address) of every link, those of the page first."""
    found = []
    for label, address in links[:_MOST]:
        bare = not label or label.lower() in _BARE_WORDS or "://" in label
        place = text.find(label) if bare and label else -1
        found.append(("" if bare else label, _line_before(text, place) if place > 0 else "", address))
    for address, start in addresses_in(text)[:_MOST]:
        found.append(("", _line_before(text, start), address))
    return found


def _line_before(text: str, start: int) -> str:
    """Return the sentence before an address, with the question before that (`Need to move it? Pick a time:`)."""
    before = text[max(0, start - _BEFORE) : start]
    said = [piece for piece in _SENTENCE.split(before) if _WORD.search(piece)]
    return " ".join(said[-2:] if len(said) > 1 and said[-2].rstrip().endswith("?") else said[-1:])


def _score(label: str, near: str, address: str, languages: tuple[str, ...]) -> int:
    target = unwrapped(address)
    if leads_nowhere(target) or is_video_page(target):
        return 0
    words: Words = of_text(label, languages)
    if words.find("booking", "not"):
        return 0
    before: Words = of_text(near, languages)
    if near and before.find("booking", "not") and not before.find("booking", "words"):
        return 0
    if "?" in near and of_text(near.rpartition("?")[0], languages).find("booking", "not"):
        return 0
    score = _SERVICE if is_booking_page(target) else _SYSTEM if is_scheduling_page(target) else 0
    score += _SAID if label and words.find("booking", "words") else 0
    if near and before.find("booking", "words"):
        score += _SAID if not label else _NEAR
    return score
