"""What a mail holds that ties it to others and is no fact of the process: ids of the sender's system, and persons by name.

Applicant-tracking systems write the number of a job, an application or a candidate into reply addresses, links and subjects. No
list of systems is needed: what looks like an id is one, and counts only where the same stands in a second mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256

from rules.extract.company import name_from_display
from rules.extract.people import is_name, read_signature
from rules.mail.types import Message
from rules.threads.names import name_key
from rules.threads.types import Hints

__all__ = ["hints_of", "tokens_of_address", "tokens_of_link", "tokens_of_text"]

_MOST_TOKENS = 32
_MOST_NAMES = 8
_MOST_LINKS = 60
_SCANNED = 16 * 1024
_LONGEST = 96
_PLAIN = 12
"""Longer ones are kept as a digest: a link may hold a key to somebody's account."""
_LINK = re.compile(r"https?://[^\s<>\"')\]}]{4,2000}", re.IGNORECASE)
_PIECES = re.compile(r"[/?&=#;,:.~!$*+%|]+")
_PARTS = re.compile(r"[-_]+")
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"\d{5,24}")
_NUMBERED = re.compile(r"[a-z]{1,4}\d{4,16}", re.IGNORECASE)
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")
_MIXED = re.compile(r"(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{8,96}", re.IGNORECASE)
_WORD_AND_YEAR = re.compile(r"[a-z]{3,}\d{1,4}", re.IGNORECASE)
_SHORT = re.compile(r"(?=(?:[a-z]*\d){2})(?=\d*[a-z])[a-z0-9]{5,7}", re.IGNORECASE)
_WRITTEN = re.compile(
    r"(?<![\w/@.-])(?:[A-Z]{1,5}[-_]?\d{4,14}|#\d{4,14})(?![\w@])"
    r"|(?<![\w/@.-])(?:[A-Z]{1,5}-)?\d{4}-\d{4,10}(?![\w@-])"
)
_FORWARDED = re.compile(r"\s+(?:via|through|over|\u00fcber|par|por|tramite)\s+.*$", re.IGNORECASE)


def hints_of(message: Message, *, own: frozenset[str], user: str = "") -> Hints:
    """Return what ties a message to others. Pure; never raises on any mail.

    `own` are the user's addresses, lower-case, `user` is their name: neither is a hint.
    """
    people = [message.sender, *message.reply_to, *message.to, *message.cc]
    tokens = {token for person in people if person.address not in own for token in tokens_of_address(person.address)}
    tokens.update(tokens_of_text(f"{message.envelope.subject}\n{message.text}"))
    for _, address in message.links[:_MOST_LINKS]:
        tokens.update(tokens_of_link(address))
    mine = name_key(user)
    names = {key for name in _named(message, own) if (key := name_key(name)) and key != mine}
    return Hints(tuple(sorted(tokens)[:_MOST_TOKENS]), tuple(sorted(names)[:_MOST_NAMES]))


def _named(message: Message, own: frozenset[str]) -> Iterator[str]:
    sender = message.sender
    if sender.address in own:
        return
    display = _FORWARDED.sub("", sender.name)
    person = name_from_display(display, sender.address)[0] or display
    for name in (person, read_signature(message.text, person).name, *(item.name for item in message.reply_to)):
        if is_name(name):
            yield name


def tokens_of_address(address: str) -> Iterator[str]:
    """Yield the ids in the local part of an address: `reply+abc123@`, `r-8134a77c@`; none in `anna.berger84@`."""
    local, _, tag = address.rpartition("@")[0].partition("+")
    for piece in _PIECES.split(tag):
        if any(char.isdigit() for char in piece):
            yield from _ids(piece, short=True)
    for piece in _PIECES.split(local):
        if "-" in piece or "_" in piece or _UUID.fullmatch(piece) or not _WORD_AND_YEAR.fullmatch(piece):
            yield from _ids(piece, short=True)


def tokens_of_link(address: str) -> Iterator[str]:
    """Yield the ids in path, query and fragment of an address of the web."""
    _, _, rest = address[:2048].partition("://")
    _, slash, path = rest.partition("/")
    if slash:
        for piece in _PIECES.split(path):
            yield from _ids(piece)


def tokens_of_text(text: str) -> Iterator[str]:
    """Yield the ids of links and references (`JR-104233`, `#40123`) in a text of which the first 16 K characters are read."""
    text = text[:_SCANNED]
    for count, match in enumerate(_LINK.finditer(text)):
        if count >= _MOST_LINKS:
            break
        yield from tokens_of_link(match[0])
    for match in _WRITTEN.finditer(text):
        yield from _kept([_PARTS.sub("", match[0].strip("#"))])


def _ids(piece: str, *, short: bool = False) -> Iterator[str]:
    """Yield what in a piece looks like an id: a UUID, a number, letters and digits mixed as no word mixes them."""
    piece = piece.strip("-_")
    if not 5 <= len(piece) <= 4 * _LONGEST:  # noqa: PLR2004 -- no id is shorter
        return
    if _UUID.fullmatch(piece):
        yield from _kept([piece.replace("-", "")])
        return
    yield from _kept(part for part in _PARTS.split(piece) if _is_id(part, short=short))


def _is_id(part: str, *, short: bool) -> bool:
    if _NUMBER.fullmatch(part):
        return not _DAY.fullmatch(part)
    if _NUMBERED.fullmatch(part):
        return True
    if _MIXED.fullmatch(part):
        return not _WORD_AND_YEAR.fullmatch(part)
    return short and _SHORT.fullmatch(part) is not None and _WORD_AND_YEAR.fullmatch(part) is None


def _kept(found: Iterable[str]) -> Iterator[str]:
    for token in found:
        plain = token.lower()
        if len(plain) <= _PLAIN:
            yield plain
        else:
            yield f"~{sha256(plain.encode('utf-8', 'replace')).hexdigest()[:_PLAIN]}"
