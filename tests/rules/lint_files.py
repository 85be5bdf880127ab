"""Files to be attached, made here: office files, PDFs, archives, and hostile ones of each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from pypdf import PdfWriter
from pypdf.annotations import FreeText, Link, Text
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

__all__ = ["bomb", "docx", "locked_pdf", "pdf", "zipped"]

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(body: str = "", **parts: str) -> bytes:
    """Return a word processor's file; `body` stands in its document, `parts` are further parts by a short name."""
    names = {
        "comments": "word/comments.xml",
        "header": "word/header1.xml",
        "footer": "word/footer2.xml",
        "core": "docProps/core.xml",
        "app": "docProps/app.xml",
        "custom": "docProps/custom.xml",
        "footnotes": "word/footnotes.xml",
        "rels": "word/_rels/document.xml.rels",
    }
    document = f'<?xml version="1.0"?><w:document {_W}><w:body>{body}</w:body></w:document>'
    others = {names[name]: content.replace("W:NS", _W) for name, content in parts.items()}
    return zipped({"[Content_Types].xml": _TYPES, "word/document.xml": document, **others})


def pdf(
    text: str = "Plain", *, info: Mapping[str, str] | None = None, xmp: str = "", note: str = "", link: str = "", mark: str = ""
) -> bytes:
    """Return a PDF of one page."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode("latin-1"))
    page[NameObject("/Contents")] = writer._add_object(stream)
    font = writer._add_object(_names(Type="Font", Subtype="Type1", BaseFont="Helvetica", Encoding="WinAnsiEncoding"))
    fonts = DictionaryObject({NameObject("/F1"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    if info:
        writer.add_metadata(dict(info))
    if xmp:
        writer.xmp_metadata = xmp.encode()
    if note:
        writer.add_annotation(0, Text(rect=(10, 10, 20, 20), text=note))
    if link:
        writer.add_annotation(0, Link(rect=(10, 10, 20, 20), url=link))
    if mark:
        writer.add_outline_item(title=mark, page_number=0)
    return _written(writer)


def locked_pdf() -> bytes:
    """Return a PDF that opens with a password only."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_annotation(0, FreeText(text="x", rect=(1, 1, 9, 9)))
    writer.encrypt("a password", algorithm="RC4-128")
    return _written(writer)


def bomb(size: int = 60_000_000) -> bytes:
    """Return an office file of a few KB whose document unpacks to `size` octets."""
    return zipped({"[Content_Types].xml": _TYPES, "word/document.xml": b"<w>" + b" " * size + b"</w>"})


def _names(**values: str) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): NameObject(f"/{value}") for key, value in values.items()})


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
