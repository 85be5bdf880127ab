"""One file: what kind it is by what it begins with, and what it holds."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from rules.lint.attached.office import is_office, look_into_office
from rules.lint.attached.pdf import is_pdf, look_into_pdf
from rules.lint.attached.types import MAX_OCTETS, MAX_PIECE, MAX_TEXT, Looked, Piece, UnreadableError
from rules.lint.context import Attachment
from rules.lint.mail import read_mail, versions_of

__all__ = ["look_into"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Word, Excel and PowerPoint before 2007, and their newer files under a password."""
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF", b"II*\x00", b"MM\x00*")
_OVERLAP = 300
_SAMPLE = 4096
_STRANGE = 20
"""Control characters in a sample that no text has."""
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def look_into(attachment: Attachment) -> Looked:
    """Return what a file holds; what cannot be read is said in `unread`. Never raises; bounded by what is unpacked."""
    data = attachment.data
    if len(data) > MAX_OCTETS:
        return Looked(unread=("it is too large",))
    try:
        found = _look(data, attachment)
    except UnreadableError as error:
        return Looked(unread=(str(error),))
    except (RecursionError, MemoryError):
        return Looked(unread=("it is nested too deeply or too large",))
    return Looked(tuple(_cut(found.pieces)), found.traces, found.unread)


def _look(data: bytes, attachment: Attachment) -> Looked:
    if is_pdf(data):
        return look_into_pdf(data)
    if is_office(data):
        return look_into_office(data)
    if data.startswith(_OLE):
        raise UnreadableError("it is of the old kind of office files, or protected by a password")
    if data.startswith(b"{\\rtf"):
        raise UnreadableError("it is in rich text format")
    if attachment.type == "message/rfc822" or attachment.name.lower().endswith(".eml"):
        return _look_into_mail(data)
    if data.startswith(_PICTURES) or attachment.type.startswith(("image/", "audio/", "video/")):
        raise UnreadableError("it is a picture or a recording")
    codec = next((codec for mark, codec in _MARKS if data.startswith(mark)), "utf-8")
    if b"\x00" in data[:4096] and codec != "utf-16":
        raise UnreadableError("it is of a kind that is not known")
    text = data[:MAX_TEXT].decode(codec, "replace")
    if _is_page(text, attachment):
        return Looked(tuple(Piece("the text", version) for version in versions_of(text)))
    strange = sum(unicodedata.category(character) == "Cc" and not character.isspace() for character in text[:_SAMPLE])
    if strange > _STRANGE:
        raise UnreadableError("it is of a kind that is not known")
    return Looked((Piece("the text", text),))


def _is_page(text: str, attachment: Attachment) -> bool:
    named = attachment.name.lower().endswith((".html", ".htm", ".xhtml", ".svg", ".xml"))
    begins = text[:_SAMPLE].lstrip()[:9].lower()
    return named or attachment.type in {"text/html", "image/svg+xml"} or begins.startswith(("<!doctype", "<html"))


def _look_into_mail(data: bytes) -> Looked:
    """Return what a mail that goes along says; its own files are left to the user."""
    mail = read_mail(data)
    seen = (Piece("its subject", mail.subject), Piece("the text", mail.text), *(Piece("the text", text) for text in mail.behind))
    return Looked(seen, unread=("files lie in it",) if mail.attachments else ())


def _cut(pieces: tuple[Piece, ...]) -> Iterator[Piece]:
    """Yield pieces short enough to be searched, the long ones with an overlap, at most so many characters in all."""
    total = 0
    for piece in pieces:
        for begin in range(0, max(len(piece.text), 1), MAX_PIECE - _OVERLAP):
            part = piece.text[begin : begin + MAX_PIECE]
            total += len(part)
            if total > 2 * MAX_TEXT:
                return
            yield Piece(piece.where, part)
