"""From octets to clean text: charsets, RFC 2047 encoded words, RFC 2045 transfer encodings. Nothing in here raises."""

from __future__ import annotations

import binascii
import codecs
import re
from functools import lru_cache

__all__ = ["clean", "decode_transfer", "decode_words", "to_text"]

# What a label means in practice (WHATWG Encoding, section 4.2): Windows supersets for the ISO and national names.
_ALIASES = {
    "": "utf-8",
    "ansi": "cp1252",
    "ansi_x3.4-1968": "utf-8",
    "ascii": "utf-8",
    "cp-850": "cp850",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "iso8859-1": "cp1252",
    "ks_c_5601-1987": "cp949",
    "latin1": "cp1252",
    "shift_jis": "cp932",
    "us-ascii": "utf-8",
    "utf8": "utf-8",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "x-sjis": "cp932",
}
# Codecs that are no charsets of mail; two of them take quadratic time.
_REFUSED = frozenset({"idna", "mbcs", "oem", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"})

_DIRT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"=\?([^?\s]{1,64})\?([bBqQ])\?([^?]*)\?=")
_QP_TAIL = re.compile(rb"=[0-9A-Fa-f]?\s*\Z")
_BASE64_DIRT = re.compile(rb"[^A-Za-z0-9+/]+")
_REPLACEMENT = "\ufffd"
_STEP = 4


@lru_cache(maxsize=256)
def _codec(label: str) -> str:
    """Return the name of the Python codec for a charset label, or an empty string when there is none."""
    name = label.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return ""
    if info.name.replace("-", "_") in _REFUSED or not getattr(info, "_is_text_encoding", True):
        return ""
    return info.name


def to_text(data: bytes, charset: str = "", *, truncated: bool = False) -> str:
    """Decode octets: as labelled, else UTF-8, else Windows-1252; a character cut in two at the end is dropped."""
    name = _codec(charset)
    text = ""
    if name and name != "utf-8":
        try:
            text = data.decode(name, "replace")
        except (LookupError, ValueError, UnicodeError):
            name = ""
    if not name or name == "utf-8":
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            cut_short = truncated and error.start >= len(data) - _STEP
            mislabelled = name != "utf-8" or charset.strip().lower() in {"", "us-ascii", "ascii"}
            text = data.decode("utf-8", "replace") if cut_short or not mislabelled else data.decode("cp1252", "replace")
    return text.rstrip(_REPLACEMENT) if truncated else text


def clean(text: str, *, lines: bool = False) -> str:
    """Return text without control characters, directional overrides and lone surrogates.

    With `lines`, lines end with a line feed and white space stays; else all white space is collapsed to single blanks.
    """
    if lines:
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return _DIRT.sub(_dirt, text)
    if text.isprintable():
        return _SPACES.sub(" ", text).strip() if "  " in text or "\xa0" in text else text.strip()
    return _SPACES.sub(" ", _DIRT.sub(_dirt, text)).strip()


def _dirt(match: re.Match[str]) -> str:
    char = match[0]
    if char < "\xa0":
        return "" if char == "\x00" else " "
    return _REPLACEMENT if "\ud800" <= char <= "\udfff" else ""


@lru_cache(maxsize=2048)
def decode_words(text: str) -> str:
    """Decode the encoded words of a header value (RFC 2047), also inside quotes, as they stand in real mail."""
    if "=?" not in text:
        return text
    out: list[str] = []
    pending = b""
    label = ""
    end = 0
    for match in _WORD.finditer(text):
        gap = text[end : match.start()]
        charset = match[1].partition("*")[0].lower()
        data = _word_bytes(match[2], match[3])
        # RFC 2047 section 6.2: white space between encoded words is none; and a character may be split over two words.
        if pending and charset == label and not gap.strip():
            pending += data
        else:
            out.append(to_text(pending, label))
            out.append("" if end and not gap.strip() else gap)
            pending, label = data, charset
        end = match.end()
    out.append(to_text(pending, label))
    out.append(text[end:])
    return "".join(out)


def _word_bytes(encoding: str, word: str) -> bytes:
    data = word.encode("utf-8", "replace")
    if encoding in "bB":
        return decode_base64(data)
    return binascii.a2b_qp(data, header=True)


def decode_base64(data: bytes) -> bytes:
    """Decode base64, dirt left out and the last group cut off when it is incomplete (RFC 2045 section 6.8)."""
    parts = [_BASE64_DIRT.sub(b"", part) for part in data.split(b"=")]
    out = []
    for part in parts:
        odd = len(part) % _STEP
        whole = part + b"=" * (_STEP - odd) if odd > 1 else part[: len(part) - odd]
        try:
            out.append(binascii.a2b_base64(whole))
        except binascii.Error:
            continue
    return b"".join(out)


def decode_transfer(data: bytes, encoding: str, *, truncated: bool = False) -> bytes:
    """Undo a Content-Transfer-Encoding; `truncated` data may end in the middle of a unit."""
    name = encoding.strip().lower()
    if name == "base64":
        if truncated:
            whole = _BASE64_DIRT.sub(b"", data)
            data = whole[: len(whole) - len(whole) % _STEP]
        return decode_base64(data)
    if name == "quoted-printable":
        return binascii.a2b_qp(_QP_TAIL.sub(b"", data) if truncated else data)
    return data
