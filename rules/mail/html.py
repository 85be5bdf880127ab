"""HTML to text: what a reader sees, line by line, with the quoted tail apart."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import NamedTuple

__all__ = ["Rendered", "render"]

MAX_CHARS = 256 * 1024
_MAX_MARKUP = 16 * 1024
_MAX_MARKS = 300

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
_QUOTED = (
    "blockquote,.gmail_quote,.gmail_quote_container,.gmail_attr,.yahoo_quoted,.moz-cite-prefix,.moz-email-headers-table,"
    ".protonmail_quote,.tutanota_quote,#isForwardContent,#isReplyContent,.zmail_extra"
)


class Rendered(NamedTuple):
    """Text with line ends, the quoted parts that were taken out of it, and the JSON-LD blocks."""

    text: str
    quoted: str
    markup: str


def render(html: str) -> Rendered:
    """Render at most 256 K characters of HTML. Never raises."""
    html = html[:MAX_CHARS]
    markup = "\n".join(block.strip() for block in _JSON_LD.findall(html))[:_MAX_MARKUP] if "ld+json" in html else ""
    marked = _BREAK.sub(_mark, _CELL.sub(" </td", _FENCE.sub("", html.replace("\f", " "))))
    try:
        text, quoted = _lexbor(marked)
    except Exception:  # noqa: BLE001 -- absent, or at its wits' end: the slow parser reads everything
        text, quoted = _plain(marked)
    if quoted and not text.strip():
        # Nothing but quotation: then it is not one (mailers use blockquote to indent).
        text, quoted = quoted, ""
    return Rendered(_lines(text), _lines(quoted), markup)


def _mark(match: re.Match[str]) -> str:
    return "\f\f<" if match[1].lower() in _WIDE else "\f<"


def _lines(text: str) -> str:
    text = _BLANKS.sub(" ", text)
    return _BREAKS.sub(lambda match: "\n\n" if match[0].count("\f") >= _WIDE_BREAK else "\n", text).strip()


def _lexbor(html: str) -> tuple[str, str]:
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 -- 25 ms that most commands can do without

    tree = LexborHTMLParser(html)
    body = tree.body
    if body is None:
        return "", ""
    tree.strip_tags(list(_GONE))
    # Nodes are fenced, not removed: removing a node inside of a removed one is not safe.
    for selector, kind in ((_HIDDEN, "h"), (_QUOTED, "q")):
        for node in body.css(selector)[:_MAX_MARKS]:
            node.insert_before(_OPEN + kind)
            node.insert_after(_CLOSE)
    return _unfence(body.text(deep=True, separator=""))


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
