"""What they ask about contact, and the day on which the work is to begin."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from rules.dates import days
from rules.extract.words import all_matches, first_match
from rules.phrases.grammar import fold, sentences, words_of

__all__ = ["instructions_in", "says_yes", "start_date_in", "wants_no_calls", "wants_no_contact"]

_MOST = 5
_LONGEST = 400
_MAX_SENTENCES = 120
_NEAR = 40
_PAST = timedelta(days=31)
_FAR = timedelta(days=550)
_BEFORE = 24
_OPENING = 240


def wants_no_contact(folded: str, languages: tuple[str, ...], *, words: frozenset[str] | None = None) -> bool:
    """Say whether a folded text asks not to be contacted at all (H11). No calls, or no answer to this address, is less.

    `words` are those of the text (`words_of`), if they are known.
    """
    return bool(first_match("contact", "none", folded, languages, words=words))


def wants_no_calls(folded: str, languages: tuple[str, ...], *, words: frozenset[str] | None = None) -> bool:
    """Say whether a folded text asks not to be called (H11); mail is still welcome."""
    return bool(first_match("contact", "calls", folded, languages, words=words))


def says_yes(folded: str, languages: tuple[str, ...]) -> bool:
    """Say whether a folded text begins by saying yes to a question that was asked (X13): within its first lines, asking nothing.

    What the question was, the text alone does not tell.
    """
    opening = folded.strip()[:_OPENING]
    return "?" not in opening and bool(first_match("contact", "yes", opening, languages))


def instructions_in(
    text: str, languages: tuple[str, ...], folded: str = "", words: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Return the sentences that say how they want to be contacted, or that they do not; at most five, as written.

    What concerns the mailbox a mail came from (`please do not reply to this email`) is none: it does not say how to reach them.
    `folded` and `words` are the text folded and its words (`Text`), where they are known.
    """
    folded = folded or fold(text)
    words = words or words_of(folded)
    if not _may_hold(folded, words, languages):
        return ()
    found: dict[str, None] = {}
    for sentence in sentences(text)[:_MAX_SENTENCES]:
        if len(sentence) > _LONGEST:
            continue
        folded = fold(sentence)
        told = first_match("contact", "none", folded, languages) or first_match("contact", "how", folded, languages)
        if told and not (
            first_match("contact", "mailbox", folded, languages) and not first_match("contact", "none", folded, languages)
        ):
            found[sentence] = None
            if len(found) == _MOST:
                break
    return tuple(found)


def _may_hold(folded: str, words: frozenset[str], languages: tuple[str, ...]) -> bool:
    return any(next(iter(all_matches("contact", key, folded, words, languages)), None) is not None for key in ("none", "how"))


def start_date_in(
    folded: str,
    received: date,
    languages: tuple[str, ...],
    order: str | None = None,
    *,
    words: frozenset[str] | None = None,
    taken: Iterable[date] = (),
) -> date | None:
    """Return the day on which the work is to begin, if a folded text names one day for it, else None.

    `received` is the day of receipt; `order` is that of day and month in numeric dates (`rules.dates.days`). A day long past, or
    more than a year and a half ahead, is none, nor one of `taken` (the days of interviews); two different days are none either.
    """
    held = words_of(folded) if words is None else words
    places = sorted(all_matches("start", "day", folded, held, languages))
    if not places:
        return None
    found: set[date] = set()
    for start, end in places[:_MOST]:
        piece = folded[start : end + _NEAR + _BEFORE]
        offset = end - start
        named = [
            day
            for day in days(piece, received, languages, order)
            if offset - _BEFORE <= day.start <= offset + _NEAR and not day.bare
        ]
        near = next((day for day in named if not _ends_between(piece[offset : max(offset, day.start)])), None)
        if near is not None and received - _PAST <= near.day <= received + _FAR:
            found.add(near.day)
    found.difference_update(taken)
    return found.pop() if len(found) == 1 else None


def _ends_between(text: str) -> bool:
    """Say whether a sentence ends within a text; a colon and a line end are part of a form (`Start date:`)."""
    return any(mark in text for mark in (". ", "! ", "? ", ";"))
