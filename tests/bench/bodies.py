"""Bodies of the kinds that fill a mailbox, put together from pieces that were encoded once."""

from __future__ import annotations

import base64
import binascii
import random

from tests.bench.headers import Headers
from tests.bench.words import Words

__all__ = ["Bodies"]

CELL = """<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%"
 style="max-width:620px;background:#{colour}"><tr><td align="left" style="padding:{pad}px 24px;
 font-family:Verdana,Geneva,sans-serif;font-size:15px;line-height:150%;color:#2b2b2b">
<h3 style="margin:0 0 6px">{title}</h3><p style="margin:0 0 10px">{text}</p>
<a href="https://go.bulkpost.example/r/{token}?u={token}&amp;c={pad}" style="color:#0a5">Go on reading</a>
<img src="https://pic.bulkpost.example/{token}.jpg" width="572" height="{high}" alt="" style="display:block"></td></tr></table>
"""
BASE64_LINE = 77
"""Octets of one line of base64, line end included."""


def _quoted(text: str) -> bytes:
    return binascii.b2a_qp(text.encode(), quotetabs=False, istext=True)


class Bodies:
    """Makes a Content-Type field with what follows it, header end included."""

    def __init__(self, rng: random.Random, words: Words, headers: Headers) -> None:
        """Encode the pieces: about 0.3 s."""
        self.rng, self.words, self.headers = rng, words, headers
        self._cells = [self._cell() for _ in range(1_200)]
        rules = "".join(
            f".b{n}{{margin:{n}px;padding:{2 * n}px;color:#{n * 4_099:06x}}}\n"
            f"@media screen and (max-width:{400 + n}px){{.p{n}{{width:100%!important}}}}\n"
            for n in range(30)
        )
        head = f'<!DOCTYPE html>\n<html><head><meta charset="utf-8">\n<style>\n{rules}</style></head>\n<body style="margin:0">\n'
        self._head = _quoted(head)
        self._foot = _quoted(
            '<p style="font-size:11px">You get this because you asked for it. © Unsubscribe below.</p>\n</body></html>\n'
        )
        self._blob = base64.encodebytes(rng.randbytes(1_400_000))

    def _cell(self) -> bytes:
        rng, words = self.rng, self.words
        return _quoted(
            CELL.format(
                colour=self.headers.token(6),
                pad=rng.randint(6, 40),
                title=rng.choice(words.topics),
                text=rng.choice(words.paragraphs),
                token=self.headers.token(40),
                high=rng.randint(120, 420),
            )
        )

    def html(self, size: int) -> bytes:
        """Return quoted-printable HTML of about `size` octets."""
        pieces, total = [self._head], len(self._head)
        while total < size:
            piece = self.rng.choice(self._cells)
            pieces.append(piece)
            total += len(piece)
        return b"".join([*pieces, self._foot])

    def plain(self, text: str) -> bytes:
        """Return a text/plain entity: 7bit, 8bit or base64."""
        kind = self.rng.random()
        if kind < 0.1:
            return b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(
                text.encode()
            )
        if text.isascii():
            return (
                b"Content-Type: text/plain; charset=us-ascii; format=flowed\nContent-Transfer-Encoding: 7bit\n\n" + text.encode()
            )
        if kind < 0.6:
            return b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + _quoted(text)
        return b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + text.encode()

    def markup(self, size: int) -> bytes:
        """Return a text/html entity of about `size` octets."""
        return b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + self.html(size)

    def multipart(self, subtype: str, parts: list[bytes]) -> bytes:
        """Return a multipart entity (RFC 2046 section 5.1)."""
        boundary = f"----=_Part_{self.headers.token(24)}".encode()
        opening = b"--" + boundary + b"\n"
        body = b"".join(opening + part + b"\n" for part in parts)
        return b'Content-Type: multipart/%s;\n boundary="%s"\n\n%s--%s--\n' % (subtype.encode(), boundary, body, boundary)

    def alternative(self, text: str, size: int) -> bytes:
        """Return the same thing as text and as HTML of about `size` octets."""
        return self.multipart("alternative", [self.plain(text), self.markup(size)])

    def calendar(self, text: str, method: str) -> bytes:
        """Return a text/calendar entity (RFC 5545, RFC 6047)."""
        fields = f'Content-Type: text/calendar; charset="UTF-8"; method={method}\nContent-Transfer-Encoding: '
        return f"{fields}base64\n\n".encode() + base64.encodebytes(text.replace("\n", "\r\n").encode())

    def attachment(self, size: int) -> bytes:
        """Return a binary part of about `size` octets."""
        lines = max(1, size // BASE64_LINE)
        start = self.rng.randrange(max(1, len(self._blob) // BASE64_LINE - lines)) * BASE64_LINE
        name = self.rng.choice(("scan.pdf", "IMG_2041.jpg", "minutes.docx", "Übersicht.xlsx", "slides.pptx")).encode()
        return (
            b"Content-Type: application/octet-stream; name*=utf-8''%s\nContent-Disposition: attachment\n"
            b"Content-Transfer-Encoding: base64\n\n%s"
        ) % (name if name.isascii() else b"%C3%9Cbersicht.xlsx", self._blob[start : start + lines * BASE64_LINE])
