"""A stranger's HTML written anew so that it can stand below our own words: what is known to be harmless, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import TYPE_CHECKING, Final

from rules.mail.html import render

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

__all__ = ["quotable"]

_READ: Final = 512 * 1024
"""Characters of an original that are looked at."""
_MOST: Final = 64 * 1024
"""Characters that a quotation takes; a longer one is told in its words alone."""
_MOST_WORDS: Final = 10_000
_NODES: Final = 30_000
_DEEPEST: Final = 200
_CUT: Final = "[…]"
_BREAK: Final = "<br>\n"
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,20})[^<>]{0,20000}>")
_OPEN_ENDED: Final = frozenset({"br", "hr", "img", "meta", "link", "input", "col", "wbr", "p", "li", "td", "tr", "th", "option"})
"""Elements that are empty, or that nobody need close."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEPT: Final = _names(
    "a abbr address article b big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption "
    "figure font footer h1 h2 h3 h4 h5 h6 header hr i ins kbd li main mark ol p pre q s samp section small span strike strong "
    "sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
_EMPTY: Final = frozenset({"br", "col", "hr", "wbr"})
_DROPPED: Final = _names(
    "applet audio base basefont bgsound button canvas datalist embed frame frameset head iframe input link map math meta noembed "
    "noframes noscript object option optgroup param plaintext script select source style svg template textarea title track video "
    "xml"
)
"""Elements that go with all that is in them; any other unknown one leaves its content."""
_ATTRIBUTES: Final = _names(
    "align bgcolor border cellpadding cellspacing color colspan dir face height lang nowrap rowspan size start type valign width"
)
_VALUE: Final = re.compile(r"[\w\s#%.,;:()'/+-]{0,200}")
_LINK: Final = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>\"'\\]{1,2000}", re.IGNORECASE)
_STYLES: Final = _names(
    "background-color border border-bottom border-collapse border-color border-left border-right border-spacing border-style "
    "border-top border-width color direction font font-family font-size font-style font-variant font-weight letter-spacing "
    "line-height list-style-type margin margin-bottom margin-left margin-right margin-top max-width min-width padding "
    "padding-bottom padding-left padding-right padding-top text-align text-decoration text-indent text-transform "
    "vertical-align white-space width word-spacing"
)
_STYLE: Final = re.compile(r"[\w\s#%.,'!+-]{1,200}|rgba?\([\d\s.,%]{1,50}\)", re.IGNORECASE)
_UNSEEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_WORD: Final = re.compile(r"\w")


def quotable(body: str, *, html: bool) -> str:
    """Return a body, HTML or plain text, as HTML of at most 64 K characters. Never raises."""
    if not html:
        return _told(body)
    if _depth(body[:_READ]) > _DEEPEST:
        return _told(unescape(_TAG.sub(" ", body[:_READ])))
    if len(body) <= _READ:
        try:
            written = "".join(_written(body)).strip()
        except Exception:  # noqa: BLE001 - the parser is absent, or at its wits' end: its words will do
            written = ""
        if written and len(written) <= _MOST:
            return f"<div>{written}</div>"
    seen = render(body)
    return _told("\n\n".join(filter(None, (seen.text, seen.quoted))))


def _depth(html: str) -> int:
    """Return how deep elements stand in each other, or more where they are not closed: parsers take their time over thousands."""
    depth = deepest = 0
    for match in _TAG.finditer(html):
        if match[2].lower() not in _OPEN_ENDED:
            depth = max(0, depth - 1) if match[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _told(text: str) -> str:
    """Return plain text as HTML, a line for a line; each character takes six at most."""
    lines = "".join(one for one in text[:_MOST_WORDS] if one in "\n\t" or one.isprintable()).strip("\n").split("\n")
    shown = [_indented(line.replace("\t", " ").rstrip()) for line in lines]
    if len(text) > _MOST_WORDS:
        shown.append(_CUT)
    return f"<div>{_BREAK.join(shown)}</div>" if any(shown) else ""


def _indented(line: str) -> str:
    bare = line.lstrip(" ")
    return "&nbsp;" * min(len(line) - len(bare), 80) + escape(bare)


def _written(html: str) -> Iterator[str]:
    """Yield the pieces of what stands in the body of an HTML document.

    Raises ValueError where there is too much of it, and whatever the parser runs into.
    """
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - 25 ms that most commands can do without

    body = LexborHTMLParser(html).body
    node = body.child if body is not None else None
    above: list[tuple[LexborNode, str]] = []
    """What is open: the element, and the tag that closes it."""
    seen = 0
    while node is not None or above:
        if node is None:
            parent, closing = above.pop()
            yield closing
            node = parent.next
            continue
        seen += 1
        if seen > _NODES or len(above) > _DEEPEST:
            raise ValueError("too much of it")
        tag = (node.tag or "").lower()
        if tag == "-text":
            yield escape(node.text_content or "", quote=False)
        elif tag == "img":
            yield _picture(node)
        elif not tag.startswith(("-", "_", "!")) and tag not in _DROPPED and not _is_hidden(node):
            known = tag in _KEPT
            if known:
                yield _opening(tag, node)
            if tag not in _EMPTY:
                above.append((node, f"</{tag}>" if known else ""))
                node = node.child
                continue
        node = node.next


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or _UNSEEN.search((attributes.get("style") or "")[:2000]) is not None


def _picture(node: LexborNode) -> str:
    """Return what a picture is called, if anything: the picture itself does not come along."""
    called = " ".join((node.attributes.get("alt") or "")[:100].split())
    return f"[{escape(called)}]" if _WORD.search(called) and not _is_hidden(node) else ""


def _opening(tag: str, node: LexborNode) -> str:
    kept = []
    for name, value in node.attributes.items():
        name, value = name.lower(), (value or "")[:4000].strip()  # noqa: PLW2901 - as it is compared
        if (tag == "a" and name == "href" and _LINK.fullmatch(value)) or (name in _ATTRIBUTES and _VALUE.fullmatch(value)):
            kept.append((name, value))
        elif name == "style" and (styles := _styles(value)):
            kept.append(("style", styles))
    return f"<{tag}" + "".join(f' {name}="{escape(value)}"' for name, value in kept) + ">"


def _styles(value: str) -> str:
    kept = []
    for declaration in value.split(";")[:40]:
        name, _, said = (part.strip() for part in declaration.partition(":"))
        if name.lower() in _STYLES and _STYLE.fullmatch(said):
            kept.append(f"{name.lower()}:{said}")
    return ";".join(kept)
