"""How an interview is held: by phone, by video, or in person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rules.calendar import CalendarEvent
from rules.extract.meeting_words import Words, labels, of_text
from rules.extract.places import addresses_in, is_video_page
from rules.extract.types import Format
from rules.phrases.grammar import fold

__all__ = ["format_of"]

_FORMS = (Format.VIDEO, Format.IN_PERSON, Format.PHONE)
_TELEPHONE = re.compile(r"^\W*(?:tel:|callto:|phone:?|telephone:?)?\s*\+?[\d][\d ()/.-]{6,20}\d\W*$", re.IGNORECASE)
_STREET = re.compile(r"[^\W\d_]{3,}.{0,40}\b\d{1,4}[a-z]?\b|\b\d{1,5},? [^\W\d_]{3,}", re.IGNORECASE)
_MARKS = " \t*_-\u2022>|"
_LONGEST_LABEL = 40
_LONGEST_PLACE = 200


def format_of(
    text: str,
    events: Iterable[CalendarEvent] = (),
    *,
    languages: tuple[str, ...] | None = None,
    links: Sequence[str] = (),
    particulars: str = "",
    words: frozenset[str] | None = None,
) -> Format:
    """Return how an interview is held, or UNKNOWN.

    What the calendar entry says of its place decides, then the subject (the first line of `text`, which is folded), a line of
    particulars (`Location: ...`), a room of a video call among the addresses of text and `links`, and the words of the text. Of
    several forms named in the text the first counts: what follows is a later round or the way out of trouble. `particulars` is
    the text with its lines as they were, where those of `text` were joined; `words` are those of `text`, where they are known.
    """
    for event in events:
        form = _of_event(event)
        if form is not Format.UNKNOWN:
            return form
    said = Words(text, languages, words)
    subject, _, body = text.partition("\n")
    return (
        _of_words(Words(subject, said.languages))
        or _of_particulars(particulars.lower() or body, said.languages)
        or (Format.VIDEO if any(is_video_page(address) for address in (*_pages(text), *links)) else None)
        or _earliest(said)
        or Format.UNKNOWN
    )


def _pages(text: str) -> list[str]:
    return [address for address, _ in addresses_in(text, bare=False)] if "://" in text else []


def _of_words(words: Words) -> Format | None:
    places = words.places("format")
    return next((form for form in _FORMS if form.value in places), None)


def _earliest(words: Words) -> Format | None:
    places = words.places("format")
    return Format(min(places, key=lambda name: places[name])) if places else None


def _of_particulars(text: str, languages: tuple[str, ...]) -> Format | None:
    """Return what a line such as `Where: Zoom` says, or the line below `Where` alone."""
    known = labels("where", languages)
    lines = [line.strip(_MARKS) for line in text.split("\n")]
    for number, line in enumerate(lines):
        label, colon, value = line[: _LONGEST_LABEL + 1].partition(":")
        if label.rstrip(_MARKS) not in known:
            continue
        value = line[len(label) + 1 :] if colon else ""
        place = value.strip(_MARKS) or next((below for below in lines[number + 1 : number + 3] if below), "")
        form = _of_place(place[:_LONGEST_PLACE], languages)
        if form is not None:
            return form
    return None


def _of_place(place: str, languages: tuple[str, ...]) -> Format | None:
    """Return what the text of a place says: a page, a number, words, a street."""
    if any(is_video_page(page) for page in _pages(place)):
        return Format.VIDEO
    if _TELEPHONE.match(place) or place.lower().startswith(("tel:", "callto:")):
        return Format.PHONE
    words = of_text(place, languages)
    found = _of_words(words)
    if found is not None:
        return found
    bare = place.strip().lower()
    if bare in {"phone", "telephone", "telefon", "téléphone", "teléfono", "telefoon", "telefone", "telefono"}:
        return Format.PHONE
    if bare in {"video", "vidéo", "vídeo", "online", "virtual", "remote"}:
        return Format.VIDEO
    return Format.IN_PERSON if "://" not in place and _STREET.search(place) else None


def _of_event(event: CalendarEvent) -> Format:
    """Return what a calendar entry says: a room of a call anywhere in it, then its place, its title, its description."""
    text = fold(f"{event.summary}\n{event.description}")
    languages = of_text(f"{event.location}\n{text}").languages
    by_place = _of_place(event.location, languages) if event.location else None
    if by_place in {Format.VIDEO, Format.PHONE}:
        return by_place
    pages = (event.url, event.conference, *_pages(f"{event.location} {event.description}"))
    if any(page and is_video_page(page) for page in pages):
        return Format.VIDEO
    by_title = _of_words(of_text(event.summary, languages))
    return (
        by_title
        or by_place
        or _of_particulars(fold(event.description), languages)
        or _earliest(Words(text, languages))
        or Format.UNKNOWN
    )
