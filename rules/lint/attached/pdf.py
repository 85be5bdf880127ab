"""PDF files (ISO 32000): their text, Info dictionary, XMP metadata, annotations, bookmarks and files within, through pypdf."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from rules.lint.attached.types import MAX_TEXT, Looked, Piece, UnreadableError

if TYPE_CHECKING:
    from pypdf import PdfReader

__all__ = ["is_pdf", "look_into_pdf"]

_MOST_PAGES = 300
_MOST_NOTES = 500
_LARGEST_STREAM = 8 * 1024 * 1024
_WORK = 2 * _LARGEST_STREAM
_MOST_OPERATORS = 200_000
_MOST_FORMS = 200
_HEAD = 1024
"""A PDF begins within so many octets (ISO 32000-1, annex H.3.4.1)."""


def is_pdf(data: bytes) -> bool:
    """Say whether a file is a PDF."""
    return b"%PDF-" in data[:_HEAD]


def look_into_pdf(data: bytes) -> Looked:
    """Return what a PDF holds. Raises UnreadableError where nothing of it can be read."""
    from pypdf import apply_configuration  # noqa: PLC0415 - 10 MB, needed for few files

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells every fault of a file, and files are full of them
    with apply_configuration(
        maximum_declared_stream_length=_LARGEST_STREAM,
        array_based_stream_maximum_output_length=_LARGEST_STREAM,
        jbig2_maximum_output_length=_LARGEST_STREAM,
        lzw_maximum_output_length=_LARGEST_STREAM,
        run_length_maximum_output_length=_LARGEST_STREAM,
        zlib_maximum_output_length=_LARGEST_STREAM,
        brotli_maximum_output_length=_LARGEST_STREAM,
        image_maximum_buffer_size=_LARGEST_STREAM,
        stream_decoding_work_maximum_length=_WORK,
        stream_parsing_work_maximum_count=_MOST_OPERATORS,
        xform_maximum_invocations_per_extraction=_MOST_FORMS,
        page_tree_maximum_page_entries=_MOST_OPERATORS,
        jbig2dec_binary=None,  # no other program is started
    ):
        return _Gathered(_opened(data)).look()


def _opened(data: bytes) -> PdfReader:
    from pypdf import PdfReader  # noqa: PLC0415 - as above

    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        locked = bool(reader.is_encrypted) and not reader.decrypt("")
        if not locked:
            len(reader.pages)
    except Exception as error:
        # A parser of other people's files raises whatever they make it raise.
        raise UnreadableError("its PDF is broken, or encrypted in a way that cannot be read") from error
    if locked:
        raise UnreadableError("it is protected by a password")
    return reader


class _Gathered:
    """What was found so far in one PDF."""

    def __init__(self, reader: PdfReader) -> None:
        self._reader = reader
        self._pieces: list[Piece] = []
        self._unread: dict[str, None] = {}

    def look(self) -> Looked:
        reader = self._reader
        self._gather("its properties", lambda: _info(reader))
        self._gather("its metadata", lambda: _xmp(reader))
        commented = self._gather("a note in it", lambda: _annotations(reader, comments=True))
        self._gather("a link or a field in it", lambda: _annotations(reader, comments=False))
        self._gather("its bookmarks", lambda: _outline(reader))
        self._gather("the name of a file in it", lambda: iter(list(reader.attachments)[:_MOST_NOTES]))
        if not self._gather("the text", lambda: _pages(reader)):
            self._unread["it has no text, only pictures"] = None
        if len(reader.pages) > _MOST_PAGES:
            self._unread[f"only its first {_MOST_PAGES} pages were read"] = None
        return Looked(tuple(self._pieces), ("comments",) if commented else (), tuple(self._unread))

    def _gather(self, where: str, texts: Callable[[], Iterator[str]]) -> bool:
        """Take what a reader of one sort yields; say whether that was anything."""
        length = 0
        try:
            for text in texts():
                length += len(text)
                if length > MAX_TEXT:
                    self._unread["it holds more text than is looked at"] = None
                    break
                if text.strip():
                    self._pieces.append(Piece(where, text))
        except Exception:  # noqa: BLE001 - as above: what was read so far stands
            self._unread[f"{where} is broken"] = None
        return any(piece.where == where for piece in self._pieces)


def _info(reader: PdfReader) -> Iterator[str]:
    for key, value in (reader.metadata or {}).items():
        if str(key) not in {"/CreationDate", "/ModDate"}:
            yield str(value)


def _xmp(reader: PdfReader) -> Iterator[str]:
    stream = reader.root_object.get("/Metadata")
    if stream is not None:
        data = stream.get_object().get_data()[:MAX_TEXT]
        # The text of the packet, tags and all: attributes are properties, too.
        yield data.decode("utf-16" if data[:2] in {b"\xfe\xff", b"\xff\xfe"} else "utf-8", "replace")


def _annotations(reader: PdfReader, *, comments: bool) -> Iterator[str]:
    for page in islice(reader.pages, _MOST_PAGES):
        for entry in islice(page.get("/Annots") or (), _MOST_NOTES):
            note = entry.get_object()
            if (note.get("/Subtype") not in {"/Link", "/Widget", "/Popup"}) is not comments:
                continue
            for key in ("/Contents", "/T", "/Subj", "/RC", "/V", "/TU"):
                if key in note:
                    yield str(note[key])
            if "/A" in note and "/URI" in note["/A"]:
                yield str(note["/A"]["/URI"])


def _outline(reader: PdfReader) -> Iterator[str]:
    stack: list[Sequence[Any]] = [reader.outline]
    count = 0
    while stack and count < _MOST_NOTES:
        for item in stack.pop():
            count += 1
            if isinstance(item, list):
                stack.append(item)
            else:
                yield str(item.title)


def _pages(reader: PdfReader) -> Iterator[str]:
    for page in islice(reader.pages, _MOST_PAGES):
        yield page.extract_text()
