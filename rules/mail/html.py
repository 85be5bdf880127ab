"""HTML to text: what a reader sees, line by line, with the quoted tail apart; and what only machines see: links and markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

from rules.mail.microdata import has_items, items_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

__all__ = ["MAX_LINKS", "RECORD", "Rendered", "has_markup", "links_of", "render"]

MAX_CHARS = 256 * 1024
_MAX_MARKUP = 16 * 1024
_MAX_MARKS = 300
MAX_LINKS = 50
_MAX_ANCHORS = 300
_MAX_HREF = 2000
_MAX_LABEL = 200
RECORD = "\x1e"
"""What stands between two blocks of markup (RFC 7464)."""

# Line breaks are marked with form feeds before the parser sees them: white space to HTML, so none moves out of a table.
_BREAK = re.compile(
    r"<(?=/?(div|br|tr|li|hr|dt|dd|p|h[1-6]|table|blockquote|ul|ol|section|article|header|footer|pre)\b)", re.IGNORECASE
)
_WIDE = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "ul", "ol", "br", "hr"})
_CELL = re.compile(r"</t[dh]\b", re.IGNORECASE)
_JSON_LD = re.compile(r"<script[^>]{0,200}ld\+json[^>]{0,200}>(.*?)</script", re.IGNORECASE | re.DOTALL)
_BLANKS = re.compile(r"[ \t\r\n\xa0\u200b\u200c\u2007\u2060\xad\u034f]+")
_BREAKS = re.compile(r" ?\f[\f ]*")
_OPEN, _CLOSE = "\x02", "\x03"
_FENCE = re.compile(f"[{_OPEN}{_CLOSE}]")
_WIDE_BREAK = 3

_GONE = ("script", "style", "title", "template", "noscript", "svg", "math", "select", "textarea", "object")
_HIDDEN = (
    '[hidden],[style*="display:none" i],[style*="display: none" i],[style*="visibility:hidden" i],'
    '[style*="visibility: hidden" i],[style*="mso-hide:all" i],[aria-hidden="true"]'
)
_QUOTES = (
    "blockquote,.gmail_quote,.gmail_quote_container,.gmail_attr,.yahoo_quoted,.moz-cite-prefix,.moz-email-headers-table,"
    ".protonmail_quote,.tutanota_quote,#isForwardContent,#isReplyContent,.zmail_extra"
)
_STRUCK = 's,strike,del,[style*="line-through" i]'
_QUOTED_LINKS = ",".join(f"{quote} a[href]" for quote in _QUOTES.split(","))


class Rendered(NamedTuple):
    """Text with line ends, the quoted parts that were taken out of it, the blocks of markup, and the links."""

    text: str
    quoted: str
    markup: str
    """JSON-LD blocks, and the items of microdata and RDFa Lite in that shape, with RECORD between them."""
    links: tuple[tuple[str, str], ...] = ()
    """(words, address) of each link to a page outside of what is quoted; at most 50."""


def has_markup(html: str) -> bool:
    """Say whether HTML may hold structured data."""
    return "ld+json" in html or has_items(html)


def render(html: str) -> Rendered:
    """Render at most 256 K characters of HTML. Never raises."""
    html = html[:MAX_CHARS]
    blocks = [block.strip() for block in _JSON_LD.findall(html)] if "ld+json" in html else []
    if _OPEN in html or _CLOSE in html:
        html = _FENCE.sub("", html)
    marked = _BREAK.sub(_mark, _CELL.sub(" </td", html.replace("\f", " ")))
    links: tuple[tuple[str, str], ...] = ()
    try:
        text, quoted, links, items = _lexbor(marked, items=has_items(html))
        blocks += items
    except Exception:  # noqa: BLE001 -- absent, or at its wits' end: the slow parser reads everything
        text, quoted = _plain(marked)
    if quoted and not text.strip():
        # Nothing but quotation: then it is not one (mailers use blockquote to indent).
        text, quoted = quoted, ""
    return Rendered(_lines(text), _lines(quoted), RECORD.join(blocks)[:_MAX_MARKUP], links)


def links_of(html: str) -> tuple[tuple[str, str], ...]:
    """Return (words, address) of the links of HTML that is not rendered. Never raises."""
    try:
        from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 -- 25 ms that most commands can do without

        return _links(LexborHTMLParser(html[:MAX_CHARS]), quoting=True)
    except Exception:  # noqa: BLE001 -- as above: a page that cannot be read has no links
        return ()


def _links(tree: LexborHTMLParser, *, quoting: bool) -> tuple[tuple[str, str], ...]:
    """Return the links of a tree, each address once with the words that say most."""
    anchors = tree.css("a[href]")[:_MAX_ANCHORS]
    if not anchors:
        return ()
    quoted = {node.mem_id for node in tree.css(_QUOTED_LINKS)[:_MAX_ANCHORS]} if quoting else set()
    found: dict[str, str] = {}
    for node in anchors:
        href = (node.attributes.get("href") or "").strip()[:_MAX_HREF]
        if not href[:8].lower().startswith(("http://", "https://")) or node.mem_id in quoted:
            continue
        known = found.get(href)
        if known:
            continue
        if known is None and len(found) == MAX_LINKS:
            break
        found[href] = " ".join(node.text(deep=True).split())[:_MAX_LABEL]
    return tuple((label, href) for href, label in found.items())


def _mark(match: re.Match[str]) -> str:
    return "\f\f<" if match[1].lower() in _WIDE else "\f<"


def _lines(text: str) -> str:
    text = _BLANKS.sub(" ", text)
    return _BREAKS.sub(lambda match: "\n\n" if match[0].count("\f") >= _WIDE_BREAK else "\n", text).strip()


def _lexbor(html: str, *, items: bool) -> tuple[str, str, tuple[tuple[str, str], ...], list[str]]:
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 -- 25 ms that most commands can do without

    tree = LexborHTMLParser(html)
    body = tree.body
    if body is None:
        return "", "", (), []
    found = items_of(tree) if items else []
    tree.strip_tags(list(_GONE))
    # Nodes are fenced, not removed: removing a node inside of a removed one is not safe.
    fenced = [(node, kind) for selector, kind in ((_HIDDEN, "h"), (_QUOTES, "q")) for node in body.css(selector)[:_MAX_MARKS]]
    links = _links(tree, quoting=any(kind == "q" for _, kind in fenced))
    for node in body.css(_STRUCK)[:_MAX_MARKS]:
        # What is struck out does not hold any more: it is marked as plain text marks it.
        node.insert_before("~~")
        node.insert_after("~~")
    for node, kind in fenced:
        node.insert_before(_OPEN + kind)
        node.insert_after(_CLOSE)
    return *_unfence(body.text(deep=True, separator="")), links, found


def _unfence(text: str) -> tuple[str, str]:
    """Take the fenced parts out: hidden ones vanish, quoted ones are kept apart."""
    kept: list[str] = []
    quoted: list[str] = []
    kinds: list[str] = []
    for index, piece in enumerate(re.split(f"([{_OPEN}{_CLOSE}])", text)):
        if index % 2:
            if piece == _OPEN:
                kinds.append("")
            elif kinds:
                kinds.pop()
            continue
        if kinds and not kinds[-1]:
            kinds[-1], piece = piece[:1], piece[1:]  # noqa: PLW2901 -- the fence's kind is cut off
        if "h" in kinds:
            continue
        (quoted if kinds else kept).append(piece)
    return "".join(kept), "".join(quoted)


class _Plain(HTMLParser):
    """The stdlib's parser: ten times as slow, always there."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []
        self.quoted: list[str] = []
        self.gone = 0
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.gone += tag in {*_GONE, "head"}
        self.depth += tag == "blockquote"

    def handle_endtag(self, tag: str) -> None:
        if tag in {*_GONE, "head"} and self.gone:
            self.gone -= 1
        if tag == "blockquote" and self.depth:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if not self.gone:
            (self.quoted if self.depth else self.kept).append(data)


def _plain(html: str) -> tuple[str, str]:
    parser = _Plain()
    try:
        parser.feed(html)
        parser.close()
    except Exception:  # noqa: BLE001 -- html.parser asserts on some declarations; what was read so far stands
        return "".join(parser.kept), "".join(parser.quoted)
    return "".join(parser.kept), "".join(parser.quoted)
