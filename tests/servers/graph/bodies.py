"""What the service makes of HTML: what it keeps, and how it quotes the original of a reply.

Create message, example 1 (https://learn.microsoft.com/en-us/graph/api/user-post-messages): html, head and meta appear around what
was given. The form of the quotation is that of Outlook on the web: a rule, and a block named `divRplyFwdMsg`.
"""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Final

from tests.servers.graph.mime import html_of_text
from tests.servers.graph.store import Item

__all__ = ["kept_html", "quoted"]

_INSIDE: Final = re.compile(r"(?is)<body\b[^>]{0,2000}>(.*)</body\s*>")
_HEAD: Final = re.compile(r"(?is)<(head|script|style)\b.{0,100000}?</\1\s*>")
_SHELL: Final = re.compile(r"(?i)</?(?:html|body)\b[^>]{0,2000}>|<!doctype[^>]{0,400}>")
_TAG: Final = re.compile(r"<([a-zA-Z][a-zA-Z0-9]{0,20})((?:\s+[a-zA-Z-]{1,40}=\"[^\"<>]{0,2000}\"){2,20})\s*>")
_ATTRIBUTE: Final = re.compile(r"[a-zA-Z-]{1,40}=\"[^\"<>]{0,2000}\"")
_HTML: Final = (
    '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
    '<meta content="text/html; charset=us-ascii">\r\n</head><body>\r\n{}\r\n</body></html>\r\n'
)


def inside(content: str) -> str:
    """Return what stands in the body of HTML."""
    found = _INSIDE.search(content)
    return found[1] if found else _SHELL.sub("", _HEAD.sub("", content))


def kept_html(content: str) -> str:
    """Return HTML as it is kept: another shell, attributes in another order, and spaces that do not break."""
    body = _HEAD.sub("", inside(content)).strip()
    body = _TAG.sub(lambda found: f"<{found[1].lower()} {' '.join(sorted(_ATTRIBUTE.findall(found[2])))}>", body)
    return _HTML.format(body.replace("  ", "&nbsp; ").replace("<br/>", "<br>").replace("<br />", "<br>"))


def quoted(original: Item, comment: str) -> str:
    """Return the body of a reply: the comment, if any, a rule, who wrote what when, and what was written."""
    body = original.get("body") or {"contentType": "text", "content": ""}
    content = str(body["content"])
    words = inside(content if body["contentType"] == "html" else html_of_text(content))
    sender = (original.get("from") or {}).get("emailAddress") or {}
    to = "; ".join(f"{one['emailAddress']['name']}" for one in original.get("toRecipients") or [])
    sent = str(original.get("sentDateTime") or "")
    when = datetime.fromisoformat(sent).strftime("%A, %B %d, %Y %I:%M:%S %p") if sent else ""
    said = html.escape(comment).replace("\n", "<br>")
    return _HTML.format(
        f'{said}<br>\r\n<hr style="display:inline-block;width:98%" tabindex="-1">\r\n<div id="divRplyFwdMsg" dir="ltr">'
        f'<font face="Calibri, sans-serif" color="#000000" style="font-size:11pt"><b>From:</b> '
        f"{html.escape(str(sender.get('name') or ''))} &lt;{html.escape(str(sender.get('address') or ''))}&gt;<br>\r\n"
        f"<b>Sent:</b> {when}<br>\r\n<b>To:</b> {html.escape(to)}<br>\r\n"
        f"<b>Subject:</b> {html.escape(original.subject)}</font>\r\n"
        f"<div>&nbsp;</div>\r\n</div>\r\n{words}"
    )
