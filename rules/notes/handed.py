"""Notes that are handed over as a file: plain text in any encoding, a page of HTML, or a draft that a mail program saved."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from datetime import datetime

from rules.mail.encoding import to_text
from rules.notes.anchors import pieces
from rules.notes.frame import Frame
from rules.notes.pages import Page, page_of_html, page_of_text, pages_of
from rules.notes.reading import read_pages
from rules.notes.types import Heading, Notes

__all__ = ["read_file"]

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_FIELDS = re.compile(rb"(?:[!-9;-~]{1,80}:[^\n]{0,2000}\n(?:[ \t][^\n]{0,2000}\n){0,100}){1,200}\r?\n")
_OF_MAIL = re.compile(rb"^(?:mime-version|content-type|message-id):", re.IGNORECASE | re.MULTILINE)
_HTML = re.compile(r"\s{0,200}(?:<!doctype html|<html|<body|<div|<p>|<p )", re.IGNORECASE)
_HEAD = 64 * 1024


def read_file(octets: bytes, frame: Frame, at: datetime) -> Notes:
    """Return what a file says that began as a form of ours, or is written like one.

    With all four headings in it, it holds all that there is to say (`Notes.whole`).
    """
    pages = _pages(octets)
    headings = {piece.section for page in pages[:1] for piece in pieces(page.lines)}
    return replace(read_pages(pages, frame, at), whole={heading.value for heading in Heading} <= headings)


def _pages(octets: bytes) -> list[Page]:
    fields = _FIELDS.match(octets[:_HEAD])
    if fields is not None and _OF_MAIL.search(fields[0]):
        return pages_of(octets)
    text = _text(octets)
    return [page_of_html(text) if _HTML.match(text) else page_of_text(text)]


def _text(octets: bytes) -> str:
    """Decode by the mark at the beginning (Notepad writes one), else as UTF-8, else as Windows-1252."""
    for mark, name in _MARKS:
        if octets.startswith(mark):
            return octets[len(mark) :].decode(name, "replace")
    return to_text(octets)
