"""Header field bodies in ASCII: RFC 5322 folding, RFC 2047 encoded words.

Written out here because the standard library's folding has a choice of its own: it turns a msg-id of more than 77 characters
into an encoded word, which breaks the thread, and its quoting of long display names has had faults in several releases.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rules.drafts.clean import one_line
from rules.drafts.references import is_msg_id
from rules.mail import Address

__all__ = ["address_list", "is_addressable", "msg_ids", "unstructured"]

_LINE = 76
"""Columns before the CRLF; RFC 5322 section 2.1.1 asks for at most 78."""
_WORD_OCTETS = 39
"""UTF-8 octets of one encoded word: 52 characters of Base64, 12 around them and `Subject: ` fit the 76 columns of RFC 2047."""
_PLAIN = re.compile(r"[ -~]*")
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_MAX_NAME = 120
_MAX_UNSTRUCTURED = 400


def _fold(name: str, tokens: Sequence[str]) -> str:
    """Join tokens by blanks, with CRLF before a blank wherever the line would grow too long."""
    body, column = "", len(name) + 1
    for token in tokens:
        # Never before the first token: some readers take a field whose first line is empty for an empty field.
        if body and column + 1 + len(token) > _LINE:
            body, column = f"{body}\r\n", 0
        body, column = f"{body} {token}", column + 1 + len(token)
    return body[1:]


def _encoded_words(text: str) -> list[str]:
    """Return `text` as encoded words, no character split between two of them (RFC 2047 section 5)."""
    words, chunk = [], b""
    for character in text:
        octets = character.encode("utf-8", "replace")
        if len(chunk) + len(octets) > _WORD_OCTETS:
            words.append(chunk)
            chunk = b""
        chunk += octets
    return [f"=?utf-8?B?{base64.b64encode(octets).decode('ascii')}?=" for octets in (*words, chunk) if octets]


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and "=?" not in text


def unstructured(name: str, text: str) -> str:
    """Return the body of an unstructured field such as Subject. Control characters and line breaks are gone from it."""
    line = one_line(text, _MAX_UNSTRUCTURED)
    return _fold(name, line.split(" ") if _is_plain(line) else _encoded_words(line))


def _addr_spec(address: str) -> str:
    """Return the addr-spec in ASCII, a domain with other letters as A-labels. Raises ValueError."""
    local, at, domain = address.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError(f"no address to write to: {address!r}") from error
    if not at or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(ascii_domain):
        raise ValueError(f"no address to write to: {address!r}")
    return f"{local}@{ascii_domain}"


@lru_cache(maxsize=1024)
def is_addressable(address: str) -> bool:
    """Say whether an address can stand in From or To as `address_list` writes it."""
    try:
        _addr_spec(address)
    except ValueError:
        return False
    return True


def address_list(name: str, address: Address) -> str:
    """Return the body of From or To with one mailbox.

    Raises ValueError when the address cannot stand in a message that every server takes: a local part outside of ASCII (RFC
    6531) or one that needs quotes, white space, no domain.
    """
    spec = _addr_spec(address.address)
    display = one_line(address.name, _MAX_NAME)
    if not display:
        return _fold(name, [spec])
    if not _is_plain(display):
        tokens = _encoded_words(display)
    elif _PHRASE.fullmatch(display):
        tokens = display.split(" ")
    else:
        escaped = display.replace("\\", "\\\\").replace('"', '\\"')
        tokens = f'"{escaped}"'.split(" ")
    return _fold(name, [*tokens, f"<{spec}>"])


def msg_ids(name: str, ids: Iterable[str]) -> str:
    """Return the body of Message-ID, In-Reply-To or References: ids stay whole and as they are; what is none is left out."""
    return _fold(name, [f"<{text}>" for text in ids if is_msg_id(text)])
