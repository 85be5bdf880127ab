"""The MIME tree of a whole message (RFC 2045, RFC 2046), found by looking for boundaries, nothing copied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from rules.mail.encoding import clean, decode_words, to_text
from rules.mail.headers import mime_fields
from rules.mail.structure import MAX_DEPTH, MAX_PARTS, Part

__all__ = ["Tree", "header_of", "parameters", "read_tree"]

_BLANK_LINE = re.compile(rb"\r?\n\r?\n|\r\r")
_MAX_HEADER = 65536
_MAX_BOUNDARY = 200
_MAX_HITS = 5000
_PARAM = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))')
_ESCAPE = re.compile(r"\\(.)")


@dataclass(slots=True)
class Tree:
    """The parts, and where the body of each stands in the raw message."""

    root: Part
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    defects: list[str] = field(default_factory=list)

    def octets(self, raw: bytes, part: Part, limit: int) -> bytes:
        """Return the body of a part as it stands, at most `limit` octets."""
        start, end = self.spans.get(part.path, (0, 0))
        return raw[start : min(end, start + limit)]


def header_of(raw: bytes) -> bytes:
    """Return the header block of a message, at most 64 KB."""
    return raw[: min(_end_of_header(raw, 0, len(raw))[0], _MAX_HEADER)]


def _end_of_header(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Return (end of the header block, start of the body)."""
    if raw.startswith((b"\n", b"\r\n"), start):  # a part without a header
        return start, start + (1 if raw[start] == 10 else 2)  # noqa: PLR2004 -- line feed
    match = _BLANK_LINE.search(raw, start, end)
    return (match.start(), match.end()) if match else (end, end)


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """Split a Content-Type or Content-Disposition into its lower-case value and its parameters (RFC 2231 included)."""
    value = value[:4096]
    main = value.partition(";")[0].strip().lower()
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for match in _PARAM.finditer(value):
        name = match[1].lower()
        text = _ESCAPE.sub(r"\1", match[2]) if match[2] is not None else match[3].strip()
        if "*" not in name:
            plain.setdefault(name, clean(decode_words(text)))
            continue
        base, _, number = name.partition("*")
        coded = number.endswith("*") or not number
        digits = number.rstrip("*")
        pieces.setdefault(base, []).append((int(digits) if digits.isdecimal() and len(digits) < 4 else 0, coded, text))  # noqa: PLR2004
    for base, found in pieces.items():
        charset = ""
        data = b""
        for number, coded, text in sorted(found):
            piece = text
            if coded and number == 0 and piece.count("'") > 1:
                charset, _, piece = piece.split("'", 2)
            data += unquote_to_bytes(piece) if coded else piece.encode("utf-8", "replace")
        plain[base] = clean(to_text(data, charset))
    return main, plain


def read_tree(raw: bytes) -> Tree:
    """Read the structure of a message. Bounded in depth and number of parts; what is beyond is told in `defects`."""
    reader = _Reader(raw)
    reader.tree.root = reader.part(0, len(raw), "", 0)
    return reader.tree


class _Reader:
    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.tree = Tree(Part("", "text/plain"))
        self.count = 0

    def part(self, start: int, end: int, path: str, depth: int) -> Part:
        """Read the part that stands between two offsets."""
        self.count += 1
        head_end, body = _end_of_header(self.raw, start, end)
        fields = mime_fields(self.raw[start : min(head_end, start + _MAX_HEADER)])
        kind, params = parameters(fields.get("content-type", ""))
        if "/" not in kind:
            kind = "text/plain"
        disposition, extra = parameters(fields.get("content-disposition", ""))
        children: tuple[Part, ...] = ()
        if kind.startswith("multipart/"):
            boundary = params.get("boundary", "").encode("utf-8", "replace")[:_MAX_BOUNDARY]
            children = self._children(self._between(body, end, boundary, depth), path, depth)
            if not children:
                kind = "text/plain"  # a broken multipart: its text is better than nothing
        own_path = path or ("" if children else "1")
        self.tree.spans[own_path] = (body, end)
        return Part(
            path=own_path,
            type=kind,
            params=params,
            encoding=fields.get("content-transfer-encoding", "").partition(";")[0].strip().lower(),
            size=end - body,
            disposition=disposition,
            filename=extra.get("filename") or params.get("name", ""),
            children=children,
        )

    def _children(self, spans: list[tuple[int, int]], path: str, depth: int) -> tuple[Part, ...]:
        found: list[Part] = []
        for number, (first, last) in enumerate(spans, start=1):
            if self.count >= MAX_PARTS:
                self._defect(f"more than {MAX_PARTS} parts; the rest was not read")
                break
            found.append(self.part(first, max(first, last), f"{path}.{number}" if path else str(number), depth + 1))
        return tuple(found)

    def _between(self, start: int, end: int, boundary: bytes, depth: int) -> list[tuple[int, int]]:
        """Return the spans between the delimiter lines of one multipart (RFC 2046 section 5.1.1)."""
        if not boundary:
            return []
        if depth >= MAX_DEPTH:
            self._defect(f"parts nested deeper than {MAX_DEPTH} were not read")
            return []
        spans: list[tuple[int, int]] = []
        opened = -1
        for hit, after, closing in self._delimiters(b"--" + boundary, start, end):
            if opened >= 0:
                spans.append((opened, max(opened, self._trim(hit))))
                opened = -1
            if closing or after >= end or len(spans) >= MAX_PARTS:
                break
            opened = after
        if opened >= 0:
            spans.append((opened, end))  # cut off: the last part runs to the end
        return spans

    def _delimiters(self, delimiter: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """Yield (offset of the delimiter line, offset behind it, whether it closes) of each delimiter line."""
        position = start
        for _ in range(_MAX_HITS):
            hit = self.raw.find(delimiter, position, end)
            if hit < 0:
                return
            position = hit + len(delimiter)
            if hit > start and self.raw[hit - 1] not in b"\r\n":
                continue
            closing = self.raw.startswith(b"--", position)
            if not closing and self.raw[position : position + 1] not in {b"\r", b"\n", b" ", b"\t", b""}:
                continue  # the longer boundary of an inner part
            line_end = self.raw.find(b"\n", position, end)
            yield hit, end if line_end < 0 else line_end + 1, closing
        self._defect("too many lines that look like boundaries")

    def _trim(self, offset: int) -> int:
        """Return the offset before the line end that belongs to the delimiter."""
        if self.raw[offset - 1 : offset] == b"\n":
            offset -= 1
        return offset - 1 if self.raw[offset - 1 : offset] == b"\r" else offset

    def _defect(self, text: str) -> None:
        if text not in self.tree.defects:
            self.tree.defects.append(text)
