"""What a mail client has made of a form, as lines: from the bytes of a draft, from HTML, or from plain text.

Nothing in here raises on mail; everything is bounded and linear in its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rules.mail.encoding import clean, decode_transfer, to_text
from rules.mail.html import render
from rules.mail.mime import Tree, read_tree
from rules.mail.structure import Part, walk

__all__ = ["Page", "page_of_html", "page_of_text", "pages_of"]

_MAX_PLAIN, _MAX_HTML = 64 * 1024, 128 * 1024
_MAX_LINES = 2000
_MOST_PARTS = 5
_LONG = 55
_MAX_HREF = 1000
_QUOTE = re.compile(r"(?: {0,3}[>|])+ ?")
_SIGNS = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u02bc": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"',
    "\u00a0": " ", "\u202f": " ", "\u2007": " ", "\t": " ", "\u2026": "...",
    "\u200b": None, "\u200c": None, "\u2060": None, "\u00ad": None,
})  # fmt: skip
"""Signs that mail programs put in the place of typed ones, by what was typed."""
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,20})([^<>]{0,20000})>")
_HREF = re.compile(r"""href\s*=\s*["']?(https?://[^"'\s<>]+)""", re.IGNORECASE)
_SIGNATURE = re.compile(r"""(?:class|id)\s*=\s*["']?[^"'<>]{0,100}signature""", re.IGNORECASE)
_STYLE = re.compile(r"""style\s*=\s*(?:"[^"<>]*"|'[^'<>]*')""", re.IGNORECASE)
_STRUCK = "~~"


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a form, marks of quotation taken off."""

    lines: tuple[str, ...]
    """Without white space at their ends; indented ones keep what stands before them."""
    wrapped: bool = False
    """A line may go on in the next one: the mail program may have broken it."""
    soft: frozenset[int] = frozenset()
    """Numbers of long lines that end in a blank: of a flowed paragraph (RFC 3676) whose mark was lost."""
    quoted: frozenset[int] = frozenset()
    """Numbers of the lines that bore a mark of quotation, from 0."""


def pages_of(raw: bytes) -> list[Page]:
    """Return what the parts of a message (RFC 5322) say: its HTML first, which breaks no lines, then its plain text."""
    tree = read_tree(raw)
    plain: list[str] = []
    marked: list[str] = []
    flowed = delsp = False
    for part in walk(tree.root):
        if part.disposition == "attachment" or part.children:
            continue
        if part.type == "text/html" and len(marked) < _MOST_PARTS:
            marked.append(_decoded(raw, tree, part, _MAX_HTML))
        elif part.type in {"text/plain", "text/enriched"} and len(plain) < _MOST_PARTS:
            plain.append(_decoded(raw, tree, part, _MAX_PLAIN))
            flowed = flowed or part.params.get("format", "").lower() == "flowed"
            delsp = delsp or part.params.get("delsp", "").lower() == "yes"
    pages = [page_of_html("<br>".join(marked))] if any(text.strip() for text in marked) else []
    if any(text.strip() for text in plain):
        pages.append(page_of_text("\n".join(plain), flowed=flowed, delsp=delsp))
    return pages


def _decoded(raw: bytes, tree: Tree, part: Part, limit: int) -> str:
    octets = tree.octets(raw, part, 3 * limit)  # as it stands in the mail: quoted-printable trebles a letter at most
    decoded = decode_transfer(octets, part.encoding, truncated=len(octets) == 3 * limit)
    return clean(to_text(decoded[:limit], part.charset, truncated=len(decoded) > limit), lines=True)


def page_of_text(text: str, *, flowed: bool = False, delsp: bool = False) -> Page:
    """Return the lines of plain text, those of a flowed paragraph (RFC 3676) put together."""
    text = clean(text[: 4 * _MAX_PLAIN], lines=True)
    lines = text.split("\n")[: 2 * _MAX_LINES]
    if flowed:
        lines = list(_unflowed(lines, delsp=delsp))
    return _page(lines, wrapped=True)


def _unflowed(lines: list[str], *, delsp: bool) -> Iterator[str]:
    """Join the lines of a paragraph: a blank at the end says that it goes on, at the same depth of quotation."""
    held: list[str] = []
    depth = 0
    for line in lines:
        bare = line.lstrip(">")
        here = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        if held and here != depth:
            yield ">" * depth + "".join(held)
            held = []
        depth = here
        soft = bare.endswith(" ") and bare != "-- "
        held.append(bare[:-1] if soft and delsp else bare)
        if not soft:
            yield ">" * depth + "".join(held)
            held = []
    if held:
        yield ">" * depth + "".join(held)


def page_of_html(html: str) -> Page:
    """Return the lines of HTML as they are seen: quotations included, what is struck out left out."""
    rendered = render(_prepared(html[:_MAX_HTML]))
    text = rendered.text or rendered.quoted
    pieces = text.split(_STRUCK)
    if len(pieces) % 2:
        text = "".join(piece if index % 2 == 0 else "\n" * piece.count("\n") for index, piece in enumerate(pieces))
    return _page(text.split("\n"), wrapped=False)


def _prepared(html: str) -> str:
    """Return HTML with no part quoted, paragraphs as lines, signatures marked as in plain text, and the addresses of links."""
    out: list[str] = []
    end = 0
    preformatted = 0
    href, shown = "", 0
    for match in _TAG.finditer(html):
        between = html[end : match.start()]
        out.append(between.replace("\n", "<br>") if preformatted else between)
        end = match.end()
        closing, tag, attributes = match[1], match[2].lower(), match[3]
        if tag == "pre":
            preformatted = max(0, preformatted + (-1 if closing else 1))
        if tag == "a" and closing:
            if href and href not in "".join(out[shown:]):
                out.append(f" {href}")
            href = ""
        elif tag == "a" and (found := _HREF.search(attributes)):
            href, shown = found[1][:_MAX_HREF].replace("&amp;", "&"), len(out)
        style = _STYLE.search(attributes)
        name = "div" if tag in {"blockquote", "p"} else tag  # composers make a paragraph of every line that is typed
        out.append(f"<{closing}{name}{' ' + style[0] if style else ''}{' /' if attributes.endswith('/') else ''}>")
        if not closing and _SIGNATURE.search(attributes):
            out.append("<br>-- <br>")
    out.append(html[end:])
    return "".join(out)


def _page(lines: list[str], *, wrapped: bool) -> Page:
    kept: list[str] = []
    quoted: set[int] = set()
    soft: set[int] = set()
    for line in lines[:_MAX_LINES]:
        typed = unicodedata.normalize("NFC", line.translate(_SIGNS)).rstrip()
        mark = _QUOTE.match(typed)
        if mark is not None:
            quoted.add(len(kept))
            typed = typed[mark.end() :]
        if wrapped and line.endswith(" ") and len(typed) >= _LONG:
            soft.add(len(kept))
        kept.append(typed)
    return Page(tuple(kept), wrapped, frozenset(soft), frozenset(quoted))
