"""Office files that are zip archives of XML: docx, xlsx, pptx (ISO/IEC 29500) and those of OpenDocument (ISO/IEC 26300).

Every XML part is read: text, headers and footers, comments, tracked changes, and the properties of the document.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from rules.lint.attached.markup import read_xml
from rules.lint.attached.types import MAX_TEXT, Looked, Piece, UnreadableError

__all__ = ["is_office", "look_into_office"]

_MOST_PARTS = 2000
_LARGEST_PART = 16 * 1024 * 1024
_LARGEST = 48 * 1024 * 1024
"""Octets that are unpacked of one file, all parts together."""
_STEP = 256 * 1024
_BREAKS = frozenset({
    "p", "h", "tr", "tc", "si", "row", "title", "subject", "creator", "keywords", "description", "lastModifiedBy", "category",
    "property", "Company", "Manager", "Template", "list-item", "table-cell", "author", "text", "comment", "initial-creator",
    "contentStatus", "HyperlinkBase", "lpstr", "lpwstr", "user-defined", "v", "is", "c", "cm", "presenter", "keyword",
    "generator",
})  # fmt: skip
_SILENT = frozenset({"binData"})
_WHERE = (
    ("docProps/custom", "its own properties"),
    ("docProps/", "its properties"),
    ("meta.xml", "its properties"),
    ("comments", "a comment"),
    ("threadedComment", "a comment"),
    ("persons/", "a comment"),
    ("people.xml", "a comment"),
    ("/header", "a header"),
    ("/footer", "a footer"),
    ("footnotes", "a footnote"),
    ("endnotes", "a footnote"),
    ("notesSlide", "the notes of a slide"),
    ("customXml/", "data that is kept in it"),
    (".rels", "a link"),
)
_CHANGES = frozenset(
    {
        "ins",
        "del",
        "moveFrom",
        "moveTo",
        "tracked-changes",
        "changed-region",
        "rPrChange",
        "pPrChange",
        "sectPrChange",
        "cellIns",
        "cellDel",
    }
)
_TEXTS = frozenset(
    {"Target", "descr", "title", "alt", "href", "val", "tooltip", "author", "name", "displayName", "lastModifiedBy"}
)
_NESTED = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp")
_DEPTH = 2


def is_office(data: bytes) -> bool:
    """Say whether a file is a zip archive."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


def _where(name: str) -> str:
    return next((where for part, where in _WHERE if part in name), "the text")


class _Budget:
    """What may still be unpacked of a file, whatever its directory says."""

    def __init__(self) -> None:
        self.left = _LARGEST

    def unpack(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
        """Return the octets of a part. Raises UnreadableError."""
        if entry.flag_bits & 1:
            raise UnreadableError("it is protected by a password")
        kept = []
        size = 0
        try:
            with archive.open(entry) as part:
                while block := part.read(_STEP):
                    size += len(block)
                    self.left -= len(block)
                    if size > _LARGEST_PART or self.left < 0:
                        raise UnreadableError("it unpacks to far more than it seems to be")
                    kept.append(block)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
            raise UnreadableError("its archive is broken") from error
        return b"".join(kept)


def look_into_office(data: bytes, depth: int = 0, budget: _Budget | None = None) -> Looked:
    """Return what an office file, or another zip archive, holds. Raises UnreadableError where nothing of it can be read."""
    budget = budget or _Budget()
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, UnicodeDecodeError, OverflowError) as error:
        raise UnreadableError("its archive is broken") from error
    pieces: list[Piece] = []
    traces: dict[str, None] = {}
    unread: dict[str, None] = {}
    names = {entry.filename for entry in entries}
    if names & {"EncryptedPackage", "EncryptionInfo"}:
        raise UnreadableError("it is protected by a password")
    if len(entries) > _MOST_PARTS:
        unread["it has too many parts"] = None
    with archive:
        for entry in entries[:_MOST_PARTS]:
            if entry.is_dir():
                continue
            try:
                found = _part(archive, entry, depth, budget)
            except UnreadableError as error:
                unread[str(error)] = None
                if budget.left < 0:
                    break
                continue
            pieces += found.pieces
            traces.update(dict.fromkeys(found.traces))
            unread.update(dict.fromkeys(found.unread))
    return Looked(tuple(pieces), tuple(traces), tuple(unread))


def _part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, depth: int, budget: _Budget) -> Looked:
    name = entry.filename
    lower = name.lower()
    if lower.endswith((".xml", ".rels")):
        return _xml_part(name, budget.unpack(archive, entry))
    if lower.endswith((".txt", ".csv", ".md", ".html", ".htm", ".json")):
        text = budget.unpack(archive, entry)[:MAX_TEXT].decode("utf-8", "replace")
        return Looked((Piece(name, text),))
    if lower.endswith(_NESTED):
        if depth >= _DEPTH:
            raise UnreadableError("files lie too deep in it")
        found = look_into_office(budget.unpack(archive, entry), depth + 1, budget)
        return Looked(tuple(Piece(f"{name}, {piece.where}", piece.text) for piece in found.pieces), found.traces, found.unread)
    if lower.endswith(".pdf"):
        from rules.lint.attached.pdf import look_into_pdf  # noqa: PLC0415 - needed for few files

        return look_into_pdf(budget.unpack(archive, entry))
    if lower.endswith((".bin", ".doc", ".xls", ".ppt", ".zip", ".vba", ".vsdx")):
        raise UnreadableError(f"{name.rpartition('/')[2]} lies in it")
    return Looked()  # pictures, fonts


def _xml_part(name: str, data: bytes) -> Looked:
    where = _where(name)
    said: list[str] = []
    traces: dict[str, None] = {}

    def begins(local: str, attributes: dict[str, str]) -> None:
        said.extend(value for key, value in attributes.items() if key in _TEXTS and len(value) > 1)
        if local in _CHANGES and ("author" in attributes or local in {"tracked-changes", "changed-region"}):
            traces["tracked changes"] = None
        elif local in {"comment", "annotation", "threadedComment", "cm"}:
            traces["comments"] = None

    text = read_xml(data, breaks=_BREAKS, silent=_SILENT, begins=begins)
    pieces = [Piece(where, text)] if text.strip() else []
    if said:
        pieces.append(Piece("a name or link in it" if where == "the text" else where, "\n".join(dict.fromkeys(said))[:MAX_TEXT]))
    return Looked(tuple(pieces), tuple(traces))
