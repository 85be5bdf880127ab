"""The HTML part of a draft: the words of the text part and nothing else, so simple that every client shows it well."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from textwrap import wrap

__all__ = ["hypertext"]

_MAX_LINKS = 20
_WIDTH = 76
_WEB = re.compile(r"https?://[!#-;=?-\[\]-~\u00a1-\U0010ffff]{3,500}", re.IGNORECASE)
_BEHIND = re.compile(r"[\w/#?&=%~+-]")
"""What goes on with an address: then what stands there is another one."""


def _linked(line: str, links: Iterable[str]) -> str:
    """Escape a line; the pages in `links` become links wherever they stand in it."""
    pieces: list[str] = []
    rest = line
    wanted = sorted(set(links), key=len, reverse=True)
    while True:
        found = min(
            ((place, -len(link), link) for link in wanted if (place := _place_of(link, rest)) >= 0),
            default=None,
        )
        if found is None:
            return "".join([*pieces, escape(rest)])
        place, _, link = found
        pieces += [escape(rest[:place]), f'<a href="{escape(link)}">{escape(link)}</a>']
        rest = rest[place + len(link) :]


def _place_of(link: str, text: str) -> int:
    place = text.find(link)
    while place >= 0 and _BEHIND.match(text[place + len(link) : place + len(link) + 1]):
        place = text.find(link, place + 1)
    return place


def _spaced(line: str) -> str:
    """Keep blanks that HTML would swallow: those a line begins with, and more than one in a row."""
    return re.sub(
        r"\A +| {2,}", lambda found: "\u00a0" * (len(found.group()) - 1) + ("\u00a0" if not found.start() else " "), line
    )


def _folded(paragraph: str) -> str:
    """Break lines at blanks, which mean the same to HTML, so that the source can be read and goes through mail as it is."""
    return "\n".join(
        "\n".join(wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False) or [""]) for line in paragraph.split("\n")
    )


def hypertext(text: str, links: Iterable[str] = ()) -> str:
    """Return an HTML document that says what `text` says: a paragraph for a paragraph, a line for a line.

    `links` are the pages that the user gave; no other address becomes a link. Only http and https are taken.
    """
    safe = [link for link in links if _WEB.fullmatch(link)][:_MAX_LINKS]
    paragraphs = re.split(r"\n[ \t]*\n", text.strip("\n"))
    shown = [
        "<p>" + "<br>\n".join(_linked(_spaced(line), safe) for line in paragraph.strip("\n").split("\n")) + "</p>"
        for paragraph in paragraphs
    ]
    head = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>'
    return "\n".join(["<!DOCTYPE html>", *map(_folded, [head, "<body>", *shown]), "</body></html>", ""])
