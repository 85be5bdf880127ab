"""From the pieces of a page to entries: one for each thing that was written, lines that were broken put together again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rules.extract.words import listed
from rules.mail.visible import visible
from rules.notes.anchors import Piece, fold_words, is_part_of_form, pieces
from rules.notes.pages import Page
from rules.notes.wording import Words, load_words
from rules.profile import Profile

__all__ = ["Entry", "entries"]

_SIGNS = (
    r"\u2022\u2023\u2043\u25aa\u25cf\u25cb\u25e6\u2610\u00b7\u00a7\uf0b7"
    r"\uf0a7\uf0d8\u2192\u21d2\u25a0\u25a1\u25ab\u25b6\u25b8\u25ba\u25c6\u25c7\u2726\u2756\u2794\u279c\u27a2\u27a4"
)
_BULLET = re.compile(rf"\s{{0,40}}(?:(?:[-*+\u2013\u2014]|o|\[[ xX]?\])\s{{1,40}}|[{_SIGNS}]\s{{0,40}})")
_NUMBER = re.compile(r"^\s{0,40}\(?(?:\d{1,2}|[a-h])[.)]{1,2}\s{1,40}(?=\S)")
_WORD = re.compile(r"[^\W_]|[\u2713\u2714\u2705]")
_FENCE = re.compile(r"^\s*(?:-- ?|__+|--+|\*\*+|==+)\s*$")
_SEPARATOR = re.compile(r"^\s*-- ?$")
_LEAST_WIDTH, _MOST_WIDTH = 60, 82
"""A mail program that breaks lines does so at a width between these."""
_CLOSED = 6
_DIGITS = re.compile(r"\D+")
_LEAST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was written: a line, or what a mail program made several lines of."""

    section: str
    text: str
    """On one line, the list's dash left out, numbers of lists not."""
    paragraph: int
    """Entries of one section without a blank line between them bear the same number."""
    listed: bool = False
    """It stood behind a dash, a number or another mark of a list."""


def entries(page: Page, user: Profile, begins: Callable[[str], bool], language: str = "en") -> list[Entry]:
    """Return what the user wrote on a page, in order; signatures and the form's own words are not in it.

    `begins` says of a line that it is surely no rest of the one before: it names somebody, or a topic, before a colon.
    """
    words = load_words(language)
    found = _without_signature(pieces(page.lines, language), user, words)
    found = _without_quotation_marks(found, page)
    return list(_joined(found, page, begins, language))


def _width(page: Page) -> int:
    """Return the width at which lines seem to have been broken; 0 where they were not."""
    widest = max((len(line) for line in page.lines), default=0)
    return widest if page.wrapped and _LEAST_WIDTH <= widest <= _MOST_WIDTH else 0


def _without_quotation_marks(found: Sequence[Piece], page: Page) -> list[Piece]:
    """Leave out of what stands above the form the lines by which a mail program says whose words follow."""
    top = [piece for piece in found if piece.section == "top"]
    shown = set(visible("\n".join(piece.text for piece in top))[0].split("\n"))
    return [piece for piece in found if piece.section != "top" or piece.text in shown or piece.line in page.quoted]


def _without_signature(found: Sequence[Piece], user: Profile, words: Words) -> list[Piece]:
    """Leave out what mail programs and their users put below a text: up to the next line of the form, where one follows."""
    kept: list[Piece] = []
    closed = ""
    for place, piece in enumerate(found):
        if closed and piece.section == closed:
            continue
        closed = ""
        if _signs_off(found, place, user, words):
            closed = piece.section
            continue
        kept.append(piece)
    return kept


def _signs_off(found: Sequence[Piece], place: int, user: Profile, words: Words) -> bool:
    piece = found[place]
    if _SEPARATOR.match(piece.text) and not piece.fresh:
        return True
    folded = fold_words(piece.text)
    if not folded:
        return False
    line = " ".join(folded)
    if any(line.startswith(start) for start in words.signatures):
        return True
    if _is_contact(piece.text, folded, user):
        return True
    if line in listed("signature", "closing"):
        after = [item for item in found[place + 1 : place + 1 + _CLOSED] if item.section == piece.section and item.text.strip()]
        return any(_is_contact(item.text, fold_words(item.text), user) for item in after)
    return False


def _is_contact(text: str, folded: Sequence[str], user: Profile) -> bool:
    """Say whether a line is the user's own name, address or number."""
    if tuple(folded) == fold_words(user.name):
        return True
    if any(address in text.lower() for address in {*user.addresses, user.email.lower()} if address) and len(folded) < 2 * _CLOSED:
        return True
    digits = _DIGITS.sub("", user.phone)
    return len(digits) >= _LEAST_DIGITS and digits in _DIGITS.sub("", text[:200]) and len(folded) < 2 * _CLOSED


def _joined(found: Sequence[Piece], page: Page, begins: Callable[[str], bool], language: str) -> Iterator[Entry]:
    """Put broken lines together: a line goes on in the next where the next one's first word would not have fitted on it."""
    width = _width(page)
    words = load_words(language)
    section = ""
    paragraph = 0
    held: list[str] = []
    full = 0
    listing = False
    for piece in found:
        text = piece.text.strip()
        blank = not _WORD.search(text) or _FENCE.match(text) is not None
        bare, bulleted = _without_bullet(piece.text)
        goes_on = (
            bool(held)
            and not blank
            and not piece.fresh
            and piece.section == section
            and not bulleted
            and not begins(text)
            and (
                (width > 0 and full + 1 + len(text.split(maxsplit=1)[0]) > width)
                or piece.line - 1 in page.soft
                or _goes_on(held[-1], text, words)
                or (listing and piece.text.startswith("  "))
            )
        )
        if goes_on:
            held.append(text)
            full = piece.whole
            continue
        if held:
            yield from _entry(section, held, paragraph, language, listed=listing)
            held = []
        if blank or piece.section != section:
            paragraph += 1
        section = piece.section
        if not blank:
            held, full, listing = [bare], piece.whole, bulleted
    if held:
        yield from _entry(section, held, paragraph, language, listed=listing)


def _goes_on(before: str, text: str, words: Words) -> bool:
    """Say whether a sentence goes on in the next line: the one before ends in a comma, or this one begins with `and`."""
    first = text.split(maxsplit=1)[0]
    return before.endswith(",") or (first in words.answers["goes_on"] and before[-1:].isalnum())


def _without_bullet(line: str) -> tuple[str, bool]:
    bullet = _BULLET.match(line)
    if bullet is not None:
        return line[bullet.end() :].strip(), True
    return line.strip(), _NUMBER.match(line) is not None


def _entry(section: str, held: Sequence[str], paragraph: int, language: str, *, listed: bool) -> Iterator[Entry]:
    text = " ".join(" ".join(held).split())
    if not is_part_of_form(text, language):
        yield Entry(section, text, paragraph, listed)
