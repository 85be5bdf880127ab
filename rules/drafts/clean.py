"""Text that others wrote, made fit to stand in a header field or a sentence of ours. It is data: it is never a template."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["one_line", "phrase", "title"]

_MAX_INPUT = 4000
"""Characters looked at; what is longer is no name, title or subject."""
_ARTICLE = re.compile(r"\A(?:the|our|a|an) ", re.IGNORECASE)
_NOUN = re.compile(r" (?:position|role|job|vacancy|opening)\Z", re.IGNORECASE)


def one_line(text: str, limit: int) -> str:
    """Return `text` in NFC on one line of at most `limit` characters, without control, format and unassigned characters.

    Line separators and every other white space become one blank. Format characters (Unicode Cf) go as well, because the
    bidirectional ones reorder what the reader sees; of these only the joiners of scripts and emoji (ZWJ, ZWNJ) stay.
    """
    kept = []
    for character in unicodedata.normalize("NFC", text[:_MAX_INPUT]):
        if character.isspace():
            kept.append(" ")
        elif character in "\u200c\u200d":
            kept.append(character)
        elif unicodedata.category(character)[0] == "C":
            # A control character may have stood between two words; a format character stands inside one.
            kept.append("" if unicodedata.category(character) == "Cf" else " ")
        else:
            kept.append(character)
    line = " ".join("".join(kept).split())
    return line[:limit].rstrip()


def phrase(text: str, limit: int) -> str:
    """Return `text` on one line, fit for the inside of a sentence: round brackets only, no punctuation at its end.

    Square brackets are what marks a place to fill in, so that they may not come from data.
    """
    line = one_line(text, limit)
    for old, new in (("[", "("), ("]", ")")):
        line = line.replace(old, new)
    return line.strip(" ,;:-\u2013\u2014|/")


def title(text: str, limit: int) -> str:
    """Return a job title without the article and the noun that our own sentences put around it."""
    line = phrase(text, limit)
    return _NOUN.sub("", _ARTICLE.sub("", line)).strip()
