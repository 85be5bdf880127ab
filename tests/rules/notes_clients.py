"""What mail programs make of a form that somebody filled in: one small function each, from a text to the bytes of a draft.

Each does what the program's source or documentation says of how it writes a draft: line breaks and blank lines, paragraphs,
encodings, signatures and quotation marks.
"""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Callable
from html import escape

from rules.drafts.flowed import flow

__all__ = ["CLIENTS", "Client"]

Client = Callable[[str], bytes]

_FIELDS = (
    "From: Robin Ferrer <robin@home.example>\nTo: robin@home.example\nSubject: Notes\nMessage-ID: <client-1@client.example>\n"
)


def _message(content_type: str, body: bytes, encoding: str = "8bit") -> bytes:
    header = f"{_FIELDS}MIME-Version: 1.0\nContent-Type: {content_type}\nContent-Transfer-Encoding: {encoding}\n\n"
    return header.replace("\n", "\r\n").encode() + body


def _alternative(plain: bytes, html: bytes) -> bytes:
    parts = b"--bd\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n" % _base64(plain)
    parts += (
        b"--bd\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%s\r\n--bd--\r\n"
        % (quopri.encodestring(html))
    )
    return _message('multipart/alternative; boundary="bd"', parts, "7bit")


def _base64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def _wrapped(text: str, width: int) -> str:
    """Break lines hard, as programs do that know nothing of format=flowed."""
    out = []
    for line in text.split("\n"):
        current = ""
        for word in line.split(" "):
            if current and len(current) + 1 + len(word) > width:
                out.append(current)
                current = word
            else:
                current = f"{current} {word}" if current else word
        out.append(current)
    return "\n".join(out)


def _smart(text: str) -> str:
    """Exchange typed signs as word processors do."""
    text = re.sub(r'(^|[\s(])"', "\\1\u201c", text).replace('"', "\u201d")
    return text.replace("'", "\u2019").replace("...", "\u2026")


def thunderbird_plain(text: str) -> bytes:
    """RFC 3676: soft breaks at 72 columns."""
    return _message("text/plain; charset=UTF-8; format=flowed", "\r\n".join(flow(text)).encode())


def thunderbird_html(text: str) -> bytes:
    """Write as the composer in HTML: a paragraph a block, lines by breaks, a signature below in a block of its own."""
    blocks = "".join(
        f"<p>{escape(block).replace(chr(10), '<br>' + chr(10))}<br>\n    </p>\n" for block in text.strip().split("\n\n")
    )
    body = f'{blocks}<div class="moz-signature">-- <br>\nRobin Ferrer<br>\nAnalyst at large</div>'
    head = '<meta http-equiv="content-type" content="text/html; charset=UTF-8">'
    return _message(
        "text/html; charset=UTF-8", f"<!DOCTYPE html>\n<html>\n<head>{head}</head>\n<body>{body}</body></html>".encode()
    )


def thunderbird_preformatted(text: str) -> bytes:
    """Write a plain draft opened in the HTML composer: one block that keeps its line ends."""
    return _message(
        "text/html; charset=UTF-8", f'<html><body><pre class="moz-quote-pre" wrap="">{escape(text)}</pre></body></html>'.encode()
    )


def gmail_web(text: str) -> bytes:
    """Write a block a line; blank ones hold a break; the plain part is broken at 78 columns."""
    lines = [f"<div>{escape(line).replace('  ', ' &nbsp;') or '<br>'}</div>" for line in text.split("\n")]
    html = f'<div dir="ltr">{"".join(lines)}<div><br></div><span class="gmail_signature_prefix">-- </span><br>'
    html += '<div dir="ltr" class="gmail_signature">Robin Ferrer<br>+1 555 0100</div></div>'
    return _alternative(_wrapped(text, 78).encode(), html.encode())


def outlook_web(text: str) -> bytes:
    """Write a styled block a line, hard blanks beside signs."""
    style = "font-family: Aptos, Calibri, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);"
    lines = [
        f'<div class="elementToProof" style="{style}">{escape(line).replace(": ", ":&nbsp;") or "<br>"}</div>'
        for line in text.split("\n")
    ]
    html = '<html><head><style type="text/css" style="display:none;"> P {margin-top:0;} </style></head><body dir="ltr">'
    html += "".join(lines) + '<div id="Signature"><p>Robin Ferrer</p><p>Analyst</p></div></body></html>'
    return _message("text/html; charset=utf-8", quopri.encodestring(html.encode()), "quoted-printable")


def outlook_desktop(text: str) -> bytes:
    """Write Word's HTML: a paragraph a line, the source broken anywhere, blank lines doubled, typed signs exchanged."""
    paragraphs = []
    for line in _smart(text).split("\n"):
        if line.startswith("- "):
            paragraphs.append(
                "<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]>"
                "<span style='font-family:Symbol;mso-list:Ignore'>\u00b7<span style='font:7.0pt \"Times New Roman\"'>"
                f"&nbsp;&nbsp;&nbsp;&nbsp; </span></span><![endif]>{escape(line[2:], quote=False)}<o:p></o:p></p>"
            )
        elif line:
            paragraphs.append(f"<p class=MsoNormal><span lang=EN-US>{escape(line, quote=False)}<o:p></o:p></span></p>")
        else:
            paragraphs.append("<p class=MsoNormal><o:p>&nbsp;</o:p></p>\n<p class=MsoNormal><o:p>&nbsp;</o:p></p>")
    source = _wrapped("\n".join(paragraphs), 76)
    head = '<!--[if gte mso 9]><xml><o:shapedefaults v:ext="edit"/></xml><![endif]-->'
    head += "<style><!-- p.MsoNormal {margin:0cm} --></style>"
    html = f'<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>{head}</head><body lang=EN-US>'
    html += f"<div class=WordSection1>{source}</div></body></html>"
    plain = _wrapped(_smart(text).replace("\n", "\n\n"), 76)
    return _alternative(plain.replace("\n", "\r\n").encode(), html.encode())


def outlook_plain(text: str) -> bytes:
    """Write its plain text: hard breaks at 76 columns in the charset of the west."""
    body = _wrapped(_smart(text), 76).replace("\n", "\r\n").encode("cp1252", "replace")
    return _message('text/plain; charset="windows-1252"', quopri.encodestring(body), "quoted-printable")


def apple_mail(text: str) -> bytes:
    """Write a block a line in HTML; the first line bare in the body; headings made bold by the user."""
    first, *rest = [escape(line) or "<br>" for line in text.split("\n")]
    rest = [f"<b>{line}</b>" if line.startswith("What ") and not line.endswith("?") else line for line in rest]
    html = f'<html><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">{first}'
    html += "".join(f"<div>{line}</div>" for line in rest) + "</body></html>"
    return _message("text/html; charset=utf-8", quopri.encodestring(html.encode()), "quoted-printable")


def iphone(text: str) -> bytes:
    """Plain text in quoted-printable, each paragraph one long line, with the words that the phone adds."""
    body = f"{_smart(text)}\n\nSent from my iPhone\n"
    return _message("text/plain; charset=utf-8", quopri.encodestring(body.encode()), "quoted-printable")


def quoting_phone(text: str) -> bytes:
    """Write a reply to oneself: an attribution, the form behind marks of quotation, and the signature above it."""
    quoted = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
    body = f"Sent from my phone\n\nOn Wed, 4 Mar 2026 at 15:45, Robin Ferrer <robin@home.example> wrote:\n\n{quoted}\n"
    return _message("text/plain; charset=utf-8", _base64(body.replace("\n", "\r\n").encode()), "base64")


def quoting_web(text: str) -> bytes:
    """Write the same in HTML."""
    lines = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))
    html = (
        '<div dir="auto"><br></div><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
        'On Wed, 4 Mar 2026 at 15:45, Robin Ferrer &lt;<a href="mailto:robin@home.example">robin@home.example</a>&gt; '
        "wrote:<br></div>"
        f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{lines}</blockquote></div>'
    )
    return _alternative(b"", html.encode())


def narrow_plain(text: str) -> bytes:
    """Break lines hard at 64 columns."""
    return _message("text/plain; charset=utf-8", _wrapped(text, 64).encode())


def flow_forgotten(text: str) -> bytes:
    """Keep soft breaks as hard ones, for format=flowed was dropped; what the user typed is not broken."""
    lines: list[str] = []
    for line in text.split("\n"):
        lines += flow(line) if len(line) > 100 else [line]
    return _message("text/plain; charset=utf-8", "\r\n".join(lines).encode())


def latin(text: str) -> bytes:
    """Write as an old program does: ISO 8859-1, eight bits, tabs for indentation."""
    spelled = text.replace("\u2022", "*").replace("\u2013", "-").replace("\n- ", "\n\t- ")
    return _message("text/plain; charset=iso-8859-1", spelled.encode("latin-1", "replace"))


def mutt(text: str) -> bytes:
    """As typed in an editor: headings in capitals or with signs around them, lists with stars."""
    lines = [f"* {line[2:]}" if line.startswith("- ") else line for line in text.split("\n")]
    lines = [
        f"== {line.upper()} ==" if re.match(r"What (went|stood|you forgot)", line) and len(line) < 50 else line for line in lines
    ]
    return _message("text/plain; charset=utf-8", "\n".join(lines).encode())


CLIENTS: tuple[Client, ...] = (
    thunderbird_plain, thunderbird_html, thunderbird_preformatted, gmail_web, outlook_web, outlook_desktop, outlook_plain,
    apple_mail, iphone, quoting_phone, quoting_web, narrow_plain, flow_forgotten, latin, mutt,
)  # fmt: skip
